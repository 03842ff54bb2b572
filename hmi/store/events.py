"""Events on record: what happened in the plant, said in both languages."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, insert, select

from hmi.model.text import Text
from hmi.store.database import Work
from hmi.store.plant_tables import event


class EventRow(NamedTuple):
    """Something that happened; kind is link, state, order, lot, batch, operator, engine, plugin, ..."""

    id: int
    at_ns: int
    kind: str
    place: str
    text: Text


def add(work: Work, at_ns: int, kind: str, place: str, text: Text) -> int:
    """Record an event; returns its id."""
    row = {"at_ns": at_ns, "kind": kind, "place": place, "en": text.en[:4000], "ko": text.ko[:4000]}
    return int(work.connection.scalar(insert(event).returning(event.c.id), row) or 0)


def since(c: Connection, since_ns: int, limit: int) -> list[EventRow]:
    """The newest ``limit`` events since a time, newest first."""
    x = event.c
    rows = c.execute(select(event).where(x.at_ns >= since_ns).order_by(x.at_ns.desc(), x.id.desc()).limit(limit))
    return [EventRow(r.id, r.at_ns, r.kind, r.place, Text(r.en, r.ko)) for r in rows]
