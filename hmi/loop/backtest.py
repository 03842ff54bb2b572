"""Playing a detector back over a recorded file: what it would have said, row by row, knowing only the past."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hmi.loop.detector_port import CannotLearnError, DetectorKind, Rows
from hmi.model import disk
from hmi.model.problem import Problem, ProblemsError
from hmi.model.text import Text
from hmi.model.words import say

_MOST_PROBLEMS = 10
"""Faults of one file that are told at once."""
_ENCODINGS = ("utf-8-sig", "cp949")
"""Korean spreadsheets still save CSV in CP949."""
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
"""How a spreadsheet's "Unicode text" begins."""
_TABS = ("\\t", "tab", "TAB")
"""How a tab is written where it cannot be typed."""
_MISSING = ("", "nan", "null", "none", "n/a", "na", "-")
"""Cells that say: no reading."""


@dataclass(frozen=True, eq=False)
class Recording:
    """A recorded file: its times as they were written, column names, readings f8[n, k] (NaN where missing)."""

    times: Sequence[str]
    columns: Sequence[str]
    rows: Rows
    ignored: Mapping[str, Sequence[str]]
    """The cells of the ignored columns, e.g. labels, by name."""


@dataclass(frozen=True)
class Played:
    """What a backtest found in the rows after the warm-up: rows, alarm onsets, rows in alarm."""

    rows: int
    onsets: int
    in_alarm: int
    not_there: Sequence[str] = ()
    """Columns to be ignored that the file does not have."""

    def text(self, out: str) -> Text:
        """The sentence for the person who asked."""
        share = f"{100 * self.in_alarm / max(self.rows, 1):.1f}"
        done = say("backtest.done", rows=self.rows, alarms=self.onsets, share=share, out=out)
        if not self.not_there:
            return done
        return say("backtest.not_there", done=done, columns=", ".join(self.not_there))


def choose(name: str, kinds: Mapping[str, DetectorKind]) -> DetectorKind:
    """The kind of detector with this name. Raises ProblemsError naming those that there are."""
    if name in kinds:
        return kinds[name]
    right = say("detector.unknown_right", known=", ".join(sorted(kinds))) if kinds else say("detector.none_installed")
    raise ProblemsError([Problem("--detector", 0, name, say("detector.unknown", name=name), right)])


def backtest(
    file: str | Path,
    detector: DetectorKind,
    out: str | Path,
    *,
    sep: str = ",",
    time_column: str = "time",
    ignore: Sequence[str] = (),
    warmup: int = 400,
) -> Played:
    """Learn from the first rows of a file, score the rest, write time,score,alarm for every row.

    The warm-up's rows have their score and alarm 0. A row without any reading has the score nan and keeps the alarm
    that stands. Raises ProblemsError for a file that cannot be read, learned from, or written.
    """
    recording = read_recording(file, sep=sep, time_column=time_column, ignore=ignore)
    if Path(out).exists() and Path(out).samefile(file):
        raise ProblemsError([Problem(str(out), 0, "", say("backtest.same"), say("backtest.same_right"))])
    scores, alarms = play(recording, detector, warmup, str(file))
    _write(Path(out), recording.times, scores, alarms)
    tail = np.array(alarms[warmup:], np.int8)
    absent = tuple(column for column in ignore if column not in recording.ignored)
    return Played(len(tail), int(np.sum(np.diff(tail, prepend=0) == 1)), int(tail.sum()), absent)


def play(recording: Recording, kind: DetectorKind, warmup: int, name: str = "") -> tuple[list[float], list[bool]]:
    """Statistic (NaN where unknown) and alarm of every row of a recording. Raises ProblemsError, naming the file."""
    rows = recording.rows
    if len(rows) <= warmup:
        wrong = say("backtest.short", rows=len(rows), warmup=warmup)
        raise ProblemsError([Problem(name, 0, "warmup", wrong, say("backtest.short_right", warmup=warmup))])
    try:
        detector = kind.fresh()
        scores = [float(statistic) for statistic in detector.learn(rows[: max(warmup, 0)])]
    except CannotLearnError as fault:
        raise ProblemsError([Problem(name, 0, "warmup", fault.why, say("backtest.learn_right"))]) from fault
    alarms = [False] * len(scores)
    stands = False
    for row in rows[len(scores) :]:
        score = detector.score(row)
        stands = stands if score.alarm is None else score.alarm
        scores.append(score.statistic)
        alarms.append(stands)
    return scores, alarms


