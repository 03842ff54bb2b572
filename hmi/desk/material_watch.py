"""Watching a reroute: units that leave on the planned lanes, and the failed station that runs again. Rules only."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

from hmi.model.flow import Lane
from hmi.model.genealogy import UnitPass
from hmi.model.machine import MachineState, TimeClass, Waiting, time_class
from hmi.model.reading import Value

RUNS_NS = 20_000_000_000
"""How long the failed station must run before the way back is proposed."""
_UNDER_WAY = 2_000
_STANDS = (TimeClass.DOWN, TimeClass.UNKNOWN, TimeClass.PLANNED)


@dataclass(slots=True)
class LaneCount:
    """Units on one lane, counted in two ways: by their ids, and where a plant renames its units by counters."""

    lane: Lane
    by_id: int = 0
    by_counter: int = 0
    _left: OrderedDict[str, None] = field(default_factory=OrderedDict)
    _good: int | None = None
    _buffer: int | None = None

    @property
    def units(self) -> int:
        """Units that took it."""
        return max(self.by_id, self.by_counter)

    def on_pass(self, p: UnitPass) -> bool:
        """A unit left a station; True when that shows that it took the lane."""
        if not p.unit:
            return False
        if p.station == self.lane.from_station:
            self._left[p.unit] = None
            if len(self._left) > _UNDER_WAY:
                self._left.popitem(last=False)
        elif p.station == self.lane.to_station and p.unit in self._left:
            del self._left[p.unit]
            self.by_id += 1
            return True
        return False

    def on_counters(self, active: bool, good: Value, buffer: Value) -> bool:
        """The station's good counter and the buffer of the next one on its own line, as they are now.

        While the controller reports the route and that buffer does not rise, what the station finishes took the lane.
        """
        now = int(good) if isinstance(good, int | float) and not isinstance(good, bool) else None
        level = int(buffer) if isinstance(buffer, int | float) and not isinstance(buffer, bool) else None
        made = now - self._good if now is not None and self._good is not None else 0
        rose = level is not None and self._buffer is not None and level > self._buffer
        self._good, self._buffer = now, level
        if not active or made <= 0 or rose:
            return False
        self.by_counter += made
        return True


@dataclass(slots=True)
class Repaired:
    """Whether a station runs again for good: a station that nobody feeds waits, and is no less repaired for it."""

    since_ns: int = 0

    def take(self, state: MachineState, waiting: Waiting, now_ns: int) -> bool:
        """True once it has run, or could have, for long enough."""
        if time_class(state, waiting) in _STANDS:
            self.since_ns = 0
            return False
        self.since_ns = self.since_ns or now_ns
        return now_ns - self.since_ns >= RUNS_NS


def confirmed(counts: list[LaneCount]) -> bool:
    """Whether units were seen on every planned lane."""
    return bool(counts) and all(count.units > 0 for count in counts)
