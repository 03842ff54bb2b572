"""What must hold between the tables of a plant file: ids used once, references that lead somewhere, no overlaps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from hmi.model.plant import Shift
from hmi.model.text import Text
from hmi.model.words import say
from hmi.runtime.plantfile.form import Entry, Problems
from hmi.runtime.plantfile.places import SHIPPED_MAPS
from hmi.runtime.plantfile.points import OPCUA, node_problem
from hmi.runtime.plantfile.times import DAYS, overlap

Sections = Mapping[str, list[Entry]]
Check = Callable[[Sections, Problems], None]

_REFERENCES = (
    ("area", "site", ("site",)),
    ("line", "area", ("area",)),
    ("station", "line", ("line",)),
    ("tag", "controller", ("controller",)),
    ("tag", "place", ("line", "station")),
    ("reason", "parent", ("reason",)),
)
"""Section, key, and the sections whose ids the key may name."""


def _ids(sections: Sections, *names: str) -> dict[str, Entry]:
    return {e.id: e for name in reversed(names) for e in reversed(sections[name]) if e.id}


def unique_ids(sections: Sections, problems: Problems) -> None:
    """An id stands once within its kind; lines and stations share one kind, because a tag names either as its place."""
    for names in (("site",), ("area",), ("line", "station"), ("controller",), ("tag",), ("shift",), ("reason",)):
        first: dict[str, Entry] = {}
        for entry in (e for name in names for e in sections[name] if e.id):
            if before := first.get(entry.id):
                wrong = say("plantfile.id_twice", id=entry.id, line=problems.line((*before.path, "id")))
                problems.add((*entry.path, "id"), wrong, say("plantfile.id_twice_right"))
            first.setdefault(entry.id, entry)


def references(sections: Sections, problems: Problems) -> None:
    """Every id that a table names is there."""
    for section, key, targets in _REFERENCES:
        known = _ids(sections, *targets)
        for entry in sections[section]:
            name = entry.values.get(key, "")
            if name and name not in known:
                problems.add((*entry.path, key), say(f"plantfile.no_{key}", id=name), problems.meant(name, known))


def roles(sections: Sections, problems: Problems) -> None:
    """Roles name tags, and counters are numbers."""
    tags = _ids(sections, "tag")
    for entry in (*sections["line"], *sections["station"]):
        for role, name in entry.values.get("roles", {}).items():
            path = (*entry.path, "roles", role)
            tag = tags.get(name)
            if tag is None:
                problems.add(path, say("plantfile.no_tag", id=name), problems.meant(name, tags))
            elif role in ("good", "reject", "in_buffer") and "type" in tag.values and not tag.values["type"].is_number:
                wrong = say("plantfile.role_type", role=role, tag=name, type=tag.values["type"].value)
                problems.add(path, wrong, say("plantfile.role_type_right"))


def state_maps(sections: Sections, problems: Problems) -> None:
    """Stations name a state map that is there."""
    known = {**{e.id: e for e in sections["state_map"]}, **SHIPPED_MAPS}
    for entry in sections["station"]:
        name = entry.values.get("states", "")
        if name and name not in known:
            problems.add((*entry.path, "states"), say("plantfile.no_states", id=name), problems.meant(name, known))


def station_order(sections: Sections, problems: Problems) -> None:
    """Two stations of a line do not have the same place in its flow."""
    first: dict[Any, Entry] = {}
    for entry in sections["station"]:
        if "line" in entry.values and "order" in entry.values:
            place = (entry.values["line"], entry.values["order"])
            if before := first.get(place):
                wrong = say("plantfile.order_twice", station=before.id, order=place[1])
                problems.add((*entry.path, "order"), wrong, say("plantfile.order_twice_right"))
            first.setdefault(place, entry)


def nodes(sections: Sections, problems: Problems) -> None:
    """A node is one tag only, and its address survives a restart of the controller."""
    drivers = {e.id: e.values.get("driver") for e in sections["controller"]}
    first: dict[tuple[str, str], Entry] = {}
    for entry in sections["tag"]:
        controller, node = entry.values.get("controller"), entry.values.get("node")
        if controller is None or node is None:
            continue
        path = (*entry.path, "node")
        if drivers.get(controller) == OPCUA and (fault := node_problem(node)):
            problems.add(path, say(f"plantfile.{fault}", node=node[:80]), say("plantfile.node_right"))
        if before := first.get((controller, node)):
            wrong = say("plantfile.node_twice", tag=before.id, line=problems.line((*before.path, "node")))
            problems.add(path, wrong, say("plantfile.node_twice_right"))
        first.setdefault((controller, node), entry)


def reason_tree(sections: Sections, problems: Problems) -> None:
    """The reasons form a tree: no reason lies below itself."""
    parent = {e.id: e.values.get("parent", "") for e in sections["reason"]}
    for entry in sections["reason"]:
        seen, at = {entry.id}, parent.get(entry.id, "")
        while at and at not in seen:
            seen.add(at)
            at = parent.get(at, "")
        if at and at == entry.id:
            problems.add((*entry.path, "parent"), say("plantfile.circle", id=entry.id), say("plantfile.circle_right"))


def shifts(sections: Sections, problems: Problems) -> None:
    """At any time at most one shift is on."""
    made = [(e, Shift(id=e.id, name=Text.same(e.id), **_times(e))) for e in sections["shift"] if e.whole]
    for i, (entry, shift) in enumerate(made):
        for before, earlier in made[:i]:
            day = overlap(earlier, shift)
            if day is not None:
                wrong = say("plantfile.shift_overlap", other=before.id, day=say(f"plantfile.day_{DAYS[day]}"))
                problems.add((*entry.path, "start"), wrong, say("plantfile.shift_overlap_right"))


def _times(entry: Entry) -> dict[str, Any]:
    return {key: entry.values[key] for key in ("start_min", "end_min", "days") if key in entry.values}


CHECKS: Iterable[Check] = (
    unique_ids, references, roles, state_maps, station_order, nodes, reason_tree, shifts,
)  # fmt: skip
