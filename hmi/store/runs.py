"""Runs on record: the order before its first write, and after every step how far it came.

RunTable is the runner's journal (hmi.plant.gateway.runs.RunJournal).
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from hmi.model.command import CommandOutcome, CommandResult, Seen
from hmi.model.sequence import Run, RunState, RunStep, StepResult
from hmi.model.text import Text
from hmi.store import audit, signatures
from hmi.store.canonical import canonical
from hmi.store.commands import PATIENCE_S, NotRecordedError, by_key
from hmi.store.database import Database, Work
from hmi.store.faults import StoreError
from hmi.store.runs_tables import run as table
from hmi.store.signatures import Signature

_OPEN = (RunState.RUNNING.value, RunState.UNKNOWN.value, RunState.INTERRUPTED.value)


def begin(work: Work, made: Run) -> None:
    """Put an order on record with its audit row."""
    work.connection.execute(insert(table).values(_values(made)))
    audit.append(work, _entry("run_started", made))


def keep(work: Work, now: Run) -> None:
    """Put on record how far a run came; its ends go on the trail. A way back that is whole marks what it takes back."""
    work.connection.execute(update(table).where(table.c.id == now.id).values(_values(now)))
    if now.state is not RunState.RUNNING:
        audit.append(work, _entry(f"run_{now.state.value.lower()}", now))
    first = find(work.connection, now.back_of) if now.back_of and now.state is RunState.WHOLE else None
    if first is not None and first.state is not RunState.TAKEN_BACK:
        keep(work, replace(first, state=RunState.TAKEN_BACK, ended_ns=now.ended_ns))


def find(c: Connection, id: str) -> Run | None:
    """A run by its id."""
    row = c.execute(select(table).where(table.c.id == id)).first()
    return None if row is None else _run(row)


class RunTable:
    """The runner's journal on one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, run: Run) -> None:
        """Put an order on record; on disk when this returns. NotRecordedError when it cannot be kept."""
        try:
            await asyncio.wrap_future(self._database.submit(lambda work: begin(work, run)))
        except StoreError as err:
            raise NotRecordedError(err.text) from err

    async def keep(self, run: Run) -> None:
        """Put on record how far it came; a disk that is sick now gets it when it is well."""
        kept = asyncio.wrap_future(self._database.submit(lambda work: keep(work, run), patient=True))
        await asyncio.wait({kept}, timeout=PATIENCE_S)

    def find(self, id: str) -> Run | None:
        """A run of this or an earlier engine. Raises StoreError."""
        with self._database.reader() as c:
            return find(c, id)

    def open(self) -> list[Run]:
        """Runs that have not ended, in the order they were started. Raises StoreError."""
        with self._database.reader() as c:
            rows = c.execute(select(table).where(table.c.state.in_(_OPEN)).order_by(table.c.started_ns))
            return [_run(row) for row in rows]

    def outcome(self, key: str) -> CommandResult | None:
        """What is on record of a command. Raises StoreError."""
        with self._database.reader() as c:
            return by_key(c, key)

    def signature(self, number: int) -> Signature | None:
        """The signature of a number. Raises StoreError."""
        with self._database.reader() as c:
            return signatures.find(c, number)


def _entry(action: str, run: Run) -> audit.Entry:
    told = {
        "writes": [{"tag": s.tag, "value": s.value} for s in run.steps], "signature": run.signature,
        "results": [r.outcome.value for r in run.results], "back_of": run.back_of,
    }  # fmt: skip
    return audit.Entry(action, run.id, None, told, run.reason, run.cause, run.user)


def _json(thing: Any) -> str:
    return canonical(thing).decode("utf-8")


def _values(run: Run) -> dict[str, Any]:
    return {
        "id": run.id, "cause": run.cause, "reason": run.reason, "user": run.user, "signature": run.signature,
        "meaning": run.meaning, "state": run.state.value, "back_of": run.back_of, "attempts": run.attempts,
        "started_ns": run.started_ns, "ended_ns": run.ended_ns,
        "steps": _json([{"tag": s.tag, "value": s.value, "back": s.back} for s in run.steps]),
        "seen": _json([{"tag": s.tag, "value": s.value, "tolerance": float(s.tolerance)} for s in run.seen]),
        "results": _json([
            {"outcome": r.outcome.value, "why": None if r.why is None else r.why.to_json(), "command": r.command,
             "read_back": r.read_back, "done_ns": r.done_ns}
            for r in run.results
        ]),
    }  # fmt: skip


def _run(row: Row[Any]) -> Run:
    results = tuple(
        StepResult(
            CommandOutcome(r["outcome"]), None if r["why"] is None else Text.from_json(r["why"]), r["command"],
            r["read_back"], r["done_ns"],
        )
        for r in json.loads(row.results)
    )  # fmt: skip
    return Run(
        row.id, row.cause, row.reason, tuple(RunStep(s["tag"], s["value"], s["back"]) for s in json.loads(row.steps)),
        row.user, row.signature, row.meaning,
        tuple(Seen(s["tag"], s["value"], s["tolerance"]) for s in json.loads(row.seen)), results,
        RunState(row.state), row.back_of, row.attempts, row.started_ns, row.ended_ns,
    )  # fmt: skip
