"""Moving the window of a trend: along, nearer, farther, to a length; at its end it follows the present."""

from __future__ import annotations

import time

from ui.widgets.trend import TrendPlot


class Moving:
    """What the bar above the trend does to its window."""

    def __init__(self, plot: TrendPlot) -> None:
        self._plot = plot

    def to_length(self, minutes: float) -> None:
        """Show so many minutes up to where it ends now."""
        plot = self._plot
        if plot.following:
            plot.follow(minutes)
        else:
            _, end = plot.window_ns
            plot.set_window(end - round(minutes * 60e9), end)

    def along(self, share: float) -> None:
        """By a share of its length; what would be in the future follows the present."""
        start, end = self._plot.window_ns
        step = round((end - start) * share)
        if end + step >= time.time_ns():
            self._plot.follow()
        else:
            self._plot.set_window(start + step, end + step)

    def zoom(self, factor: float) -> None:
        """To another length around the cursor, else around the middle."""
        plot = self._plot
        start, end = plot.window_ns
        length = (end - start) * factor
        if plot.following:
            plot.follow(length / 60e9)
            return
        middle = plot.cursor_ns or (start + end) // 2
        share = (end - middle) / (end - start)
        last = min(time.time_ns(), middle + round(length * share))
        plot.set_window(last - round(length), last)

    def to_present(self) -> None:
        """Follow the present, without a cursor."""
        self._plot.set_cursor(None)
        self._plot.follow()
