"""Recommend: advisors answer analyzed deviations; cards under the alarm budget, newer ones superseding older ones.

An advisor proposes and never writes. One that raises is switched off and named; the plant goes on without it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from hmi.loop.advisor_port import Advisor, Later
from hmi.loop.beside import cases, confident, context_of
from hmi.loop.doors import Doors, waited
from hmi.loop.judging import good_counts
from hmi.loop.record import Record
from hmi.loop.resting import OPEN, RUNNING, resting
from hmi.loop.returning import return_advice
from hmi.loop.second import lapsed, without_first
from hmi.loop.sound import check, scope_of
from hmi.loop.view import View
from hmi.model.decision import (
    AdviceKind,
    Cause,
    DecisionState,
    Deviation,
    Recommendation,
)  # fmt: skip
from hmi.model.quality import Quality
from hmi.model.text import Text
from hmi.model.words import say
from hmi.store import decisions
from hmi.store import loop as store
from hmi.store.decisions import Card
from hmi.store.faults import StoreError
from hmi.store.loop import Found, Lesson, Stage

log = logging.getLogger("linekeeper.loop")

SECOND = 1_000_000_000
SAME_KIND_NS = 30 * SECOND
LATEST_NS = 8 * SECOND
"""An advisor may hold back its answer until so long after the deviation."""
SIGHT_NS = 10 * SECOND
"""How long after its start the engine waits for the tags that an answer rests on before it does without them."""


@dataclass(slots=True)
class Hosted:
    """An advisor with its view, and why it is switched off."""

    advisor: Advisor
    view: View
    off: Text | None = None
    wrong: Text | None = None
    """Why its last recommendation could not be a card."""


class Recommend:
    """The third step of the loop."""

    def __init__(
        self, doors: Doors, record: Record, advisors: Sequence[Advisor], told: Callable[[str, Text], None]
    ) -> None:
        """told(advisor, words) hears of an advisor that was switched off."""
        self._doors, self._record, self._told = doors, record, told
        self.hosted = [Hosted(a, View(doors, a.name)) for a in advisors]
        self._began_ns = doors.clock()
        self.returnable: set[int] = set()
        """Reroutes whose station runs again, as their room told."""
        self._swept_ns = 0

    async def run(self, now_ns: int) -> bool:
        """Answer what is analyzed; let cards expire, come back, or be asked for again; True when something changed."""
        changed = await self._sweep(now_ns)
        for found in await self._record.look(partial(store.deviations, stages=(Stage.ANALYZED,))):
            changed |= await self._answer(found, now_ns)
        return changed

    async def _answer(self, found: Found, now_ns: int) -> bool:
        deviation, number = found.deviation, found.deviation.id
        if deviation.cleared_ns:
            await self._record.write(partial(store.answered, number=number))
            return False
        if not self._in_sight(deviation, now_ns):
            return False
        past = await self._record.look(partial(decisions.cards, limit=200))
        lessons = await self._record.look(store.lessons)
        made = wait = False
        for hosted in self.hosted:
            if hosted.off is not None or self._said(hosted.advisor.name, number, past, now_ns):
                continue
            advice, later = await self._asked(hosted, deviation, found.causes, past, now_ns)
            wait |= later
            if advice is None or not await self._sound(hosted, advice):
                continue
            if resting([c for c in past if c.advice.key == advice.key], number, now_ns):
                continue
            await self._propose(advice, deviation, past, lessons)
            made = True
        if not wait:
            await self._record.write(partial(store.answered, number=number))
        return made

    def _in_sight(self, deviation: Deviation, now_ns: int) -> bool:
        """Whether the place of a deviation can be seen: one from before the start is older than the first reading."""
        if now_ns - self._began_ns >= SIGHT_NS:
            return True
        plant, station = self._doors.plant, self._doors.plant.station.get(deviation.place)
        roles = {} if station is None else plant.line[station.line].roles
        tags = {*deviation.tags, *roles.values()} & plant.tag.keys()
        return all(self._doors.reading(tag).quality is Quality.GOOD for tag in tags)

    @staticmethod
    def _too_soon(advisor: str, deviation: Deviation, past: Sequence[Card], now_ns: int) -> bool:
        """One card of an advisor in 30 s, those on the same deviation apart.

        What was decided takes nobody's eyes any more: it holds up nothing that happens after it.
        """
        waiting = [c for c in past if c.state in OPEN and c.deviation != deviation.id]
        mine = [c for c in waiting if c.advice.advisor == advisor]
        return any(now_ns - c.proposed_ns < SAME_KIND_NS for c in mine)

    @staticmethod
    def _said(advisor: str, deviation: int, past: Sequence[Card], now_ns: int) -> bool:
        """Whether an advisor's card on this deviation is open or running; after a look it may say more."""
        mine = [c for c in past if c.deviation == deviation and c.advice.advisor == advisor]
        return any(
            c.advice.kind is not AdviceKind.INSPECT or now_ns - c.proposed_ns < SAME_KIND_NS
            for c in mine
            if c.state in OPEN | RUNNING
        )

    async def _asked(
        self, hosted: Hosted, deviation: Deviation, causes: tuple[Cause, ...], past: Sequence[Card], now_ns: int
    ) -> tuple[Recommendation | None, bool]:
        """What an advisor says, and whether it is to be asked again soon. One that raises is switched off and named."""
        name = hosted.advisor.name
        try:
            if not hosted.advisor.takes(deviation, causes):
                return None, False
            if self._too_soon(name, deviation, past, now_ns):
                return None, True
            advice = await hosted.advisor.propose(deviation, causes, hosted.view)
        except Exception as err:
            log.exception("advisor %s failed", name)
            hosted.off = say("decision.advisor_off", name=name, fault=f"{type(err).__name__}: {err}"[:200])
            self._told(name, hosted.off)
            return None, False
        if isinstance(advice, Later):
            return None, now_ns - deviation.at_ns < LATEST_NS
        return advice, False

    async def _sound(self, hosted: Hosted, advice: Recommendation) -> bool:
        """Whether a recommendation can be a card; one that cannot is said and logged, and nobody is asked to sign it.

        The advisor is asked again: its next one may be sound. The same fault is not said twice in a row.
        """
        try:
            check(advice, self._doors.plant)
            if advice.kind is AdviceKind.HOLD:  # its room knows lots and stations: it refuses what names nothing
                await waited(self._doors.holds.preview(scope_of(advice.hold)[1]))
        except StoreError:
            raise
        except Exception as err:
            why = getattr(err, "text", None)
            if not isinstance(why, Text):
                raise
            name = hosted.advisor.name
            words = say("decision.advice_refused", name=name, why=why)
            log.warning("%s", words.en)
            if words != hosted.wrong:
                self._told(name, words)
            hosted.wrong = words
            return False
        hosted.wrong = None
        return True

    async def _propose(
        self,
        advice: Recommendation,
        deviation: Deviation | None,
        past: Sequence[Card],
        lessons: Sequence[Lesson],
    ) -> Card:
        now_ns = self._doors.clock()  # not when the answer was begun: a person sees it from now on
        said = advice.confidence.value
        advice = confident(advice, lessons)
        alike = cases([c for c in past if c.advice.advisor == advice.advisor and c.advice.kind is advice.kind])
        context = context_of(self._doors.plant, advice.place, self._doors.reading)
        advice = replace(
            advice, evidence=advice.evidence + ((alike,) if alike else ()), context=context + advice.context
        )
        # what judging compares its control with
        made = good_counts(self._doors.plant, self._doors.reading)
        card = Card(
            advice, deviation=deviation.id if deviation else 0, detected_ns=deviation.at_ns if deviation else now_ns,
            proposed_ns=now_ns, expires_ns=now_ns + round(advice.expires_s * SECOND),
            facts={"said": said, "proposed": {"at_ns": now_ns, "good": made}},
        )  # fmt: skip
        return await self._record.add(card, say("decision.life_PROPOSED", advisor=advice.advisor))

    async def _sweep(self, now_ns: int) -> bool:
        """By time alone: what expires, what comes back, what still stands, what can go back to normal."""
        if now_ns - self._swept_ns < 2 * SECOND:
            return False
        self._swept_ns = now_ns
        changed = False
        standing = {
            f.deviation.id: f for f in await self._record.look(partial(store.deviations, standing=True))
        }  # fmt: skip
        for card in await self._record.look(partial(decisions.cards, states=OPEN)):
            over = card.deviation and card.deviation not in standing and card.advice.kind is not AdviceKind.HOLD
            if over or now_ns >= card.expires_ns:
                why = say("decision.expired_cleared" if over else "decision.expired")
                await self._record.move(
                    card.id, OPEN, DecisionState.EXPIRED, why, at_ns=now_ns, ended_ns=now_ns, why=why
                )
                changed = True
            elif card.state is DecisionState.DEFERRED and now_ns >= card.due_ns:
                words = say("decision.life_back")
                await self._record.move(
                    card.id, {DecisionState.DEFERRED}, DecisionState.PROPOSED, words, at_ns=now_ns, due_ns=0,
                    why=None,
                )  # fmt: skip
                changed = True
            elif lapsed(card, now_ns):
                words = say("decision.life_lapsed")
                facts = without_first(card)
                await self._record.move(card.id, {card.state}, card.state, words, at_ns=now_ns, facts=facts)
                changed = True
        changed |= await self._ask_again(standing, now_ns)
        return await self._returns(now_ns) or changed

    async def _ask_again(self, standing: dict[int, Found], now_ns: int) -> bool:
        """Deviations that still stand after their card ended are looked at anew when the matter has rested."""
        changed = False
        answered = {n: f for n, f in standing.items() if f.stage is Stage.ANSWERED}
        if not answered:
            return False
        past = await self._record.look(partial(decisions.cards, limit=200))
        for number in answered:
            mine = [c for c in past if c.deviation == number]
            looked_at = all(c.advice.kind is AdviceKind.INSPECT for c in mine if c.state in OPEN | RUNNING)
            grown = looked_at and all(now_ns - c.proposed_ns >= SAME_KIND_NS for c in mine)
            if mine and (grown or not resting(mine, number, now_ns)):
                await self._record.write(partial(store.again, number=number))
                changed = True
        return changed

    async def _returns(self, now_ns: int) -> bool:
        """Propose the way back of every reroute whose station runs again, once."""
        past = await self._record.look(partial(decisions.cards, limit=200))
        routed = {
            int(c.outside.partition(":")[2])
            for c in past
            if c.advice.kind is AdviceKind.REROUTE and c.outside.startswith("reroute:")
        }
        changed = False
        for number in sorted(routed | self.returnable):
            route = self._doors.routes.find(number)
            if route is None or not route.can_return:
                self.returnable.discard(number)
                continue
            if resting([c for c in past if c.advice.key == f"return:{number}"], 0, now_ns):
                continue
            advice = return_advice(route, self._doors.plant)
            if advice is not None:
                lessons = await self._record.look(store.lessons)
                await self._propose(advice, None, past, lessons)
                changed = True
            self.returnable.discard(number)
        return changed
