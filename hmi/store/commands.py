"""Commands on record: every intent before the wire, every outcome after it, each with its audit row in one commit.

CommandTable is the gateway's journal (hmi.plant.gateway.gateway.Journal).
"""

from __future__ import annotations

import asyncio
import errno
import json
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from hmi.model.command import Command, CommandOutcome, CommandResult, Grounds, Seen
from hmi.model.permission import Person, Role
from hmi.model.text import Lang, Text
from hmi.model.words import say
from hmi.store import audit
from hmi.store.canonical import canonical
from hmi.store.database import Database, Work
from hmi.store.faults import StoreError
from hmi.store.people_tables import command
from hmi.store.upsert import upsert

PATIENCE_S = 2.0
"""How long a teller waits for a sick disk with what must be kept but stops nothing any more."""


class NotRecordedError(OSError):
    """A command cannot be put on record, so it must not go out; ``text`` says why."""

    def __init__(self, text: Text) -> None:
        super().__init__(errno.EIO, text.of(Lang.EN))
        self.text = text


def intend(work: Work, result: CommandResult, session: str = "") -> int:
    """Record an intent; returns its number."""
    found = work.connection.scalar(insert(command).returning(command.c.number), _values(result))
    audit.append(work, _entry("command_intent", result, session))
    return int(found or 0)


def conclude(work: Work, result: CommandResult, session: str = "") -> None:
    """Record what became of an intent, or that a read-back settled it."""
    names = ("sent_ns", "taken_ns", "done_ns", "outcome", "settled", "status", "en", "ko", "read_back", "notes")
    values = _values(result)
    work.connection.execute(
        update(command).where(command.c.number == result.number).values({name: values[name] for name in names})
    )
    action = "command_settled" if result.notes else f"command_{result.outcome.value.lower()}"
    audit.append(work, _entry(action, result, session))


def refused(work: Work, result: CommandResult, session: str = "") -> None:
    """Record a command that never went out; of an idempotency key that is there already only the trail tells."""
    once = upsert(work.connection, command).on_conflict_do_nothing(index_elements=["key"])
    work.connection.execute(once, _values(result))
    audit.append(work, _entry("command_refused", result, session))


def by_key(c: Connection, key: str) -> CommandResult | None:
    """The command of an idempotency key."""
    row = c.execute(select(command).where(command.c.key == key)).first()
    return None if row is None else _result(row)


def open_intents(c: Connection) -> list[CommandResult]:
    """Commands of which nobody knows whether they were done, oldest first: for the gateway's recover() at start."""
    rows = c.execute(select(command).where(command.c.settled.is_(False)).order_by(command.c.number))
    return [_result(row) for row in rows]


def recent(c: Connection, limit: int = 100, tag: str = "", before: int = 0) -> list[CommandResult]:
    """The newest commands, newest first; of one tag where it is named; ``before`` a number, to page on."""
    asked = select(command).order_by(command.c.number.desc()).limit(limit)
    if tag:
        asked = asked.where(command.c.tag == tag)
    if before > 0:
        asked = asked.where(command.c.number < before)
    return [_result(row) for row in c.execute(asked)]


class CommandTable:
    """The gateway's journal on one database."""

    def __init__(self, database: Database, session: Callable[[str], str] = lambda user: "") -> None:
        """session names a user's session for the trail; it is asked on the loop's thread."""
        self._database, self._session = database, session

    async def intend(self, result: CommandResult) -> int:
        """Record an intent; on disk when this returns. NotRecordedError when it cannot be kept."""
        session = self._of(result)
        try:
            return await asyncio.wrap_future(self._database.submit(lambda work: intend(work, result, session)))
        except StoreError as err:
            raise NotRecordedError(err.text) from err
        except Exception as err:  # a key that is there already, or a value no row can hold
            raise NotRecordedError(say("people.not_recorded")) from err

    async def conclude(self, result: CommandResult) -> None:
        """Record an outcome; a disk that is sick now gets it when it is well, and until then the intent is open."""
        session = self._of(result)
        await _kept(self._database.submit(lambda work: conclude(work, result, session), patient=True))

    async def refused(self, result: CommandResult) -> None:
        """Record a command that never went out, when the disk can take it."""
        session = self._of(result)
        await _kept(self._database.submit(lambda work: refused(work, result, session), patient=True))

    async def known(self, key: str) -> CommandResult | None:
        """The command of an idempotency key, if there was one."""

        def ask() -> CommandResult | None:
            with self._database.reader() as c:
                return by_key(c, key)

        return await asyncio.to_thread(ask)

    def open_intents(self) -> list[CommandResult]:
        """What the gateway must settle after a start. Raises StoreError."""
        with self._database.reader() as c:
            return open_intents(c)

    def recent(self, limit: int = 100, tag: str = "", before: int = 0) -> list[CommandResult]:
        """The newest commands, newest first. Raises StoreError."""
        with self._database.reader() as c:
            return recent(c, limit, tag, before)

    def _of(self, result: CommandResult) -> str:
        return "" if result.actor is None else self._session(result.actor.user)


