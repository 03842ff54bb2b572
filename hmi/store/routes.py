"""Reroutes on record: each with its audit row in one commit, from the signature to the way back."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from hmi.model.command import Seen
from hmi.model.flow import PlanWrite
from hmi.model.text import Text
from hmi.model.words import say
from hmi.store import audit
from hmi.store.canonical import canonical
from hmi.store.database import Work
from hmi.store.faults import StoreError
from hmi.store.routes_tables import reroute as table


class RerouteState(StrEnum):
    """Where a reroute stands."""

    EXECUTING = "EXECUTING"  # signed; its writes are on the way
    VERIFIED = "VERIFIED"  # every route is read back
    CONFIRMED = "CONFIRMED"  # units leave on the planned lanes
    PARTLY = "PARTLY"  # some writes are verified, others not
    UNKNOWN = "UNKNOWN"  # a write of which nobody knows whether it was done
    RETURNING = "RETURNING"  # the way back is signed and on the way
    RETURNED = "RETURNED"  # every diverter is back
    FAILED = "FAILED"  # nothing was written

    @property
    def ended(self) -> bool:
        """Whether nothing of it is open any more."""
        return self in (RerouteState.RETURNED, RerouteState.FAILED)


@dataclass(frozen=True, slots=True)
class Reroute:
    """A reroute as it is kept."""

    id: int
    failed: str
    name: Text
    user: str
    printed_name: str
    cause: str
    reason: str
    signature: int
    meaning: str
    writes: tuple[PlanWrite, ...]
    seen: tuple[Seen, ...]
    lanes: tuple[str, ...]
    state: RerouteState
    at_ns: int
    units: int = 0
    ended_ns: int = 0
    why: Text | None = None
    back_user: str = ""
    back_reason: str = ""
    back_signature: int = 0
    back_meaning: str = ""

    @property
    def run(self) -> str:
        """Id of the run that opens it."""
        return f"reroute:{self.id}:open"

    @property
    def back(self) -> str:
        """Id of the run that takes it back."""
        return f"{self.run}:back"


def add(work: Work, made: Reroute, entry: audit.Entry) -> int:
    """Keep a signed reroute with its audit row; returns its number. StoreError when one is open around its station."""
    x = table.c
    ended = [s.value for s in RerouteState if s.ended]
    open_one = work.connection.scalar(select(x.id).where(x.failed == made.failed, x.state.not_in(ended)))
    if open_one is not None:
        raise StoreError(say("material.open_already", station=made.failed, id=open_one))
    number = int(work.connection.scalar(insert(table).returning(x.id), _values(made)) or 0)
    audit.append(work, _named(entry, number, {"state": made.state.value, **_told(made)}))
    return number


def keep(work: Work, now: Reroute, entry: audit.Entry | None) -> None:
    """Put on record how far a reroute came; a count of units alone needs no audit row."""
    work.connection.execute(update(table).where(table.c.id == now.id).values(_values(now)))
    if entry is not None:
        why = None if now.why is None else now.why.to_json()
        audit.append(work, _named(entry, now.id, {"state": now.state.value, "units": now.units, "why": why}))


def still_open(c: Connection) -> list[Reroute]:
    """Reroutes that have not ended, oldest first."""
    ended = [s.value for s in RerouteState if s.ended]
    return [_reroute(row) for row in c.execute(select(table).where(table.c.state.not_in(ended)).order_by(table.c.id))]


def recent(c: Connection, limit: int = 20) -> list[Reroute]:
    """The newest reroutes, newest first."""
    return [_reroute(row) for row in c.execute(select(table).order_by(table.c.id.desc()).limit(limit))]


def find(c: Connection, number: int) -> Reroute | None:
    """A reroute by its number."""
    row = c.execute(select(table).where(table.c.id == number)).first()
    return None if row is None else _reroute(row)


def _named(entry: audit.Entry, number: int, told: dict[str, Any]) -> audit.Entry:
    return replace(entry, object=f"reroute {number}", new=told)


def _told(made: Reroute) -> dict[str, Any]:
    return {
        "failed": made.failed, "lanes": list(made.lanes), "signature": made.signature, "meaning": made.meaning,
        "writes": [{"tag": w.tag, "value": w.value, "back": w.back} for w in made.writes],
    }  # fmt: skip


def _values(made: Reroute) -> dict[str, Any]:
    return {
        "failed": made.failed, "en": made.name.en, "ko": made.name.ko, "user": made.user,
        "printed_name": made.printed_name, "cause": made.cause, "reason": made.reason, "signature": made.signature,
        "meaning": made.meaning, "state": made.state.value, "units": made.units, "at_ns": made.at_ns,
        "ended_ns": made.ended_ns, "why_en": "" if made.why is None else made.why.en,
        "why_ko": "" if made.why is None else made.why.ko, "back_user": made.back_user,
        "back_reason": made.back_reason, "back_signature": made.back_signature, "back_meaning": made.back_meaning,
        "writes": _json([{"tag": w.tag, "value": w.value, "back": w.back} for w in made.writes]),
        "seen": _json([{"tag": s.tag, "value": s.value, "tolerance": float(s.tolerance)} for s in made.seen]),
        "lanes": _json(list(made.lanes)),
    }  # fmt: skip


def _json(thing: Any) -> str:
    return canonical(thing).decode("utf-8")


def _reroute(row: Row[Any]) -> Reroute:
    return Reroute(
        row.id, row.failed, Text(row.en, row.ko), row.user, row.printed_name, row.cause, row.reason, row.signature,
        row.meaning, tuple(PlanWrite(w["tag"], w["value"], w["back"]) for w in json.loads(row.writes)),
        tuple(Seen(s["tag"], s["value"], s["tolerance"]) for s in json.loads(row.seen)),
        tuple(json.loads(row.lanes)), RerouteState(row.state), row.at_ns, row.units, row.ended_ns,
        Text(row.why_en, row.why_ko) if row.why_en else None, row.back_user, row.back_reason, row.back_signature,
        row.back_meaning,
    )  # fmt: skip
