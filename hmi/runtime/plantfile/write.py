"""Writing a plant file that a person likes to read: grouped by line and station, with comments, defaults left out."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

from hmi.model.machine import Waiting
from hmi.model.plant import Controller, Limits, Line, Plant, Security, Shift, Span, StateRule, Station, StopReason, Tag
from hmi.model.text import Text
from hmi.runtime.plantfile import alarms, cameras, flow, guards, places, times
from hmi.runtime.plantfile.hints import hints

_HEAD = """\
# Plant file of Linekeeper. Edit it freely, then: linekeeper check {file}
# Linekeeper 플랜트 파일입니다. 자유롭게 고친 뒤 확인하십시오: linekeeper check {file}
"""
_NO_CYCLE = """\
# Add ideal_cycle = seconds a unit: without it there is no OEE. / ideal_cycle = 단위당 초를 추가해야 OEE를 계산합니다.
"""
_LONG = 3
"""Entries of a table of roles or words beyond which each gets a line of its own."""

Maps = Mapping[int, str]
"""The name of the state map of each station, by its place in the plant."""


def write(plant: Plant, path: Path | str) -> None:
    """Write a plant so that ``load`` gives back an equal one. The file is replaced in one step. OSError as it comes."""
    file = Path(path)
    handle, fresh = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.", suffix=".new")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as out:
            out.write(render(plant, file.name))
        Path(fresh).chmod(file.stat().st_mode & 0o777 if file.exists() else 0o644)
        Path(fresh).replace(file)
    except BaseException:
        Path(fresh).unlink(missing_ok=True)
        raise


def render(plant: Plant, file: str = "plant.toml") -> str:
    """The text of a plant file."""
    return "\n".join(_blocks(plant, file)) + "\n"


def _blocks(plant: Plant, file: str) -> Iterator[str]:
    """The file in its order; stations and tags are woven together as far as the plant's own order allows."""
    yield _HEAD.format(file=file) + hints(plant)
    if not plant.reasons:
        yield "reason = []\n"
    yield _table(
        "[plant]", plant.id, plant.name, {"timezone": plant.timezone, **({"demo": True} if plant.demo else {})}
    )
    for site in plant.sites:
        yield _table("[[site]]", site.id, site.name, {})
    for area in plant.areas:
        yield _table("[[area]]", area.id, area.name, {"site": area.site})
    for controller in plant.controllers:
        yield _controller(controller)
    maps, used = _name_maps(plant)
    for name, rules in used.items():
        yield _state_map(name, rules, _words_of(plant, maps, name))
    yield from _shifts(plant)
    yield from _flow(plant, maps)
    if plant.reasons and plant.reasons != times.shipped_reasons():
        for reason in plant.reasons:
            yield _table("[[reason]]", reason.id, reason.name, _changed(reason, ("parent", "planned")))
    elif plant.reasons:
        yield "# Downtime reasons: the shipped tree; [[reason]] tables here replace it. / 정지 사유: 기본 목록\n"
    for product in plant.products:
        yield _table("[[product]]", product.id, product.name, dict(flow.product_keys(product)))
    for lane in plant.lanes:
        yield "\n".join(["[[lane]]", *(f"{key} = {_value(value)}" for key, value in flow.lane_keys(lane))]) + "\n"
    for found in plant.guards:
        yield "\n".join(["[[guard]]", *(f"{key} = {_value(value)}" for key, value in guards.keys_of(found))]) + "\n"
    for name, things in (("alarm", plant.alarms), ("suppression", plant.suppressions)):
        for thing in things:
            keys = (f"{key} = {_value(value)}" for key, value in alarms.keys_of(thing))
            yield "\n".join([f"[[{name}]]", *keys]) + "\n"
    for seen in plant.cameras:
        yield "\n".join(["[[camera]]", *(f"{key} = {_value(value)}" for key, value in cameras.keys_of(seen))]) + "\n"


def _flow(plant: Plant, maps: Maps) -> Iterator[str]:
    lines, stations = list(plant.lines), list(enumerate(plant.stations))
    place: str | None = None
    for tag in plant.tags:
        if tag.place != place:
            place = tag.place
            yield from _up_to(lines, lambda x: x.id, place, _line)
            home = plant.station[place].line if place in plant.station else ""
            yield from _up_to(lines, lambda x: x.id, home, _line)
            yield from _up_to(stations, lambda s: s[1].id, place, lambda s: _station(s[1], maps.get(s[0])))
            yield _title(plant, place)
        yield _tag(tag)
    yield from map(_line, lines)
    yield from (_station(s, maps.get(i)) for i, s in stations)


def _up_to(waiting: list[Any], key: Callable[[Any], str], wanted: str, block: Callable[[Any], str]) -> Iterator[str]:
    """The blocks of what waits, up to the wanted one; none when it is not among them."""
    if any(key(x) == wanted for x in waiting):
        while waiting:
            first = waiting.pop(0)
            yield block(first)
            if key(first) == wanted:
                return


def _title(plant: Plant, place: str) -> str:
    if place in plant.station:
        return f"# Tags of station {_comment(place, plant.station[place].name)}"
    if place in plant.line:
        return f"# Tags of line {_comment(place, plant.line[place].name)}"
    return "# Tags of the whole plant / 플랜트 전체의 태그"


def _comment(name: str, words: Text) -> str:
    both = words.en if words.en == words.ko else f"{words.en} / {words.ko}"
    return re.sub(r"[\x00-\x1f\x7f]", " ", f"{name}: {both}")


def _line(line: Line) -> str:
    keys = {"area": line.area, **_changed(line, ("rate",))}
    text = _table("[[line]]", line.id, line.name, keys, {"roles": line.roles})
    return f"# ==== Line {_comment(line.id, line.name)} ====\n{text}"


