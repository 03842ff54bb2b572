"""Genealogy: which unit passed which station when, in which lot and order, with which material batch."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UnitPass:
    """A unit left a station, as the station's unit tag and the line's context tags said at that moment.

    Empty text is not known. ``batch_edge`` names the other material batch a unit may have been made with, when the
    batch changed while it was in work: a hold on either takes it.
    """

    unit: str
    station: str
    line: str
    at_ns: int
    lot: str = ""
    order: str = ""
    product: str = ""
    batch: str = ""
    operator: str = ""
    batch_edge: str = ""


@dataclass(frozen=True, slots=True)
class UnitFate:
    """Where an affected unit is now, as far as the tags tell."""

    unit: str
    lot: str
    batch: str
    line: str
    station: str
    """The last station it left."""
    at_ns: int
    out: bool
    """It left the last station of its line: no gate reaches it any more."""
