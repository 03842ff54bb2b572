"""The address space of the demo server, made from the layout in a few bulk calls: objects, variables, methods."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from asyncua import Server, ua

from plugins.demo_plant.layout import KINDS, LINE_POINTS, LINES, STATION_COUNT, Mode, Point, State, Verdict, points_of

UNECE = {
    "°C": "CEL", "%": "P1", "s": "SEC", "bar": "BAR", "kW": "KWT", "kWh": "KWH", "mΩ": "E45", "kPa": "KPA",
    "µm": "4H", "mA": "4K", "ppm": "59", "m/min": "2X",
}  # fmt: skip
"""UNECE Recommendation 20 codes; OPC UA's UnitId is the code's characters as one number."""
_READ = 1
_READ_WRITE = 3
Method = Callable[..., Awaitable[ua.StatusCode | list[ua.Variant]]]
Arguments = list[tuple[str, ua.VariantType]]
Engineered = tuple[Method, Arguments, Arguments]
"""A method with what it takes and what it gives."""
ENGINEERING = {"Engineering.WriteCount": ua.VariantType.UInt32, "Engineering.Truths": ua.VariantType.String}
"""Plain tags beside the methods of the bench."""


def _enum_strings(words: str) -> list[str]:
    if words == "state":
        return [s.name.capitalize() for s in State]
    if words == "mode":
        return ["", *(m.name.capitalize() for m in Mode)]
    if words == "verdict":
        return [v.name.capitalize() for v in Verdict]
    if words == "lane":
        return ["Own line", *(f"Line {spec.number}" for spec in LINES)]
    return []


class SpaceBuilder:
    """Collects nodes and adds them in one go: one call for each node would take most of the start-up."""

    def __init__(self, server: Server, namespace: int) -> None:
        self._server = server
        self._ns = namespace
        self._items: list[ua.AddNodesItem] = []

    def node(self, name: str) -> ua.NodeId:
        """The string node id of a name."""
        return ua.NodeId(name, self._ns, ua.NodeIdType.String)

    def _add(self, parent: ua.NodeId, name: str, browse: str, ref: int, kind: int, attributes: Any, cls: Any) -> None:
        item = ua.AddNodesItem()
        item.ParentNodeId = ua.ExpandedNodeId(parent.Identifier, parent.NamespaceIndex, parent.NodeIdType)
        item.ReferenceTypeId = ua.NodeId(ref)
        item.RequestedNewNodeId = ua.ExpandedNodeId(name, self._ns, ua.NodeIdType.String)
        item.BrowseName = ua.QualifiedName(browse, self._ns)
        item.NodeClass = cls
        item.NodeAttributes = attributes
        item.TypeDefinition = ua.ExpandedNodeId(kind)
        self._items.append(item)

    def thing(self, parent: ua.NodeId, name: str, browse: str, display: str) -> None:
        """An object."""
        attributes = ua.ObjectAttributes()
        attributes.DisplayName = ua.LocalizedText(display, "en")
        attributes.EventNotifier = 0
        ids = ua.ObjectIds
        ref = ids.Organizes if parent == ua.NodeId(ids.ObjectsFolder) else ids.HasComponent
        self._add(parent, name, browse, ref, ids.BaseObjectType, attributes, ua.NodeClass.Object)

    def variable(self, parent: ua.NodeId, name: str, point: Point, value: ua.DataValue) -> None:
        """A variable with its engineering unit and range, or its words."""
        ids = ua.ObjectIds
        analog = point.type == "Double" and point.range is not None
        words = _enum_strings(point.words)
        kind = ids.AnalogItemType if analog else ids.MultiStateDiscreteType if words else ids.BaseDataVariableType
        self._variable(parent, name, point.name, ids.HasComponent, kind, value, point.writable)
        here = self.node(name)
        if point.range is not None and not words:
            span = ua.Range(float(point.range[0]), float(point.range[1]))
            self._property(here, name, "EURange", ua.Variant(span, ua.VariantType.ExtensionObject), ids.Range)
        if point.unit:
            unit = ua.EUInformation(
                "http://www.opcfoundation.org/UA/units/un/cefact",
                int.from_bytes(UNECE[point.unit].encode(), "big") if point.unit in UNECE else -1,
                ua.LocalizedText(point.unit),
                ua.LocalizedText(point.unit),
            )
            self._property(
                here, name, "EngineeringUnits", ua.Variant(unit, ua.VariantType.ExtensionObject), ids.EUInformation
            )
        if words:
            texts = ua.Variant([ua.LocalizedText(w, "en") for w in words], ua.VariantType.LocalizedText)
            self._property(here, name, "EnumStrings", texts, ids.LocalizedText)

    def plain(self, parent: ua.NodeId, name: str, browse: str, value: ua.DataValue) -> None:
        """A variable without engineering data."""
        ids = ua.ObjectIds
        self._variable(parent, name, browse, ids.HasComponent, ids.BaseDataVariableType, value, False)

    def _variable(
        self, parent: ua.NodeId, name: str, browse: str, ref: int, kind: int, value: ua.DataValue, writable: bool
    ) -> None:
        assert value.Value is not None
        attributes = ua.VariableAttributes()
        attributes.DisplayName = ua.LocalizedText(browse, "en")
        attributes.Value = value.Value
        attributes.DataType = ua.NodeId(value.Value.VariantType.value)
        attributes.ValueRank = ua.ValueRank.Scalar
        attributes.AccessLevel = attributes.UserAccessLevel = _READ_WRITE if writable else _READ
        attributes.MinimumSamplingInterval = 0.0
        self._add(parent, name, browse, ref, kind, attributes, ua.NodeClass.Variable)

    def _property(self, parent: ua.NodeId, owner: str, browse: str, value: ua.Variant, datatype: int) -> None:
        attributes = ua.VariableAttributes()
        attributes.DisplayName = ua.LocalizedText(browse, "en")
        attributes.Value = value
        attributes.DataType = ua.NodeId(datatype)
        attributes.ValueRank = ua.ValueRank.OneDimension if isinstance(value.Value, list) else ua.ValueRank.Scalar
        attributes.AccessLevel = attributes.UserAccessLevel = _READ
        ids = ua.ObjectIds
        name = f"{owner}.{browse}"
        self._add(parent, name, browse, ids.HasProperty, ids.PropertyType, attributes, ua.NodeClass.Variable)
        self._items[-1].BrowseName = ua.QualifiedName(browse, 0)

    def commit(self) -> None:
        """Add everything collected. Raises UaStatusCodeError for a node that the server refuses."""
        results = self._server.iserver.node_mgt_service.add_nodes(self._items)
        for result in results:
            result.StatusCode.check()
        self._items.clear()


async def build(
    server: Server,
    namespace: int,
    values: dict[str, ua.DataValue],
    station_reset: Callable[[int, int], Method],
    engineering: dict[str, Engineered],
) -> None:
    """All nodes of the plant with their first values; methods are bound to what they are given."""
    space = SpaceBuilder(server, namespace)
    objects = ua.NodeId(ua.ObjectIds.ObjectsFolder)
    space.thing(objects, "Plant", "Plant", "Incheon plant")
    space.thing(objects, "Engineering", "Engineering", "Engineering")
    for name in ENGINEERING:
        space.plain(space.node("Engineering"), name, name.rpartition(".")[2], values[name])
    for spec in LINES:
        space.thing(space.node("Plant"), spec.id, f"Line{spec.number}", f"Line {spec.number}")
        for point in LINE_POINTS:
            name = f"{spec.id}.{point.name}"
            space.variable(space.node(spec.id), name, point, values[name])
        for order in range(1, STATION_COUNT + 1):
            station = f"{spec.id}.S{order}"
            kind = KINDS[order - 1].name.capitalize()
            space.thing(space.node(spec.id), station, kind, f"{kind} {spec.number}")
            for point in points_of(order):
                name = f"{station}.{point.name}"
                space.variable(space.node(station), name, point, values[name])
    space.commit()
    for spec in LINES:
        for order in range(1, STATION_COUNT + 1):
            at = f"{spec.id}.S{order}"
            act = station_reset(spec.number, order)
            machine = server.get_node(space.node(at))
            await machine.add_method(space.node(f"{at}.Reset"), f"{namespace}:Reset", act, [], [])
    bench = server.get_node(space.node("Engineering"))
    for method, (act, *sides) in engineering.items():
        takes, gives = ([_argument(name, type_) for name, type_ in side] for side in sides)
        await bench.add_method(space.node(f"Engineering.{method}"), f"{namespace}:{method}", act, takes, gives)


def _argument(name: str, type_: ua.VariantType) -> ua.Argument:
    argument = ua.Argument()
    argument.Name = name
    argument.DataType = ua.NodeId(type_.value)
    argument.ValueRank = ua.ValueRank.Scalar
    return argument