def _station(station: Station, states: str | None) -> str:
    keys: dict[str, Any] = {"line": station.line, "order": station.order, **_changed(station, ("kind",))}
    if station.ideal_cycle_s is not None:
        keys["ideal_cycle"] = station.ideal_cycle_s
    keys |= _changed(station, ("buffer_capacity", "capabilities", "products"))
    if states is not None:
        keys["states"] = states
    text = _table("[[station]]", station.id, station.name, keys, {"roles": station.roles})
    hint = "" if station.ideal_cycle_s is not None else _NO_CYCLE
    return f"# ---- Station {_comment(station.id, station.name)} ----\n{hint}{text}"


def _tag(tag: Tag) -> str:
    first = {"controller": tag.controller, "node": tag.node, "type": tag.type}
    rest = _changed(
        tag,
        ("place", "unit", "range", "desired", "limits", "access", "writable", "deadband", "trend", "digits",
         "sampling_ms", "queue", "scale", "offset"),
    )  # fmt: skip
    return _table("[[tag]]", tag.id, tag.name, {**first, **rest}, {"words": tag.words})


def _controller(controller: Controller) -> str:
    keys: dict[str, Any] = {
        "driver": controller.driver,
        "endpoint": controller.endpoint,
        "security": controller.security,
    }
    if controller.security is Security.NONE:
        keys["allow_insecure"] = True
    keys |= _changed(controller, ("policy", "user", "certificate_user", "fingerprint", "publishing_ms"))
    return _table("[[controller]]", controller.id, controller.name, keys, {"settings": controller.settings})


def _shifts(plant: Plant) -> Iterator[str]:
    for shift in plant.shifts:
        keys: dict[str, Any] = {"start": _clock(shift.start_min), "end": _clock(shift.end_min)}
        if shift.days != _DEFAULTS[Shift]["days"]:
            keys["days"] = [times.DAYS[day] for day in shift.days]
        if shift.pauses:
            keys["pauses"] = [f"{_clock(p.start_min)}-{_clock(p.end_min)}" for p in shift.pauses]
        yield _table("[[shift]]", shift.id, shift.name, keys)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _name_maps(plant: Plant) -> tuple[dict[int, str], dict[str, Mapping[str, StateRule]]]:
    """A name for each state map that stations use; one map that several use stands once."""
    names: dict[int, str] = {}
    used: dict[str, Mapping[str, StateRule]] = {}
    for i, station in enumerate(plant.stations):
        if not station.states and "state" not in station.roles:
            continue
        name = next((n for n, rules in used.items() if rules == station.states), None)
        if name is None:
            count = sum(n != places.PACKML for n in used) + 1
            shipped = station.states == places.SHIPPED_MAPS[places.PACKML]
            name = places.PACKML if shipped else "states" if count == 1 else f"states_{count}"
            used[name] = station.states
        names[i] = name
    return names, used


def _words_of(plant: Plant, maps: Maps, name: str) -> Mapping[str, Text]:
    """What the controller calls the values of a state map, where a tag says it."""
    stations = (s for i, s in enumerate(plant.stations) if maps.get(i) == name)
    tags = (plant.tag.get(s.roles.get("state", "")) for s in stations)
    return next((t.words for t in tags if t is not None and t.words), {})


def _state_map(name: str, rules: Mapping[str, StateRule], words: Mapping[str, Text]) -> str:
    lines = [f"# What the values of the state tags mean / 상태 태그 값의 의미\n[state_map.{_key(name)}]"]
    for value, rule in rules.items():
        meaning = rule.state.value if rule.waiting is Waiting.NONE else f"{rule.state.value}:{rule.waiting.value}"
        remark = f"  # {_comment(value, words[value])}" if value in words else ""
        lines.append(f"{_string(value)} = {_string(meaning)}{remark}")
    return "\n".join(lines) + "\n"


def _table(
    header: str, name: str, words: Text, keys: Mapping[str, Any], tables: Mapping[str, Mapping[str, Any]] | None = None
) -> str:
    lines = [header, f"id = {_string(name)}"]
    if words != Text.same(name):
        lines.append(f"name = {_value(words)}")
    lines += [f"{key} = {_value(value)}" for key, value in keys.items()]
    below: list[str] = []
    for key, table in (tables or {}).items():
        if len(table) > _LONG:
            below += [f"[{header.strip('[]')}.{key}]", *(f"{_key(k)} = {_value(v)}" for k, v in table.items())]
        elif table:
            lines.append(f"{key} = {_value(table)}")
    return "\n".join(lines + below) + "\n"


_DEFAULTS: Mapping[Any, Mapping[str, Any]] = {
    kind: {f.name: f.default for f in dataclasses.fields(kind) if f.default is not dataclasses.MISSING}
    for kind in (Line, Station, Controller, Tag, Shift, StopReason)
}


def _changed(item: Any, keys: Iterable[str]) -> dict[str, Any]:
    """The attributes that differ from their defaults."""
    defaults = _DEFAULTS[type(item)]
    return {key: getattr(item, key) for key in keys if getattr(item, key) != defaults[key]}


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]*", key) else _string(key)


def _string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):  # enumerations of words as well
        return _string(value.value if isinstance(value, StrEnum) else value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Text):
        return _string(value.en) if value.en == value.ko else _value(value.to_json())
    if isinstance(value, Span):
        return f"[{_value(value.low)}, {_value(value.high)}]"
    if isinstance(value, Limits):
        pairs = {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
        return _value({k: v for k, v in pairs.items() if v is not None})
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items()) + " }" if value else "{}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    return str(value.isoformat())  # dates and times of a driver's settings
