"""Cards of three stories: a reroute after a failed placer, a hold of a bad paste batch, a step of an oven."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
from PySide6.QtGui import QColor, QImage, QPainter

from hmi.desk.decision_rows import DecisionCard, DecisionRow, Inbox, LifeRow, WriteRow
from hmi.desk.rows import Series, Spans
from hmi.desk.vision_rows import InspectionRow
from hmi.model.camera import Subject
from hmi.model.decision import (
    AdviceKind,
    AdvisorRecord,
    Alternative,
    Cause,
    Confidence,
    DecisionState,
    Effect,
    Evidence,
    Expected,
)
from hmi.model.inspection import DefectClass, Finding, Verdict
from hmi.model.machine import MachineState, StateSpan, Waiting
from hmi.model.text import Text

S = 1_000_000_000
MIN = 60 * S
ST = DecisionState
PLC = {n: Text(f"PLC {n}", f"PLC {n}") for n in (1, 2, 3)}
URI = "nsu=urn:independent-plant;s="
KIM = "Kim Minjun"


def row(number, kind, place, what, state=ST.PROPOSED, effect=None, now=None, **more) -> DecisionRow:
    now = now or time.time_ns()
    decided = 0 if state.open else now - 3 * MIN
    told = {
        "id": number,
        "advisor": f"advise-{kind.value}",
        "kind": kind,
        "place": place,
        "what": what,
        "state": state,
        "effect": effect,
        "class_a": True,
        "detected_ns": now - 190 * S,
        "proposed_ns": now - 184 * S,
        "decided_ns": decided,
        "ended_ns": now - 10 * S if state.ended else 0,
        "expires_ns": now + 228 * S,
        "by": KIM if decided else "",
        "why": None,
        "cause": f"station:{place}",
    }
    told.update(more)
    return DecisionRow(**told)


REROUTE = Text(
    "Reroute line 3 to line 1 after the printer: 400 boards of B2 continue at the placer of line 1",
    "3라인을 인쇄 공정 뒤에서 1라인으로 변경: B2 기판 400장을 1라인 실장으로 보냅니다",
)
HOLD = Text(
    "Hold paste batch PASTE-1B: 212 units of line 1 are affected",
    "솔더 페이스트 배치 PASTE-1B 보류: 1라인 212개가 영향을 받습니다",
)
STEP = Text("Lower zone 3 of the oven of line 2 by 4 °C", "2라인 리플로우 3존 온도를 4 °C 낮춤")

CONTEXT = [
    (
        Text("Orders", "작업지시"),
        Text("WO-30012 due 16:00, WO-10077 due 18:00", "WO-30012 16:00 납기, WO-10077 18:00 납기"),
    ),
    (
        Text("Lots", "로트"),
        Text("LOT-3007 in process 62, LOT-3008 waiting 338", "LOT-3007 공정 중 62, LOT-3008 대기 338"),
    ),
    (Text("Quality", "품질"), Text("no hold; first pass 98.4 % of 1,204", "보류 없음, 직행률 98.4 % (1,204개)")),
    (
        Text("Shift, operators", "교대, 작업자"),
        Text("Day B; Park (line 3), Kim (line 1)", "주간 B조, 박(3라인), 김(1라인)"),
    ),
    (
        Text("Alarms", "알람"),
        Text("Line 3 Placer: feeder 7 empty (P2), 3 min", "3라인 실장: 7번 피더 소진 (2순위), 3분"),
    ),
]

RECORD = AdvisorRecord("advise-reroute", 61, 52, 6, 50, 41, 7, 2, 0.8, 0.79, 38.0, 3)


def write(tag, name, plc, now, value, back, low=None, high=None, unit="", **more) -> WriteRow:
    told = {"then": now, "refused": None, "reversible": True, **more}
    return WriteRow(
        tag, name, PLC[plc], URI + tag, now=now, value=value, low=low, high=high, unit=unit, back=back, **told
    )


def reroute_card(**more) -> DecisionCard:
    now = time.time_ns()
    r = row(1042, AdviceKind.REROUTE, "L3.S2", REROUTE)
    causes = [
        Cause(
            "station:L3.S2",
            Text("Line 3 placer: feeder 7 empty", "3라인 실장: 7번 피더 소진"),
            0.91,
            Text(
                "Aborted 190 s ago with fault 21, all stations behind it starve",
                "190초 전 고장 21로 중단, 뒤 공정 모두 자재대기",
            ),
        ),
        Cause(
            "station:L3.S1",
            Text("Line 3 printer", "3라인 인쇄"),
            0.06,
            Text("blocked, as it would be", "막힘 상태, 결과로 보임"),
        ),
    ]
    evidence = [
        Evidence(
            "trend",
            Text("Speed and buffer of the placer, 30 min", "실장 속도와 버퍼, 30분"),
            ("L3.S2.Speed", "L3.S2.InBuffer"),
            now - 30 * MIN,
            now - 184 * S,
        ),
        Evidence(
            "states",
            Text("Line 3 placer: states, last 30 min", "3라인 실장: 최근 30분 상태"),
            ("L3.S2",),
            now - 30 * MIN,
            now - 184 * S,
        ),
        Evidence(
            "counts",
            Text("Repair times of this fault", "이 고장의 수리 시간"),
            lines=(
                Text("23 cases, usually 14 to 26 min", "23건, 보통 14~26분"),
                Text("Not proven: feeder 7 has failed twice this week", "미확정: 7번 피더가 이번 주 두 번 고장"),
            ),
        ),
        Evidence(
            "cases",
            Text("Three cases most like this", "가장 비슷한 3건"),
            lines=(
                Text("12 Nov  rerouted  EFFECTIVE +131 units", "11-12  경로 변경  효과 있음 +131개"),
                Text("04 Nov  waited  −188 units", "11-04  대기  −188개"),
                Text("27 Oct  rerouted  NO EFFECT +9 units", "10-27  경로 변경  효과 없음 +9개"),
            ),
        ),
    ]
    expected = Expected(
        Text("Finished units of order WO-30012 by 15:00", "15:00까지 WO-30012 완성 수량"),
        "L3.Good",
        "units",
        1,
        None,
        1482.0,
        1430.0,
        1524.0,
        7200.0,
    )
    alternatives = [
        Alternative(
            Text("Reroute all to line 1", "모두 1라인으로"),
            True,
            1482,
            1430,
            1524,
            "units",
            Text("0 late orders, 1 changeover", "지연 0건, 교체 1회"),
        ),
        Alternative(
            Text("Split 60 / 40 with line 2", "2라인과 60 / 40 분할"),
            False,
            1455,
            1402,
            1490,
            "units",
            Text("0 late orders, 2 changeovers", "지연 0건, 교체 2회"),
        ),
        Alternative(
            Text("Wait for the repair", "수리 대기"),
            False,
            1272,
            1180,
            1390,
            "units",
            Text("1 late order; 38 boards cannot be saved", "지연 1건, 38장 구제 불가"),
        ),
        Alternative(
            Text("Do nothing", "조치 없음"),
            False,
            1124,
            1090,
            1160,
            "units",
            Text("2 late orders; 338 boards cannot be saved", "지연 2건, 338장 구제 불가"),
        ),
    ]
    writes = [
        write("L3.S1.DivertTo", Text("Line 3 printer diverter", "3라인 인쇄 분기기"), 3, 0, 1, 0, 0, 3),
        write("L1.S2.Recipe", Text("Line 1 placer recipe", "1라인 실장 레시피"), 1, "A4", "B2", "A4"),
        write("L3.S2.Release", Text("Line 3 placer release", "3라인 실장 투입 허가"), 3, True, False, True),
        write("L1.S1.Feed", Text("Line 1 feed", "1라인 투입 속도"), 1, 700.0, 820.0, 700.0, 500.0, 880.0, "pcs/h"),
    ]
    card = DecisionCard(
        r,
        evidence,
        causes,
        CONTEXT,
        expected,
        None,
        "",
        True,
        alternatives,
        writes,
        Text(
            "Until 15:00, in the opposite order; 18 boards in transit stay on line 1. Return to line 3 is proposed "
            "when its placer runs again.",
            "15:00까지 역순으로 되돌립니다. 이송 중인 18장은 1라인에 남습니다. "
            "3라인 실장이 다시 가동되면 복귀를 제안합니다.",
        ),
        False,
        0.4,
        None,
        [LifeRow(ST.PROPOSED, r.proposed_ns, "", Text("proposed", "제안"))],
        None,
        None,
        RECORD,
        "a1",
    )
    return replace(card, **more)


def hold_card(**more) -> DecisionCard:
    r = row(1043, AdviceKind.HOLD, "L1.S4", HOLD, cause="batch:PASTE-1B")
    causes = [
        Cause(
            "batch:PASTE-1B",
            Text("Solder paste batch PASTE-1B", "솔더 페이스트 배치 PASTE-1B"),
            0.82,
            Text(
                "9 of 9 rejects since 14:02 carry it, 3 of 310 without it (Fisher p < 0.001)",
                "14:02 이후 불량 9개 모두 이 배치, 다른 배치는 310개 중 3개 (피셔 p < 0.001)",
            ),
        ),
        Cause("station:L1.S1", Text("Line 1 printer", "1라인 인쇄"), 0.12, Text("same window", "같은 시간대")),
    ]
    evidence = [
        Evidence(
            "pictures", Text("Rejects of line 1 since 14:02", "14:02 이후 1라인 불량"), inspections=(511, 514, 517, 999)
        ),
        Evidence(
            "counts",
            Text("Rejects by batch", "배치별 불량"),
            lines=(
                Text(
                    "PASTE-1B 9 of 212 (4.2 %), others 3 of 1,310 (0.2 %)",
                    "PASTE-1B 212개 중 9개 (4.2 %), 그 외 1,310개 중 3개 (0.2 %)",
                ),
            ),
        ),
    ]
    expected = Expected(
        Text("Reject rate behind the hold", "보류 이후 불량률"), "L1.S4.Reject", "%", -1, 4.2, 0.3, 0.0, 0.8, 1800.0
    )
    alternatives = [
        Alternative(
            Text("Hold the batch", "배치 보류"),
            True,
            212,
            212,
            212,
            "units",
            Text("12 of them are boxed", "12개는 포장 완료"),
        ),
        Alternative(
            Text("Hold the lot LOT-2041", "로트 LOT-2041 보류"),
            False,
            388,
            388,
            388,
            "units",
            Text("176 good units stand as well", "양품 176개도 정지"),
        ),
        Alternative(
            Text("Do nothing", "조치 없음"),
            False,
            None,
            None,
            None,
            "units",
            Text("about 9 bad units an hour leave the line", "시간당 불량 약 9개 유출"),
        ),
    ]
    writes = [
        write("L1.S1.HoldGate", Text("Line 1 printer gate", "1라인 인쇄 게이트"), 1, False, True, False),
        write("L1.S6.HoldGate", Text("Line 1 packer gate", "1라인 포장 게이트"), 1, False, True, False),
    ]
    card = DecisionCard(
        r,
        evidence,
        causes,
        CONTEXT[:3],
        expected,
        None,
        "",
        True,
        alternatives,
        writes,
        Text(
            "A hold is not taken back: it is released with a disposition on the quality screen.",
            "보류는 되돌리지 않고 품질 화면에서 처리 결정과 함께 해제합니다.",
        ),
        False,
        1.2,
        None,
        [LifeRow(ST.PROPOSED, r.proposed_ns, "", Text("proposed", "제안"))],
        None,
        None,
        replace(
            RECORD,
            advisor="advise-hold",
            shown=7,
            approved=5,
            rejected=2,
            executed=5,
            effective=4,
            no_effect=1,
            worse=0,
            says=0.7,
            right=None,
        ),
        "b1",
    )
    return replace(card, **more)


def step_card(**more) -> DecisionCard:
    now = time.time_ns()
    r = row(1044, AdviceKind.STEP, "L2.S3", STEP, expires_ns=now + 556 * S)
    causes = [
        Cause(
            "tag:L2.S3.Zone3Temperature",
            Text("Zone 3 of the oven runs 4 °C too hot", "리플로우 3존 온도 4 °C 높음"),
            0.77,
            Text("62 % of the statistic; set-point unchanged since 06:10", "통계량의 62 %, 설정값은 06:10 이후 그대로"),
        ),
    ]
    evidence = [
        Evidence(
            "trend",
            Text("What carries the statistic, 20 min", "통계량에 기여한 신호, 20분"),
            ("L2.S3.Zone3Temperature", "L2.S3.Power", "L2.S3.Pressure"),
            now - 20 * MIN,
            now - 184 * S,
            lines=(Text("T² 41.8, limit 18.5", "T² 41.8, 한계 18.5"),),
        ),
    ]
    expected = Expected(
        Text("Zone 3 temperature, mean of 2 min", "3존 온도, 2분 평균"),
        "L2.S3.Zone3Temperature",
        "°C",
        -1,
        220.6,
        216.4,
        215.0,
        218.0,
        600.0,
    )
    alternatives = [
        Alternative(Text("Set-point 212 °C", "설정값 212 °C"), True, 216.4, 215.0, 218.0, "°C", None),
        Alternative(
            Text("Do nothing", "조치 없음"),
            False,
            222.5,
            220.0,
            226.0,
            "°C",
            Text("passes the alarm limit of 224 °C in about 20 min", "약 20분 뒤 알람 한계 224 °C 초과"),
        ),
    ]
    writes = [
        write(
            "L2.S3.Zone3Setpoint", Text("Zone 3 set-point", "3존 설정값"), 2, 216.0, 212.0, 216.0, 205.0, 230.0, "°C"
        ),
    ]
    card = DecisionCard(
        r,
        evidence,
        causes,
        CONTEXT[1:],
        expected,
        None,
        "",
        True,
        alternatives,
        writes,
        Text(
            "Set 216 °C again at any time until the next changeover.", "다음 교체 전까지 언제든지 216 °C로 되돌립니다."
        ),
        False,
        0.4,
        None,
        [LifeRow(ST.PROPOSED, r.proposed_ns, "", Text("proposed", "제안"))],
        None,
        None,
        replace(RECORD, advisor="advise-step"),
        "c1",
    )
    return replace(card, **more)


def confidence(now=None) -> Confidence:
    now = now or time.time_ns()
    return Confidence(0.83, 83, 100, False, "reroute-twin", "3", now - 40 * 86_400 * S)


def judged(card: DecisionCard, judgement="agree", **more) -> DecisionCard:
    """The card after the person's own judgement."""
    return replace(card, judgement=judgement, confidence=replace(confidence(), **more))


