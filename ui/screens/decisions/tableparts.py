"""Parts 6 to 8 of the card: the alternatives, what will be written where, and the way back."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from hmi.desk.decision_rows import DecisionCard
from hmi.model.plant import Plant
from hmi.model.text import Text
from hmi.model.words import say
from ui.screens.decisions import cardwords
from ui.theme.look import look
from ui.theme.typeface import Size
from ui.widgets.factsheet import FactSheet, SheetColumn
from ui.widgets.label import Caption
from ui.widgets.panel import Panel


class AlternativesPart(Panel):
    """Part 6: every answer with its cost, doing nothing among them, on one axis."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(say("decisions.part.alternatives"), parent)
        self.sheet = FactSheet(
            [SheetColumn(say("decisions.answer"), 0.27), SheetColumn(say("decisions.figure"), 0.13),
             SheetColumn(say("decisions.range"), 0.2, least=110), SheetColumn(say("decisions.from_to"), 0.13),
             SheetColumn(say("decisions.note"), 0.27)],
            self, name=say("decisions.part.alternatives"),
        )  # fmt: skip
        self.none = Caption(say("decisions.no_alternatives"), self, tone="second", wrap=True)
        self.add(self.sheet)
        self.add(self.none)

    def show_card(self, card: DecisionCard) -> None:
        """Show the alternatives of a card."""
        self.sheet.setVisible(bool(card.alternatives))
        self.none.setVisible(not card.alternatives)
        self.sheet.set_rows(cardwords.alternative_rows(card.alternatives))


class WritesPart(Panel):
    """Part 7: node, name, value now, new, limits, way back; once executed what became of each."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(say("decisions.part.writes"), parent)
        self.now = SheetColumn(say("decisions.column.now"), 0.09, least=56)
        self.then = SheetColumn(say("decisions.column.then"), 0.09, least=56)
        self.sheet = FactSheet(
            [SheetColumn(Text.same(""), 0.03, least=20), SheetColumn(say("decisions.column.node"), 0.2, least=110),
             SheetColumn(say("decisions.column.name"), 0.21, least=110), self.now,
             SheetColumn(say("decisions.column.new"), 0.09, least=56),
             SheetColumn(say("decisions.column.limits"), 0.13, least=78),
             SheetColumn(say("decisions.column.back"), 0.1, least=70),
             SheetColumn(say("decisions.column.outcome"), 0.15, least=90)],
            self, name=say("decisions.part.writes"),
        )  # fmt: skip
        self.none = Caption(say("decisions.no_writes"), self, tone="second", wrap=True)
        self.add(self.sheet)
        self.add(self.none)

    def show_card(self, card: DecisionCard, plant: Plant | None) -> None:
        """Show the writes of a card."""
        self.sheet.setVisible(bool(card.writes))
        self.none.setVisible(not card.writes)
        self.sheet.columns[3] = self.then if any(w.outcome for w in card.writes) else self.now
        self.sheet.set_rows(cardwords.write_rows(card.writes, plant, look().zone))


class UndoPart(Panel):
    """Part 8: how it is taken back, and whether it can be now."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(say("decisions.part.undo"), parent)
        self.words = Caption("", self, wrap=True)
        self.can = Caption("", self, size=Size.SMALL, tone="second", wrap=True)
        self.add(self.words)
        self.add(self.can)

    def show_card(self, card: DecisionCard) -> None:
        """Show the way back of a card."""
        self.words.set_text(card.undo)
        key = "decisions.undo_now" if card.can_undo else "decisions.undo_after" if card.row.state.open else ""
        self.can.set_text(say(key) if key else say("decisions.no_undo"))
