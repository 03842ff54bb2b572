"""What stands at each station and line: the worst priority and how many, for the marks on tiles. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hmi.desk.alarm_rows import AlarmPage
from hmi.model.alarm import AlarmState
from hmi.model.plant import Plant
from hmi.model.text import Text
from hmi.model.words import say

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from ui.bridge.asking import Asking
    from ui.bridge.desk import Desk

QUESTION = {"grouped": True, "limit": 0}
"""Arguments of the desk's question ``alarms``: the places alone, no rows."""
EVERY_S = 1.0


@dataclass(frozen=True, slots=True)
class PlaceAlarms:
    """Alarms of a place."""

    worst: int
    """Priority 1 to 4."""
    unacked: int
    active: int

    @property
    def count(self) -> int:
        """Active ones, or where they are more those that nobody has acknowledged."""
        return max(self.active, self.unacked)

    @property
    def state(self) -> AlarmState:
        """How their mark looks: as that of one alarm that is active or over, acknowledged or not."""
        if not self.active:
            return AlarmState.RETURNED
        return AlarmState.UNACKED if self.unacked else AlarmState.ACKED

    @property
    def words(self) -> Text:
        """For a tool tip and a screen reader."""
        worst = say(f"alarm.p{self.worst}")
        if self.unacked:
            return say("equipment.alarms_unacked", n=self.count, worst=worst, unacked=self.unacked)
        return say("equipment.alarms", n=self.count, worst=worst)


def by_place(page: AlarmPage) -> dict[str, PlaceAlarms]:
    """The groups of a page by the id of their place."""
    return {g.place: PlaceAlarms(int(g.worst), g.unacked, g.active) for g in page.groups}


def keep_asking(desk: Desk, widget: QWidget, told: Callable[[dict[str, PlaceAlarms]], None]) -> Asking:
    """Tell a widget in sight what stands at each place, each second; nothing when nobody knows.

    A mark that may be over is not shown.
    """
    return desk.keep_asking(
        widget, "alarms", EVERY_S, lambda page: told(by_place(page)), lambda _why: told({}), dict(QUESTION)
    )


def of_line(found: Mapping[str, PlaceAlarms], plant: Plant, line: str) -> PlaceAlarms | None:
    """All that stands on a line and its stations; None for nothing."""
    places = (line, *(s.id for s in plant.stations_of(line)))
    there = [found[p] for p in places if p in found]
    if not there:
        return None
    return PlaceAlarms(min(a.worst for a in there), sum(a.unacked for a in there), sum(a.active for a in there))
