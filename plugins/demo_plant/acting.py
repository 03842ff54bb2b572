"""The demo's guards and alarms in its plant file: what must hold before a write, and what asks a person to act."""

from __future__ import annotations

from collections.abc import Iterator

from plugins.demo_plant.layout import KINDS, LINES, State

_MACHINES = {
    "printer": ("screen printer", "스크린 프린터"), "placer": ("chip mounter", "칩 마운터"),
    "oven": ("reflow oven", "리플로우 오븐"), "camera": ("camera inspection", "카메라 검사기"),
    "tester": ("tester", "테스터"), "packer": ("packer", "포장기"),
}  # fmt: skip


def guards() -> Iterator[str]:
    """Set-points move in bounded steps; what touches material is signed; a line's feed takes a second person."""
    for line in LINES:
        for order, kind in enumerate((k.name for k in KINDS), start=1):
            place = f"{line.id}.S{order}"
            yield _guard(f"{place}.SpeedSetpoint", "max_step = 25\nmax_rate_per_min = 60\ntolerance = 0.05")
            yield _guard(f"{place}.HoldGate", "signature = true")
            if order < len(KINDS):
                yield _guard(f"{place}.DivertTo", f'read_back = "{place}.RouteActive"\ndeadline = 5\nsignature = true')
            if kind == "printer":
                yield _guard(f"{place}.FeedRate", "max_step = 100\nsignature = true\ntwo_persons = true")
            if kind == "oven":
                yield _zone(f"{place}.Zone3Setpoint", place)


def _zone(tag: str, place: str) -> str:
    words = '{ en = "the oven is not stopped by a fault", ko = "오븐이 고장으로 멈춰 있지 않음" }'
    running = f'{{ tag = "{place}.State", is = "!=", value = {int(State.ABORTED)}, name = {words} }}'
    return _guard(tag, f"max_step = 5\nmax_rate_per_min = 10\ntolerance = 0.05\npermissives = [{running}]")


def _guard(tag: str, body: str) -> str:
    return f'[[guard]]\ntag = "{tag}"\n{body}\n'


def alarms() -> Iterator[str]:
    """A machine that stopped by itself, with what to do about it; limits of tags are alarms without more ado."""
    for line in LINES:
        for order, kind in enumerate((k.name for k in KINDS), start=1):
            place, (en, ko) = f"{line.id}.S{order}", _MACHINES[kind]
            yield f"""[[alarm]]
id = "{place}.stopped"
tag = "{place}.State"
kind = "discrete"
values = [{int(State.ABORTED)}]
priority = 2
on_delay = 2
group = "{line.id}"
name = {{ en = "{en[0].upper()}{en[1:]} stopped by a fault", ko = "{ko} 고장 정지" }}
cause = {{ en = "A fault of the machine: see its fault code", ko = "설비 자체 고장: 고장 코드를 확인" }}
consequence = {{ en = "The line stands when the buffers run out", ko = "버퍼가 소진되면 라인 정지" }}
action = {{ en = "Call maintenance; think of diverting to another line", ko = "설비팀 호출, 다른 라인으로 우회 검토" }}
respond_within = "5 min"
"""
