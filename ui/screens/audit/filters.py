"""The filters above the trail: when, who, what, on what, and words."""

from __future__ import annotations

from PySide6.QtCore import QDate, QEvent, Qt, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QDateEdit, QGridLayout, QLineEdit, QWidget

from hmi.model.words import say
from ui.screens.audit import presenter
from ui.screens.audit.presenter import Filter
from ui.theme.look import look
from ui.widgets.controls import Button, Choice

WAIT_MS = 300
NARROW = 1000


class Filters(QWidget):
    """``changed`` tells a new Filter, a moment after the last key."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.period = Choice([(k, say(f"auditscreen.period.{k}")) for k in presenter.PERIODS], self,
                             name=say("auditscreen.time"))  # fmt: skip
        self.period.choose("day")
        self.one_day = Button(say("auditscreen.one_day"), self, checkable=True)
        self.date = QDateEdit(QDate.currentDate(), self)
        self.date.setDisplayFormat("yyyy-MM-dd")
        self.date.hide()
        self.user, self.object, self.words = QLineEdit(self), QLineEdit(self), QLineEdit(self)
        self.action = QComboBox(self)
        self.action.setMaxVisibleItems(20)
        self.action.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(8)
        for at, part in enumerate((self.period, self.one_day, self.date)):
            self._grid.addWidget(part, 0, at)
        self._grid.setColumnStretch(3, 1)
        line = QGridLayout()
        line.setSpacing(8)
        for at, part in enumerate((self.user, self.action, self.object, self.words)):
            line.addWidget(part, 0, at)
            line.setColumnStretch(at, 1)
        self._grid.addLayout(line, 1, 0, 1, 4)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WAIT_MS)
        self._timer.timeout.connect(self.changed)
        for field in (self.user, self.object, self.words):
            field.setClearButtonEnabled(True)
            field.setMaxLength(80)
            field.textChanged.connect(self._soon)
        self.action.currentIndexChanged.connect(self._soon)
        self.period.changed.connect(self._period_is)
        self.one_day.toggled.connect(self._day_is)
        self.date.dateChanged.connect(self._soon)
        self._tell()

    @property
    def filter(self) -> Filter:
        """What is wanted now."""
        day = self.date.date()
        return Filter(
            self.period.key, day.toPython() if self.one_day.isChecked() else None, self.user.text().strip(),  # type: ignore[arg-type]
            str(self.action.currentData() or ""), self.object.text().strip(), self.words.text().strip(),
        )  # fmt: skip

    def _soon(self, _what: object = None) -> None:
        self._timer.start()

    def _period_is(self, _key: str) -> None:
        self.one_day.setChecked(False)
        self._soon()

    def _day_is(self, on: bool) -> None:
        self.date.setVisible(on)
        self._soon()

    def _tell(self) -> None:
        here = look()
        for field, key in ((self.user, "user"), (self.object, "object"), (self.words, "words")):
            field.setPlaceholderText(here.say(f"auditscreen.filter_{key}"))
            field.setAccessibleName(here.say(f"auditscreen.filter_{key}"))
        self.action.setAccessibleName(here.say("auditscreen.action"))
        self.date.setAccessibleName(here.say("auditscreen.one_day"))
        chosen = self.action.currentData()
        self.action.blockSignals(True)
        self.action.clear()
        self.action.addItem(here.say("auditscreen.all_actions"), "")
        for key, text in sorted(presenter.actions(), key=lambda x: here.text(x[1])):
            self.action.addItem(here.text(text), key)
        self.action.setCurrentIndex(max(0, self.action.findData(chosen)))
        self.action.blockSignals(False)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._tell()
        super().changeEvent(event)
