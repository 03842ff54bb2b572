"""The engineer's bench: the methods below Engineering that make the plant misbehave, as functions on the plant."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from plugins.demo_plant.happening import RefusedError
from plugins.demo_plant.scenarios import UnknownScenarioError

if TYPE_CHECKING:
    from plugins.demo_plant.sim import DemoPlant


def fail(plant: DemoPlant, line: float, station: float, seconds: float) -> None:
    """The station aborts and is under repair for so many seconds."""
    at = plant.station(int(line), int(station))
    at.fail(at.kind.failure, seconds, aborts=True)


def drift(plant: DemoPlant, line: float, station: float, degrees_per_minute: float) -> None:
    """The station's temperature leaves its set-point by so many degrees a minute (up to 30); 0 stops and mends it."""
    sensors = plant.process(int(line), int(station)).sensors
    name = plant.station(int(line), int(station)).kind.main_sensor
    if not name:
        raise RefusedError("range")
    sensor = sensors[name]
    sensor.drift_per_s = degrees_per_minute / 60.0
    sensor.drift_to = 30.0 if degrees_per_minute > 0 else -30.0
    if degrees_per_minute == 0:
        sensor.offset = 0.0


def bad_sensor(plant: DemoPlant, line: float, station: float, on: float) -> None:
    """The station's temperature sensor fails: its tag turns BAD."""
    at = plant.station(int(line), int(station))
    if not at.kind.main_sensor:
        raise RefusedError("range")
    tag = f"{at.id}.{at.kind.main_sensor}"
    if on:
        plant.bad_sensors.add(tag)
    else:
        plant.bad_sensors.discard(tag)


def freeze(plant: DemoPlant, seconds: float) -> None:
    """Nothing moves for so many seconds, while the server goes on answering."""
    plant.frozen_until_s = plant.now_s + seconds


def rejects(plant: DemoPlant, line: float, station: float, share: float) -> None:
    """The station rejects this share (0 to 1) of its units; a negative share gives it back its own judgement."""
    if share > 1:
        raise RefusedError("range")
    plant.station(int(line), int(station)).forced_reject_share = share if share >= 0 else None


def new_batch(plant: DemoPlant, line: float, number: float) -> None:
    """A good batch of paste is opened at the line: PASTE-LINE and the number."""
    if int(line) not in plant.lines:
        raise RefusedError("range")
    plant.new_batch(int(line), f"PASTE-{int(line)}{int(number)}")


def reset(plant: DemoPlant, line: float, station: float) -> None:
    """Reset the station: RefusedError("state") when there is nothing to reset or the repair still goes on."""
    if not plant.station(int(line), int(station)).reset():
        raise RefusedError("state")


def play(plant: DemoPlant, name: str) -> None:
    """Start a story by its name now."""
    try:
        plant.play.begin(name)
    except UnknownScenarioError:
        raise RefusedError("range") from None


def affected(plant: DemoPlant, name: str) -> list[str]:
    """The units that a story's cause truly touched when it was played last, by their ids; RefusedError without one."""
    truth = next((t for t in reversed(plant.truths) if t.scenario == name), None)
    if truth is None:
        raise RefusedError("range")
    return sorted(plant.affected(truth))


def truths(plant: DemoPlant) -> str:
    """What really went on, as JSON: scenario, cause, place, tag, and its beginning and end in ms since 1970 UTC."""

    def ms(at_s: float) -> int:
        return round((plant.epoch_s + at_s) * 1000.0)

    return json.dumps(
        [
            {
                "scenario": t.scenario, "cause": t.named, "place": t.place, "tag": t.tag, "start_ms": ms(t.start_s),
                "end_ms": None if t.end_s is None else ms(t.end_s),
            }
            for t in plant.truths
        ]
    )  # fmt: skip


METHODS: dict[str, tuple[Callable[..., None], tuple[str, ...]]] = {
    "Fail": (fail, ("line", "station", "seconds")),
    "Drift": (drift, ("line", "station", "degreesPerMinute")),
    "BadSensor": (bad_sensor, ("line", "station", "on")),
    "Freeze": (freeze, ("seconds",)),
    "Rejects": (rejects, ("line", "station", "share")),
    "NewBatch": (new_batch, ("line", "number")),
}
"""Methods below Engineering with the names of their arguments, all Double (Play apart, whose name is a String)."""
