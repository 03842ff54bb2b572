"""The part of OPC UA's own address space that a small controller offers, instead of all 6,000 standard nodes.

Filling the library's whole standard address space takes longer than everything else of the demo's start together.
``standard.json`` holds the nodes the plant needs, copied out of it by ``python -m plugins.demo_plant.standard``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from asyncua import Server, ua
from asyncua.server.address_space import AddressSpace, AttributeValue, NodeData

FILE = Path(__file__).with_name("standard.json")
_FOLDERS = frozenset({84, 85, 86, 87, 88, 89, 90, 91})
_SERVER = frozenset({
    2253, 2254, 2255, 2256, 2257, 2258, 2259, 2260, 2261, 2262, 2263, 2264, 2265, 2266, 2267, 2268, 2269, 2271, 2272,
    2735, 2736, 2737, 2992, 2993, 2994, 11312, 11702, 11703, 11704, 11705, 11707, 11709, 11710, 11711, 11712, 11713,
    11714, 12165, 12166, 12167, 12168, 17634,
})  # fmt: skip
_TYPES = frozenset({
    58, 61, 77, 78, 80, 2004, 2013, 11564,  # objects, and rules of modelling
    62, 63, 68, 2138, 2365, 2368, 2372, 2373, 2376, 3051, 11238, 15318,  # variables
    *range(1, 31), 256, 290, 294, 295, 296, 338, 852, 862, 884, 887, 7594, 12755, 12756, 12877, 12878, 12879,
})  # fmt: skip
_READERS: dict[str, ua.VariantType] = {
    "NodeClass": ua.VariantType.Int32,
    "BrowseName": ua.VariantType.QualifiedName,
    "DisplayName": ua.VariantType.LocalizedText,
    "IsAbstract": ua.VariantType.Boolean,
    "Symmetric": ua.VariantType.Boolean,
    "InverseName": ua.VariantType.LocalizedText,
    "EventNotifier": ua.VariantType.Byte,
    "DataType": ua.VariantType.NodeId,
    "ValueRank": ua.VariantType.Int32,
    "AccessLevel": ua.VariantType.Byte,
    "UserAccessLevel": ua.VariantType.Byte,
    "MinimumSamplingInterval": ua.VariantType.Double,
    "Historizing": ua.VariantType.Boolean,
}


def fill(aspace: AddressSpace) -> None:
    """Put the shipped nodes into an empty address space."""
    rows = json.loads(FILE.read_text(encoding="utf-8"))
    nodes = {int(number): NodeData(ua.NodeId(int(number))) for number in rows}
    for number, row in rows.items():
        node = nodes[int(number)]
        node.attributes[ua.AttributeIds.NodeId] = _attribute(node.nodeid, ua.VariantType.NodeId)
        for name, type_ in _READERS.items():
            if name in row:
                node.attributes[ua.AttributeIds[name]] = _attribute(_typed(row[name], type_), type_)
        for name in ("WriteMask", "UserWriteMask"):
            node.attributes[ua.AttributeIds[name]] = _attribute(0, ua.VariantType.UInt32)
        if row["NodeClass"] in (ua.NodeClass.Variable, ua.NodeClass.VariableType):
            node.attributes[ua.AttributeIds.Value] = _attribute(None, ua.VariantType.Null)
        aspace[node.nodeid] = node
    for number, row in rows.items():
        for type_, forward, target in row["References"]:
            nodes[int(number)].references.append(_reference(rows, type_, forward, target))


def _reference(rows: dict[str, Any], type_: int, forward: int, target: int) -> ua.ReferenceDescription:
    other = rows[str(target)]
    found = ua.ReferenceDescription()
    found.ReferenceTypeId = ua.NodeId(type_)
    found.IsForward = bool(forward)
    found.NodeId = ua.NodeId(target)
    found.NodeClass = ua.NodeClass(other["NodeClass"])
    found.BrowseName = ua.QualifiedName(other["BrowseName"], 0)
    found.DisplayName = ua.LocalizedText(other["DisplayName"])
    definition = [t for kind, ahead, t in other["References"] if kind == ua.ObjectIds.HasTypeDefinition and ahead]
    found.TypeDefinition = ua.NodeId(definition[0]) if definition else ua.NodeId()
    return found


def _attribute(value: Any, type_: ua.VariantType) -> AttributeValue:
    return AttributeValue(ua.DataValue(ua.Variant(value, type_)))


def _typed(value: Any, type_: ua.VariantType) -> Any:
    if type_ is ua.VariantType.QualifiedName:
        return ua.QualifiedName(value, 0)
    if type_ is ua.VariantType.LocalizedText:
        return ua.LocalizedText(value)
    return ua.NodeId(value) if type_ is ua.VariantType.NodeId else value


def _plain(value: Any) -> Any:
    if isinstance(value, ua.QualifiedName):
        return value.Name
    if isinstance(value, ua.LocalizedText):
        return value.Text
    if isinstance(value, ua.NodeId):
        return value.Identifier
    return value if isinstance(value, bool | float) else int(value)


async def extract() -> dict[str, Any]:
    """The rows of standard.json, read out of the library's whole standard address space."""
    server = Server()
    await server.iserver.load_standard_address_space()
    aspace = server.iserver.aspace
    wanted = _FOLDERS | _SERVER | _TYPES
    nodes: dict[int, NodeData] = {}
    for nodeid in aspace.keys():  # noqa: SIM118 - not a mapping
        node = aspace[nodeid]
        of_class = node.attributes[ua.AttributeIds.NodeClass].value.Value.Value
        if nodeid.Identifier in wanted or of_class == ua.NodeClass.ReferenceType:
            nodes[nodeid.Identifier] = node
    return {str(number): _row(nodes[number], nodes) for number in sorted(nodes)}


def _row(node: NodeData, nodes: dict[int, NodeData]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for name in _READERS:
        held = node.attributes.get(ua.AttributeIds[name])
        if held is not None and held.value is not None and held.value.Value is not None:
            value = held.value.Value.Value
            if value is not None and not (isinstance(value, ua.LocalizedText) and value.Text is None):
                row[name] = _plain(value)
    row["References"] = [
        [r.ReferenceTypeId.Identifier, int(r.IsForward), r.NodeId.Identifier]
        for r in node.references
        if r.NodeId.Identifier in nodes and r.NodeId.NamespaceIndex == 0
    ]
    return row


def render(rows: dict[str, Any]) -> str:
    """The text of standard.json: one node a line."""
    lines = (f"{json.dumps(number)}: {json.dumps(row, separators=(',', ':'))}" for number, row in rows.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    import asyncio

    FILE.write_text(render(asyncio.run(extract())), encoding="utf-8")
