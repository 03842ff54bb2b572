"""Where the signed export goes; the engine writes it on its own computer."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from hmi.desk.people_rows import ExportRow
from hmi.model.text import Text
from hmi.model.words import say
from ui.bridge.desk import Desk
from ui.widgets.controls import Button
from ui.widgets.dialog import Dialog, Remark
from ui.widgets.label import Caption
from ui.widgets.secret import NamedField


class ExportPlate(Dialog):
    """A folder, or none for one that the engine names."""

    def __init__(self, over: QWidget, desk: Desk, done: Callable[[ExportRow], None]) -> None:
        super().__init__(over, say("auditscreen.export"))
        self._desk, self._then = desk, done
        self.folder = NamedField(say("auditscreen.folder"), self, hint=say("auditscreen.folder_hint"))
        self.folder.field.setMaxLength(400)
        self.said = Remark(self)
        self.body.addWidget(Caption(say("auditscreen.export_why"), self, wrap=True))
        self.body.addWidget(self.folder)
        self.body.addWidget(self.said)
        self.cancel, self.go = Button(say("signin.cancel"), self), Button(say("auditscreen.export_go"), self)
        self.acts.addStretch(1)
        self.acts.addWidget(self.cancel)
        self.acts.addWidget(self.go)
        self.cancel.clicked.connect(self.shut)
        self.go.clicked.connect(self._do)

    def ask(self) -> None:
        """Come up."""
        self.said.set_text("")
        self.go.setEnabled(True)
        self.open()

    def first(self) -> QWidget:
        return self.folder.field

    def _do(self) -> None:
        self.go.setEnabled(False)
        self.said.set_text(say("auditscreen.exporting"))
        self._desk.ask("export_audit", self._done, self._refused, folder=self.folder.text)

    def _done(self, found: ExportRow) -> None:
        self.shut()
        self._then(found)

    def _refused(self, why: Text) -> None:
        self.go.setEnabled(True)
        self.said.set_text(why)
        self.fit()
