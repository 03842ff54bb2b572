"""Quality holds: what is held, why, how far the gate is really closed, and what becomes of the material."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class HoldReason(StrEnum):
    """Typed reasons of a hold; each has its own rule of release."""

    REJECT_RUN = "reject_run"
    YIELD = "yield"
    SPC = "spc"
    MATERIAL_BATCH = "material_batch"
    PROCESS_EXCURSION = "process_excursion"
    MANUAL = "manual"


class ScopeKind(StrEnum):
    """How the held material is named."""

    LOT = "lot"
    UNITS = "units"
    BATCH = "batch"
    STATION = "station"  # everything that passed a station in a window of time


@dataclass(frozen=True, slots=True)
class HoldScope:
    """What is held; the affected units are computed from it by walking the genealogy."""

    kind: ScopeKind
    ids: tuple[str, ...] = ()
    """Lot, batch or unit ids; of a station scope the one station."""
    since_ns: int = 0
    until_ns: int = 0
    """Of a station scope: the window; until 0 is open: everything from then on, until the release."""


@dataclass(frozen=True, slots=True)
class HoldOrder:
    """A hold as it is ordered: what is held, why, and which gates close for it."""

    scope: HoldScope
    reason: HoldReason
    note: str = ""
    cause: str = ""
    """The card it comes from (``decision:7``); the same cause is one hold."""
    writes: tuple[str, ...] | None = None
    """Gate tags that the signature orders, in their order; None: those that the preview of the scope named."""


class HoldState(StrEnum):
    """How far a hold is real."""

    PLACING = "PLACING"  # signed; its gates are on the way
    ON_PAPER = "ON_PAPER"  # no gate can reach the material, or none was closed: people must
    PARTLY = "PARTLY"  # some gates are verified, others not
    HELD = "HELD"  # every gate is read back closed
    RELEASED = "RELEASED"  # signed off; the gates are open again, or say why not


class Disposition(StrEnum):
    """What becomes of held material."""

    USE_AS_IS = "USE_AS_IS"
    REWORK = "REWORK"
    SCRAP = "SCRAP"
    RETURN = "RETURN"
