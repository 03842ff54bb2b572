"""Runs: a sequence of commands on record, from the signature that orders it to the last read-back or its way back."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from hmi.model.command import CommandOutcome, Seen
from hmi.model.permission import Person
from hmi.model.reading import Value
from hmi.model.text import Text


class RunState(StrEnum):
    """Where a run stands."""

    RUNNING = "RUNNING"
    WHOLE = "WHOLE"  # every step is VERIFIED
    STOPPED = "STOPPED"  # a step was REFUSED or REJECTED; the way back is proposed
    UNKNOWN = "UNKNOWN"  # a step's outcome is not known; it is settled by reading back, then goes on or stops
    INTERRUPTED = "INTERRUPTED"  # the engine went away in between; it goes on where it stood
    TAKEN_BACK = "TAKEN_BACK"  # the way back is whole


@dataclass(frozen=True, slots=True)
class Orderer:
    """Who ordered a run, on which signature."""

    person: Person
    signature: int
    """Number of the signature whose record has exactly what is ordered."""
    meaning: str
    """The signature's meaning: approve, hold, release, reroute ..."""


@dataclass(frozen=True, slots=True)
class RunStep:
    """One write of a run, and the value that takes it back; back None: there is no way back."""

    tag: str
    value: Value
    back: Value = None


@dataclass(frozen=True, slots=True)
class StepResult:
    """What became of one step."""

    outcome: CommandOutcome
    why: Text | None = None
    command: int = 0
    """Number of the command on record; 0 when it never came to one."""
    read_back: Value = None
    done_ns: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """A run: what was ordered, by whom, on which signature, and how far it came."""

    id: str
    """Unique and stable, e.g. ``hold:12:close``; commands carry it in their keys, so that none goes out twice."""
    cause: str
    """What it belongs to: ``hold:12``, ``decision:7``, ``reroute:3``."""
    reason: str
    steps: tuple[RunStep, ...]
    user: str
    signature: int
    """Number of the signature that orders exactly these steps."""
    meaning: str = "command"
    """The signature's meaning: approve, hold, release, reroute ..."""
    seen: tuple[Seen, ...] = ()
    """What the person saw when signing; compared again before the first write only."""
    results: tuple[StepResult, ...] = ()
    """One for each step that was tried, in order."""
    state: RunState = RunState.RUNNING
    back_of: str = ""
    """Id of the run that this one takes back."""
    attempts: int = 0
    """How often a person let it go on after a step that certainly was not done; part of its commands' keys."""
    started_ns: int = 0
    ended_ns: int = 0

    @property
    def done(self) -> int:
        """Steps that are VERIFIED."""
        return sum(r.outcome is CommandOutcome.VERIFIED for r in self.results)

    @property
    def ended(self) -> bool:
        """Whether nothing more happens by itself."""
        return self.state in (RunState.WHOLE, RunState.STOPPED, RunState.TAKEN_BACK)


class Runner(Protocol):
    """What carries runs out: hmi.plant.gateway.runs, handed to the rooms that order them."""

    async def start(self, run: Run, actor: Person) -> Run:
        """Put a run on record, carry it out step by step, and give how it ended. The same id again gives the same run.

        OSError when it cannot be put on record: then nothing was written.
        """

    def find(self, id: str) -> Run | None:
        """A run of this or an earlier engine."""

    async def go_on(self, id: str, actor: Person, signature: int | None = None, meaning: str = "") -> Run:
        """Go on where an interrupted or stopped run stands; steps that are VERIFIED are not written again.

        signature: a fresh one on the same writes, where the one it was ordered by has grown old; meaning: its meaning,
        where that is another than before (a way back that a card ordered, signed anew by hand).
        """

    async def take_back(self, id: str, actor: Person, reason: str, signature: int, meaning: str = "command") -> Run:
        """Carry out the way back of a run as a run of its own (id + ``:back``)."""
