"""What a person does about alarms, asked of the engine, which checks who may; the outcome goes to the footer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from hmi.desk.alarm_rows import AlarmDone, AlarmRow
from hmi.model.alarm import ShelfMode
from hmi.model.text import Text
from hmi.model.words import say
from ui.widgets import alarmwords

if TYPE_CHECKING:
    from ui.bridge.desk import Desk


class AlarmActs(QObject):
    """Each act names the activation that was seen: what came again after that is not taken for seen."""

    done = Signal()
    """Something was done: lists are out of date."""
    said = Signal(object)
    """The outcome (Text)."""
    refused = Signal(object)
    """Why not (Text)."""

    def __init__(self, desk: Desk, tell: Callable[[Text], None], parent: QObject | None = None) -> None:
        """tell: says the outcome in the footer."""
        super().__init__(parent)
        self._desk, self._tell = desk, tell

    def acknowledge(self, row: AlarmRow) -> None:
        """Acknowledge one alarm."""
        self._act("acknowledge", [row])

    def acknowledge_visible(self, rows: Sequence[AlarmRow]) -> None:
        """Acknowledge what is in sight, without the urgent ones."""
        wanted = alarmwords.to_acknowledge(rows)
        if wanted:
            self._act("acknowledge_visible", wanted)
        else:
            self._say(say("alarmlist.none_to_acknowledge"), self.said)

    def confirm(self, row: AlarmRow) -> None:
        """Confirm a controller's own condition."""
        self._act("confirm", [row])

    def reset(self, row: AlarmRow) -> None:
        """Reset a latched alarm."""
        self._act("reset", [row])

    def shelve(self, row: AlarmRow, mode: ShelfMode, minutes: float, reason: str) -> None:
        """Put an alarm aside for a time."""
        self._act("shelve", [row], mode=mode.value, minutes=minutes, reason=reason)

    def unshelve(self, row: AlarmRow) -> None:
        """Take an alarm back from the shelf."""
        self._act("unshelve", [row])

    def out_of_service(self, row: AlarmRow, reason: str) -> None:
        """Take an alarm out of service."""
        self._act("out_of_service", [row], reason=reason)

    def return_to_service(self, row: AlarmRow) -> None:
        """Return an alarm to service."""
        self._act("return_to_service", [row])

    def silence(self) -> None:
        """Silence the tone; nothing is acknowledged by it."""

        def silenced(_answer: Any) -> None:
            self._say(say("alarmlist.silenced"), self.said)
            self.done.emit()

        self._desk.ask("silence", silenced, self._no)

    def _act(self, act: str, rows: Sequence[AlarmRow], **more: Any) -> None:
        names = {row.key: row.name for row in rows}

        def answered(done: Sequence[AlarmDone]) -> None:
            text = alarmwords.outcome_words(act, done, names)
            self._say(text, self.said if all(d.done for d in done) else self.refused)
            self.done.emit()

        named = [{"key": row.key, "activation": row.activation} for row in rows]
        self._desk.ask(act, answered, self._no, alarms=named, **more)

    def _no(self, why: Text) -> None:
        self._say(why, self.refused)
        self.done.emit()

    def _say(self, text: Text, signal: Any) -> None:
        self._tell(text)
        signal.emit(text)
