"""Inspecting a list of picture pairs from a CSV file: golden and image, one answer a row, whatever a row is worth."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

from hmi.model import disk
from hmi.model.inspection import Inspection
from hmi.model.problem import Problem, ProblemsError
from hmi.model.text import Text
from hmi.model.words import say
from hmi.vision.camera_port import NoPictureError
from hmi.vision.pictures import read_grey
from hmi.vision.port import CannotTeachError, Image, Inspector
from hmi.vision.template.inspector import TemplateCompareKind

COLUMNS = ("golden", "image")


class _Ready(Protocol):
    def ready(self, product: str, golden: Image, settings: Mapping[str, Any] | None = None) -> Inspector: ...


def inspect_pairs(
    csv_path: str | Path, settings: Mapping[str, Any] | None = None, kind: _Ready | None = None
) -> Iterator[dict[str, Any]]:
    """One {image, verdict, score, ms, findings, why?} for each row, in order; paths are relative to the CSV file.

    ms is the inspection of the picture alone, its golden being ready; goldens of consecutive rows are prepared once. A
    row that cannot be judged is UNDECIDED with a why, and the rest goes on. Raises ProblemsError, before the first
    answer, when the list itself cannot be read, and CannotTeachError for settings that do not serve.
    """
    path = Path(csv_path)
    rows = _read(path)
    return _answers(path.parent, rows, settings, kind or TemplateCompareKind())


def _answers(
    folder: Path, rows: list[dict[str, str]], settings: Mapping[str, Any] | None, kind: _Ready
) -> Iterator[dict[str, object]]:
    last: str | None = None
    inspector: Inspector | None = None
    refused: Text | None = None
    for row in rows:
        golden, image = row["golden"], row["image"]
        if golden != last or not golden:
            last, inspector, refused = golden, None, None
            try:
                if not golden:
                    raise NoPictureError(say("vision.no_name", column="golden"))
                inspector = kind.ready(Path(golden).stem, read_grey(folder / golden), settings)
            except NoPictureError as fault:
                refused = say("vision.golden", why=fault.why)
            except CannotTeachError as fault:
                refused = fault.why
        yield {"image": image, **_answer(folder, image, inspector, refused).to_json()}


def _answer(folder: Path, image: str, inspector: Inspector | None, refused: Text | None) -> Inspection:
    if inspector is None:
        return Inspection.undecided(refused or say("vision.empty"))
    try:
        if not image:
            raise NoPictureError(say("vision.no_name", column="image"))
        picture = read_grey(folder / image)
    except NoPictureError as fault:
        return Inspection.undecided(fault.why)
    return inspector.inspect(picture)


def _read(path: Path) -> list[dict[str, str]]:
    """The rows as {golden, image}, blank lines left out. Raises ProblemsError."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            names = [(name or "").strip().lower() for name in reader.fieldnames or ()]
            missing = [column for column in COLUMNS if column not in names]
            if missing:
                right = say("vision.pairs.columns_right")
                raise ProblemsError(
                    [Problem(str(path), 1, c, say("vision.pairs.columns", column=c), right) for c in missing]
                )
            reader.fieldnames = names
            rows = [{c: (row.get(c) or "").strip() for c in COLUMNS} for row in reader]
    except (OSError, UnicodeError, csv.Error) as fault:
        reason = disk.why(fault) if isinstance(fault, OSError) else say("vision.pairs.no_text")
        wrong = say("vision.pairs.unreadable", fault=reason)
        raise ProblemsError([Problem(str(path), 0, "", wrong, say("vision.pairs.unreadable_right"))]) from None
    return [row for row in rows if row["golden"] or row["image"]]
