"""Holds on record: the signed order, its gates, its units. Rows are added and brought up to date, never deleted."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, func, insert, select, update

from hmi.model.genealogy import UnitFate
from hmi.model.hold import Disposition, HoldReason, HoldScope, HoldState, ScopeKind
from hmi.model.permission import Person, Role
from hmi.model.sequence import Orderer
from hmi.model.text import Text
from hmi.store import audit
from hmi.store.database import Work
from hmi.store.quality_tables import hold, hold_gate, hold_unit
from hmi.store.upsert import upsert


@dataclass(slots=True)
class HoldGate:
    """A gate of a hold: what it was told last, and what became of it."""

    station: str
    tag: str
    purpose: str
    """``stop`` or ``keep``."""
    asked: bool = True
    """True: to close; False: to open."""
    run: str = ""
    """The run that tells it; empty: nobody has ordered it yet."""
    outcome: str = ""
    why: Text | None = None
    at_ns: int = 0


@dataclass(slots=True)
class HeldUnit:
    """A unit of a hold, where it is, and whether it moved although held."""

    fate: UnitFate
    joined_ns: int
    moved_ns: int = 0


@dataclass(slots=True)
class Hold:
    """A hold as it stands."""

    id: int
    key: str
    state: HoldState
    reason: HoldReason
    scope: HoldScope
    note: str
    place: str
    cause: str
    user: str
    printed_name: str
    signature: int
    placed_ns: int
    orderer: Orderer
    runs: int = 0
    gates: list[HoldGate] = field(default_factory=list)
    units: dict[str, HeldUnit] = field(default_factory=dict)
    """Of an open hold; those of a released one are asked of the record."""
    released_ns: int = 0
    released_by: str = ""
    disposition: Disposition | None = None
    release_note: str = ""
    release_signature: int = 0
    why: Text | None = None

    @property
    def open(self) -> bool:
        """Whether it is not released."""
        return self.state is not HoldState.RELEASED


class UnitCounts(NamedTuple):
    """How many units a hold has."""

    units: int
    out: int
    moved: int


def add(work: Work, made: Hold, entry: audit.Entry) -> int:
    """Put a hold on record with its gates, units and audit row; returns its id. The gates' first run is named by it."""
    number = int(work.connection.scalar(insert(hold).returning(hold.c.id), _values(made)) or 0)
    gates = [_gate(number, g) | {"run": f"hold:{number}:close" if g.run else ""} for g in made.gates]
    if gates:
        work.connection.execute(insert(hold_gate), gates)
    save_units(work, number, made.units.values())
    told = entry.new | {"hold": number} if isinstance(entry.new, dict) else entry.new
    audit.append(
        work,
        audit.Entry(
            entry.action, f"hold {number}", entry.old, told, entry.why, entry.cause, entry.user, entry.role,
            entry.session, entry.at_ns, entry.mono,
        ),
    )  # fmt: skip
    return number


def save(work: Work, now: Hold, entry: audit.Entry | None = None) -> None:
    """Bring a hold and its gates up to date; with an audit row where there is something to tell."""
    work.connection.execute(update(hold).where(hold.c.id == now.id).values(_values(now)))
    if now.gates:
        keep = upsert(work.connection, hold_gate)
        fresh = {c.name: keep.excluded[c.name] for c in hold_gate.c if not c.primary_key}
        work.connection.execute(
            keep.on_conflict_do_update(index_elements=["hold", "tag"], set_=fresh),
            [_gate(now.id, g) for g in now.gates],
        )
    if entry is not None:
        audit.append(work, entry)


def save_units(work: Work, number: int, units: Iterable[HeldUnit]) -> None:
    """Add units to a hold, or bring them up to date."""
    rows = [
        {
            "hold": number, "unit": u.fate.unit, "lot": u.fate.lot, "batch": u.fate.batch, "line": u.fate.line,
            "station": u.fate.station, "at_ns": u.fate.at_ns, "out": u.fate.out, "joined_ns": u.joined_ns,
            "moved_ns": u.moved_ns,
        }
        for u in units
    ]  # fmt: skip
    if rows:
        keep = upsert(work.connection, hold_unit)
        fresh = {n: keep.excluded[n] for n in ("line", "station", "at_ns", "out", "moved_ns")}
        work.connection.execute(keep.on_conflict_do_update(index_elements=["hold", "unit"], set_=fresh), rows)


def by_key(c: Connection, key: str) -> Hold | None:
    """The hold of an act, without its units."""
    row = c.execute(select(hold).where(hold.c.key == key)).first()
    return None if row is None else _hold(c, row)


