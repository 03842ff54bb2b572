"""All tags of a station as a table: value, unit, quality, age and why, live four times a second."""

from __future__ import annotations

import time

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from hmi.model.plant import Tag
from hmi.model.quality import Quality
from hmi.model.reading import Reading
from hmi.model.units import unit_words
from hmi.model.words import say
from ui.bridge.desk import Desk
from ui.bridge.session import session_of
from ui.equipment.rights import commandable, may_not_command
from ui.theme.look import look
from ui.theme.typeface import Size
from ui.widgets.figures import age_text, time_text, value_text
from ui.widgets.guarded import GuardedButton
from ui.widgets.label import Caption
from ui.widgets.panel import Ground
from ui.widgets.table import DataTable
from ui.widgets.tablemodel import Column

UNIT_AT = 2
NARROW = 440
"""Narrower than this the unit stands behind the value."""
FILTER_FROM = 12
"""A table shorter than this needs no filter."""


class TagTable(Ground):
    """Readings are fetched when a row is painted, so that only rows in sight cost anything."""

    command = Signal(str)
    """The chosen tag is to be changed."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent, ground="panel")
        self._desk = desk
        self._now_ns = time.time_ns()
        self._filter = QLineEdit(self)
        self._filter.setClearButtonEnabled(True)
        self.table = DataTable(
            [
                Column("name", say("faceplate.tag"), self._name, width=0),
                Column("value", say("faceplate.value"), self._value, width=118, right=True, bold=True, tone=self._tone),
                Column("unit", say("faceplate.unit"), self._unit, width=54, tone=_second),
                Column("age", say("faceplate.age"), self._age, width=70, tone=_second, sort=self._age_s),
                Column("quality", say("faceplate.quality"), self._quality_words, width=0, quality=self._quality,
                       sort=self._quality),
            ],
            _key,
            self,
            name=say("faceplate.table"),
            empty=say("faceplate.no_tags"),
        )  # fmt: skip
        self._detail = Caption("", self, size=Size.SMALL, tone="second", wrap=True)
        self._detail.setFixedHeight(58)
        self.change = GuardedButton(say("cmd.change_dots"), self)
        self.change.acted.connect(self._change)
        self.change.hide()
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self._detail, 1)
        foot.addWidget(self.change)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._filter)
        column.addWidget(self.table, 1)
        column.addLayout(foot)
        self._filter.textChanged.connect(self.table.want)
        self.table.chosen.connect(self._tell)
        desk.quarter.connect(self._tick)
        self.retell()

    def set_tags(self, tags: tuple[Tag, ...]) -> None:
        """Show these tags."""
        self._filter.setVisible(len(tags) >= FILTER_FROM)
        self._filter.clear()
        self.table.set_rows(tags)
        self._detail.hide()
        self.change.hide()

    def retell(self) -> None:
        self._filter.setPlaceholderText(look().say("faceplate.filter"))
        self._filter.setAccessibleName(look().say("faceplate.filter"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < NARROW
        self.table.setColumnHidden(UNIT_AT, narrow)
        self.table.setColumnWidth(UNIT_AT - 1, 106 if narrow else 118)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._tick()

    def _tick(self) -> None:
        if self.isVisible():
            self._now_ns = time.time_ns()
            self.table.refresh()
            if self.table.chosen_row is not None:
                self._tell(self.table.chosen_row)

    def _reading(self, tag: Tag) -> Reading:
        return self._desk.reading(tag.id)

    def _name(self, tag: Tag) -> str:
        return look().text(tag.name)

    def _value(self, tag: Tag) -> str:
        reading = self._reading(tag)
        text = value_text(reading.value, tag, look().lang)
        if reading.quality is Quality.BAD:
            text = f"[ {text} ]"
        return f"{text} {self._unit(tag)}" if self.table.isColumnHidden(UNIT_AT) else text

    def _tone(self, tag: Tag) -> str:
        return "second" if self._reading(tag).quality in (Quality.BAD, Quality.STALE) else "value"

    def _unit(self, tag: Tag) -> str:
        return "" if tag.words else look().text(unit_words(tag.unit))

    def _quality(self, tag: Tag) -> Quality:
        return self._reading(tag).quality

    def _quality_words(self, tag: Tag) -> str:
        """The quality, and where it is not GOOD the reason."""
        why = self._reading(tag).why
        word = look().say(f"quality.{self._reading(tag).quality.name}")
        return word if why is None else f"{word}: {look().text(why)}"

    def _age_s(self, tag: Tag) -> float:
        return self._reading(tag).age_s(self._now_ns) or 0.0

    def _age(self, tag: Tag) -> str:
        return look().text(age_text(self._reading(tag).age_s(self._now_ns)))

    def _tell(self, tag: Tag) -> None:
        """The chosen tag in full: what the narrow columns cut off."""
        here, reading = look(), self._reading(tag)
        first = f"{here.text(tag.name)}  ·  {tag.id}  ·  {time_text(reading.source_ns, here.zone, milliseconds=True)}"
        self._detail.show()
        self.change.setVisible(commandable(tag))
        session = session_of(self._desk)
        self.change.forbid(may_not_command(session.who, session.mode, self._desk.plant, tag))
        self._detail.set_text(f"{first}\n{self._quality_words(tag)}")

    def _change(self) -> None:
        if self.table.chosen_row is not None:
            self.command.emit(self.table.chosen_row.id)


def _key(tag: Tag) -> str:
    return tag.id


def _second(_tag: Tag) -> str:
    return "second"
