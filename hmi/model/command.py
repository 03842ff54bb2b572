"""Commands: what the plant is told, by whom, on what grounds, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from hmi.model.permission import Person
from hmi.model.reading import Value
from hmi.model.text import Text


class Mode(StrEnum):
    """Whether this station may write at all. MONITOR after every start; going to CONTROL is a signed act."""

    MONITOR = "MONITOR"
    CONTROL = "CONTROL"


class CommandOutcome(StrEnum):
    """What became of a command; PENDING only between intent and outcome."""

    PENDING = "PENDING"
    VERIFIED = "VERIFIED"  # read back within tolerance
    REFUSED = "REFUSED"  # by us, before the wire
    REJECTED = "REJECTED"  # by the controller, with its status code
    UNKNOWN = "UNKNOWN"  # sent, and nobody can say: blocks the tag until a read-back settles it


class Grounds(StrEnum):
    """On what authority a command goes out."""

    MANUAL = "MANUAL"  # a person's own act, with a reason
    APPROVAL = "APPROVAL"  # an approved recommendation
    STANDING = "STANDING"  # a standing approval that an engineer signed


@dataclass(frozen=True, slots=True)
class Seen:
    """A value that the person saw when deciding; compared again at the moment of writing."""

    tag: str
    value: Value
    tolerance: float = 0.0


@dataclass(frozen=True, slots=True)
class Command:
    """One write to one tag, or one call of one method. key makes a double click one command."""

    key: str
    tag: str
    value: Value
    reason: str
    grounds: Grounds = Grounds.MANUAL
    cause: str | None = None
    """What it traces back to: an approval's, hold's or deviation's id."""
    seen: tuple[Seen, ...] = ()
    signature: str | None = None
    """Id of the signature, where the access class asks for one."""
    second_signature: str | None = None
    arguments: tuple[Value, ...] | None = None
    """Of a method call (``tag`` is the method's id then, ``value`` what its read-back must show); None: a write."""


@dataclass(frozen=True, slots=True)
class CommandResult:
    """A command with its outcome, its reason, and the times of its four steps (ns, 0 is not reached)."""

    command: Command
    actor: Person | None
    outcome: CommandOutcome
    why: Text | None = None
    status: int | None = None
    """The controller's status code, where it spoke."""
    old: Value = None
    read_back: Value = None
    intent_ns: int = 0
    sent_ns: int = 0
    taken_ns: int = 0
    done_ns: int = 0
    number: int = 0
    notes: tuple[Text, ...] = field(default=())
