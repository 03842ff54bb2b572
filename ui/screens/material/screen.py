"""The material screen: the map of the flow; at its side the chosen station with its answers, or the reroutes."""

from __future__ import annotations

import time
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QStackedLayout, QWidget

from hmi.desk.material_rows import MaterialMap, RerouteRow
from hmi.model.text import Text
from hmi.model.words import say
from ui.equipment.words import station_name, too_old
from ui.screens.material import presenter
from ui.screens.material.legend import Legend
from ui.screens.material.routespage import RoutesPage
from ui.screens.material.stationpage import StationPage
from ui.shell.registry import ScreenSpec, register
from ui.shell.screen import Place, Screen, Window
from ui.theme.look import look
from ui.theme.typeface import Size
from ui.widgets.controls import Button
from ui.widgets.dialog import Remark
from ui.widgets.figures import time_text
from ui.widgets.flowmap import FlowMap
from ui.widgets.label import Caption
from ui.widgets.panel import EmptyState, Panel

EVERY_S = 1.0
SIDE = (552, 400)
"""Width of the side on a wide and on a small screen."""
NARROW = 1400


class MaterialScreen(Screen):
    """Places: ``station`` looks at one, with ``plan`` its answers are asked for; ``route`` looks at a reroute."""

    wide = True

    def __init__(self, window: Window, parent: QWidget | None = None) -> None:
        super().__init__(window, parent)
        self.setAccessibleName(look().say("materialscreen.title"))
        self.found: MaterialMap | None = None
        self.heard = False
        self._taken_ns = 0
        self._wish: dict[str, str] = {}
        self._build()
        self._asking = self.desk.keep_asking(self, "material_map", EVERY_S, self._take, self._refused)
        self.desk.told.connect(self._told)
        self.desk.second.connect(self._tell_time)
        self.desk.plant_changed.connect(self._show)
        self._page("routes")

    def _build(self) -> None:
        self.count = Caption(say("materialscreen.asking"), self, size=Size.SMALL, tone="second")
        self.why = Remark(self, bold=False)
        self.map = FlowMap(self)
        self.map.chosen.connect(self._chosen)
        self.empty = EmptyState(say("materialscreen.asking"), self, icon="material")
        self.area = QScrollArea(self)
        self.area.setWidget(self.map)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keys go along the stations; it follows them
        self.area.hide()
        left = Panel(None, self)
        for part in (self.count, self.why):
            left.add(part)
        left.add(self.empty, 1)
        left.add(self.area, 1)
        left.add(Legend(self))
        self.side = Panel(None, self)
        self.station_button = Button(say("materialscreen.page_station"), self, checkable=True)
        self.routes_button = Button(say("materialscreen.page_routes", n=0), self, checkable=True)
        self.station_button.clicked.connect(self._to_station)
        self.routes_button.clicked.connect(self._to_routes)
        pages = QHBoxLayout()
        pages.setSpacing(4)
        pages.addWidget(self.station_button)
        pages.addWidget(self.routes_button)
        pages.addStretch(1)
        window = self.window_
        self.station = StationPage(self.desk, window.tell)
        self.routes = RoutesPage(self.desk, window.tell)
        self.station.option_changed.connect(self._draw)
        self.station.rerouted.connect(self._ordered)
        self.station.faceplate.connect(window.open_faceplate)
        self.station.hold.connect(self._go_hold)
        self.routes.returned.connect(self._ordered)
        self.routes.card.connect(self._go_card)
        self.stack = QStackedLayout()
        self.stack.addWidget(self.station)
        self.stack.addWidget(self.routes)
        self.side.body.addLayout(pages)
        self.side.body.addLayout(self.stack, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(left, 1)
        row.addWidget(self.side)

    # -- ways ---------------------------------------------------------------------------------------------------------

    def arrive(self, place: Place) -> None:
        super().arrive(place)
        self._wish = dict(place)
        self._fulfil()
        self.crumbs_changed.emit()

    def _fulfil(self) -> None:
        """Go where one wanted to, once there is a map."""
        if self.found is None or not self._wish:
            return
        wish, self._wish = self._wish, {}
        if wish.get("station"):
            self._chosen(wish["station"])
            if "plan" in wish:
                self.station.ask_plan()
        if wish.get("route", "").isascii() and wish.get("route", "").isdigit():
            self.routes.choose(int(wish["route"]))
            self._page("routes")

    def _page(self, key: str) -> None:
        self.stack.setCurrentWidget(self.station if key == "station" else self.routes)
        self.station_button.setChecked(key == "station")
        self.routes_button.setChecked(key == "routes")
        self._draw()

    def _to_station(self) -> None:
        self._page("station")

    def _to_routes(self) -> None:
        self._page("routes")

    def _go_hold(self, lot: str) -> None:
        self.window_.go("quality", lot=lot)

    def _go_card(self, number: str) -> None:
        self.window_.go("decisions", id=number)

    def _chosen(self, station: str) -> None:
        node = next((n for n in (self.found.nodes if self.found is not None else ()) if n.station == station), None)
        self.map.choose(station if node is not None else "")
        self.station.show_station(node)
        self._page("station")
        self.place = {"station": station} if node is not None else {}
        self.crumbs_changed.emit()

    def crumbs(self) -> list[Text]:
        station = self.station.station
        return [station_name(self.desk.plant, station)] if station else []

    def scope(self) -> str:
        return self.station.station

    def help(self) -> Text | None:
        return say("materialscreen.help")

    def settled(self) -> bool:
        """Whether the first answer is there, and the plan that is waited for: for pictures."""
        return self.heard and not self.station.planning

    def scenes(self) -> dict[str, dict[str, str]]:
        """A failed station with its answers, and the reroutes."""
        nodes = [] if self.found is None else self.found.nodes
        station = next((n.station for n in nodes if n.failed), nodes[0].station if nodes else "")
        found = {"plan": {"station": station, "plan": "1"}} if station else {}
        routes = [] if self.found is None else self.found.reroutes
        return {**found, "reroute": {"route": str(routes[0].id)}} if routes else found

    def minimumSizeHint(self) -> QSize:
        return QSize(900, 400)

    # -- what is shown ------------------------------------------------------------------------------------------------

    def _take(self, found: MaterialMap) -> None:
        self.found, self.heard, self._taken_ns = found, True, time.time_ns()
        self._show()
        self._fulfil()

    def _refused(self, why: Text) -> None:
        self.heard = True
        if self.found is None:
            self.empty.say(why)
        self.count.set_text(why, "text")

    def _told(self, event: dict[str, Any]) -> None:
        if "reroute" in event:
            self._asking.now()

    def _show(self) -> None:
        found = self.found
        if found is None:
            return
        self.empty.say(say("materialscreen.no_map"))
        self.empty.setVisible(not found.nodes)
        self.area.setVisible(bool(found.nodes))
        self.why.set_text(found.why or "")
        rows = presenter.open_reroutes(found)
        self.routes.show_rows(rows)
        standing = sum(r.state in presenter.STANDING for r in rows)
        self.routes_button.set_text(say("materialscreen.page_routes", n=standing))
        if self.station.node is not None:
            mine = self.station.station
            self.station.show_station(next((n for n in found.nodes if n.station == mine), None))
        self._draw()
        self._tell_time()

    def _draw(self) -> None:
        if self.found is not None:
            option = self.station.option if self.stack.currentWidget() is self.station else None
            plant = self.desk.plant
            self.map.show_map(presenter.map_lines(self.found, plant), presenter.map_lanes(self.found, option))

    def _tell_time(self) -> None:
        if self.found is None or not self.isVisible():
            return
        if too_old(self._taken_ns, time.time_ns()):
            said = say("materialscreen.old", clock=time_text(self.found.at_ns, look().zone))
            self.count.set_text(said, "text")
        else:
            self.count.set_text(presenter.count_words(self.found), "second")

    def _ordered(self, row: RerouteRow) -> None:
        self._asking.now()
        if self.found is not None:
            rest = [r for r in self.found.reroutes if r.id != row.id]
            self.found.reroutes[:] = [row, *rest]
            self._show()
        self.routes.choose(row.id)
        self._page("routes")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.side.setFixedWidth(SIDE[0] if self.width() >= NARROW else SIDE[1])

    def retell(self) -> None:
        self.setAccessibleName(look().say("materialscreen.title"))
        self.station.retell()
        self.routes.retell()
        self._show()


register(ScreenSpec("material", "material", "materialscreen.title", MaterialScreen, order=24))
