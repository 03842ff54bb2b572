"""Execute: carry out what was approved, once, and go on where it stood after a crash.

State is on disk before the first write and after the last. What was already ordered is found by its cause or its run's
id; only what never began is begun. Commands go out through the gateway's runs alone.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from hmi.loop.doors import Doors, HoldSeen, RouteSeen
from hmi.loop.record import Record
from hmi.loop.sound import scope_of
from hmi.model.command import Seen
from hmi.model.decision import AdviceKind, DecisionState
from hmi.model.hold import HoldOrder, HoldState
from hmi.model.sequence import Orderer, Run, RunState, RunStep
from hmi.model.text import Text
from hmi.model.words import say
from hmi.store import decisions
from hmi.store.decisions import Card
from hmi.store.faults import StoreError

log = logging.getLogger("linekeeper.loop")

SECOND = 1_000_000_000
PARTLY_NS = 1800 * SECOND
"""How long a card that was carried out in part waits for people before it is closed."""
SIGNED_NS = 600 * SECOND
"""How long an order that never began may wait for the station to write again."""
WORK = {DecisionState.APPROVED, DecisionState.EXECUTING, DecisionState.UNKNOWN, DecisionState.PARTLY}

Came = tuple[DecisionState, Text | None, str]
"""Where the card stands now, why, and what carries it out."""


def after_run(run: Run) -> DecisionState:
    """Where a card stands by its run."""
    if run.state is RunState.STOPPED:
        return DecisionState.PARTLY if run.done else DecisionState.FAILED
    return {
        RunState.WHOLE: DecisionState.EXECUTED, RunState.TAKEN_BACK: DecisionState.EXECUTED,
        RunState.UNKNOWN: DecisionState.UNKNOWN,
    }.get(run.state, DecisionState.EXECUTING)  # fmt: skip


def after_hold(hold: HoldSeen) -> DecisionState:
    """Where a card stands by its hold; one on paper stands, but closes nothing."""
    return {
        HoldState.PLACING: DecisionState.EXECUTING, HoldState.HELD: DecisionState.EXECUTED,
        HoldState.RELEASED: DecisionState.EXECUTED,
    }.get(hold.state, DecisionState.PARTLY)  # fmt: skip


def after_route(route: RouteSeen) -> DecisionState:
    """Where a card stands by its reroute."""
    return {
        "EXECUTING": DecisionState.EXECUTING, "PARTLY": DecisionState.PARTLY, "UNKNOWN": DecisionState.UNKNOWN,
        "FAILED": DecisionState.FAILED,
    }.get(route.state, DecisionState.EXECUTED)  # fmt: skip


def after_return(route: RouteSeen) -> DecisionState:
    """Where a card stands by the way back that it ordered; lanes that stay open were refused to close."""
    return {
        "RETURNED": DecisionState.EXECUTED, "RETURNING": DecisionState.EXECUTING, "UNKNOWN": DecisionState.UNKNOWN,
        "PARTLY": DecisionState.PARTLY,
    }.get(route.state, DecisionState.FAILED)  # fmt: skip


def run_of(card: Card) -> Run:
    """The run that an approved card orders: exactly the writes that were signed, in their order."""
    assert card.person is not None
    steps = tuple(RunStep(w.tag, w.value, w.back) for w in card.advice.writes)
    return Run(card.run, card.cause, card.reason, steps, card.person.user, card.signature, "approve", seen_of(card))


def seen_of(card: Card) -> tuple[Seen, ...]:
    """What the person saw when signing."""
    return tuple(Seen(w.tag, w.now, w.tolerance) for w in card.advice.writes)


def _approved(card: Card) -> Orderer:
    assert card.person is not None
    return Orderer(card.person, card.signature, "approve")


def _why(run: Run) -> Text | None:
    return next((r.why for r in reversed(run.results) if r.why is not None), None)


class Execute:
    """The fifth step of the loop."""

    def __init__(self, doors: Doors, record: Record, woke: Callable[[], None]) -> None:
        """woke is called when a card came to a new state."""
        self._doors, self._record, self._woke = doors, record, woke
        self._busy: dict[int, asyncio.Task[None]] = {}
        self._started_ns = doors.clock()

    async def run(self, now_ns: int) -> None:
        """Start or go on with every card that is approved and not done; returns at once, the work goes on beside."""
        for card in await self._record.look(partial(decisions.cards, states=WORK)):
            if card.id not in self._busy:
                task = asyncio.create_task(self._carry(card), name=f"decision {card.id}")
                self._busy[card.id] = task
                task.add_done_callback(lambda _, number=card.id: self._busy.pop(number, None))  # type: ignore[misc]

    async def settle(self) -> None:
        """Wait until nothing is under way."""
        while self._busy:
            await asyncio.gather(*self._busy.values(), return_exceptions=True)

    def close(self) -> None:
        """Stop waiting; what is under way goes on where it stood at the next start."""
        for task in self._busy.values():
            task.cancel()

    async def _carry(self, card: Card) -> None:
        try:
            if card.state is DecisionState.APPROVED:
                card = await self._record.move(
                    card.id, {DecisionState.APPROVED}, DecisionState.EXECUTING, say("decision.life_EXECUTING"),
                    at_ns=self._doors.clock(),
                )  # fmt: skip
            state, why, outside = await self._done(card)
            await self._to(card, state, why, outside)
        except StoreError as err:
            log.warning("card %d waits: %s", card.id, err)
        except Exception:
            log.exception("card %d cannot be carried out now", card.id)
            await asyncio.sleep(1.0)

    async def _to(self, card: Card, state: DecisionState, why: Text | None, outside: str) -> None:
        now_ns = self._doors.clock()
        if state is card.state:
            if outside and outside != card.outside:
                await self._record.note(card.id, outside=outside)
            return
        changes: dict[str, Any] = {"why": why, "outside": outside or card.outside}
        if state is DecisionState.FAILED:
            changes["ended_ns"] = now_ns
        if state is DecisionState.PARTLY:
            changes["due_ns"] = now_ns + PARTLY_NS
        words = say(f"decision.life_{state.value}")
        if why is not None:
            words = say("decision.life_why", words=words, why=why)
        await self._record.move(card.id, {card.state}, state, words, at_ns=now_ns, **changes)
        self._woke()

    async def _done(self, card: Card) -> Came:
        if card.state in (DecisionState.APPROVED, DecisionState.EXECUTING) and self._waits(card):
            return DecisionState.EXECUTING, None, ""
        try:
            if card.advice.kind is AdviceKind.HOLD:
                return await self._hold(card)
            if card.advice.kind is AdviceKind.REROUTE:
                return await self._route(card)
            if card.advice.kind is AdviceKind.RETURN and card.advice.returns:
                return await self._return(card)
            if not card.advice.writes:
                return DecisionState.EXECUTED, None, ""
            assert card.person is not None
            known = self._doors.runner.find(card.run)
            run = known or await self._doors.runner.start(run_of(card), card.person)
            return after_run(run), _why(run), run.id
        except OSError as err:  # it could not be put on record, so nothing was written
            return DecisionState.FAILED, self._words(err), ""
        except Exception as err:
            text = getattr(err, "text", None)
            if not isinstance(text, Text):
                raise
            return DecisionState.FAILED, text, ""

    def _waits(self, card: Card) -> bool:
        """Whether an order of an earlier engine waits for the station to write again: it starts in MONITOR.

        Only what never began waits, and only as long as its signature stands.
        """
        earlier = card.decided_ns < self._started_ns and not card.outside
        if not earlier or self._doors.clock() - card.decided_ns > SIGNED_NS:
            return False
        if self._doors.runner.find(card.run) is not None:
            return False
        return any(self._doors.preview(card.person, w.tag, w.value) is not None for w in card.advice.writes)

    async def _hold(self, card: Card) -> Came:
        number = card.outside.partition(":")[2]
        found = self._doors.holds.find(int(number)) if number else None
        if found is None:
            reason, scope = scope_of(card.advice.hold)
            order = HoldOrder(scope, reason, card.reason, card.cause, tuple(w.tag for w in card.advice.writes))
            found = await self._doors.holds.place(_approved(card), order)
        return after_hold(found), found.why, f"hold:{found.id}"

    async def _route(self, card: Card) -> Came:
        assert card.advice.plan is not None
        number = card.outside.partition(":")[2]
        found = self._doors.routes.find(int(number)) if number else None
        if found is None:
            found = await self._doors.routes.execute(
                _approved(card), card.advice.plan, card.advice.option, card.reason, card.cause, seen_of(card)
            )
        return after_route(found), found.why, f"reroute:{found.id}"

    async def _return(self, card: Card) -> Came:
        """The way back is the reroute's own, so that its record ends with it."""
        number = int(card.advice.returns.partition(":")[2])
        found = self._doors.routes.find(number)
        if found is None:
            return DecisionState.FAILED, say("material.no_reroute", id=number), ""
        ordered = None if found.run is None else self._doors.runner.find(f"{found.run.id}:back")
        once = ordered is None or ordered.signature != card.signature  # this card's order is not told a second time
        if once and card.state is DecisionState.EXECUTING and found.state in ("VERIFIED", "CONFIRMED", "PARTLY"):
            found = await self._doors.routes.give_back(_approved(card), number, card.reason)
        return after_return(found), found.why, card.advice.returns

    @staticmethod
    def _words(err: OSError) -> Text:
        text = getattr(err, "text", None)
        return text if isinstance(text, Text) else say("decision.not_recorded", fault=err.strerror or str(err))
