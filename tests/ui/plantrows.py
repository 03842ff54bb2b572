"""A small plant and rows of it, for the tests of overview, line screen and faceplate."""

from __future__ import annotations

import dataclasses

from hmi.desk.rows import ChangeRow, KpiRow, LineRow, OeeFigures, OverviewRows, StationRow
from hmi.model.machine import MachineState, TimeClass, Waiting, time_class
from hmi.model.plant import (
    Access,
    Area,
    Controller,
    Limits,
    Line,
    Plant,
    Site,
    Span,
    Station,
    StopReason,
    Tag,
    TagType,
)
from hmi.model.quality import Quality
from hmi.model.text import Text

S = 1_000_000_000
NOW = 1_790_000_000 * S
LIMITS = Limits(208, 212, 220, 224)
FAULTS = {"0": Text("None", "없음"), "21": Text("Feeder 7 empty", "7번 피더 소진")}
KINDS = ("printer", "placer", "oven", "camera", "tester", "packer", "", "", "", "")
REASONS = (
    StopReason("internal", Text("Machine", "설비")),
    StopReason("feeder", Text("Feeder empty", "피더 소진"), "internal"),
    StopReason("head", Text("Placement head", "실장 헤드"), "internal"),
    StopReason("people", Text("Organisation", "운영")),
)


def tags_of(line: int, at: int) -> list[Tag]:
    place = f"L{line}.S{at}"

    def tag(key: str, kind: TagType = TagType.DOUBLE, **more) -> Tag:
        name = Text(f"{key} of {place}", f"{place} {key}")
        return Tag(f"{place}.{key}", name, "plc1", f"ns=2;s={place}.{key}", kind, place=place, **more)

    return [
        tag("State", TagType.UINT32, words={"6": Text("Running", "가동")}),
        tag("Mode", TagType.UINT32, words={"1": Text("Production", "생산")}),
        tag("FaultCode", TagType.UINT32, words=FAULTS),
        tag("InBuffer", TagType.INT32, range=Span(0, 8)),
        tag("UnitId", TagType.STRING),
        tag("Speed", unit="%", range=Span(0, 150), desired=Span(95, 105)),
        tag("SpeedSetpoint", unit="%", range=Span(0, 150), access=Access.SETPOINT, writable=True),
        tag("Power", unit="kW", range=Span(0, 80)),
        tag("Zone3Temperature", unit="°C", range=Span(0, 300), desired=Span(213, 219), limits=LIMITS),
        tag("Zone3Setpoint", unit="°C", range=Span(200, 235), access=Access.SETPOINT, writable=True),
        tag("Pressure", unit="bar", range=Span(0, 4), limits=Limits(high=2.0)),
    ]  # fmt: skip


def make_plant(lines: int = 3, stations: int = 6) -> Plant:
    """A plant of lines L1, L2 ... with stations L1.S1 ... of six kinds."""
    made_lines, made_stations, tags = [], [], []
    for n in range(1, lines + 1):
        rate = Tag(f"L{n}.Rate", Text("Rate", "생산 속도"), "plc1", f"ns=2;s=L{n}.Rate", unit="pcs/h",
                   range=Span(0, 1000), desired=Span(780, 880), place=f"L{n}")  # fmt: skip
        tags.append(rate)
        made_lines.append(Line(f"L{n}", Text(f"Line {n}", f"{n}라인"), "smt", {"rate": rate.id}, Span(780, 880)))
        for at in range(1, stations + 1):
            place = f"L{n}.S{at}"
            kind = KINDS[at - 1]
            roles = {"state": "State", "mode": "Mode", "fault": "FaultCode", "in_buffer": "InBuffer", "unit": "UnitId",
                     "speed": "Speed", "speed_setpoint": "SpeedSetpoint"}  # fmt: skip
            made_stations.append(
                Station(
                    place,
                    Text(f"Machine {at}", f"설비 {at}"),
                    f"L{n}",
                    at,
                    kind,
                    3.7,
                    8,
                    {role: f"{place}.{key}" for role, key in roles.items()},
                )
            )
            tags += tags_of(n, at)
    return Plant(
        "p", Text("Plant", "공장"), "Asia/Seoul", (Site("p", Text("Plant", "공장")),),
        (Area("smt", Text("SMT hall", "SMT동"), "p"),), tuple(made_lines), tuple(made_stations),
        (Controller("plc1", Text.same("PLC 1"), "opcua", "opc.tcp://127.0.0.1:1"),), tuple(tags), (), REASONS,
    )  # fmt: skip


