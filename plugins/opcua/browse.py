"""Walking an address space: the references of many nodes at once, within what the server bears."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from asyncua import ua
from asyncua.common.utils import Buffer
from asyncua.ua.ua_binary import struct_from_binary

from plugins.opcua import bulk
from plugins.opcua.ahead import in_batches
from plugins.opcua.message import UnusualError
from plugins.opcua.session import Session

HAS_PROPERTY = ua.ObjectIds.HasProperty
ASIDE = frozenset({
    HAS_PROPERTY, ua.ObjectIds.HasHistoricalConfiguration, ua.ObjectIds.HasEventSource, ua.ObjectIds.HasNotifier,
    ua.ObjectIds.HasSubtype,
})  # fmt: skip
"""References that lead to descriptions of a node, not to what it consists of."""
BROWSE_S = 15.0
_KINDS = {
    int(ua.NodeClass.Object): "object",
    int(ua.NodeClass.Variable): "variable",
    int(ua.NodeClass.Method): "method",
}
_NO_POINTS = ua.StatusCodes.BadNoContinuationPoints


@dataclass(frozen=True, slots=True)
class Reference:
    """One step down the address space."""

    node: ua.NodeId
    by: int
    """Reference type in namespace 0; 0 for another namespace's own."""
    name: str
    kind: str
    type: int
    """Type definition in namespace 0; 0 for another namespace's own."""

    @property
    def is_property(self) -> bool:
        """Whether it describes its parent (unit, range, words) instead of being part of it."""
        return bool(self.by == HAS_PROPERTY)


async def references(session: Session, nodes: Sequence[ua.NodeId]) -> list[list[Reference]]:
    """All hierarchical references forward of each node, in order; none for a node that cannot be browsed."""

    async def part_of(part: Sequence[ua.NodeId]) -> list[list[Reference]]:
        found: list[list[Reference]] = [[] for _ in part]
        await _browse(session, part, found)
        return found

    return [below for part in await in_batches(nodes, session.limits.browse, part_of) for below in part]


async def _browse(session: Session, nodes: Sequence[ua.NodeId], into: list[list[Reference]]) -> None:
    open_points: list[tuple[int, bytes]] = []
    starved = []
    for place, (status, point, below) in enumerate(await _first(session, nodes)):
        if status == _NO_POINTS:
            starved.append(place)
            continue
        into[place].extend(below)
        if point:
            open_points.append((place, point))
    while open_points:
        more = ua.BrowseNextParameters(ReleaseContinuationPoints=False, ContinuationPoints=[p for _, p in open_points])
        results = await asyncio.wait_for(session.client.uaclient.session.browse_next(more), BROWSE_S)
        following = []
        for (place, _), result in zip(open_points, results, strict=True):
            into[place].extend(_taken(result))
            if result.ContinuationPoint:
                following.append((place, result.ContinuationPoint))
        open_points = following
    if len(starved) == len(nodes) == 1:
        return
    half = max(1, len(starved) // 2)
    for at in range(0, len(starved), half):
        part = starved[at : at + half]
        lists = [into[place] for place in part]
        await _browse(session, [nodes[place] for place in part], lists)


async def _first(session: Session, nodes: Sequence[ua.NodeId]) -> list[tuple[int, bytes, list[Reference]]]:
    """Status, continuation point and references of each node; the library decodes what our codec does not foresee."""
    body = await session.send(bulk.BROWSE, bulk.browse_parameters(nodes), BROWSE_S)
    try:
        return [(b.status, b.continuation, _references(b.links)) for b in bulk.browsed(body)]
    except UnusualError:
        results = struct_from_binary(ua.BrowseResponse, Buffer(body)).Results
        return [(int(r.StatusCode.value), r.ContinuationPoint or b"", _taken(r)) for r in results]


def _references(links: Sequence[bulk.Link]) -> list[Reference]:
    return [
        Reference(k.node, k.type, k.name, _KINDS.get(k.node_class, "other"), k.definition)
        for k in links
        if k.node is not None
    ]


def _taken(result: ua.BrowseResult) -> list[Reference]:
    taken = []
    for reference in result.References or []:
        node = reference.NodeId
        if getattr(node, "ServerIndex", 0) or getattr(node, "NamespaceUri", None):
            continue  # lives on another server
        plain = ua.NodeId(node.Identifier, node.NamespaceIndex) if isinstance(node.Identifier, int) else \
            ua.NodeId(node.Identifier, node.NamespaceIndex, node.NodeIdType)  # fmt: skip
        taken.append(
            Reference(
                plain, _standard(reference.ReferenceTypeId),
                reference.BrowseName.Name or (reference.DisplayName.Text or ""),
                _KINDS.get(reference.NodeClass, "other"), _standard(reference.TypeDefinition),
            )
        )  # fmt: skip
    return taken


def _standard(node: ua.NodeId) -> int:
    return node.Identifier if node.NamespaceIndex == 0 and isinstance(node.Identifier, int) else 0
