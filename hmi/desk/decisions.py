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
from typing import Any

from hmi.desk.decision_acts import DecisionActs, PeopleDoor, card_on_record, looked, recorded
from hmi.desk.decision_cards import card_of, ranked, row_of
from hmi.desk.decision_rows import DecisionCard, DecisionRow, Inbox
from hmi.desk.server import Seat
from hmi.desk.vision_rows import InspectionRow
from hmi.loop.advisor_port import Advisor
from hmi.loop.analyze import Analyze
from hmi.loop.detect import Detect
from hmi.loop.detector_port import DetectorKind
from hmi.loop.doors import Doors, HoldDoor, RouteDoor
from hmi.loop.execute import Execute
from hmi.loop.learn import Learn
from hmi.loop.normal import History
from hmi.loop.recommend import Recommend
from hmi.loop.record import Record
from hmi.loop.resting import OPEN, RUNNING
from hmi.loop.signals import Signals
from hmi.loop.verify import Verify
from hmi.model.decision import AdviceKind, DecisionState, Effect
from hmi.model.genealogy import UnitPass
from hmi.model.machine import StateSpan
from hmi.model.permission import Person
from hmi.model.plant import Plant
from hmi.model.reading import Reading, Value
from hmi.model.sequence import Runner
from hmi.model.text import Text
from hmi.model.words import say
from hmi.plant.port import Batch
from hmi.store import decisions as store
from hmi.store.database import Database
from hmi.store.decisions import Card
from hmi.store.faults import StoreError

log = logging.getLogger("linekeeper.loop")

SHOWN = 3
"""Open cards in the inbox at most; the others wait behind them."""
LONGEST_PAGE = 500
ROUND_NS = 1_000_000_000
Loader = Callable[[str], Iterable[tuple[str, Callable[[], Any]]]]
"""The plugins of a kind: each one's name, and what makes it (which may raise, with ``text``)."""


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
        self._loaded: dict[tuple[str, str], Any] = {}
        """What every plugin made, by kind and name; words where it could not."""
        kind = self._detector(plugins)
        signals = Signals(plant, kind, reading, states, history)
        self._detect = Detect(plant, self._record, signals, reading, states, history, self.wake)
        self._analyze = Analyze(plant, self._record)
        advisors: list[Advisor] = [made for _, made in self._made(plugins, "advisor")]
        self._recommend = Recommend(self._doors, self._record, advisors, self._advisor_off)
        self._acts = DecisionActs(self._doors, self._record, people, self._shown, self.wake)
        self._execute = Execute(self._doors, self._record, self.wake)
        self._verify = Verify(self._doors, self._record, self._detect.standing, self._judged)
        self._learn = Learn(self._record)
        self._woken = True
        self._round_ns = 0
        self._tasks: dict[str, asyncio.Task[None]] = {}

    # the engine calls

    def answers(self) -> dict[str, Callable[..., Any]]:
        """Question name -> answering function."""
        return {name: getattr(self, name) for name in ("inbox", "decisions", "decision")} | self._acts.answers()

    def plugins(self) -> dict[tuple[str, str], Text | None]:
        """Kind and name of every plugin that the loop works with; why, where one is switched off."""
        off = {id(hosted.advisor): hosted.off for hosted in self._recommend.hosted}
        return {
            key: made if isinstance(made, Text) else off.get(id(made)) for key, made in self._loaded.items()
        }  # fmt: skip

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
        open_ = await looked(self._record, partial(store.cards, states=OPEN))
        running = await looked(self._record, partial(store.cards, states=RUNNING))
        ended = {s for s in DecisionState if s.ended}
        done = await looked(self._record, partial(store.cards, states=ended, limit=max(0, min(past, LONGEST_PAGE))))
        now = ranked([c for c in open_ if c.state is DecisionState.PROPOSED])
        off = [h.off for h in self._recommend.hosted if h.off is not None]
        return Inbox(
            [row_of(c) for c in now[:SHOWN]], len(open_) - len(now[:SHOWN]), [row_of(c) for c in running],
            [row_of(c) for c in done], await recorded(self._learn.records()),
            [*self._off, *off, *self._detect.learning()],
        )  # fmt: skip

    async def decisions(self, limit: int = 100) -> list[DecisionRow]:
        """All cards, newest first."""
        found = await looked(self._record, partial(store.cards, limit=max(1, min(limit, LONGEST_PAGE))))
        return [row_of(card) for card in found]

    async def decision(self, seat: Seat, id: int) -> DecisionCard:
        """The nine-part card."""
        return await self._shown(await card_on_record(self._record, id), self._people.person(seat))

    # inside

    async def _round(self) -> None:
        now = self._clock()
        await self._detect.run(now)
        await self._analyze.run(now)
        await self._execute.run(now)
        await self._acts.undoing.go_on(now)
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
                made = self._loaded[kind, name] = make()
                yield name, made
            except Exception as err:
                log.exception("%s %s cannot be used", kind, name)
                why = getattr(err, "text", None)
                fault = why if isinstance(why, Text) else Text.same(f"{type(err).__name__}: {err}"[:200])
                key = "decision.detector_off" if kind == "detector" else "decision.advisor_off"
                told = say(key, why=fault) if kind == "detector" else say(key, name=name, fault=fault)
                self._off.append(told)
                self._loaded[kind, name] = fault

    async def _shown(self, card: Card, person: Person | None) -> DecisionCard:
        life = await looked(self._record, partial(store.life, number=card.id))
        records = await recorded(self._learn.records())
        mine = next((r for r in records if r.advisor == card.advice.advisor), None)
        return card_of(card, life, mine, self._doors, person)