def station_row(
    station: str,
    state: MachineState = MachineState.EXECUTE,
    waiting: Waiting = Waiting.NONE,
    *,
    kind: TimeClass | None = None,
    since_s: float = 240,
    cause: str | None = None,
    reason: str | None = None,
) -> StationRow:
    since = 0 if state is MachineState.UNKNOWN else NOW - round(since_s * S)
    return StationRow(station, state, waiting, kind or time_class(state, waiting), since, cause, reason, 2311, 31)


def oee_figures(scope: str) -> OeeFigures:
    return OeeFigures(scope, NOW - 7200 * S, NOW, 7200, 6480, 120, 300, 120, 90, 60, 30, 0, 1480, 20, 0.9, 0.94, 0.987,
                      0.835, 3.75, 5550.0, 400.0, 75.0)  # fmt: skip


def line_row(line: str, stations: list[StationRow], **more) -> LineRow:
    told = {
        "state": MachineState.EXECUTE, "waiting": Waiting.NONE, "cause": None, "since_ns": NOW - 5400 * S,
        "order": "WO-10077", "product": "board A4", "lot": "LOT-2041", "batch": "2B", "operator": "Kim",
        "rate": 842.0, "rate_quality": Quality.GOOD, "made": 4402, "plan": 6200, "plan_now": 4300,
        "oee": oee_figures(line), "rate_history": [820.0 + (i * 7) % 40 for i in range(60)],
    }  # fmt: skip
    told.update(more)
    return LineRow(line=line, stations=stations, **told)


def overview_rows(plant: Plant) -> OverviewRows:
    """Line 1 runs, line 2 runs with one starved station, line 3 (if there is one) stands because of its placer."""
    lines = []
    for line in plant.lines:
        order = [s.id for s in plant.stations_of(line.id)]
        rows = [station_row(s) for s in order]
        more = {}
        if line.id == "L2" and len(order) > 1:
            rows[-1] = station_row(order[-1], MachineState.SUSPENDED, Waiting.STARVED, since_s=15, cause=order[-2])
        if line.id == "L3" and len(order) > 2:
            rows[0] = station_row(order[0], MachineState.SUSPENDED, Waiting.BLOCKED, since_s=100, cause=order[1])
            rows[1] = station_row(order[1], MachineState.ABORTED, since_s=190, reason="feeder")
            for at in range(2, len(order)):
                rows[at] = station_row(
                    order[at], MachineState.SUSPENDED, Waiting.STARVED, since_s=150 - at, cause=order[1]
                )
            more = {
                "state": MachineState.SUSPENDED, "waiting": Waiting.STARVED, "cause": order[1], "rate": 212.0,
                "since_ns": NOW - 190 * S, "made": 1364, "order": "WO-30012", "product": "board B2",
                "rate_history": [800.0] * 40 + [None] * 4 + [420.0, 212.0] + [212.0] * 14,
            }  # fmt: skip
        lines.append(line_row(line.id, rows, **more))
    kpis = [
        KpiRow("first_pass", 97.8, "%", 1, 90, 100, 98, 100),
        KpiRow("scrap", 0.6, "%", 1, 0, 5, 0, 1),
        KpiRow("oee", 82.0, "%", 0, 0, 100, 80, 100),
        KpiRow("made_vs_plan", None, "%", 0, 0, 120, 97, 105),
        KpiRow("lines_running", 2, "", 0, 0, 3, 3, 3),
        KpiRow("stops", 1, "", 0, 0, 20, 0, 5),
        KpiRow("tags_not_good", 0, "", 0, 0, 20, 0, 0),
        KpiRow("oldest_reading", 0.3, "s", 1, 0, 10, 0, 2),
    ]
    changes = [
        ChangeRow(NOW - 60 * S, "lot", "L1", Text("Line 1: lot LOT-2041 (before LOT-2040)", "1라인: 로트 LOT-2041")),
        ChangeRow(NOW - 190 * S, "state", "L3.S2", Text("Line 3 Placer: Aborted", "3라인 실장: 중단")),
        ChangeRow(NOW - 20 * S, "link", "plc1", Text("PLC 1 is connected", "PLC 1이 연결되었습니다")),
    ]
    return OverviewRows(NOW, Text("Day shift", "주간조"), NOW - 7200 * S, NOW + 21600 * S, lines, kpis, changes)


def moved(rows, now_ns: int):
    """Rows as they would be at another instant than NOW: every time in them moves along."""
    if dataclasses.is_dataclass(rows):
        kept = {}
        for item in dataclasses.fields(rows):
            value = getattr(rows, item.name)
            if item.name.endswith("_ns") and value:
                kept[item.name] = value + now_ns - NOW
            elif dataclasses.is_dataclass(value) or isinstance(value, list):
                kept[item.name] = moved(value, now_ns)
        return dataclasses.replace(rows, **kept)
    return [moved(x, now_ns) if dataclasses.is_dataclass(x) else x for x in rows] if isinstance(rows, list) else rows
