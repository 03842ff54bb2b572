"""From the nodes of a controller to a plant: lines, stations, tags and their roles. Pure: no wire, no clock."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from hmi.model.plant import Area, Controller, Limits, Line, Plant, Site, Span, StateRule, Station, Tag, TagType
from hmi.model.text import Text
from hmi.plant.port import Node
from hmi.runtime.discovery import names, routes, states
from hmi.runtime.discovery.tree import Group, Ids, grow, tidy
from hmi.runtime.plantfile.points import OPCUA, node_problem
from hmi.runtime.plantfile.times import shipped_reasons


def plant_from_nodes(nodes: Sequence[Node], controller: Controller, timezone: str = "UTC") -> Plant:
    """A plant with what a controller's address space tells; what it does not tell is left for a person to add.

    Groups with a state variable are stations, the group around them their line. Anything else is a tag of the plant.
    The result is a valid plant file whatever the nodes are.
    """
    root = grow(nodes)
    homes = _stations(root)
    lines = list(dict.fromkeys(line for line in homes.values()))
    groups = Ids(g.node for g in root.down() if g.node is not None)
    for group in [*lines, *homes]:
        group.id = groups.of(group.node) if group.node is not None else groups.free(tidy(group.path) or "line")
    areas = list(dict.fromkeys(_area(line) for line in lines))
    area_ids = Ids(g.node for g in areas if g.node is not None)
    area_of = {g: area_ids.of(g.node) if g.node is not None else area_ids.free("area") for g in areas}
    tags, placed = _tags(root, homes, lines, controller)
    made = []
    for line in lines:
        own = _in_order([s for s, home in homes.items() if home is line])
        made += [_station(s, line, i, placed[s.id]) for i, s in enumerate(own, 1)]
    told = tuple(
        Line(line.id, _name(line, Text("Line", "라인")), area_of[_area(line)], names.roles(placed[line.id], names.LINE))
        for line in lines
    )
    return Plant(
        id=_plant_id(areas, controller),
        name=Text("Plant", "공장"),
        timezone=timezone,
        sites=(Site("site", Text("Site", "사업장")),) if areas else (),
        areas=tuple(Area(area_of[g], _name(g, Text("Area", "구역")), "site") for g in areas),
        lines=told,
        stations=tuple(made),
        controllers=(controller,),
        tags=tuple(tags),
        reasons=shipped_reasons(),
        guards=routes.guards(made, tags),
        lanes=routes.lanes(told, made, tags),
    )


def _plant_id(areas: list[Group], controller: Controller) -> str:
    name = areas[0].name if len(areas) == 1 else ""
    return tidy(name) or tidy(urlsplit(controller.endpoint).hostname or "") or "plant"


def left_out(nodes: Sequence[Node], plant: Plant) -> dict[str, int]:
    """How many variables did not become tags, by their type."""
    have = {tag.node for tag in plant.tags}
    out: dict[str, int] = {}
    for address, kind in {n.address: n.type or "?" for n in nodes if n.kind == "variable"}.items():
        if address not in have:
            out[kind] = out.get(kind, 0) + 1
    return out


def _stations(root: Group) -> dict[Group, Group]:
    """Each station's group with its line's group, in the order of the server."""
    with_state = [g for g in root.down() if g is not root and states.state_tag(g.variables) is not None]
    has = set(with_state)
    lines = {g for g in with_state if sum(below in has for below in g.groups) >= 2}
    homes: dict[Group, Group] = {}
    for group in with_state:  # from the outside in: what lies within a station is a part of it
        if group not in lines and group.parent is not None and not any(up in homes for up in group.up()):
            homes[group] = group.parent
    return homes


def _area(line: Group) -> Group:
    return line.parent if line.parent is not None else line


def _in_order(stations: list[Group]) -> list[Group]:
    """By the number at the end of the id where all have one, else as the server lists them."""
    numbers = [re.search(r"(\d+)\D*$", s.id) for s in stations]
    found = [int(n[1]) for n in numbers if n]
    if len(set(found)) != len(stations):
        return stations
    return [s for _, s in sorted(zip(found, stations, strict=True), key=lambda pair: pair[0])]


def _name(group: Group, fallback: Text) -> Text:
    return _clean(names.bilingual(group.name)) if group.name else fallback


def _clean(text: Text) -> Text:
    return Text(tidy(text.en), tidy(text.ko))


def _station(group: Group, line: Group, order: int, variables: list[tuple[str, Node]]) -> Station:
    state = states.state_tag(group.variables)
    rules: dict[str, StateRule] = {} if state is None else states.rules_of(state)
    roles = names.roles(variables, names.STATION)
    ids = {node.address: tag for tag, node in variables}
    if state is not None and state.address in ids:
        roles = {"state": ids[state.address], **roles}
    buffers = [node for tag, node in variables if tag == roles.get("in_buffer")]
    capacity = int(buffers[0].range[1]) if buffers and buffers[0].range and 0 < buffers[0].range[1] <= 1e6 else None
    return Station(
        id=group.id,
        name=_name(group, Text("Station", "설비")),
        line=line.id,
        order=order,
        kind=names.kind_of(group.name),
        buffer_capacity=capacity,
        roles=roles,
        states=rules,
    )


def _tags(
    root: Group, homes: dict[Group, Group], lines: list[Group], controller: Controller
) -> tuple[list[Tag], dict[str, list[tuple[str, Node]]]]:
    """All tags, those of the plant first, then line by line; and (tag id, node) by place."""
    place_of: dict[int, str] = {}
    order: list[list[Node]] = []
    for line in lines:
        stations = _in_order([s for s, home in homes.items() if home is line])
        order += [_unplaced(group, place_of, group.id, homes, controller.driver) for group in (line, *stations)]
    order.insert(0, _unplaced(root, place_of, "", homes, controller.driver))
    ids = Ids(node for part in order for node in part)
    tags: list[Tag] = []
    placed: dict[str, list[tuple[str, Node]]] = {g.id: [] for g in (*lines, *homes)}
    for node in (node for part in order for node in part):
        tag = _tag(node, ids.of(node), controller.id, place_of[id(node)])
        tags.append(tag)
        if tag.place:
            placed[tag.place].append((tag.id, node))
    return tags, placed


def _unplaced(group: Group, place_of: dict[int, str], place: str, homes: dict[Group, Group], driver: str) -> list[Node]:
    """The variables of a group that can be tags and have no place yet, stations within it left to themselves."""
    found = []
    for node in _variables(group, homes, deep=not (group.parent is None and place)):
        if id(node) not in place_of and names.tag_type(node) is not None and not _lost(node, driver):
            place_of[id(node)] = place
            found.append(node)
    return found


def _lost(node: Node, driver: str) -> bool:
    """Whether an address would lead elsewhere after a restart of the controller."""
    return driver == OPCUA and bool(node_problem(node.address))


def _variables(group: Group, homes: dict[Group, Group], deep: bool) -> Iterator[Node]:
    """A group's variables and, if deep, those below it that are not within a station."""
    waiting = [group]
    while waiting:
        at = waiting.pop()
        yield from at.variables
        waiting += [g for g in reversed(at.groups) if deep and g not in homes]


