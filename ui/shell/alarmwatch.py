"""What the window's frame knows of alarms: strip, bar at the foot, tone; one question four times a second."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from hmi.desk.alarm_rows import AlarmCounts, AlarmRow
from hmi.model.text import Text
from ui.equipment.words import station_name
from ui.shell.alarmbar import LOW_PX, AlarmBar
from ui.shell.sound import Sound, find_player
from ui.theme.look import look
from ui.widgets import alarmwords
from ui.widgets.alarmacts import AlarmActs
from ui.widgets.alarmshelf import ShelfPlate

if TYPE_CHECKING:
    from ui.shell.window import Shell

EVERY_S = 0.25


class AlarmWatch(QObject):
    """Made by the window, beside its strip. ``bar`` is the widget for the foot of the screens."""

    counted = Signal(object)
    """AlarmCounts, or None while nobody knows."""

    def __init__(self, shell: Shell, sound: Sound | None = None) -> None:
        super().__init__(shell)
        self._shell = shell
        self.counts: AlarmCounts | None = None
        self.sound = sound or Sound(find_player())
        self.acts = AlarmActs(shell.desk, shell.tell, self)
        self.bar = AlarmBar(shell.desk, self.acts, shell)
        self.shelf = ShelfPlate(shell, self.acts)
        self._asking = shell.desk.keep_asking(shell, "alarm_counts", EVERY_S, self._take, self._lost)
        self.bar.opened.connect(self.open_cause)
        self.bar.listed.connect(self._list)
        self.bar.shelve_wanted.connect(self.shelf.open)
        self.bar.silence_wanted.connect(self.acts.silence)
        self.acts.done.connect(self._asking.now)
        shell.strip.alarms.connect(self._strip_pressed)
        shell.desk.quarter.connect(self.sound.tick)
        shell.desk.engine_changed.connect(self._engine_is)
        look().lang_changed.connect(self._show)

    @property
    def note(self) -> Text | None:
        """Why no tone is heard, for the system screen; None while it works."""
        return self.sound.note

    def fit(self) -> None:
        """The window has another size, or shows another screen: rows, scope, whether the bar is needed at all."""
        shell = self._shell
        shown = shell.room(shell.here) if shell.here is not None else None
        scope = "" if shown is None else shown.scope()
        self.bar.set_low(shell.height() < LOW_PX)
        self.bar.set_scope(scope, station_name(shell.desk.plant, scope))
        self.bar.setVisible(shown is None or not shown.lists_alarms)

    def open_cause(self, row: AlarmRow) -> None:
        """Go to where the cause of an alarm is looked at, with the station's faceplate."""
        cause = alarmwords.cause_of(row, self._shell.desk.plant)
        if cause is None:
            return
        self._shell.go(cause.screen, **cause.place)
        if cause.station is not None:
            self._shell.open_faceplate(cause.station)

    def close(self) -> None:
        """The window closes."""
        self.sound.close()

    def _take(self, counts: AlarmCounts) -> None:
        self.counts = counts if self._shell.desk.alive else None
        self._show()

    def _lost(self, _why: Text) -> None:
        self.counts = None
        self._show()

    def _engine_is(self, alive: bool) -> None:
        if not alive:
            self.counts = None
            self._show()

    def _show(self) -> None:
        counts, strip, here = self.counts, self._shell.strip, look()
        self.sound.want(0 if counts is None else counts.sound)
        if counts is None:
            strip.show_alarms(None)
            strip.show_urgent(None)
        else:
            pairs = zip(counts.unacked, counts.active, strict=True)
            strip.show_alarms(dict(enumerate(pairs, 1)))
            newest = counts.newest
            words = None if newest is None else alarmwords.urgent_words(newest, here.zone, here.lang)
            if newest is None:
                strip.show_urgent(None)
            else:
                strip.show_urgent(words, int(newest.priority), alarmwords.shorter_words(newest))
        self.bar.show_counts(counts)
        self.counted.emit(counts)

    def _strip_pressed(self, priority: int) -> None:
        newest = None if self.counts is None else self.counts.newest
        if priority:
            self._shell.go("alarms", priority=str(priority))
        elif newest is not None:
            self._shell.go("alarms", alarm=newest.key)

    def _list(self, row: AlarmRow | None) -> None:
        if row is None:
            self._shell.go("alarms")
        else:
            self._shell.go("alarms", alarm=row.key)

    def silence(self) -> None:
        """F12."""
        if self.counts is not None and self.counts.sound:
            self.acts.silence()
