"""The address space of a controller: opened node by node, values watched live without touching the plant file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hmi.model.text import Text
from hmi.model.words import say
from ui.bridge.desk import Desk
from ui.screens.system.addressspace import MOST_WATCHED, AddressSpace, NodeRow, PeekRow, peek_rows, tags_by_node
from ui.screens.system.presenter import worded
from ui.theme.look import look
from ui.widgets.controls import Button, Choice
from ui.widgets.label import Caption
from ui.widgets.panel import GAP, Ground, KeyValue, Panel
from ui.widgets.table import DataTable
from ui.widgets.tablemodel import Column

INDENT = "      "
WATCHED_AT_ONCE = 8


class BrowsePage(Ground):
    """A press opens or shuts a node; a press on a value watches it, again and it is let go."""

    def __init__(self, desk: Desk, tell: Callable[[Text], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._tell = desk, tell
        self._spaces: dict[str, AddressSpace] = {}
        self._space: AddressSpace | None = None
        self._asked: set[tuple[str, str]] = set()
        self._answers: dict[str, dict[str, Any]] = {}
        self._tags: dict[str, str] = {}
        self._deep = 0
        self._choice: Choice | None = None
        self._build()
        self._peek = desk.keep_asking(self, "peek", 1.0, self._took_values, self._not_read, self._values_wanted)
        desk.second.connect(self._ask)
        desk.plant_changed.connect(self._plant_changed)
        self._plant_changed()

    def _build(self) -> None:
        self.tree_panel = Panel(say("system.address_space"), self)
        assert self.tree_panel.head is not None
        self.again = Button(say("system.again"), flat=True)
        self.again.clicked.connect(self._again)
        self.tree_panel.head.add(self.again)
        self._place = QHBoxLayout()
        self._place.setSpacing(4)
        self.tree_panel.body.addLayout(self._place)
        self.tree = DataTable(
            [
                Column("name", say("system.node"), self._node_words, 0, bold=False, tone=self._node_tone),
                Column("type", say("system.type"), lambda r: r.type if r.kind == "variable" else "", 104,
                       tone=lambda r: "second"),
                Column("unit", say("system.unit"), lambda r: r.unit, 72, tone=lambda r: "second"),
                Column("tag", say("system.tag"), lambda r: r.tag or "", 160, tone=lambda r: "second"),
                Column("watched", say("system.watched_short"), self._watched_words, 76),
            ],
            key=lambda r: r.key, name=say("system.address_space"), empty=say("system.browsing"),
        )  # fmt: skip
        self.tree.horizontalHeader().setSectionsClickable(False)  # a tree that is sorted is no tree
        self.tree.opened.connect(self._opened)
        self.tree.chosen.connect(self._show_node)
        self.tree_panel.add(self.tree, 1)
        self.watched_panel = Panel(say("system.watched"), self)
        self.values = DataTable(
            [
                Column("name", say("system.node"), lambda r: r.name, 0, tip=lambda r: r.address),
                Column("value", say("system.value"), lambda r: r.value, 172, right=True, bold=True,
                       tone=lambda r: "value" if int(r.quality) < 2 else "second"),
                Column("quality", say("system.quality"),
                       lambda r: look().say(f"quality.{r.quality.name}"), 92, quality=lambda r: r.quality,
                       tip=lambda r: "" if r.why is None else look().text(r.why)),
                Column("time", say("system.source_time"), lambda r: r.time, 132, right=True),
            ],
            key=lambda r: r.address, name=say("system.watched"), empty=say("system.none_watched"),
        )  # fmt: skip
        self.values.opened.connect(self._let_go)
        self.watched_panel.add(self.values, 1)
        self.why = Caption("", wrap=True, tone="second")
        self.watched_panel.add(self.why)
        self.node_panel = Panel(say("system.chosen_node"), self)
        self.node = KeyValue(name=say("system.chosen_node"), key_px=110)
        self.node_panel.add(self.node)
        self.node.set_rows(_node_facts(None))
        right = QVBoxLayout()
        right.setSpacing(GAP)
        right.addWidget(self.watched_panel, 1)
        right.addWidget(self.node_panel)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        row.addWidget(self.tree_panel, 55)
        row.addLayout(right, 45)

    # -- controllers --------------------------------------------------------------------------------------------------

    def _plant_changed(self) -> None:
        plant = self._desk.plant
        controllers = [] if plant is None else list(plant.controllers)
        if self._choice is not None:
            self._choice.deleteLater()
            self._choice = None
        if len(controllers) > 1:
            self._choice = Choice([(c.id, c.name) for c in controllers], name=say("system.controllers"))
            self._choice.changed.connect(self.show_controller)
            self._place.addWidget(self._choice)
            self._place.addStretch(1)
        self._spaces = {c.id: self._spaces.get(c.id) or AddressSpace(c.id) for c in controllers}
        first = self._space.controller if self._space is not None and self._space.controller in self._spaces else None
        if controllers:
            self.show_controller(first or controllers[0].id)
        else:
            self._space = None
            self._show()

    def show_controller(self, controller: str) -> None:
        """Browse this one."""
        if controller not in self._spaces:
            return
        self._space = self._spaces[controller]
        if self._choice is not None:
            self._choice.choose(controller)
        self._tags = tags_by_node(self._desk.plant, controller)
        self._answers = {}
        self._ask()
        self._show()

    # -- nodes --------------------------------------------------------------------------------------------------------

    def _ask(self) -> None:
        space = self._space
        if space is None or not self.isVisible():
            return
        for address in space.wanted():
            if (space.controller, address) not in self._asked:
                self._asked.add((space.controller, address))
                self._desk.ask(
                    "browse", self._taker(space, address), self._failer(space, address), controller=space.controller,
                    node=address or None,
                )  # fmt: skip

    def _taker(self, space: AddressSpace, address: str) -> Callable[[Any], None]:
        def take(nodes: Sequence[dict[str, Any]]) -> None:
            self._asked.discard((space.controller, address))
            space.take(address, nodes)
            self._show()
            self._open_further()

        return take

    def _failer(self, space: AddressSpace, address: str) -> Callable[[Text], None]:
        def fail(why: Text) -> None:
            self._asked.discard((space.controller, address))
            space.fail(address, why)
            self._show()

        return fail

    def _opened(self, row: NodeRow) -> None:
        space = self._space
        if space is None:
            return
        if row.remark is not None:
            space.toggle(row.address)
            space.opened.add(row.address)
        elif row.has_children:
            space.toggle(row.address)
        elif row.readable:
            self._watch(row.address)
            return
        self._ask()
        self._show()

    def _again(self) -> None:
        if self._space is not None:
            self._space.forget()
            self._ask()
            self._show()

    def _watch(self, address: str) -> None:
        if self._space is not None and not self._space.watch(address):
            self._tell(say("system.too_many", n=MOST_WATCHED))
        self._peek.now()
        self._show()

    def _let_go(self, row: PeekRow) -> None:
        self._show_node(row)

    def open_first(self, deep: int) -> None:
        """Open the first branch down to a depth and watch some values in it: for pictures."""
        self._deep = deep
        self._open_further()

    def _open_further(self) -> None:
        space = self._space
        if space is None or not self._deep:
            return
        rows = [r for r in space.rows(self._tags) if r.remark is None]
        branches = [r for r in rows if r.has_children and r.kind == "object" and r.name != "Server"]
        last = branches[-1] if branches and branches[-1].opened else None
        ahead = [r for r in branches if not r.opened and (last is None or r.depth > last.depth)]
        first = next((r for r in branches if not r.opened and r.depth == self._depth_opened(branches) + 1), None)
        if first is not None and first.depth < self._deep and ahead:
            space.opened.add(first.address)
            self._ask()
        elif rows and not space.wanted():
            self._deep = 0
            for row in [r for r in rows if r.readable and r.tag][:WATCHED_AT_ONCE]:
                space.watch(row.address)
        self._show()

    @staticmethod
    def _depth_opened(branches: Sequence[NodeRow]) -> int:
        return max((r.depth for r in branches if r.opened), default=-1)

    @property
    def quiet(self) -> bool:
        """Whether everything asked for has been answered."""
        watched = self._space.watched if self._space is not None else []
        return not self._asked and not self._deep and all(w in self._answers for w in watched)

    # -- values -------------------------------------------------------------------------------------------------------

    def _values_wanted(self) -> dict[str, Any] | None:
        space = self._space
        if space is None or not space.watched:
            return None
        return {"controller": space.controller, "nodes": list(space.watched)}

    def _took_values(self, found: Sequence[dict[str, Any]]) -> None:
        self._answers = {str(r.get("tag")): r for r in found}
        self.why.set_text("")
        self._show_values()

    def _not_read(self, why: Text) -> None:
        self._answers = {}
        self.why.set_text(why)
        self._show_values()

    # -- showing ------------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        space = self._space
        self.tree.set_rows([] if space is None else space.rows(self._tags))
        self.tree.clearSpans()
        for at, row in enumerate(self.tree.rows_model.rows):
            if row.remark is not None:
                self.tree.setSpan(at, 0, 1, len(self.tree.rows_model.columns))
        self.tree.refresh()
        self._show_values()

    def _show_values(self) -> None:
        space = self._space
        rows = [] if space is None else peek_rows(space, self._answers, self._tags, look().zone)
        self.values.set_rows(rows)

    def _show_node(self, row: NodeRow | PeekRow) -> None:
        self.node.set_rows(_node_facts(row))

    def _node_words(self, row: NodeRow) -> str:
        lead = INDENT * row.depth
        if row.remark is not None:
            return f"{lead}    {look().text(row.remark)}"
        return f"{lead}{('−' if row.opened else '+') if row.has_children else '   '}  {row.name}"

    def _node_tone(self, row: NodeRow) -> str:
        return "second" if row.remark is not None or row.kind in ("method", "other") else "text"

    def _watched_words(self, row: NodeRow) -> str:
        return "✓" if self._space is not None and row.readable and row.address in self._space.watched else ""

    def retell(self) -> None:
        self._show()


def _node_facts(row: NodeRow | PeekRow | None) -> list[tuple[Text, Text | str]]:
    if row is None:
        return [(say("system.node"), say("system.none_chosen"))]
    facts: list[tuple[Text, Text | str]] = [(say("system.node"), row.name), (say("system.address"), row.address)]
    if isinstance(row, NodeRow):
        facts.append((say("system.kind_of"), worded("system.node_kind", row.kind)))
        facts.append((say("system.access"), say("system.writable" if row.writable else "system.read_only")
                      if row.kind == "variable" else "–"))  # fmt: skip
    else:
        facts.append((say("system.value"), row.value))
        facts.append((say("system.why"), row.why or "–"))
    facts.append((say("system.in_file"), row.tag or say("system.not_in_file")))
    return facts
