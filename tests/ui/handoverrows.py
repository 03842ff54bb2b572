"""A record as the engine gathers it, and a signed handover of it."""

import dataclasses

from hmi.desk.shiftlog_rows import HandoverPreview, HandoverRow, HandoverSheet, SignatureBlock
from hmi.model.machine import MachineState, Waiting
from hmi.model.permission import Role
from hmi.model.shiftlog import (
    HandedAlarm,
    HandedAlarms,
    HandedCommand,
    HandedLine,
    HandedStation,
    HandedStop,
    HandoverRecord,
    Note,
    NoteKind,
)
from hmi.model.text import Text
from hmi.store.canonical import digest
from tests.ui.plantrows import NOW, S

H = 3600 * S
RUN, DOWN, NONE = MachineState.EXECUTE, MachineState.ABORTED, Waiting.NONE
DAY = Text("Day", "주간")


def line(n):
    name = Text(f"Line {n}", f"{n}라인")
    stands = [HandedStation(f"L{n}.S2", Text("Placer", "마운터"), DOWN, NONE, False, NOW - 400 * S, None, None)]
    return HandedLine(
        f"L{n}", name, DOWN if n == 3 else RUN, NONE, NOW - H, None, f"WO-10{n}", "P-7", f"LOT-{n}17", 1204, 17,
        1204, 1400, 1310, 0.713, 0.83, 0.88, 0.986, stands if n == 3 else [],
    )  # fmt: skip


def note(number, text, kind=NoteKind.NOTE, place="", corrects=None, corrected_by=None):
    at_ns, local = NOW - H + number * 60 * S, "2026-09-21T13:13:20+09:00"
    return Note(number, at_ns, local, "kim", "김지혜", "supervisor", kind, place, text, corrects, corrected_by)


NOTES = [
    note(1, "솔더 부족 3장", NoteKind.DEFECT, "L3.S1", corrected_by=3),
    note(2, "Feeder 7 of the placer runs out at about 15:00 <b>watch</b>", NoteKind.MAINTENANCE, "L3.S2"),
    note(3, "솔더 부족 2장", NoteKind.DEFECT, "L3.S1", corrects=1),
]
STANDING = HandedAlarms(
    2,
    [HandedAlarm("oven.hot", Text("Oven too hot", "오븐 과열"), Text("Line 3 · Oven", "3라인 · 오븐"), 1, "B", NOW - H,
                 False),
     HandedAlarm("air", Text("Low air", "공압 저하"), Text("Line 1", "1라인"), 3, "C", NOW - H, True, by="김지혜",
                 why="compressor 2 is away")],
)  # fmt: skip
SHELVED = HandedAlarms(
    1, [HandedAlarm("door", Text("Door open", "도어 열림"), Text("Line 1", "1라인"), 3, "G", NOW - H, False,
                    NOW + 1200 * S, 1200.0, "김지혜", "switch is being changed")],
)  # fmt: skip
RECORD = HandoverRecord(
    Text("SMT plant", "SMT 공장"), "control-1", "Asia/Seoul", DAY, NOW - 7 * H, NOW + H, NOW - 7 * H, NOW,
    "2026-09-21T23:13:20.000+09:00", "CONTROL", NOW - 2 * H, "김지혜", [line(1), line(2), line(3)],
    [HandedStop("L3", Text("Line 3", "3라인"), NOW - 2 * H, NOW - 2 * H + 700 * S, 700.0, DOWN, NONE,
                Text("Placer", "마운터"), Text("Feeder empty", "피더 소진")),
     HandedStop("L3", Text("Line 3", "3라인"), NOW - 400 * S, None, 400.0, DOWN, NONE, Text("Placer", "마운터"))],
    NOTES, 3, STANDING, 1, SHELVED, HandedAlarms(), HandedAlarms(), ["plc2"],
    [HandedCommand(7, "L1.S1.SpeedSetpoint", Text("Speed", "속도"), 90.0, "%", "김지혜", "order 17", NOW - 60 * S)], [],
)  # fmt: skip
SHA = digest(RECORD)


def preview(record=RECORD, now=NOW):
    record = dataclasses.replace(record, gathered_ns=now)
    return HandoverPreview(record, digest(record), now + 900 * S)


def block(number, user, name, meaning, said):
    return SignatureBlock(number, user, name, Role.SUPERVISOR, NOW + 30 * S, "2026-09-21T23:13:50.000+09:00", said,
                          meaning, "control-1")  # fmt: skip


SIGNED = [
    block(1, "kim", "김지혜", "hand_over", Text("I hand over the shift", "교대 업무를 인계합니다")),
    block(2, "lee", "Lee Dohyun", "take_over", Text("I take over the shift", "교대 업무를 인수합니다")),
]
SHEET = HandoverSheet(4, RECORD, SHA, SIGNED)
ROWS = [HandoverRow(n, NOW - (4 - n) * 8 * H, DAY, NOW - (5 - n) * 8 * H, NOW, "김지혜", "Lee Dohyun", SHA)
        for n in (4, 3, 2, 1)]  # fmt: skip
