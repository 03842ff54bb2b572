"""A desk on a real tag table with a conversation that answers from a dictionary: screens without an engine."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from hmi.desk.live import PLANT_FILE, TABLE_FILE, revision_of
from hmi.model.plant import Plant, TagType
from hmi.model.text import Text
from hmi.plant.tagtable import BOOLEAN, STRING, TagTableWriter
from ui.bridge.desk import Desk
from ui.widgets.drawn import Drawn
from ui.widgets.label import Caption
from ui.widgets.panel import Rule

UINT32, DOUBLE = 7, 11


class StandIn:
    """The conversation: ``answers[name](**arguments)`` is the answer, a Text is a refusal; ``asked`` is the log."""

    def __init__(self, answers: dict[str, Callable[..., Any]]) -> None:
        self.answers = answers
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.connected = True
        self._ready: list[Callable[[], None]] = []

    def __call__(self, data: Path, on_event: Callable[[dict[str, Any]], None]) -> StandIn:
        return self

    def ask(self, name, on_answer=None, on_refused=None, **arguments) -> None:
        self.asked.append((name, arguments))
        found = self.answers.get(name)
        answer = Text.same(f"no answer to {name}") if found is None else found(**arguments)
        callback = on_refused if isinstance(answer, Text) else on_answer
        if callback is not None:
            self._ready.append(lambda: callback(answer))

    def poll(self) -> int:
        ready, self._ready = self._ready, []
        for run in ready:
            run()
        return len(ready)

    def close(self) -> None:
        self.connected = False


class Plantside:
    """The engine's half: writes readings into the table that the desk reads."""

    def __init__(self, folder: Path, plant: Plant) -> None:
        described = msgspec.json.encode(plant)
        (folder / PLANT_FILE).write_bytes(described)
        self.plant = plant
        self.table = TagTableWriter(folder / TABLE_FILE, len(plant.tags), revision_of(described))

    def say(self, tag: str, value: Any, status: int = 0, age_s: float = 0.1) -> None:
        row = self.plant.row[tag]
        text = isinstance(value, str)
        kind = STRING if text else BOOLEAN if isinstance(value, bool) else DOUBLE
        if kind == DOUBLE and self.plant.tag[tag].type in (TagType.UINT32, TagType.INT32):
            kind = UINT32
        now = time.time_ns()
        self.table.write(
            np.array([row], np.int32), np.array([np.nan if text else float(value)]), np.array([status], np.uint32),
            np.array([now - round(age_s * 1e9)], np.int64), np.array([kind], np.uint8), {0: value} if text else {}, now,
        )  # fmt: skip

    def beat(self) -> None:
        self.table.beat()


class StandInWindow:
    """What a screen may ask of the window; keeps what it was asked."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.went: list[tuple[str, dict[str, str]]] = []
        self.faceplates: list[str | None] = []
        self.told: list[Text] = []

    def go(self, screen: str, **place: str) -> bool:
        self.went.append((screen, place))
        return True

    def open_faceplate(self, station: str) -> None:
        self.faceplates.append(station)

    def close_faceplate(self) -> None:
        self.faceplates.append(None)

    def tell(self, text: Text) -> None:
        self.told.append(text)


def nameless(root: QWidget) -> list[str]:
    """Parts in sight that a screen reader could not tell apart; layout-only areas and Qt's inner parts say nothing."""
    silent = []
    for widget in root.findChildren(QWidget):
        inner = widget.objectName().startswith("qt_") or isinstance(widget.parentWidget(), QAbstractScrollArea)
        speaks = (
            isinstance(widget, Drawn) and not isinstance(widget, Rule)
        ) or widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        empty = isinstance(widget, Caption) and not widget.text()
        if widget.isVisible() and speaks and not inner and not empty and not widget.accessibleName():
            silent.append(f"{type(widget).__name__} in {type(widget.parentWidget()).__name__}")
    return silent
