"""Where a new value is entered: figures with steps, two large buttons, an enumeration's words, or text."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from hmi.model.guard import Guard
from hmi.model.plant import Tag
from hmi.model.reading import Value
from hmi.model.text import Text
from hmi.model.units import unit_words
from hmi.model.words import say
from ui.command import values
from ui.command.values import Kind
from ui.theme.look import look
from ui.theme.typeface import Size
from ui.widgets.controls import Button
from ui.widgets.label import Caption

BIG_PX = 72
ACROSS = 2


class ValueEntry(QWidget):
    """``value`` is what was entered so far; ``wrong`` says why it is none."""

    changed = Signal()
    entered = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tag: Tag | None = None
        self._guard = Guard("")
        self._now: Value = None
        self._chosen: Value = None
        self.wrong: Text | None = None
        self.field = QLineEdit(self)
        self.field.setMaxLength(60)
        self.field.setMinimumWidth(110)
        self.field.textChanged.connect(self._typed)
        self.field.returnPressed.connect(self.entered)
        self._unit = Caption("", self, tone="second")
        self.steps = [Button(Text.same("–"), self) for _ in range(4)]
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        for button in self.steps[:2]:
            line.addWidget(button)
        line.addWidget(self.field, 1)
        line.addWidget(self._unit)
        for button in self.steps[2:]:
            line.addWidget(button)
        for button in self.steps:
            button.clicked.connect(self._step)
        self.buttons: list[Button] = []
        self._grid = QGridLayout()
        self._grid.setSpacing(8)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(Caption(say("cmd.new"), self, size=Size.SMALL, tone="second"))
        column.addLayout(line)
        column.addLayout(self._grid)

    def set_tag(self, tag: Tag, guard: Guard, now: Value) -> None:
        """Enter a value for this tag; nothing is entered yet."""
        self._tag, self._guard, self._now, self._chosen, self.wrong = tag, guard, now, None, None
        kind = values.kind_of(tag)
        figures = kind is Kind.NUMBER
        small, large = values.steps_of(tag, guard)
        for button, step in zip(self.steps, (-large, -small, small, large), strict=True):
            button.setVisible(figures)
            button.setProperty("step", step)
            sign = "+" if step > 0 else "−"
            button.set_text(Text.same(f"{sign}{abs(step):g}"))
        self.field.setVisible(kind in (Kind.NUMBER, Kind.TEXT))
        self._unit.setVisible(figures)
        self._unit.set_text(unit_words(tag.unit))
        with QSignalBlocker(self.field):
            self.field.clear()
        self.field.setAccessibleName(look().say("cmd.new"))
        self.field.setPlaceholderText(values.typed_text(now, tag) if figures else "")
        offered = values.choices(tag) if kind in (Kind.SWITCH, Kind.CHOICE) else []
        while len(self.buttons) < len(offered):
            made = Button(Text.same("–"), self, checkable=True)
            made.clicked.connect(self._pick)
            self._grid.addWidget(made, len(self.buttons) // ACROSS, len(self.buttons) % ACROSS)
            self.buttons.append(made)
        for at, button in enumerate(self.buttons):
            button.setVisible(at < len(offered))
            button.setChecked(False)
            button.setMinimumHeight(BIG_PX if kind is Kind.SWITCH else 0)
            if at < len(offered):
                value, word = offered[at]
                button.setProperty("at", at)
                button.set_text(say("cmd.is_now", value=word) if value == now else word)
        self._offered = [value for value, _ in offered]

    @property
    def value(self) -> Value:
        """The new value; None while there is none."""
        return self._chosen if self.wrong is None else None

    @property
    def is_figure(self) -> bool:
        """Whether figures are typed here."""
        return self._tag is not None and values.kind_of(self._tag) is Kind.NUMBER

    def first(self) -> QWidget:
        """What takes the focus."""
        return self.buttons[0] if self.buttons and self.buttons[0].isVisibleTo(self) else self.field

    def enter(self, value: Value) -> None:
        """Enter a value as a person does."""
        assert self._tag is not None
        if value in self._offered and self._offered:
            self._take(self._offered.index(value))
        else:
            self.field.setText(values.typed_text(value, self._tag))

    def _typed(self, text: str) -> None:
        if self._tag is None:
            return
        found = values.parse(text, self._tag)
        self.wrong = found if isinstance(found, Text) else None
        self._chosen = None if isinstance(found, Text) else found
        self.changed.emit()

    def _step(self) -> None:
        assert self._tag is not None
        start = self._now if self._chosen is None else self._chosen
        value = values.stepped(start, float(self.sender().property("step")), self._tag, self._guard)
        self.field.setText(values.typed_text(value, self._tag))

    def _pick(self) -> None:
        self._take(int(self.sender().property("at")))

    def _take(self, at: int) -> None:
        self._chosen = self._offered[at]
        for number, button in enumerate(self.buttons):
            button.setChecked(number == at)
        self.changed.emit()
