"""The sections of the places: plant, sites, areas, lines, stations, and the maps of their states."""

from __future__ import annotations

import zoneinfo
from collections.abc import Mapping
from typing import Any

from hmi.model.machine import MachineState, Waiting
from hmi.model.plant import StateRule
from hmi.model.words import say
from hmi.runtime.plantfile import kinds
from hmi.runtime.plantfile.form import BAD, Field, Problems, Section, Shape, near
from hmi.runtime.plantfile.lines import Path

STATION_ROLES = {
    "state": "state of the machine", "good": "counter of good units", "reject": "counter of rejected units",
    "in_buffer": "units waiting before the station", "unit": "id of the unit in work", "cycle": "last cycle time",
    "hold_gate": "gate that holds the station", "divert_to": "line that units leave for",
    "route_active": "route as the controller reports it", "speed": "speed", "speed_setpoint": "set-point of the speed",
}  # fmt: skip
"""The roles of a station's tags that the program knows, and what for."""

LINE_ROLES = {
    "order": "work order", "product": "product", "lot": "lot", "material_batch": "material batch",
    "operator": "operator", "rate": "units per hour now", "plan": "units planned", "made": "units made",
}  # fmt: skip
"""The roles of a line's tags that the program knows, and what for."""

PACKML = "packml"
"""The state map that is there without being written: PackML's state numbers, and their names."""

_NUMBERS = (
    "UNKNOWN", "CLEARING", "STOPPED", "STARTING", "IDLE", "SUSPENDED", "EXECUTE", "STOPPING", "ABORTING", "ABORTED",
    "HOLDING", "HELD", "UNHOLDING", "SUSPENDING", "UNSUSPENDING", "RESETTING", "COMPLETING", "COMPLETE",
)  # fmt: skip
SHIPPED_MAPS: Mapping[str, Mapping[str, StateRule]] = {
    PACKML: {str(i): StateRule(MachineState(word)) for i, word in enumerate(_NUMBERS)}
}

_WAITS = (MachineState.SUSPENDED, MachineState.SUSPENDING, MachineState.UNSUSPENDING)


def timezone(value: Any, problems: Problems, path: Path) -> Any:
    """A zone of the IANA database, such as Asia/Seoul."""
    if not isinstance(value, str):
        return kinds.text(value, problems, path)
    try:
        zoneinfo.ZoneInfo(value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        hit = near(value, zoneinfo.available_timezones()) if len(value) < kinds.LONGEST else None
        right = say("plantfile.did_you_mean", word=hit) if hit else say("plantfile.timezone_right")
        problems.add(path, say("plantfile.timezone", value=kinds.shown(value)), right)
        return BAD
    return value


def state_rule(value: Any, problems: Problems, path: Path) -> Any:
    """A PackML state, optionally with the reason of waiting: ``SUSPENDED:BLOCKED``."""
    if not isinstance(value, str):
        return kinds.text(value, problems, path)
    word, _, waiting = value.upper().partition(":")
    known = [state.value for state in MachineState]
    if word not in known:
        problems.add(path, say("plantfile.state", value=kinds.shown(value)), problems.meant(word, known))
        return BAD
    state = MachineState(word)
    if not waiting:
        return StateRule(state)
    if state not in _WAITS or waiting not in (Waiting.BLOCKED, Waiting.STARVED):
        problems.add(path, say("plantfile.state", value=kinds.shown(value)), say("plantfile.state_waiting"))
        return BAD
    return StateRule(state, Waiting(waiting))


def state_map(table: Any, problems: Problems, path: Path) -> Any:
    """What the values of a state tag mean, by the value as text."""
    rules = {key: state_rule(value, problems, (*path, key)) for key, value in table.items()}
    return {key: rule for key, rule in rules.items() if rule is not BAD}


def _station_rules(values: Mapping[str, Any], problems: Problems, path: Path) -> None:
    if "state" in values.get("roles", {}) and problems.text_at((*path, "states")) is None:
        wrong = say("plantfile.missing_states")
        problems.add((*path, "states"), wrong, say("plantfile.missing_states_right"))


PLANT = Section(
    "plant",
    Shape.TABLE,
    {
        "id": Field(kinds.ident, required=True),
        "name": Field(kinds.names),
        "timezone": Field(timezone, required=True),
        "demo": Field(kinds.flag),
    },
    required=True,
)
SITE = Section("site", Shape.ARRAY, {"id": Field(kinds.ident, required=True), "name": Field(kinds.names)})
AREA = Section(
    "area",
    Shape.ARRAY,
    {
        "id": Field(kinds.ident, required=True),
        "name": Field(kinds.names),
        "site": Field(kinds.filled, required=True),
    },
)
LINE = Section(
    "line",
    Shape.ARRAY,
    {
        "id": Field(kinds.ident, required=True),
        "name": Field(kinds.names),
        "area": Field(kinds.filled, required=True),
        "rate": Field(kinds.span),
        "roles": Field(kinds.mapping(LINE_ROLES)),
    },
)
STATION = Section(
    "station",
    Shape.ARRAY,
    {
        "id": Field(kinds.ident, required=True),
        "name": Field(kinds.names),
        "line": Field(kinds.filled, required=True),
        "order": Field(kinds.whole(1, 9999), required=True),
        "kind": Field(kinds.text),
        "ideal_cycle": Field(kinds.positive, into="ideal_cycle_s"),
        "buffer_capacity": Field(kinds.whole(0, 1_000_000)),
        "capabilities": Field(kinds.idents),
        "products": Field(kinds.idents),
        "states": Field(kinds.filled),
        "roles": Field(kinds.mapping(STATION_ROLES)),
    },
    rules=_station_rules,
)
STATE_MAP = Section("state_map", Shape.NAMED, entry=state_map)
