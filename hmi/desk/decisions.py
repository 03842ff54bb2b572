"""The loop at the desk: the inbox, the card, what people decide, and the seven steps joined into one thing to tick.

::

    decisions = Decisions(plant, database, people, runner, reading, ...)
    answers |= decisions.answers()      # types: hmi.desk.decision_rows.DECISION_ANSWERS
    ticks.append(decisions.tick)        # four times a second, on the engine's loop
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import Any, Protocol, TypeVar

from hmi.desk.decision_cards import area_of, card_of, lot_at, ranked, row_of
from hmi.desk.decision_rows import DecisionCard, DecisionRow, Inbox
from hmi.desk.refused import RefusedError
from hmi.desk.server import Seat
from hmi.desk.vision_rows import InspectionRow
from hmi.loop import approve
from hmi.loop.advisor_port import Advisor
from hmi.loop.analyze import Analyze
from hmi.loop.approve import Approve
from hmi.loop.detect import Detect
from hmi.loop.detector_port import DetectorKind
from hmi.loop.doors import Doors, HoldDoor, RouteDoor, waited
from hmi.loop.execute import Execute, scope_of
from hmi.loop.learn import Learn
from hmi.loop.recommend import OPEN, RUNNING, Recommend
from hmi.loop.record import Record
from hmi.loop.signals import History, Signals
from hmi.loop.verify import Verify
from hmi.loop.view import ordered
from hmi.model.decision import AdviceKind, DecisionState, Effect, Judgement
from hmi.model.genealogy import UnitPass
from hmi.model.machine import StateSpan
from hmi.model.permission import Action, Person
from hmi.model.plant import Plant
from hmi.model.reading import Reading, Value
from hmi.model.sequence import Runner
from hmi.model.text import Text
from hmi.model.words import say
from hmi.plant.port import Batch
from hmi.store import decisions as store
from hmi.store import loop as loop_store
from hmi.store.audit import Entry
from hmi.store.database import Database
from hmi.store.decisions import Card
from hmi.store.faults import StoreError

log = logging.getLogger("linekeeper.loop")

T = TypeVar("T")
SHOWN = 3
"""Open cards in the inbox at most; the others wait behind them."""
LONGEST_PAGE = 500
ROUND_NS = 1_000_000_000
Loader = Callable[[str], Iterable[tuple[str, Callable[[], Any]]]]
"""The plugins of a kind: each one's name, and what makes it (which may raise, with ``text``)."""


class PeopleDoor(Protocol):
    """What is asked of people (hmi.desk.people.People)."""

    def person(self, seat: Seat) -> Person | None:
        """Who sits there."""

    def require(self, seat: Seat, action: Action, area: str = "*") -> Person:
        """Who sits there and may do this; RefusedError otherwise."""

    def entry(
        self, seat: Seat | None, action: str, object: str = "", old: Any = None, new: Any = None, why: str = "",
        cause: str = "",
    ) -> Entry:  # fmt: skip
        """An audit entry of who sits there."""

    def sign(
        self, seat: Seat, meaning: str, record: dict[str, Any], shown: dict[str, Any], password: str
    ) -> Awaitable[str]:
        """Sign; the signature's number."""