LIFE = (
    (ST.APPROVED, 40, Text("least_loss", "least_loss")),
    (ST.EXECUTING, 39, Text("4 writes", "쓰기 4건")),
    (ST.EXECUTED, 34, Text("every write taken", "모든 쓰기를 수신함")),
    (
        ST.VERIFIED,
        32,
        Text("every write read back; 3 units left on the planned lane", "모든 쓰기 재확인, 3개가 계획된 경로로 이동"),
    ),
    (ST.JUDGED, 5, Text("against line 2 as control", "2라인과 비교")),
)


def at_state(card: DecisionCard, state: DecisionState, effect=None, *, outcomes=None, why=None) -> DecisionCard:
    """The card as it is later: its life so far, its writes with outcomes, undo while it is possible."""
    now = time.time_ns()
    if card.confidence is None and state not in (ST.REJECTED, ST.EXPIRED, ST.SUPERSEDED):
        card = judged(card)
    life = list(card.life)
    order = [s for s, _, _ in LIFE]
    if state in order:
        life += [
            LifeRow(s, now - ago * S, KIM if s is ST.APPROVED else "", words)
            for s, ago, words in LIFE[: order.index(state) + 1]
        ]
    elif state in (ST.UNKNOWN, ST.PARTLY, ST.FAILED):
        life += [
            LifeRow(ST.APPROVED, now - 40 * S, KIM, LIFE[0][2]),
            LifeRow(ST.EXECUTING, now - 39 * S, "", LIFE[1][2]),
            LifeRow(state, now - 30 * S, "", why or Text("no answer from PLC 3", "PLC 3 응답 없음")),
        ]
    else:
        life.append(LifeRow(state, now - 30 * S, KIM, why or Text("", "")))
    if outcomes is None:
        outcomes = {ST.EXECUTING: ["VERIFIED"] * (len(card.writes) // 2)}.get(state, ["VERIFIED"] * len(card.writes))
        if state in (ST.REJECTED, ST.EXPIRED, ST.SUPERSEDED, ST.APPROVED):
            outcomes = []
    writes = [
        replace(
            w, outcome=outcomes[at], done_ns=now - (36 - at) * S, now=w.value if outcomes[at] == "VERIFIED" else w.now
        )
        if at < len(outcomes)
        else w
        for at, w in enumerate(card.writes)
    ]
    done = state in (ST.EXECUTED, ST.VERIFIED, ST.JUDGED, ST.PARTLY, ST.UNKNOWN)
    e = card.expected
    return replace(
        card,
        row=replace(
            card.row,
            state=state,
            effect=effect,
            decided_ns=now - 40 * S,
            by=KIM,
            why=why,
            ended_ns=now - 5 * S if state.ended else 0,
        ),
        writes=writes,
        life=life,
        can_undo=done and effect is not Effect.EFFECTIVE,
        asks_judgement=True,
        measured=None if state is not ST.JUDGED or e is None else e.value * 0.998,
        control=None if state is not ST.JUDGED or e is None else (e.now or e.value * 0.96),
    )


def inbox(*cards: DecisionCard, waiting=0, learning=()) -> Inbox:
    """The cards given, sorted into the list, with some past."""
    now = time.time_ns()
    past = [
        row(
            1040,
            AdviceKind.REROUTE,
            "L1.S2",
            Text("Reroute line 1", "1라인 경로 변경"),
            ST.JUDGED,
            Effect.EFFECTIVE,
            decided_ns=now - 10 * MIN,
        ),
        row(
            1039,
            AdviceKind.HOLD,
            "L1.S4",
            Text("Hold paste batch PASTE-1C, 212 units", "페이스트 배치 PASTE-1C 보류, 212개"),
            ST.JUDGED,
            Effect.EFFECTIVE,
            decided_ns=now - 100 * MIN,
        ),
        row(
            1037,
            AdviceKind.STEP,
            "L2.S5",
            Text("Slow line 2 tester to 95 %", "2라인 테스트 속도 95 %"),
            ST.REJECTED,
            decided_ns=now - 140 * MIN,
        ),
        row(
            1030,
            AdviceKind.STEP,
            "L1.S3",
            Text("Oven 1 zone 2 down 2 °C", "1라인 리플로우 2존 2 °C 낮춤"),
            ST.JUDGED,
            Effect.WORSE,
            decided_ns=now - 30 * 60 * MIN,
        ),
    ]
    rows = [c.row for c in cards]
    return Inbox(
        [r for r in rows if r.state.open],
        waiting,
        [r for r in rows if not r.state.open and not r.state.ended],
        [r for r in rows if r.state.ended] + past,
        [RECORD],
        list(learning),
    )


LEARNING = [
    Text(
        "Line 1 oven: 180 of 600 rows while it runs (7 min to go)",
        "1라인 리플로우: 가동 데이터 600행 중 180행 (약 7분 남음)",
    ),
    Text("Line 2 placer: waits until the station runs", "2라인 실장: 스테이션이 가동되면 학습합니다"),
]


def series(tag, from_ns, to_ns, points) -> Series:
    """A quiet signal that leaves its normal in the last fifth of the window."""
    n = 240
    t = np.linspace(from_ns, to_ns, n)
    rng = np.random.default_rng(abs(hash(tag)) % 1000)
    hot = "Temperature" in tag
    base = 216.0 if hot else 100.0 if "Speed" in tag else 4.0
    value = base + rng.normal(0, 0.25 if hot else base * 0.01, n)
    late = np.clip((t - from_ns) / (to_ns - from_ns) - 0.8, 0, None)
    value = value + late * (22 if hot else -base * 4.5)
    value = np.clip(value, 0, None)
    return Series(tag, from_ns, to_ns, [int(x) for x in t], [float(x) for x in value], [0] * n, n)


def spans(stations, from_ns, to_ns) -> Spans:
    """Ran, waited once, stands now."""
    s = stations[0]
    stop = to_ns - 6 * MIN
    made = [
        StateSpan(s, MachineState.EXECUTE, Waiting.NONE, from_ns - MIN, from_ns + 12 * MIN, span_id=1),
        StateSpan(s, MachineState.SUSPENDED, Waiting.STARVED, from_ns + 12 * MIN, from_ns + 14 * MIN, span_id=2),
        StateSpan(s, MachineState.EXECUTE, Waiting.NONE, from_ns + 14 * MIN, stop, span_id=3),
        StateSpan(s, MachineState.ABORTED, Waiting.NONE, stop, None, span_id=4),
    ]
    return Spans(to_ns, made)


def board(file, seed=1) -> None:
    """A picture of a board, written as PNG."""
    image = QImage(640, 480, QImage.Format.Format_Grayscale8)
    image.fill(QColor(40, 40, 40))
    p = QPainter(image)
    for at in range(20):
        p.fillRect(20 + at * 30, 0, 14, 480, QColor(190, 190, 190))
    for at in range(6):
        p.fillRect(0, 60 + at * 70, 640, 12, QColor(190, 190, 190))
    p.fillRect(296 + seed % 7, 230, 22, 9, QColor(190, 190, 190))
    p.end()
    image.save(str(file), "PNG")


def inspection(number, folder) -> InspectionRow:
    """A verdict with its picture in the data folder."""
    name = f"evidence-{number}.png"
    if not (folder / name).exists():
        board(folder / name, number)
    found = Finding((294, 226, 322, 243), DefectClass.SHORT, 0.92, 198)
    return InspectionRow(
        number,
        "L1.S4.cam",
        time.time_ns() - number * S,
        number,
        Verdict.FAIL,
        0.92,
        4.0,
        31.0,
        Subject("U-1"),
        "template-compare/board/3",
        [found],
        None,
        name,
        "",
        "",
        "",
        0,
        "",
        640,
        480,
    )
