"""The sections of alarms: what raises one and what a person can do about it, and what suppresses it by design."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields
from typing import Any

from hmi.model.alarm import LIMIT_KINDS, OF_QUALITY, OF_STATION, AlarmKind, AlarmRule, Priority, Suppression
from hmi.model.plant import TagType
from hmi.model.text import Text
from hmi.model.words import say
from hmi.runtime.plantfile import kinds
from hmi.runtime.plantfile.form import BAD, Entry, Field, Problems, Section, Shape
from hmi.runtime.plantfile.lines import Path

Sections = Mapping[str, list[Entry]]

_UNITS = {"s": 1.0, "min": 60.0, "h": 3600.0}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(s|min|h)")
_WITH_LIMIT = (*LIMIT_KINDS, AlarmKind.ROC, AlarmKind.DEVIATION)
_PREFIXES = ("comm:", "system:", "server|")
"""How the ids of the station's own alarms and of the controllers' begin."""


def duration(value: Any, problems: Problems, path: Path) -> Any:
    """A time such as "10 min", or a number of seconds; in seconds."""
    match = _DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is not None:
        return float(match[1]) * _UNITS[match[2]]
    if isinstance(value, str):
        problems.add(path, say("plantfile.value", value=kinds.shown(value)), say("alarms.file.want_duration"))
        return BAD
    return kinds.not_negative(value, problems, path)


def _priority(value: Any, problems: Problems, path: Path) -> Any:
    found = kinds.whole(1, 4)(value, problems, path)
    return BAD if found is BAD else Priority(found)


def _kind(value: Any, problems: Problems, path: Path) -> Any:
    known = [kind.value for kind in AlarmKind if kind not in OF_STATION]
    if isinstance(value, str) and value in known:
        return AlarmKind(value)
    problems.add(path, say("plantfile.value", value=kinds.shown(value)), problems.meant(str(value)[:200], known))
    return BAD


def _numbers(value: Any, problems: Problems, path: Path) -> Any:
    whole = isinstance(value, list) and value and all(isinstance(v, bool | int | float) for v in value)
    if whole:
        plain = [float(v) if isinstance(v, bool) else v for v in value]
        found = [kinds.number(v, problems, (*path, i)) for i, v in enumerate(plain)]
        return BAD if BAD in found else tuple(found)
    problems.add(path, say("plantfile.type", value=kinds.shown(value)), say("alarms.file.want_values"))
    return BAD


def _ids(value: Any, problems: Problems, path: Path) -> Any:
    if isinstance(value, list) and value and all(isinstance(v, str) for v in value):
        return tuple(value)
    problems.add(path, say("plantfile.type", value=kinds.shown(value)), say("alarms.file.want_alarms"))
    return BAD


def _alarm_rules(values: Mapping[str, Any], problems: Problems, path: Path) -> None:
    """Each kind has what it needs and nothing that would be passed over in silence."""
    if str(values.get("id", "")).startswith(_PREFIXES):
        problems.add((*path, "id"), say("alarms.file.taken_id"), say("alarms.file.taken_id_right"))
    kind = values.get("kind")
    if kind is None:
        return
    needs = {"limit": kind in _WITH_LIMIT, "values": kind is AlarmKind.DISCRETE, "against": kind is AlarmKind.DEVIATION}
    for key, needed in needs.items():
        if needed and not problems.has((*path, key)):
            wrong = say("plantfile.missing_key", name=key)
            problems.add((*path, key), wrong, say("plantfile.missing_key_right", name=key))
        elif not needed and key in values:
            wrong = say("alarms.file.useless", name=key, kind=kind.value)
            problems.add((*path, key), wrong, say("alarms.file.useless_right", name=key))
    if kind in (AlarmKind.ROC, AlarmKind.DEVIATION) and values.get("limit", 1.0) <= 0:
        wrong = say("plantfile.value", value=kinds.shown(values["limit"]))
        problems.add((*path, "limit"), wrong, say("plantfile.want_positive"))
    if values.get("latch") and values.get("auto_ack"):
        problems.add((*path, "auto_ack"), say("alarms.file.latch_auto"), say("alarms.file.latch_auto_right"))


ALARM = Section(
    "alarm",
    Shape.ARRAY,
    {
        "id": Field(kinds.ident, required=True),
        "name": Field(kinds.names),
        "tag": Field(kinds.filled, required=True),
        "kind": Field(_kind, required=True),
        "priority": Field(_priority, required=True),
        "limit": Field(kinds.number),
        "values": Field(_numbers),
        "against": Field(kinds.filled),
        "deadband": Field(kinds.not_negative),
        "on_delay": Field(duration),
        "off_delay": Field(duration),
        "window": Field(kinds.positive),
        "latch": Field(kinds.flag),
        "ack": Field(kinds.flag),
        "auto_ack": Field(kinds.flag),
        "reset_acks": Field(kinds.flag),
        "realarm": Field(duration),
        "group": Field(kinds.text),
        "first_out": Field(kinds.flag),
        "enabled": Field(kinds.flag),
        "place": Field(kinds.reference),
        "cause": Field(kinds.names),
        "consequence": Field(kinds.names),
        "action": Field(kinds.names),
        "respond_within": Field(duration),
    },
    rules=_alarm_rules,
)
SUPPRESSION = Section(
    "suppression",
    Shape.ARRAY,
    {
        "id": Field(kinds.ident, required=True),
        "name": Field(kinds.names),
        "when": Field(kinds.filled, required=True),
        "values": Field(_numbers, required=True),
        "alarms": Field(_ids, required=True),
    },
)


def references(sections: Sections, problems: Problems) -> None:
    """Alarms look at tags that are there and are numbers; suppressions name alarms that are there; ids stand once."""
    tags = {e.id: e for e in sections["tag"] if e.id}
    places = {e.id for name in ("line", "station") for e in sections[name] if e.id}
    implied = {f"{tag}.{kind.value}" for tag, e in tags.items() if "limits" in e.values for kind in LIMIT_KINDS}
    alarms = {e.id for e in sections["alarm"] if e.id} | implied
    for entry in sections["alarm"]:
        number = entry.values.get("kind") not in OF_QUALITY
        for key in ("tag", "against"):
            _tag(entry, key, tags, number, problems)
        place = entry.values.get("place", "")
        if place and place not in places:
            problems.add((*entry.path, "place"), say("plantfile.no_place", id=place), problems.meant(place, places))
        _in_range(entry, tags, problems)
    for entry in sections["suppression"]:
        _tag(entry, "when", tags, True, problems)
        for i, alarm in enumerate(entry.values.get("alarms", ())):
            if alarm not in alarms:
                wrong = say("alarms.file.no_alarm", id=alarm)
                problems.add((*entry.path, "alarms", i), wrong, problems.meant(alarm, alarms))
    for name in ("alarm", "suppression"):
        first: dict[str, Entry] = {}
        for entry in (e for e in sections[name] if e.id):
            if before := first.get(entry.id):
                wrong = say("plantfile.id_twice", id=entry.id, line=problems.line((*before.path, "id")))
                problems.add((*entry.path, "id"), wrong, say("plantfile.id_twice_right"))
            first.setdefault(entry.id, entry)


def _tag(entry: Entry, key: str, tags: Mapping[str, Entry], number: bool, problems: Problems) -> None:
    name = entry.values.get(key, "")
    if not name:
        return
    if name not in tags:
        problems.add((*entry.path, key), say("plantfile.no_tag", id=name), problems.meant(name, tags))
    elif number and not (kind := tags[name].values.get("type", TagType.DOUBLE)).is_number:
        wrong = say("alarms.file.no_number", tag=name, type=kind.value)
        problems.add((*entry.path, key), wrong, say("plantfile.role_type_right"))


def _in_range(entry: Entry, tags: Mapping[str, Entry], problems: Problems) -> None:
    tag = tags.get(entry.values.get("tag", ""))
    span = None if tag is None else tag.values.get("range")
    limit = entry.values.get("limit")
    if entry.values.get("kind") not in LIMIT_KINDS or span is None or limit is None:
        return
    if not span.low <= limit <= span.high:
        wrong = say("plantfile.outside", low=span.low, high=span.high)
        problems.add((*entry.path, "limit"), wrong, say("plantfile.outside_right"))


def alarm(entry: Entry) -> AlarmRule:
    """The alarm that an entry describes."""
    return AlarmRule(**{"name": Text.same(entry.id), **entry.values})


def suppression(entry: Entry) -> Suppression:
    """The suppression that an entry describes."""
    return Suppression(**{"name": Text.same(entry.id), **entry.values})


def keys_of(found: AlarmRule | Suppression) -> Iterator[tuple[str, object]]:
    """The keys of an alarm or a suppression that differ from the defaults, as the file has them."""
    for key in fields(found):
        value = getattr(found, key.name)
        if key.name == "name" and value == Text.same(found.id):
            continue
        if key.default is MISSING or value != key.default:
            yield key.name, int(value) if isinstance(value, Priority) else _written(key.name, value)


def _written(key: str, value: object) -> object:
    if key not in ("respond_within", "realarm") or not isinstance(value, float):
        return value
    for unit in ("h", "min"):
        if value >= _UNITS[unit] and value % _UNITS[unit] == 0:
            return f"{value / _UNITS[unit]:.0f} {unit}"
    return value
