"""The axes of a trend: values of the chosen pen in its unit, local time in round steps."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

import pyqtgraph as pg

from ui.theme.look import look
from ui.widgets.figures import number
from ui.widgets.trendpen import YScale

_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800)


class ValueAxis(pg.AxisItem):
    """Shows the chosen pen's values although the plot itself runs from 0 to 1."""

    def __init__(self) -> None:
        super().__init__("left")
        self.scale_: YScale | None = None
        self.words: dict[int, str] = {}

    def set_scale(self, scale: YScale | None, words: dict[int, str] | None = None) -> None:
        """Show the values of this scale; words name the values of an enumeration."""
        if (scale, words or {}) != (self.scale_, self.words):
            self.scale_, self.words = scale, words or {}
            self.picture = None
            self.update()

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        scale = self.scale_
        if scale is None:
            return []
        bottom, top = scale.value(low), scale.value(high)
        step = nice_step(top - bottom, max(2, int(size / 48)))
        if self.words:
            step = max(1.0, step)
        first = math.ceil(bottom / step - 1e-9)
        values = [(first + i) * step for i in range(int((top - first * step) / step + 1e-9) + 1)]
        return [(step / (scale.high - scale.low), [float(scale.share(v)) for v in values])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        if self.scale_ is None:
            return []
        step = spacing * (self.scale_.high - self.scale_.low)
        digits = max(0, -math.floor(math.log10(step) + 1e-9)) if step > 0 else 0
        shown = [self.scale_.value(v) for v in values]
        if self.words:
            return [self.words.get(round(v), "") for v in shown]
        return [number(v, min(6, digits)) for v in shown]


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


def plain(axis: Any) -> None:
    """Ticks inside, no label, calm."""
    axis.setStyle(tickLength=-4, autoExpandTextSpace=False, hideOverlappingLabels=True)
