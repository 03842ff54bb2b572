"""Writes the demo's plant file, so that what the station is told and what the server offers come from one table."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from plugins.demo_plant import acting, flow, names, seeing
from plugins.demo_plant.layout import (
    BUFFER_CAPACITY,
    KINDS,
    LINE_POINTS,
    LINES,
    NAMESPACE,
    RATE_BAND,
    LineSpec,
    Point,
    State,
    points_of,
)  # fmt: skip

ENDPOINT = "opc.tcp://127.0.0.1:4840"
"""Stands in the shipped copy; the demo writes one with the port that its server really took."""
HEAD = """\
# The demo plant: three lines of an electronics factory.
# 데모 플랜트: 전자 공장의 라인 3개입니다.
# Written by plugins/demo_plant/plantfile.py; change it there.
# plugins/demo_plant/plantfile.py가 만든 파일이므로 그곳에서 고치십시오.
"""
STATE_MAP = "demo"
_LIMITS = ("low_low", "low", "high", "high_high")
_WAITS = {State.BLOCKED: "SUSPENDED:BLOCKED", State.STARVED: "SUSPENDED:STARVED", State.UNDEFINED: "UNKNOWN"}


def write(path: Path, endpoint: str = ENDPOINT, *, secure: bool = True) -> None:
    """Write the plant file for a server at ``endpoint``; OSError where that cannot be done."""
    path.write_text(text(endpoint, secure=secure), encoding="utf-8", newline="\n")


def text(endpoint: str = ENDPOINT, *, secure: bool = True) -> str:
    """The plant file's text."""
    return "\n".join([HEAD, *_places(), *_state_map(), *_controllers(endpoint, secure=secure), *_tags(),
                      *flow.products(), *flow.lanes(), *seeing.cameras(),
                      *acting.guards(), *acting.alarms(), *_times()])  # fmt: skip


def _string(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _pair(name: names.Pair) -> str:
    return f"{{ en = {_string(name[0])}, ko = {_string(name[1])} }}"


def _number(value: float) -> str:
    return f"{value:g}"


def _span(span: Sequence[float]) -> str:
    return f"[{_number(span[0])}, {_number(span[1])}]"


def _table(head: str, entries: Iterator[tuple[str, str]]) -> str:
    return "\n".join([head, *(f"{key} = {value}" for key, value in entries)]) + "\n"


def _roles(place: str, points: Sequence[Point]) -> str:
    return "{ " + ", ".join(f"{p.role} = {_string(f'{place}.{p.name}')}" for p in points if p.role) + " }"


def _places() -> Iterator[str]:
    yield _table("[plant]", iter([
        ("id", '"incheon"'), ("name", _pair(names.PLANT)), ("timezone", '"Asia/Seoul"'), ("demo", "true"),
    ]))  # fmt: skip
    yield _table("[[site]]", iter([("id", '"incheon"'), ("name", _pair(names.PLANT))]))
    yield _table("[[area]]", iter([("id", '"smt"'), ("site", '"incheon"'), ("name", _pair(names.AREA))]))
    for line in LINES:
        yield _table("[[line]]", iter([
            ("id", _string(line.id)), ("area", '"smt"'), ("name", _pair(names.line_name(line.number))),
            ("rate", _span(RATE_BAND)), ("roles", _roles(line.id, LINE_POINTS)),
        ]))  # fmt: skip
    for line in LINES:
        for order, kind in enumerate(KINDS, 1):
            station = f"{line.id}.S{order}"
            yield _table("[[station]]", iter([
                ("id", _string(station)), ("line", _string(line.id)), ("order", str(order)),
                ("kind", _string(kind.name)), ("name", _pair(names.STATIONS[kind.name])),
                ("ideal_cycle", _number(kind.cycle_s)), ("buffer_capacity", str(BUFFER_CAPACITY)),
                ("states", _string(STATE_MAP)), ("roles", _roles(station, points_of(order))),
                *flow.offers(line, kind.name),
            ]))  # fmt: skip


def _state_map() -> Iterator[str]:
    meanings = ((_string(str(s.value)), _string(_WAITS.get(s, s.name))) for s in State)
    yield _table(f"[state_map.{STATE_MAP}]", iter(meanings))


def _controller(line: LineSpec) -> str:
    return f"plc{line.number}"


def _controllers(endpoint: str, *, secure: bool) -> Iterator[str]:
    for line in LINES:
        entries = [
            ("id", _string(_controller(line))),
            ("name", _pair((f"PLC {line.number}", f"PLC {line.number}"))),
            ("driver", '"opcua"'),
            ("endpoint", _string(endpoint)),
            ("security", _string("SignAndEncrypt" if secure else "None")),
            ("publishing_ms", "100"),
        ]
        if not secure:
            entries.insert(-1, ("allow_insecure", "true"))
        yield _table("[[controller]]", iter(entries))


def _tags() -> Iterator[str]:
    for line in LINES:
        yield from (_tag(line, line.id, p) for p in LINE_POINTS)
        for order in range(1, len(KINDS) + 1):
            yield from (_tag(line, f"{line.id}.S{order}", p) for p in points_of(order))


def _tag(line: LineSpec, place: str, point: Point) -> str:
    tag = f"{place}.{point.name}"
    entries: list[tuple[str, str]] = [
        ("id", _string(tag)),
        ("name", _pair(names.POINTS[point.name])),
        ("controller", _string(_controller(line))),
        ("node", _string(f"nsu={NAMESPACE};s={tag}")),
        ("type", _string(point.type)),
        ("place", _string(place)),
    ]
    if point.unit:
        entries.append(("unit", _string(point.unit)))
    if point.range is not None:
        entries.append(("range", _span(point.range)))
    if point.desired is not None:
        entries.append(("desired", _span(point.desired)))
    if point.limits is not None:
        set_ = (f"{k} = {_number(v)}" for k, v in zip(_LIMITS, point.limits, strict=True) if v is not None)
        entries.append(("limits", "{ " + ", ".join(set_) + " }"))
    if point.writable:
        entries += [("access", _string(point.access)), ("writable", "true")]
    if point.deadband:
        entries.append(("deadband", _number(point.deadband)))
    if point.digits is not None:
        entries.append(("digits", str(point.digits)))
    if not point.trend:
        entries.append(("trend", "false"))
    if point.words:
        words = (f"{_string(value)} = {_pair(name)}" for value, name in names.WORDS[point.words].items())
        entries.append(("words", "{ " + ", ".join(words) + " }"))
    return _table("[[tag]]", iter(entries))


def _times() -> Iterator[str]:
    for id_, name, start, end, pauses in names.SHIFTS:
        yield _table("[[shift]]", iter([
            ("id", _string(id_)), ("name", _pair(name)), ("start", _string(start)), ("end", _string(end)),
            ("pauses", "[" + ", ".join(_string(p) for p in pauses) + "]"),
        ]))  # fmt: skip
    for id_, parent, planned, name in names.REASONS:
        entries = [("id", _string(id_)), ("name", _pair(name))]
        if parent:
            entries.append(("parent", _string(parent)))
        if planned:
            entries.append(("planned", "true"))
        yield _table("[[reason]]", iter(entries))


if __name__ == "__main__":
    import sys

    write(Path(sys.argv[1]))
