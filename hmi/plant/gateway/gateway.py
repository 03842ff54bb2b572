"""The gateway: the only door to the plant. Checks, intent to disk, one write, read-back, outcome to disk.

What it promises: nothing goes on the wire that is not on record first; nothing goes twice; what nobody can say is
UNKNOWN, is told, blocks its tag, and is settled by reading and never by writing again.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Protocol

from hmi.model.command import Command, CommandOutcome, CommandResult, Mode
from hmi.model.guard import Guard
from hmi.model.permission import Person
from hmi.model.plant import Plant
from hmi.model.quality import quality_of, status_name
from hmi.model.quality import why as words_of_status
from hmi.model.reading import Reading, Value
from hmi.model.text import Text
from hmi.model.words import say
from hmi.plant.gateway.checks import Situation, refusal, verified
from hmi.plant.gateway.port import ControllerWriter, NoAnswerError, NotSentError
from hmi.plant.gateway.target import WRITE_TIMEOUT_S, Target, target_of

log = logging.getLogger("linekeeper.gateway")

READ_TIMEOUT_S = 1.0
POLL_S = 0.1
MINUTE_NS = 60_000_000_000
PATIENCE_NS = 3_000_000_000


class Journal(Protocol):
    """Where commands are kept. Both calls return when the row is on disk (synchronous=FULL)."""

    async def intend(self, result: CommandResult) -> int:
        """Record an intent; returns its number. Raises OSError when it cannot be kept."""

    async def conclude(self, result: CommandResult) -> None:
        """Record what became of it."""

    async def refused(self, result: CommandResult) -> None:
        """Record a command that never went out."""

    async def known(self, key: str) -> CommandResult | None:
        """The command of an idempotency key, if there was one."""


class Surroundings(Protocol):
    """What the gateway asks of the rest of the engine."""

    @property
    def mode(self) -> Mode:
        """MONITOR or CONTROL."""

    def reading(self, tag: str) -> Reading:
        """Last reading of a tag."""

    def link_age_s(self, tag: str) -> float | None:
        """Seconds since the tag's controller last spoke; None when its link does not stand."""

    def area(self, tag: str) -> str:
        """Area of the plant that a tag belongs to."""

    def writer(self, controller: str) -> ControllerWriter | None:
        """The writing half of a controller's driver; None when there is none or it does not run."""

    def approval_valid(self, command: Command) -> bool:
        """Whether the approval that a command names stands."""

    def signers(self, command: Command) -> tuple[str, ...]:
        """Users whose valid signatures are on exactly this command."""

    def ordered(self, command: Command) -> str:
        """Meaning of the signed order that a command is a step of; empty when it is none's."""

    def now_ns(self) -> int:
        """Time of day, ns since 1970 UTC."""


