"""The groups of an address space: which object each variable belongs to, and an id that people can read for each."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from hmi.plant.port import Node

_CONTROL = re.compile(r"[\x00-\x1f\x7f\x80-\x9f]")
_STRING_ID = re.compile(r"(?:nsu=[^;]*;|ns=\d+;)?s=(.+)", re.DOTALL)
LONGEST = 120
"""Characters of an id taken from the server; a longer one gives way to the browse path, or is cut."""

PARTS = frozenset({
    "EURange", "InstrumentRange", "EngineeringUnits", "EnumStrings", "EnumValues", "ValuePrecision", "Definition",
    "TrueState", "FalseState", "InputArguments", "OutputArguments", "NodeVersion", "HA Configuration",
})  # fmt: skip
"""Variables that describe another node; they are never tags."""

_CONDITION = frozenset({"EventId", "ConditionName"})
"""An object with these is an alarm condition: heard as events, not as tags."""


@dataclass(eq=False, slots=True)
class Group:
    """An object of the server with what it holds."""

    node: Node | None
    """None for the Objects folder, and for an object that the driver did not list."""
    path: str
    parent: Group | None = None
    groups: list[Group] = field(default_factory=list)
    variables: list[Node] = field(default_factory=list)
    id: str = ""

    @property
    def name(self) -> str:
        """Its browse name."""
        return self.node.name if self.node is not None else self.path.rsplit(".", 1)[-1]

    def up(self) -> Iterable[Group]:
        """The groups it lies in, from its parent to the root."""
        at = self.parent
        while at is not None:
            yield at
            at = at.parent

    def down(self) -> Iterable[Group]:
        """Itself and all groups below it, in the order of the server."""
        waiting = [self]
        while waiting:
            group = waiting.pop()
            yield group
            waiting += reversed(group.groups)


def string_id(node: Node) -> str:
    """The string identifier of an address; empty for numbers, GUIDs and opaque ones."""
    match = _STRING_ID.fullmatch(node.address)
    return match[1] if match else ""


def tidy(text: str) -> str:
    """A text of the server as an id: no control characters, no space around it, not too long."""
    clean = _CONTROL.sub("_", text.encode("utf-8", "replace").decode("utf-8")).strip()
    return clean[:LONGEST].strip()


def _speakable(address: str) -> bool:
    try:
        address.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def grow(nodes: Sequence[Node]) -> Group:
    """The tree of groups below the Objects folder; a node that is listed twice counts once."""
    root = Group(None, "")
    once = list({node.address: node for node in reversed(nodes) if _speakable(node.address)}.values())[::-1]
    named: dict[str, list[Group]] = {"": [root]}
    twins: Counter[str] = Counter()
    for node in once:
        if node.kind == "object":
            named.setdefault(_own_path(node), []).append(Group(node, node.path))
    places = {id(g.node): g for groups in named.values() for g in groups if g.node is not None}
    for node in once:
        parent = _parent(node, named, twins, root)
        if node.kind == "object":
            group = places[id(node)]
            if parent is group or group in parent.up():
                parent = root  # a name that leads back to itself
            group.parent = parent
            parent.groups.append(group)
        elif node.kind == "variable" and node.name not in PARTS:
            parent.variables.append(node)
    for group in list(root.down()):
        group.groups = [g for g in group.groups if not {v.name for v in g.variables} >= _CONDITION]
    return root


def _own_path(node: Node) -> str:
    """The path of a node without the mark that tells twins apart."""
    if not node.path.endswith(node.name):
        return re.sub(r"#\d+$", "", node.path)
    return node.path


def _parent(node: Node, named: dict[str, list[Group]], twins: Counter[str], root: Group) -> Group:
    own = _own_path(node)
    above = own[: -len(node.name)].removesuffix(".") if own.endswith(node.name) else own.rpartition(".")[0]
    groups = named.get(above)
    if groups is None:  # the driver lists no objects, or this lies below a variable
        while above and above not in named:
            above = above.rpartition(".")[0]
        groups = named.get(above, [root])
    if len(groups) == 1:
        return groups[0]
    name = string_id(node)
    fits = [g for g in groups if g.node is not None and string_id(g.node) and name.startswith(string_id(g.node))]
    if fits:
        return max(fits, key=lambda g: len(string_id(g.node)) if g.node is not None else 0)
    twins[own] += 1
    return groups[min(twins[own], len(groups)) - 1]


class Ids:
    """Gives out ids: the string node id where it is there and unique, else the browse path, never one twice."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        """Nodes of one kind (groups or variables); ids are unique among them."""
        self._count = Counter(tidy(string_id(node)) for node in nodes)
        self._given: set[str] = set()

    def of(self, node: Node) -> str:
        """The id of a node."""
        name = string_id(node)
        wanted = tidy(name)
        if not wanted or len(name) > LONGEST or self._count[wanted] > 1:
            wanted = tidy(node.path) or tidy(node.name) or "node"
        return self.free(wanted)

    def free(self, wanted: str) -> str:
        """An id like the wanted one that is not given out yet."""
        name, number = wanted, 1
        while name in self._given:
            number += 1
            name = f"{wanted}~{number}"
        self._given.add(name)
        return name
