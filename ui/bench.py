"""The window measured: frames, change to screen, a screen with many values; started by `linekeeper bench`."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QGridLayout, QWidget

from hmi.desk.client import DeskClient
from hmi.model.text import Lang
from ui.app import make_application, open_shell
from ui.bridge.desk import Desk
from ui.shell.guard import leave
from ui.shell.layoutfile import Layout
from ui.theme.look import look
from ui.widgets.label import ValueLabel

VALUES = 1000
COLUMNS = 20
WARM_UP_MS = 1500


class ManyValues(QWidget):
    """A screen of nothing but values: more than any screen of the station shows."""

    def __init__(self, desk: Desk, count: int) -> None:
        super().__init__()
        self.setAccessibleName("values")
        tags = desk.plant.tags[:count] if desk.plant is not None else ()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        for i, tag in enumerate(tags):
            label = ValueLabel(tag)
            label.bind(desk)
            grid.addWidget(label, i // COLUMNS, i % COLUMNS)


class _Painted(QObject):
    """Sees when the last label of a screen was painted."""

    def __init__(self, screen: ManyValues) -> None:
        super().__init__(screen)
        labels = screen.findChildren(ValueLabel)
        self.whole = not labels
        if labels:
            labels[-1].installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let everything pass."""
        self.whole = self.whole or event.type() is QEvent.Type.Paint
        return False


def main(argv: Sequence[str] | None = None) -> int:
    """``--data DIR --seconds N`` measures frames; ``--start-only`` paints the shell once and tells its memory."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, default=None)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--start-only", action="store_true")
    given = parser.parse_args(argv)
    app = make_application(Lang.EN, "light")
    if given.start_only:
        return _start(app)
    sys.stdout.write(json.dumps(_frames(app, given.data, given.seconds)) + "\n")
    return 0


def _start(app: QApplication) -> int:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder), DeskClient)
        shell = open_shell(desk, Layout())
        shell.resize(1920, 1080)
        shell.show()
        desk.start(shell)
        app.processEvents()
        shell.grab()
        desk.stop()
    sys.stdout.write(f"{psutil.Process().memory_info().rss / 1e6:.1f}\n")
    return 0


def _frames(app: QApplication, data: Path, seconds: float) -> dict[str, Any]:
    desk = Desk(data, DeskClient)
    window = QWidget()
    window.resize(1920, 1080)
    window.show()
    desk.start(window)
    app.processEvents()
    look().say("statebar.none")  # the window around a screen has read its words long before
    began = time.perf_counter()
    values = ManyValues(desk, VALUES)
    values.setParent(window)
    values.resize(1920, 1080)
    painted = _Painted(values)
    values.show()
    while not painted.whole:  # the newest label is the last to be painted
        app.processEvents()
    opened = 1e3 * (time.perf_counter() - began)
    latencies: list[float] = []

    def on_frame(rows: Any) -> None:
        if len(rows):
            newest = desk.tags.reading_of_row(int(rows[-1])).source_ns
            latencies.append((time.time_ns() - newest) / 1e6)

    def measure() -> None:
        desk.times.clear()
        desk.frame.connect(on_frame)
        QTimer.singleShot(int(1000 * seconds), app.quit)

    QTimer.singleShot(WARM_UP_MS, measure)
    app.exec()
    report = desk.times.report()
    desk.stop()
    return {
        "open_ms": round(opened, 1),
        "frames": report.frames,
        "frame_p50_ms": round(report.interval_p50, 2),
        "frame_p99_ms": round(report.interval_p99, 2),
        "frame_max_ms": round(report.interval_max, 2),
        "tick_p99_ms": round(report.tick_p99, 2),
        "latency_p99_ms": round(float(np.percentile(latencies, 99)), 2) if latencies else 0.0,
    }


if __name__ == "__main__":
    leave(main())
