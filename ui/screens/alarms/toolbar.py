"""The controls above the lists: which list, which place, which priorities, which words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from hmi.desk.alarm_rows import AlarmCounts
from hmi.model.text import Text
from hmi.model.words import say
from ui.screens.alarms import presenter
from ui.theme.look import look
from ui.widgets.controls import Button, Choice
from ui.widgets.label import Caption
from ui.widgets.panel import Ground


class AlarmsBar(Ground):
    """Tabs above, filters below."""

    page_chosen = Signal(str)
    filtered = Signal()
    """Place, priorities or words are others now."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._places: list[tuple[str, Text]] = []
        self.tabs = Choice([(p, presenter.tab_words(p, None)) for p in presenter.PAGES],
                           name=say("alarmscreen.lists"), ground="ground")  # fmt: skip
        self.tabs.changed.connect(self.page_chosen)
        self.silence = Button(say("alarmlist.silence"), icon="sound", ground="ground")
        self.test = Button(say("alarmscreen.sound_test"), flat=True, ground="ground")
        self.note = Caption("", tone="second", ground="ground")
        above = QHBoxLayout()
        above.setSpacing(6)
        above.addWidget(self.tabs)
        above.addWidget(self.note, 1)
        above.addWidget(self.test)
        above.addWidget(self.silence)
        self.place = QComboBox()
        self.place.setMinimumWidth(190)
        self.place.currentIndexChanged.connect(self._changed)
        self.priorities: dict[int, Button] = {}
        self.words = QLineEdit()
        self.words.setMaximumWidth(300)
        self.words.textChanged.connect(self._changed)
        self.hidden = Button(say("alarmscreen.hidden", n=0), flat=True, ground="ground", icon="close")
        self.hidden.clicked.connect(self.show_all)
        self.ack_visible = Button(say("alarmlist.ack_visible"), ground="ground")
        self.filters = QWidget(self)
        below = QHBoxLayout(self.filters)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(6)
        below.addWidget(self.place)
        for n in (1, 2, 3, 4):
            button = Button(Text.same(f"P{n}"), checkable=True, ground="ground", name=say(f"alarm.p{n}"))
            button.setToolTip(look().say(f"alarm.p{n}"))
            button.clicked.connect(self._changed)
            self.priorities[n] = button
            below.addWidget(button)
        below.addWidget(self.words, 1)
        below.addWidget(self.hidden)
        below.addStretch(1)
        below.addWidget(self.ack_visible)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(above)
        column.addWidget(self.filters)
        self._tell()

    def set_places(self, places: Sequence[tuple[str, Text]]) -> None:
        """Offer these places."""
        if list(places) == self._places and self.place.count():
            return
        chosen, self._places = self.place_id, list(places)
        self._fill(chosen)

    def _fill(self, chosen: str) -> None:
        self.place.blockSignals(True)
        self.place.clear()
        for key, name in self._places:
            self.place.addItem(look().text(name), key)
        self.place.setCurrentIndex(max(0, self.place.findData(chosen)))
        self.place.blockSignals(False)

    @property
    def place_id(self) -> str:
        """The chosen place; empty for the whole plant."""
        return str(self.place.currentData() or "")

    @property
    def priority_choice(self) -> tuple[int, ...]:
        """The chosen priorities; empty for all."""
        return tuple(n for n, button in self.priorities.items() if button.isChecked())

    def choose(self, place: str = "", priorities: Sequence[int] = (), words: str = "") -> None:
        """Set the filter and tell once."""
        for part in (self.place, self.words):
            part.blockSignals(True)
        self.place.setCurrentIndex(max(0, self.place.findData(place)))
        self.words.setText(words)
        for part in (self.place, self.words):
            part.blockSignals(False)
        for n, button in self.priorities.items():
            button.setChecked(n in priorities)
        self.filtered.emit()

    def show_all(self) -> None:
        """No filter."""
        self.choose()

    def show_page(self, page: str) -> None:
        """Light the tab of what is shown."""
        self.tabs.choose(page)
        self.filters.setVisible(page in presenter.LISTS)
        self.ack_visible.setVisible(page == "standing")

    def show_hidden(self, count: int) -> None:
        """How many the filter leaves out."""
        self.hidden.setVisible(count > 0)
        self.hidden.set_text(say("alarmscreen.hidden", n=count))

    def show_counts(self, counts: AlarmCounts | None) -> None:
        """How many are behind each tab, and whether there is a tone to silence."""
        for page, button in zip(presenter.PAGES, self.tabs.findChildren(Button), strict=True):
            button.set_text(presenter.tab_words(page, counts))
        self.silence.setEnabled(counts is not None and counts.sound > 0)

    def _changed(self, *_: object) -> None:
        self.filtered.emit()

    def _tell(self) -> None:
        here = look()
        self.place.setAccessibleName(here.say("alarmscreen.where"))
        self.words.setAccessibleName(here.say("alarmscreen.text_hint"))
        self.words.setPlaceholderText(here.say("alarmscreen.text_hint"))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "ack_visible"):
            self._tell()
            self._fill(self.place_id)

    def focus_words(self) -> None:
        """The keyboard writes into the filter."""
        self.words.setFocus(Qt.FocusReason.ShortcutFocusReason)
