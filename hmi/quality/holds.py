"""The rules of holds: which gates a scope asks for, what a hold's state is, what moves although held, who may release.

Pure: no clock, no wire. What is read back is handed in; a wish is never taken for a closed gate.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hmi.model.genealogy import UnitFate, UnitPass
from hmi.model.hold import Disposition, HoldReason, HoldScope, HoldState, ScopeKind
from hmi.model.plant import Plant, TagType
from hmi.model.reading import Reading, Value
from hmi.model.text import Text
from hmi.model.words import say
from hmi.store.holds import Hold, HoldGate

ROLE = "hold_gate"
STOP, KEEP = "stop", "keep"
VERIFIED = "VERIFIED"
JUST_NS = 3_000_000_000
"""A fresh read-back by the command counts more than the last subscribed reading for this long."""
GRACE_NS = 1_000_000_000
"""What left a station within this time of its gate's closing was on its way."""
MOST_IDS = 5_000


@dataclass(frozen=True, slots=True)
class LineNow:
    """What a line's start works on; empty: nobody knows."""

    lot: str = ""
    batch: str = ""


def gate_value(plant: Plant, tag: str, closed: bool) -> Value:
    """What is written to a gate to close or open it."""
    return closed if plant.tag[tag].type is TagType.BOOLEAN else int(closed)


def gates_for(plant: Plant, scope: HoldScope, fates: Iterable[UnitFate], now: Mapping[str, LineNow]) -> list[HoldGate]:
    """The gates to close, in their order: first what keeps affected units in, then what stops more from being made.

    ``keep`` is the last gate of each line with affected units inside that have not left it. ``stop`` is the first
    station's gate of a line that still works on the batch or starts the lot, or the station's of an open window.
    """
    found: dict[str, HoldGate] = {}
    ahead = _furthest_back(plant, fates)
    for line, order in sorted(ahead.items()):
        last = keep_gate(plant, line)
        if last is not None and order < plant.station[last.station].order:
            found.setdefault(last.tag, last)
    for station in _stops(plant, scope, now):
        tag = plant.station[station].roles.get(ROLE)
        if tag in plant.tag:
            found.setdefault(str(tag), HoldGate(station, str(tag), STOP))
        # what is still to be made has to be kept in as well
        following = keep_gate(plant, plant.station[station].line)
        if following is not None:
            found.setdefault(following.tag, following)
    return sorted(found.values(), key=lambda g: (g.purpose != KEEP, g.station))


def keep_gate(plant: Plant, line: str) -> HoldGate | None:
    """The last gate of a line: whatever is in the line has to pass it."""
    for station in reversed(plant.stations_of(line)):
        tag = station.roles.get(ROLE)
        if tag in plant.tag:
            return HoldGate(station.id, str(tag), KEEP)
    return None


def _furthest_back(plant: Plant, fates: Iterable[UnitFate]) -> dict[str, int]:
    """Of each line with affected units inside: the order of the station that the hindmost of them left last."""
    found: dict[str, int] = {}
    for f in fates:
        station = plant.station.get(f.station)
        if not f.out and station is not None:
            found[f.line] = min(found.get(f.line, station.order), station.order)
    return found


def _stops(plant: Plant, scope: HoldScope, now: Mapping[str, LineNow]) -> list[str]:
    if scope.kind is ScopeKind.STATION:
        return [s for s in scope.ids if s in plant.station] if not scope.until_ns else []
    lines = []
    for line in plant.lines:
        said = now.get(line.id, LineNow())
        word = said.batch if scope.kind is ScopeKind.BATCH else said.lot if scope.kind is ScopeKind.LOT else ""
        if word and word in scope.ids and plant.stations_of(line.id):
            lines.append(plant.stations_of(line.id)[0].id)
    return lines


def takes(scope: HoldScope, p: UnitPass) -> bool:
    """Whether a unit that just left a station falls into a scope."""
    if scope.kind is ScopeKind.LOT:
        return p.lot in scope.ids
    if scope.kind is ScopeKind.BATCH:
        return p.batch in scope.ids or (bool(p.batch_edge) and p.batch_edge in scope.ids)
    if scope.kind is ScopeKind.UNITS:
        return p.unit in scope.ids
    return p.station in scope.ids and scope.since_ns <= p.at_ns and (not scope.until_ns or p.at_ns <= scope.until_ns)


def moves(plant: Plant, hold: Hold, p: UnitPass | UnitFate) -> bool:
    """Whether a held unit that left a station went where the hold should have kept it from going.

    Behind its line's last gate, or where that is not the hold's or not closed, out of the line.
    """
    gate, station = keep_gate(plant, p.line), plant.station.get(p.station)
    stations = plant.stations_of(p.line)
    if station is None or not stations:
        return False
    own = None if gate is None else next((g for g in hold.gates if g.tag == gate.tag), None)
    limit = stations[-1].order if gate is None else plant.station[gate.station].order
    if station.order < limit:
        return False
    if own is None or not own.run:
        return p.at_ns > hold.placed_ns + GRACE_NS
    # while its gate is on the way the unit may be, too
    return bool(own.outcome) and own.asked and p.at_ns > own.at_ns + GRACE_NS


