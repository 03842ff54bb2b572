"""The system screen: health, address space, about; three pages under one rail button."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from hmi.model.text import Text
from hmi.model.words import say
from ui.screens.system.aboutpage import AboutPage
from ui.screens.system.browsepage import BrowsePage
from ui.screens.system.healthpage import HealthPage
from ui.shell.registry import ScreenSpec, register
from ui.shell.screen import Place, Screen, Window
from ui.theme.look import look
from ui.widgets.controls import Choice
from ui.widgets.panel import GAP

PAGES = ("health", "browse", "about")
DEEP = 3


class SystemScreen(Screen):
    """Pages are made at their first visit and kept."""

    def __init__(self, window: Window, parent: QWidget | None = None) -> None:
        super().__init__(window, parent)
        self.setAccessibleName(look().say("system.title"))
        self.setMinimumSize(640, 480)  # parts are arranged for the room there is, not the other way round
        self.tabs = Choice([(p, say(f"system.{p}")) for p in PAGES], name=say("system.pages"), ground="ground")
        self.tabs.changed.connect(self._go)
        row = QHBoxLayout()
        row.addWidget(self.tabs)
        row.addStretch(1)
        self._stack = QStackedLayout()
        self._pages: dict[str, QWidget] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addLayout(row)
        column.addLayout(self._stack, 1)
        self.page = "health"
        self._show("health")

    def _go(self, page: str) -> None:
        self.window_.go("system", page=page)

    def _show(self, page: str) -> None:
        if page not in self._pages:
            made: QWidget
            if page == "health":
                made = HealthPage(self.desk, self.window_.tell)
            elif page == "browse":
                made = BrowsePage(self.desk, self.window_.tell)
            else:
                made = AboutPage(self.desk)
            made.setAccessibleName(look().say(f"system.{page}"))
            self._pages[page] = made
            self._stack.addWidget(made)
        self.page = page
        self._stack.setCurrentWidget(self._pages[page])
        self.tabs.choose(page)
        self.crumbs_changed.emit()

    def arrive(self, place: Place) -> None:
        """``page``: health, browse or about; ``opened``: open the first branch, for pictures."""
        super().arrive(place)
        page = place.get("page", "health")
        self._show(page if page in PAGES else "health")
        shown = self._pages[self.page]
        if isinstance(shown, BrowsePage) and place.get("opened"):
            shown.open_first(DEEP)

    def settled(self) -> bool:
        """Whether the first answers are there: for pictures."""
        shown = self._pages[self.page]
        if isinstance(shown, HealthPage):
            return {"controllers", "engine", "bad_tags"} <= shown.heard
        return shown.quiet if isinstance(shown, BrowsePage) else True

    def scenes(self) -> dict[str, dict[str, str]]:
        """The other pages."""
        return {"browse": {"page": "browse", "opened": "1"}, "about": {"page": "about"}}

    def crumbs(self) -> list[Text]:
        return [] if self.page == "health" else [say(f"system.{self.page}")]

    def help(self) -> Text | None:
        return say("system.help")

    def keep(self) -> dict[str, Any]:
        return {}

    def recall(self, kept: Mapping[str, Any]) -> None:
        """Nothing of this screen outlives the session."""

    def retell(self) -> None:
        self.setAccessibleName(look().say("system.title"))
        for page, widget in self._pages.items():
            widget.setAccessibleName(look().say(f"system.{page}"))


register(ScreenSpec("system", "system", "system.title", SystemScreen, order=90))
