"""What a controller driver is given and must do: the reading half of the plugins' door.

A driver owns one controller's link. It runs until cancelled, reconnects by itself, and says every doubt at once: the
station shows what the driver says and nothing older.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from hmi.model.plant import Controller, Tag
from hmi.model.reading import Reading
from hmi.model.text import Text


@dataclass(slots=True)
class Batch:
    """Readings of one message of one controller, in source order; the unit that travels inside the engine.

    All arrays have one length n. kinds holds the OPC UA built-in type id of each value (0: no value came). values holds
    numbers and Booleans; what is not a number (String, DateTime, Int64 beyond 2**53, arrays) has NaN there and its
    value as text in texts under its position 0..n-1.
    """

    rows: npt.NDArray[np.int32]
    values: npt.NDArray[np.float64]
    status: npt.NDArray[np.uint32]
    source_ns: npt.NDArray[np.int64]
    kinds: npt.NDArray[np.uint8]
    texts: dict[int, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.rows)


class LinkState(StrEnum):
    """The state of the link to a controller."""

    CONNECTING = "CONNECTING"
    CONNECTED = "CONNECTED"
    SILENT = "SILENT"  # open, but no answer within the watch time
    DOWN = "DOWN"
    REFUSED = "REFUSED"  # certificate, user or security does not fit: a person has to act
    STOPPED = "STOPPED"


@dataclass(slots=True)
class Health:
    """What the system screen shows of one controller; durations in ms, None while unknown."""

    state: LinkState = LinkState.CONNECTING
    why: Text | None = None
    since_ns: int = 0
    latency_ms: float | None = None
    clock_offset_ms: float | None = None
    """Server clock minus ours."""
    security: str = ""
    publishing_ms: float | None = None
    revised_publishing_ms: float | None = None
    sampling_ms: float | None = None
    revised_sampling_ms: tuple[float, float] | None = None
    """Smallest and largest revised sampling interval."""
    revised_queue: tuple[int, int] | None = None
    wanted: int = 0
    subscribed: int = 0
    refused_items: int = 0
    notifications: int = 0
    messages: int = 0
    overflows: int = 0
    gaps: int = 0
    """Sequence gaps found."""
    refilled: int = 0
    """Gaps filled by Republish or by reading everything again."""
    fallbacks: int = 0
    """Messages that our decoder left to the library."""
    connects: int = 0
    server_start_ns: int = 0
    fingerprint: str = ""
    """SHA-256 of the server's certificate; with REFUSED the one that waits for an engineer."""
    product: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One tag that the station wants from this controller, with the row that its readings carry."""

    row: int
    tag: Tag


class Feed(Protocol):
    """Where a driver puts what it hears. Called on the engine's loop only; never blocks."""

    def readings(self, batch: Batch) -> None:
        """Readings as they came, order within a tag kept."""

    def link(self, state: LinkState, why: Text | None = None) -> None:
        """The link changed; anything but CONNECTED makes every tag of the controller not GOOD at once."""

    def item(self, row: int, status: int) -> None:
        """One tag cannot be had (unknown node, refused, no right to read); told until it can."""

    def event(self, event: dict[str, Any]) -> None:
        """An event or condition of the controller, fields by name."""


@dataclass(frozen=True, slots=True)
class Node:
    """One entry of a controller's address space."""

    address: str
    name: str
    kind: str
    """object, variable, method or other."""
    has_children: bool
    type: str = ""
    unit: str = ""
    range: tuple[float, float] | None = None
    writable: bool = False
    words: tuple[str, ...] = ()
    path: str = ""
    """Browse path below the start, joined with dots."""


class Secrets(Protocol):
    """Passwords and keys, kept in the operating system's store or in 0600 files; never in the plant file."""

    def get(self, name: str) -> str | None:
        """A secret, e.g. ``controller/plc1/password``; None where there is none."""

    def set(self, name: str, value: str) -> str:
        """Keep a secret of the driver's own, ``driver/NAME/...``; where. An error with ``text`` when that cannot be."""


@dataclass(frozen=True, slots=True)
class DriverContext:
    """All that a driver gets: no gateway, no database."""

    controller: Controller
    wanted: Sequence[Wanted]
    feed: Feed
    log: logging.Logger
    trust: Path
    """Folder of this station's own certificate and of accepted and waiting server certificates."""
    secrets: Secrets


class Driver(Protocol):
    """A controller driver. The plugin's module has ``create(context: DriverContext) -> Driver``."""

    async def run(self) -> None:
        """Connect, subscribe, watch, reconnect; until cancelled. Never ends because of the plant."""

    @property
    def health(self) -> Health:
        """What is known of the link now."""

    async def read(self, addresses: Sequence[str]) -> list[Reading]:
        """Read now, from the source, in order; a failed node carries its status. ConnectionError without a link."""

    async def browse(self, address: str | None) -> list[Node]:
        """The children of a node; None is the Objects folder. ConnectionError without a link."""


class Discoverer(Protocol):
    """The part of a driver plugin that `linekeeper discover` uses: ``discover(context) -> list[Node]``."""

    async def __call__(self, context: DriverContext) -> list[Node]:
        """All variables below Objects (servers' own diagnostics left out), with type, unit, range, access, path."""
