"""What the station knows of each machine and line right now: the last words of their role tags, and their timelines."""

from __future__ import annotations

from collections import deque

from hmi.model.machine import MachineState, StateSpan, TimeClass, Waiting
from hmi.model.plant import Line, Plant, StateRule, Station
from hmi.model.quality import BAD_WAITING_FOR_INITIAL_DATA, Quality, quality_of
from hmi.model.reading import Value
from hmi.plant.context import LineContext
from hmi.plant.production import MINUTE, Counter
from hmi.plant.states import SECOND, Buffers, StateTracker, waiting_of
from hmi.plant.stops import StationView

RATE_NS = 5 * MINUTE
"""A rate from counts looks this far back."""
RATE_AT_LEAST_NS = MINUTE
"""No rate from counts before this much was watched."""
STILL_RUNS_NS = 15 * SECOND
"""A line whose last station waits still runs while units left it this recently (or within three ideal cycles)."""
HISTORY_MINUTES = 60


class StationWatch:
    """One station: state, buffer, counters."""

    def __init__(self, plant: Plant, station: Station, has_next: bool) -> None:
        self.station, self.has_next = station, has_next
        self.rule: StateRule | None = None
        self.level: int | None = None
        self.following: StationWatch | None = None
        self.told = plant.tag.get(station.roles.get("state", "")) is not None
        self.tracker = StateTracker(StateSpan(station.id, MachineState.UNKNOWN, Waiting.NONE, 0, None))
        self.counters = {
            role: Counter(plant.tag[tag].type, station.ideal_cycle_s)
            for role in ("good", "reject")
            if (tag := station.roles.get(role, "")) in plant.tag
        }
        self.count_status = BAD_WAITING_FOR_INITIAL_DATA
        self.odd_values: set[str] = set()

    @property
    def state(self) -> MachineState:
        """The state the station says it is in; UNKNOWN while it says nothing believable."""
        return self.rule.state if self.rule is not None else MachineState.UNKNOWN

    def waiting(self) -> Waiting:
        """Why it waits, by its state map and the buffers around it."""
        if self.rule is None:
            return Waiting.NONE
        behind = self.following
        buffers = Buffers(
            self.level,
            behind.level if behind else None,
            behind.station.buffer_capacity if behind else None,
            self.has_next,
        )
        return waiting_of(self.rule, self.tracker.live.waiting, buffers)

    def view(self) -> StationView:
        """What the walk along the line sees of it."""
        live = self.tracker.live
        return StationView(
            self.station.id, live.state, live.waiting, live.counts_as, live.start_ns, self.told, self.level,
            self.station.buffer_capacity, live.cause,
        )  # fmt: skip


class LineWatch:
    """One line: its stations, context, what leaves it."""

    def __init__(self, plant: Plant, line: Line) -> None:
        self.line = line
        described = plant.stations_of(line.id)
        self.stations = [StationWatch(plant, s, s is not described[-1]) for s in described]
        for one, after in zip(self.stations, self.stations[1:], strict=False):
            one.following = after
        self.tracker = StateTracker(StateSpan(line.id, MachineState.UNKNOWN, Waiting.NONE, 0, None))
        self.context = LineContext(line)
        self.figures: dict[str, tuple[Value, int]] = {}
        """Value and status of the roles rate, plan, made."""
        self.moved_ns = 0
        self.counted_since_ns: int | None = None
        self.minutes: dict[int, list[int]] = {}
        """Good units out and rejects anywhere on the line, by minute, of the last hour."""
        self.rates: deque[float | None] = deque([None] * HISTORY_MINUTES, maxlen=HISTORY_MINUTES)
        self._out: deque[tuple[int, int]] = deque()
        self._sampled: list[float] = []
        slowest = max((s.ideal_cycle_s or 0.0 for s in described), default=0.0)
        self._still_runs_ns = max(STILL_RUNS_NS, round(3e9 * slowest))

    def counted(self, watch: StationWatch, at_ns: int, good: int, reject: int) -> None:
        """Take units that a station of the line made."""
        last = watch is self.stations[-1]
        minute = self.minutes.setdefault(at_ns // MINUTE * MINUTE, [0, 0])
        minute[0] += good if last else 0
        minute[1] += reject
        if last:
            self.moved_ns = max(self.moved_ns, at_ns)
            if good:
                self._out.append((at_ns, good))

    def moving(self, now_ns: int) -> bool:
        """Whether units left the line within the last moments."""
        return now_ns - self.moved_ns <= self._still_runs_ns

    def rate(self, now_ns: int) -> tuple[float | None, Quality]:
        """Units per hour: as the role tag says, else from the good units of the last five minutes; and its quality."""
        value, status = self.figures.get("rate", (None, None))
        if status is not None and quality_of(status) is Quality.GOOD and isinstance(value, (int, float)):
            return float(value), Quality.GOOD
        if not self.stations or "good" not in self.stations[-1].counters:
            return None, Quality.BAD if status is None else quality_of(status)
        quality = quality_of(self.stations[-1].count_status)
        if quality is not Quality.GOOD or self.counted_since_ns is None:
            return None, quality if quality is not Quality.GOOD else Quality.BAD
        while self._out and self._out[0][0] <= now_ns - RATE_NS:
            self._out.popleft()
        watched = min(RATE_NS, now_ns - self.counted_since_ns)
        if watched < RATE_AT_LEAST_NS:
            return None, Quality.UNCERTAIN
        return sum(n for _, n in self._out) * 3.6e12 / watched, Quality.GOOD

    def whole(self, role: str) -> int | None:
        """A whole number that a role of the line tells (plan, made); None while in doubt."""
        value, status = self.figures.get(role, (None, None))
        if status is None or quality_of(status) is not Quality.GOOD or not isinstance(value, (int, float)):
            return None
        return round(value)

    def sample(self, now_ns: int) -> None:
        """Look at the rate once, for the mean of its minute."""
        rate = self.rate(now_ns)[0]
        if rate is not None:
            self._sampled.append(rate)

    def turn_minute(self, now_ns: int, minutes: int) -> None:
        """Close this many minutes of the last hour's rates; of several only the first was watched."""
        self.rates.append(sum(self._sampled) / len(self._sampled) if self._sampled else None)
        self._sampled.clear()
        for _ in range(min(minutes, HISTORY_MINUTES) - 1):
            self.rates.append(None)
        for minute in [m for m in self.minutes if m < now_ns - HISTORY_MINUTES * MINUTE]:
            del self.minutes[minute]

    def recall(self, now_ns: int, minutes: dict[int, list[int]], spans: list[StateSpan]) -> None:
        """Take the last hour from the record: units by minute, and when the line was watched at all."""
        self.minutes = minutes
        first = now_ns // MINUTE * MINUTE - HISTORY_MINUTES * MINUTE
        for at in range(first, first + HISTORY_MINUTES * MINUTE, MINUTE):
            seen = any(
                s.start_ns <= at and (s.end_ns is None or s.end_ns >= at) and s.counts_as is not TimeClass.UNKNOWN
                for s in spans
            )
            last_five = (minutes.get(at - i * MINUTE, (0, 0))[0] for i in range(5))
            self.rates.append(12.0 * sum(last_five) if seen else None)
