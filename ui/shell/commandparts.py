"""The window's parts about commands: the dialog, the line in the footer, and what is not settled on every screen."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QPainter
from PySide6.QtWidgets import QWidget

from hmi.desk.command_rows import CommandRow, ModeRow
from hmi.model.text import Text
from hmi.model.words import say
from ui.bridge.session import session_of
from ui.command import presenter
from ui.command.dialog import CommandDialog
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.drawn import LEFT, RIGHT, Pressable, words
from ui.widgets.figures import time_text

if TYPE_CHECKING:
    from ui.shell.window import Shell

ROW = 28
MOST = 2


class UnsettledBar(Pressable):
    """Commands whose outcome nobody knows, on every screen for as long as that is so. A press shows the record."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, name=say("cmd.unsettled"), ground="banner")
        self.lines: list[tuple[Text, str]] = []
        self.hide()

    def show_lines(self, lines: list[tuple[Text, str]]) -> None:
        """Show these: words and time of each."""
        if lines != self.lines:
            self.lines = lines
            self.setVisible(bool(lines))
            self.setAccessibleDescription("; ".join(look().text(words_) for words_, _ in lines))
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        side = look().target(self) if look().touch else ROW
        return QSize(400, max(side, ROW * min(MOST, len(self.lines))))

    def minimumSizeHint(self) -> QSize:
        return QSize(100, self.sizeHint().height())

    def draw(self, p: QPainter, t: Theme) -> None:
        here, r = look(), QRectF(self.rect())
        p.fillRect(QRectF(0, 0, 12, r.height()), QBrush(t.on_banner, Qt.BrushStyle.BDiagPattern))
        shown = self.lines[:MOST]
        high = r.height() / max(1, len(shown))
        for at, (text, clock) in enumerate(shown):
            box = QRectF(24, at * high, r.width() - 130, high)
            words(p, box, here.text(text), here.font(Size.SMALL, True), t.on_banner, LEFT)
            tail = clock
            if at == MOST - 1 and len(self.lines) > MOST:
                tail = here.say("cmd.more_unsettled", n=len(self.lines) - MOST)
            words(p, QRectF(r.width() - 116, at * high, 100, high), tail, here.font(Size.SMALL), t.on_banner, RIGHT)


class CommandParts(QObject):
    """Made by the window; ``bar`` stands below the strip."""

    ended = Signal(object)
    """A command of this window has an outcome (CommandRow)."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._shell = shell
        self.session = session_of(shell.desk)
        self.bar = UnsettledBar(shell)
        self.bar.pressed.connect(self._show_record)
        self.session.mode_changed.connect(self._mode_is)
        look().lang_changed.connect(self._again)

    @cached_property
    def dialog(self) -> CommandDialog:
        """The command dialog, made when it is first wanted."""
        made = CommandDialog(self._shell, self._shell.desk, self.session)
        made.stand_beside(self._shell.side)
        made.outcome.connect(self._outcome)
        made.sign_in_wanted.connect(self._sign_in)
        return made

    def open(self, tag: str) -> bool:
        """Begin a command; False when the plant has no such tag."""
        found = self._shell.desk.tag(tag)
        if found is None:
            self._shell.tell(say("gateway.unknown_tag", tag=tag))
            return False
        self.dialog.ask(found)
        return True

    def _sign_in(self) -> None:
        tag = self.dialog.tag

        def go_on() -> None:
            if tag is not None:
                self.open(tag.id)

        name = Text.same("–") if tag is None else tag.name
        self._shell.people.sign_in_plate.ask(say("cmd.sign_in_for", tag=name), go_on)

    def _outcome(self, row: CommandRow) -> None:
        self._shell.tell(presenter.footer(row, self._shell.desk.plant, look().zone))
        self.ended.emit(row)

    def _mode_is(self, mode: ModeRow | None) -> None:
        rows = [] if mode is None else mode.unsettled
        self.bar.show_lines([(self._line(row), time_text(row.sent_ns or row.intent_ns, look().zone)) for row in rows])

    def _line(self, row: CommandRow) -> Text:
        tag = self._shell.desk.tag(row.tag)
        name = Text.same(row.tag) if tag is None else presenter.name_of(self._shell.desk.plant, tag)
        old, new = (
            (Text.same(str(row.old)), Text.same(str(row.asked)))
            if tag is None
            else (presenter.value_words(row.old, tag, unit=False), presenter.value_words(row.asked, tag))
        )
        return say("cmd.unsettled_line", tag=name, id=row.tag, old=old, new=new, user=row.printed_name or row.user)

    def _again(self) -> None:
        self._mode_is(self.session.mode)

    def _show_record(self) -> None:
        if not self._shell.go("audit", page="commands") and (mode := self.session.mode) is not None and mode.unsettled:
            self.open(mode.unsettled[0].tag)
