"""Verify: every write read back, and then what the plant did, judged against what the card declared before.

The measure is compared with a control, a line beside it that nobody touched: what happened to both is no effect of the
card. Alarms that cleared by themselves and values that drift back are no wins.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from hmi.loop.doors import Doors
from hmi.loop.record import Record
from hmi.model.decision import AdviceKind, DecisionState, Effect, Expected
from hmi.model.hold import HoldState
from hmi.model.machine import TimeClass
from hmi.model.plant import Line, Plant
from hmi.model.quality import Quality
from hmi.model.reading import Reading
from hmi.model.sequence import RunState
from hmi.model.text import Text
from hmi.model.words import say
from hmi.store import decisions
from hmi.store.decisions import Card

SECOND = 1_000_000_000
DEFAULT_S = 30.0
MEAN_S = 20
"""A value is judged by its mean over so many seconds at the end of its window."""
MARGIN = 0.25
"""Share of the declared change that a value must have gone the wrong way to be WORSE."""
LEAST_CONTROL = 0.3
STOOD_SHARE = 0.5
"""Share of what a line makes that is not asked of it for the time that another of its stations stood: part is made up
for from its buffers."""
UNREAD_NS = 1800 * SECOND
"""How long after its decision a card whose writes were taken waits for the plant to report them."""
SIGHT_NS = 30 * SECOND
"""How long after its start the engine waits for what a card is judged by before it judges without."""
LATE = 1.1
"""A count that ran for so many times its window, since no engine was there at the end, is brought to the window."""
LONGEST_LOOK_NS = 5 * SECOND
GOOD, MOVED, STANDING = "good:", "hold:moved", "deviation:"
"""Measures that are no tag: good units of lines (``good:L1+L3``), held units that moved, whether a deviation stands."""


def judge(
    expected: Expected,
    measured: float | None,
    control: float | None = None,
    whole: bool = True,
    excused: float = 0.0,
) -> Effect:
    """What came of it. Pure.

    control: what the control did, as a share of what it was expected to do (1: as usual); a control that made less
    lowers what is asked. whole: that which had to be seen beside the measure was seen (units on the planned lanes,
    gates closed). excused: units of a count that could not be made for other causes, seen at the stations.
    """
    if measured is None:
        return Effect.NO_EFFECT
    share = 1.0 if control is None else min(1.0, max(LEAST_CONTROL, control))
    up = expected.direction >= 0
    banded = ":" not in expected.tag  # a tag has to come into its band; a count only has to reach it
    excuse = excused if up and not banded else 0.0
    low, high = (expected.low * share - excuse, expected.high) if up else (expected.low, expected.high)
    reached = low <= measured <= high if banded else measured >= low if up else measured <= high
    if reached:
        return Effect.EFFECTIVE if whole else Effect.NO_EFFECT
    if expected.now is None:
        return Effect.NO_EFFECT
    now = expected.now * share - excuse if up and not banded else expected.now
    margin = MARGIN * abs(expected.value - expected.now)
    if not banded:  # counts scatter: less than that is no harm
        margin = max(margin, abs(expected.high - expected.value))
    worse = _outside(measured, low, high) > _outside(now, low, high) + margin
    return Effect.WORSE if worse else Effect.NO_EFFECT


def _outside(value: float, low: float, high: float) -> float:
    return max(low - value, value - high, 0.0)


def lines_of(measure: str) -> list[str]:
    """The lines whose good units are counted."""
    return [line for line in measure.removeprefix(GOOD).split("+") if line] if measure.startswith(GOOD) else []


def good_counts(plant: Plant, reading: Callable[[str], Reading]) -> dict[str, float]:
    """What the last station's good counter of every line says now; lines that do not say are left out."""
    found = {}
    for line in plant.lines:
        tag = good_tag(plant, line)
        said = reading(tag) if tag else None
        if said is not None and said.quality is Quality.GOOD and isinstance(said.value, int | float):
            found[line.id] = float(said.value)
    return found


def good_tag(plant: Plant, line: Line) -> str:
    """The tag of a line's good units: the counter of its last station that has one."""
    tags = [s.roles["good"] for s in plant.stations_of(line.id) if s.roles.get("good") in plant.tag]
    return tags[-1] if tags else ""


def made_since(before: Mapping[str, float], now: Mapping[str, float], lines: Sequence[str]) -> float | None:
    """Good units of these lines since; None where a counter is not known or began anew."""
    made = [now[line] - before[line] for line in lines if line in now and line in before]
    return sum(made) if len(made) == len(lines) and made and min(made) >= 0 else None