class Decisions:
    """The loop: detect, analyze, recommend, approve, execute, verify, learn."""

    def __init__(
        self,
        plant: Plant,
        database: Database,
        people: PeopleDoor,
        runner: Runner,
        reading: Callable[[str], Reading],
        link_age_s: Callable[[str], float | None],
        preview: Callable[[Person | None, str, Value], Text | None],
        history: History | None,
        states: Callable[[str], StateSpan | None],
        holds: HoldDoor,
        routes: RouteDoor,
        plugins: Loader,
        clock: Callable[[], int],
        told: Callable[[DecisionRow], None] = lambda row: None,
        happened: Callable[[str, str, Text], None] = lambda kind, place, text: None,
    ) -> None:
        """link_age_s is of a tag; preview says why the gateway would refuse a write now, signatures apart (nobody: by
        the plant's rules alone); told hears of every card that changed, happened of what everybody should read.

        history is asked on threads. Raises StoreError when the record cannot be read.
        """
        self._people, self._clock, self._told, self._happened = people, clock, told, happened
        self._doors = Doors(plant, reading, link_age_s, states, preview, history, runner, holds, routes, clock)
        self._record = Record(database, self._changed)
        self._off: list[Text] = []
        kind = self._detector(plugins)
        signals = Signals(plant, kind, reading, states, history)
        self._detect = Detect(plant, self._record, signals, reading, states, history, self.wake)
        self._analyze = Analyze(plant, self._record)
        advisors: list[Advisor] = [made for _, made in self._made(plugins, "advisor")]
        self._recommend = Recommend(self._doors, self._record, advisors, self._advisor_off)
        self._approve = Approve(self._record)
        self._execute = Execute(self._doors, self._record, self.wake)
        self._verify = Verify(self._doors, self._record, self._detect.standing, self._judged)
        self._learn = Learn(self._record)
        self._woken = True
        self._round_ns = 0
        self._tasks: dict[str, asyncio.Task[None]] = {}

    # the engine calls

    def answers(self) -> dict[str, Callable[..., Any]]:
        """Question name -> answering function."""
        names = ("inbox", "decisions", "decision", "judge_cause", "decide", "undo_decision")
        return {name: getattr(self, name) for name in names}

    def wake(self) -> None:
        """Something came further: look at once instead of within a second."""
        self._woken = True

    def tick(self) -> None:
        """Four times a second, on the loop: watch, and let every step do the work it finds on record."""
        now = self._clock()
        self._detect.tick(now)
        if not self._woken and 0 <= now - self._round_ns < ROUND_NS:
            return
        self._woken, self._round_ns = False, now
        self._start("round", self._round)
        self._start("recommend", self._recommending)

    def on_batch(self, batch: Batch, now_ns: int) -> None:
        """Hear readings."""
        self._detect.outcomes.on_batch(batch, now_ns)

    def on_inspection(self, row: InspectionRow) -> None:
        """Hear a verdict."""
        self._detect.outcomes.on_inspection(row)

    def on_pass(self, found: UnitPass) -> None:
        """Hear of a unit that left a station."""
        self._detect.outcomes.on_pass(found)

    def on_repaired(self, row: Any) -> None:
        """Hear that a reroute's failed station runs again (hmi.desk.material_rows.RerouteRow)."""
        self._recommend.returnable.add(row.id)
        self.wake()

    async def settle(self) -> None:
        """Wait until nothing is under way: for tests and the demo."""
        while any(not task.done() for task in self._tasks.values()):
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        await self._execute.settle()

    def close(self) -> None:
        """Keep what was learned; what is under way goes on at the next start."""
        for task in self._tasks.values():
            task.cancel()
        self._execute.close()
        self._detect.close(self._clock())

    # questions

    async def inbox(self, past: int = 20) -> Inbox:
        """At most three open cards, what is under way, what was decided, and what the detectors still learn."""
        open_ = await self._look(partial(store.cards, states=OPEN))
        running = await self._look(partial(store.cards, states=RUNNING))
        ended = {s for s in DecisionState if s.ended}
        done = await self._look(partial(store.cards, states=ended, limit=max(0, min(past, LONGEST_PAGE))))
        now = ranked([c for c in open_ if c.state is DecisionState.PROPOSED])
        off = [h.off for h in self._recommend.hosted if h.off is not None]
        return Inbox(
            [row_of(c) for c in now[:SHOWN]], len(open_) - len(now[:SHOWN]), [row_of(c) for c in running],
            [row_of(c) for c in done], await self._asked(self._learn.records),
            [*self._off, *off, *self._detect.learning()],
        )  # fmt: skip

    async def decisions(self, limit: int = 100) -> list[DecisionRow]:
        """All cards, newest first."""
        found = await self._look(partial(store.cards, limit=max(1, min(limit, LONGEST_PAGE))))
        return [row_of(card) for card in found]

    async def decision(self, seat: Seat, id: int) -> DecisionCard:
        """The nine-part card."""
        return await self._shown(await self._card(id), self._people.person(seat))

    # actions

    async def judge_cause(self, seat: Seat, id: int, judgement: Judgement) -> DecisionCard:
        """The person's own judgement of the cause, given before the confidence is shown."""
        card = await self._card(id)
        person = self._people.require(seat, Action.DECIDE, area_of(self._doors.plant, card.advice.place))
        if not card.state.open:
            raise RefusedError(say("decision.not_open", id=id, state=say(f"decision.state_{card.state.value}")))
        if card.judgement:
            raise RefusedError(say("decision.judged_before"))
        entry = self._people.entry(seat, "decision_judgement", card.cause, None, {"judgement": judgement.value})
        kept = await self._asked(partial(self._approve.judge, card, judgement, entry))
        return await self._shown(kept, person)

    async def decide(
        self, seat: Seat, id: int, verdict: str, reason: str, password: str, shown: str = ""
    ) -> DecisionCard:
        """Approve, reject or defer, signed. Refused when anything the decision rests on is not so any more."""
        card = await self._card(id)
        person = self._people.require(seat, Action.DECIDE, area_of(self._doors.plant, card.advice.place))
        why = approve.refuse_verdict(card, verdict, reason, self._clock())
        if why is not None:
            raise RefusedError(why)
        lot = lot_at(self._doors, card.advice.place)
        if verdict == approve.APPROVE:
            if shown and shown != approve.shown_hash(card, lot):
                raise RefusedError(say("decision.shown_changed"))
            doors = self._doors
            why = approve.stale(card, doors.plant, doors.reading, doors.link_age_s)
            if why is not None:
                raise RefusedError(why)
            await self._still_the_gates(card)
            self._would_go_out(card, person)
        record = approve.record_of(card, verdict, reason)
        signature = await self._people.sign(seat, verdict, record, approve.shown_of(card, lot), password)
        told = {"signature": int(signature), "reason": reason, "judgement": card.judgement}
        entry = self._people.entry(seat, f"decision_{verdict}", card.cause, {"state": card.state.value}, told, reason)
        kept = await self._asked(partial(self._approve.decide, card, verdict, person, int(signature), reason, entry))
        self.wake()
        return await self._shown(kept, person)

    async def undo_decision(self, seat: Seat, id: int, reason: str, password: str) -> DecisionCard:
        """Take back what a card wrote: a new signed act through the gateway."""
        card = await self._card(id)
        person = self._people.require(seat, Action.DECIDE, area_of(self._doors.plant, card.advice.place))
        if not approve.can_undo(card) or self._doors.runner.find(card.run) is None:
            raise RefusedError(say("decision.no_undo", id=id))
        if not reason.strip():
            raise RefusedError(say("decision.no_reason"))
        record = approve.undo_record(card, reason)
        signature = int(await self._people.sign(seat, "command", record, {"id": id}, password))
        entry = self._people.entry(seat, "decision_undo", card.cause, None, {"signature": signature}, reason)
        kept = await self._asked(
            partial(
                self._record.move, card.id, {card.state}, card.state, say("decision.life_undone", reason=reason),
                at_ns=entry.at_ns, by=person.printed_name, entry=entry, facts={**card.facts, "undone": signature},
            )
        )  # fmt: skip
        await self._doors.runner.take_back(card.run, person, reason, signature, "command")
        return await self._shown(kept, person)

    # inside

    async def _round(self) -> None:
        now = self._clock()
        await self._detect.run(now)
        await self._analyze.run(now)
        await self._execute.run(now)
        if await self._verify.run(now):
            self.wake()
        await self._learn.run(now)

    async def _recommending(self) -> None:
        if await self._recommend.run(self._clock()):
            self.wake()

    def _start(self, name: str, act: Callable[[], Awaitable[None]]) -> None:
        running = self._tasks.get(name)
        if running is not None and not running.done():
            self._woken = True
            return

        async def guarded() -> None:
            try:
                await act()
            except StoreError as err:  # somebody decided meanwhile, or the disk is sick: what is on record stands
                log.info("the loop's %s waits: %s", name, err)
            except Exception:
                log.exception("the loop's %s failed", name)

        self._tasks[name] = asyncio.create_task(guarded(), name=f"loop {name}")

    def _changed(self, card: Card) -> None:
        self._told(row_of(card))
        if card.state is DecisionState.PROPOSED and not card.judgement:
            self._happened("decision", card.advice.place, say("decision.told_new", id=card.id, what=card.advice.what))

    def _judged(self, card: Card) -> None:
        assert card.effect is not None
        if card.effect is Effect.EFFECTIVE and card.advice.kind is AdviceKind.STEP:
            self._detect.settled(card.advice.place, self._clock())
        words = say("decision.told_judged", id=card.id, effect=say(f"decision.effect_{card.effect.value}"))
        self._happened("decision", card.advice.place, words)

    def _advisor_off(self, name: str, words: Text) -> None:
        self._happened("plugin", name, words)

    def _detector(self, plugins: Loader) -> DetectorKind | None:
        for _, made in self._made(plugins, "detector"):
            kind: DetectorKind = made
            return kind
        return None

    def _made(self, plugins: Loader, kind: str) -> Iterable[tuple[str, Any]]:
        for name, make in plugins(kind):
            try:
                yield name, make()
            except Exception as err:
                log.exception("%s %s cannot be used", kind, name)
                why = getattr(err, "text", None)
                fault = why if isinstance(why, Text) else Text.same(f"{type(err).__name__}: {err}"[:200])
                key = "decision.detector_off" if kind == "detector" else "decision.advisor_off"
                told = say(key, why=fault) if kind == "detector" else say(key, name=name, fault=fault)
                self._off.append(told)

    async def _still_the_gates(self, card: Card) -> None:
        """A hold whose gates are others by now is not what was shown: a new card is made of it."""
        if card.advice.kind is not AdviceKind.HOLD:
            return
        _, scope = scope_of(card)
        sketch = await waited(self._doors.holds.preview(scope))
        if [(w.tag, w.value) for w in card.advice.writes] == list(ordered(sketch)):
            return
        why, now = say("decision.hold_changed"), self._clock()
        await self._asked(
            partial(self._record.move, card.id, OPEN, DecisionState.SUPERSEDED, why, at_ns=now, ended_ns=now, why=why)
        )
        await self._asked(partial(self._record.write, partial(loop_store.again, number=card.deviation)))
        self.wake()
        raise RefusedError(why)

    def _would_go_out(self, card: Card, person: Person) -> None:
        """No approval of what the gateway refuses; a hold stands on paper even where a gate is refused."""
        for write in card.advice.writes if card.advice.kind is not AdviceKind.HOLD else ():
            why = self._doors.preview(person, write.tag, write.value)
            if why is not None:
                raise RefusedError(why)

    async def _card(self, number: int) -> Card:
        found = await self._look(partial(store.find_card, number=number))
        if found is None:
            raise RefusedError(say("decision.none", id=number))
        return found

    async def _shown(self, card: Card, person: Person | None) -> DecisionCard:
        life = await self._look(partial(store.life, number=card.id))
        records = await self._asked(self._learn.records)
        mine = next((r for r in records if r.advisor == card.advice.advisor), None)
        return card_of(card, life, mine, self._doors, person)

    async def _look(self, ask: Callable[[Any], T]) -> T:
        try:
            return await self._record.look(ask)
        except StoreError as err:
            raise RefusedError(say("decision.not_kept", why=err.text)) from err

    @staticmethod
    async def _asked(act: Callable[[], Awaitable[T]]) -> T:
        try:
            return await act()
        except StoreError as err:
            raise RefusedError(err.text) from err
