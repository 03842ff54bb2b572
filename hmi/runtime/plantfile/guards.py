"""The section of guards: what must hold before a tag may be written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hmi.model.guard import Compare, Guard, Permissive
from hmi.model.plant import Access
from hmi.model.text import Text
from hmi.model.words import say
from hmi.runtime.plantfile import kinds
from hmi.runtime.plantfile.form import BAD, Entry, Field, Problems, Section, Shape, read_table
from hmi.runtime.plantfile.lines import Path

Sections = Mapping[str, list[Entry]]


def _scalar(value: Any, problems: Problems, path: Path) -> Any:
    if isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list) and value and all(isinstance(v, bool | int | float | str) for v in value):
        return tuple(value)
    problems.add(path, say("plantfile.type", value=kinds.shown(value)), say("guards.want_value"))
    return BAD


_PERMISSIVE = {
    "tag": Field(kinds.filled, required=True),
    "is": Field(kinds.choice(Compare), required=True, into="compare"),
    "value": Field(_scalar, required=True),
    "name": Field(kinds.names),
}


def _permissives(value: Any, problems: Problems, path: Path) -> Any:
    if not isinstance(value, list):
        problems.add(path, say("plantfile.type", value=kinds.shown(value)), say("guards.want_permissives"))
        return BAD
    found = []
    for i, table in enumerate(value):
        if not isinstance(table, dict):
            problems.add((*path, i), say("plantfile.type", value=kinds.shown(table)), say("guards.want_permissives"))
            continue
        values, whole = read_table(table, _PERMISSIVE, problems, (*path, i))
        if not whole:
            continue
        if (values["compare"] is Compare.IN) != isinstance(values["value"], tuple):
            problems.add((*path, i, "value"), say("guards.list_and_in"), say("guards.list_and_in_right"))
            continue
        found.append(Permissive(**{"name": Text.same(values["tag"]), **values}))
    return tuple(found)


def _rules(values: Mapping[str, Any], problems: Problems, path: Path) -> None:
    if values.get("two_persons") and values.get("signature") is False:
        problems.add((*path, "two_persons"), say("guards.two_unsigned"), say("guards.two_unsigned_right"))


GUARD = Section(
    "guard",
    Shape.ARRAY,
    {
        "tag": Field(kinds.filled, required=True),
        "limits": Field(kinds.span),
        "max_step": Field(kinds.positive),
        "max_rate_per_min": Field(kinds.positive),
        "fresh": Field(kinds.positive, into="fresh_s"),
        "permissives": Field(_permissives),
        "read_back": Field(kinds.filled),
        "tolerance": Field(kinds.not_negative),
        "deadline": Field(kinds.positive, into="deadline_s"),
        "signature": Field(kinds.flag),
        "two_persons": Field(kinds.flag),
    },
    rules=_rules,
)


def references(sections: Sections, problems: Problems) -> None:
    """Guards name tags that are there and may be written, each once; permissives and read-backs name tags."""
    tags = {e.id: e for e in sections["tag"] if e.id}
    seen: dict[str, Entry] = {}
    for entry in sections["guard"]:
        name = entry.values.get("tag", "")
        tag = tags.get(name)
        if name and tag is None:
            problems.add((*entry.path, "tag"), say("plantfile.no_tag", id=name), problems.meant(name, tags))
        elif tag is not None and tag.values.get("access", Access.READ) is Access.READ:
            problems.add((*entry.path, "tag"), say("guards.read_only", tag=name), say("guards.read_only_right"))
        if name in seen:
            wrong = say("plantfile.id_twice", id=name, line=problems.line((*seen[name].path, "tag")))
            problems.add((*entry.path, "tag"), wrong, say("guards.twice_right"))
        seen.setdefault(name, entry)
        named: list[tuple[tuple[str | int, ...], str]] = [
            (("permissives", i, "tag"), p.tag) for i, p in enumerate(entry.values.get("permissives", ()))
        ]
        if "read_back" in entry.values:
            named.append((("read_back",), entry.values["read_back"]))
        for at, other in named:
            if other not in tags:
                problems.add((*entry.path, *at), say("plantfile.no_tag", id=other), problems.meant(other, tags))


def guard(entry: Entry) -> Guard:
    """The guard that an entry describes."""
    return Guard(**entry.values)


def keys_of(found: Guard) -> Iterator[tuple[str, object]]:
    """The keys of a guard that differ from the safe defaults, as the file has them."""
    plain = Guard(found.tag)
    yield "tag", found.tag
    for key, name in (
        ("limits", "limits"), ("max_step", "max_step"), ("max_rate_per_min", "max_rate_per_min"),
        ("fresh", "fresh_s"), ("read_back", "read_back"), ("tolerance", "tolerance"), ("deadline", "deadline_s"),
        ("signature", "signature"), ("two_persons", "two_persons"),
    ):  # fmt: skip
        if getattr(found, name) != getattr(plain, name):
            yield key, getattr(found, name)
    if found.permissives:
        yield (
            "permissives",
            [
                {
                    "tag": p.tag,
                    "is": p.compare,
                    "name": p.name,
                    "value": list(p.value) if isinstance(p.value, tuple) else p.value,
                }
                for p in found.permissives
            ],
        )
