"""What a person does about a verdict: confirm or overrule it once, with the outcome told in the footer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from hmi.desk.vision_rows import InspectionRow
from hmi.model.inspection import Verdict
from hmi.model.permission import EVERYWHERE, Action
from hmi.model.text import Text
from hmi.model.words import say
from ui.bridge.session import session_of
from ui.equipment import verdicts
from ui.equipment.rights import may_not

if TYPE_CHECKING:
    from ui.bridge.desk import Desk


class Judging(QObject):
    """``judged`` tells the row as the engine recorded it."""

    judged = Signal(object)
    refused = Signal(object)

    def __init__(self, desk: Desk, tell: Callable[[Text], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._tell = desk, tell
        self._session = session_of(desk)
        self._under_way: set[int] = set()

    def why_not(self, row: InspectionRow | None, act: str) -> Text | None:
        """Why an act is not open on a part; None when it is. The engine decides by itself."""
        if row is None:
            return say("judging.nothing")
        if row.judged:
            return verdicts.judged_words(row)
        if act == verdicts.CONFIRM and row.verdict is Verdict.PASS:
            return say("judging.passed")
        return may_not(self._session.who, Action.JUDGE, self.area(row.subject.station))

    def may_not_hold(self, row: InspectionRow | None) -> Text | None:
        """Why no hold can be begun on a part's lot."""
        if row is None:
            return say("judging.nothing")
        if not row.subject.lot:
            return say("judging.no_lot")
        return may_not(self._session.who, Action.PLACE_HOLD, self.area(row.subject.station))

    def may_not_call(self, station: str) -> Text | None:
        """Why nobody can be called to a station."""
        return may_not(self._session.who, Action.NOTE, self.area(station))

    def area(self, station: str) -> str:
        """The area of the plant that a station belongs to."""
        plant = self._desk.plant
        found = None if plant is None else plant.station.get(station)
        line = None if plant is None or found is None else plant.line.get(found.line)
        return EVERYWHERE if line is None else line.area

    def judge(self, row: InspectionRow, act: str, reason: str = "") -> None:
        """Put it to the engine; a part whose answer is still to come is not asked about twice."""
        why = self.why_not(row, act)
        if why is not None:
            self._tell(say("judging.not_done", unit=verdicts.unit_words(row), why=why))
            return
        if row.number in self._under_way:
            return
        self._under_way.add(row.number)
        number = row.number

        def answered(told: InspectionRow) -> None:
            self._under_way.discard(number)
            self._tell(verdicts.recorded_words(told))
            self.judged.emit(told)

        def refused(why: Text) -> None:
            self._under_way.discard(number)
            self._tell(say("judging.not_done", unit=verdicts.unit_words(row), why=why))
            self.refused.emit(why)

        self._desk.ask("judge", answered, refused, number=row.number, verdict=act, reason=reason)
