"""Verify: every write read back, and then what the plant did, judged against what the card declared before.

The measure is compared with a control, a line beside it that nobody touched: what happened to both is no effect of the
card. Alarms that cleared by themselves and values that drift back are no wins.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from hmi.loop.doors import Doors
from hmi.loop.judging import DEFAULT_S, SECOND, good_tag, judge, lines_of
from hmi.loop.measuring import Measure
from hmi.loop.record import Record
from hmi.model.decision import AdviceKind, DecisionState, Effect
from hmi.model.hold import HoldState
from hmi.model.machine import TimeClass
from hmi.model.plant import Station
from hmi.model.quality import Quality
from hmi.model.sequence import RunState
from hmi.model.text import Text
from hmi.model.words import say
from hmi.store import decisions
from hmi.store.decisions import Card

LONG_STOP_NS = 30 * SECOND
"""A station that stands longer does not stand for one of the short stops that the twin reckons with."""
STOOD_SHARE = 0.5
"""Share of what a line makes that is not asked of it for the time that another of its stations stood: part is made up
for from its buffers. A line that is led to runs at its limit and makes up for nothing: all of it."""
UNREAD_NS = 1800 * SECOND
"""How long after its decision a card whose writes were taken waits for the plant to report them."""
SIGHT_NS = 30 * SECOND
"""How long after its start the engine waits for what a card is judged by before it judges without."""
LONGEST_LOOK_NS = 5 * SECOND
EXCUSED, STOOD, EXCUSE_KEPT = "excused", "stood", 0.5
"""The facts of a card that say how many units were not asked of it and which stations stood; on record whenever the
units grew by so many."""


def _feeds(station: Station, failed: Station | None) -> bool:
    """Whether units still come through a station: not behind the failed one on its line."""
    return failed is None or station.line != failed.line or station.order < failed.order


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
        self._doors, self._record, self._judged = doors, record, judged
        self._measure = Measure(doors, standing, self._whole)
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
            card = await self._excuse(card, passed)
            if now_ns >= card.due_ns and (self._in_sight(card) or now_ns - self._began_ns >= SIGHT_NS):
                await self._judge(card, now_ns)
                changed = True
        return changed

    async def _read_back(self, card: Card, now_ns: int) -> bool:
        if not self._whole(card):
            return False
        expected = card.advice.expected
        window = DEFAULT_S if expected is None else expected.window_s
        facts = {**card.facts, "begun": self._measure.counts(now_ns)}
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

    async def _excuse(self, card: Card, passed_s: float) -> Card:
        """Note that other stations of the lines that are counted stand: what they lose is not a reroute's doing.

        What stood when the plan was made is in its figures already. Of lines that it does not lead to only what stands
        longer than a short stop is noted: those are in its figures, too.
        The next engine judges by it, too: all but the last half unit is on record.
        """
        expected = card.advice.expected
        if card.advice.kind is not AdviceKind.REROUTE or expected is None or not card.advice.plan:
            return card
        plant, lines = self._doors.plant, lines_of(expected.tag)
        used = card.advice.plan.options[card.advice.option].lanes
        led = {plant.station[lane.to_station].line for lane in plant.lanes if lane.id in used}
        failed, known = plant.station.get(card.advice.place), {card.advice.place, *card.advice.plan.standing}
        stand = [
            s.id for s in plant.stations
            if s.line in {*led, *lines} and s.id not in known and (span := self._doors.state(s.id)) is not None
            and span.counts_as is TimeClass.DOWN
            and (s.line in led or (_feeds(s, failed) and self._looked_ns - span.start_ns >= LONG_STOP_NS))
        ]  # fmt: skip
        if not stand or not lines:
            return card
        stood = sorted({*card.facts.get(STOOD, ()), *stand})
        making = [x for x in lines if failed is None or x != failed.line] or lines
        rate = expected.value / expected.window_s / len(making)
        kept = float(card.facts.get(EXCUSED, 0.0))
        excused = self._excused.get(card.id, kept)
        for line in {plant.station[s].line for s in stand}:
            excused += rate * passed_s * (1.0 if line in led else STOOD_SHARE)
        self._excused[card.id] = excused
        if excused - kept < EXCUSE_KEPT:
            return card
        return await self._record.note(card.id, facts={**card.facts, EXCUSED: excused, STOOD: stood})

    def _not_asked(self, card: Card, excused: float) -> Text | None:
        """Which stations stood beside a reroute, and how many units were not asked of it for that."""
        stations = [self._doors.plant.station[x] for x in card.facts.get(STOOD, ()) if x in self._doors.plant.station]
        if excused < 1 or not stations:
            return None
        lines = self._doors.plant.line
        places = [say("decision.place", line=lines[s.line].name, station=s.name) for s in stations]
        shown = Text(", ".join(x.en for x in places), ", ".join(x.ko for x in places))
        return say("decision.not_asked", stations=shown, units=round(excused))

    async def _judge(self, card: Card, now_ns: int) -> None:
        found = await self._measure.of(card, now_ns)
        expected = card.advice.expected
        excused = self._excused.pop(card.id, float(card.facts.get(EXCUSED, 0.0)))
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
            why = why or self._not_asked(card, excused)
        words = say("decision.life_JUDGED", effect=say(f"decision.effect_{effect.value}"))
        ended = self._measure.counts(now_ns)
        facts = {**card.facts, "ended": ended, "share": found.share, EXCUSED: round(excused, 1)}
        kept = await self._record.move(
            card.id, {card.state}, DecisionState.JUDGED, words, at_ns=now_ns, ended_ns=now_ns, effect=effect,
            measured=found.value, control=found.control, facts=facts, why=why,
        )  # fmt: skip
        self._judged(kept)
