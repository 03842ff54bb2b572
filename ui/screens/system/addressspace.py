"""A controller's address space as far as somebody has opened it: nodes as rows, opened lazily, watched by choice.

Pure: it is told what the controller answered and says what to ask for next.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any

from hmi.model.plant import Plant
from hmi.model.quality import Quality
from hmi.model.text import Text
from hmi.model.words import say
from ui.widgets.figures import LONGEST_TEXT, NONE, number

MOST_WATCHED = 40
DEEPEST = 40


@dataclass(frozen=True, slots=True)
class NodeRow:
    """One shown node."""

    address: str
    name: str
    kind: str
    depth: int
    has_children: bool
    opened: bool
    type: str
    unit: str
    writable: bool
    tag: str | None
    """The tag of the plant file that reads this node."""
    remark: Text | None = None
    """Instead of a node: children are on their way, there are none, or why they cannot be had."""

    @property
    def key(self) -> tuple[str, int, bool]:
        """What makes it the same row."""
        return self.address, self.depth, self.remark is not None

    @property
    def readable(self) -> bool:
        """Whether it has a value."""
        return self.kind == "variable" and self.remark is None


@dataclass
class AddressSpace:
    """What is known of one controller's nodes. The root is the empty address."""

    controller: str
    children: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    opened: set[str] = field(default_factory=lambda: {""})
    failed: dict[str, Text] = field(default_factory=dict)
    watched: list[str] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)

    def wanted(self) -> list[str]:
        """Opened nodes whose children have not been asked for."""
        return [a for a in self.opened if a not in self.children and a not in self.failed]

    def take(self, address: str, nodes: Iterable[Mapping[str, Any]]) -> None:
        """Take the children of a node."""
        found = [dict(n) for n in nodes if isinstance(n.get("address"), str)]
        self.children[address] = found
        self.failed.pop(address, None)
        for node in found:
            self.names[str(node["address"])] = str(node.get("name") or node["address"])

    def fail(self, address: str, why: Text) -> None:
        """The children cannot be had at the moment."""
        self.failed[address] = why

    def toggle(self, address: str) -> None:
        """Open a node, or shut it; a failed one is tried again."""
        if address in self.failed:
            del self.failed[address]
            self.opened.add(address)
        elif address in self.opened:
            self.opened.discard(address)
        else:
            self.opened.add(address)

    def forget(self) -> None:
        """Ask for everything opened once more: the controller may have changed."""
        self.children.clear()
        self.failed.clear()

    def watch(self, address: str) -> bool:
        """Watch a node, or watch it no longer; False when there are too many."""
        if address in self.watched:
            self.watched.remove(address)
            return True
        if len(self.watched) >= MOST_WATCHED:
            return False
        self.watched.append(address)
        return True

    def rows(self, tags: Mapping[str, str]) -> list[NodeRow]:
        """The nodes that are to be seen, from top to bottom; tags: tag ids by node address."""
        return list(self._below("", 0, tags, ()))

    def _below(self, address: str, depth: int, tags: Mapping[str, str], above: Sequence[str]) -> Iterable[NodeRow]:
        if address in self.failed:
            yield _remark(address, depth, self.failed[address])
            return
        nodes = self.children.get(address)
        if nodes is None:
            yield _remark(address, depth, say("system.browsing"))
            return
        if not nodes and depth:
            yield _remark(address, depth, say("system.no_children"))
        for node in nodes:
            own = str(node["address"])
            opened = own in self.opened
            yield NodeRow(
                own, str(node.get("name") or own), str(node.get("kind") or "other"), depth,
                bool(node.get("has_children")), opened, str(node.get("type") or ""), str(node.get("unit") or ""),
                bool(node.get("writable")), tags.get(own),
            )  # fmt: skip
            # an address space may be a net: a node below itself is listed, but not opened again
            if opened and own not in above and depth < DEEPEST:
                yield from self._below(own, depth + 1, tags, (*above, own))


def _remark(address: str, depth: int, words: Text) -> NodeRow:
    return NodeRow(address, "", "remark", depth, False, False, "", "", False, None, words)


def tags_by_node(plant: Plant | None, controller: str) -> dict[str, str]:
    """Tag ids by node address of one controller."""
    return {} if plant is None else {t.node: t.id for t in plant.tags if t.controller == controller}


@dataclass(frozen=True, slots=True)
class PeekRow:
    """A watched node as the controller answered."""

    address: str
    name: str
    value: str
    quality: Quality
    why: Text | None
    time: str
    tag: str | None


def peek_rows(
    space: AddressSpace, answers: Mapping[str, Mapping[str, Any]], tags: Mapping[str, str], zone: tzinfo | None
) -> list[PeekRow]:
    """The watched nodes in the order in which they were chosen; without an answer yet they are in doubt."""
    rows = []
    for address in space.watched:
        found = answers.get(address)
        name = space.names.get(address, address)
        if found is None:
            rows.append(PeekRow(address, name, NONE, Quality.STALE, say("system.waiting"), NONE, tags.get(address)))
            continue
        why = found.get("why")
        rows.append(
            PeekRow(
                address, name, value_words(found.get("value")), quality_named(found.get("quality")),
                Text.from_json(why) if isinstance(why, Mapping) else None, local_time(found.get("source_time"), zone),
                tags.get(address),
            )
        )  # fmt: skip
    return rows


def quality_named(word: object) -> Quality:
    """A quality by its name; what is not one is BAD."""
    return Quality[word] if isinstance(word, str) and word in Quality.__members__ else Quality.BAD


def value_words(value: object) -> str:
    """A value of any kind in a cell."""
    if value is None:
        return NONE
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number(value, 0 if isinstance(value, int) else None)
    text = str(value)
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


def local_time(iso: object, zone: tzinfo | None) -> str:
    """A source time (ISO, UTC) as local time with milliseconds."""
    if not isinstance(iso, str):
        return NONE
    head, _, digits = iso.rstrip("Z").partition(".")
    try:
        moment = datetime.fromisoformat(head).replace(tzinfo=UTC).astimezone(zone)
    except ValueError:
        return NONE
    return f"{moment:%H:%M:%S}.{(digits + '000')[:3]}"
