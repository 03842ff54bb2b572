"""The shift log on record: notes and signed handovers, each with its audit row in one commit."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, insert, select

from hmi.model.shiftlog import Note, NoteKind
from hmi.model.text import Text
from hmi.store import audit, signatures
from hmi.store.database import Work
from hmi.store.shiftlog_tables import handover, shift_note
from hmi.store.signatures import Signature


@dataclass(frozen=True, slots=True)
class Handover:
    """A signed handover; record is canonical JSON, record_sha SHA-256 over it."""

    number: int
    at_ns: int
    shift_start_ns: int
    shift_end_ns: int
    shift: Text
    outgoing: int
    """Number of the signature."""
    incoming: int
    record: str
    record_sha: str

    @property
    def whole(self) -> bool:
        """Whether the record is still what its hash was made of."""
        return hashlib.sha256(self.record.encode("utf-8")).hexdigest() == self.record_sha


@dataclass(frozen=True, slots=True)
class NotesWanted:
    """Which notes; empty fields ask for all."""

    from_ns: int = 0
    to_ns: int = 0
    kinds: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    text: str = ""
    """In the text or the writer's name, upper or lower case."""


def add_note(work: Work, made: Note, session: str, mono: int) -> Note:
    """Keep a note and put it on the trail; returns it with its number."""
    values = asdict(made)
    del values["number"], values["corrected_by"]
    number = work.connection.scalar(insert(shift_note).returning(shift_note.c.number), values | {"kind": made.kind})
    kept = replace(made, number=int(number or 0))
    told = {"kind": kept.kind, "place": kept.place, "text": kept.text, "corrects": kept.corrects, "at_ns": kept.at_ns}
    old = None if kept.corrects is None else {"note": kept.corrects}
    audit.append(
        work,
        audit.Entry(
            "note" if kept.corrects is None else "note_corrected", f"note {kept.number}", old, told, "",
            "" if kept.corrects is None else f"note {kept.corrects}", kept.user, kept.role, session, kept.at_ns, mono,
        ),
    )  # fmt: skip
    return kept


def note(c: Connection, number: int) -> Note | None:
    """A note by its number."""
    row = c.execute(_noted().where(shift_note.c.number == number)).first()
    return None if row is None else _note(row)


def notes(c: Connection, wanted: NotesWanted, before: int = 0, limit: int = 200) -> list[Note]:
    """The newest notes that are wanted, newest first; ``before`` pages on from the last number seen."""
    asked = _noted().where(*_where(wanted))
    if before > 0:
        asked = asked.where(shift_note.c.number < before)
    return [_note(row) for row in c.execute(asked.order_by(shift_note.c.number.desc()).limit(limit))]


def count_notes(c: Connection, wanted: NotesWanted) -> int:
    """How many notes are wanted."""
    return int(c.scalar(select(func.count()).select_from(shift_note).where(*_where(wanted))) or 0)


def add_handover(work: Work, made: Handover, outgoing: Signature, incoming: Signature, entry: audit.Entry) -> Handover:
    """Keep both signatures, the handover and its audit row: together or not at all. Returns it with its numbers."""
    first = signatures.add(work, outgoing)
    second = signatures.add(work, replace(incoming, first=first.number))
    values = asdict(made) | {"outgoing": first.number, "incoming": second.number, "en": made.shift.en}
    values |= {"ko": made.shift.ko}
    del values["number"], values["shift"]
    number = work.connection.scalar(insert(handover).returning(handover.c.number), values)
    kept = replace(made, number=int(number or 0), outgoing=first.number, incoming=second.number)
    told = {
        "record_sha": kept.record_sha, "outgoing": first.user, "incoming": second.user,
        "signatures": [first.number, second.number], "shift_start_ns": kept.shift_start_ns,
    }  # fmt: skip
    audit.append(work, replace(entry, action="handover", object=f"handover {kept.number}", new=told))
    return kept


def handovers(c: Connection, before: int = 0, limit: int = 50) -> list[Handover]:
    """The newest handovers, newest first."""
    asked = select(handover)
    if before > 0:
        asked = asked.where(handover.c.number < before)
    return [_handover(row) for row in c.execute(asked.order_by(handover.c.number.desc()).limit(limit))]


def find_handover(c: Connection, number: int) -> Handover | None:
    """A handover by its number."""
    row = c.execute(select(handover).where(handover.c.number == number)).first()
    return None if row is None else _handover(row)


def last_handover(c: Connection) -> Handover | None:
    """The newest handover."""
    return next(iter(handovers(c, limit=1)), None)


def _noted() -> Any:
    later = shift_note.alias("later")
    return select(shift_note, later.c.number.label("corrected_by")).outerjoin(
        later, later.c.corrects == shift_note.c.number
    )


def _where(wanted: NotesWanted) -> Collection[ColumnElement[bool]]:
    x = shift_note.c
    found: list[ColumnElement[bool]] = []
    if wanted.from_ns:
        found.append(x.at_ns >= wanted.from_ns)
    if wanted.to_ns:
        found.append(x.at_ns < wanted.to_ns)
    if wanted.kinds:
        found.append(x.kind.in_(wanted.kinds))
    if wanted.places:
        found.append(x.place.in_(wanted.places))
    found += [
        x.text.icontains(word, autoescape=True) | x.printed_name.icontains(word, autoescape=True)
        for word in wanted.text.split()
    ]
    return found


def _note(row: Row[Any]) -> Note:
    return Note(
        row.number, row.at_ns, row.local, row.user, row.printed_name, row.role, NoteKind(row.kind), row.place, row.text,
        row.corrects, row.corrected_by,
    )  # fmt: skip


def _handover(row: Row[Any]) -> Handover:
    return Handover(
        row.number, row.at_ns, row.shift_start_ns, row.shift_end_ns, Text(row.en, row.ko), row.outgoing, row.incoming,
        row.record, row.record_sha,
    )  # fmt: skip
