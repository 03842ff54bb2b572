"""What a plant file does not tell yet and the station could use: remarks for its engineer, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hmi.model.plant import Access, Plant

_HEAD = """\
# What this file does not say yet, and what for (all of it may wait):
# 이 파일에 아직 없는 항목과 그 용도입니다(나중에 추가해도 됩니다).
"""


def hints(plant: Plant) -> str:
    """Remarks on what to add, as lines of comment; empty when nothing is missing."""
    found = [f"# - {_plain(en)}\n#   {_plain(ko)}\n" for en, ko in _missing(plant)]
    return _HEAD + "".join(found) if found else ""


def _missing(plant: Plant) -> Iterator[tuple[str, str]]:
    no_cycle = sum(station.ideal_cycle_s is None for station in plant.stations)
    if no_cycle:
        yield (
            f"ideal_cycle of {no_cycle} stations: without it there is no OEE",
            f"설비 {no_cycle}대의 ideal_cycle: 없으면 OEE를 계산하지 않습니다",
        )
    no_buffer = sum(station.buffer_capacity is None for station in plant.stations)
    if no_buffer:
        yield (
            f"buffer_capacity of {no_buffer} stations: tells blocked from starved, and how long a line lasts",
            f"설비 {no_buffer}대의 buffer_capacity: 막힘과 자재 대기를 구분하고 우회 계획에 쓰입니다",
        )
    if plant.lines and not plant.products:
        yield (
            "[[product]] with its operations, and the role product of each line: until then the planner takes what "
            "a line's stations are (kind) for what its units need",
            "[[product]]와 공정 순서, 라인의 product 역할: 없으면 라인 설비의 kind를 공정으로 봅니다",
        )
    unlike = sum(not (station.capabilities or station.kind) for station in plant.stations)
    if plant.lanes and unlike:
        yield (
            f"capabilities (or kind) of {unlike} stations: until then nobody else can do their work",
            f"설비 {unlike}대의 capabilities(또는 kind): 없으면 다른 설비가 대신할 수 없습니다",
        )
    if len(plant.lines) > 1 and not plant.lanes:
        yield (
            "[[lane]] from a station to one of another line, with its diverter: without lanes nothing is rerouted",
            "다른 라인으로 가는 [[lane]]과 전환 장치(diverter): 없으면 우회를 제안하지 않습니다",
        )
    if plant.stations and not any(s.roles.get("hold_gate") in plant.tag for s in plant.stations):
        yield (
            'the role hold_gate of stations, a tag with access = "gate": without a gate a hold is on paper only',
            'hold_gate 역할(access = "gate" 태그): 게이트가 없으면 보류는 기록으로만 남습니다',
        )
    for role in ("lot", "material_batch"):
        lines = [line.id for line in plant.lines if line.roles.get(role) not in plant.tag]
        if lines:
            yield (
                f"the role {role} of {_few(lines)}: holds and causes go by it",
                f"{_few(lines)}의 {role} 역할: 보류와 원인 분석의 기준입니다",
            )
    process = [
        tag for tag in plant.tags
        if tag.access is Access.READ and tag.range is not None and tag.unit and tag.desired is None
        and tag.place in plant.station and tag.id not in plant.station[tag.place].roles.values()
    ]  # fmt: skip
    if process:
        yield (
            f"desired = [low, high] of readings such as {process[0].id}: where it stands and a set-point is named "
            "for the reading, a drift is answered with a step of the set-point, else with an inspection",
            f"{process[0].id} 같은 측정값의 desired = [하한, 상한]: 해당 설정값이 있으면 드리프트에 설정값 조정을, "
            "없으면 점검을 제안합니다",
        )
    free = [tag for tag in plant.tags if tag.access is Access.SETPOINT and tag.id not in plant.guard]
    if free:
        yield (
            f"[[guard]] of set-points such as {free[0].id}: limits, max_step and permissives beyond its range",
            f"{free[0].id} 같은 설정값의 [[guard]]: 범위 외에 한계, 최대 변경 폭, 허용 조건을 정합니다",
        )


def _plain(text: str) -> str:
    """Without what TOML allows in no comment."""
    return re.sub(r"[\x00-\x1f\x7f]", " ", text)


def _few(names: list[str]) -> str:
    return ", ".join(names[:3]) + (" …" if len(names) > 3 else "")
