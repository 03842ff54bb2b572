"""The audit trail: who did what, to which thing, old, new, when, why, where, and what it traces back to.

One row is canonical JSON; its hash covers the row and the hash before it, so that no row can be changed, removed,
inserted or moved without every later hash telling. Rows go into the commit of the state they tell of::

    audit.append(work, Entry("mode", "station", old="MONITOR", new="CONTROL", why=reason, user=..., role=...))
"""

from __future__ import annotations

import hashlib
import json
import socket
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, func, insert, select

from hmi.store.canonical import canonical
from hmi.store.database import Work
from hmi.store.people_tables import audit, audit_head

GENESIS = "0" * 64
"""What stands for the hash before the first row."""
LONGEST_OBJECT, LONGEST_CAUSE, LONGEST_USER, LONGEST_ACTION = 400, 200, 80, 40


@dataclass(frozen=True, slots=True)
class Entry:
    """One act to be put on record; old and new are anything that canonical JSON can say."""

    action: str
    object: str = ""
    old: Any = None
    new: Any = None
    why: str = ""
    cause: str = ""
    """Id of what it traces back to: a command's, approval's or deviation's."""
    user: str = ""
    """Empty: the station itself, or nobody signed in."""
    role: str = ""
    session: str = ""
    at_ns: int = field(default_factory=time.time_ns)
    mono: int = field(default_factory=time.monotonic_ns)
    """ns on this boot's steady clock: shows when the clock on the wall was moved."""


class AuditRow(NamedTuple):
    """A row of the trail as it was written."""

    seq: int
    row: dict[str, Any]
    hash: str


class Head(NamedTuple):
    """A signed statement of how far the trail had come."""

    number: int
    seq: int
    body: bytes
    signatures: dict[str, str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows of the trail; empty fields ask for all."""

    user: str = ""
    actions: tuple[str, ...] = ()
    object: str = ""
    """The object or the beginning of it."""
    cause: str = ""
    from_ns: int = 0
    to_ns: int = 0
    text: str = ""
    """Anywhere in the row, upper or lower case."""


def link(before: str, row: bytes) -> str:
    """The hash of a row: SHA-256 over the 32 bytes of the hash before it and the row, in hex."""
    return hashlib.sha256(bytes.fromhex(before) + row).hexdigest()


def append(work: Work, entry: Entry) -> int:
    """Put an act on record within a unit of work; returns its number. It is on disk when the unit is."""
    seq, before = tip(work.connection)
    seq += 1
    row = canonical(
        {
            "seq": seq, "at_ns": entry.at_ns, "mono": entry.mono, "user": entry.user[:LONGEST_USER],
            "role": entry.role, "station": station(), "action": entry.action[:LONGEST_ACTION],
            "object": entry.object[:LONGEST_OBJECT], "old": entry.old, "new": entry.new, "why": entry.why,
            "cause": entry.cause[:LONGEST_CAUSE], "session": entry.session,
        }
    )  # fmt: skip
    said = json.loads(row)
    found = {name: said[name] for name in ("seq", "at_ns", "user", "action", "object", "cause")}
    work.connection.execute(insert(audit), found | {"row": row, "hash": link(before, row)})
    return seq


def station() -> str:
    """The name of this computer, as it goes on record."""
    return socket.gethostname()[:200]


def tip(c: Connection) -> tuple[int, str]:
    """Number and hash of the last row; (0, GENESIS) of an empty trail."""
    row = c.execute(select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(1)).first()
    return (0, GENESIS) if row is None else (int(row.seq), str(row.hash))


def rows(c: Connection, wanted: Wanted, before_seq: int = 0, limit: int = 200) -> list[AuditRow]:
    """The newest rows that are wanted, newest first; before_seq pages on from the last one seen."""
    asked = select(audit.c.seq, audit.c.row, audit.c.hash).where(*_where(wanted))
    if before_seq > 0:
        asked = asked.where(audit.c.seq < before_seq)
    asked = asked.order_by(audit.c.seq.desc())
    found = _with_text(c.execute(asked), wanted.text) if wanted.text else c.execute(asked.limit(limit))
    return [AuditRow(r.seq, json.loads(r.row), r.hash) for r in islice(found, limit)]


def count(c: Connection, wanted: Wanted) -> int:
    """How many rows are wanted."""
    if wanted.text:
        return sum(1 for _ in _with_text(c.execute(select(audit.c.row).where(*_where(wanted))), wanted.text))
    return int(c.scalar(select(func.count()).select_from(audit).where(*_where(wanted))) or 0)


def _with_text(found: Iterable[Row[Any]], text: str) -> Iterator[Row[Any]]:
    # databases differ in how they search within bytes, and none of them folds the case of all letters
    asked = text.casefold()
    return (r for r in found if asked in r.row.decode("utf-8").casefold())


def _where(wanted: Wanted) -> Sequence[ColumnElement[bool]]:
    x = audit.c
    found: list[ColumnElement[bool]] = []
    if wanted.user:
        found.append(x.user == wanted.user)
    if wanted.actions:
        found.append(x.action.in_(wanted.actions))
    if wanted.object:
        found.append(x.object.startswith(wanted.object, autoescape=True))
    if wanted.cause:
        found.append(x.cause == wanted.cause)
    if wanted.from_ns:
        found.append(x.at_ns >= wanted.from_ns)
    if wanted.to_ns:
        found.append(x.at_ns < wanted.to_ns)
    return found


def save_head(work: Work, seq: int, body: bytes, signatures: dict[str, str]) -> Head:
    """Keep a signed head."""
    last = work.connection.scalar(select(func.max(audit_head.c.number))) or 0
    head = Head(int(last) + 1, seq, body, signatures)
    values = {"number": head.number, "seq": seq, "body": body, "signatures": json.dumps(signatures)}
    work.connection.execute(insert(audit_head), values)
    return head


def heads(c: Connection, after_number: int = 0) -> list[Head]:
    """Signed heads, oldest first."""
    asked = select(audit_head).where(audit_head.c.number > after_number).order_by(audit_head.c.number)
    return [Head(r.number, r.seq, r.body, json.loads(r.signatures)) for r in c.execute(asked)]


def last_head(c: Connection) -> Head | None:
    """The newest signed head."""
    r = c.execute(select(audit_head).order_by(audit_head.c.number.desc()).limit(1)).first()
    return None if r is None else Head(r.number, r.seq, r.body, json.loads(r.signatures))
