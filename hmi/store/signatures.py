"""Signatures on record: who signed what, with which meaning, having been shown what. Never changed, never deleted."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from hmi.model.text import Text
from hmi.store import audit
from hmi.store.canonical import digest
from hmi.store.database import Work
from hmi.store.people_tables import signature


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature; record and shown are canonical JSON, the two hashes SHA-256 over them."""

    number: int
    user: str
    printed_name: str
    role: str
    """The role at that time."""
    at_ns: int
    local: str
    """ISO 8601 with the offset from UTC."""
    meaning: str
    """Catalogue key under ``meaning``."""
    text: Text
    """The meaning in both languages, as it was said then."""
    record: str
    record_sha: str
    shown: str
    shown_sha: str
    first: int | None
    """Of a second person: the number of the first one's signature."""
    session: str
    station: str

    @property
    def digest(self) -> str:
        """SHA-256 over everything the signature says; the trail holds it, so that a changed signature is found."""
        return digest(asdict(self))


def add(work: Work, made: Signature) -> Signature:
    """Keep a signature and put it on the trail; returns it with its number."""
    values = asdict(made)
    text, _ = values.pop("text"), values.pop("number")
    number = work.connection.scalar(insert(signature).returning(signature.c.number), values | text)
    kept = Signature(**(asdict(made) | {"number": int(number or 0), "text": made.text}))
    told = {
        "meaning": kept.meaning, "record_sha": kept.record_sha, "shown_sha": kept.shown_sha, "first": kept.first,
        "digest": kept.digest,
    }  # fmt: skip
    entry = audit.Entry(
        "signature", str(kept.number), None, told, kept.text.en, "", kept.user, kept.role, kept.session, kept.at_ns
    )
    audit.append(work, entry)
    return kept


def find(c: Connection, number: int) -> Signature | None:
    """A signature by its number."""
    row = c.execute(select(signature).where(signature.c.number == number)).first()
    return None if row is None else _signature(row)


def all_of(c: Connection) -> list[Signature]:
    """Every signature, oldest first: for the export and the check."""
    return [_signature(row) for row in c.execute(select(signature).order_by(signature.c.number))]


def of_record(c: Connection, record_sha: str) -> list[Signature]:
    """The signatures on one record, oldest first."""
    rows = c.execute(select(signature).where(signature.c.record_sha == record_sha).order_by(signature.c.number))
    return [_signature(row) for row in rows]


def _signature(row: Row[Any]) -> Signature:
    return Signature(
        row.number, row.user, row.printed_name, row.role, row.at_ns, row.local, row.meaning, Text(row.en, row.ko),
        row.record, row.record_sha, row.shown, row.shown_sha, row.first, row.session, row.station,
    )  # fmt: skip
