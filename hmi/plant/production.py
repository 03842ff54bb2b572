"""Units made: counters that wrap, restart and jump become units of a minute.

Pure: a counter is judged by its last value, the time in between and what the station can make at most.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from hmi.model.machine import MinuteUnits
from hmi.model.plant import TagType
from hmi.plant.states import SECOND

MINUTE = 60 * SECOND
_FASTER_THAN_IDEAL = 5.0
_UNITS_PER_S = 50.0  # of a station without an ideal cycle: faster than any station that makes single units
_SLACK = 20  # units that a burst may bring at once, whatever the time in between

_MODULUS: Mapping[TagType, tuple[int, ...]] = {
    # a signed counter goes to its negative end or to 0
    TagType.SBYTE: (2**8, 2**7),
    TagType.BYTE: (2**8,),
    TagType.INT16: (2**16, 2**15),
    TagType.UINT16: (2**16,),
    TagType.INT32: (2**32, 2**31),
    TagType.UINT32: (2**32,),
    TagType.INT64: (2**64, 2**63),
    TagType.UINT64: (2**64,),
}


class Step(StrEnum):
    """How a counter went from one reading to the next."""

    FIRST = "FIRST"  # nothing to compare with
    COUNTED = "COUNTED"
    WRAPPED = "WRAPPED"  # went over the end of its type
    RESTARTED = "RESTARTED"  # began again from zero
    SET_BACK = "SET_BACK"  # lower than before, but no restart: not counted
    JUMPED = "JUMPED"  # more than the station can have made: not counted


def plausible_units(elapsed_ns: int, ideal_cycle_s: float | None) -> float:
    """The most units that a station can have made in a time; generous, it is there to catch nonsense."""
    per_s = _FASTER_THAN_IDEAL / ideal_cycle_s if ideal_cycle_s else _UNITS_PER_S
    return _SLACK + max(0, elapsed_ns) / 1e9 * per_s


def units_between(last: int, now: int, tag_type: TagType, most: float) -> tuple[int, Step]:
    """The units from one counter value to the next (never negative) and how it got there; most is the plausible number.

    A drop is the end of the type when that gives a plausible number, else a restart from zero when the new value is
    one, else somebody set the counter back.
    """
    if now >= last:
        return (now - last, Step.COUNTED) if now - last <= most else (0, Step.JUMPED)
    for modulus in _MODULUS.get(tag_type, ()):
        top = modulus // 2 if min(last, now) < 0 else modulus
        if last >= 0.75 * top and (now - last) % modulus <= most:
            return (now - last) % modulus, Step.WRAPPED
    if 0 <= now <= most:
        return now, Step.RESTARTED
    return 0, Step.SET_BACK


class Counter:
    """One counter tag: remembers its last believable value, over link loss too."""

    __slots__ = ("at_ns", "ideal_cycle_s", "last", "tag_type")

    def __init__(self, tag_type: TagType, ideal_cycle_s: float | None) -> None:
        self.tag_type, self.ideal_cycle_s = tag_type, ideal_cycle_s
        self.last: int | None = None
        self.at_ns = 0

    def take(self, value: int, at_ns: int) -> tuple[int, Step]:
        """The units since the last reading, and how the counter got here."""
        last, before = self.last, self.at_ns
        self.last, self.at_ns = value, max(at_ns, before)
        if last is None:
            return 0, Step.FIRST
        return units_between(last, value, self.tag_type, plausible_units(at_ns - before, self.ideal_cycle_s))


@dataclass(slots=True)
class _Units:
    good: int = 0
    reject: int = 0


class MinuteBook:
    """Units not yet saved, by station and minute."""

    def __init__(self) -> None:
        self._units: dict[tuple[str, int], _Units] = {}

    def __bool__(self) -> bool:
        return bool(self._units)

    def add(self, station: str, at_ns: int, good: int, reject: int) -> None:
        """Count units to the minute of the reading that told them."""
        units = self._units.setdefault((station, at_ns // MINUTE * MINUTE), _Units())
        units.good += good
        units.reject += reject

    def take(self) -> list[MinuteUnits]:
        """What came since the last call."""
        made = [MinuteUnits(station, minute, u.good, u.reject) for (station, minute), u in self._units.items()]
        self._units.clear()
        return made
