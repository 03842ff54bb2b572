"""An address space as nodes with type, unit, range and path: all of it for a plant file, or one level for a person."""

from __future__ import annotations

from dataclasses import replace
from operator import itemgetter

from asyncua import ua

from hmi.api import DriverContext, Node
from plugins.opcua import address
from plugins.opcua.browse import ASIDE, Reference, references
from plugins.opcua.describe import Facts, describe
from plugins.opcua.refusal import LinkError
from plugins.opcua.session import Session, open_session

MOST = 500_000
"""An address space that makes new nodes while it is walked must end somewhere."""
Place = tuple[int, ...]
"""Where a node stands: the number of the step at each level."""
_CONDITION = frozenset({"EventId", "ConditionName"})


class UnreachableError(ConnectionError):
    """The server cannot be walked; ``link`` says why, in words."""

    def __init__(self, link: LinkError) -> None:
        super().__init__(link.why.en if link.why else str(link.state))
        self.link = link
        self.text = link.why


async def discover(context: DriverContext) -> list[Node]:
    """All objects and variables below Objects, as a tree is read; the server's own and alarm conditions left out.

    Raises UnreachableError (a ConnectionError with ``text`` in both languages) when there is no connection.
    """
    try:
        session = await open_session(context, context.log)
    except LinkError as err:
        raise UnreachableError(err) from err
    try:
        return await walk(session)
    finally:
        await session.close(politely=True)


async def walk(session: Session) -> list[Node]:
    """Level by level, each node once, however many ways lead to it."""
    seen: set[ua.NodeId] = set()
    found: list[tuple[Place, Node]] = []
    (below,) = await references(session, [ua.NodeId(ua.ObjectIds.ObjectsFolder)])
    level: list[tuple[Place, str, list[Reference]]] = [((), "", below)]
    while level and len(found) < MOST:
        steps: list[tuple[Place, str, Reference]] = []
        for place, path, below in level:
            for number, reference in enumerate(below):
                if _is_part(reference) and reference.node not in seen:
                    seen.add(reference.node)
                    name = f"{path}.{reference.name}" if path else reference.name
                    steps.append(((*place, number), name, reference))
        nodes = [reference for _, _, reference in steps]
        deeper = await references(session, [r.node for r in nodes])
        facts = await describe(session, nodes, deeper)
        level = []
        for (place, path, reference), below, fact in zip(steps, deeper, facts, strict=True):
            if reference.kind == "object" and {r.name for r in below} >= _CONDITION:
                continue  # an alarm condition: heard as events, not as tags
            if fact.readable:
                found.append((place, _node(session, reference, path, below, fact)))
            level.append((place, path, below))
    return _in_order([node for _, node in sorted(found, key=itemgetter(0))])


def _is_part(reference: Reference) -> bool:
    """Objects and variables of the plant; what is in the standard's own namespace belongs to the server."""
    return reference.by not in ASIDE and reference.kind in ("object", "variable") and reference.node.NamespaceIndex != 0


def _node(session: Session, reference: Reference, path: str, below: list[Reference], fact: Facts) -> Node:
    return Node(
        address.written(reference.node, session.namespaces), reference.name, reference.kind,
        any(_is_part(r) for r in below), fact.type, fact.unit, fact.range, fact.writable, fact.words, path,
    )  # fmt: skip


def _in_order(nodes: list[Node]) -> list[Node]:
    """Paths made unique where a server names two children alike; the order of the server is kept."""
    count: dict[str, int] = {}
    out = []
    for node in nodes:
        count[node.path] = count.get(node.path, 0) + 1
        out.append(node if count[node.path] == 1 else replace(node, path=f"{node.path}#{count[node.path]}"))
    return out


async def children(session: Session, start: str | None) -> list[Node]:
    """One level below a node (None: the Objects folder), variables described."""
    node = ua.NodeId(ua.ObjectIds.ObjectsFolder)
    if start is not None:
        try:
            resolved = address.resolve(start, session.namespaces)
        except address.AddressError:
            return []
        if resolved is None:
            return []
        node = resolved
    (below,) = await references(session, [node])
    below = [r for r in below if r.by not in ASIDE]
    grand = await references(session, [r.node for r in below])
    described = await describe(session, below, grand)
    nodes = []
    for reference, deeper, facts in zip(below, grand, described, strict=True):
        nodes.append(
            Node(
                address.written(reference.node, session.namespaces), reference.name, reference.kind,
                any(r.by not in ASIDE for r in deeper), facts.type, facts.unit, facts.range, facts.writable,
                facts.words, reference.name,
            )
        )  # fmt: skip
    return nodes
