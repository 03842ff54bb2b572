"""The section of cameras: which station each looks at, what triggers it, and which values go along."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from hmi.model.camera import Camera, CameraTrigger
from hmi.model.text import Text
from hmi.model.words import say
from hmi.runtime.plantfile import kinds
from hmi.runtime.plantfile.form import BAD, Entry, Field, Problems, Section, Shape
from hmi.runtime.plantfile.lines import Path

Sections = Mapping[str, list[Entry]]

_PASSWORD_IN_URL = re.compile(r"[a-z][a-z0-9+.-]*://[^/@\s]*:[^/@\s]*@", re.IGNORECASE)


def _tags(value: Any, problems: Problems, path: Path) -> Any:
    if isinstance(value, list) and all(isinstance(one, str) and one for one in value):
        return tuple(value)
    problems.add(path, say("plantfile.type", value=kinds.shown(value)), say("vision.camera.want_tags"))
    return BAD


def _settings(value: Any, problems: Problems, path: Path) -> Any:
    """A plugin's own table; an address with a password in it is as secret as a key named password."""
    read = kinds.settings(value, problems, path)
    if read is BAD:
        return BAD
    for key, part in read.items():
        if isinstance(part, str) and _PASSWORD_IN_URL.match(part):
            name = f"camera/{problems.text_at((*path[:2], 'id')) or 'ID'}/password"
            problems.add((*path, key), say("plantfile.secret"), say("plantfile.secret_right", name=name))
    return read


CAMERA = Section(
    "camera",
    Shape.ARRAY,
    {
        "id": Field(kinds.ident, required=True),
        "name": Field(kinds.names),
        "station": Field(kinds.filled, required=True),
        "plugin": Field(kinds.filled, required=True),
        "trigger": Field(kinds.choice(CameraTrigger)),
        "trigger_tag": Field(kinds.reference),
        "interval_s": Field(kinds.positive),
        "timeout_s": Field(kinds.positive),
        "reads": Field(_tags),
        "inspector": Field(kinds.filled),
        "keep_good": Field(kinds.whole(0, 1_000_000)),
        "settings": Field(_settings),
    },
)


def references(sections: Sections, problems: Problems) -> None:
    """Cameras have ids of their own, look at a station that is there, and name tags that are there."""
    stations = {e.id: e for e in sections["station"] if e.id}
    tags = {e.id for e in sections["tag"] if e.id}
    seen: dict[str, Entry] = {}
    for entry in sections["camera"]:
        if before := seen.get(entry.id):
            wrong = say("plantfile.id_twice", id=entry.id, line=problems.line((*before.path, "id")))
            problems.add((*entry.path, "id"), wrong, say("plantfile.id_twice_right"))
        seen.setdefault(entry.id, entry)
        values = entry.values
        station = values.get("station", "")
        if station and station not in stations:
            wrong = say("vision.camera.no_station", id=station)
            problems.add((*entry.path, "station"), wrong, problems.meant(station, stations))
        named: list[tuple[Path, str]] = [(("reads", i), tag) for i, tag in enumerate(values.get("reads", ()))]
        if values.get("trigger_tag"):
            named.append((("trigger_tag",), values["trigger_tag"]))
        for at, tag in named:
            if tag not in tags:
                problems.add((*entry.path, *at), say("plantfile.no_tag", id=tag), problems.meant(tag, tags))
        by_unit = values.get("trigger", CameraTrigger.UNIT) is CameraTrigger.UNIT
        if by_unit and station in stations and not values.get("trigger_tag"):
            roles = stations[station].values.get("roles", {})
            if not roles.get("unit"):
                wrong = say("vision.camera.no_unit", station=station)
                problems.add((*entry.path, "trigger"), wrong, say("vision.camera.no_unit_right"))


def camera(entry: Entry) -> Camera:
    """The camera that an entry describes."""
    return Camera(**{"name": Text.same(entry.id), **entry.values})


def keys_of(found: Camera) -> Iterator[tuple[str, object]]:
    """The keys of a camera that differ from their defaults, as the file has them."""
    plain = Camera(found.id, Text.same(found.id), "", "")
    yield "id", found.id
    keys = (
        "name", "station", "plugin", "trigger", "trigger_tag", "interval_s", "timeout_s", "reads", "inspector",
        "keep_good", "settings",
    )  # fmt: skip
    for key in keys:
        if getattr(found, key) != getattr(plain, key):
            yield key, getattr(found, key)
