"""The axes of a trend: values of the chosen pen in its unit, local time in round steps."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pyqtgraph as pg

from hmi.model.units import unit_words
from ui.theme.look import look
from ui.widgets.figures import number
from ui.widgets.trendlanes import Lane

_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800)

HALF_LINE_PX = 9
"""So far may the words of a value reach over the end of its axis."""


class ValueAxis(pg.AxisItem):
    """Shows values although the plot itself runs from 0 to 1: those of one lane, or of several above each other."""

    def __init__(self, side: str = "left", *, units: bool = False) -> None:
        """units: write the unit beside the topmost value of each lane."""
        super().__init__(side)
        self.lanes: list[Lane] = []
        self._units = units
        self._step: dict[int, float] = {}

    def set_lanes(self, lanes: Sequence[Lane]) -> None:
        """Show the values of these lanes; none leaves the axis bare."""
        if list(lanes) != self.lanes:
            self.lanes = list(lanes)
            self.picture = None
            self.update()

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        places: list[float] = []
        for index, lane in enumerate(self.lanes):
            room = lane.head - lane.foot
            few = 1 if len(self.lanes) > 1 else 2
            step = nice_step(lane.scale.high - lane.scale.low, max(few, int(size * room / (48 if few == 2 else 30))))
            if lane.words:
                step = max(1.0, step)
            else:
                while lane.scale.low // step == lane.scale.high // step and step > 1e-12:
                    step /= 2  # no round value lies within: a lane never stands without one
            self._step[index] = step
            first = math.ceil(lane.scale.low / step - 1e-9)
            count = int((lane.scale.high - first * step) / step + 1e-9) + 1
            places += [float(lane.share((first + i) * step)) for i in range(max(0, count))]
        return [(1.0, places)] if places else []

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        said: list[str] = []
        for value in values:
            index = next((i for i, x in enumerate(self.lanes) if x.foot - 1e-9 <= value <= x.head + 1e-9), None)
            said.append("" if index is None else self._word(index, value))
        if self._units:
            for lane in self.lanes:
                inside = [i for i, v in enumerate(values) if lane.foot - 1e-9 <= v <= lane.head + 1e-9]
                if inside and lane.unit:
                    said[inside[-1]] += f" {look().text(unit_words(lane.unit))}"
        return said

    def _word(self, index: int, place: float) -> str:
        lane, step = self.lanes[index], self._step.get(index, 1.0)
        value = lane.value(place)
        if lane.words:
            return lane.words.get(round(value), "")
        return number(value, digits_for(step))


class TimeAxis(pg.AxisItem):
    """Local time of the plant, in steps of round seconds, minutes, hours or days."""

    def __init__(self) -> None:
        super().__init__("bottom")

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        length = high - low
        if not math.isfinite(length) or length <= 0:
            return []
        most = max(2, int(size / 110))
        step = next((s for s in _STEPS_S if length / s <= most), _STEPS_S[-1])
        offset = datetime.fromtimestamp(low, UTC).astimezone(look().zone).utcoffset()
        shift = 0.0 if offset is None else offset.total_seconds()
        first = math.ceil((low + shift) / step) * step - shift
        return [(float(step), [first + i * step for i in range(int((high - first) // step) + 1)])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        form = "%H:%M:%S" if spacing < 60 else "%H:%M" if spacing < 43_200 else "%m-%d %H:%M"
        zone = look().zone
        return [datetime.fromtimestamp(v, UTC).astimezone(zone).strftime(form) for v in values]


def nice_step(length: float, most: int) -> float:
    """The smallest of 1, 2, 2.5, 5 times a power of ten that cuts a length into at most ``most`` parts."""
    raw = length / most
    if not math.isfinite(raw) or raw <= 0:
        return 1.0
    power: float = 10.0 ** math.floor(math.log10(raw))
    return next(m * power for m in (1.0, 2.0, 2.5, 5.0, 10.0) if m * power >= raw * (1 - 1e-9))


def digits_for(step: float) -> int:
    """Decimals that tell the multiples of a step apart: none for 20, one for 2.5, two for 0.25."""
    return next((d for d in range(6) if abs(step * 10**d - round(step * 10**d)) < 1e-6 * step * 10**d), 6)


def plain(axis: Any) -> None:
    """Ticks inside, no label, calm. A value at the very top keeps its words, for the unit stands with them."""
    over = HALF_LINE_PX if isinstance(axis, ValueAxis) else True
    axis.setStyle(tickLength=-4, autoExpandTextSpace=False, hideOverlappingLabels=over)
