"""A material map, a plan and reroutes, for the tests of the material screen."""

from __future__ import annotations

import time

from hmi.desk.material_rows import LaneRow, MaterialMap, NodeRow, RerouteRow
from hmi.model.command import CommandOutcome
from hmi.model.flow import Lane, OptionKind, Plan, PlanOption, PlanWrite, Range
from hmi.model.machine import MachineState, Waiting
from hmi.model.sequence import Run, RunState, RunStep, StepResult
from hmi.model.text import Text

S = 1_000_000_000
NOW = time.time_ns()
RUN, DOWN, WAIT = MachineState.EXECUTE, MachineState.ABORTED, MachineState.SUSPENDED


def node(station, state=RUN, waiting=Waiting.NONE, **more):
    line, at = station.split(".S")
    told = {"level": 3, "capacity": 8, "lot": f"LOT-{line[1:]}041", "held": False, "gate_closed": False, "per_h": 842.0,
            "failed": False}  # fmt: skip
    return NodeRow(station, line, int(at), state, waiting, **{**told, **more})


def nodes(lines=3, stations=6):
    """Line 3 has a failed second station; line 2 has held material at its end."""
    made = []
    for n in range(1, lines + 1):
        for at in range(1, stations + 1):
            more, state, waiting = {}, RUN, Waiting.NONE
            if n == 3:
                if at == 1:
                    state, waiting, more = WAIT, Waiting.BLOCKED, {"per_h": 0.0, "level": 8}
                elif at == 2:
                    state, more = DOWN, {"failed": True, "per_h": 0.0, "level": 8}
                else:
                    state, waiting, more = WAIT, Waiting.STARVED, {"per_h": 0.0, "level": 0}
            if n == 2 and at >= 5:
                more = {"held": True, "gate_closed": at == 6}
            if n == 2 and at < 3:
                more["lot"] = "LOT-2042"
            made.append(node(f"L{n}.S{at}", state, waiting, **more))
    if lines > 1:
        made[6] = node("L2.S1", MachineState.UNKNOWN, level=None, lot="LOT-2042", per_h=None, gate_closed=None)
    return made


def lane(a, b, **more):
    made = Lane(f"{a}-{b.split('.')[0]}", a, b, f"{a}.DivertTo", int(b[1]))
    told = {"asked": False, "active": False, "units": 0, **more}
    return LaneRow(made, **told)


def lanes(lines=3, stations=6):
    """Every station can give to the next column of every other line; one route is open."""
    found = [
        lane(f"L{a}.S{at}", f"L{b}.S{at + 1}")
        for a in range(1, lines + 1) for b in range(1, lines + 1) if a != b for at in range(1, stations)
    ]  # fmt: skip
    return [lane("L3.S1", "L1.S2", asked=True, active=True, units=12) if r.lane.id == "L3.S1-L1" else r for r in found]


STEPS = (RunStep("L3.S1.DivertTo", 1, 0), RunStep("L1.S2.DivertTo", 3, 0))
DONE = StepResult(CommandOutcome.VERIFIED, command=71, read_back=1, done_ns=NOW - 200 * S)
WRONG = StepResult(CommandOutcome.REJECTED, Text("the controller rejected it (Bad_Denied)", "컨트롤러가 거절했습니다"),
                   command=72, done_ns=NOW - 199 * S)  # fmt: skip
NAME = Text("Line 3 over line 1's placer", "3라인을 1라인 마운터로 우회")


def run(results=(DONE, DONE), state=RunState.WHOLE, steps=STEPS):
    return Run("reroute:3:go", "reroute:3", "Station failed", steps, "kim", 17, "reroute", results=tuple(results),
               state=state, started_ns=NOW - 201 * S)  # fmt: skip


def route(id=3, state="CONFIRMED", **more):
    told = {"failed": "L3.S2", "name": NAME, "by": "Kim Minjun", "cause": "", "at_ns": NOW - 240 * S, "ended_ns": 0,
            "units": 12, "lanes": ["L3.S1-L1", "L1.S2-L3"], "run": run(), "can_return": True}  # fmt: skip
    return RerouteRow(id, state=state, **{**told, **more})


PARTLY = route(4, "PARTLY", run=run((DONE, WRONG), RunState.STOPPED), why=WRONG.why, cause="decision:9", units=0)
RETURNED = route(2, "RETURNED", can_return=False, ended_ns=NOW - 3000 * S, at_ns=NOW - 5000 * S, units=148)


def material_map(**more):
    return MaterialMap(**{"at_ns": time.time_ns(), "nodes": nodes(), "lanes": lanes(),
                          "reroutes": [RETURNED, route()], **more})  # fmt: skip


def option(kind=OptionKind.REROUTE, middle=412.0, **more):
    told = {
        "name": NAME, "writes": (PlanWrite("L3.S1.DivertTo", 1, 0), PlanWrite("L1.S2.DivertTo", 3, 0)),
        "lanes": ("L3.S1-L2",), "flows": {"L3.S1-L2": 38.0}, "throughput": Range(middle, middle - 32, middle + 28),
        "tardiness_min": Range(34, 20, 60), "late_orders": 1.2, "changeovers": 3, "rule": "edd",
    }  # fmt: skip
    return PlanOption(kind, **{**told, **more})


WAITING = option(OptionKind.WAIT, 301.0, writes=(), lanes=(), flows={}, name=Text("wait", "대기"))
NOTHING = option(
    OptionKind.NOTHING, 288.0, writes=(), lanes=(), flows={}, name=Text("nothing", "없음"), late_orders=4.0
)  # fmt: skip


def plan(failed="L3.S2", **more):
    told = {
        "made_ns": time.time_ns(), "horizon_s": 4 * 3600.0,
        "options": (option(), option(middle=388.0, not_routed=("board B2",)), WAITING, NOTHING),
        "cannot": (Text("board B2 needs an operation that only the failed station does", "board B2: 대체 설비 없음"),),
        "replications": 32, "took_s": 0.8, "repair_s": Range(1200, 840, 1560),
    }  # fmt: skip
    return Plan(failed, **{**told, **more})
