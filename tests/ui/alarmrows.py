"""Alarm rows of the small plant, and an engine that keeps them: pages, counts and acts without a socket."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from hmi.desk.alarm_rows import (
    AlarmCounts,
    AlarmDone,
    AlarmGroupRow,
    AlarmJournal,
    AlarmLoad,
    AlarmMetric,
    AlarmMetrics,
    AlarmPage,
    AlarmRow,
)
from hmi.desk.rows import Series
from hmi.model.alarm import STANDING, AlarmEvent, AlarmKind, AlarmState, EventKind, JournalRow, Priority
from hmi.model.quality import Quality
from hmi.model.text import Text
from tests.ui.plantrows import NOW, S

ASKING = (AlarmState.UNACKED, AlarmState.RETURNED, AlarmState.LATCHED)
LISTS = {
    "standing": STANDING, "shelved": (AlarmState.SHELVED,), "suppressed": (AlarmState.SUPPRESSED,),
    "out_of_service": (AlarmState.OUT_OF_SERVICE,),
}  # fmt: skip


def alarm(key, priority=2, state=AlarmState.UNACKED, ago_s=60.0, place="L2.S3", **more) -> AlarmRow:
    line, _, station = place.partition(".S")
    made = AlarmRow(
        key, "own", "1", Priority(priority), state, NOW - round(ago_s * S),
        Text("Zone 3 temperature too high", "3구역 온도 상한 초과"), AlarmKind.HI, place,
        Text(f"Line {line[1:]}", f"{line[1:]}라인") if line else Text.same(""),
        Text(f"Machine {station}", f"설비 {station}") if station else Text.same(""),
        f"{place}.Zone3Temperature" if station else "", 221.4, 219.8, Quality.GOOD, 220.0, "°C", 1, 1, Quality.GOOD,
        False, "", lot="LOT-2041", order="WO-20031", can_acknowledge=state in ASKING,
        cause=Text("The fan has stopped or the door is open.", "팬이 멈췄거나 도어가 열려 있습니다."),
        consequence=Text("Solder joints overheat; boards become scrap after 2 min.",
                         "납땜부가 과열되며 2분 후 기판이 불량이 됩니다."),
        action=Text("Check fan 3 and the door; lower the set-point by 4 °C if both are well.",
                    "3번 팬과 도어를 점검하고, 이상이 없으면 설정값을 4 °C 낮추십시오."),
        respond_within_s=600.0,
    )  # fmt: skip
    return replace(made, **more)


def sample() -> list[AlarmRow]:
    """One of everything."""
    s = AlarmState
    return [
        alarm("estop", 1, s.UNACKED, 12, "L3.S2", name=Text("Emergency stop pressed", "비상정지 버튼 눌림"),
              kind=AlarmKind.DISCRETE, limit=None, value_at=1.0, value=1.0, unit="", digits=0, first_out=True,
              group="line3"),
        alarm("hot", 2, s.UNACKED, 96, count=3),
        alarm("plc", 2, s.ACKED, 340, "L1", name=Text("PLC 1: no connection", "PLC 1: 통신 끊김"), kind=AlarmKind.COMM,
              limit=None, value_at=None, value=None, unit="", acked_by="kim", acked_ns=NOW - 200 * S, lot="", order=""),
        alarm("feeder", 3, s.RETURNED, 610, "L1.S2", name=Text("Feeder 7 empty", "7번 피더 소진"),
              kind=AlarmKind.DISCRETE, limit=None, value_at=21.0, value=0.0, unit="", digits=0),
        alarm("door", 3, s.LATCHED, 1200, "L2.S4", name=Text("Guard door opened", "안전문 열림"), latch=True,
              limit=None, value_at=1.0, value=0.0, unit="", digits=0, kind=AlarmKind.DISCRETE),
        alarm("air", 3, s.LATCHED_ACKED, 4000, "L1.S1", name=Text("Air pressure too low", "공기압 하한 미달"),
              kind=AlarmKind.LO, limit=4.5, value_at=4.41, value=5.2, unit="bar", digits=2, latch=True, can_reset=True,
              acked_by="lee", acked_ns=NOW - 3000 * S),
        alarm("server|plc1|hot", 3, s.UNACKED, 45, "L2.S3", name=Text.same("Zone3Temperature HighHigh"),
              origin="server", kind=None, activation="a0ff", limit=None, controller="plc1", value_at=None, lot="",
              order=""),
        alarm("drift", 4, s.ACKED, 90_000, "L1.S5", name=Text("Camera exposure drifts", "카메라 노출 변화"),
              kind=AlarmKind.ROC, limit=2.0, value_at=2.4, value=None, value_quality=Quality.BAD, unit="%/min",
              doubt=Quality.STALE, acked_by="park", acked_ns=NOW - 80_000 * S),
        alarm("noisy", 3, s.SHELVED, 5000, "L3.S6", name=Text("Printer paper low", "프린터 용지 부족"),
              shelf_until_ns=NOW + 1500 * S, aside_by="kim", aside_why="Nuisance alarm", kind=AlarmKind.DISCRETE),
        alarm("starved", 3, s.SUPPRESSED, 700, "L3.S3", name=Text("Starved", "자재 대기"),
              suppressed_by=["changeover"]),
        alarm("old", 3, s.OUT_OF_SERVICE, 700_000, "L1.S6", name=Text("Scale 2 drift", "2번 저울 편차"),
              aside_by="choi", aside_why="Sensor faulty: ordered"),
    ]  # fmt: skip


def journal_rows(n: int = 12) -> list[JournalRow]:
    kinds = [EventKind.ACTIVATE, EventKind.ACKNOWLEDGE, EventKind.RETURN]
    letters = [AlarmState.NORMAL, AlarmState.UNACKED, AlarmState.ACKED, AlarmState.NORMAL]
    made = []
    for i in range(n):
        k = i % 3
        event = AlarmEvent(kinds[k], NOW - (n - i) * 400 * S, "kim" if k == 1 else "", "seen" if k == 1 else "",
                           value=221.4 if k == 0 else None, lot="LOT-2041")  # fmt: skip
        made.append(
            JournalRow("hot", event, str(k + 1), letters[k], letters[k + 1], 1, Priority.HIGH, event.at_ns,
                       Text("Zone 3 temperature too high", "3구역 온도 상한 초과"), "L2.S3.Zone3Temperature", "L2.S3",
                       id=i + 1)
        )  # fmt: skip
    return made[::-1]


def metrics() -> AlarmMetrics:
    same = Text.same
    found = [
        AlarmMetric("average", 1.4, "per_10min", same("≤ 1"), "between"),
        AlarmMetric("per_day", 201.0, "per_day", same("≤ 144"), "between"),
        AlarmMetric("floods", 1, ""),
        AlarmMetric("flood_time", 0.021, "share", same("≤ 1 %"), "action"),
        AlarmMetric("busy_periods", 0.004, "share", same("≤ 1 %"), "target"),
        AlarmMetric("busy_hours", None, "share", same("≤ 1 %"), ""),
        AlarmMetric("peak", 23, "", same("≤ 10"), "action"),
        AlarmMetric("low_share", 0.84, "share", same("≥ 80 %"), "target"),
    ]
    loads = [AlarmLoad("hot", Text("Zone 3 temperature too high", "3구역 온도 상한 초과"), "L2.S3", 41, 0.2)]
    return AlarmMetrics(NOW - 86_400 * S, NOW, 201, found, loads, loads, [], [])


class AlarmEngine:
    """Keeps rows; ``answers`` are those of the engine as far as the window asks."""

    def __init__(self, rows=None) -> None:
        self.rows: dict[str, AlarmRow] = {r.key: r for r in (sample() if rows is None else rows)}
        self.at_ns = NOW
        self.flood = False
        self.unknown: list[str] = []
        self.sound = 0
        self.acts: list[tuple[str, dict]] = []
        self.refuse: Text | None = None
        self.pages: list[dict] = []

    def put(self, row: AlarmRow) -> None:
        self.rows[row.key] = row

    def answers(self) -> dict:
        names = ("acknowledge", "acknowledge_visible", "confirm", "reset", "shelve", "unshelve", "out_of_service",
                 "return_to_service")  # fmt: skip
        acts = {name: partial(self._act, name) for name in names}
        return {
            "alarms": self.page, "alarm_counts": self.counts, "silence": self._silence,
            "alarm_journal": lambda **_: AlarmJournal(journal_rows()), "alarm_metrics": lambda **_: metrics(),
            "history": self._history, "controllers": list, "engine": lambda: Text.same("-"),
            "changes": lambda **_: [], **acts,
        }  # fmt: skip

    def page(self, which="standing", order="urgency", priorities=(), places=(), text="", offset=0, limit=50,
             since_ns=0, keys=(), grouped=False) -> AlarmPage:  # fmt: skip
        self.pages.append({"offset": offset, "limit": limit, "keys": list(keys)})
        mine = [r for r in self.rows.values() if r.state in LISTS[which]]
        kept = [r for r in mine if self._fits(r, priorities, places, text)]
        kept.sort(key=lambda r: (r.state not in ASKING, r.priority, -r.activated_ns))
        rows = [self.rows[k] for k in keys if k in self.rows] if keys else kept[offset : offset + limit]
        fresh = sum(r.activated_ns > since_ns for r in kept) if since_ns else 0
        groups = []
        if self.flood:
            units = {r.place: r for r in reversed(kept)}
            groups = [AlarmGroupRow(p, r.equipment, r.line, r.priority, 1, 2, r) for p, r in units.items()]
        return AlarmPage(self.at_ns, 1, rows, len(kept), len(mine) - len(kept), fresh, self.flood, groups, self.unknown)

    @staticmethod
    def _fits(r: AlarmRow, priorities, places, text) -> bool:
        if r.priority == 1 and r.state in ASKING:
            return True
        inside = not places or any(r.place == p or r.place.startswith(p + ".") for p in places)
        return inside and (not priorities or r.priority in priorities) and text.lower() in f"{r.name.en}{r.tag}".lower()

    def counts(self) -> AlarmCounts:
        rows = list(self.rows.values())

        def of(*states):
            return [sum(r.priority == p and r.state in states for r in rows) for p in (1, 2, 3, 4)]

        grave = [r for r in rows if r.priority <= 2 and r.state in (AlarmState.UNACKED, AlarmState.ACKED)]
        grave.sort(key=lambda r: (r.state is AlarmState.UNACKED, r.activated_ns))
        aside = [sum(r.state is s for r in rows) for s in
                 (AlarmState.SHELVED, AlarmState.SUPPRESSED, AlarmState.OUT_OF_SERVICE)]  # fmt: skip
        return AlarmCounts(self.at_ns, 1, of(*ASKING), of(AlarmState.UNACKED, AlarmState.ACKED), *aside, self.flood,
                           self.sound, 1, grave[-1] if grave else None, self.unknown, 0)  # fmt: skip

    def _act(self, name: str, **more):
        self.acts.append((name, more))
        if self.refuse is not None:
            return self.refuse
        for one in more["alarms"]:
            if name.startswith("acknowledge"):
                row = self.rows[one["key"]]
                self.put(replace(row, state=AlarmState.ACKED, can_acknowledge=False, acked_by="kim", acked_ns=NOW))
        return [AlarmDone(one["key"], True) for one in more["alarms"]]

    def _silence(self):
        self.acts.append(("silence", {}))
        self.sound = 0

    @staticmethod
    def _history(tag, from_ns, to_ns, points):
        step = (to_ns - from_ns) // 40
        values = [216 + i * 0.18 if i not in (9, 10) else None for i in range(41)]
        return Series(tag, from_ns, to_ns, [from_ns + i * step for i in range(41)], values, [0] * 41, 41)