class Gateway:
    """Executes commands, one at a time for a tag."""

    def __init__(
        self,
        plant: Plant,
        guards: Mapping[str, Guard],
        journal: Journal,
        around: Surroundings,
        told: Callable[[CommandResult], None] = lambda result: None,
    ) -> None:
        """told hears every step of every command: intent, sent, taken, outcome, and the settling of an UNKNOWN."""
        self._plant, self._guards, self._journal, self._around, self._told = plant, guards, journal, around, told
        self._running: set[str] = set()
        self._unsettled: dict[str, CommandResult] = {}
        self._steps: dict[str, deque[tuple[int, float]]] = {}
        self._keys: dict[str, asyncio.Future[CommandResult]] = {}
        self._differs_since: dict[str, int] = {}
        self._undeclared: list[CommandResult] = []

    @property
    def unsettled(self) -> list[CommandResult]:
        """Commands whose outcome nobody knows yet."""
        return list(self._unsettled.values())

    def recover(self, open_intents: list[CommandResult]) -> None:
        """At start: every intent without outcome is UNKNOWN until a read-back settles it."""
        for found in open_intents:
            unknown = replace(found, outcome=CommandOutcome.UNKNOWN, why=found.why or say("gateway.interrupted"))
            self._unsettled[found.command.tag] = unknown
            if found.outcome is not CommandOutcome.UNKNOWN:
                self._undeclared.append(unknown)

    async def execute(self, command: Command, actor: Person | None) -> CommandResult:
        """Carry out one command. The same key again gives the same result and no second write."""
        earlier = self._keys.get(command.key)
        if earlier is not None:
            return await asyncio.shield(earlier)
        known = await self._journal.known(command.key)
        if known is not None:
            return known
        if command.key in self._keys:
            return await asyncio.shield(self._keys[command.key])
        task = asyncio.ensure_future(self._execute(command, actor))
        self._keys[command.key] = task
        task.add_done_callback(lambda _: self._keys.pop(command.key, None))
        # a window that goes away in between must not tear a command in half
        return await asyncio.shield(task)

    async def _execute(self, command: Command, actor: Person | None) -> CommandResult:
        target = target_of(self._plant, self._guards, command)
        if target is None:
            return await self._refuse(command, actor, say("gateway.unknown_tag", tag=command.tag), None)
        tag = target.tag
        if tag.id in self._running:
            return await self._refuse(command, actor, say("gateway.busy", tag=tag.name), target)
        self._running.add(tag.id)
        try:
            found = refusal(self.situation(command, target, actor))
            writer = self._around.writer(tag.controller)
            if found is None and writer is None:
                found = ("link", say("gateway.not_connected", controller=tag.controller))
            if found is not None or writer is None:
                return await self._refuse(command, actor, found[1] if found else None, target)
            return await self._carry_out(command, target, actor, writer)
        finally:
            self._running.discard(tag.id)

    def target(self, command: Command) -> Target | None:
        """What a command is aimed at; None when the plant file does not know it."""
        return target_of(self._plant, self._guards, command)

    def situation(self, command: Command, target: Target, actor: Person | None) -> Situation:
        """What the rules judge a command on, now."""
        tag, guard, around = target.tag, target.guard, self._around
        watched = {tag.id, *(p.tag for p in guard.permissives), *(s.tag for s in command.seen), target.reported.id}
        known = [t for t in watched if t in self._plant.tag]
        place = tag.id if target.method is None else target.reported.id
        return Situation(
            command, tag, guard, actor, around.mode, around.area(place),
            {t: around.reading(t) for t in known}, {t: around.link_age_s(t) for t in known},
            self._changed_last_minute(tag.id), around.approval_valid(command), around.signers(command),
            around.ordered(command), tag.id in self._unsettled, target.method, target.reported.id,
        )  # fmt: skip

    def _changed_last_minute(self, tag: str) -> float:
        steps = self._steps.get(tag)
        if not steps:
            return 0.0
        since = self._around.now_ns() - MINUTE_NS
        while steps and steps[0][0] < since:
            steps.popleft()
        return sum(size for _, size in steps)

    async def _refuse(
        self, command: Command, actor: Person | None, why: Text | None, target: Target | None
    ) -> CommandResult:
        now = self._around.now_ns()
        old = self._old(target) if target is not None else None
        result = CommandResult(command, actor, CommandOutcome.REFUSED, why, old=old, intent_ns=now, done_ns=now)
        await self._journal.refused(result)
        self._told(result)
        return result

    def _old(self, target: Target) -> Value:
        return self._around.reading(target.tag.id if target.method is None else target.reported.id).value

    async def _carry_out(
        self, command: Command, target: Target, actor: Person | None, writer: ControllerWriter
    ) -> CommandResult:
        around, tag = self._around, target.tag
        result = CommandResult(command, actor, CommandOutcome.PENDING, old=self._old(target), intent_ns=around.now_ns())
        try:
            result = replace(result, number=await self._journal.intend(result))
        except OSError as err:
            words = say("gateway.disk", why=getattr(err, "text", None) or str(err))
            return await self._refuse(command, actor, words, target)
        self._told(result)
        result = replace(result, sent_ns=around.now_ns())
        try:
            status = await target.send(writer, command)
        except NotSentError:
            words = say("gateway.not_connected", controller=tag.controller)
            return await self._conclude(replace(result, outcome=CommandOutcome.REFUSED, why=words, sent_ns=0))
        except NoAnswerError:
            words = say("gateway.no_answer", seconds=f"{WRITE_TIMEOUT_S:g}")
            return await self._unknown(replace(result, why=words))
        except Exception:
            log.exception("commanding %s failed in a way that nobody foresaw", tag.id)
            return await self._unknown(replace(result, why=say("gateway.no_answer", seconds="-")))
        if status >> 30:
            words = say("gateway.rejected", words=words_of_status(status) or "-", code=status_name(status))
            done = replace(result, outcome=CommandOutcome.REJECTED, why=words, status=status)
            return await self._conclude(done)
        result = replace(result, taken_ns=around.now_ns(), status=status)
        self._told(result)
        self._remember_step(tag.id, result)
        return await self._verify(result, target, writer)

    async def _verify(self, result: CommandResult, target: Target, writer: ControllerWriter) -> CommandResult:
        asked, guard, reported = result.command.value, target.guard, target.reported
        loop = asyncio.get_running_loop()
        deadline = loop.time() + guard.deadline_s
        found: Reading | None = None
        while True:
            try:
                found = target.scaled(await writer.read_now(reported.node, READ_TIMEOUT_S))
            except (NotSentError, NoAnswerError):
                found = None
            if found is not None and verified(asked, found, guard.tolerance):
                return await self._conclude(replace(result, outcome=CommandOutcome.VERIFIED, read_back=found.value))
            if loop.time() >= deadline:
                break
            await asyncio.sleep(POLL_S)
        seconds = f"{guard.deadline_s:g}"
        if found is None or quality_of(found.status) != 0:
            return await self._unknown(replace(result, why=say("gateway.no_answer", seconds=seconds)))
        words = say("gateway.not_verified", seconds=seconds, found=str(found.value), asked=str(asked))
        return await self._unknown(replace(result, why=words, read_back=found.value))

    def _remember_step(self, tag: str, result: CommandResult) -> None:
        old, new = result.old, result.command.value
        if isinstance(old, int | float) and isinstance(new, int | float) and not isinstance(new, bool):
            self._steps.setdefault(tag, deque()).append((result.sent_ns, abs(new - old)))

    async def _unknown(self, result: CommandResult) -> CommandResult:
        unknown = replace(result, outcome=CommandOutcome.UNKNOWN)
        self._unsettled[unknown.command.tag] = unknown
        return await self._conclude(unknown)

    async def _conclude(self, result: CommandResult) -> CommandResult:
        done = replace(result, done_ns=self._around.now_ns())
        await self._journal.conclude(done)
        self._told(done)
        return done

    async def settle(self) -> None:
        """Read back what is UNKNOWN and whose controller answers again; never writes. Call every second or so."""
        while self._undeclared:
            await self._conclude(self._undeclared.pop())
        for tag_id, result in list(self._unsettled.items()):
            target = target_of(self._plant, self._guards, result.command)
            if target is None or tag_id in self._running or self._around.link_age_s(target.reported.id) is None:
                continue
            writer = self._around.writer(target.tag.controller)
            if writer is None:
                continue
            guard, reported = target.guard, target.reported
            try:
                found = target.scaled(await writer.read_now(reported.node, READ_TIMEOUT_S))
            except (NotSentError, NoAnswerError):
                continue
            if quality_of(found.status) != 0 or self._unsettled.get(tag_id) is not result:
                continue
            done = verified(result.command.value, found, guard.tolerance)
            if not done:
                # a thawed controller may take a moment to execute what still waits in an old connection
                since = self._differs_since.setdefault(tag_id, self._around.now_ns())
                if self._around.now_ns() - since < PATIENCE_NS:
                    continue
            self._differs_since.pop(tag_id, None)
            words = say("gateway.settled_done" if done else "gateway.settled_not_done", value=str(found.value))
            settled = replace(
                result,
                outcome=CommandOutcome.VERIFIED if done else CommandOutcome.UNKNOWN,
                read_back=found.value,
                notes=(*result.notes, words),
            )
            await self._conclude(settled)
            # only now: as long as it is not on record as settled, nothing else may go to this tag
            self._unsettled.pop(tag_id, None)
