"""A past for the plant: hours with their ordinary stops, played fast and put on file, up to the moment it goes live."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from plugins.demo_plant import points
from plugins.demo_plant.layout import LINES
from plugins.demo_plant.orders import SHIFT_S, shift_at

if TYPE_CHECKING:
    from plugins.demo_plant.sim import DemoPlant

LONGEST_S = float(SHIFT_S)
WHOLE_SHIFT_S = 4 * 3600.0
"""A past of this length or more reaches back to the beginning of the shift, where that is farther."""
PART_S = 1800.0
"""So much of the past goes into one file: the station reads one while the next is made."""
PACES = ((300.0, 0.25, 0.5), (3600.0, 1.0, 2.0), (LONGEST_S, 2.0, 4.0))
"""So many seconds before its end the past is played in such steps and told as often: the last minutes are as fine as
the live plant, so that nobody sees where one ends and the other begins; hours ago is only seen from afar."""
LEAD_S = 1.0
"""The past reaches so far ahead of its making; the station needs the time to put the last of it on record."""
WARM_S, CALM_S = 90.0, 300.0
"""No long stop right after the beginning, and none whose effect is still to be seen when the stories begin."""
BREATH_S = 150.0
"""Between two long stops of a line it runs for at least so long."""
EXPLAINED = 0.67
"""The share of long stops that somebody gave a reason."""


@dataclass(frozen=True, slots=True)
class Cause:
    """A way in which a station stands for longer than a moment."""

    order: int
    code: int
    least_s: float
    most_s: float
    weight: float
    reason: str
    """What the people at the line would choose from the reason tree."""
    aborts: bool = False


ORDINARY = (
    Cause(1, 11, 50, 90, 1.0, "cleaning"), Cause(1, 12, 60, 150, 1.2, "paste"), Cause(2, 21, 60, 180, 2.5, "feeder"),
    Cause(2, 22, 45, 120, 1.2, "head"), Cause(3, 31, 60, 140, 1.0, "conveyor"), Cause(4, 42, 45, 90, 0.8, "vision"),
    Cause(5, 51, 50, 120, 1.2, "probe"), Cause(6, 61, 60, 140, 1.0, "packaging"),
    Cause(6, 62, 60, 150, 0.8, "packaging"),
)  # fmt: skip
FAILURES = (
    Cause(2, 29, 200, 330, 1.5, "head", True), Cause(5, 59, 180, 300, 1.0, "probe", True),
    Cause(3, 39, 220, 360, 0.7, "heating", True), Cause(4, 49, 180, 280, 0.8, "vision", True),
    Cause(6, 69, 180, 280, 0.8, "packaging", True),
)  # fmt: skip
ORDINARY_EACH_S = {1: 2500.0, 2: 3300.0, 3: 1900.0}
FAILURE_EACH_S = {1: 9500.0, 2: 13000.0, 3: 7500.0}


@dataclass(frozen=True, slots=True)
class Stop:
    """One long stop: where, when (the plant's seconds), for how long, and the reason given for it or nothing."""

    line: int
    at_s: float
    seconds: float
    cause: Cause
    reason: str

    @property
    def place(self) -> str:
        """The station's id."""
        return f"L{self.line}.S{self.cause.order}"


def reach(now_s: float, asked_s: float) -> float:
    """How long the past is that is made when ``asked_s`` is asked for at a moment (seconds since 1970 UTC)."""
    if asked_s < WHOLE_SHIFT_S:
        return max(asked_s, 0.0)
    return min(max(asked_s, shift_at(now_s).elapsed_s), LONGEST_S)


def stops(seed: int, past_s: float) -> list[Stop]:
    """The long stops of so long a past, by their beginning: some minutes an hour, other ones on each line."""
    return sorted((s for spec in LINES for s in _stops_of(spec.number, seed, past_s)), key=lambda s: s.at_s)


def _stops_of(line: int, seed: int, past_s: float) -> Iterator[Stop]:
    chance = random.Random(f"{seed}/past/{line}")
    # the first failure comes early enough for a past of two hours to have one
    failure_s = FAILURE_EACH_S[line] * chance.uniform(0.25, 0.75)
    ordinary_s = ORDINARY_EACH_S[line] * chance.uniform(0.2, 1.0)
    free_s = WARM_S
    while True:
        fails = failure_s <= ordinary_s
        at = max(free_s, min(failure_s, ordinary_s))
        if fails:
            failure_s += FAILURE_EACH_S[line] * chance.uniform(0.8, 1.3)
        else:
            ordinary_s += ORDINARY_EACH_S[line] * chance.uniform(0.4, 1.6)
        kinds = FAILURES if fails else ORDINARY
        cause = chance.choices(kinds, [c.weight for c in kinds])[0]
        seconds = chance.uniform(cause.least_s, cause.most_s)
        if at + seconds > past_s - CALM_S:
            return
        reason = cause.reason if chance.random() < EXPLAINED else ""
        yield Stop(line, at, seconds, cause, reason)
        free_s = at + seconds + BREATH_S


class Track:
    """Every change of every tag since the last part was taken."""

    def __init__(self, plant: DemoPlant) -> None:
        self._plant = plant
        self._ids = list(points.values(plant))
        self._last: list[object] = [None] * len(self._ids)
        self._clear()

    def _clear(self) -> None:
        self._at: list[int] = []
        self._tag: list[int] = []
        self._value: list[float] = []
        self._text: list[int] = []
        self._texts: dict[str, int] = {}

    def look(self) -> None:
        """Note what changed, at the plant's time now."""
        plant = self._plant
        found: list[object] = list(points.values(plant).values())
        changed = [n for n, (now, was) in enumerate(zip(found, self._last, strict=True)) if now != was]
        self._at += [at_ms(plant, plant.now_s)] * len(changed)
        self._tag += changed
        for n in changed:
            value = found[n]
            if isinstance(value, int | float):
                self._value.append(float(value))
                self._text.append(-1)
            else:
                self._value.append(float("nan"))
                self._text.append(self._texts.setdefault(_words(value), len(self._texts)))
        self._last = found

    def write(self, file: Path, told: list[Stop]) -> None:
        """Put what gathered into a file of plain arrays, with the stops of that time; OSError where it cannot be."""
        np.savez(
            file,
            ids=np.array(self._ids), at_ms=np.array(self._at, np.int64), tag=np.array(self._tag, np.int32),
            value=np.array(self._value, np.float64), text=np.array(self._text, np.int32),
            texts=np.array(list(self._texts), np.str_), until_ms=np.int64(at_ms(self._plant, self._plant.now_s)),
            stop_place=np.array([s.place for s in told], np.str_),
            stop_ms=np.array([at_ms(self._plant, s.at_s) for s in told], np.int64),
            stop_reason=np.array([s.reason for s in told], np.str_),
        )  # fmt: skip
        self._clear()


def at_ms(plant: DemoPlant, plant_s: float) -> int:
    """The source time of a moment of the plant, in whole ms since 1970 UTC."""
    return round((plant.epoch_s + plant_s) * 1000.0)


def _words(value: object) -> str:
    """A text, or a time as the OPC UA driver tells it."""
    return f"{value:%Y-%m-%dT%H:%M:%S}.{value.microsecond * 10:07d}Z" if isinstance(value, datetime) else str(value)


def _pace(left_s: float) -> tuple[float, float]:
    """Seconds of a step and from one look to the next, so long before the end of the past."""
    return next((step, look) for within, step, look in PACES if left_s <= within)


def play(
    plant: DemoPlant,
    past_s: float,
    folder: Path | None,
    clock: Callable[[], float],
    wrote: Callable[[Path, bool], None],
) -> float:
    """Play ``past_s`` seconds with their stops, and on to LEAD_S ahead of the clock; returns the moment reached.

    clock gives seconds since 1970 UTC, as does the result. Without a folder nothing is put on file; else ``wrote``
    hears of each part in its order and whether it is the last. OSError when a part cannot be written.
    """
    coming = stops(plant.seed, past_s)
    told: list[Stop] = []
    track = Track(plant) if folder is not None else None
    number = 0

    def write(last: bool) -> None:
        nonlocal number
        if track is None or folder is None:
            return
        number += 1
        file = folder / f"past-{number:02d}.npz"
        track.write(file, told)
        told.clear()
        wrote(file, last)

    def advance(look_s: float) -> None:
        end_s = plant.now_s + look_s
        while plant.now_s < end_s:
            while coming and coming[0].at_s <= plant.now_s:
                stop = coming.pop(0)
                plant.station(stop.line, stop.cause.order).fail(stop.cause.code, stop.seconds, aborts=stop.cause.aborts)
                told.append(stop)
            plant.step(plant.step_s)
        if track is not None:
            track.look()

    if track is not None:
        track.look()
    told_to_s, paced = 0.0, (0.0, 0.0)
    while plant.now_s < past_s or plant.epoch_s + plant.now_s < clock() + LEAD_S:
        pace = _pace(past_s - plant.now_s)
        if pace != paced:
            plant.stride(*pace)
        if plant.now_s - told_to_s >= PART_S or (pace == _pace(0.0) != paced and plant.now_s > 0.0):
            write(last=False)
            told_to_s = plant.now_s
        paced = pace
        advance(pace[1])
    plant.stride()
    write(last=True)
    return plant.epoch_s + plant.now_s
