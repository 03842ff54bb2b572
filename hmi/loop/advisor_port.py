"""What an advisor is given and must do: the proposing half of the plugins' door.

An advisor sees a deviation with its likely causes, asks what it needs through its view, and proposes. It has no gateway
and no database: what it says becomes a card, and a person decides. One that raises is switched off and named.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from hmi.model.decision import Cause, Deviation, Recommendation
from hmi.model.flow import Plan
from hmi.model.hold import HoldScope
from hmi.model.machine import StateSpan
from hmi.model.plant import Plant
from hmi.model.reading import Reading, Value
from hmi.model.text import Text


@dataclass(frozen=True, slots=True)
class HoldSketch:
    """What a hold would take, before anybody signs."""

    name: Text
    units: int
    out: int
    """Of the affected units, already past the last gate."""
    inside: int
    writes: tuple[tuple[str, Value], ...]
    """The gates it closes, in their order."""
    paper: Text | None = None
    """Why it would be on paper only."""


class Later:
    """An advisor's answer when what it looks at does not say enough yet: it is asked again within a second or so."""


Point = tuple[int, float | None]
"""ns since 1970 UTC and the value; None begins a gap."""


class AdvisorView(Protocol):
    """What an advisor may look at."""

    @property
    def plant(self) -> Plant:
        """The plant as its engineer described it."""

    @property
    def settings(self) -> Mapping[str, Any]:
        """The advisor's own settings."""

    @property
    def log(self) -> logging.Logger:
        """The advisor's own log."""

    def now_ns(self) -> int:
        """The station's clock: ns since 1970 UTC."""

    def reading(self, tag: str) -> Reading:
        """The last reading of a tag."""

    def state(self, station: str) -> StateSpan | None:
        """What a station does now; None where that is not known."""

    def refused(self, tag: str, value: Value) -> Text | None:
        """Why the gateway would refuse this write now, signatures apart; None: it would go out."""

    async def history(self, tag: str, from_ns: int, to_ns: int, points: int = 300) -> Sequence[Point]:
        """A tag's history, oldest first."""

    async def hold(self, scope: HoldScope) -> HoldSketch:
        """What a hold of this scope would take."""

    async def plan(self, station: str) -> Plan:
        """Answers to a failed station, the best first; takes up to some seconds."""


class Advisor(Protocol):
    """One advisor. The plugin's module has ``create() -> Advisor``."""

    @property
    def name(self) -> str:
        """The name that cards carry, e.g. ``advise_hold``."""

    def takes(self, deviation: Deviation, causes: Sequence[Cause]) -> bool:
        """Whether it has something to say about this kind of deviation."""

    async def propose(
        self, deviation: Deviation, causes: Sequence[Cause], view: AdvisorView
    ) -> Recommendation | Later | None:
        """What it recommends, or None. confidence.value is its own; the station calibrates it by what came of it.

        Later() holds back for some seconds; after that the station does without.
        """
