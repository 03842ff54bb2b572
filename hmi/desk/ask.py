"""The questions and actions of the desk: name, arguments and answer type of each, in one place.

A request on the socket is ``{"id": n, "ask": name, "with": {...}}``; the answer ``{"id": n, "answer": ...}`` or
``{"id": n, "refused": {"en": ..., "ko": ...}}``. The server pushes ``{"event": {...}}`` to those who asked to hear.
"""

from __future__ import annotations

from typing import Any

from hmi.desk import rows
from hmi.desk.alarm_rows import AlarmCounts, AlarmDone, AlarmJournal, AlarmMetrics, AlarmPage
from hmi.desk.command_rows import CommandPreview, CommandRow, ModeRow
from hmi.desk.decision_rows import DECISION_ANSWERS
from hmi.desk.hold_rows import HOLD_ANSWERS
from hmi.desk.material_rows import MATERIAL_ANSWERS
from hmi.desk.people_rows import PEOPLE_ANSWERS
from hmi.desk.run_rows import RUN_ANSWERS
from hmi.desk.shiftlog_rows import SHIFTLOG_ANSWERS
from hmi.desk.vision_rows import VISION_ANSWERS
from hmi.model.alarm import AlarmRule
from hmi.model.plant import Plant, StopReason

ANSWERS: dict[str, Any] = {
    "hello": rows.Hello,  # no arguments
    "plant": Plant,  # no arguments
    "status": dict[str, Any],  # everything `linekeeper status` prints
    "read": list[dict[str, Any]],  # tags: list[str] -> [Reading.to_json]; an unknown tag has quality BAD and a why
    "overview": rows.OverviewRows,  # no arguments
    "controllers": list[rows.ControllerRow],  # no arguments
    "bad_tags": rows.BadTags,  # controller: str | None, limit: int
    "engine": rows.EngineRow,  # no arguments
    "states": rows.Spans,  # stations: list[str], from_ns: int, to_ns: int
    "oee": list[rows.OeeFigures],  # scopes: list[str] (station or line ids), from_ns: int, to_ns: int
    "reasons": list[StopReason],  # no arguments
    "changes": list[rows.ChangeRow],  # since_ns: int, limit: int
    "browse": list[dict[str, Any]],  # controller: str, node: str | None -> [hmi.plant.port.Node as dict]
    "peek": list[dict[str, Any]],  # controller: str, nodes: list[str] -> [Reading.to_json], read from the source now
    "history": rows.Series,  # tag: str, from_ns: int, to_ns: int, points: int
    # actions
    "assign_reason": rows.Spans,  # span_id: int, reason: str
    "split_stop": rows.Spans,  # span_id: int, at_ns: int
    "mode": ModeRow,  # no arguments
    "set_mode": ModeRow,  # mode: "MONITOR" | "CONTROL", reason: str, password: str
    "preview": CommandPreview,  # tag: str, value
    "command": CommandRow,  # key, tag, value, reason, seen, cause, signature, second_signature, password
    "commands": list[CommandRow],  # limit: int, tag: str, before: int
    "trust": None,  # controller: str, fingerprint: str
    # alarms: arguments as hmi.desk.alarms.Alarms says
    "alarms": AlarmPage,
    "alarm_counts": AlarmCounts,
    "alarm_journal": AlarmJournal,
    "alarm_metrics": AlarmMetrics,
    "alarm_rules": list[AlarmRule],
    "acknowledge": list[AlarmDone],
    "acknowledge_visible": list[AlarmDone],
    "confirm": list[AlarmDone],
    "shelve": list[AlarmDone],
    "unshelve": list[AlarmDone],
    "reset": list[AlarmDone],
    "out_of_service": list[AlarmDone],
    "return_to_service": list[AlarmDone],
    "silence": None,
    # people, signatures, audit
    **PEOPLE_ANSWERS,
    # shift log and handover
    **SHIFTLOG_ANSWERS,
    # sequences of commands
    **RUN_ANSWERS,
    # cameras and verdicts, holds and genealogy, routes, the loop's cards
    **VISION_ANSWERS,
    **HOLD_ANSWERS,
    **MATERIAL_ANSWERS,
    **DECISION_ANSWERS,
}
