"""What a variable is: type, unit, range, words of its values, writable or not; read for many at once."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from asyncua import ua

from plugins.opcua.ahead import in_batches
from plugins.opcua.browse import Reference, references
from plugins.opcua.decoder import Columns
from plugins.opcua.session import Session
from plugins.opcua.variant import VARIANT

_WRITE = 2
_BASE: dict[int, str] = {t.value: t.name for t in ua.VariantType}
_ALIAS = {
    ua.ObjectIds.UtcTime: "DateTime", ua.ObjectIds.Duration: "Double", ua.ObjectIds.Enumeration: "Int32",
    ua.ObjectIds.Number: "Double", ua.ObjectIds.Integer: "Int64", ua.ObjectIds.UInteger: "UInt64",
    ua.ObjectIds.LocaleId: "String", ua.ObjectIds.NumericRange: "String", ua.ObjectIds.Image: "ByteString",
    ua.ObjectIds.BaseDataType: "",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Facts:
    """What discovery and browsing tell of a variable; empty for what is none."""

    type: str = ""
    unit: str = ""
    range: tuple[float, float] | None = None
    writable: bool = False
    readable: bool = True
    words: tuple[str, ...] = ()


async def describe(session: Session, nodes: Sequence[Reference], below: Sequence[Sequence[Reference]]) -> list[Facts]:
    """Facts of each node, in order; ``below`` holds each one's own references, where its properties are."""
    facts = [Facts() for _ in nodes]
    places = [place for place, node in enumerate(nodes) if node.kind == "variable"]
    if not places:
        return facts
    variables = [nodes[place].node for place in places]
    kinds = (await _columns(session, variables, ua.AttributeIds.Value))[0]
    access, told = await _columns(session, variables, ua.AttributeIds.UserAccessLevel)
    names = await _type_names(session, variables, kinds)
    for at, place in enumerate(places):
        level = int(access[at]) if told[at] else 1
        facts[place] = Facts(names[at], writable=bool(level & _WRITE), readable=bool(level & 1))
    for name, put in _PROPERTIES.items():
        holders = [(place, r.node) for place in places for r in below[place] if r.is_property and r.name == name]
        values = await _values(session, [node for _, node in holders])
        for (place, _), value in zip(holders, values, strict=True):
            facts[place] = put(facts[place], value)
    await _words_of_types(session, nodes, places, kinds, facts)
    return facts


def _range(facts: Facts, value: Any) -> Facts:
    low, high = getattr(value, "Low", None), getattr(value, "High", None)
    if not isinstance(low, int | float) or not isinstance(high, int | float):
        return facts
    if not (math.isfinite(low) and math.isfinite(high)) or low >= high:
        return facts
    return replace(facts, range=(float(low), float(high)))


def _unit(facts: Facts, value: Any) -> Facts:
    name = getattr(getattr(value, "DisplayName", None), "Text", None)
    return replace(facts, unit=name) if name else facts


def _strings(facts: Facts, value: Any) -> Facts:
    if not isinstance(value, list):
        return facts
    return replace(facts, words=tuple(getattr(word, "Text", None) or "" for word in value))


def _enum_values(facts: Facts, value: Any) -> Facts:
    pairs = {}
    for entry in value if isinstance(value, list) else []:
        number, name = getattr(entry, "Value", None), getattr(getattr(entry, "DisplayName", None), "Text", None)
        if isinstance(number, int) and 0 <= number < 1000 and name:
            pairs[number] = name
    if not pairs or facts.words:
        return facts
    return replace(facts, words=tuple(pairs.get(number, "") for number in range(max(pairs) + 1)))


_PROPERTIES: dict[str, Callable[[Facts, Any], Facts]] = {
    "EURange": _range,
    "EngineeringUnits": _unit,
    "EnumStrings": _strings,
    "EnumValues": _enum_values,
}


async def _columns(session: Session, nodes: Sequence[ua.NodeId], attribute: int) -> tuple[list[Any], list[bool]]:
    """Of Value: the kinds; of another attribute: the numbers; and which were told at all."""

    async def part_of(part: Sequence[ua.NodeId]) -> Columns:
        return await session.read([(node, attribute) for node in part])

    out: list[Any] = []
    told: list[bool] = []
    for columns in await in_batches(nodes, session.limits.read, part_of):
        out += (columns.kinds if attribute == ua.AttributeIds.Value else columns.values).tolist()
        told += ((columns.kinds != 0) & (columns.status >> 30 == 0)).tolist()
    return out, told


async def _values(session: Session, nodes: Sequence[ua.NodeId], attribute: int = 13) -> list[Any]:

    async def part_of(part: Sequence[ua.NodeId]) -> list[Any]:
        return await session.values(part, attribute)

    return [value for part in await in_batches(nodes, session.limits.read, part_of) for value in part]


async def _type_names(session: Session, nodes: Sequence[ua.NodeId], kinds: Sequence[int]) -> list[str]:
    """By the value that is there; by the declared type where there is none, or an array."""
    names = [_BASE.get(kind, "") if kind not in (0, VARIANT) else "" for kind in kinds]
    open_ones = [at for at, name in enumerate(names) if not name]
    declared = await _values(session, [nodes[at] for at in open_ones], ua.AttributeIds.DataType)
    for at, data_type in zip(open_ones, declared, strict=True):
        base = _base_name(data_type)
        names[at] = f"{base or 'Variant'}[]" if kinds[at] == VARIANT else base
    return names


def _base_name(data_type: Any) -> str:
    if not isinstance(data_type, ua.NodeId) or data_type.NamespaceIndex or not isinstance(data_type.Identifier, int):
        return ""
    if data_type.Identifier in _ALIAS:
        return _ALIAS[data_type.Identifier]
    return _BASE.get(data_type.Identifier, "")


async def _words_of_types(session: Session, nodes: Sequence[Reference], places: Sequence[int], kinds: Sequence[int],
                          facts: list[Facts]) -> None:  # fmt: skip
    """An enumeration may keep its words at its data type instead of at the variable."""
    asked = [p for p, kind in zip(places, kinds, strict=True) if kind == ua.VariantType.Int32 and not facts[p].words]
    declared = await _values(session, [nodes[place].node for place in asked], ua.AttributeIds.DataType)
    own = {t for t in declared if isinstance(t, ua.NodeId) and not (t.NamespaceIndex == 0 and t.Identifier == 6)}
    types = list(own)
    described: dict[ua.NodeId, Facts] = {}
    for data_type, below in zip(types, await references(session, types), strict=True):
        of_type = Facts()
        for reference in below:
            if reference.is_property and reference.name in ("EnumStrings", "EnumValues"):
                (value,) = await _values(session, [reference.node])
                of_type = _PROPERTIES[reference.name](of_type, value)
        described[data_type] = of_type
    for place, data_type in zip(asked, declared, strict=True):
        if data_type in described and described[data_type].words:
            facts[place] = replace(facts[place], words=described[data_type].words)
