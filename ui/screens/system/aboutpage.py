"""What this is, which version runs, on which plant file, under which licences."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QWidget

from hmi.desk.rows import Hello
from hmi.model.text import Text
from hmi.model.words import say
from ui.bridge.desk import Desk
from ui.theme.look import look
from ui.widgets.figures import NONE, day_time_text
from ui.widgets.panel import GAP, Ground, KeyValue, Panel

DISTRIBUTION = "linekeeper"
TAB_PX = 280


def notice() -> str | None:
    """The third-party notices of this installation: beside the code, or in the installed package's record."""
    beside = Path(__file__).resolve().parents[3] / "NOTICE"
    if beside.is_file():
        return beside.read_text(encoding="utf-8")
    try:
        for file in metadata.files(DISTRIBUTION) or ():
            if file.name == "NOTICE":
                return file.read_text(encoding="utf-8")
    except (metadata.PackageNotFoundError, OSError):
        return None
    return None


class AboutPage(Ground):
    """Asked once a visit."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hello: Hello | None = None
        self.plate = Panel(Text.same("Linekeeper"), self)
        self.facts = KeyValue(name=say("system.about"), key_px=140)
        self.plate.add(self.facts)
        self.plate.body.addStretch(1)
        self.legal = Panel(say("system.licences"), self)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName(look().say("system.licences"))
        self.text.setTabChangesFocus(True)
        self.legal.add(self.text, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        row.addWidget(self.plate, 38)
        row.addWidget(self.legal, 62)
        desk.keep_asking(self, "hello", 5.0, self._took)
        self._read()
        self._show()

    def _read(self) -> None:
        self.text.setTabStopDistance(TAB_PX)
        self.text.setPlainText(re.sub(r" {2,}", "\t", notice() or look().say("system.no_notice")))

    def _took(self, hello: Hello) -> None:
        self._hello = hello
        self._show()

    def _show(self) -> None:
        h, zone = self._hello, look().zone
        kind = NONE if h is None else say("system.plant_demo" if h.demo else "system.plant_real")
        self.facts.set_rows([
            (say("system.what"), say("system.what_says")),
            (say("system.version"), NONE if h is None else h.version),
            (say("system.licence"), "Apache-2.0"),
            (say("system.plant_file"), NONE if h is None else Path(h.plant_file).name),
            (say("system.plant_kind"), kind),
            (say("system.started"), NONE if h is None else day_time_text(h.started_ns, zone)),
        ])  # fmt: skip

    def retell(self) -> None:
        self.text.setAccessibleName(look().say("system.licences"))
        self._read()
        self._show()
