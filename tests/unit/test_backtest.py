"""Backtests from file to file: every row answered, only the past known, bad files told in words."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hmi.loop.backtest import Played, Recording, backtest, choose, play, read_recording
from hmi.model.problem import ProblemsError
from hmi.model.text import Lang
from plugins import ewma_t2

KIND = ewma_t2.create()
HEAD = "datetime;flow;heat;anomaly"


def lines(count: int = 600, step: int | None = 500) -> list[str]:
    dice = np.random.default_rng(7)
    rows = []
    for at in range(count):
        stepped = step is not None and at >= step
        flow, heat = 32 + dice.normal() + (9 if stepped else 0), 70 + 0.1 * dice.normal()
        rows.append(f"2026-01-01 10:{at // 60:02d}:{at % 60:02d};{flow:.3f};{heat:.3f};{int(stepped)}")
    return rows


def write(folder: Path, rows: list[str], head: str = HEAD, encoding: str = "utf-8") -> Path:
    file = folder / "run.csv"
    file.write_text("\n".join([head, *rows]) + "\n", encoding=encoding)
    return file


def run(file: Path, out: Path, warmup: int = 400, ignore: tuple[str, ...] = ("anomaly",)) -> Played:
    return backtest(file, KIND, out, sep=";", time_column="datetime", ignore=ignore, warmup=warmup)


def scores(out: Path) -> list[dict[str, str]]:
    with out.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def refused(file: Path, out: Path, **options: object) -> ProblemsError:
    with pytest.raises(ProblemsError) as told:
        backtest(file, KIND, out, **{"sep": ";", "time_column": "datetime", "ignore": ["anomaly"], **options})
    assert not out.exists()
    assert list(out.parent.glob("*.part")) == []
    for problem in told.value.problems:
        assert problem.sentence(Lang.EN) != problem.sentence(Lang.KO)
    return told.value


def test_every_row_is_answered_and_the_warm_up_never_in_alarm(tmp_path: Path) -> None:
    rows = lines()
    played = run(write(tmp_path, rows), tmp_path / "scores.csv")
    answers = scores(tmp_path / "scores.csv")
    assert [answer["time"] for answer in answers] == [row.split(";")[0] for row in rows]
    assert list(answers[0]) == ["time", "score", "alarm"]
    assert all(float(answer["score"]) >= 0 for answer in answers)
    assert {answer["alarm"] for answer in answers[:500]} == {"0"}
    assert {answer["alarm"] for answer in answers[515:]} == {"1"}
    assert (played.rows, played.onsets) == (200, 1) and 85 <= played.in_alarm <= 100
    assert "scores.csv" in played.text("scores.csv").ko


@pytest.mark.parametrize("end", [401, 450, 520])
def test_a_file_that_ends_earlier_has_the_same_answers_until_then(tmp_path: Path, end: int) -> None:
    run(write(tmp_path, lines()), tmp_path / "whole.csv")
    run(write(tmp_path, lines()[:end]), tmp_path / "part.csv")
    assert scores(tmp_path / "part.csv") == scores(tmp_path / "whole.csv")[:end]


def test_labels_are_not_looked_at(tmp_path: Path) -> None:
    run(write(tmp_path, lines()), tmp_path / "one.csv")
    run(write(tmp_path, [row[:-1] + "x" for row in lines()]), tmp_path / "other.csv")
    assert scores(tmp_path / "one.csv") == scores(tmp_path / "other.csv")


def test_empty_cells_are_missing_readings_and_a_row_without_any_keeps_the_alarm_that_stands(tmp_path: Path) -> None:
    rows = lines()
    rows[420] = rows[420].split(";")[0] + ";;;0"
    for at in range(540, 570):
        rows[at] = rows[at].split(";")[0] + ";nan; ;1"
    run(write(tmp_path, rows), tmp_path / "scores.csv")
    answers = scores(tmp_path / "scores.csv")
    assert len(answers) == 600
    assert answers[420]["alarm"] == "0" and answers[420]["score"] == "nan" and answers[421]["score"] != "nan"
    assert all(answer == {"time": answer["time"], "score": "nan", "alarm": "1"} for answer in answers[540:570])
    assert answers[585]["alarm"] == "1" and answers[585]["score"] != "nan"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp949"])
def test_a_spreadsheets_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    file = write(tmp_path, [row.rsplit(";", 1)[0] for row in lines()], head="시각;유량;온도", encoding=encoding)
    backtest(file, KIND, tmp_path / "scores.csv", sep=";", time_column="시각")
    assert read_recording(file, sep=";", time_column="시각").columns == ["유량", "온도"]


def test_unicode_text_of_a_spreadsheet_is_read_with_its_tabs(tmp_path: Path) -> None:
    rows = [row.rsplit(";", 1)[0].replace(";", "\t") for row in lines()]
    file = write(tmp_path, rows, head="시각\t유량\t온도", encoding="utf-16")
    for sep in ("\t", "\\t", "tab"):
        assert read_recording(file, sep=sep, time_column="시각").columns == ["유량", "온도"]


def test_one_answer_a_row_whatever_the_row_is_worth(tmp_path: Path) -> None:
    rows = lines()
    rows[450] = ";;;"
    rows[460] = rows[459]
    rows[470:480] = reversed(rows[470:480])
    rows.insert(500, "")
    rows.append("   ")
    run(write(tmp_path, [f"{row};;" if row.strip() else row for row in rows], head=HEAD), tmp_path / "scores.csv")
    answers = scores(tmp_path / "scores.csv")
    assert [a["time"] for a in answers] == [row.split(";")[0] for row in rows if row.strip()]
    assert answers[450] == {"time": "", "score": "nan", "alarm": "0"}


cells = st.one_of(
    st.floats(-1e6, 1e6), st.floats(-3, 3), st.sampled_from([0.0, 5.0, 1e300, -1e300, math.inf, math.nan])
)


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1), st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=80), st.data())
def test_no_answer_knows_the_rows_after_it(seed: int, later: list[tuple[float, ...]], data: st.DataObject) -> None:
    normal = np.random.default_rng(seed).normal(5.0, [0.1, 1.0, 20.0], (120, 3))
    rows = np.vstack([normal, np.array(later)])
    end = data.draw(st.integers(121, len(rows)))
    whole = play(Recording([""] * len(rows), "abc", rows, {}), KIND, 120)
    again = play(Recording([""] * len(rows), "abc", rows.copy(), {}), KIND, 120)
    part = play(Recording([""] * end, "abc", rows[:end], {}), KIND, 120)
    assert [repr(score) for score in whole[0]] == [repr(score) for score in again[0]]
    assert [repr(score) for score in part[0]] == [repr(score) for score in whole[0][:end]]
    assert part[1] == whole[1][:end] and len(whole[1]) == len(rows)


def test_a_column_to_be_left_out_that_is_not_there_is_said(tmp_path: Path) -> None:
    played = run(write(tmp_path, lines()), tmp_path / "s.csv", ignore=("anomaly", "changepiont"))
    assert played.not_there == ("changepiont",)
    assert "changepiont" in played.text("s.csv").en and "changepiont" in played.text("s.csv").ko


def test_the_recording_is_never_overwritten(tmp_path: Path) -> None:
    file = write(tmp_path, lines())
    before = file.read_bytes()
    with pytest.raises(ProblemsError):
        run(file, tmp_path / "." / "run.csv")
    assert file.read_bytes() == before


def test_missing_columns_are_named_with_those_that_there_are(tmp_path: Path) -> None:
    told = refused(write(tmp_path, lines()), tmp_path / "s.csv", time_column="when", ignore=["label", "anomaly"])
    assert [problem.key for problem in told.problems] == ["when"]
    assert "flow" in told.problems[0].right.en


def test_the_wrong_separator_is_suspected(tmp_path: Path) -> None:
    told = refused(write(tmp_path, lines()), tmp_path / "s.csv", sep=",")
    assert "separator" in told.problems[0].right.en


@pytest.mark.parametrize("cell", ["abc", "12,5", "1_000", "0x10"])
def test_a_cell_that_is_no_number_is_told_with_line_and_column(tmp_path: Path, cell: str) -> None:
    rows = lines()
    rows[30] = rows[30].split(";")[0] + f";{cell};70;0"
    told = refused(write(tmp_path, rows), tmp_path / "s.csv")
    assert [(problem.line, problem.key) for problem in told.problems] == [(32, "flow")]
    assert cell in told.problems[0].wrong.ko


def test_many_faults_are_told_together_but_not_all(tmp_path: Path) -> None:
    told = refused(write(tmp_path, [row.replace(";", ";x", 1) for row in lines()]), tmp_path / "s.csv")
    assert len(told.problems) == 11 and told.problems[-1].line == 0


def test_a_row_of_another_width_is_told(tmp_path: Path) -> None:
    told = refused(write(tmp_path, [*lines(), "2026-01-01 10:10:00;1;2"]), tmp_path / "s.csv")
    assert told.problems[0].line == 602


@pytest.mark.parametrize(("count", "warmup"), [(0, 400), (400, 400), (600, 600), (600, 50), (600, 0), (600, -5)])
def test_too_few_rows_are_told(tmp_path: Path, count: int, warmup: int) -> None:
    told = refused(write(tmp_path, lines(count)), tmp_path / "s.csv", warmup=warmup)
    assert [problem.key for problem in told.problems] == ["warmup"]


def test_a_machine_that_stood_still_teaches_nothing(tmp_path: Path) -> None:
    told = refused(write(tmp_path, [f"{at};5;5;0" for at in range(500)]), tmp_path / "s.csv")
    assert "moves" in told.problems[0].wrong.en


@pytest.mark.parametrize("head", ["datetime;anomaly", "datetime;flow;flow;anomaly"])
def test_a_header_that_leaves_nothing_clear_is_told(tmp_path: Path, head: str) -> None:
    told = refused(write(tmp_path, ["0" + ";1" * head.count(";")] * 500, head=head), tmp_path / "s.csv")
    assert told.problems[0].line == 1


def test_files_that_cannot_be_read_or_written_are_told(tmp_path: Path) -> None:
    good = write(tmp_path, lines())
    out = tmp_path / "s.csv"
    assert refused(tmp_path / "none.csv", out).problems[0].file.endswith("none.csv")
    assert refused(tmp_path, out)
    (tmp_path / "empty.csv").write_bytes(b"")
    assert refused(tmp_path / "empty.csv", out)
    (tmp_path / "binary.csv").write_bytes(bytes(range(255, -1, -1)) * 40)
    assert refused(tmp_path / "binary.csv", out)
    assert refused(good, out, sep="")
    assert refused(good, out, sep=";;")
    told = refused(good, tmp_path / "missing" / "s.csv")
    assert "missing" in told.problems[0].file


def test_scores_that_cannot_be_put_in_place_leave_nothing_half(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(ProblemsError):
        run(write(tmp_path, lines()), tmp_path / "taken")
    assert list(tmp_path.glob("*.part")) == []


def test_an_unknown_detector_is_told_with_those_that_there_are() -> None:
    kinds = {KIND.name: KIND}
    assert choose("ewma-t2", kinds) is KIND
    with pytest.raises(ProblemsError) as told:
        choose("magic", kinds)
    assert "ewma-t2" in told.value.problems[0].right.en
    with pytest.raises(ProblemsError) as told:
        choose("magic", {})
    assert told.value.problems[0].right.ko
