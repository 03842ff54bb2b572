"""Sequences: several commands in a declared order, with a declared way back.

A sequence goes step by step through the gateway; it stops at the first step that is not VERIFIED, says where it
stands, and proposes the way back for what was done. Nothing rolls back by itself: the way back is a sequence of its
own that a person starts.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from hmi.model.command import Command, CommandOutcome, CommandResult
from hmi.model.permission import Person
from hmi.model.text import Text
from hmi.model.words import say

Execute = Callable[[Command, Person | None], Awaitable[CommandResult]]
"""The gateway's own ``execute``."""


@dataclass(frozen=True, slots=True)
class Step:
    """One command and the command that takes it back; None where there is no way back."""

    command: Command
    back: Command | None


@dataclass(frozen=True, slots=True)
class Sequence:
    """Steps in their order, under one key."""

    key: str
    steps: tuple[Step, ...]

    def way_back(self, done: int, refused_key: str = "back") -> Sequence:
        """The sequence that takes back the first ``done`` steps, last one first; its own way back leads forward."""
        steps = [
            Step(replace(step.back, key=f"{step.back.key}:{refused_key}"), step.command)
            for step in reversed(self.steps[:done])
            if step.back is not None
        ]
        return Sequence(f"{self.key}:{refused_key}", tuple(steps))


@dataclass(frozen=True, slots=True)
class SequenceResult:
    """Where a sequence stands."""

    sequence: Sequence
    results: tuple[CommandResult, ...]
    """One for each step that was tried, in order; the last may be one that was not VERIFIED."""

    @property
    def done(self) -> int:
        """Steps that are VERIFIED."""
        return sum(r.outcome is CommandOutcome.VERIFIED for r in self.results)

    @property
    def whole(self) -> bool:
        """Whether every step is VERIFIED."""
        return self.done == len(self.sequence.steps)

    @property
    def proposed_back(self) -> Sequence | None:
        """The way back for what was done, when it stopped on the way and there is something to take back.

        A step whose outcome is UNKNOWN is taken back as well once it is settled; until then its tag is blocked.
        """
        if self.whole or not self.results:
            return None
        back = self.sequence.way_back(self.done)
        return back if back.steps else None

    def words(self) -> Text:
        """Where it stands, for people."""
        total = len(self.sequence.steps)
        if self.whole:
            return say("gateway.sequence_done", total=total)
        last = self.results[-1] if self.results else None
        why = last.why if last is not None and last.why is not None else say("gateway.no_reading")
        return say("gateway.sequence_stopped", done=self.done, total=total, why=why)


async def run(
    sequence: Sequence,
    actor: Person | None,
    execute: Execute,
    told: Callable[[SequenceResult], None] = lambda result: None,
) -> SequenceResult:
    """Carry out a sequence; told hears where it stands after every step."""
    result = SequenceResult(sequence, ())
    for step in sequence.steps:
        result = SequenceResult(sequence, (*result.results, await execute(step.command, actor)))
        told(result)
        if result.results[-1].outcome is not CommandOutcome.VERIFIED:
            break
    return result
