"""What the gateway asks of the rest of the engine, answered from the live parts."""

from __future__ import annotations

import time
from collections.abc import Callable

from hmi.desk.control import ModeSwitch
from hmi.model.command import Command, Mode
from hmi.model.plant import Plant
from hmi.model.quality import Quality
from hmi.model.reading import Reading
from hmi.model.text import Text
from hmi.plant.acquisition import Acquisition
from hmi.plant.gateway.port import ControllerWriter
from hmi.plant.port import Batch, LinkState
from hmi.runtime.drivers import DriverHost


class LinkAges:
    """When each controller last spoke, on the steady clock: by its state, its readings, and its driver's watch."""

    def __init__(self, plant: Plant, drivers: DriverHost) -> None:
        self._drivers = drivers
        self._owner = {t.id: t.controller for t in plant.tags}
        self._names = [t.controller for t in plant.tags]
        self._state: dict[str, LinkState] = {}
        self._heard: dict[str, float] = {}

    def on_link(self, controller: str, state: LinkState, _why: Text | None) -> None:
        """Take a change of a link."""
        self._state[controller] = state
        if state is LinkState.CONNECTED:
            self._heard[controller] = time.monotonic()

    def on_batch(self, batch: Batch, _now_ns: int) -> None:
        """Take readings: the controller of the first row spoke now (a batch is of one controller)."""
        if len(batch) and (batch.kinds[0] or not batch.status[0] >> 31):
            self._heard[self._names[int(batch.rows[0])]] = time.monotonic()

    def age_s(self, tag: str) -> float | None:
        """Seconds since the tag's controller last spoke; None when its link does not stand.

        A driver whose link is CONNECTED watches its server about every second and says SILENT when it fails to answer,
        so a quiet controller is as fresh as that watch.
        """
        controller = self._owner.get(tag)
        if controller is None or self._state.get(controller) is not LinkState.CONNECTED:
            return None
        heard = time.monotonic() - self._heard.get(controller, 0.0)
        hosted = self._drivers.hosted.get(controller)
        if hosted is not None and hosted.health.state is LinkState.CONNECTED:
            return min(heard, 1.0)
        return heard


class Resuming:
    """When the orders that an earlier engine left may go on: in CONTROL, and once what can be written to is read.

    Before that the gateway would refuse the first write of an order that has nothing wrong with it.
    """

    PATIENCE_NS = 30_000_000_000
    """How long a tag that does not come is waited for; then its writes are refused, each with its reason."""

    def __init__(self, plant: Plant, reading: Callable[[str], Reading], switch: ModeSwitch) -> None:
        self._reading, self._switch = reading, switch
        self._tags = [t.id for t in plant.tags if t.writable]

    def mode(self) -> Mode:
        """CONTROL when orders may go on by themselves, MONITOR as long as they wait."""
        mode = self._switch.mode
        waited_ns = time.time_ns() - self._switch.since_ns
        if mode is not Mode.CONTROL or not 0 <= waited_ns < self.PATIENCE_NS:
            return mode
        return mode if all(self._reading(tag).quality is Quality.GOOD for tag in self._tags) else Mode.MONITOR


class GatewaySurroundings:
    """hmi.plant.gateway.gateway.Surroundings on a running engine."""

    def __init__(
        self,
        plant: Plant,
        acquisition: Acquisition,
        drivers: DriverHost,
        ages: LinkAges,
        switch: ModeSwitch,
        approval_valid: Callable[[Command], bool],
        signers: Callable[[Command], tuple[str, ...]],
        ordered: Callable[[Command], str] = lambda command: "",
    ) -> None:
        self._plant, self._acquisition, self._drivers, self._ages = plant, acquisition, drivers, ages
        self._switch, self._approval_valid, self._signers, self._ordered = switch, approval_valid, signers, ordered

    @property
    def mode(self) -> Mode:
        """MONITOR or CONTROL."""
        return self._switch.mode

    def reading(self, tag: str) -> Reading:
        """Last reading of a tag of the plant."""
        return self._acquisition.table.reading(self._plant.row[tag])

    def link_age_s(self, tag: str) -> float | None:
        """Seconds since the tag's controller last spoke."""
        return self._ages.age_s(tag)

    def area(self, tag: str) -> str:
        """The area of the plant that a tag lies in; every area's where it has no place."""
        place = self._plant.tag[tag].place
        station = self._plant.station.get(place)
        line = self._plant.line.get(station.line if station is not None else place)
        return "*" if line is None else line.area

    def writer(self, controller: str) -> ControllerWriter | None:
        """The writing half of a running driver."""
        driver = self._drivers.driver(controller)
        return None if driver is None else getattr(driver, "writer", None)

    def approval_valid(self, command: Command) -> bool:
        """Whether the approval that a command names stands."""
        return self._approval_valid(command)

    def signers(self, command: Command) -> tuple[str, ...]:
        """Users whose valid signatures are on exactly this command."""
        return self._signers(command)

    def ordered(self, command: Command) -> str:
        """Meaning of the signed order that a command is a step of."""
        return self._ordered(command)

    def now_ns(self) -> int:
        """Time of day."""
        return time.time_ns()
