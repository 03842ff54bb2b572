"""What may be changed on a station: each set-point, gate and diverter with its value and its way to the dialog."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hmi.model.plant import Plant, Tag
from hmi.model.text import Text
from hmi.model.words import say
from ui.bridge.desk import Desk
from ui.bridge.session import session_of
from ui.equipment.rights import commandable, may_not_command
from ui.theme.typeface import Size
from ui.widgets.guarded import GuardedButton
from ui.widgets.label import Caption, ValueLabel


class ControlRow(QWidget):
    """Name, value now, a button; pooled. A forbidden button says why when it has the focus or is pressed."""

    wanted = Signal(str)
    in_vain = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.tag: Tag | None = None
        self.name = Caption("", self)
        self.value = ValueLabel(None, self)
        self.go = GuardedButton(say("cmd.change_dots"), self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.name, 1)
        row.addWidget(self.value)
        row.addWidget(self.go)
        self.go.acted.connect(self._pressed)
        self.go.in_vain.connect(self.in_vain)

    def show_tag(self, tag: Tag) -> None:
        """Be the row of this tag."""
        if tag is not self.tag:
            self.tag = tag
            self.name.set_text(tag.name)
            self.value.bind(self._desk, tag)
            self.go.set_text(say("cmd.change_dots"), Text(f"{tag.name.en}: change", f"{tag.name.ko}: 변경"))

    def forbid(self, why: Text | None) -> None:
        """Why it cannot be changed now."""
        self.go.forbid(why)

    def _pressed(self) -> None:
        if self.tag is not None:
            self.wanted.emit(self.tag.id)


class Controls(QWidget):
    """All of a station's. ``wanted`` names the tag whose dialog is to open."""

    wanted = Signal(str)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._session = desk, session_of(desk)
        self._rows: list[ControlRow] = []
        self._tags: list[Tag] = []
        self._none = Caption(say("cmd.no_controls"), self, size=Size.SMALL, tone="second", wrap=True)
        self._said = Caption("", self, size=Size.SMALL, bold=True, wrap=True)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._column.addWidget(self._none)
        self._column.addWidget(self._said)
        self._session.who_changed.connect(self._allow)
        self._session.mode_changed.connect(self._allow)

    def set_station(self, plant: Plant, station: str) -> None:
        """Be the controls of this station."""
        self._tags = [tag for tag in plant.tags_of(station) if commandable(tag)]
        while len(self._rows) < len(self._tags):
            row = ControlRow(self._desk, self)
            row.wanted.connect(self.wanted)
            row.in_vain.connect(self._say)
            self._column.insertWidget(len(self._rows), row)
            self._rows.append(row)
        for at, row in enumerate(self._rows):
            row.setVisible(at < len(self._tags))
            if at < len(self._tags):
                row.show_tag(self._tags[at])
        self._none.setVisible(not self._tags)
        self._allow()

    @property
    def rows(self) -> list[ControlRow]:
        """The rows in use."""
        return self._rows[: len(self._tags)]

    def _allow(self, _what: object = None) -> None:
        for row in self.rows:
            assert row.tag is not None
            row.forbid(may_not_command(self._session.who, self._session.mode, self._desk.plant, row.tag))
        first = next((row.go.why for row in self.rows), None)
        self._say(first)

    def _say(self, why: Text | None) -> None:
        """Why nothing can be changed now, below the rows: without a hand on them one reads it too."""
        self._said.setVisible(why is not None)
        self._said.set_text(why or "")
