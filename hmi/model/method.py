"""Methods: what a controller does when it is called, with the arguments it takes and the tag that proves it."""

from __future__ import annotations

from dataclasses import dataclass, field

from hmi.model.guard import Guard
from hmi.model.reading import Value
from hmi.model.span import Span
from hmi.model.tagtype import TagType
from hmi.model.text import Text


@dataclass(frozen=True, slots=True)
class MethodArgument:
    """One argument of a method, in its order."""

    name: Text
    type: TagType = TagType.DOUBLE
    range: Span | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Method:
    """A method of a controller that a person may call. A controller's Good is no proof: the read-back tag is."""

    id: str
    name: Text
    controller: str
    object: str
    """Address of the object with its namespace URI."""
    method: str
    """Address of the method."""
    read_back: str
    """Tag that shows what was done."""
    expect: Value
    """What it must show then."""
    arguments: tuple[MethodArgument, ...] = ()
    place: str = ""
    guard: Guard = field(default_factory=lambda: Guard(""))
    """Permissives, freshness, deadline and signatures."""
