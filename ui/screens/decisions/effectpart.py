"""Parts 3 to 5 of the card: the context, the declared effect, and how sure it is, after the person's own judgement."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hmi.desk.decision_rows import DecisionCard
from hmi.model.decision import Judgement
from hmi.model.plant import Plant
from hmi.model.text import Text
from hmi.model.words import say
from ui.screens.decisions import cardwords
from ui.theme.look import look
from ui.theme.typeface import Size
from ui.widgets.dialog import Remark
from ui.widgets.factsheet import Cell, FactSheet, SheetColumn, SheetRow
from ui.widgets.figures import number
from ui.widgets.guarded import GuardedButton
from ui.widgets.label import Caption
from ui.widgets.panel import EmptyState, Panel
from ui.widgets.rangebar import Range, RangeBar

KEYS = {Judgement.AGREE: "A", Judgement.DIFFER: "D", Judgement.UNSURE: "U"}


class ContextPart(Panel):
    """Part 3: order, lot, shift, batch, alarms, holds; and how old the oldest input is now."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(say("decisions.part.context"), parent)
        nothing = Text.same("")
        self.sheet = FactSheet([SheetColumn(nothing, 0.34), SheetColumn(nothing, 0.66)], self,
                               name=say("decisions.part.context"), head=False, lines=False)  # fmt: skip
        self.add(self.sheet)
        self.body.addStretch(1)

    def show_card(self, card: DecisionCard) -> None:
        """Show the context of a card."""
        rows = [SheetRow((Cell(key, small=True, tone="second"), Cell(value))) for key, value in card.context]
        if card.row.state.open:
            age = say("decisions.age_unknown")
            if card.data_age_s is not None:
                age = say("decisions.age", age=number(card.data_age_s, 1 if card.data_age_s < 10 else 0))
            key = Cell(say("decisions.age_key"), small=True, tone="second")
            rows.append(SheetRow((key, Cell(age, bold=card.data_age_s is None))))
        self.sheet.set_rows(rows)


class EffectPart(Panel):
    """Part 4: what will be measured, how far it goes and until when; later what was measured."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(say("decisions.part.effect"), parent)
        self.measure = Caption("", self, wrap=True)
        self.figure = Caption("", self, size=Size.LARGE, bold=True, tone="value")
        self.bar = RangeBar(self)
        self.range = Caption("", self, size=Size.SMALL, tone="second", wrap=True)
        self.measured = Remark(self)
        self.none = EmptyState(say("decisions.no_effect_declared"), self)
        column = QVBoxLayout()
        column.setSpacing(4)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self.figure)
        row.addWidget(self.bar, 1)
        column.addWidget(self.measure)
        column.addLayout(row)
        column.addWidget(self.range)
        column.addWidget(self.measured)
        column.addWidget(self.none)
        column.addStretch(1)
        self.body.addLayout(column)

    def show_card(self, card: DecisionCard, plant: Plant | None) -> None:
        """Show the expected effect, and besides what came of it."""
        e = card.expected
        for part in (self.measure, self.figure, self.bar, self.range):
            part.setVisible(e is not None)
        self.none.setVisible(e is None)
        if e is None:
            self.measured.set_text("")
            return
        tag = None if plant is None else plant.tag.get(e.tag)
        digits = cardwords.declared_digits(e, tag)
        self.measure.set_text(e.measure)
        self.figure.set_text(cardwords.expected_figure(e, digits))
        shown: Range = cardwords.expected_range(e, card)
        self.bar.show_range(shown, e.unit, digits)
        self.range.set_text(cardwords.expected_range_words(e, digits))
        self.bar.setVisible(not cardwords.is_flag(e))
        self.measured.set_text(cardwords.measured_words(card, digits) or "")


class SurePart(Panel):
    """Part 5: ``judged`` tells a person's own judgement; only then the confidence is there to be shown."""

    judged = Signal(str)
    in_vain = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(say("decisions.part.sure"), parent)
        self.question = Caption(say("decisions.own_first"), self, bold=True, wrap=True)
        self.cause = Caption("", self, wrap=True)
        self.buttons: dict[str, GuardedButton] = {}
        row = QHBoxLayout()
        row.setSpacing(8)
        for judgement, key in KEYS.items():
            button = GuardedButton(
                say("decisions.with_key", word=say(f"decisions.judge.{judgement.value}"), key=key), self
            )
            button.setProperty("judgement", judgement.value)
            button.acted.connect(self._pressed)
            button.in_vain.connect(self.in_vain)
            self.buttons[judgement.value] = button
            row.addWidget(button, 1)
        self.yours = Remark(self, bold=False)
        self.lines = [Remark(self, bold=False) for _ in range(4)]
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addWidget(self.question)
        column.addWidget(self.cause)
        column.addLayout(row)
        column.addWidget(self.yours)
        for line in self.lines:
            column.addWidget(line)
        column.addStretch(1)
        self.body.addLayout(column)
        self._same_width()

    def _same_width(self) -> None:
        wide = max(b.sizeHint().width() for b in self.buttons.values())
        for button in self.buttons.values():
            button.setMinimumWidth(wide)

    @property
    def asks(self) -> bool:
        """Whether it waits for a judgement."""
        return not self.question.isHidden()

    def show_card(self, card: DecisionCard, why_not: Text | None) -> None:
        """Ask for the judgement, or show the confidence. why_not: why this person cannot judge."""
        asks = card.asks_judgement and not card.judgement and card.row.state.open
        first = card.causes[0].name if card.causes else say("decisions.no_cause")
        for part in (self.question, self.cause, *self.buttons.values()):
            part.setVisible(asks)
        for button in self.buttons.values():
            button.forbid(why_not)
        self.cause.set_text(first)
        given = card.judgement in self.buttons
        word = say(f"decisions.judge.{card.judgement}") if given else Text.same("")
        self.yours.set_text(say("decisions.yours", word=word, cause=first) if given else "")
        lines: list[tuple[Text, bool]] = []
        if card.confidence is not None:
            lines = cardwords.confidence_lines(card.confidence, look().zone)
        elif not asks:
            lines = [(say("decisions.not_shown"), False)]
        for at, caption in enumerate(self.lines):
            text, bold = lines[at] if at < len(lines) else (Text.same(""), False)
            caption.bold = bold
            caption.tone = "text" if bold else "second"
            caption.set_text(text if at < len(lines) else "")
            caption.update()

    def retell(self) -> None:
        """Another language: words of another length."""
        for button in self.buttons.values():
            button.setMinimumWidth(0)
        self._same_width()

    def _pressed(self) -> None:
        self.judged.emit(str(self.sender().property("judgement")))
