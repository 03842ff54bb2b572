"""The pages of the command dialog: enter, review, second person, progress. They show; the dialog decides."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hmi.desk.command_rows import CommandRow
from hmi.model.plant import Plant, Tag
from hmi.model.reading import Value
from hmi.model.text import Text
from hmi.model.words import say
from ui.bridge.desk import Desk
from ui.command import presenter
from ui.command.checklist import CheckList, StepList
from ui.command.entry import ValueEntry
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.dialog import Remark
from ui.widgets.drawn import CENTRE, LEFT, Drawn, words
from ui.widgets.label import Caption, ValueLabel
from ui.widgets.panel import KeyValue
from ui.widgets.reasonfield import ReasonField
from ui.widgets.secret import NamedField, SecretField
from ui.widgets.touchkeys import TouchKeys

CHIPS = ("quality", "changeover", "maintenance", "order", "trial")


class FromTo(Drawn):
    """The change in one line, large: from what, to what."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, name=say("cmd.change"))
        self._old = self._new = Text.same("–")

    def show_change(self, tag: Tag, old: Value, new: Value) -> None:
        """Show this change."""
        self._old, self._new = presenter.value_words(old, tag, unit=False), presenter.value_words(new, tag)
        here = look()
        self.setAccessibleDescription(f"{here.text(self._old)} → {here.text(self._new)}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(300, 52)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 52)

    def draw(self, p: QPainter, t: Theme) -> None:
        here, r = look(), QRectF(self.rect())
        p.fillRect(r, t.inset)
        large, bold = here.font(Size.LARGE), here.font(Size.LARGE, True)
        old, new = here.text(self._old), here.text(self._new)
        x = 14.0
        wide = here.metrics(Size.LARGE).horizontalAdvance(old)
        words(p, QRectF(x, 0, wide + 4, r.height()), old, large, t.second, LEFT)
        x += wide + 10
        words(p, QRectF(x, 0, 36, r.height()), "→", large, t.text, CENTRE)
        x += 46
        words(p, QRectF(x, 0, r.width() - x - 8, r.height()), new, bold, t.value, LEFT)


class EntryPage(QWidget):
    """Value, limits, conditions, reason."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.now = ValueLabel(None, self, large=True)
        self.entry = ValueEntry(self)
        self.limits = Caption("", self, size=Size.SMALL, tone="second", wrap=True)
        self.checks = CheckList(self)
        self.reason = ReasonField([(k, say(f"cmd.chip.{k}")) for k in CHIPS], self)
        self.said = Remark(self)
        self.keys = TouchKeys(self, kind="figures")
        self.keys.aim(self.entry.field)
        values = QHBoxLayout()
        values.setSpacing(16)
        left = QVBoxLayout()
        left.setSpacing(2)
        left.addWidget(Caption(say("cmd.now"), self, size=Size.SMALL, tone="second"))
        left.addWidget(self.now)
        left.addStretch(1)
        values.addLayout(left)
        values.addWidget(self.entry, 1)
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addLayout(values)
        for part in (self.limits, self.checks, self.reason, self.said):
            column.addWidget(part)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addLayout(column, 1)
        row.addWidget(self.keys)

    def begin(self, tag: Tag, plant: Plant | None) -> None:
        """Ask for a new value of this tag."""
        guard = presenter.guard_of(plant, tag)
        self.now.bind(self._desk, tag)
        self.entry.set_tag(tag, guard, self._desk.reading(tag.id).value)
        self.limits.set_text(say("cmd.limits_line", limits=presenter.limit_words(tag, guard)))
        self.reason.clear()
        self.said.set_text("")
        self.keys.setVisible(look().touch and self.entry.is_figure)


class ReviewPage(QWidget):
    """What is confirmed, frozen; the password where it is signed; the second person where two are needed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.change = FromTo(self)
        self.facts = KeyValue(self, key_px=120, name=say("cmd.review"))
        self.moved = Remark(self)
        self.first_signed = Caption("", self, wrap=True)
        self.user = NamedField(say("cmd.second_user"), self)
        self.password = SecretField(say("signin.password"), self)
        self.meaning = Caption("", self, size=Size.SMALL, tone="second", wrap=True)
        self.said = Remark(self)
        self.keys = TouchKeys(self)
        self.keys.aim(self.password.field)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for part in (self.change, self.facts, self.moved, self.first_signed, self.user, self.password, self.meaning,
                     self.said, self.keys):  # fmt: skip
            column.addWidget(part)

    def begin(self, rows: list[tuple[Text, Text | str]], tag: Tag, old: Value, new: Value, signatures: int) -> None:
        """Show what is to be confirmed."""
        self.change.show_change(tag, old, new)
        self.facts.set_rows(rows)
        self.moved.set_text("")
        self.first_signed.hide()
        self.user.hide()
        self.user.field.clear()
        self.password.clear()
        self.password.setVisible(signatures > 0)
        self.meaning.setVisible(signatures > 0)
        self.said.set_text(say("cmd.two_needed") if signatures > 1 else "")
        self.keys.setVisible(look().touch and signatures > 0)

    def sign(self, name: str) -> None:
        """Say whose signature the password is."""
        self.meaning.set_text(say("modeplate.signs", user=name, meaning=say("meaning.command")))

    def second(self, first: str) -> None:
        """Now the second person, on the same frozen page."""
        self.first_signed.set_text(say("cmd.first_signed", user=first))
        self.first_signed.show()
        self.user.show()
        self.password.clear()
        self.said.set_text("")
        self.sign("…")
        self.user.setFocus()


class ProgressPage(QWidget):
    """Where the command stands, and how it ended."""

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.change = FromTo(self)
        self.steps = StepList(self)
        self.outcome = Caption("", self, size=Size.LARGE, bold=True, wrap=True)
        self.next = Remark(self, bold=False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        for part in (self.change, self.steps, self.outcome, self.next):
            column.addWidget(part)
        column.addStretch(1)

    def show_row(self, row: CommandRow | None, tag: Tag) -> None:
        """Show how far it has come; None: not on record yet."""
        zone = look().zone
        self.steps.show_steps(presenter.steps(row, zone))
        self.outcome.set_text(say("cmd.pending") if row is None else presenter.outcome(row, zone))
        told = None if row is None else presenter.what_next(row)
        self.next.set_text(told or "")
        if row is not None:
            self.change.show_change(tag, row.old, row.asked)

    def lost(self) -> None:
        """The engine went away in between: nobody can say now."""
        self.outcome.set_text(say("cmd.lost"))
        self.next.set_text(say("cmd.lost_next"))
