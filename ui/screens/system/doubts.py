"""The tags that are not good, with the reason in words; and the plugins with what became of them."""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from hmi.desk.rows import BadTags, PluginRow
from hmi.model.plant import Plant
from hmi.model.quality import Quality
from hmi.model.text import Text
from hmi.model.words import say
from ui.screens.system import presenter
from ui.screens.system.presenter import DoubtRow
from ui.theme.look import look
from ui.theme.typeface import Size
from ui.widgets.controls import Button
from ui.widgets.figures import NONE
from ui.widgets.label import Caption
from ui.widgets.panel import Panel
from ui.widgets.table import DataTable
from ui.widgets.tablemodel import Column

LIMIT = 500


class DoubtList(Panel):
    """Worst first as the engine lists them; a filter lets only the chosen controller through."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(say("system.bad_tags"), parent)
        assert self.head is not None
        self.only = Button(say("system.only", name=""), checkable=True)
        self.head.add(self.only)
        self.table = DataTable(
            [
                Column("name", say("system.tag"), lambda r: look().text(r.name), 0, tip=lambda r: r.tag),
                Column("quality", say("system.quality"), lambda r: look().say(f"quality.{r.quality.name}"), 96,
                       quality=lambda r: r.quality, sort=lambda r: -int(r.quality)),
                Column("why", say("system.why"), lambda r: look().text(r.why), 0),
                Column("age", say("system.age"), lambda r: look().text(r.age), 72, right=True, sort=lambda r: r.age_s),
            ],
            key=lambda r: r.tag, name=say("system.bad_tags"), empty=say("system.all_good"),
        )  # fmt: skip
        self.table.chosen.connect(self._say)
        self.add(self.table, 1)
        self.said = Caption("", wrap=True, size=Size.SMALL)
        self.said.hide()
        self.add(self.said)

    def _say(self, row: DoubtRow) -> None:
        """The reason of the chosen tag in full: in the table it may be cut."""
        self.said.set_text(say("system.doubt_says", name=row.name, why=row.why))
        self.said.show()

    def show_tags(self, found: BadTags, plant: Plant | None) -> None:
        """Show these."""
        now = time.time_ns()
        self.table.set_rows([presenter.doubt_row(r, plant, now) for r in found.rows])
        if self.table.chosen_row is None:
            self.said.hide()
        assert self.head is not None
        self.head.remark.set_text(presenter.doubt_words(found, None if plant is None else len(plant.tags)))

    def name_filter(self, name: Text | None) -> None:
        """Say whose tags the filter lets through."""
        self.only.setVisible(name is not None)
        if name is not None:
            self.only.set_text(say("system.only", name=name))


class PluginList(Panel):
    """Every plugin that was found, running or not."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(say("system.plugins"), parent)
        self.table = DataTable(
            [
                Column("name", say("system.plugin"), lambda r: f"{r.name} {r.version}".strip(), 168, bold=True),
                Column("kind", say("system.kind"), _kind, 132),
                Column("state", say("system.c_state_of"), _state, 112, quality=presenter.plugin_quality),
                Column("why", say("system.why"), lambda r: "" if r.why is None else look().text(r.why), 0),
            ],
            key=lambda r: r.name, name=say("system.plugins"), empty=say("system.no_plugins"),
        )  # fmt: skip
        self.add(self.table, 1)

    def show_rows(self, rows: Sequence[PluginRow]) -> None:
        """Show these; those that do not work first."""
        order = sorted(rows, key=lambda r: (presenter.plugin_quality(r) is Quality.GOOD, r.name))
        self.table.set_rows(order)


def _kind(row: PluginRow) -> str:
    return look().text(presenter.worded("system.plugin_kind", row.kind))


def _state(row: PluginRow) -> str:
    if row.kind == "plant" and row.state == "IDLE":
        return NONE  # a plant of its own process: no engine counts who works with it
    return look().text(presenter.worded("system.plugin_state", row.state))
