"""`linekeeper history` on a real file: at most the asked-for points, honest qualities, and words where nothing is."""

from __future__ import annotations

import csv
import io
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hmi.cli import main
from hmi.commands import Outcome
from hmi.model import quality as q
from hmi.store.history_tables import HistoryTag
from hmi.store.history_writer import HistoryWriter

S = 1_000_000_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five minutes of a rising tag with one gap, and a text tag that changed three times."""
    data = tmp_path_factory.mktemp("data")
    begin = time.time_ns() - 300 * S
    writer = HistoryWriter(
        data / "history.db", [HistoryTag("up"), HistoryTag("word", is_text=True)], clock=lambda: begin - S
    )
    times = begin + np.arange(300) * S
    status = np.zeros(300, np.uint32)
    values = np.arange(300.0)
    status[100:110], values[100:110] = q.BAD_NO_COMMUNICATION, np.nan
    writer.put(np.zeros(300, np.int32), values, status, times)
    row = np.ones(3, np.int32)
    writer.put(row, np.full(3, np.nan), np.zeros(3, np.uint32), begin + np.arange(3) * S, dict(enumerate("ABC")))
    writer.close()
    return data


def asked(folder: Path, capfd: pytest.CaptureFixture[str], *words: str, code: int = 0) -> Any:
    assert main(["history", *words, "--data", str(folder)]) == code
    out, err = capfd.readouterr()
    assert (err == "") == (code == 0), err
    return out if "--csv" in words else json.loads(out)


@pytest.mark.parametrize("points", [2, 3, 4, 5, 10, 299, 1000])
def test_never_more_points_than_asked_for_and_the_extremes_among_them(
    folder: Path, capfd: pytest.CaptureFixture[str], points: int
) -> None:
    told = asked(folder, capfd, "up", "--points", str(points))
    assert 0 < len(told["points"]) <= max(points, 2)
    values = [p["value"] for p in told["points"] if p["value"] is not None]
    assert (min(values), max(values), told["samples"]) == (0, 299, 300)


@pytest.mark.parametrize("points", [4, 20, 1000])
def test_a_value_beside_a_gap_is_never_called_bad(folder: Path, capfd: pytest.CaptureFixture[str], points: int) -> None:
    told = asked(folder, capfd, "up", "--points", str(points))["points"]
    assert {p["quality"] for p in told if p["value"] is not None} <= {"GOOD", "UNCERTAIN"}
    assert {p["quality"] for p in told if p["value"] is None} <= {"BAD"}
    if points == 1000:
        assert [p["quality"] for p in told].count("GOOD") == 290


def test_csv_says_the_same_as_json(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    told = asked(folder, capfd, "up", "--since", "1h")["points"]
    rows = list(csv.DictReader(io.StringIO(asked(folder, capfd, "up", "--since", "1h", "--csv"))))
    assert [(r["source_time"], float(r["value"]) if r["value"] else None, r["quality"]) for r in rows] == [
        (p["source_time"], p["value"], p["quality"]) for p in told
    ]


def test_a_text_tag_tells_its_words(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    told = asked(folder, capfd, "word", "--since", "1h")
    assert [(p["value"], p["quality"]) for p in told["points"]] == [("A", "GOOD"), ("B", "GOOD"), ("C", "GOOD")]
    assert [p["value"] for p in asked(folder, capfd, "word", "--since", "1h", "--points", "2")["points"]] == ["B", "C"]


def test_from_the_beginning_of_time(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    told = asked(folder, capfd, "up", "--since", "99999999999d", "--until", "1s")
    assert told["samples"] >= 299 and told["from"].startswith("1970")


def test_what_is_not_there_is_said(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    told = asked(folder, capfd, "nobody", code=Outcome.PROBLEMS)
    assert told["points"] == [] and "nobody" in told["why"]["en"] and "nobody" in told["why"]["ko"]
    assert asked(folder, capfd, "up", "--since", "2h", "--until", "1h")["points"] == []
    assert asked(folder, capfd, "up", "--csv", "--since", "1s", "--until", "1m", code=Outcome.USAGE) == ""
    assert asked(folder, capfd, "up", "--csv", "--points", "1", code=Outcome.USAGE) == ""


def test_a_file_that_is_no_history_is_told_in_words(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "history.db").write_bytes(b"this is no database" * 100)
    told = asked(tmp_path, capfd, "up", code=Outcome.PROBLEMS)
    assert told["points"] == [] and told["why"]["en"] != told["why"]["ko"]