def open_holds(c: Connection) -> list[Hold]:
    """Holds that are not released, with their units, oldest first."""
    rows = c.execute(select(hold).where(hold.c.state != HoldState.RELEASED.value).order_by(hold.c.id)).all()
    found = [_hold(c, row) for row in rows]
    for one in found:
        one.units = {u.fate.unit: u for u in units_of(c, one.id)}
    return found


def released_holds(c: Connection, limit: int) -> list[Hold]:
    """The newest released holds, newest first, without their units."""
    asked = select(hold).where(hold.c.state == HoldState.RELEASED.value).order_by(hold.c.released_ns.desc())
    return [_hold(c, row) for row in c.execute(asked.limit(limit)).all()]


def units_of(c: Connection, number: int, limit: int = -1, offset: int = 0) -> list[HeldUnit]:
    """Units of a hold by their ids; a page of them where limit is not negative."""
    asked = select(hold_unit).where(hold_unit.c.hold == number).order_by(hold_unit.c.unit)
    if limit >= 0:
        asked = asked.limit(limit).offset(offset)
    return [
        HeldUnit(UnitFate(r.unit, r.lot, r.batch, r.line, r.station, r.at_ns, r.out), r.joined_ns, r.moved_ns)
        for r in c.execute(asked)
    ]


def counts(c: Connection, number: int) -> UnitCounts:
    """How many units a hold has."""
    x = hold_unit.c
    of = select(func.count()).select_from(hold_unit).where(x.hold == number)
    return UnitCounts(*(int(c.scalar(q) or 0) for q in (of, of.where(x.out.is_(True)), of.where(x.moved_ns > 0))))


def holds_of_unit(c: Connection, unit: str) -> list[int]:
    """Ids of all holds that a unit was in."""
    return [int(n) for n in c.scalars(select(hold_unit.c.hold).where(hold_unit.c.unit == unit).order_by("hold"))]


def _values(h: Hold) -> dict[str, Any]:
    person = h.orderer.person
    orderer = {
        "user": person.user, "printed_name": person.printed_name, "role": person.role.value,
        "areas": sorted(person.areas), "signature": h.orderer.signature, "meaning": h.orderer.meaning,
    }  # fmt: skip
    return {
        "key": h.key, "state": h.state.value, "reason": h.reason.value, "kind": h.scope.kind.value,
        "ids": json.dumps(h.scope.ids), "since_ns": h.scope.since_ns, "until_ns": h.scope.until_ns, "note": h.note,
        "place": h.place, "cause": h.cause, "user": h.user, "printed_name": h.printed_name, "signature": h.signature,
        "placed_ns": h.placed_ns, "orderer": json.dumps(orderer), "runs": h.runs, "released_ns": h.released_ns,
        "released_by": h.released_by, "disposition": "" if h.disposition is None else h.disposition.value,
        "release_note": h.release_note, "release_signature": h.release_signature,
        "en": "" if h.why is None else h.why.en, "ko": "" if h.why is None else h.why.ko,
    }  # fmt: skip


def _gate(number: int, g: HoldGate) -> dict[str, Any]:
    return {
        "hold": number, "tag": g.tag, "station": g.station, "purpose": g.purpose, "asked": g.asked, "run": g.run,
        "outcome": g.outcome, "en": "" if g.why is None else g.why.en, "ko": "" if g.why is None else g.why.ko,
        "at_ns": g.at_ns,
    }  # fmt: skip


def _hold(c: Connection, row: Row[Any]) -> Hold:
    said = json.loads(row.orderer)
    person = Person(said["user"], said["printed_name"], Role(said["role"]), frozenset(said["areas"]))
    gates = [
        HoldGate(
            g.station, g.tag, g.purpose, g.asked, g.run, g.outcome, Text(g.en, g.ko) if g.en else None, g.at_ns
        )
        for g in c.execute(select(hold_gate).where(hold_gate.c.hold == row.id).order_by("purpose", "tag"))
    ]  # fmt: skip
    return Hold(
        row.id, row.key, HoldState(row.state), HoldReason(row.reason),
        HoldScope(ScopeKind(row.kind), tuple(json.loads(row.ids)), row.since_ns, row.until_ns), row.note, row.place,
        row.cause, row.user, row.printed_name, row.signature, row.placed_ns,
        Orderer(person, said["signature"], said["meaning"]), row.runs, gates, {}, row.released_ns, row.released_by,
        Disposition(row.disposition) if row.disposition else None, row.release_note, row.release_signature,
        Text(row.en, row.ko) if row.en else None,
    )  # fmt: skip
