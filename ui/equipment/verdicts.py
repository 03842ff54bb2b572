"""Verdicts as the screens say them: words, findings, what a picture was taken of, which one is to be judged. No Qt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec

from hmi.desk.vision_rows import InspectionRow
from hmi.model import units
from hmi.model.inspection import Box, Finding, Verdict
from hmi.model.plant import Plant, TagType
from hmi.model.text import Lang, Text
from hmi.model.words import say
from ui.widgets.figures import NONE, number, value_text

REASONS = ("dust", "light", "position", "within_limits", "wrong_class", "other")
"""Why a verdict is overruled, in the order of the keys 1 to 6."""
CONFIRM, OVERRULE = "confirm", "overrule"
SETTLE_S = 0.7
"""A part that has just taken another's place is not judged by a press that was meant for that other one."""
SAME_PLACE = 0.33
"""Overlap from which two findings lie at the same place."""


def joined(parts: Sequence[Text], between: str = ", ") -> Text:
    """Texts in a row."""
    return Text(between.join(x.en for x in parts), between.join(x.ko for x in parts))


def verdict_word(verdict: Verdict) -> Text:
    """OK, NG or undecided."""
    return say(f"verdicts.{verdict.value}")


def findings_words(findings: Sequence[Finding], most: int = 3) -> Text:
    """The classes that were found, each once with its number: ``Short ×2, Spur``."""
    counted = Counter(f.kind for f in findings)
    told = [
        kind.label if n == 1 else Text(f"{kind.label.en} ×{n}", f"{kind.label.ko} ×{n}")
        for kind, n in counted.most_common(most)
    ]
    if len(counted) > most:
        told.append(say("verdicts.more", n=len(counted) - most))
    return joined(told)


def reason_words(why: str) -> Text:
    """Why a verdict was overruled: a chip's words, or what was typed."""
    return say(f"vision.reason.{why}") if why in REASONS else Text.same(why)


def outcome_words(row: InspectionRow) -> Text:
    """What was found, or why nothing is claimed."""
    if row.verdict is Verdict.UNDECIDED and row.why is not None:
        return row.why
    return findings_words(row.findings) if row.findings else Text.same("")


def judged_words(row: InspectionRow) -> Text:
    """What an inspector said of it; empty before."""
    if not row.judged:
        return Text.same("")
    told = say(f"verdicts.was_{row.judged}", who=row.judged_by or NONE)
    if row.judged == "overruled" and row.judged_why:
        return Text(f"{told.en}: {reason_words(row.judged_why).en}", f"{told.ko}: {reason_words(row.judged_why).ko}")
    return told


def recorded_words(row: InspectionRow) -> Text:
    """What has gone on record, for the footer."""
    key = "verdicts.recorded_confirmed" if row.judged == "confirmed" else "verdicts.recorded_overruled"
    return say(key, unit=unit_words(row), what=verdict_word(row.verdict), why=reason_words(row.judged_why),
               who=row.judged_by or NONE)  # fmt: skip


def unit_words(row: InspectionRow) -> Text:
    """The unit, or the picture's number where the unit is not known."""
    return Text.same(row.subject.unit) if row.subject.unit else say("verdicts.no_unit", n=row.number)


def places(row: InspectionRow, lang: Lang) -> list[tuple[Box, str]]:
    """Boxes of the findings with class and score."""
    return [(f.box, f"{f.kind.label.of(lang)} {f.score:.2f}") for f in row.findings]


def context_words(row: InspectionRow) -> Text:
    """Lot, order, product and material batch, what is known of them."""
    subject = row.subject
    told = [
        say(f"verdicts.{key}", name=name)
        for key, name in (("lot", subject.lot), ("order", subject.order), ("product", subject.product),
                          ("batch", subject.material_batch), ("operator", subject.operator))
        if name
    ]  # fmt: skip
    return joined(told, " · ") if told else say("verdicts.no_context")


def reading_words(row: InspectionRow, plant: Plant | None, lang: Lang, most: int = 4) -> list[tuple[Text, str, bool]]:
    """Process values of that moment: name, figure with unit and limit, whether it was beyond its limit."""
    told = []
    for tag_id, value in row.subject.readings.items():
        tag = None if plant is None else plant.tag.get(tag_id)
        if len(told) == most:
            break
        if tag is not None and tag.type is TagType.STRING and not tag.words:
            continue  # what machines write to each other is no process value
        name = Text.same(tag_id) if tag is None else tag.name
        if value is None:
            told.append((name, say("verdicts.not_good").of(lang), False))
            continue
        figure = value_text(value, tag, lang)
        unit = "" if tag is None or tag.words else units.unit_words(tag.unit).of(lang)
        limit = _beyond(value, tag)
        told_value = f"{figure} {unit}".strip()
        if limit is not None:
            told_value += " " + say("verdicts.beyond", limit=f"{number(limit)} {unit}".strip()).of(lang)
        told.append((name, told_value, limit is not None))
    return told


def _beyond(value: Any, tag: Any) -> float | None:
    """The limit that a value passes; None while it passes none."""
    if tag is None or isinstance(value, bool) or not isinstance(value, int | float):
        return None
    limits = tag.limits
    for high in (limits.high_high, limits.high):
        if high is not None and value > high:
            return float(high)
    for low in (limits.low_low, limits.low):
        if low is not None and value < low:
            return float(low)
    return None


def overlap(one: Box, other: Box) -> float:
    """Shared part of two boxes, 0 to 1 of what they cover together."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    both = (one[2] - one[0]) * (one[3] - one[1]) + (other[2] - other[0]) * (other[3] - other[1]) - shared
    return shared / both if both > 0 else 0.0


def same_place(row: InspectionRow, others: Sequence[InspectionRow]) -> int:
    """On how many of some other parts a finding of the same class lies where one lies on this part."""
    return sum(
        any(f.kind is g.kind and overlap(f.box, g.box) > SAME_PLACE for f in row.findings for g in other.findings)
        for other in others
        if other.number != row.number
    )


def waits(row: InspectionRow) -> bool:
    """Whether an inspector has still to say something of it."""
    return row.verdict is not Verdict.PASS and not row.judged


def to_judge(rows: Sequence[InspectionRow], chosen: int) -> InspectionRow | None:
    """The part that the buttons are about: the chosen one, else the newest that waits, else none.

    rows: newest first. chosen: number of a chosen inspection, 0 for none.
    """
    if chosen:
        return next((r for r in rows if r.number == chosen), None)
    return next((r for r in rows if waits(r)), None)


def merged(rows: Sequence[InspectionRow], more: Sequence[InspectionRow], most: int) -> list[InspectionRow]:
    """Both lists as one, the newest first; what is in ``more`` replaces the same inspection in ``rows``."""
    by_number = {r.number: r for r in rows} | {r.number: r for r in more}
    return [by_number[n] for n in sorted(by_number, reverse=True)][:most]


def inspection_of(told: Any) -> InspectionRow:
    """The row in what the engine told."""
    return told if isinstance(told, InspectionRow) else msgspec.convert(told, InspectionRow, strict=False)


def tolerance_words(settings: dict[str, Any] | None, finding: Finding) -> Text:
    """A finding against its tolerance: wrong pixels against the smallest that counts, and how far edges may lie."""
    tolerance = (settings or {}).get("tolerance")
    smallest = (settings or {}).get("smallest")
    if isinstance(tolerance, int | float) and isinstance(smallest, int | float):
        return say("verdicts.against", area=finding.area, smallest=number(smallest, 0), tolerance=number(tolerance, 2))
    return say("verdicts.area", area=finding.area)
