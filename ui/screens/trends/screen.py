"""The trend screen: a plot, what happened under it, its pens below, and a side to choose tags and sets."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hmi.desk.rows import Series
from hmi.model.plant import Tag
from hmi.model.text import Text
from hmi.model.words import say
from ui.equipment.tags import line_pens
from ui.screens.trends import presenter
from ui.screens.trends.doubt import DoubtRecord, worst
from ui.screens.trends.export import Export
from ui.screens.trends.feed import HistoryFeed
from ui.screens.trends.happenings import Happenings
from ui.screens.trends.moving import Moving
from ui.screens.trends.penrows import pen_rows
from ui.screens.trends.pensets import PenSets
from ui.screens.trends.pentable import PenTable
from ui.screens.trends.setacts import SetActs
from ui.screens.trends.side import ChoosingSide, SetPicker, TagPicker
from ui.screens.trends.strip import TrendStrip
from ui.screens.trends.toolbar import TrendBar
from ui.shell.registry import ScreenSpec, register
from ui.shell.screen import Place, Screen, Window
from ui.theme.look import look
from ui.widgets.figures import shown
from ui.widgets.panel import Panel
from ui.widgets.trend import EventMark, TrendPlot

DEMO_MIN = 5.0
"""A demo plant has a short past: a fresh station looks at its last minutes."""
LOW_PX = 700
"""Below this height the pens stand closer."""


class TrendScreen(Screen):
    """Live and recorded in one; the plot, its curves and its pens are made once."""

    def __init__(self, window: Window, parent: QWidget | None = None) -> None:
        super().__init__(window, parent)
        self.setAccessibleName(look().say("trends.title"))
        self.setMinimumSize(640, 480)  # parts are arranged for the room there is, not the other way round
        self.sets = PenSets()
        self._doubts: dict[str, DoubtRecord] = {}
        self._why: Text | None = None
        self._build()
        self.feed = HistoryFeed(self.desk, self._took, self._refused)
        self.export = Export(self.desk, self.window_.tell)
        self._connect()
        self._plant_changed()

    def _build(self) -> None:
        self.bar = TrendBar(self)
        self.plate = Panel(say("trends.title"), self, margin=10)
        self.plot = TrendPlot(name=say("trends.title"), minutes=self.sets.minutes, units=True)
        self.moving = Moving(self.plot)
        self.strip = TrendStrip()
        self.table = PenTable()
        self.plate.add(self.plot, 1)
        self.plate.add(self.strip)
        self.plate.add(self.table)
        self.plate.body.setSpacing(2)
        self.side = ChoosingSide(TagPicker(self._now_text), SetPicker(), self)
        middle = QHBoxLayout()
        middle.setSpacing(8)
        middle.addWidget(self.plate, 1)
        middle.addWidget(self.side)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.bar)
        column.addLayout(middle, 1)

    def _connect(self) -> None:
        bar, plot, side, desk = self.bar, self.plot, self.side, self.desk
        bar.windows.changed.connect(self._window_chosen)
        bar.moved.connect(self.moving.along)
        bar.zoomed.connect(self.moving.zoom)
        bar.live.clicked.connect(self._live)
        bar.add.clicked.connect(self._open_tags)
        bar.sets.clicked.connect(self._open_sets)
        bar.csv.clicked.connect(self._export)
        plot.window_changed.connect(self._window_moved)
        plot.follow_changed.connect(self._following)
        plot.cursor_moved.connect(self._show)
        self.strip.picked.connect(self.plot.set_cursor)
        self.table.chosen.connect(self._choose)
        self.table.removed.connect(self.remove)
        side.tags.toggled.connect(self._toggle)
        side.tags.closed.connect(self._close_side)
        side.sets.closed.connect(self._close_side)
        self.set_acts = SetActs(side.sets, lambda: self.sets, self.set_pens, self.window_.tell)
        desk.quarter.connect(self._quarter)
        desk.plant_changed.connect(self._plant_changed)
        self.happenings = Happenings(desk, self, lambda: self.plot.window_ns, lambda: self.pens)
        self.happenings.changed.connect(self._marked)

    # -- pens ---------------------------------------------------------------------------------------------------------

    @property
    def pens(self) -> list[str]:
        """Ids of the pens."""
        return self.sets.pens

    def set_pens(self, pens: list[str]) -> None:
        """Draw these tags; those the plant does not have are left out."""
        plant = self.desk.plant
        tags = [plant.tag[p] for p in pens if p in plant.tag] if plant is not None else []
        self.sets.pens = [t.id for t in tags] if plant is not None else list(pens)
        self._doubts = {p: self._doubts.get(p) or DoubtRecord() for p in self.sets.pens}
        self.plot.set_pens(tags)
        self.side.tags.set_pens(self.sets.pens)
        if hasattr(self, "happenings"):
            self.happenings.forget_stops()
            self.happenings.ask_now()
        self._show()

    def remove(self, tag: str) -> None:
        """Take a pen off."""
        self.set_pens([p for p in self.pens if p != tag])

    def _toggle(self, tag: str) -> None:
        if tag in self.pens:
            self.remove(tag)
        else:
            if len(self.pens) >= presenter.PENS:
                self.window_.tell(say("trends.full", n=presenter.PENS))
            self.set_pens(presenter.add_pen(self.pens, tag))

    def _choose(self, index: int) -> None:
        self.plot.choose(index)
        self._show()

    # -- window -------------------------------------------------------------------------------------------------------

    def _window_chosen(self, key: str) -> None:
        self.sets.minutes = dict(presenter.WINDOWS)[key]
        self.moving.to_length(self.sets.minutes)

    def _live(self) -> None:
        self.moving.to_present()
        self.bar.live.setChecked(True)

    def _window_moved(self, from_ns: int, to_ns: int) -> None:
        self.sets.minutes = (to_ns - from_ns) / 60e9
        self.bar.windows.choose(presenter.key_of(self.sets.minutes))
        if self.pens:
            self.feed.want(self.pens, from_ns, to_ns)
        if hasattr(self, "happenings") and not self.plot.following:
            self.happenings.ask_now()
        self._show()

    def _following(self, on: bool) -> None:
        self.bar.live.setChecked(on)
        self._show()

    # -- answers ------------------------------------------------------------------------------------------------------

    def _took(self, series: Series) -> None:
        self._why = None
        self.plot.set_series(series)
        record = self._doubts.get(series.tag)
        if record is not None:
            record.set_series(series)
        if not self.feed.busy:
            self._show()

    def _refused(self, why: Text) -> None:
        self._why = why
        self._show()

    def _marked(self) -> None:
        self.plot.set_events([EventMark(m.at_ns, m.text) for m in self.happenings.marks])
        self._show_strip()

    # -- showing ------------------------------------------------------------------------------------------------------

    def _quarter(self) -> None:
        if not self.isVisible():
            return
        now = time.time_ns()
        for tag, record in self._doubts.items():
            record.note(self.desk.reading(tag).quality, now)
        self.plot.tick()
        self._show()
        if self.side.current is self.side.tags:
            self.side.tags.table.refresh()
        self.export.look_after()

    def _show(self, _cursor: object = None) -> None:
        plant, here = self.desk.plant, look()
        if plant is None or not hasattr(self, "feed"):
            return
        from_ns, to_ns = self.plot.window_ns
        self.table.show_pens(pen_rows(self.desk, plant, self.plot, self._doubts), self.plot.chosen)
        self._show_strip()
        assert self.plate.head is not None
        words = presenter.window_words(from_ns, to_ns, self.plot.following, here.zone)
        self.plate.head.remark.set_text(self._why or words, "text" if self._why else "second")

    def _show_strip(self) -> None:
        from_ns, to_ns = self.plot.window_ns
        plant = self.desk.plant
        area, shift = self.plot.area, self.plot.x() - self.strip.x()
        found = [(i, self._doubts[p.tag.id].between(from_ns, to_ns)) for i, p in enumerate(self.plot.pens)
                 if p.tag.id in self._doubts]  # fmt: skip
        names = [] if plant is None else [presenter.pen_name(plant, p.tag) for p in self.plot.pens]
        self.strip.show_tracks(
            (from_ns, to_ns), (area.left() + shift, area.right() + shift), worst(found), names, self.happenings.marks,
            self.plot.cursor_ns, presenter.no_marks(to_ns - from_ns, self.desk.connected),
        )  # fmt: skip

    def _now_text(self, tag: Tag) -> str:
        seen = shown(self.desk.reading(tag.id), tag, look().lang, time.time_ns())
        return f"{seen.mark} {seen.figure}".strip()

    # -- the window's wishes ------------------------------------------------------------------------------------------

    def arrive(self, place: Place) -> None:
        """``tag``: one more pen, chosen; ``tags``: these instead, parted by commas; ``minutes``: the window."""
        super().arrive(place)
        if place.get("tags"):
            self.set_pens([t for t in place["tags"].split(",") if t][: presenter.PENS])
        elif place.get("tag"):
            tag = place["tag"]
            self.set_pens(presenter.add_pen(self.pens, tag))
            if tag in self.pens:
                self.plot.choose(self.pens.index(tag))
        if (minutes := presenter.minutes_of(place.get("minutes", ""))) > 0:
            self.plot.follow(minutes)

    def settled(self) -> bool:
        """Whether the history has answered: for pictures."""
        return self.feed.answered > 0 and not self.feed.busy

    def scenes(self) -> dict[str, dict[str, str]]:
        """What else is worth a picture: the last minutes of everything that one line measures."""
        plant = self.desk.plant
        if plant is None or not plant.lines:
            return {}
        tags = [t.id for t in line_pens(plant, plant.lines[-1].id) if presenter.trendable(t)]
        return {"lanes": {"tags": ",".join(tags), "minutes": "5"}}

    def help(self) -> Text | None:
        return say("trends.help")

    def keep(self) -> dict[str, Any]:
        return self.sets.keep()

    def recall(self, kept: Mapping[str, Any]) -> None:
        self.sets = PenSets.recall(kept)
        if not kept and self.desk.plant is not None and self.desk.plant.demo:
            self.sets.minutes = DEMO_MIN
        self.set_acts.list()
        self.plot.follow(self.sets.minutes)
        self._plant_changed()

    def retell(self) -> None:
        self.setAccessibleName(look().say("trends.title"))
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.table.set_low(self.height() < LOW_PX)

    def _plant_changed(self) -> None:
        plant = self.desk.plant
        self.side.tags.set_plant(plant)
        if plant is None:
            return
        self.plot.bind(self.desk)
        known = [p for p in self.sets.pens if p in plant.tag and presenter.trendable(plant.tag[p])]
        self.set_pens(known or presenter.first_pens(plant))

    def _open_tags(self) -> None:
        self.side.open(self.side.tags)

    def _open_sets(self) -> None:
        self.set_acts.list()
        self.side.open(self.side.sets)

    def _close_side(self) -> None:
        self.side.open(None)
        self.plot.setFocus()

    def _export(self) -> None:
        if (plant := self.desk.plant) is not None and self.pens:
            self.export.start([plant.tag[p] for p in self.pens if p in plant.tag], *self.plot.window_ns)
        else:
            self.window_.tell(say("trends.csv_none"))


register(ScreenSpec("trends", "trends", "trends.title", TrendScreen, order=30))
