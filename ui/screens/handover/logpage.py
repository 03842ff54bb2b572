"""The shift log: a line to write, filters, the notes; a chosen note can be corrected by a new one."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QWidget

from hmi.desk.shiftlog_rows import NotePage
from hmi.model.shiftlog import LONGEST_NOTE, Note
from hmi.model.text import Text
from hmi.model.words import say
from ui.bridge.desk import Desk
from ui.bridge.session import session_of
from ui.equipment.words import station_name
from ui.screens.handover import presenter
from ui.screens.handover.paper import note_place, note_words
from ui.theme.look import look
from ui.theme.typeface import Size
from ui.widgets.controls import Button, Choice
from ui.widgets.guarded import GuardedButton
from ui.widgets.label import Caption
from ui.widgets.panel import Panel
from ui.widgets.table import DataTable
from ui.widgets.tablemodel import Column

EVERY_S = 5.0
PAGE = 200


class LogPage(Panel):
    """Asks anew every few seconds, unless older notes are being read."""

    def __init__(self, desk: Desk, tell: Callable[[Text], None], parent: QWidget | None = None) -> None:
        super().__init__(None, parent)
        self._desk, self._tell = desk, tell
        self._session = session_of(desk)
        self._rows: list[Note] = []
        self._next = 0
        self._correcting: Note | None = None
        self.heard = False
        self._entry()
        self._filters()
        here = look()
        self.table = DataTable(
            [
                Column("number", say("handover.number"), lambda n: str(n.number), 64, right=True,
                       sort=lambda n: n.number, tone=self._tone),
                Column("when", say("handover.when"), lambda n: presenter.when(n.at_ns, here.zone), 140,
                       sort=lambda n: n.at_ns, tone=self._tone),
                Column("kind", say("handover.kind"), lambda n: here.say(f"shiftlog.kind.{n.kind}"), 110, bold=True,
                       tone=self._tone),
                Column("where", say("handover.where"), lambda n: here.text(note_place(n, self._name)), 170,
                       tone=self._tone),
                Column("text", say("handover.text"), lambda n: note_words(n, here.lang), 0, tone=self._tone),
                Column("by", say("handover.by"), lambda n: n.printed_name, 150, tone=self._tone),
            ],
            key=lambda n: n.number, name=say("handover.log"), empty=say("handover.no_notes_here"),
        )  # fmt: skip
        self.table.chosen.connect(self._chosen)
        self.add(self.table, 1)
        self._asking = desk.keep_asking(self, "shift_log", EVERY_S, self._take, self._refused, self._wanted)
        self._session.who_changed.connect(self._rights)
        desk.plant_changed.connect(self.plant_is)
        self.plant_is()
        self.retell()
        self._rights()

    def _entry(self) -> None:
        self.kind = QComboBox(self)
        self.place = QComboBox(self)
        self.place.setMinimumWidth(170)
        self.words = QLineEdit(self)
        self.words.setMaxLength(LONGEST_NOTE)
        self.words.returnPressed.connect(self.write)
        self.button = GuardedButton(say("handover.write"), self, icon="plus")
        self.button.acted.connect(self.write)
        self.button.in_vain.connect(self._tell)
        self.cancel = Button(say("handover.cancel"), self)
        self.cancel.clicked.connect(lambda: self.correct(None))
        self.cancel.hide()
        row = QHBoxLayout()
        row.setSpacing(8)
        for part in (self.kind, self.place):
            row.addWidget(part)
        row.addWidget(self.words, 1)
        row.addWidget(self.button)
        row.addWidget(self.cancel)
        self.body.addLayout(row)

    def _filters(self) -> None:
        self.window_ = Choice([(k, say(f"handover.{k}")) for k in presenter.WINDOWS], name=say("handover.window"))
        self.of_kind, self.of_place, self.search = QComboBox(self), QComboBox(self), QLineEdit(self)
        self.search.setMaximumWidth(240)
        self.count = Caption("", self, size=Size.SMALL, tone="second")
        self.correct_button = GuardedButton(say("handover.correct"), self, icon="note")
        self.correct_button.acted.connect(self._correct_chosen)
        self.correct_button.in_vain.connect(self._tell)
        self.correct_button.setEnabled(False)
        self.older = Button(say("handover.older"), self)
        self.older.clicked.connect(self._older)
        row = QHBoxLayout()
        row.setSpacing(8)
        for part in (self.window_, self.of_kind, self.of_place, self.search):
            row.addWidget(part)
        row.addWidget(self.count, 1)
        row.addWidget(self.correct_button)
        row.addWidget(self.older)
        self.body.addLayout(row)
        self.window_.changed.connect(self._anew)
        self.of_kind.currentIndexChanged.connect(self._anew)
        self.of_place.currentIndexChanged.connect(self._anew)
        self.search.textChanged.connect(self._anew)

    # -- asking -------------------------------------------------------------------------------------------------------

    def _wanted(self) -> dict[str, Any] | None:
        if len(self._rows) > PAGE:
            return None  # older notes are being read
        return self._arguments() | {"limit": PAGE}

    def _arguments(self) -> dict[str, Any]:
        kind, place = self.of_kind.currentData() or "", self.of_place.currentData() or ""
        return presenter.wanted(self._desk.plant, self.window_.key, kind, place, self.search.text(), time.time_ns())

    def _anew(self, *_: object) -> None:
        self._rows = []
        self._asking.now()

    def _take(self, found: NotePage) -> None:
        self.heard = True
        self._rows, self._next = list(found.rows), found.next_before
        self._show(found.total)

    def _older(self) -> None:
        def more(found: NotePage) -> None:
            self._rows += found.rows
            self._next = found.next_before
            self._show(found.total)

        if self._next:
            self._desk.ask("shift_log", more, self._refused, before=self._next, limit=PAGE, **self._arguments())

    def _show(self, total: int) -> None:
        self.table.set_rows(self._rows)
        self.count.set_text(say("handover.n_notes", n=total))
        self.older.setVisible(self._next > 0)

    def _refused(self, why: Text) -> None:
        self.heard = True
        self.count.set_text(why)

    # -- writing ------------------------------------------------------------------------------------------------------

    def write(self) -> None:
        """Write the note that stands in the line."""
        why = presenter.why_no_note(self._session.who)
        if why is not None:
            self._tell(why)
            return
        text = self.words.text()
        old = self._correcting

        def written(note: Note) -> None:
            if self.words.text() == text:
                self.words.clear()
            self.correct(None)
            self._tell(say("handover.written", number=note.number))
            self._anew()

        self._desk.ask(
            "add_note", written, self._tell, text=text, kind=self.kind.currentData(), place=self.place.currentData(),
            corrects=None if old is None else old.number,
        )  # fmt: skip

    def correct(self, note: Note | None) -> None:
        """Let the line write a correction of this note; None: a new note."""
        self._correcting = note
        self.cancel.setVisible(note is not None)
        if note is not None:
            self.words.setText(note.text)
            self.kind.setCurrentIndex(max(0, self.kind.findData(note.kind.value)))
            self.place.setCurrentIndex(max(0, self.place.findData(note.place)))
            self.words.setFocus()
        self._hint()

    def _correct_chosen(self) -> None:
        note = self.table.chosen_row
        if note is not None and note.corrected_by is None:
            self.correct(note)

    def _chosen(self, note: Note) -> None:
        self.correct_button.setEnabled(note.corrected_by is None)

    def _rights(self, *_: object) -> None:
        why = presenter.why_no_note(self._session.who)
        self.button.forbid(why)
        self.correct_button.forbid(why)

    # -- words --------------------------------------------------------------------------------------------------------

    def _name(self, place: str) -> Text:
        return station_name(self._desk.plant, place)

    @staticmethod
    def _tone(note: Note) -> str:
        return "text" if note.corrected_by is None else "second"

    def _hint(self) -> None:
        note = self._correcting
        hint = say("handover.note_hint") if note is None else say("handover.correct_hint", number=note.number)
        self.words.setPlaceholderText(look().text(hint))
        self.words.setAccessibleName(look().text(hint))

    def plant_is(self) -> None:
        """The plant is known now, or is another one."""
        here, found = look(), presenter.places(self._desk.plant)
        for box, first in ((self.place, None), (self.of_place, say("handover.all_places"))):
            _fill(box, found if first is None else [("", first), *found[1:]], here.say("handover.where"))

    def retell(self) -> None:
        """The language is another one."""
        here = look()
        _fill(self.kind, presenter.KINDS, here.say("handover.kind"))
        _fill(self.of_kind, [("", say("handover.all_kinds")), *presenter.KINDS], here.say("handover.kind"))
        self.plant_is()
        self.search.setPlaceholderText(here.say("handover.search_hint"))
        self.search.setAccessibleName(here.say("handover.search_hint"))
        self._hint()


def _fill(box: QComboBox, choices: list[tuple[str, Text]], name: str) -> None:
    kept = box.currentData()
    box.blockSignals(True)
    box.clear()
    for key, text in choices:
        box.addItem(look().text(text), key)
    box.setCurrentIndex(max(0, box.findData(kept)))
    box.setAccessibleName(name)
    box.blockSignals(False)
