"""The sections of the flow network: products with their operations, and the lanes between lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hmi.model.flow import Lane, Product
from hmi.model.plant import Access
from hmi.model.words import say
from hmi.runtime.plantfile import kinds
from hmi.runtime.plantfile.form import BAD, Entry, Field, Problems, Section, Shape
from hmi.runtime.plantfile.lines import Path

Sections = Mapping[str, list[Entry]]


def _operations(value: Any, problems: Problems, path: Path) -> Any:
    found = kinds.idents(value, problems, path)
    if found == ():
        problems.add(path, say("plantfile.type", value="[]"), say("material.want_operations"))
        return BAD
    return found


def _scalar(value: Any, problems: Problems, path: Path) -> Any:
    if isinstance(value, bool | int | float | str):
        return value
    problems.add(path, say("plantfile.type", value=kinds.shown(value)), say("material.want_value"))
    return BAD


PRODUCT = Section(
    "product",
    Shape.ARRAY,
    {
        "id": Field(kinds.ident, required=True),
        "name": Field(kinds.names),
        "operations": Field(_operations, required=True),
    },
)
LANE = Section(
    "lane",
    Shape.ARRAY,
    {
        "id": Field(kinds.ident, required=True),
        "from": Field(kinds.filled, required=True, into="from_station"),
        "to": Field(kinds.filled, required=True, into="to_station"),
        "diverter": Field(kinds.reference),
        "value": Field(_scalar),
        "home": Field(_scalar),
        "transport_s": Field(kinds.not_negative),
    },
)


def references(sections: Sections, problems: Problems) -> None:
    """Ids stand once; lanes join stations that are there by diverters that may be written; stations name products."""
    for name in ("lane", "product"):
        _once(sections[name], problems)
    stations = {e.id: e for e in sections["station"] if e.id}
    tags = {e.id: e for e in sections["tag"] if e.id}
    for entry in sections["lane"]:
        _lane(entry, stations, tags, problems)
    products = {e.id for e in sections["product"]}
    for entry in sections["station"]:
        for i, name in enumerate(entry.values.get("products", ())):
            if name not in products:
                path = (*entry.path, "products", i)
                problems.add(path, say("material.no_product", id=name), problems.meant(name, products))


def _once(entries: list[Entry], problems: Problems) -> None:
    first: dict[str, Entry] = {}
    for entry in entries:
        if entry.id in first:
            wrong = say("plantfile.id_twice", id=entry.id, line=problems.line((*first[entry.id].path, "id")))
            problems.add((*entry.path, "id"), wrong, say("plantfile.id_twice_right"))
        elif entry.id:
            first[entry.id] = entry


def _lane(entry: Entry, stations: Mapping[str, Entry], tags: Mapping[str, Entry], problems: Problems) -> None:
    ends = [entry.values.get(name, "") for name in ("from_station", "to_station")]
    for key, end in zip(("from", "to"), ends, strict=True):
        if end and end not in stations:
            problems.add((*entry.path, key), say("material.no_station", id=end), problems.meant(end, stations))
    if ends[0] and ends[0] == ends[1]:
        problems.add((*entry.path, "to"), say("material.lane_circle"), say("material.lane_circle_right"))
    diverter = entry.values.get("diverter", "")
    if not diverter:
        return
    path = (*entry.path, "diverter")
    tag = tags.get(diverter)
    if tag is None:
        problems.add(path, say("plantfile.no_tag", id=diverter), problems.meant(diverter, tags))
    elif tag.whole and tag.values.get("access", Access.READ) is not Access.DIVERTER:
        problems.add(path, say("material.not_a_diverter", tag=diverter), say("material.not_a_diverter_right"))
    if not problems.has((*entry.path, "value")):
        problems.add((*entry.path, "value"), say("material.no_value"), say("material.no_value_right"))


def product_keys(found: Product) -> Iterator[tuple[str, object]]:
    """The keys of a product as the file has them, name and id apart."""
    yield "operations", list(found.operations)


def lane_keys(found: Lane) -> Iterator[tuple[str, object]]:
    """The keys of a lane that differ from their defaults, as the file has them."""
    plain = Lane("", "", "")
    yield "id", found.id
    yield "from", found.from_station
    yield "to", found.to_station
    for key in ("diverter", "value", "home", "transport_s"):
        value = getattr(found, key)
        if value is not None and (value != getattr(plain, key) or type(value) is not type(getattr(plain, key))):
            yield key, value
