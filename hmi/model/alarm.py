"""Alarms: the rule that raises one, the facts that stand about it, what happens to it, and the ISA letter it shows.

Designed after ISA-18.2: the facts are orthogonal and the letter is derived from them, never kept beside them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from hmi.model.quality import Quality
from hmi.model.text import Text


class Priority(IntEnum):
    """How soon a person has to act; the smaller the more urgent."""

    URGENT = 1
    HIGH = 2
    MEDIUM = 3
    DIAGNOSTIC = 4


class AlarmKind(StrEnum):
    """What kind of condition raises the alarm."""

    HIHI = "high_high"
    HI = "high"
    LO = "low"
    LOLO = "low_low"
    ROC = "rate"  # of change, in the tag's unit per minute
    DEVIATION = "deviation"  # from another tag
    DISCRETE = "discrete"  # one of some values
    STALE = "stale"  # the source has gone silent
    QUALITY = "quality"  # the source says that its value is bad
    COMM = "comm"  # the link to a controller
    SYSTEM = "system"  # the station itself


LIMIT_KINDS = (AlarmKind.LOLO, AlarmKind.LO, AlarmKind.HI, AlarmKind.HIHI)
OF_STATION = (AlarmKind.COMM, AlarmKind.SYSTEM)
"""Kinds that the station raises itself; the plant file does not hold them."""
OF_QUALITY = (AlarmKind.STALE, AlarmKind.QUALITY)


@dataclass(frozen=True, slots=True)
class AlarmRule:
    """When an alarm is raised, how urgent it is and what a person can do about it. Times in seconds."""

    id: str
    name: Text
    tag: str
    kind: AlarmKind
    priority: Priority
    limit: float | None = None
    """In the tag's unit; ROC: per minute; DEVIATION: largest distance."""
    values: tuple[float, ...] = ()
    """DISCRETE: the values that are the alarm."""
    against: str = ""
    """DEVIATION: the tag it is compared with."""
    deadband: float = 0.0
    on_delay: float = 0.0
    off_delay: float = 0.0
    window: float = 5.0
    """ROC: over how long the change is measured."""
    latch: bool = False
    """Stays after the condition is over, until a person resets it."""
    ack: bool = True
    """Asks to be acknowledged."""
    auto_ack: bool = False
    """Is acknowledged by itself when the condition ends."""
    reset_acks: bool = False
    """Policy: a reset acknowledges too."""
    realarm: float = 0.0
    """Asks again when it still stands this long after it was acknowledged; 0 is never."""
    group: str = ""
    first_out: bool = True
    """Marks the first of its group; the group's others are often its consequences."""
    enabled: bool = True
    place: str = ""
    """Station or line where to look; empty: the tag's own."""
    cause: Text | None = None
    consequence: Text | None = None
    action: Text | None = None
    respond_within: float = 0.0
    """How long a person has to act; 0 is not said."""


@dataclass(frozen=True, slots=True)
class Suppression:
    """Suppression by design: while a tag has one of some values, alarms mean nothing and are not shown."""

    id: str
    name: Text
    when: str
    values: tuple[float, ...]
    alarms: tuple[str, ...]


class AlarmState(StrEnum):
    """The letter of the alarm's state."""

    NORMAL = "A"
    UNACKED = "B"
    ACKED = "C"
    RETURNED = "D"
    LATCHED = "E"
    LATCHED_ACKED = "F"
    SHELVED = "G"
    SUPPRESSED = "H"
    OUT_OF_SERVICE = "I"
    DISABLED = "-"


STANDING = (
    AlarmState.UNACKED, AlarmState.ACKED, AlarmState.RETURNED, AlarmState.LATCHED, AlarmState.LATCHED_ACKED,
)  # fmt: skip
"""The states that are on the list."""
ANNUNCIATED = (AlarmState.UNACKED, AlarmState.ACKED)
ASKING = (AlarmState.UNACKED, AlarmState.RETURNED, AlarmState.LATCHED)
"""The states that wait to be acknowledged."""
HIDDEN = (AlarmState.SHELVED, AlarmState.SUPPRESSED, AlarmState.OUT_OF_SERVICE)


class ShelfMode(StrEnum):
    """For how long a person put an alarm on the shelf."""

    ONE_SHOT = "one_shot"  # until this activation, or the next one, is over
    TIMED = "timed"


@dataclass(frozen=True, slots=True)
class Shelf:
    """Who put an alarm aside, until when at the latest (ns since 1970 UTC) and why."""

    mode: ShelfMode
    until_ns: int
    by: str
    at_ns: int
    why: str


