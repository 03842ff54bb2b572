"""Guards: what the plant file demands before a tag may be written. They protect product and process, never people:
limits that protect people stay in the controller."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hmi.model.reading import Reading, Value
from hmi.model.span import Span
from hmi.model.text import Text


class Compare(StrEnum):
    """How a permissive compares a tag's value."""

    EQ = "=="
    NE = "!="
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="
    IN = "in"


@dataclass(frozen=True, slots=True)
class Permissive:
    """A condition that must hold on a fresh GOOD reading before the write."""

    tag: str
    compare: Compare
    value: Value | tuple[Value, ...]
    name: Text
    """What it protects, in words for the person who is refused."""

    def holds(self, reading: Reading) -> bool:
        """Whether the condition is met; a value that cannot be compared does not meet it."""
        asked, found = self.value, reading.value
        if found is None:
            return False
        if isinstance(asked, tuple):
            return found in asked
        if self.compare is Compare.EQ:
            return found == asked
        if self.compare is Compare.NE:
            return found != asked
        if isinstance(found, str) or isinstance(asked, str) or asked is None:
            return False
        return {
            Compare.LT: found < asked,
            Compare.LE: found <= asked,
            Compare.GT: found > asked,
            Compare.GE: found >= asked,
        }.get(self.compare, False)


@dataclass(frozen=True, slots=True)
class Guard:
    """All that is asked of a write to one tag; what the plant file leaves out has the safe default."""

    tag: str
    limits: Span | None = None
    """Narrower than the tag's range; None: the range alone."""
    max_step: float | None = None
    """Largest change by one command, in the tag's unit."""
    max_rate_per_min: float | None = None
    """Largest sum of changes within a minute."""
    fresh_s: float = 5.0
    """How old the link's last word may be for the readings that the decision rests on."""
    permissives: tuple[Permissive, ...] = ()
    read_back: str | None = None
    """Tag that reports what was done; None: the written tag itself."""
    tolerance: float = 0.0
    """How far the read-back may be off, in the unit; 0 asks for the value itself (to float precision)."""
    deadline_s: float = 3.0
    signature: bool = False
    """Class A: the act is signed with the password."""
    two_persons: bool = False
