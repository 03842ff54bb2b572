"""The rows of the pen table, from what is drawn and what is read now."""

from __future__ import annotations

import time
from collections.abc import Mapping

from hmi.model.plant import Plant
from ui.bridge.desk import Desk
from ui.screens.trends import presenter
from ui.screens.trends.doubt import DoubtRecord, seconds_of
from ui.screens.trends.presenter import PenShown
from ui.theme.look import look
from ui.widgets.figures import shown
from ui.widgets.trend import TrendPlot


def pen_rows(desk: Desk, plant: Plant, plot: TrendPlot, doubts: Mapping[str, DoubtRecord]) -> list[PenShown]:
    """A row for each pen: now, at the cursor, least and most of the window, and how long it was not good."""
    (from_ns, to_ns), here, now = plot.window_ns, look(), time.time_ns()
    rows = []
    for index, pen in enumerate(plot.pens):
        live = shown(desk.reading(pen.tag.id), pen.tag, here.lang, now)
        record = doubts.get(pen.tag.id)
        doubt_s = 0.0 if record is None else seconds_of(record.between(from_ns, to_ns))
        at = plot.value_at_cursor(index) if plot.cursor_ns is not None else None
        span = pen.span(from_ns / 1e9, to_ns / 1e9)
        rows.append(presenter.pen_shown(plant, pen.tag, live, at, span, doubt_s, here.lang))
    return rows