@dataclass(frozen=True, slots=True)
class Mark:
    """Who did something, when (ns since 1970 UTC), and what they said about it."""

    by: str
    at_ns: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class AlarmFacts:
    """All that stands about one alarm; each fact by itself. ``activation`` counts how often it asked for attention."""

    enabled: bool = True
    active: bool = False
    acked: bool = True
    latched: bool = False
    shelf: Shelf | None = None
    suppressed: tuple[str, ...] = ()
    """Ids of the suppressions that hold."""
    out: Mark | None = None
    """Taken out of service."""
    quality: Quality = Quality.GOOD
    """How far the state can be believed; looked at only while the alarm is not at rest."""
    priority: Priority = Priority.DIAGNOSTIC
    """The most urgent since the activation."""
    activation: int = 0
    activated_ns: int = 0
    value: float | None = None
    """At the activation."""
    order: str = ""
    lot: str = ""
    first_out: bool = False
    ack: Mark | None = None

    @property
    def at_rest(self) -> bool:
        """Whether nothing is left of it but what hides it."""
        return not self.active and self.acked and not self.latched

    @property
    def hidden(self) -> bool:
        """Whether something keeps it off the list."""
        return self.shelf is not None or bool(self.suppressed) or self.out is not None

    @property
    def beneath(self) -> AlarmState:
        """The letter without regard to what hides it."""
        if self.active:
            return AlarmState.ACKED if self.acked else AlarmState.UNACKED
        if self.latched:
            return AlarmState.LATCHED_ACKED if self.acked else AlarmState.LATCHED
        return AlarmState.NORMAL if self.acked else AlarmState.RETURNED

    @property
    def state(self) -> AlarmState:
        """The letter it shows: out of service before suppressed before shelved before all else."""
        if not self.enabled:
            return AlarmState.DISABLED
        if self.out is not None:
            return AlarmState.OUT_OF_SERVICE
        if self.suppressed:
            return AlarmState.SUPPRESSED
        return AlarmState.SHELVED if self.shelf is not None else self.beneath


class EventKind(StrEnum):
    """What can happen to an alarm."""

    ACTIVATE = "activate"
    RETURN = "return"
    ACKNOWLEDGE = "acknowledge"
    RESET = "reset"
    REALARM = "realarm"
    RISE = "rise"
    SHELVE = "shelve"
    UNSHELVE = "unshelve"
    EXPIRE = "expire"
    SUPPRESS = "suppress"
    UNSUPPRESS = "unsuppress"
    TAKE_OUT = "take_out"
    PUT_BACK = "put_back"
    DISABLE = "disable"
    ENABLE = "enable"
    DOUBT = "doubt"  # how far its state can be believed has changed
    SERVER = "server"  # a controller's own condition has changed; the controller decides, we record


@dataclass(frozen=True, slots=True)
class AlarmEvent:
    """One thing that happened to one alarm at ``at_ns`` (ns since 1970 UTC)."""

    kind: EventKind
    at_ns: int
    by: str = ""
    """The user; empty for the station itself."""
    why: str = ""
    activation: int = 0
    """ACKNOWLEDGE: the one that the person saw."""
    until_ns: int = 0
    source: str = ""
    """SUPPRESS, UNSUPPRESS: the suppression. SHELVE: the mode. DOUBT: the quality."""
    value: float | None = None
    priority: int = 0
    """ACTIVATE (0: the rule's), RISE."""
    order: str = ""
    lot: str = ""
    first_out: bool = False


@dataclass(frozen=True, slots=True)
class Transition:
    """A step of the state machine: its number in the table (1 to 16, 3a: auto-ack, q: a doubt) and the letters."""

    number: str
    before: AlarmState
    after: AlarmState


@dataclass(frozen=True, slots=True)
class JournalRow:
    """One transition on record: what happened to which alarm, and what became of it."""

    alarm: str
    event: AlarmEvent
    number: str
    before: AlarmState
    after: AlarmState
    activation: int
    priority: Priority
    noted_ns: int
    """When the station learnt of it; the event's own time may be the controller's."""
    name: Text
    tag: str = ""
    place: str = ""
    origin: str = "own"
    """own, or server for a controller's own condition."""
    id: int = 0

    @property
    def annunciated(self) -> bool:
        """Whether a person was asked to act by this."""
        if self.after not in ANNUNCIATED:
            return False
        if self.origin != "own":
            return self.before not in ANNUNCIATED or self.after is AlarmState.UNACKED
        return self.number in ("1", "6", "10", "11") or (self.number in ("13", "14", "15") and self.before in HIDDEN)
