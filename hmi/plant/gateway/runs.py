"""Runs: several commands in a declared order on one signature, carried out through the gateway and kept on record.

A run stops at the first step that is not VERIFIED, says where it stands, and proposes its way back; nothing rolls back
by itself. After a crash it goes on where it stood: a step's command has a key of its own, so none goes out twice. An
UNKNOWN step waits for the gateway's read-back and then goes on or stops.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Protocol

from hmi.model.command import Command, CommandOutcome, CommandResult, Grounds, Mode
from hmi.model.permission import Person
from hmi.model.sequence import Run, RunState, StepResult
from hmi.model.text import Text
from hmi.model.words import say
from hmi.plant.gateway.run_rules import after, command_of, refuse_order, second_signer, way_back
from hmi.store.signatures import Signature

log = logging.getLogger("linekeeper.gateway")


class RunRefusedError(Exception):
    """A run cannot be started or go on; text says why, and nothing was written."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


class RunJournal(Protocol):
    """Where runs are kept (hmi.store.runs.RunTable)."""

    async def begin(self, run: Run) -> None:
        """Put an order on record. OSError when it cannot be kept."""

    async def keep(self, run: Run) -> None:
        """Put on record how far it came; a way back that is whole marks the run that it takes back, at once."""

    def find(self, id: str) -> Run | None:
        """A run of this or an earlier engine."""

    def open(self) -> list[Run]:
        """Runs that have not ended."""

    def signature(self, number: int) -> Signature | None:
        """A signature on record."""

    def outcome(self, key: str) -> CommandResult | None:
        """What is on record of a command."""


