"""Releasing a hold with what becomes of the material, and closing gates again: one plate and one signature each."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from hmi.desk.hold_rows import HoldRow
from hmi.model.hold import Disposition
from hmi.model.permission import Action
from hmi.model.text import Text
from hmi.model.words import say
from ui.bridge.desk import Desk
from ui.command.signplate import SignPlate
from ui.screens.quality import presenter
from ui.theme.look import look
from ui.widgets.chips import Chips
from ui.widgets.secret import NamedField


class ReleasePlate(SignPlate):
    """Disposition, note, password."""

    def __init__(
        self, over: QWidget, desk: Desk, tell: Callable[[Text], None], changed: Callable[[HoldRow], None]
    ) -> None:
        super().__init__(
            over, desk, say("qualityscreen.release_title"), say("qualityscreen.release_do"),
            act=Action.RELEASE_HOLD, meaning="release", tell=tell,
        )  # fmt: skip
        self._changed = changed
        self.row: HoldRow | None = None
        self.disposition = Chips(say("qualityscreen.what_becomes"), self, across=2)
        self.disposition.offer(presenter.DISPOSITIONS)
        self.note = NamedField(say("qualityscreen.release_note"), self)
        self.own.addWidget(self.disposition)
        self.own.addWidget(self.note)
        self.disposition.changed.connect(self.ready)
        self.note.field.textChanged.connect(self.ready)

    def ask(self, row: HoldRow) -> None:
        """Ask about this hold."""
        self.row = row
        self.disposition.choose([])
        self.note.field.clear()
        shut = presenter.closed(row)
        opens = say("qualityscreen.release_gates", n=shut) if shut else say("qualityscreen.release_no_gates")
        self.begin(row.name, [
            (say("qualityscreen.reason_key"), presenter.why_words(row)),
            (say("qualityscreen.affected"), say("qualityscreen.n_units", n=row.units)),
            (say("qualityscreen.where_now"), presenter.units_words(row)),
            (say("qualityscreen.gates_title"), opens),
        ])  # fmt: skip

    def first(self) -> QWidget:
        return next(iter(self.disposition.buttons.values()))

    def missing(self) -> Text | None:
        if not self.disposition.key:
            return say("qualityscreen.no_disposition")
        return None if self.note.text else say("qualityscreen.no_note")

    def send(self, why: str, password: str) -> None:
        if self.row is not None:
            self.desk.ask(
                "release_hold", self._released, self.refused, id=self.row.id,
                disposition=Disposition(self.disposition.key), note=self.note.text, password=password,
            )  # fmt: skip

    def _released(self, row: HoldRow) -> None:
        if row.why is not None:
            self.done(say("qualityscreen.released_not", id=row.id, why=row.why))
        else:
            self.done(say("qualityscreen.released_done", id=row.id, name=row.name))
        self._changed(row)


class ClosePlate(SignPlate):
    """The password, to try again what is not verified."""

    def __init__(
        self, over: QWidget, desk: Desk, tell: Callable[[Text], None], changed: Callable[[HoldRow], None]
    ) -> None:
        super().__init__(
            over, desk, say("qualityscreen.close_title"), say("qualityscreen.close_do"), act=Action.PLACE_HOLD,
            meaning="hold", tell=tell,
        )  # fmt: skip
        self._changed = changed
        self.row: HoldRow | None = None

    def ask(self, row: HoldRow) -> None:
        """Ask about this hold."""
        self.row = row
        plant = self.desk.plant
        open_gates = [(presenter.place_words(plant, g.station), presenter.gate_words(g, look().zone)) for g in row.gates
                      if not g.closed]  # fmt: skip
        self.begin(row.name, open_gates)

    def send(self, why: str, password: str) -> None:
        if self.row is not None:
            self.desk.ask("close_gates", self._closed, self.refused, id=self.row.id, password=password)

    def _closed(self, row: HoldRow) -> None:
        self.done(say("qualityscreen.close_told", id=row.id, state=presenter.state_words(row)))
        self._changed(row)
