"""Machine time on record: what each station did and when, why it stood, what it made in each minute."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from typing import Any

from sqlalchemy import Connection, Row, insert, select, union_all, update

from hmi.model.machine import MachineState, MinuteUnits, StateSpan, Waiting
from hmi.model.words import say
from hmi.store.database import Database, Work
from hmi.store.faults import StoreError
from hmi.store.plant_tables import meta, production, state_span
from hmi.store.upsert import upsert

_IN = 500
_SEEN = "machine_time.seen_ns"


def save_spans(work: Work, found: Iterable[StateSpan]) -> None:
    """New stretches, or new end, state, waiting and cause of those with the same station and start; reasons stay."""
    rows = [
        {
            "station": s.station, "state": s.state.value, "waiting": s.waiting.value, "start_ns": s.start_ns,
            "end_ns": s.end_ns, "cause": s.cause, "reason": s.reason,
        }
        for s in found
    ]  # fmt: skip
    if rows:
        keep = upsert(work.connection, state_span)
        fresh = {name: keep.excluded[name] for name in ("state", "waiting", "end_ns", "cause")}
        work.connection.execute(keep.on_conflict_do_update(index_elements=["station", "start_ns"], set_=fresh), rows)


def open_span(work: Work, span: StateSpan) -> int:
    """A new stretch; returns its id."""
    row = {
        "station": span.station, "state": span.state.value, "waiting": span.waiting.value, "start_ns": span.start_ns,
        "end_ns": span.end_ns, "cause": span.cause, "reason": span.reason,
    }  # fmt: skip
    return int(work.connection.scalar(insert(state_span).returning(state_span.c.id), row) or 0)


def close_span(work: Work, span_id: int, end_ns: int) -> None:
    """A stretch is over."""
    work.connection.execute(update(state_span).where(state_span.c.id == span_id).values(end_ns=end_ns))


def assign_reason(work: Work, span_id: int, reason: str | None) -> None:
    """Put a downtime reason on a stretch or take it off. Raises StoreError when there is no such stretch."""
    _there(work.connection, span_id)
    work.connection.execute(update(state_span).where(state_span.c.id == span_id).values(reason=reason))


def split(work: Work, span_id: int, at_ns: int) -> int:
    """End a stretch at an instant; a new one with the same words begins there. Returns the new one's id.

    Raises StoreError when there is no such stretch or the instant is not within it.
    """
    row = _there(work.connection, span_id)
    if not row.start_ns < at_ns or (row.end_ns is not None and at_ns >= row.end_ns):
        raise StoreError(say("store.split_outside"))
    work.connection.execute(update(state_span).where(state_span.c.id == span_id).values(end_ns=at_ns))
    second = {name: getattr(row, name) for name in ("station", "state", "waiting", "end_ns", "cause", "reason")}
    second |= {"start_ns": at_ns, "origin": row.origin or row.id}
    return int(work.connection.scalar(insert(state_span).returning(state_span.c.id), second) or 0)


def add_production(work: Work, made: Iterable[MinuteUnits]) -> None:
    """Add units to what their minutes hold."""
    rows = [{"station": m.station, "minute_ns": m.minute_ns, "good": m.good, "reject": m.reject} for m in made]
    if rows:
        more = upsert(work.connection, production)
        total = {name: production.c[name] + more.excluded[name] for name in ("good", "reject")}
        work.connection.execute(more.on_conflict_do_update(index_elements=["station", "minute_ns"], set_=total), rows)


def spans(c: Connection, stations: Sequence[str], from_ns: int, to_ns: int) -> list[StateSpan]:
    """Stretches that touch [from_ns, to_ns), by station and start; the one that lasts has end_ns None."""
    x = state_span.c
    found: list[StateSpan] = []
    for at in range(0, len(stations), _IN):
        # "+ 0" keeps SQLite off the index of beginnings, which would walk through all that ever was; and two questions
        # rather than an OR, for each to walk only its part of the index of ends
        of = select(state_span).where(x.station.in_(stations[at : at + _IN]), x.start_ns + 0 < to_ns)
        rows = c.execute(union_all(of.where(x.end_ns > from_ns), of.where(x.end_ns.is_(None))))
        found += [_span(row) for row in rows]
    return sorted(found, key=lambda s: (s.station, s.start_ns))


def span(c: Connection, span_id: int) -> StateSpan | None:
    """One stretch by its id."""
    row = c.execute(select(state_span).where(state_span.c.id == span_id)).first()
    return None if row is None else _span(row)


def produced(c: Connection, stations: Sequence[str], from_ns: int, to_ns: int) -> list[MinuteUnits]:
    """Minutes that begin in [from_ns, to_ns), by station and minute."""
    x = production.c
    found: list[MinuteUnits] = []
    for at in range(0, len(stations), _IN):
        within = (x.station.in_(stations[at : at + _IN]), x.minute_ns >= from_ns, x.minute_ns < to_ns)
        rows = c.execute(select(x.station, x.minute_ns, x.good, x.reject).where(*within))
        found += [MinuteUnits(*row) for row in rows]
    return sorted(found)


def set_seen(work: Work, seen_ns: int) -> None:
    """Note the instant at which the engine still watched."""
    note = upsert(work.connection, meta)
    work.connection.execute(
        note.on_conflict_do_update(index_elements=["name"], set_={"value": note.excluded.value}),
        [{"name": _SEEN, "value": str(seen_ns)}],
    )


def last_seen(c: Connection) -> int | None:
    """The instant at which the engine last watched; None for a fresh database."""
    value = c.scalar(select(meta.c.value).where(meta.c.name == _SEEN))
    return None if value is None else int(value)


def _there(c: Connection, span_id: int) -> Row[Any]:
    row = c.execute(select(state_span).where(state_span.c.id == span_id)).first()
    if row is None:
        raise StoreError(say("store.no_span"))
    return row


def _span(row: Row[Any]) -> StateSpan:
    return StateSpan(
        row.station, MachineState(row.state), Waiting(row.waiting), row.start_ns, row.end_ns, row.cause, row.reason,
        row.id,
    )  # fmt: skip


class MachineTimeTable:
    """Machine time of one database, for those who keep and ask for it (hmi.plant.states.MachineTimeStore)."""

    def __init__(self, database: Database) -> None:
        """Uses the database's writer; closing it is the owner's."""
        self._database = database
        self._last: Future[None] | None = None

    def save(self, found: Sequence[StateSpan], made: Sequence[MinuteUnits], seen_ns: int) -> None:
        """Queue one commit and return at once; it waits for as long as the database cannot be written."""

        def run(work: Work) -> None:
            save_spans(work, found)
            add_production(work, made)
            set_seen(work, seen_ns)

        self._last = self._database.submit(run, patient=True)

    def last_seen(self) -> int | None:
        """The newest seen_ns that was saved; None for a fresh database. Raises StoreError."""
        with self._database.reader() as c:
            return last_seen(c)

    def spans(self, stations: Sequence[str], from_ns: int, to_ns: int) -> list[StateSpan]:
        """Stretches that touch [from_ns, to_ns); those of the last second may be missing. Raises StoreError."""
        with self._database.reader() as c:
            return spans(c, stations, from_ns, to_ns)

    def production(self, stations: Sequence[str], from_ns: int, to_ns: int) -> list[MinuteUnits]:
        """Minutes that begin in [from_ns, to_ns). Raises StoreError."""
        with self._database.reader() as c:
            return produced(c, stations, from_ns, to_ns)

    def span(self, span_id: int) -> StateSpan | None:
        """One stretch by its id, once what was saved before is on disk. Raises StoreError."""
        return self._database.submit(lambda work: span(work.connection, span_id)).result()

    def assign_reason(self, span_id: int, reason: str | None) -> None:
        """Put a reason on a stretch, or take it off; on disk when this returns. Raises StoreError."""
        self._database.submit(lambda work: assign_reason(work, span_id, reason)).result()

    def split(self, span_id: int, at_ns: int) -> None:
        """Cut a stretch in two; on disk when this returns. Raises StoreError."""
        self._database.submit(lambda work: split(work, span_id, at_ns)).result()