async def _kept(future: Future[None]) -> None:
    done, _ = await asyncio.wait({asyncio.wrap_future(future)}, timeout=PATIENCE_S)
    for one in done:
        one.exception()  # a refusal or an outcome that came too late for the database is told by its own fault


def _entry(action: str, result: CommandResult, session: str) -> audit.Entry:
    asked, actor = result.command, result.actor
    new: dict[str, Any] = {"key": asked.key, "value": asked.value, "grounds": asked.grounds.value}
    if asked.arguments is not None:
        new["arguments"] = list(asked.arguments)
    if asked.signature or asked.second_signature:
        new["signatures"] = [s for s in (asked.signature, asked.second_signature) if s]
    if result.outcome is not CommandOutcome.PENDING:
        new |= {"outcome": result.outcome.value, "status": result.status, "read_back": result.read_back}
        new |= {"told": None if result.why is None else result.why.to_json()}
        if result.notes:
            new["settled"] = result.notes[-1].to_json()
    return audit.Entry(
        action, asked.tag, result.old, new, asked.reason, asked.cause or asked.key,
        "" if actor is None else actor.user, "" if actor is None else actor.role.value, session,
    )  # fmt: skip


def _values(result: CommandResult) -> dict[str, Any]:
    asked, actor, why = result.command, result.actor, result.why
    unknown = result.outcome is CommandOutcome.UNKNOWN and not result.notes  # a note says how it was settled
    return {
        "key": asked.key, "tag": asked.tag, "value": _json(asked.value), "old": _json(result.old),
        "reason": asked.reason, "grounds": asked.grounds.value, "cause": asked.cause, "seen": _json(asked.seen),
        "user": "" if actor is None else actor.user, "printed_name": "" if actor is None else actor.printed_name,
        "role": "" if actor is None else actor.role.value, "signature": asked.signature,
        "second_signature": asked.second_signature, "intent_ns": result.intent_ns, "sent_ns": result.sent_ns,
        "taken_ns": result.taken_ns, "done_ns": result.done_ns, "outcome": result.outcome.value,
        "settled": not unknown and result.outcome is not CommandOutcome.PENDING, "status": result.status,
        "en": None if why is None else why.en, "ko": None if why is None else why.ko,
        "read_back": _json(result.read_back), "notes": _json([note.to_json() for note in result.notes]),
        "arguments": None if asked.arguments is None else _json(list(asked.arguments)),
    }  # fmt: skip


def _json(thing: Any) -> str:
    return canonical(thing).decode("utf-8")


def _result(row: Row[Any]) -> CommandResult:
    seen = tuple(Seen(s["tag"], s["value"], s["tolerance"]) for s in json.loads(row.seen))
    asked = Command(
        row.key, row.tag, json.loads(row.value), row.reason, Grounds(row.grounds), row.cause, seen, row.signature,
        row.second_signature, None if row.arguments is None else tuple(json.loads(row.arguments)),
    )  # fmt: skip
    actor = Person(row.user, row.printed_name, Role(row.role)) if row.user else None
    return CommandResult(
        asked, actor, CommandOutcome(row.outcome), None if row.en is None else Text(row.en, row.ko), row.status,
        json.loads(row.old), json.loads(row.read_back), row.intent_ns, row.sent_ns, row.taken_ns, row.done_ns,
        row.number, tuple(Text.from_json(note) for note in json.loads(row.notes)),
    )  # fmt: skip
