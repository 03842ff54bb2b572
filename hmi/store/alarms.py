"""Alarms on record: the journal, one row for each transition, and the facts of every alarm as of the last one."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, insert, select
from sqlalchemy.exc import SQLAlchemyError

from hmi.model.alarm import AlarmEvent, AlarmFacts, AlarmState, EventKind, JournalRow, Priority
from hmi.model.text import Text
from hmi.store.alarm_tables import alarm_journal, alarm_state
from hmi.store.database import Database, Work
from hmi.store.faults import StoreError, words_of
from hmi.store.sqlite import reading
from hmi.store.upsert import upsert

log = logging.getLogger(__name__)


def add_rows(work: Work, rows: Iterable[JournalRow]) -> None:
    """Put transitions on record, in order."""
    found = [_columns(row) for row in rows]
    if found:
        work.connection.execute(insert(alarm_journal), found)


def set_states(work: Work, states: Mapping[str, AlarmFacts]) -> None:
    """Note the facts that the journal led to."""
    rows = [{"alarm": alarm, "facts": msgspec.json.encode(facts).decode()} for alarm, facts in states.items()]
    if rows:
        new = upsert(work.connection, alarm_state)
        work.connection.execute(
            new.on_conflict_do_update(index_elements=["alarm"], set_={"facts": new.excluded.facts}), rows
        )


def states(c: Connection) -> dict[str, AlarmFacts]:
    """The last facts of every alarm that ever had a transition; what cannot be read is left out, and said."""
    found: dict[str, AlarmFacts] = {}
    for alarm, facts in c.execute(select(alarm_state.c.alarm, alarm_state.c.facts)):
        try:
            found[alarm] = msgspec.json.decode(facts, type=AlarmFacts)
        except msgspec.MsgspecError as err:
            log.warning("alarm %s: its last facts cannot be read (%s); it starts at rest", alarm, err)
    return found


def journal(
    c: Connection, from_ns: int, to_ns: int, alarm: str = "", before_id: int = 0, limit: int = 200
) -> list[JournalRow]:
    """Rows noted in [from_ns, to_ns), newest first; before_id pages on from the last one seen."""
    x = alarm_journal.c
    asked = select(alarm_journal).where(x.noted_ns >= from_ns, x.noted_ns < to_ns)
    if alarm:
        asked = asked.where(x.alarm == alarm)
    if before_id > 0:
        asked = asked.where(x.id < before_id)
    return [_row(r) for r in c.execute(asked.order_by(x.id.desc()).limit(limit))]


def rows_between(c: Connection, from_ns: int, to_ns: int) -> list[JournalRow]:
    """Every row noted in [from_ns, to_ns), in order."""
    x = alarm_journal.c
    asked = select(alarm_journal).where(x.noted_ns >= from_ns, x.noted_ns < to_ns)
    return [_row(r) for r in c.execute(asked.order_by(x.id))]


def _columns(row: JournalRow) -> dict[str, Any]:
    event = row.event
    return {
        "alarm": row.alarm, "origin": row.origin, "noted_ns": row.noted_ns, "at_ns": event.at_ns,
        "event": event.kind.value, "number": row.number, "before": row.before.value, "after": row.after.value,
        "activation": row.activation, "priority": int(row.priority), "value": event.value, "by": event.by,
        "why": event.why, "named": event.activation, "until_ns": event.until_ns, "source": event.source,
        "risen": event.priority, "first_out": event.first_out, "order": event.order, "lot": event.lot,
        "tag": row.tag, "place": row.place, "en": row.name.en[:1000], "ko": row.name.ko[:1000],
    }  # fmt: skip


def _row(r: Row[Any]) -> JournalRow:
    event = AlarmEvent(
        EventKind(r.event), r.at_ns, r.by, r.why, r.named, r.until_ns, r.source, r.value, r.risen, r.order, r.lot,
        r.first_out,
    )  # fmt: skip
    return JournalRow(
        r.alarm, event, r.number, AlarmState(r.before), AlarmState(r.after), r.activation, Priority(r.priority),
        r.noted_ns, Text(r.en, r.ko), r.tag, r.place, r.origin, r.id,
    )  # fmt: skip


class AlarmTable:
    """The alarm journal of one database (hmi.alarms.journal.AlarmStore)."""

    def __init__(self, database: Database) -> None:
        """Uses the database's writer; closing it is the owner's."""
        self._database = database

    def write(
        self,
        rows: Sequence[JournalRow],
        states: Mapping[str, AlarmFacts],
        also: Callable[[Work], None] | None = None,
        *,
        patient: bool = True,
    ) -> Future[None]:
        """One commit: the rows, the facts they led to, and what else belongs to it. Returns at once."""

        def run(work: Work) -> None:
            add_rows(work, rows)
            set_states(work, states)
            if also is not None:
                also(work)

        return self._database.submit(run, patient=patient)

    def states(self) -> dict[str, AlarmFacts]:
        """The last facts of every alarm. Raises StoreError."""
        with self._database.reader() as c:
            return states(c)

    def journal(
        self, from_ns: int, to_ns: int, alarm: str = "", before_id: int = 0, limit: int = 200
    ) -> list[JournalRow]:
        """Rows noted in [from_ns, to_ns), newest first. Raises StoreError."""
        with self._database.reader() as c:
            return journal(c, from_ns, to_ns, alarm, before_id, limit)

    def rows_between(self, from_ns: int, to_ns: int) -> list[JournalRow]:
        """Every row noted in [from_ns, to_ns), in order. Raises StoreError."""
        with self._database.reader() as c:
            return rows_between(c, from_ns, to_ns)


def last_states(file: Path) -> dict[str, AlarmFacts]:
    """The last facts of every alarm in a plant.db, read beside or without its engine. Raises StoreError."""
    engine = reading(file, pool_size=0)
    try:
        with engine.connect() as c, c.begin():
            return states(c)
    except SQLAlchemyError as error:
        raise StoreError(words_of(error, file)) from error
    finally:
        engine.dispose()
