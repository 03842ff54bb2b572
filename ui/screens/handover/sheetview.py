"""A handover document to read on the screen, in the theme's colours."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QUrl, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QTextBrowser, QWidget

from hmi.desk.shiftlog_rows import SignatureBlock
from hmi.model.shiftlog import HandoverRecord
from hmi.model.text import Text
from ui.bridge.desk import Desk
from ui.equipment.words import station_name
from ui.screens.handover.paper import Ink, Paper
from ui.theme.look import look
from ui.theme.typeface import Size


class SheetView(QTextBrowser):
    """Shows one record; ``read`` comes once its end was in sight."""

    read = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._shown: tuple[HandoverRecord, str, Sequence[SignatureBlock], Sequence[Text], int] | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setOpenLinks(False)
        self.document().setDocumentMargin(16)
        self.setAccessibleName(look().say("handover.sheet.title"))
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.verticalScrollBar().rangeChanged.connect(self._scrolled)
        look().theme_changed.connect(self._again)

    def show_sheet(
        self,
        record: HandoverRecord,
        sha: str,
        signatures: Sequence[SignatureBlock] = (),
        wrong: Sequence[Text] = (),
        number: int = 0,
    ) -> None:
        """Show a record from its beginning; the same one again stays where it was read."""
        fresh = self._shown is None or self._shown[1] != sha
        self._shown = (record, sha, signatures, wrong, number)
        at = 0 if fresh else self.verticalScrollBar().value()
        self._again()
        self.verticalScrollBar().setValue(at)

    def show_nothing(self) -> None:
        """Show an empty page."""
        self._shown = None
        self.clear()

    @property
    def at_end(self) -> bool:
        """Whether the end of the document is in sight."""
        bar = self.verticalScrollBar()
        return self._shown is not None and bar.value() >= bar.maximum() - 4

    def _again(self) -> None:
        here = look()
        t = here.theme
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Base, t.panel)
        palette.setColor(QPalette.ColorRole.Text, t.text)
        self.setPalette(palette)
        self.document().setDefaultFont(here.font(Size.BODY))
        if self._shown is None:
            return
        record, sha, signatures, wrong, number = self._shown
        ink = Ink(t.text.name(), t.second.name(), t.hairline.name(), t.inset.name(), t.warning.name())
        paper = Paper(here.lang, ink, lambda place: station_name(self._desk.plant, place))
        self.setHtml(paper.write(record, sha, signatures, wrong, number))

    def _scrolled(self) -> None:
        if self.at_end and self.isVisible():
            self.read.emit()

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """Nothing is ever loaded: a note may say what it likes."""
        return None

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.setAccessibleName(look().say("handover.sheet.title"))
            self._again()
        super().changeEvent(event)
