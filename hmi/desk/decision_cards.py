"""Cards as they are shown: the row in the list, and the nine parts with what is true at this moment."""

from __future__ import annotations

from collections.abc import Sequence

from hmi.desk.decision_rows import DecisionCard, DecisionRow, LifeRow, WriteRow
from hmi.loop import approve, second
from hmi.loop.doors import Doors
from hmi.model.command import CommandOutcome
from hmi.model.decision import AdviceKind, AdvisorRecord, DecisionState, Write
from hmi.model.permission import Person
from hmi.model.plant import Plant
from hmi.model.text import Text
from hmi.store.decisions import Card, Life

_URGENCY = {
    AdviceKind.REROUTE: 0, AdviceKind.HOLD: 1, AdviceKind.RETURN: 2, AdviceKind.STEP: 3, AdviceKind.INSPECT: 4,
}  # fmt: skip


def row_of(card: Card) -> DecisionRow:
    """A card in the list."""
    advice, person, first = card.advice, card.person, second.first_of(card)
    return DecisionRow(
        card.id, advice.advisor, advice.kind, advice.place, advice.what, card.state, card.effect, advice.class_a,
        card.detected_ns, card.proposed_ns, card.decided_ns, card.ended_ns, card.expires_ns,
        "" if person is None else person.printed_name, card.why, advice.causes[0].id if advice.causes else "",
        "" if first is None else first.printed_name, "" if first is None else first.user,
        0 if first is None else first.at_ns, first.until_ns if first is not None and card.state.open else 0,
    )  # fmt: skip


def ranked(cards: Sequence[Card]) -> list[Card]:
    """Open cards, what cannot wait first; of one kind those that claim to be surer."""
    return sorted(cards, key=lambda c: (_URGENCY[c.advice.kind], -c.advice.confidence.value, c.id))


def lot_at(doors: Doors, place: str) -> str:
    """The lot that the line of a place makes now."""
    station = doors.plant.station.get(place)
    line = doors.plant.line.get(place if station is None else station.line)
    tag = "" if line is None else line.roles.get("lot", "")
    value = doors.reading(tag).value if tag in doors.plant.tag else None
    return "" if value is None else str(value)


def card_of(
    card: Card, life: Sequence[Life], record: AdvisorRecord | None, doors: Doors, person: Person | None
) -> DecisionCard:
    """The nine-part card at this moment, for the person who looks at it."""
    advice, plant = card.advice, doors.plant
    open_ = card.state.open
    asks = approve.asks_judgement(card) and open_ and not card.judgement
    ages = [doors.link_age_s(tag) for tag in advice.inputs if tag in plant.tag]
    known = [age for age in ages if age is not None]
    outcomes = _outcomes(card, doors)
    return DecisionCard(
        row_of(card), list(advice.evidence), list(advice.causes), list(advice.context), advice.expected,
        None if asks else advice.confidence, card.judgement, asks, list(advice.alternatives),
        [_write(w, plant, doors, person, outcomes, open_) for w in advice.writes], advice.undo,
        approve.can_undo(card), max(known) if len(known) == len(ages) and known else None,
        approve.stale(card, plant, doors.reading, doors.link_age_s) if open_ else None,
        [LifeRow(one.state, one.at_ns, one.by, one.words) for one in life], card.measured, card.control, record,
        approve.shown_hash(card, lot_at(doors, advice.place)), second.two_persons(advice, plant),
    )  # fmt: skip


def _write(
    write: Write,
    plant: Plant,
    doors: Doors,
    person: Person | None,
    outcomes: dict[str, tuple[str, int]],
    open_: bool,
) -> WriteRow:
    tag = plant.tag.get(write.tag)
    outcome, done_ns = outcomes.get(write.tag, ("", 0))
    if tag is None:
        return WriteRow(
            write.tag, Text.same(write.tag), Text.same(""), "", write.now, None, write.value, None, None, "",
            write.back, write.back is not None, None, outcome, done_ns,
        )  # fmt: skip
    guard = plant.guard.get(tag.id)
    spans = [s for s in (tag.range, None if guard is None else guard.limits) if s is not None]
    refused = doors.preview(person, tag.id, write.value) if open_ else None
    return WriteRow(
        tag.id, tag.name, plant.controller[tag.controller].name, tag.node, write.now, doors.reading(tag.id).value,
        write.value, max((s.low for s in spans), default=None), min((s.high for s in spans), default=None), tag.unit,
        write.back, write.back is not None, refused, outcome, done_ns,
    )  # fmt: skip


def _outcomes(card: Card, doors: Doors) -> dict[str, tuple[str, int]]:
    """What became of each write, by tag."""
    if card.state.open or card.state is DecisionState.REJECTED:
        return {}
    run = doors.runner.find(card.run)
    kind, _, number = card.outside.partition(":")
    if kind == "reroute" and number.isdigit():
        route = doors.routes.find(int(number))
        run = None if route is None else route.run
    if kind == "hold" and number.isdigit():
        hold = doors.holds.find(int(number))
        gates = [] if hold is None else list(hold.gates)
        return {g.tag: (CommandOutcome.VERIFIED.value if g.closed else "", 0) for g in gates}
    if run is None:
        return {}
    return {s.tag: (r.outcome.value, r.done_ns) for s, r in zip(run.steps, run.results, strict=False)}


def area_of(plant: Plant, place: str) -> str:
    """The area of a place, as rights name it."""
    station = plant.station.get(place)
    line = plant.line.get(place if station is None else station.line)
    return "*" if line is None else line.area
