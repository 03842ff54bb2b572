"""Holds in each state, their units, a preview and a trace, for the tests of the quality screen."""

from __future__ import annotations

import time
from dataclasses import replace

from hmi.desk.hold_rows import GateRow, HoldPreview, HoldRow, HoldUnits, MaterialNow, UnitTrace
from hmi.model.genealogy import UnitFate, UnitPass
from hmi.model.hold import Disposition, HoldReason, HoldScope, HoldState, ScopeKind
from hmi.model.text import Text

S = 1_000_000_000
NOW = time.time_ns()


def gate(station="L2.S6", closed=True, outcome="VERIFIED", why=None, purpose="keep", age_s=60):
    return GateRow(station, f"{station}.HoldGate", purpose, closed, outcome, why, NOW - age_s * S)


def hold(id=1, state=HoldState.HELD, gates=None, **more):
    told = {
        "reason": HoldReason.MATERIAL_BATCH, "scope": HoldScope(ScopeKind.BATCH, ("2B",)),
        "name": Text("Material batch 2B", "자재 배치 2B"), "note": "bridges at U7", "place": "L2", "by": "Kim Minjun",
        "placed_ns": NOW - 900 * S, "cause": "", "units": 38, "out": 12, "inside": 26, "disposed": 0, "moved": 0,
        "gates": [gate("L2.S1", purpose="stop"), gate()] if gates is None else gates,
    }  # fmt: skip
    return HoldRow(id, state, **{**told, **more})


REFUSED = gate("L1.S6", False, "REJECTED", Text("the controller rejected it (Bad_Denied)", "컨트롤러가 거절했습니다"))
NO_GATE = Text("no station after Tester has a hold gate", "테스트 공정 뒤에 보류 게이트가 없습니다")
HELD = hold(4, cause="decision:7")
PAPER = hold(
    5, HoldState.ON_PAPER, [], name=Text("Lot LOT-3007", "로트 LOT-3007"), place="L3", why=NO_GATE, inside=0, out=40,
    units=40, reason=HoldReason.MANUAL, note="customer complaint 4411", placed_ns=NOW - 7300 * S, by="Lee Dohyun",
)  # fmt: skip
PARTLY = hold(
    6, HoldState.PARTLY, [gate("L1.S1"), REFUSED], name=Text("2 units at Line 1", "1라인 유닛 2개"), place="L1.S4",
    units=1204, inside=1200, out=4, moved=2, reason=HoldReason.REJECT_RUN, note="",
)  # fmt: skip
RELEASED = hold(
    2, HoldState.RELEASED, [gate(closed=False)], name=Text("Lot LOT-2039", "로트 LOT-2039"),
    disposition=Disposition.REWORK, disposed=38, released_ns=NOW - 60 * S, released_by="Park Sora",
    placed_ns=NOW - 90_000 * S,
)  # fmt: skip
ROWS = [HELD, PAPER, PARTLY]


def fates(total=38, rows=38):
    return HoldUnits(total, [
        UnitFate(f"B-{1000 + n}", "LOT-2041", "2B", "L2", f"L2.S{1 + n % 6}", NOW - n * 7 * S, n % 6 == 5)
        for n in range(rows)
    ])  # fmt: skip


MATERIAL = [
    MaterialNow("L1", "LOT-1017", "1C", "WO-101", "board A4", ["LOT-1017", "LOT-1016"], ["1C", "1B"]),
    MaterialNow("L2", "LOT-2041", "2B", "WO-102", "board C1", ["LOT-2041", "LOT-2040", "LOT-2039"], ["2B", "2A"]),
    MaterialNow("L3", "LOT-3007", "3A", "WO-103", "board B2", ["LOT-3007"], ["3A"]),
]


def preview(scope, paper=False):
    gates = [] if paper else [gate("L2.S1", None, "", purpose="stop", age_s=0), gate(closed=None, outcome="", age_s=0)]
    name = Text(" ".join(scope.ids), " ".join(scope.ids))
    return HoldPreview(scope, name, 38, 12, 26, ["LOT-2041", "LOT-2040"], ["2B"], gates, 3.4, {"scope": "x"},
                       NO_GATE if paper else None)  # fmt: skip


def passes(unit="B-1004", stations=6):
    return [
        UnitPass(unit, f"L2.S{n}", "L2", NOW - (stations - n) * 41 * S, "LOT-2041", "WO-102", "board C1",
                 "2A" if n < 3 else "2B", "Kim", "2B" if n == 2 else "")
        for n in range(1, stations + 1)
    ]  # fmt: skip


TRACE = UnitTrace("B-1004", True, "LOT-2041", "WO-102", "board C1", ["2A", "2B"], passes(), [311, 312], [4], 400, 1262)
UNKNOWN = replace(TRACE, unit="B-9", known=False, passes=[], inspections=[], holds=[], batches=[])
