"""The inbox without a card: what is watched, and what still has to be learned before it is."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from hmi.desk.decision_rows import Inbox
from hmi.model.text import Text
from hmi.model.words import say
from ui.theme.typeface import Size
from ui.widgets.dialog import Remark
from ui.widgets.factsheet import Cell, FactSheet, SheetColumn, SheetRow
from ui.widgets.label import Caption
from ui.widgets.panel import Panel

DETECTORS = ("signals", "rejects", "failures")


class EmptyPart(Panel):
    """Calm: nothing to decide is the normal state, and one can see why it may be believed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(None, parent, margin=24)
        self.title = Caption(say("decisions.empty"), self, size=Size.LARGE, bold=True, wrap=True)
        self.why = Caption(say("decisions.asking"), self, tone="second", wrap=True)
        nothing = Text.same("")
        columns = [SheetColumn(nothing, 0.3, least=160), SheetColumn(nothing, 0.7)]
        self.watch = FactSheet(columns, self, name=say("decisions.watch.title"), head=False)
        self.watch.set_rows([
            SheetRow((Cell(say(f"decisions.watch.{key}"), bold=True), Cell(say(f"decisions.watch.{key}_is"))))
            for key in DETECTORS
        ])  # fmt: skip
        self.learning_title = Caption(say("decisions.learning"), self, bold=True)
        self.learning = Remark(self, bold=False)
        for part in (self.title, self.why, Caption(say("decisions.watch.title"), self, bold=True), self.watch,
                     self.learning_title, self.learning):  # fmt: skip
            self.add(part)
        self.body.addStretch(1)
        self.heard = False

    def show_inbox(self, inbox: Inbox) -> None:
        """Show what the detectors wait for."""
        self.heard = True
        self.why.set_text(say("decisions.empty_why"))
        told = inbox.learning or [say("decisions.all_watch")]
        self.learning.set_text(Text("\n".join(x.en for x in told), "\n".join(x.ko for x in told)))

    def show_refused(self, why: Text) -> None:
        """The engine cannot say what waits."""
        self.heard = True
        self.why.set_text(why)
        self.learning.set_text(say("decisions.not_known_learning"))
