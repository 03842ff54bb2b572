"""Read models of quality: holds with their gates and units, and the genealogy of a unit."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hmi.model.genealogy import UnitFate, UnitPass
from hmi.model.hold import Disposition, HoldReason, HoldScope, HoldState
from hmi.model.text import Text


@dataclass(frozen=True, slots=True)
class GateRow:
    """A gate of a hold: what was asked, and what the controller reports."""

    station: str
    tag: str
    purpose: str
    """``stop``: no further material is made with it; ``keep``: what is held does not leave."""
    closed: bool | None
    """As read back now; None: not known."""
    outcome: str
    """Of the command: VERIFIED, REFUSED, REJECTED, UNKNOWN, or empty before it."""
    why: Text | None
    at_ns: int


@dataclass(frozen=True, slots=True)
class HoldRow:
    """A hold on the board."""

    id: int
    state: HoldState
    reason: HoldReason
    scope: HoldScope
    name: Text
    """What is held, in one line."""
    note: str
    place: str
    """Line or station it concerns."""
    by: str
    placed_ns: int
    cause: str
    """``decision:7`` when it came from a card, else empty."""
    units: int
    """Affected units known now."""
    out: int
    """Of them, already past the last gate: to be found by people."""
    inside: int
    disposed: int
    moved: int
    """Units that moved although held: an urgent alarm each time."""
    gates: list[GateRow] = field(default_factory=list)
    released_ns: int = 0
    released_by: str = ""
    disposition: Disposition | None = None
    why: Text | None = None
    """Why it is on paper only, partly, or why a gate did not open again."""


@dataclass(frozen=True, slots=True)
class HoldPreview:
    """What a hold would take, before anybody signs."""

    scope: HoldScope
    name: Text
    units: int
    out: int
    inside: int
    lots: list[str]
    batches: list[str]
    gates: list[GateRow]
    took_ms: float
    record: dict[str, Any]
    """What will be signed."""
    why: Text | None = None
    """Why it would be on paper only."""


@dataclass(frozen=True, slots=True)
class HoldUnits:
    """The affected units of a hold, a page of them."""

    total: int
    rows: list[UnitFate]


@dataclass(frozen=True, slots=True)
class UnitTrace:
    """A unit's genealogy, back to its material and forward to what shares it."""

    unit: str
    known: bool
    lot: str
    order: str
    product: str
    batches: list[str]
    passes: list[UnitPass]
    inspections: list[int]
    holds: list[int]
    same_lot: int
    same_batch: int
    """How many units share its lot, its material batch."""


@dataclass(frozen=True, slots=True)
class MaterialNow:
    """What can be held with one touch: the lots and batches that are in the lines now."""

    line: str
    lot: str
    batch: str
    order: str
    product: str
    lots: list[str] = field(default_factory=list)
    """Recent ones, newest first."""
    batches: list[str] = field(default_factory=list)


HOLD_ANSWERS: dict[str, Any] = {
    "holds": list[HoldRow],  # released: bool = False, limit: int = 100
    "hold_units": HoldUnits,  # id: int, limit: int = 200, offset: int = 0
    "material_now": list[MaterialNow],  # no arguments
    "preview_hold": HoldPreview,  # scope: HoldScope
    "trace": UnitTrace,  # unit: str
    # actions
    "place_hold": HoldRow,  # scope, reason: HoldReason, note: str, password: str, key: str = ""
    "release_hold": HoldRow,  # id, disposition: Disposition, note: str, password: str
    "close_gates": HoldRow,  # id, password: try again what is not verified
}
"""The engine pushes ``{"hold": HoldRow}`` to every window when a hold changes."""
