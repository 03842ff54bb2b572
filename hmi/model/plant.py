"""The plant as its engineer described it: ISA-95 places, controllers, tags, shifts.

Made from plant.toml by runtime/plantfile; carried to the window as JSON. Ids are unique within their kind and stable;
names are for people, in both languages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from hmi.model.alarm import AlarmRule, Suppression
from hmi.model.camera import Camera
from hmi.model.flow import Lane, Product
from hmi.model.guard import Guard
from hmi.model.machine import MachineState, Waiting
from hmi.model.method import Method
from hmi.model.span import Span as Span
from hmi.model.tagtype import TagType as TagType
from hmi.model.text import Text


class Access(StrEnum):
    """The access class of a tag: which kind of command may touch it."""

    READ = "read"
    SETPOINT = "setpoint"
    GATE = "gate"
    DIVERTER = "diverter"
    RECIPE = "recipe"


@dataclass(frozen=True, slots=True)
class Limits:
    """Alarm limits of a tag in its unit; None where there is none."""

    low_low: float | None = None
    low: float | None = None
    high: float | None = None
    high_high: float | None = None


@dataclass(frozen=True, slots=True)
class Tag:
    """A named point of a controller."""

    id: str
    name: Text
    controller: str
    node: str
    """Address with its namespace URI, e.g. ``nsu=urn:independent-plant;s=L1.S3.Speed``."""
    type: TagType = TagType.DOUBLE
    unit: str = ""
    range: Span | None = None
    desired: Span | None = None
    limits: Limits = Limits()
    access: Access = Access.READ
    writable: bool = False
    """What the controller allows; the access class says what we may use it for."""
    deadband: float = 0.0
    trend: bool = True
    digits: int | None = None
    place: str = ""
    """The station or line it belongs to; empty for the plant."""
    words: Mapping[str, Text] = field(default_factory=dict)
    """Names of the values of an enumeration, keyed by the number as text."""
    sampling_ms: float | None = None
    queue: int = 10
    scale: float = 1.0
    offset: float = 0.0


class Security(StrEnum):
    """Message security of a controller's link."""

    SIGN_AND_ENCRYPT = "SignAndEncrypt"
    SIGN = "Sign"
    NONE = "None"


@dataclass(frozen=True, slots=True)
class Controller:
    """A line controller and how it is reached; secrets are never here."""

    id: str
    name: Text
    driver: str
    endpoint: str
    security: Security = Security.SIGN_AND_ENCRYPT
    policy: str = "Basic256Sha256"
    user: str | None = None
    """User name; its password is in the secret store under this controller's id."""
    certificate_user: bool = False
    """Sign in with a user certificate of the secret store instead of a password."""
    fingerprint: str = ""
    """SHA-256 of the server certificate that the engineer accepted with the file; others go by the trust list."""
    publishing_ms: float = 100.0
    settings: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StateRule:
    """What one value of a station's state tag means."""

    state: MachineState
    waiting: Waiting = Waiting.NONE


@dataclass(frozen=True, slots=True)
class Station:
    """A machine of a line."""

    id: str
    name: Text
    line: str
    order: int
    """Place in the material flow of the line, from 1."""
    kind: str = ""
    ideal_cycle_s: float | None = None
    buffer_capacity: int | None = None
    """Units that fit before this station; full means that the one before it is blocked."""
    roles: Mapping[str, str] = field(default_factory=dict)
    """Tag ids by role: state, good, reject, in_buffer, unit, cycle, hold_gate, divert_to, route_active, ..."""
    states: Mapping[str, StateRule] = field(default_factory=dict)
    """Meaning of the state tag's values, keyed by the value as text."""
    capabilities: tuple[str, ...] = ()
    """Operations it can do; empty: the one of its kind."""
    products: tuple[str, ...] = ()
    """Products it is qualified for; empty: all."""


@dataclass(frozen=True, slots=True)
class Line:
    """A production line."""

    id: str
    name: Text
    area: str
    roles: Mapping[str, str] = field(default_factory=dict)
    """Tag ids by role: order, product, lot, material_batch, operator, rate, plan, made, ..."""
    rate: Span | None = None
    """Desired band of units per hour."""


@dataclass(frozen=True, slots=True)
class Area:
    """A part of a site."""

    id: str
    name: Text
    site: str


@dataclass(frozen=True, slots=True)
class Site:
    """A factory."""

    id: str
    name: Text


@dataclass(frozen=True, slots=True)
class Pause:
    """A planned break of a shift; local wall clock, minutes after midnight."""

    start_min: int
    end_min: int


@dataclass(frozen=True, slots=True)
class Shift:
    """A shift of the plant, in local wall clock; one that ends before it starts ends on the next day."""

    id: str
    name: Text
    start_min: int
    end_min: int
    days: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)
    """Weekdays it starts on, Monday 0."""
    pauses: tuple[Pause, ...] = ()


@dataclass(frozen=True, slots=True)
class StopReason:
    """A node of the downtime reason tree; planned ones leave the loss."""

    id: str
    name: Text
    parent: str = ""
    planned: bool = False


@dataclass(frozen=True)
class Plant:
    """Everything the engineer described, looked up by id."""

    id: str
    name: Text
    timezone: str
    sites: tuple[Site, ...]
    areas: tuple[Area, ...]
    lines: tuple[Line, ...]
    stations: tuple[Station, ...]
    controllers: tuple[Controller, ...]
    tags: tuple[Tag, ...]
    shifts: tuple[Shift, ...] = ()
    reasons: tuple[StopReason, ...] = ()
    demo: bool = False
    guards: tuple[Guard, ...] = ()
    alarms: tuple[AlarmRule, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    cameras: tuple[Camera, ...] = ()
    products: tuple[Product, ...] = ()
    lanes: tuple[Lane, ...] = ()
    methods: tuple[Method, ...] = ()

    @cached_property
    def guard(self) -> dict[str, Guard]:
        """What must hold before a tag is written, by tag id."""
        return {g.tag: g for g in self.guards}

    @cached_property
    def tag(self) -> dict[str, Tag]:
        """Tags by id."""
        return {t.id: t for t in self.tags}

    @cached_property
    def method(self) -> dict[str, Method]:
        """Methods by id."""
        return {m.id: m for m in self.methods}

    @cached_property
    def row(self) -> dict[str, int]:
        """The tag table's row of each tag id: its place in the file."""
        return {t.id: i for i, t in enumerate(self.tags)}

    @cached_property
    def station(self) -> dict[str, Station]:
        """Stations by id."""
        return {s.id: s for s in self.stations}

    @cached_property
    def line(self) -> dict[str, Line]:
        """Lines by id."""
        return {x.id: x for x in self.lines}

    @cached_property
    def controller(self) -> dict[str, Controller]:
        """Controllers by id."""
        return {c.id: c for c in self.controllers}

    @cached_property
    def _line_stations(self) -> dict[str, tuple[Station, ...]]:
        ordered = sorted(self.stations, key=lambda s: s.order)
        return {x.id: tuple(s for s in ordered if s.line == x.id) for x in self.lines}

    def stations_of(self, line: str) -> tuple[Station, ...]:
        """The stations of a line in the order of material flow."""
        return self._line_stations.get(line, ())

    @cached_property
    def _place_tags(self) -> dict[str, tuple[Tag, ...]]:
        places: dict[str, list[Tag]] = {}
        for t in self.tags:
            places.setdefault(t.place, []).append(t)
        return {place: tuple(tags) for place, tags in places.items()}

    def tags_of(self, place: str) -> tuple[Tag, ...]:
        """The tags of a station or line, in the file's order."""
        return self._place_tags.get(place, ())
