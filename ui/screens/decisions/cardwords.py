"""Figures of a card in words: expected effect, confidence, alternatives, writes, an advisor's record. No Qt."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo

from hmi.desk.decision_rows import DecisionCard, WriteRow
from hmi.model import units
from hmi.model.decision import AdvisorRecord, Alternative, Confidence, Expected
from hmi.model.plant import Plant, Tag
from hmi.model.reading import Value
from hmi.model.text import Lang, Text
from hmi.model.words import catalogue, say
from ui.equipment.words import length_words
from ui.widgets.factsheet import Cell, SheetRow
from ui.widgets.figures import NONE, digits_of, number, time_text, value_text
from ui.widgets.rangebar import Range

MOST_DIGITS = 2
PIECES = "pcs"
FEW = 10
"""Fewer judged cards than this carry no rate."""


def digits_for(tag: Tag | None, *values: float | None) -> int | None:
    """Decimals that mean something: the tag's, else as few as tell all figures, two at most."""
    if tag is not None:
        return digits_of(tag)
    known = [v for v in values if v is not None and math.isfinite(v)]
    if max((abs(v) for v in known), default=0.0) >= 1000:
        return 0
    return next((d for d in range(MOST_DIGITS) if all(abs(round(v, d) - v) < 1e-9 for v in known)), MOST_DIGITS)


def declared_digits(e: Expected | None, tag: Tag | None) -> int | None:
    """Decimals of a declared effect; what is measured later is told no finer than it was promised. Pieces are whole."""
    if e is not None and tag is None and e.unit == PIECES:
        return 0
    return None if e is None else digits_for(tag, e.now, e.value, e.low, e.high)


def with_unit(value: float | None, unit: str, digits: int | None) -> Text:
    """A figure with its unit."""
    figure = Text.same(number(value, digits))
    return figure if figure.en == NONE else units.with_unit(figure, unit)


def expected_range(e: Expected, card: DecisionCard | None = None) -> Range:
    """The declared effect as a bar, with what was measured once it was judged."""
    return Range(
        e.value, e.low, e.high, e.now, None if card is None else card.measured, None if card is None else card.control
    )


def is_flag(e: Expected) -> bool:
    """Whether the measure is a question with yes and no for an answer."""
    return not e.unit and all(v in (None, 0.0, 1.0) for v in (e.now, e.value, e.low, e.high))


def _told(value: float | None, e: Expected, digits: int | None) -> Text:
    """A figure of the effect: with its unit, or as yes and no."""
    if value is not None and is_flag(e):
        return say("decisions.yes" if value >= 0.5 else "decisions.no")
    return with_unit(value, e.unit, digits)


def expected_figure(e: Expected, digits: int | None) -> Text:
    """The effect in one large line: from what it is now to what it will be."""
    if e.now is None:
        return _told(e.value, e, digits)
    if is_flag(e):
        return say("decisions.now_then", now=_told(e.now, e, digits), then=_told(e.value, e, digits))
    return say("decisions.now_then", now=number(e.now, digits), then=with_unit(e.value, e.unit, digits))


def expected_range_words(e: Expected, digits: int | None) -> Text:
    """The range and the time horizon."""
    if is_flag(e):
        return say("decisions.expected_flag", window=length_words(e.window_s))
    way = say("decisions.more_better" if e.direction > 0 else "decisions.less_better")
    return say(
        "decisions.expected_range", low=number(e.low, digits), high=with_unit(e.high, e.unit, digits),
        window=length_words(e.window_s), way=way,
    )  # fmt: skip


def measured_words(card: DecisionCard, digits: int | None) -> Text | None:
    """What was measured against what was declared and against the control; None until it is judged."""
    e = card.expected
    if e is None or card.measured is None:
        return None
    measured, expected = _told(card.measured, e, digits), _told(e.value, e, digits)
    if card.control is None:
        return say("decisions.measured_alone", measured=measured, expected=expected)
    control = _told(card.control, e, digits)
    return say("decisions.measured", measured=measured, expected=expected, control=control)


