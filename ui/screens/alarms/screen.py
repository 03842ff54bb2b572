"""The alarms screen: four lists with the chosen alarm beside them, the journal, the metrics."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from hmi.desk.alarm_rows import AlarmCounts, AlarmPage, AlarmRow
from hmi.model.text import Text
from hmi.model.words import say
from ui.screens.alarms import presenter
from ui.screens.alarms.detail import AlarmDetail
from ui.screens.alarms.journalpage import JournalPage
from ui.screens.alarms.listpage import FIRST, ListPage
from ui.screens.alarms.metricspage import MetricsPage
from ui.screens.alarms.toolbar import AlarmsBar
from ui.shell.registry import ScreenSpec, register
from ui.shell.screen import Place, Screen, Window
from ui.theme.look import look
from ui.widgets import alarmwords
from ui.widgets.alarmacts import AlarmActs
from ui.widgets.alarmshelf import ShelfPlate

DETAIL_SHARE, DETAIL_LEAST, DETAIL_MOST = 0.3, 340, 436


class AlarmsScreen(Screen):
    """Level 2 by its list, level 4 by its metrics."""

    wide = True

    def __init__(self, window: Window, parent: QWidget | None = None) -> None:
        super().__init__(window, parent)
        self.setAccessibleName(look().say("alarmscreen.title"))
        self.page = "standing"
        self._counts: AlarmCounts | None = None
        self._heard = False
        self._shelf: ShelfPlate | None = None
        self.acts = AlarmActs(self.desk, window.tell, self)
        self.bar = AlarmsBar(self)
        self.detail = AlarmDetail(self.desk, self)
        self.lists: dict[str, ListPage] = {}
        self._pages: dict[str, QWidget] = {}
        self._stack = QStackedLayout()
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addLayout(self._stack, 1)
        row.addWidget(self.detail)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.bar)
        column.addLayout(row, 1)
        self.bar.page_chosen.connect(self._go)
        self.bar.filtered.connect(self._narrow)
        self.bar.silence.clicked.connect(self.acts.silence)
        self.bar.test.clicked.connect(self._test_tone)
        self.bar.ack_visible.clicked.connect(self._acknowledge_visible)
        self.detail.wanted.connect(self.act)
        self.acts.said.connect(self.detail.say)
        self.acts.refused.connect(self.detail.say)
        self.acts.done.connect(self.detail.again)
        self.desk.plant_changed.connect(self._plant_changed)
        self.desk.keep_asking(self, "alarm_counts", 0.5, self._take_counts, self._lost)
        self._plant_changed()
        self._show("standing")

    # -- pages --------------------------------------------------------------------------------------------------------

    @property
    def lists_alarms(self) -> bool:  # type: ignore[override]
        """Whether the standing alarms are listed here."""
        return self.page == "standing"

    def _go(self, page: str) -> None:
        self.window_.go("alarms", page=page)

    def _show(self, page: str) -> None:
        if page not in self._pages:
            made: QWidget
            if page in presenter.LISTS:
                made = self.lists[page] = self._list(page)
            else:
                made = JournalPage(self.desk) if page == "journal" else MetricsPage(self.desk)
            made.setAccessibleName(look().say(f"alarmscreen.{page}"))
            self._pages[page] = made
            self._stack.addWidget(made)
        self.page = page
        self._stack.setCurrentWidget(self._pages[page])
        self.bar.show_page(page)
        self.detail.setVisible(page in presenter.LISTS)
        if page in self.lists:
            self._narrow()
            self.detail.show_row(self.lists[page].table.chosen_row)
        self.crumbs_changed.emit()

    def _list(self, page: str) -> ListPage:
        made = ListPage(self.desk, self.acts, page)
        made.chosen.connect(self._chosen)
        made.shown.connect(self._shown)
        made.flood.place_chosen.connect(self._place_chosen)
        made.table.opened.connect(self.open_cause)
        made.table.acknowledge_wanted.connect(self._acknowledge)
        made.table.shelve_wanted.connect(self._shelve)
        return made

    def _narrow(self) -> None:
        shown = self.lists.get(self.page)
        if shown is not None:
            place = self.bar.place_id
            shown.narrow((place,) if place else (), self.bar.priority_choice, self.bar.words.text())

    def _place_chosen(self, place: str) -> None:
        self.bar.choose(place=place)

    def _plant_changed(self) -> None:
        self.bar.set_places(presenter.places(self.desk.plant))

    # -- what comes ---------------------------------------------------------------------------------------------------

    def _shown(self, page: AlarmPage) -> None:
        self._heard = True
        self.bar.show_hidden(page.hidden)

    def _take_counts(self, counts: AlarmCounts) -> None:
        self._counts = counts
        self.bar.show_counts(counts)

    def _lost(self, _why: Text) -> None:
        self._heard = True
        self.bar.show_counts(None)

    def _chosen(self, row: AlarmRow) -> None:
        shown = self.lists.get(self.page)
        if shown is not None and self.sender() is shown:
            self.detail.show_row(row)

    # -- what a person does -------------------------------------------------------------------------------------------

    def act(self, act: str, row: AlarmRow) -> None:
        """Do one of the detail panel's acts."""
        plain = {
            "acknowledge": self.acts.acknowledge, "confirm": self.acts.confirm, "reset": self.acts.reset,
            "unshelve": self.acts.unshelve, "put_back": self.acts.return_to_service, "cause": self.open_cause,
            "trend": self._open_trend, "shelve": self._shelve, "take_out": self._take_out,
        }  # fmt: skip
        plain[act](row)

    def open_cause(self, row: AlarmRow) -> None:
        """Go to where the cause is looked at."""
        cause = alarmwords.cause_of(row, self.desk.plant)
        if cause is not None:
            self.window_.go(cause.screen, **cause.place)
            if cause.station is not None:
                self.window_.open_faceplate(cause.station)

    def _open_trend(self, row: AlarmRow) -> None:
        self.window_.go("trends", tag=row.tag)

    def _acknowledge(self, row: AlarmRow) -> None:
        if row.can_confirm:
            self.acts.confirm(row)
        else:
            self.acts.acknowledge(row)

    def _acknowledge_visible(self) -> None:
        shown = self.lists.get(self.page)
        if shown is not None:
            self.acts.acknowledge_visible(shown.table.rows_in_sight())

    def _shelve(self, row: AlarmRow) -> None:
        if alarmwords.can_shelve(row):
            self._plate().open(row)

    def _take_out(self, row: AlarmRow) -> None:
        self._plate().open(row, out=True)

    def _plate(self) -> ShelfPlate:
        if self._shelf is None:
            self._shelf = ShelfPlate(self.window(), self.acts)
        return self._shelf

    def _test_tone(self) -> None:
        watch = getattr(self.window_, "alarms", None)
        if watch is None:
            return
        watch.sound.play(2)
        note = watch.note
        self.window_.tell(note or say("alarmscreen.sound_tested", n=2))
        self.bar.note.set_text(note or "")

    # -- the window's wishes ------------------------------------------------------------------------------------------

    def arrive(self, place: Place) -> None:
        """``page``: one of presenter.PAGES; ``alarm``: choose this one; ``priority``, ``line``, ``station``: filter."""
        super().arrive(place)
        page = place.get("page", "standing")
        self._show(page if page in presenter.PAGES else "standing")
        where = place.get("station") or place.get("line") or ""
        if place.get("priority") in ("1", "2", "3", "4"):
            self.bar.choose(where, (int(place["priority"]),))
        elif where or place.get("alarm"):
            self.bar.choose(where)
        if place.get("alarm") and self.page in self.lists:
            self.lists[self.page].look_for(place["alarm"])
        if self.page in self.lists:
            self.lists[self.page].table.setFocus()

    def scope(self) -> str:
        """The bar at the foot, where it is shown here, is about the whole plant."""
        return ""

    def settled(self) -> bool:
        """Whether the first answers are there: for pictures."""
        shown = self._pages[self.page]
        return shown.heard if isinstance(shown, JournalPage | MetricsPage) else self._heard

    def scenes(self) -> dict[str, dict[str, str]]:
        """The first alarm of the list chosen, and the other pages."""
        others = {page: {"page": page} for page in presenter.PAGES if page != "standing"}
        return {"chosen": {"alarm": FIRST}, **others}

    def can_show(self, place: Place) -> bool:
        """Whether there is anything to show there: for pictures."""
        return place.get("alarm") != FIRST or bool(self.lists["standing"].table.rows_in_sight())

    def crumbs(self) -> list[Text]:
        return [] if self.page == "standing" else [say(f"alarmscreen.{self.page}")]

    def help(self) -> Text | None:
        return say("alarmscreen.help_text")

    def keep(self) -> dict[str, Any]:
        return {}

    def recall(self, kept: Mapping[str, Any]) -> None:
        """Filters do not outlive the session: who sits down anew sees everything."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.text() == "/":
            self.bar.focus_words()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.detail.setFixedWidth(min(DETAIL_MOST, max(DETAIL_LEAST, round(self.width() * DETAIL_SHARE))))

    def retell(self) -> None:
        self.setAccessibleName(look().say("alarmscreen.title"))
        for page, widget in self._pages.items():
            widget.setAccessibleName(look().say(f"alarmscreen.{page}"))
        self.detail.retell()


register(ScreenSpec("alarms", "alarms", "alarmscreen.title", AlarmsScreen, order=25))