def _tag(node: Node, name: str, controller: str, place: str) -> Tag:
    kind = names.tag_type(node)
    assert kind is not None
    span = node.range if kind.is_number and kind is not TagType.BOOLEAN else None
    is_words = kind.is_integer and bool(node.words)
    return Tag(
        id=name,
        name=_clean(names.bilingual(node.name)) if node.name.strip() else Text.same(name),
        controller=controller,
        node=node.address,
        type=kind,
        unit=tidy(node.unit),
        range=Span(*span) if span is not None and span[0] < span[1] else None,
        limits=Limits(),
        access=names.access(node),
        writable=node.writable,
        digits=names.digits(kind, span),
        place=place,
        words={str(i): _clean(_word(word)) for i, word in enumerate(node.words) if word} if is_words else {},
    )


_STATE_WORDS = {
    "clearing": "정리 중", "stopped": "정지", "starting": "시작 중", "idle": "대기", "suspended": "일시 중지",
    "execute": "가동", "running": "가동", "stopping": "정지 중", "aborting": "중단 중", "aborted": "중단",
    "holding": "보류 중", "held": "보류", "unholding": "보류 해제 중", "suspending": "일시 중지 중",
    "unsuspending": "재개 중", "resetting": "리셋 중", "completing": "완료 중", "complete": "완료",
    "undefined": "알 수 없음", "unknown": "알 수 없음", "blocked": "막힘", "starved": "자재 대기", "faulted": "고장",
    "fault": "고장", "off": "꺼짐", "on": "켜짐", "auto": "자동", "manual": "수동", "maintenance": "보전",
    "production": "생산", "open": "열림", "closed": "닫힘",
}  # fmt: skip


def _word(word: str) -> Text:
    return Text(word, _STATE_WORDS.get(names.plain(word), word))
