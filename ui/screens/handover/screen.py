"""The handover screen: the shift log, handing over, earlier handovers."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from hmi.desk.shiftlog_rows import HandoverSheet
from hmi.model.text import Text
from hmi.model.words import say
from ui.screens.handover import presenter
from ui.screens.handover.earlierpage import EarlierPage
from ui.screens.handover.logpage import LogPage
from ui.screens.handover.nowpage import NowPage
from ui.shell.registry import ScreenSpec, register
from ui.shell.screen import Place, Screen, Window
from ui.theme.look import look
from ui.widgets.controls import Choice
from ui.widgets.panel import Ground


class HandoverScreen(Screen):
    """Three pages; the log is where one arrives."""

    wide = True

    def __init__(self, window: Window, parent: QWidget | None = None) -> None:
        super().__init__(window, parent)
        self.setAccessibleName(look().say("handover.title"))
        self.page = "log"
        self.choice = Choice(
            [(key, say(f"handover.{key}")) for key in presenter.PAGES], name=say("handover.pages"), ground="ground"
        )
        self.choice.changed.connect(lambda key: window.go("handover", page=key))
        self.log = LogPage(self.desk, window.tell)
        self.now = NowPage(self.desk, window.tell)
        self.earlier = EarlierPage(self.desk, window.tell)
        self.now.signed.connect(self._signed)
        self._pages: dict[str, QWidget] = {"log": self.log, "now": self.now, "earlier": self.earlier}
        self._stack = QStackedLayout()
        for page in self._pages.values():
            self._stack.addWidget(page)
        bar = Ground(self)
        row = QHBoxLayout(bar)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.choice)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(bar)
        column.addLayout(self._stack, 1)

    def _signed(self, sheet: HandoverSheet) -> None:
        self.earlier.show_number(sheet.number)
        self.window_.go("handover", page="earlier")

    def arrive(self, place: Place) -> None:
        """``page``: one of presenter.PAGES; ``number``: show this handover."""
        super().arrive(place)
        page = place.get("page", "log")
        self.page = page if page in presenter.PAGES else "log"
        self.choice.choose(self.page)
        self._stack.setCurrentWidget(self._pages[self.page])
        if self.page == "now":
            self.now.arrive()
        if place.get("number", "").isascii() and place.get("number", "").isdigit():
            self.earlier.show_number(int(place["number"]))
        self.crumbs_changed.emit()

    def settled(self) -> bool:
        """Whether the first answers are there: for pictures."""
        return {"log": self.log.heard, "now": self.now.heard, "earlier": self.earlier.heard}[self.page]

    def scenes(self) -> dict[str, dict[str, str]]:
        """The other pages."""
        return {page: {"page": page} for page in presenter.PAGES if page != "log"}

    def crumbs(self) -> list[Text]:
        return [] if self.page == "log" else [say(f"handover.{self.page}")]

    def help(self) -> Text | None:
        return say("handover.help_text")

    def retell(self) -> None:
        self.setAccessibleName(look().say("handover.title"))
        self.log.retell()


register(ScreenSpec("handover", "handover", "handover.title", HandoverScreen, order=45))