def read_recording(
    file: str | Path, *, sep: str = ",", time_column: str = "time", ignore: Sequence[str] = ()
) -> Recording:
    """The recording in a CSV file; every column but time and the ignored ones is a reading. Raises ProblemsError."""
    name, sep = str(file), "\t" if sep in _TABS else sep
    if len(sep) != 1 or sep in '\r\n"':
        wrong = say("backtest.separator", sep=repr(sep))
        raise ProblemsError([Problem(name, 0, "sep", wrong, say("backtest.separator_right"))])
    lines = csv.reader(io.StringIO(_text(Path(file)), newline=""), delimiter=sep)
    try:
        header = [cell.strip() for cell in next(lines, [])]
        if not header:
            raise ProblemsError([Problem(name, 0, "", say("backtest.empty"), say("backtest.unreadable_right"))])
        _check_header(name, header, [time_column])
        ignore = [column for column in ignore if column in header]  # what is not there needs no leaving out
        watched = [at for at, column in enumerate(header) if column != time_column and column not in ignore]
        if not watched:
            wrong = say("backtest.nothing_left")
            raise ProblemsError([Problem(name, 1, "", wrong, say("backtest.nothing_left_right"))])
        kept: dict[str, list[str]] = {column: [] for column in [time_column, *ignore]}
        places = {column: header.index(column) for column in kept}
        rows: list[list[float]] = []
        problems: list[Problem] = []
        for cells in lines:
            if len(cells) <= 1 and not any(cell.strip() for cell in cells):
                continue  # a blank line is no row; one of separators alone is a row without readings
            while len(cells) > len(header) and not cells[-1].strip():
                cells.pop()  # a separator at the end of each line is no column
            faults = _faults(name, lines.line_num, header, cells, watched)
            problems += faults
            if len(problems) > _MOST_PROBLEMS:
                break
            if not faults:
                rows.append([_number(cells[at]) for at in watched])
                for column, at in places.items():
                    kept[column].append(cells[at].strip())
    except csv.Error as fault:
        raise _unreadable(name, str(fault)) from None
    if len(problems) > _MOST_PROBLEMS:
        more = Problem(name, 0, "", say("backtest.more", shown=_MOST_PROBLEMS), say("backtest.more_right"))
        problems = [*problems[:_MOST_PROBLEMS], more]
    if problems:
        raise ProblemsError(problems)
    readings = np.array(rows, np.float64).reshape(len(rows), len(watched))
    times = kept.pop(time_column)
    return Recording(times, [header[at] for at in watched], readings, kept)


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as fault:
        raise _unreadable(str(path), disk.why(fault)) from None
    for encoding in ("utf-16",) if raw.startswith(_UTF16) else _ENCODINGS:
        with suppress(UnicodeDecodeError):
            return raw.decode(encoding)
    raise _unreadable(str(path), say("backtest.no_text"))


def _unreadable(name: str, fault: str | Text) -> ProblemsError:
    wrong = say("backtest.unreadable", fault=fault)
    return ProblemsError([Problem(name, 0, "", wrong, say("backtest.unreadable_right"))])


def _check_header(name: str, header: Sequence[str], wanted: Sequence[str]) -> None:
    missing = [column for column in dict.fromkeys(wanted) if column not in header]
    single = len(header) == 1
    right = say("backtest.column_sep") if single else say("backtest.column_right", columns=", ".join(header))
    problems = [Problem(name, 1, c, say("backtest.column", column=c), right) for c in missing]
    twice = sorted({column for column in header if header.count(column) > 1})
    problems += [Problem(name, 1, c, say("backtest.twice", column=c), say("backtest.twice_right")) for c in twice]
    if problems:
        raise ProblemsError(problems)


def _faults(name: str, line: int, header: Sequence[str], cells: Sequence[str], watched: Sequence[int]) -> list[Problem]:
    """What is wrong with one line."""
    if len(cells) != len(header):
        wrong, right = say("backtest.cells", cells=len(cells)), say("backtest.cells_right", columns=len(header))
        return [Problem(name, line, "", wrong, right)]
    found = []
    for at in watched:
        try:
            _number(cells[at])
        except ValueError:
            wrong = say("backtest.number", cell=repr(cells[at].strip()[:40]))
            found.append(Problem(name, line, header[at], wrong, say("backtest.number_right")))
    return found


def _number(cell: str) -> float:
    """A cell's number, NaN for a missing or infinite one. Raises ValueError."""
    word = cell.strip()
    if word.lower() in _MISSING:
        return math.nan
    if "_" in word:
        raise ValueError(word)  # Python's own notation, not a number of a recording
    value = float(word)
    return value if math.isfinite(value) else math.nan


def _write(out: Path, times: Sequence[str], scores: Sequence[float], alarms: Sequence[bool]) -> None:
    """The score file, whole or not at all."""
    part = out.with_name(out.name + ".part")
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(("time", "score", "alarm"))
            for time, score, alarm in zip(times, scores, alarms, strict=True):
                writer.writerow((time, f"{score:.6g}", int(alarm)))
        part.replace(out)
    except OSError as fault:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        wrong = say("backtest.unwritable", fault=disk.why(fault))
        raise ProblemsError([Problem(str(out), 0, "", wrong, say("backtest.unwritable_right"))]) from None
