"""The stories the plant tells by name: what goes wrong, where, since when, and the truth about its cause."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from plugins.demo_plant.happening import Truth
from plugins.demo_plant.layout import ZONE_NOMINAL, Mode, State
from plugins.demo_plant.process import Sensor

if TYPE_CHECKING:
    from plugins.demo_plant.sim import DemoPlant

FIRST_S = 8.0
"""The first story begins this long after the start."""
REPEAT_S = 1500.0
TURNS = {"station-failure": 8.0, "oven-drift": 75.0, "bad-batch": 210.0}
"""Without a name all of them are played, beginning at these seconds of each round."""


class Scenario(Protocol):
    """One running story."""

    def advance(self, plant: DemoPlant, dt_s: float) -> bool:
        """Move on by one step; False when it is over."""


@dataclass
class OvenDrift:
    """The thermocouple that regulates zone 3 of oven 2 slips: the zone grows hotter than its set-point says.

    It slips by some degrees first; then its clamp gives way further for as long as the zone is too hot for it. A
    set-point that is lowered in time cools the clamp, and the drift ends there.
    """

    line: int = 2
    per_min: float = 2.4
    slip: float = 3.2
    clamp_holds: float = 218.5
    """°C up to which the clamp holds after the first slip."""
    limit: float = 7.6
    lasts_s: float = 900.0
    since_s: float | None = None
    setpoint: float = ZONE_NOMINAL[3]
    from_offset: float = 0.0
    told: set[str] = field(default_factory=set)

    def advance(self, plant: DemoPlant, dt_s: float) -> bool:
        """Drift up to the limit; at the end maintenance adjusts the zone, whatever its set-point says by then."""
        sensor = plant.process(self.line, 3).sensors["Zone3Temperature"]
        place = f"L{self.line}.S3"
        if self.since_s is None:
            self.since_s, self.setpoint = 0.0, sensor.target
            self.from_offset = sensor.offset
            tag = f"{place}.Zone3Temperature"
            plant.truths.append(Truth("oven-drift", f"oven:{place}", place, tag, plant.now_s))
            plant.say("oven-drift", "oven_drift_start", place, line=self.line, rate=f"{self.per_min:.1f}")
        self.since_s += dt_s
        self._slip(sensor)
        if sensor.true > 220.0 and "high" not in self.told:
            self.told.add("high")
            plant.say("oven-drift", "oven_drift_high", place, line=self.line, limit=220)
        if sensor.target < self.setpoint and "corrected" not in self.told:
            self.told.add("corrected")
            plant.say("oven-drift", "oven_drift_corrected", place, line=self.line, to=f"{sensor.target:.1f}")
        if self.since_s < self.lasts_s:
            return True
        sensor.drift_to = ZONE_NOMINAL[3] - sensor.target
        sensor.drift_per_s = 0.2 if sensor.drift_to > sensor.offset else -0.2
        plant.say("oven-drift", "oven_drift_end", place, line=self.line)
        _close(plant, "oven-drift")
        return False

    def _slip(self, sensor: Sensor) -> None:
        slipped = sensor.offset - self.from_offset
        first = slipped < self.slip - 1e-6
        gives_way = first or (slipped < self.limit - 1e-6 and sensor.true > self.clamp_holds)
        sensor.drift_per_s = self.per_min / 60.0 if gives_way else 0.0
        sensor.drift_to = self.from_offset + (self.slip if first else self.limit)


@dataclass
class StationFailure:
    """The placement head of placer 3 fails; a technician comes and the repair takes minutes."""

    line: int = 3
    order: int = 2
    repair_s: float = 300.0
    since_s: float | None = None
    told: set[str] = field(default_factory=set)

    def advance(self, plant: DemoPlant, dt_s: float) -> bool:
        """Fail, be repaired, be reset; over when the station can work again, on whatever is sent to it."""
        station = plant.station(self.line, self.order)
        last = plant.station(self.line, 6)
        if self.since_s is None:
            self.since_s = 0.0
            station.fail(station.kind.failure, self.repair_s, aborts=True)
            tag = f"{station.id}.State"
            plant.truths.append(Truth("station-failure", f"station:{station.id}", station.id, tag, plant.now_s))
            plant.say("station-failure", "station_failure_start", station.id, line=self.line)
        self.since_s += dt_s
        if station.fault is not None and self.since_s > 20.0 and station.fault.left_s > 0:
            station.mode = Mode.MAINTENANCE
        elif station.mode is Mode.MAINTENANCE:
            station.mode = Mode.PRODUCTION
            plant.say("station-failure", "station_failure_repaired", station.id, line=self.line)
        if last.state is State.STARVED and "starved" not in self.told:
            self.told.add("starved")
            plant.say("station-failure", "station_failure_starved", last.id, line=self.line)
        if station.fault is not None or not station.can_work:
            return True
        plant.say("station-failure", "station_failure_end", station.id, line=self.line)
        _close(plant, "station-failure")
        return False


@dataclass
class BadBatch:
    """A new batch of solder paste slumps: bridges between pads, found by the camera some stations later."""

    line: int = 1
    lasts_s: float = 600.0
    change_s: float = 25.0
    """While the printer is held the operator needs this long to change the paste."""
    since_s: float | None = None
    held_s: float = 0.0
    told: set[str] = field(default_factory=set)
    batch: str = ""

    def advance(self, plant: DemoPlant, dt_s: float) -> bool:
        """Open the bad batch; when it is used up, or the printer is held for long enough, the next one is good."""
        book = plant.lines[self.line].book
        place = f"L{self.line}.S1"
        camera = plant.process(self.line, 4)
        if self.since_s is None:
            self.since_s = 0.0
            self.batch = _next_batch(book.batch.id)
            plant.new_batch(self.line, self.batch, bad=True)
            tag = f"L{self.line}.MaterialBatch"
            plant.truths.append(Truth("bad-batch", f"paste:{self.batch}", place, tag, plant.now_s))
            plant.say("bad-batch", "bad_batch_start", place, line=self.line, batch=self.batch)
        self.since_s += dt_s
        if camera.figures["RejectShare"] >= 5.0 and self.since_s > 20.0 and "rejects" not in self.told:
            self.told.add("rejects")
            share = f"{camera.figures['RejectShare']:.0f}"
            plant.say("bad-batch", "bad_batch_rejects", f"L{self.line}.S4", line=self.line, share=share)
        self.held_s = self.held_s + dt_s if plant.station(self.line, 1).hold else 0.0
        if self.since_s < self.lasts_s and self.held_s < self.change_s and book.batch.id == self.batch:
            return True
        if book.batch.id == self.batch:
            plant.new_batch(self.line, _next_batch(self.batch))
        plant.say("bad-batch", "bad_batch_end", place, line=self.line, batch=book.batch.id)
        _close(plant, "bad-batch")
        return False


def _next_batch(name: str) -> str:
    """PASTE-1A -> PASTE-1B ... PASTE-1Z -> PASTE-1AA."""
    head, tail = name[:7], name[7:]
    if not tail.isalpha():
        return head + "A"
    kept = tail.rstrip("Z")
    if not kept:
        return head + "A" * (len(tail) + 1)
    return head + kept[:-1] + chr(ord(kept[-1]) + 1) + "A" * (len(tail) - len(kept))


def _close(plant: DemoPlant, scenario: str) -> None:
    for truth in plant.truths:
        if truth.scenario == scenario and truth.end_s is None:
            truth.end_s = plant.now_s


NAMES: dict[str, Callable[[], Scenario]] = {
    "oven-drift": OvenDrift,
    "station-failure": StationFailure,
    "bad-batch": BadBatch,
}


class UnknownScenarioError(ValueError):
    """A scenario that the plant does not know."""


class Play:
    """Which stories run and which come next."""

    def __init__(self, name: str | None, from_s: float = 0.0) -> None:
        """The first begins FIRST_S after ``from_s`` of the plant's time. UnknownScenarioError."""
        if name is not None and name not in NAMES and name != "none":
            raise UnknownScenarioError(name)
        if name is None:
            self._waiting = sorted((from_s + at, each) for each, at in TURNS.items())
        else:
            self._waiting = [(from_s + FIRST_S, name)] if name in NAMES else []
        self.running: dict[str, Scenario] = {}

    def begin(self, name: str) -> None:
        """Start a story now; one that runs already goes on."""
        if name not in NAMES:
            raise UnknownScenarioError(name)
        self.running.setdefault(name, NAMES[name]())

    def advance(self, plant: DemoPlant, dt_s: float) -> None:
        """Start what is due, move on what runs, and put what was started back in line for the next round."""
        while self._waiting and self._waiting[0][0] <= plant.now_s:
            at, name = self._waiting.pop(0)
            self.begin(name)
            self._waiting.append((at + REPEAT_S, name))
        for name, scenario in list(self.running.items()):
            if not scenario.advance(plant, dt_s):
                del self.running[name]