class Runs:
    """hmi.model.sequence.Runner on the gateway."""

    def __init__(
        self,
        execute: Callable[[Command, Person | None], Awaitable[CommandResult]],
        journal: RunJournal,
        mode: Callable[[], Mode],
        person: Callable[[str], Person | None],
        clock: Callable[[], int],
        told: Callable[[Run], None] = lambda run: None,
    ) -> None:
        """execute is the gateway's own; person gives who a user is now (None: disabled); told hears every change."""
        self._execute, self._journal, self._mode, self._person = execute, journal, mode, person
        self._clock, self._told = clock, told
        self._live: dict[str, Run] = {}
        self._tasks: dict[str, asyncio.Task[Run]] = {}
        self._beside: dict[int, str] = {}
        """Who signed first, by the number of a second person's signature."""
        self.heard: list[Callable[[Run], None]] = []
        """Told of every change besides: the rooms that ordered runs."""

    def recover(self) -> None:
        """At start: what an earlier engine left is INTERRUPTED until the station is in CONTROL again."""
        for run in self._journal.open():
            self._live[run.id] = replace(run, state=RunState.INTERRUPTED)
            self._signed(run.signature)

    @property
    def open(self) -> list[Run]:
        """Runs that have not ended."""
        return list(self._live.values())

    def find(self, id: str) -> Run | None:
        """A run of this or an earlier engine."""
        return self._live.get(id) or self._journal.find(id)

    async def start(self, run: Run, actor: Person) -> Run:
        """Put a run on record and carry it out; how it ended, or where it waits. The same id gives the same run.

        RunRefusedError when its signature does not order it, OSError when it cannot be put on record.
        """
        if run.id in self._tasks:
            return await asyncio.shield(self._tasks[run.id])
        return await self._follow(run.id, asyncio.ensure_future(self._order(run, actor)))

    async def go_on(self, id: str, actor: Person, signature: int | None = None, meaning: str = "") -> Run:
        """Go on where a run stands. RunRefusedError when it has ended well, or needs a fresh signature.

        meaning: the fresh signature's, where it is another than that of the one before.
        """
        if id in self._tasks:
            return await asyncio.shield(self._tasks[id])
        return await self._follow(id, asyncio.ensure_future(self._further(id, actor, signature, meaning)))

    async def take_back(self, id: str, actor: Person, reason: str, signature: int, meaning: str = "command") -> Run:
        """Carry out the way back of a run. RunRefusedError when there is nothing to take back."""
        run = self.find(id)
        back = None if run is None else way_back(run, reason, actor.user, signature, meaning)
        if run is None or back is None or not back.steps:
            raise RunRefusedError(say("gateway.no_way_back"))
        return await self.start(back, actor)

    def covers(self, command: Command) -> tuple[str, ...]:
        """Who signed the run that this command is the next step of; empty when no run under way says so."""
        run = self._due(command)
        if run is None or self._person(run.user) is None:
            return ()
        first = self._beside.get(run.signature, "")
        return (run.user, first) if first and self._person(first) is not None else (run.user,)

    def meaning(self, command: Command) -> str:
        """The meaning of the signature that covers a command; empty when none does."""
        run = self._due(command)
        return "" if run is None else run.meaning

    def _due(self, command: Command) -> Run | None:
        """The run whose next step a command is. One by hand never is, whatever its key and cause claim."""
        if command.grounds is not Grounds.APPROVAL:
            return None
        for run in self._live.values():
            if run.state is RunState.RUNNING and run.cause == command.cause and command_of(run).key == command.key:
                step = run.steps[run.done]
                return run if (step.tag, step.value) == (command.tag, command.value) else None
        return None

    def on_command(self, result: CommandResult) -> None:
        """Hear what became of commands: one that is settled lets its run go on, or stops it."""
        if not result.notes:
            return
        for run in list(self._live.values()):
            if (
                run.state is RunState.UNKNOWN
                and run.id not in self._tasks
                and command_of(run).key == result.command.key
            ):
                self._later(run, self._settled(run, result))

    def tick(self) -> None:
        """Let interrupted runs go on once the station is in CONTROL again and their signature still stands."""
        control = self._mode() is Mode.CONTROL
        for run in [run for run in self._live.values() if run.id not in self._tasks]:
            actor = self._person(run.user)
            if run.state is RunState.UNKNOWN:
                self._later(run, self._looked_up(run))  # it may have been settled while nobody listened
            elif run.state is RunState.INTERRUPTED and control and actor is not None:
                self._later(run, self._resume(run, actor))

    async def _check(self, run: Run, actor: Person) -> None:
        signature = await asyncio.to_thread(self._signed, run.signature)
        why = refuse_order(run, signature, self._clock())
        if why is None and actor.user != run.user:
            why = say("gateway.needs_signature")
        if why is not None:
            raise RunRefusedError(why)

    def _signed(self, number: int) -> Signature | None:
        """A signature on record; who signed before it, where it is the second of two, is kept for ``covers``."""
        found = self._journal.signature(number)
        if found is not None and found.first is not None:
            self._beside[number] = second_signer(found, self._journal.signature(found.first))
        return found

    async def _order(self, run: Run, actor: Person) -> Run:
        known = self._live.get(run.id) or await asyncio.to_thread(self._journal.find, run.id)
        if known is not None:
            return known
        await self._check(run, actor)
        begun = replace(run, started_ns=self._clock(), state=RunState.RUNNING, results=(), attempts=0)
        await self._journal.begin(begun)
        return await self._carry(begun, actor)

    async def _further(self, id: str, actor: Person, signature: int | None, meaning: str) -> Run:
        run = self._live.get(id) or await asyncio.to_thread(self._journal.find, id)
        if run is None or run.state in (RunState.WHOLE, RunState.TAKEN_BACK):
            raise RunRefusedError(say("gateway.run_ended"))
        if signature is not None:
            run = replace(run, signature=signature, user=actor.user, meaning=meaning or run.meaning)
        await self._check(run, actor)
        if run.state is RunState.STOPPED:
            # what stopped it certainly was not done: only then may a command of the same step go out anew
            run = replace(run, attempts=run.attempts + 1)
        return await self._carry(replace(run, state=RunState.RUNNING, ended_ns=0), actor)

    async def _carry(self, run: Run, actor: Person) -> Run:
        self._live[run.id] = run
        self._say(run)
        while run.state is RunState.RUNNING:
            run = after(run, await self._execute(command_of(run), actor))
            run = await self._stand(run)
        return run

    async def _settled(self, run: Run, result: CommandResult) -> Run:
        run = await self._stand(after(run, result))
        actor = self._person(run.user)
        if run.state is not RunState.RUNNING:
            return run
        if actor is None:  # who ordered it may not act any more: somebody else signs what is left
            return await self._stand(replace(run, state=RunState.INTERRUPTED))
        return await self._carry(run, actor)

    async def _looked_up(self, run: Run) -> Run:
        found = await asyncio.to_thread(self._journal.outcome, command_of(run).key)
        return run if found is None or not found.notes else await self._settled(run, found)

    async def _resume(self, run: Run, actor: Person) -> Run:
        try:
            await self._check(run, actor)
        except RunRefusedError as refused:
            # too old to go on by itself: it stops where it stands, and a person signs anew or takes it back
            step = StepResult(CommandOutcome.REFUSED, refused.text, done_ns=self._clock())
            stopped = replace(run, results=(*run.results[: run.done], step), state=RunState.STOPPED)
            return await self._stand(stopped)
        return await self._carry(replace(run, state=RunState.RUNNING), actor)

    async def _stand(self, run: Run) -> Run:
        ended = replace(run, ended_ns=self._clock()) if run.ended else run
        await self._journal.keep(ended)
        if ended.ended:
            self._live.pop(ended.id, None)
        else:
            self._live[ended.id] = ended
        self._say(ended)
        if ended.back_of and ended.state is RunState.WHOLE:
            first = await asyncio.to_thread(self._journal.find, ended.back_of)
            if first is not None:
                self._live.pop(first.id, None)
                self._say(replace(first, state=RunState.TAKEN_BACK, ended_ns=ended.ended_ns))
        return ended

    def _later(self, run: Run, going: Awaitable[Run]) -> None:
        task = asyncio.ensure_future(going)
        self._tasks[run.id] = task
        task.add_done_callback(lambda done: self._done(run.id, done))

    async def _follow(self, id: str, task: asyncio.Task[Run]) -> Run:
        self._tasks[id] = task
        task.add_done_callback(lambda done: self._done(id, done))
        # a window that goes away in between must not tear a run in half
        return await asyncio.shield(task)

    def _done(self, id: str, task: asyncio.Task[Run]) -> None:
        self._tasks.pop(id, None)
        fault = None if task.cancelled() else task.exception()
        if fault is not None and not isinstance(fault, OSError | RunRefusedError):
            log.error("run %s failed", id, exc_info=fault)
        run = self._live.get(id)
        if fault is not None and run is not None and run.state is RunState.RUNNING:
            # nobody carries it any more: it goes on where it stands, as after a restart
            self._live[id] = replace(run, state=RunState.INTERRUPTED)
            self._say(self._live[id])

    def _say(self, run: Run) -> None:
        for hear in (self._told, *self.heard):
            try:
                hear(run)
            except Exception:
                log.exception("a hearer of run %s failed", run.id)