def closed_now(gate: HoldGate, reading: Reading, now_ns: int) -> bool | None:
    """Whether a gate is closed, as read back; None: nobody knows."""
    if gate.outcome == VERIFIED and 0 <= now_ns - gate.at_ns < JUST_NS:
        return gate.asked
    if reading.quality.name != "GOOD" or reading.value is None or isinstance(reading.value, str):
        return None
    return bool(reading.value)


def state_of(gates: Sequence[tuple[HoldGate, bool | None]]) -> HoldState:
    """How real a hold is, by what its gates report now."""
    if any(g.run and not g.outcome for g, _ in gates):
        return HoldState.PLACING
    closed = [c for _, c in gates]
    if closed and all(c is True for c in closed):
        return HoldState.HELD
    perhaps = any(c is None and g.outcome == VERIFIED for g, c in gates)
    return HoldState.PARTLY if perhaps or any(c is True for c in closed) else HoldState.ON_PAPER


def why_not_held(gates: Sequence[tuple[HoldGate, bool | None]], inside: int) -> Text | None:
    """Why a hold is on paper or partly, in words; None when every gate is read back closed."""
    if not gates:
        return say("hold.no_gate_ahead" if inside else "hold.nothing_inside")
    for gate, closed in gates:
        if closed is True:
            continue
        if gate.why is not None and gate.outcome not in ("", VERIFIED):
            return say("hold.gate_why", station=gate.station, why=gate.why)
        if not gate.run:
            return say("hold.gate_not_asked", station=gate.station)
        if closed is None:
            return say("hold.gate_unknown", station=gate.station)
        if gate.outcome == VERIFIED:
            return say("hold.gate_opened", station=gate.station)
        if gate.outcome:
            return say("hold.gate_why", station=gate.station, why=say(f"outcome.{gate.outcome}"))
    return None


def to_open(hold: Hold, others: Iterable[Hold], closed: Mapping[str, bool | None]) -> list[HoldGate]:
    """The gates that a release opens: told to close or found closed, and needed by no other hold."""
    needed = {g.tag for other in others if other.open and other.id != hold.id for g in other.gates}
    return [
        g
        for g in sorted(hold.gates, key=lambda g: (g.purpose != KEEP, g.station))
        if g.tag not in needed
        and g.run
        and (closed.get(g.tag) is True or (closed.get(g.tag) is None and g.outcome in (VERIFIED, "UNKNOWN")))
    ]


def refuse_scope(plant: Plant, scope: HoldScope, now_ns: int) -> Text | None:
    """Why a scope cannot be held, or None."""
    if not scope.ids or any(not i.strip() for i in scope.ids):
        return say("hold.no_ids")
    if len(scope.ids) > MOST_IDS:
        return say("hold.too_many", most=MOST_IDS)
    if scope.kind is not ScopeKind.STATION:
        return None
    unknown = [s for s in scope.ids if s not in plant.station]
    if unknown:
        return say("hold.no_station", station=unknown[0])
    if not 0 < scope.since_ns <= now_ns:
        return say("hold.since")
    if scope.until_ns and scope.until_ns < scope.since_ns:
        return say("hold.until")
    return None


def refuse_release(hold: Hold, disposition: Disposition, note: str, used: bool) -> Text | None:
    """Why a hold cannot be released so, or None. used: its material is still worked on.

    The release fits the reason: what is used as it is needs its grounds, only material goes back to a supplier, and a
    batch or lot that is still worked on is not released but as good.
    """
    if not hold.open:
        return say("hold.released_before", id=hold.id)
    if hold.state is HoldState.PLACING:
        return say("hold.still_placing")
    if disposition is Disposition.RETURN and hold.reason is not HoldReason.MATERIAL_BATCH:
        return say("hold.only_material_returns")
    if disposition is Disposition.USE_AS_IS and hold.reason is not HoldReason.MANUAL and not note.strip():
        return say("hold.say_why_good")
    if used and hold.reason is HoldReason.MATERIAL_BATCH and disposition is not Disposition.USE_AS_IS:
        return say("hold.batch_still_used")
    return None


def units_sha(units: Iterable[str]) -> str:
    """A hash of which units were meant: SHA-256 over their ids in order, one a line."""
    return hashlib.sha256("\n".join(sorted(units)).encode("utf-8")).hexdigest()


def writes_of(plant: Plant, gates: Iterable[HoldGate], closed: bool) -> list[dict[str, Any]]:
    """The writes of a record that is signed, in their order."""
    return [{"tag": g.tag, "value": gate_value(plant, g.tag, closed)} for g in gates]


def record_of(
    scope: HoldScope, reason: HoldReason, note: str, units: Sequence[str], writes: list[dict[str, Any]]
) -> dict[str, Any]:
    """What is signed when a hold is placed: what, why, which units, and every write that it orders."""
    said = {"kind": scope.kind.value, "ids": list(scope.ids), "since_ns": scope.since_ns, "until_ns": scope.until_ns}
    return {
        "act": "hold", "scope": said, "reason": reason.value, "note": note, "units": len(units),
        "units_sha": units_sha(units), "writes": writes,
    }  # fmt: skip
