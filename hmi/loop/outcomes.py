"""Good or reject, unit by unit, at every station: from its camera's verdicts, else from its counters.

A counted unit takes its lot, order and material batch from the unit that passed the station at that moment, else from
what the line says it makes.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from hmi.loop.reject_run import Made, RejectChart
from hmi.model.camera import Subject
from hmi.model.genealogy import UnitPass
from hmi.model.inspection import Verdict
from hmi.model.plant import Plant, Station
from hmi.model.reading import Reading

_NEAR_NS = 1_500_000_000
_JUMP = 50
"""More units than this in one reading are a controller that came back, not units made just now."""
_REMEMBERED = 5_000
FIELDS = ("batch", "lot", "order", "product", "operator", "via")
"""Context that rejects may go with."""
_LINE_ROLES = ("lot", "order", "product", "material_batch", "operator")


@dataclass(slots=True)
class _Counter:
    station: str
    good: bool
    last: float | None = None


@dataclass(slots=True)
class Outcomes:
    """Charts of all stations whose outcomes are known, fed by whoever hears of them."""

    plant: Plant
    reading: Callable[[str], Reading]
    charts: dict[str, RejectChart] = field(default_factory=dict)
    _counters: dict[int, _Counter] = field(default_factory=dict)
    _rows: npt.NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, np.bool_))
    _cameras: dict[str, str] = field(default_factory=dict)
    _waiting: list[tuple[str, int, bool]] = field(default_factory=list)
    _passes: dict[str, deque[UnitPass]] = field(default_factory=dict)
    _came: OrderedDict[str, str] = field(default_factory=OrderedDict)

    def __post_init__(self) -> None:
        self._cameras = {c.id: c.station for c in self.plant.cameras}
        self._rows = np.zeros(len(self.plant.tags) + 1, np.bool_)
        seen = set(self._cameras.values())
        for station in self.plant.stations:
            good, reject = (self.plant.row.get(station.roles.get(role, "")) for role in ("good", "reject"))
            if station.id in seen:
                self.charts[station.id] = RejectChart()
            elif good is not None and reject is not None:
                self.charts[station.id] = RejectChart()
                self._counters[good] = _Counter(station.id, good=True)
                self._counters[reject] = _Counter(station.id, good=False)
                self._rows[[good, reject]] = True

    def counted(self, station: Station) -> tuple[str, str] | None:
        """The good and reject counter of a station that is judged by them."""
        if station.id not in self.charts or station.id in self._cameras.values():
            return None
        return station.roles["good"], station.roles["reject"]

    def on_batch(self, batch: Any, now_ns: int) -> None:
        """Hear readings (hmi.plant.port.Batch): counters that moved are units made."""
        found = np.flatnonzero(self._rows.take(batch.rows, mode="clip"))
        for at in found.tolist():
            counter, value = self._counters[int(batch.rows[at])], float(batch.values[at])
            if int(batch.status[at]) >> 30 or value != value:
                continue
            more = 0 if counter.last is None else value - counter.last
            counter.last = value
            if 0 < more <= _JUMP:
                at_ns = int(batch.source_ns[at]) or now_ns
                self._waiting += [(counter.station, at_ns, counter.good)] * int(more)

    def on_inspection(self, row: Any) -> tuple[str, bool] | None:
        """Hear a verdict (hmi.desk.vision_rows.InspectionRow); gives the station and whether a run began or ended."""
        subject: Subject = row.subject
        station = subject.station or self._cameras.get(row.camera, "")
        chart = self.charts.get(station)
        if chart is None or row.verdict is Verdict.UNDECIDED:
            return None
        made = Made(
            row.at_ns, row.verdict is Verdict.PASS, subject.unit, subject.lot, subject.order, subject.product,
            subject.material_batch, subject.operator, self._via(subject.unit, station), row.number,
        )  # fmt: skip
        return self._take(station, chart, made)

    def on_pass(self, found: UnitPass) -> None:
        """Hear of a unit that left a station."""
        self._passes.setdefault(found.station, deque(maxlen=60)).append(found)
        if found.unit not in self._came:
            self._came[found.unit] = found.line
            if len(self._came) > _REMEMBERED:
                self._came.popitem(last=False)

    def settle(self, now_ns: int) -> list[tuple[str, bool]]:
        """Give the counted units their context, a moment after they were counted; gives runs that began or ended."""
        turned = []
        ripe = [w for w in self._waiting if now_ns - w[1] >= _NEAR_NS // 3 or w[1] > now_ns]
        self._waiting = [w for w in self._waiting if w not in ripe]
        for station, at_ns, good in sorted(ripe, key=lambda w: w[1]):
            found = self._take(station, self.charts[station], self._made(station, at_ns, good))
            if found is not None:
                turned.append(found)
        return turned

    @staticmethod
    def _take(station: str, chart: RejectChart, made: Made) -> tuple[str, bool] | None:
        turned = chart.take(made)
        return None if turned is None else (station, turned)

    def _made(self, station: str, at_ns: int, good: bool) -> Made:
        near = [p for p in self._passes.get(station, ()) if abs(p.at_ns - at_ns) <= _NEAR_NS]
        if near:
            p = min(near, key=lambda p: abs(p.at_ns - at_ns))
            if p.batch or p.lot:
                via = self._via(p.unit, station)
                return Made(at_ns, good, p.unit, p.lot, p.order, p.product, p.batch, p.operator, via)
        line = self.plant.line[self.plant.station[station].line]
        lot, order, product, batch, operator = (self._word(line.roles.get(role, "")) for role in _LINE_ROLES)
        return Made(at_ns, good, near[0].unit if near else "", lot, order, product, batch, operator)

    def _via(self, unit: str, station: str) -> str:
        first = self._came.get(unit, "")
        return first if first and first != self.plant.station[station].line else ""

    def _word(self, tag: str) -> str:
        value = self.reading(tag).value if tag in self.plant.tag else None
        return "" if value is None else str(value)