def confidence_lines(c: Confidence, zone: tzinfo | None) -> list[tuple[Text, bool]]:
    """How sure it claims to be and what that claim is worth; True for a line in bold."""
    lines = [(say("decisions.sure", percent=round(100 * c.value)), True)]
    if c.of == 0:
        lines.append((say("decisions.none_judged"), False))
    elif c.of < FEW:
        lines.append((say("decisions.few_judged", right=c.right, of=c.of), False))
    else:
        lines.append((say("decisions.right_in", right=c.right, of=c.of), False))
    if c.unusual:
        lines.append((say("decisions.unusual"), True))
    trained = say("decisions.not_trained")
    if c.trained_ns:
        day = datetime.fromtimestamp(c.trained_ns // 1_000_000_000, UTC).astimezone(zone)
        trained = say("decisions.trained", day=f"{day:%Y-%m-%d}")
    lines.append((say("decisions.model", model=c.model, version=c.version, trained=trained), False))
    return lines


def alternative_rows(alternatives: Sequence[Alternative]) -> list[SheetRow]:
    """Each answer with its figure, its range on one axis for all, and its cost in words."""
    known = [x for a in alternatives for x in (a.value, a.low, a.high)]
    whole = all(a.unit == PIECES for a in alternatives if a.value is not None)
    digits = 0 if whole else digits_for(None, *known)
    rows = []
    for a in alternatives:
        name = say("decisions.this_card", name=a.name) if a.chosen else a.name
        figure = say("decisions.not_known") if a.value is None else with_unit(a.value, a.unit, digits)
        span = Range(a.value, a.low, a.high)
        low_high = ""
        if a.low is not None and a.high is not None:
            low_high = f"{number(a.low, digits)} – {number(a.high, digits)}"
        rows.append(
            SheetRow((
                Cell(name, bold=a.chosen), Cell(figure, bold=True, tone="second" if a.value is None else "value"),
                Cell(range=span) if span.known() else Cell(), Cell(low_high, small=True, tone="second"),
                Cell(a.note or ""),
            ))
        )  # fmt: skip
    return rows


def node_words(node: str) -> str:
    """The address of a tag without its namespace, which is the same for the whole controller."""
    last = node.rsplit(";", 1)[-1]
    return last[2:] if last[:2] in ("s=", "i=", "g=", "b=") else last


def value_words(value: Value, tag: Tag | None, unit: str) -> Text:
    """A value with its unit, in the words of its tag."""

    def of(lang: Lang) -> str:
        figure = value_text(value, tag, lang)
        if tag is None and isinstance(value, float):
            figure = number(value, digits_for(None, value))
        worded = isinstance(value, bool | str) or (tag is not None and bool(tag.words))
        return figure if worded or figure == NONE else units.with_unit(Text.same(figure), unit).of(lang)

    return Text(of(Lang.EN), of(Lang.KO))


def limit_words(w: WriteRow, tag: Tag | None) -> Text:
    """Between which limits the value must lie; an enumeration has none but its list."""
    if tag is not None and tag.words:
        return say("decisions.from_list")
    if w.low is None and w.high is None:
        return Text.same(NONE)
    digits = digits_for(tag, w.low, w.high)
    low, high = (NONE if x is None else number(x, digits) for x in (w.low, w.high))
    return say("decisions.limits", low=low, high=high, unit=units.unit_words(w.unit))


def write_rows(writes: Sequence[WriteRow], plant: Plant | None, zone: tzinfo | None) -> list[SheetRow]:
    """What will be written where, one line a write; what moved or would be refused is told below its line."""
    rows = []
    for at, w in enumerate(writes, 1):
        tag = None if plant is None else plant.tag.get(w.tag)
        now = value_words(w.now, tag, w.unit)
        note: Text | None = None
        moved = w.now != w.then and not w.outcome
        if w.refused is not None and not w.outcome:
            note = say("decisions.would_refuse", why=w.refused)
        elif moved:
            note = say("decisions.moved", then=value_words(w.then, tag, w.unit), now=now)
        node = say("decisions.node", controller=w.controller, node=node_words(w.node))
        back = value_words(w.back, tag, w.unit) if w.reversible else say("decisions.no_way_back")
        outcome = Text.same("")
        if w.outcome:
            key = f"decisions.write.{w.outcome}"
            word = say(key) if key in catalogue() else Text.same(w.outcome)
            outcome = say("decisions.outcome", word=word, at=time_text(w.done_ns, zone))
        rows.append(
            SheetRow(
                (
                    Cell(str(at), tone="second"),
                    Cell(node, small=True, tone="second"),
                    Cell(w.name, bold=True), Cell(value_words(w.then, tag, w.unit) if w.outcome else now, bold=moved),
                    Cell(value_words(w.value, tag, w.unit), bold=True, tone="value"), Cell(limit_words(w, tag)),
                    Cell(back), Cell(outcome, bold=w.outcome not in ("", "VERIFIED")),
                ),
                note,
            )
        )  # fmt: skip
    return rows


def undo_rows(writes: Sequence[WriteRow], plant: Plant | None) -> list[SheetRow]:
    """What the way back writes: the same tags in the opposite order."""
    rows = []
    for w in reversed(writes):
        if not w.reversible or w.outcome not in ("", "VERIFIED", "UNKNOWN"):
            continue
        tag = None if plant is None else plant.tag.get(w.tag)
        rows.append(
            SheetRow((
                Cell(w.name, bold=True), Cell(node_words(w.node), small=True, tone="second"),
                Cell(value_words(w.now, tag, w.unit)), Cell(value_words(w.back, tag, w.unit), bold=True, tone="value"),
            ))
        )  # fmt: skip
    return rows


def record_bars(record: AdvisorRecord) -> list[tuple[Text, int]]:
    """What became of an advisor's cards, from shown to judged."""
    told = (("shown", record.shown), ("approved", record.approved), ("rejected", record.rejected),
            ("executed", record.executed), ("effective", record.effective), ("no_effect", record.no_effect),
            ("worse", record.worse))  # fmt: skip
    return [(say(f"decisions.record.{key}"), n) for key, n in told]


def record_words(record: AdvisorRecord) -> list[Text]:
    """Whether its claims hold, how long people take, and how many signed without reading."""
    judged = record.effective + record.no_effect + record.worse
    lines = []
    if record.says is None or record.right is None or judged < FEW:
        lines.append(say("decisions.record.too_few", n=judged))
    else:
        lines.append(
            say("decisions.record.claims", says=round(100 * record.says), right=round(100 * record.right), n=judged)
        )
    if record.median_decide_s is not None:
        took = length_words(record.median_decide_s)
        lines.append(say("decisions.record.median", took=took, n=record.under_3_s))
    return lines
