"""What diverters and gates tell: the lanes between lines, and what is asked of who writes to them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from hmi.model.flow import Lane
from hmi.model.guard import Guard
from hmi.model.plant import Access, Line, Station, Tag

DEADLINE_S = 5.0
"""How long a diverter has to report the route that it was asked for."""
MOST_LANES = 2_000
"""A plant of many lines gets lanes to its nearest ones only: a file of more is no longer read by anybody."""


def lanes(lines: Sequence[Line], stations: Sequence[Station], tags: Sequence[Tag]) -> tuple[Lane, ...]:
    """Lanes of stations that tell by a writable whole number to which line units leave (0: they stay).

    A line's number is the one its id ends with; units go on behind the station that has the same place there.
    """
    by_id = {t.id: t for t in tags}
    numbers = {line.id: _number(line.id) for line in lines}
    if 0 in numbers.values() or len(set(numbers.values())) != len(lines):
        return ()
    at = {(s.line, s.order): s for s in stations}
    order = [line.id for line in lines]
    found = [
        (abs(order.index(station.line) - order.index(line)), Lane(
            id=f"{station.id}-{target.id}", from_station=station.id, to_station=target.id, diverter=diverter.id,
            value=number, home=0,
        ))
        for station, diverter in _diverters(stations, by_id)
        for line, number in numbers.items()
        if line != station.line and (target := at.get((line, station.order + 1))) is not None
        and (diverter.range is None or diverter.range.low <= number <= diverter.range.high)
    ]  # fmt: skip
    while len(found) > MOST_LANES:
        farthest = max(distance for distance, _ in found)
        if farthest == 1:
            return ()
        found = [pair for pair in found if pair[0] < farthest]
    return tuple(lane for _, lane in found)


def guards(stations: Sequence[Station], tags: Sequence[Tag]) -> tuple[Guard, ...]:
    """Gates and diverters are signed for; a diverter is done when the controller reports the route."""
    reported = {s.roles["divert_to"]: s.roles["route_active"] for s in stations if {"divert_to", "route_active"} <= {
        *s.roles
    }}  # fmt: skip
    made = []
    for tag in tags:
        if tag.access is Access.GATE:
            made.append(Guard(tag.id, signature=True))
        elif tag.access is Access.DIVERTER:
            read_back = reported.get(tag.id)
            deadline = DEADLINE_S if read_back else Guard(tag.id).deadline_s
            made.append(Guard(tag.id, read_back=read_back, deadline_s=deadline, signature=True))
    return tuple(made)


def _number(name: str) -> int:
    match = re.search(r"(\d{1,6})\D*$", name)
    return int(match[1]) if match else 0


def _diverters(stations: Sequence[Station], tags: dict[str, Tag]) -> Iterator[tuple[Station, Tag]]:
    for station in stations:
        tag = tags.get(station.roles.get("divert_to", ""))
        if tag is not None and tag.access is Access.DIVERTER and tag.type.is_integer:
            yield station, tag
