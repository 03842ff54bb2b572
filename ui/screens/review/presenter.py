"""The review queue as an inspector reads it: rows, findings against tolerance, facts of a part. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from hmi.desk.vision_rows import InspectionRow, RecipeRow, ReviewQueue
from hmi.model.inspection import Finding, Verdict
from hmi.model.plant import Plant
from hmi.model.text import Lang, Text
from hmi.model.words import say
from ui.equipment import verdicts
from ui.equipment.words import station_name
from ui.widgets.figures import NONE, age_text, number, time_text
from ui.widgets.picturemarks import Marked


@dataclass(frozen=True, slots=True)
class FindingShown:
    """A finding in its table."""

    at: int
    """Its place among the part's findings."""
    kind: Text
    score: str
    against: Text
    place: Text


def queue_words(queue: ReviewQueue) -> Text:
    """How many wait, and whether all of them are listed."""
    if queue.total > len(queue.rows):
        return say("reviewscreen.queue_part", shown=len(queue.rows), n=queue.total)
    return say("reviewscreen.queue_n", n=queue.total)


def without(rows: Sequence[InspectionRow], number: int) -> list[InspectionRow]:
    """The queue after one of it was judged."""
    return [r for r in rows if r.number != number]


def following(rows: Sequence[InspectionRow], number: int, by: int) -> int:
    """Number of the next (or the previous) part; the last one stays, 0 for an empty queue."""
    numbers = [r.number for r in rows]
    if not numbers:
        return 0
    if number not in numbers:
        return numbers[0]
    return numbers[min(len(numbers) - 1, max(0, numbers.index(number) + by))]


def heir(rows: Sequence[InspectionRow], number: int) -> int:
    """What is looked at once a part was judged: the one after it, at the end the one before, 0 when none is left."""
    numbers = [r.number for r in rows]
    if number not in numbers:
        return numbers[0] if numbers else 0
    at = numbers.index(number)
    rest = numbers[at + 1 :] or numbers[:at][-1:]
    return rest[0] if rest else 0


def settings_of(row: InspectionRow, recipes: Sequence[RecipeRow]) -> dict[str, Any] | None:
    """The settings of the recipe version that a part was inspected with; None when it is not known any more."""
    for recipe in recipes:
        name = f"{recipe.inspector} {recipe.product} v{recipe.version}"
        if recipe.camera == row.camera and row.recipe == name:
            return recipe.settings
    return None


def findings(row: InspectionRow, recipes: Sequence[RecipeRow]) -> list[FindingShown]:
    """The findings of a part, the worst first."""
    settings = settings_of(row, recipes)
    return [_finding(at, found, settings) for at, found in enumerate(row.findings)]


def _finding(at: int, found: Finding, settings: dict[str, Any] | None) -> FindingShown:
    left, top, right, bottom = found.box
    place = say("reviewscreen.place_of", x=(left + right) // 2, y=(top + bottom) // 2)
    return FindingShown(at, found.kind.label, f"{found.score:.2f}", verdicts.tolerance_words(settings, found), place)


def marks(row: InspectionRow, lang: Lang, chosen: int, named: bool) -> list[Marked]:
    """The findings over one of the pictures; named: with class and score."""
    sure = row.verdict is not Verdict.UNDECIDED
    told = verdicts.places(row, lang)
    return [Marked(box, label if named else "", sure, at == chosen) for at, (box, label) in enumerate(told)]


def facts(
    row: InspectionRow, plant: Plant | None, now_ns: int, zone: tzinfo | None, lang: Lang
) -> list[tuple[Text, Text | str, str]]:
    """What the verdict is bound to."""
    when = say("reviewscreen.at", time=time_text(row.at_ns, zone), age=age_text((now_ns - row.at_ns) / 1e9))
    station = station_name(plant, row.subject.station) if row.subject.station else Text.same(NONE)
    told: list[tuple[Text, Text | str, str]] = [
        (say("reviewscreen.inspected"), when, "text"),
        (say("reviewscreen.camera"), Text(f"{row.camera} · {station.en}", f"{row.camera} · {station.ko}"), "text"),
        (say("reviewscreen.recipe"), row.recipe or NONE, "text"),
    ]
    told += [(name, figure, "text") for name, figure, _ in verdicts.reading_words(row, plant, lang, 6)]
    told.append((say("reviewscreen.took"), say("reviewscreen.took_of", ms=number(row.total_ms, 0)), "text"))
    return told
