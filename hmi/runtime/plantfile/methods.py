"""The section of methods: what a controller does when it is called, and the tag that proves it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hmi.model.guard import Guard
from hmi.model.method import Method, MethodArgument
from hmi.model.plant import TagType
from hmi.model.text import Text
from hmi.model.words import say
from hmi.runtime.plantfile import kinds
from hmi.runtime.plantfile.form import BAD, Entry, Field, Problems, Section, Shape, read_table
from hmi.runtime.plantfile.guards import GUARD
from hmi.runtime.plantfile.lines import Path
from hmi.runtime.plantfile.points import node_problem

Sections = Mapping[str, list[Entry]]

_ARGUMENT = {
    "name": Field(kinds.names, required=True),
    "type": Field(kinds.choice(TagType)),
    "range": Field(kinds.span),
    "unit": Field(kinds.text),
}
_GUARDING = ("fresh", "permissives", "tolerance", "deadline", "signature", "two_persons")


def _arguments(value: Any, problems: Problems, path: Path) -> Any:
    if not isinstance(value, list) or not all(isinstance(table, dict) for table in value):
        problems.add(path, say("plantfile.type", value=kinds.shown(value)), say("guards.want_arguments"))
        return BAD
    read = [read_table(table, _ARGUMENT, problems, (*path, i)) for i, table in enumerate(value)]
    return tuple(MethodArgument(**values) for values, whole in read if whole)


def _expect(value: Any, problems: Problems, path: Path) -> Any:
    if isinstance(value, bool | int | float | str):
        return value
    problems.add(path, say("plantfile.type", value=kinds.shown(value)), say("guards.want_value"))
    return BAD


METHOD = Section(
    "method",
    Shape.ARRAY,
    {
        "id": Field(kinds.ident, required=True),
        "name": Field(kinds.names),
        "controller": Field(kinds.reference, required=True),
        "place": Field(kinds.reference),
        "object": Field(kinds.filled, required=True),
        "method": Field(kinds.filled, required=True),
        "arguments": Field(_arguments),
        "read_back": Field(kinds.filled, required=True),
        "expect": Field(_expect, required=True),
        **{key: GUARD.fields[key] for key in _GUARDING},
    },
    rules=GUARD.rules,
)


def references(sections: Sections, problems: Problems) -> None:
    """Methods name tags, controllers and places that are there, and no id that a tag has."""
    tags = {e.id: e for e in sections["tag"] if e.id}
    controllers = {e.id for e in sections["controller"]}
    places = {e.id for name in ("line", "station") for e in sections[name]}
    seen: dict[str, Entry] = {}
    for entry in sections["method"]:
        values = entry.values
        before = tags.get(entry.id) or seen.get(entry.id)
        if entry.id and before is not None:
            wrong = say("plantfile.id_twice", id=entry.id, line=problems.line((*before.path, "id")))
            problems.add((*entry.path, "id"), wrong, say("plantfile.id_twice_right"))
        seen.setdefault(entry.id, entry)
        for key, known in (("controller", controllers), ("place", places)):
            if values.get(key) and values[key] not in known:
                problems.add(
                    (*entry.path, key), say(f"plantfile.no_{key}", id=values[key]), problems.meant(values[key], known)
                )
        named: list[tuple[Path, str]] = [(("read_back",), values.get("read_back", ""))]
        named += [(("permissives", i, "tag"), p.tag) for i, p in enumerate(values.get("permissives", ()))]
        for at, other in named:
            if other and other not in tags:
                problems.add((*entry.path, *at), say("plantfile.no_tag", id=other), problems.meant(other, tags))
        for key in ("object", "method"):
            fault = node_problem(values[key]) if key in values else ""
            if fault:
                wrong = say(f"plantfile.{fault}", node=values[key][:80])
                problems.add((*entry.path, key), wrong, say("plantfile.node_right"))


def method(entry: Entry) -> Method:
    """The method that an entry describes."""
    values = {"name": Text.same(entry.id), **entry.values}
    into = {GUARD.fields[key].into or key for key in _GUARDING}
    guard = Guard(entry.id, **{key: values.pop(key) for key in list(values) if key in into})
    return Method(**values, guard=guard)