def control_share(before: Mapping[str, Any], begun: Mapping[str, Any], now: Mapping[str, Any]) -> float | None:
    """What the control lines made in the window as a share of what they made before it; None where nobody can tell.

    Each argument: {"at_ns": ns, "good": {line: count}} of the untouched lines: at the proposal, at the beginning of
    the window, at its end.
    """
    first_s, then_s = ((b["at_ns"] - a["at_ns"]) / SECOND for a, b in ((before, begun), (begun, now)))
    lines = sorted(set(before["good"]) & set(begun["good"]) & set(now["good"]))
    usual = made_since(before["good"], begun["good"], lines)
    made = made_since(begun["good"], now["good"], lines)
    if usual is None or made is None or first_s < DEFAULT_S or then_s <= 0 or usual < 3:
        return None
    return float((made / then_s) / (usual / first_s))


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured at the end of a window."""

    value: float | None
    control: float | None
    share: float | None
    """The control as a share of what it was expected to do."""
    whole: bool
    why: Text | None = None


class Verify:
    """The sixth step of the loop."""

    def __init__(
        self,
        doors: Doors,
        record: Record,
        standing: Callable[[str, str], bool],
        judged: Callable[[Card], None],
    ) -> None:
        """standing(detector, place): whether a deviation stands; judged hears of every card that was judged."""
        self._doors, self._record, self._standing, self._judged = doors, record, standing, judged
        self._began_ns = doors.clock()
        self._excused: dict[int, float] = {}
        self._looked_ns = 0

    async def run(self, now_ns: int) -> bool:
        """Read back what is executed, judge what is due; True when a card came further."""
        changed = False
        for card in await self._record.look(partial(decisions.cards, states={DecisionState.EXECUTED})):
            if await self._read_back(card, now_ns):
                changed = True
            elif self._gone(card) or now_ns - card.decided_ns >= UNREAD_NS:
                await self._judge(card, now_ns)
                changed = True
        waiting = {DecisionState.VERIFIED, DecisionState.PARTLY}
        passed = min(max(now_ns - self._looked_ns, 0), LONGEST_LOOK_NS) / SECOND
        self._looked_ns = now_ns
        for card in await self._record.look(partial(decisions.cards, states=waiting)):
            self._excuse(card, passed)
            if now_ns >= card.due_ns and (self._in_sight(card) or now_ns - self._began_ns >= SIGHT_NS):
                await self._judge(card, now_ns)
                changed = True
        return changed

    async def _read_back(self, card: Card, now_ns: int) -> bool:
        if not self._whole(card):
            return False
        expected = card.advice.expected
        window = DEFAULT_S if expected is None else expected.window_s
        facts = {**card.facts, "begun": self._counts(now_ns)}
        await self._record.move(
            card.id, {DecisionState.EXECUTED}, DecisionState.VERIFIED, say("decision.life_VERIFIED"), at_ns=now_ns,
            due_ns=now_ns + round(window * SECOND), facts=facts,
        )  # fmt: skip
        return True

    def _whole(self, card: Card) -> bool:
        """Whether the plant reports everything as it was ordered."""
        kind, number = card.advice.kind, card.outside.partition(":")[2]
        if kind is AdviceKind.HOLD:
            hold = self._doors.holds.find(int(number)) if number else None
            return hold is not None and hold.state is HoldState.HELD and all(g.closed for g in hold.gates)
        if kind is AdviceKind.REROUTE:
            route = self._doors.routes.find(int(number)) if number else None
            return route is not None and route.state in ("VERIFIED", "CONFIRMED")
        if kind is AdviceKind.RETURN and card.advice.returns:
            route = self._doors.routes.find(int(card.advice.returns.partition(":")[2]))
            return route is not None and route.state == "RETURNED"
        if not card.advice.writes:
            return True
        run = self._doors.runner.find(card.run)
        return run is not None and run.state is RunState.WHOLE

    def _in_sight(self, card: Card) -> bool:
        """Whether what a card is judged by is known now: right after a start nothing is read yet."""
        expected, number = card.advice.expected, card.outside.partition(":")[2]
        if card.advice.kind is AdviceKind.HOLD and number:
            hold = self._doors.holds.find(int(number))
            return hold is None or all(g.closed is not None for g in hold.gates)
        if expected is None:
            return True
        lines = lines_of(expected.tag)
        plant = self._doors.plant
        tags = [good_tag(plant, plant.line[x]) for x in lines if x in plant.line] if lines else [expected.tag]
        return all(self._doors.reading(t).quality is Quality.GOOD for t in tags if t in plant.tag)

    def _gone(self, card: Card) -> bool:
        """Whether what the card did was taken back before it was read back: it never will be."""
        kind, number = card.advice.kind, card.outside.partition(":")[2]
        if kind is AdviceKind.HOLD:
            hold = self._doors.holds.find(int(number)) if number else None
            return hold is not None and hold.state is HoldState.RELEASED
        if kind is AdviceKind.REROUTE:
            route = self._doors.routes.find(int(number)) if number else None
            return route is not None and route.state == "RETURNED"
        run = self._doors.runner.find(card.run)
        return run is not None and run.state is RunState.TAKEN_BACK

    def _excuse(self, card: Card, passed_s: float) -> None:
        """Note that other stations of the lines that a reroute leads to stand: what they lose is not its doing."""
        expected = card.advice.expected
        if card.advice.kind is not AdviceKind.REROUTE or expected is None or not card.advice.plan:
            return
        plant, lines = self._doors.plant, lines_of(expected.tag)
        used = card.advice.plan.options[card.advice.option].lanes
        led = {plant.station[lane.to_station].line for lane in plant.lanes if lane.id in used}
        stand = [
            s.id for s in plant.stations
            if s.line in led and s.id != card.advice.place and (span := self._doors.state(s.id)) is not None
            and span.counts_as is TimeClass.DOWN
        ]  # fmt: skip
        if stand and lines:
            rate = expected.value / expected.window_s / len(lines)
            self._excused[card.id] = self._excused.get(card.id, 0.0) + STOOD_SHARE * rate * passed_s * len(stand)

    async def _judge(self, card: Card, now_ns: int) -> None:
        found = await self._measure(card, now_ns)
        expected, excused = card.advice.expected, self._excused.pop(card.id, 0.0)
        if card.state is DecisionState.PARTLY:
            effect, why = Effect.NO_EFFECT, card.why
        elif card.state is DecisionState.EXECUTED:
            effect, why = Effect.NO_EFFECT, say("decision.not_read_back")
        elif expected is None:
            effect, why = Effect.EFFECTIVE if found.whole else Effect.NO_EFFECT, found.why
        else:
            effect, why = judge(expected, found.value, found.share, found.whole, excused), found.why
            if found.value is None and why is None:
                why = say("decision.not_measured", measure=expected.measure)
        words = say("decision.life_JUDGED", effect=say(f"decision.effect_{effect.value}"))
        facts = {**card.facts, "ended": self._counts(now_ns), "share": found.share, "excused": round(excused, 1)}
        kept = await self._record.move(
            card.id, {card.state}, DecisionState.JUDGED, words, at_ns=now_ns, ended_ns=now_ns, effect=effect,
            measured=found.value, control=found.control, facts=facts, why=why,
        )  # fmt: skip
        self._judged(kept)

    async def _measure(self, card: Card, now_ns: int) -> Measured:
        expected = card.advice.expected
        if expected is None:
            return Measured(None, None, None, self._whole(card))
        tag = expected.tag
        if tag == MOVED:
            number = card.outside.partition(":")[2]
            hold = self._doors.holds.find(int(number)) if number else None
            closed = hold is not None and all(g.closed for g in hold.gates)
            why = None if closed else say("decision.gates_open")
            return Measured(None if hold is None else float(hold.moved), None, None, closed, why)
        if tag.startswith(STANDING):
            detector, _, place = tag.removeprefix(STANDING).partition("/")
            return Measured(float(self._standing(detector, place)), None, None, True)
        if tag.startswith(GOOD):
            return self._good(card, lines_of(tag), now_ns)
        value = await self._mean(tag, now_ns)
        beside = self._beside(tag)
        return Measured(value, await self._mean(beside, now_ns) if beside else None, None, True)

    def _good(self, card: Card, lines: list[str], now_ns: int) -> Measured:
        begun, now = card.facts.get("begun"), self._counts(now_ns)
        if begun is None:
            return Measured(None, None, None, False)
        value = made_since(begun["good"], now["good"], lines)
        others = [line.id for line in self._doors.plant.lines if line.id not in lines]
        control = made_since(begun["good"], now["good"], others) if others else None
        lasted_s = (now_ns - begun["at_ns"]) / SECOND
        window_s = DEFAULT_S if card.advice.expected is None else card.advice.expected.window_s
        if lasted_s > LATE * window_s:
            part = window_s / lasted_s
            value, control = (None if made is None else round(made * part, 1) for made in (value, control))
        share = None
        before = card.facts.get("proposed")
        if before is not None and others:
            share = control_share(*(_only(c, others) for c in (before, begun, now)))
        whole, why = True, None
        if card.advice.kind is AdviceKind.REROUTE:
            number = card.outside.partition(":")[2]
            route = self._doors.routes.find(int(number)) if number else None
            whole = route is not None and (route.units > 0 or route.state == "CONFIRMED")
            why = None if whole else say("decision.no_units")
        return Measured(value, control, share, whole, why)

    def _counts(self, now_ns: int) -> dict[str, Any]:
        return {"at_ns": now_ns, "good": good_counts(self._doors.plant, self._doors.reading)}

    def _beside(self, tag: str) -> str:
        """The same tag of the same station on a line beside; empty where there is none."""
        plant = self._doors.plant
        here = plant.station.get(plant.tag[tag].place) if tag in plant.tag else None
        if here is None:
            return ""
        suffix = tag.removeprefix(here.id)
        return next(
            (
                s.id + suffix for s in plant.stations
                if s.line != here.line and s.order == here.order and s.id + suffix in plant.tag
            ),
            "",
        )  # fmt: skip

    async def _mean(self, tag: str, now_ns: int) -> float | None:
        said = self._doors.reading(tag)
        value = float(said.value) if said.quality is Quality.GOOD and isinstance(said.value, int | float) else None
        if self._doors.history is None or value is None:
            return value
        series = await asyncio.to_thread(self._doors.history, tag, now_ns - MEAN_S * SECOND, now_ns, 200)
        known = [float(v) for v in series.value if v is not None]
        return sum(known) / len(known) if known else value


def _only(counts: Mapping[str, Any], lines: Sequence[str]) -> dict[str, Any]:
    return {"at_ns": counts["at_ns"], "good": {k: v for k, v in counts["good"].items() if k in lines}}
