"""What the loop asks of its neighbours: holds and routes, as their rooms offer them; handed in from above."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from hmi.loop.normal import History
from hmi.model.command import Seen
from hmi.model.flow import Plan
from hmi.model.hold import HoldOrder, HoldScope, HoldState
from hmi.model.machine import StateSpan
from hmi.model.permission import Person
from hmi.model.plant import Plant
from hmi.model.reading import Reading, Value
from hmi.model.sequence import Orderer, Run, Runner
from hmi.model.text import Text


class GateSeen(Protocol):
    """A gate of a hold."""

    @property
    def tag(self) -> str:
        """Its tag."""

    @property
    def closed(self) -> bool | None:
        """As read back now."""


class HoldSeen(Protocol):
    """A hold as its room tells it (hmi.desk.hold_rows.HoldRow)."""

    @property
    def id(self) -> int:
        """Its number."""

    @property
    def state(self) -> HoldState:
        """How far it is real."""

    @property
    def moved(self) -> int:
        """Units that moved although held."""

    @property
    def cause(self) -> str:
        """The card it came from."""

    @property
    def gates(self) -> Sequence[GateSeen]:
        """Its gates."""

    @property
    def why(self) -> Text | None:
        """Why it is not what was asked for."""


class HoldDoor(Protocol):
    """Placing holds on an approval's signature."""

    def preview(self, scope: HoldScope) -> Any:
        """hmi.desk.hold_rows.HoldPreview, or something to await for it."""

    async def place(self, by: Orderer, order: HoldOrder) -> HoldSeen:
        """Place a hold whose gates were signed; returns when they are what they will be. The same cause is one hold."""

    def find(self, id: int) -> HoldSeen | None:
        """A hold by its number."""


class RouteSeen(Protocol):
    """A reroute as its room tells it (hmi.desk.material_rows.RerouteRow)."""

    @property
    def id(self) -> int:
        """Its number."""

    @property
    def failed(self) -> str:
        """The station it goes around."""

    @property
    def name(self) -> Text:
        """What it is called."""

    @property
    def state(self) -> str:
        """EXECUTING, VERIFIED, CONFIRMED, PARTLY, UNKNOWN, RETURNING, RETURNED, FAILED."""

    @property
    def cause(self) -> str:
        """The card it came from."""

    @property
    def units(self) -> int:
        """Units that left on the planned lanes."""

    @property
    def run(self) -> Run | None:
        """Its commands."""

    @property
    def why(self) -> Text | None:
        """Why it is not what was asked for."""

    @property
    def can_return(self) -> bool:
        """Whether the failed station runs again."""


class RouteDoor(Protocol):
    """Planning and carrying out reroutes on an approval's signature."""

    async def plan(self, station: str) -> Plan:
        """Answers to a failed station."""

    async def execute(
        self, by: Orderer, plan: Plan, option: int, reason: str, cause: str, seen: Sequence[Seen]
    ) -> RouteSeen:
        """Carry out an answer that was signed; returns when its commands are done. The same cause is one reroute."""

    async def give_back(self, by: Orderer, id: int, reason: str) -> RouteSeen:
        """Carry out the way back of a reroute on its own signature; returns when its commands are done."""

    def find(self, id: int) -> RouteSeen | None:
        """A reroute by its number."""


@dataclass(frozen=True, slots=True)
class Doors:
    """Everything that the steps may look at, and the two rooms and the runner that act for them."""

    plant: Plant
    reading: Callable[[str], Reading]
    link_age_s: Callable[[str], float | None]
    """Seconds since a tag's controller last spoke; None: its link does not stand."""
    state: Callable[[str], StateSpan | None]
    preview: Callable[[Person | None, str, Value], Text | None]
    """Why the gateway would refuse a write now, signatures apart."""
    history: History | None
    runner: Runner
    holds: HoldDoor
    routes: RouteDoor
    clock: Callable[[], int]


async def waited(thing: Any) -> Any:
    """The answer of a room that may answer at once or later."""
    return await thing if isinstance(thing, Awaitable) else thing
