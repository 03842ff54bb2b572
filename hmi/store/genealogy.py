"""Genealogy on record: unit passes, their ids kept once as words. History is kept for KEPT_DAYS.

A pass that is written twice is one pass, so that a repeated commit or a replayed minute changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, or_, select

from hmi.model.genealogy import UnitPass
from hmi.model.hold import HoldScope, ScopeKind
from hmi.store.database import Database, Work
from hmi.store.quality_tables import genealogy_word as word
from hmi.store.quality_tables import unit_pass
from hmi.store.upsert import upsert

KEPT_DAYS = 400
_DAY_NS = 86_400_000_000_000
_IN = 500
_AT_ONCE = 20_000

_FIELDS = ("unit", "station", "line", "lot", "order", "product", "batch", "operator", "batch_edge")
_COLUMNS = tuple("work_order" if f == "order" else f for f in _FIELDS)


def add_passes(work: Work, passes: Sequence[UnitPass]) -> None:
    """Keep passes; those that are kept already stay as they are."""
    numbers = _numbers(work.connection, {getattr(p, f) for p in passes for f in _FIELDS})
    rows: list[dict[str, Any]] = [
        {"at_ns": p.at_ns} | {c: numbers[getattr(p, f)] for c, f in zip(_COLUMNS, _FIELDS, strict=True)} for p in passes
    ]
    if rows:
        once = upsert(work.connection, unit_pass).on_conflict_do_nothing(index_elements=["unit", "station", "at_ns"])
        work.connection.execute(once, rows)


def newest(c: Connection, limit: int) -> list[UnitPass]:
    """The passes written last, in the order they were written."""
    last = int(c.scalar(select(func.max(unit_pass.c.number))) or 0)
    return _found(c, [unit_pass.c.number > last - limit])


def count(c: Connection) -> int:
    """How many passes are kept."""
    return int(c.scalar(select(func.count()).select_from(unit_pass)) or 0)


def of_unit(c: Connection, unit: str) -> list[UnitPass]:
    """All passes of a unit, oldest first."""
    number = c.scalar(select(word.c.number).where(word.c.word == unit))
    return [] if number is None else _found(c, [unit_pass.c.unit == number])


def of_scope(c: Connection, scope: HoldScope, before_ns: int) -> list[UnitPass]:
    """Every pass before an instant of every unit that a scope names, oldest first: what is no longer in memory."""
    ids = list(_known(c, set(scope.ids)).values())
    if not ids:
        return []
    x = unit_pass.c
    if scope.kind is ScopeKind.UNITS:
        units = select(x.unit).where(x.unit.in_(ids))
    elif scope.kind is ScopeKind.LOT:
        units = select(x.unit).where(x.lot.in_(ids))
    elif scope.kind is ScopeKind.BATCH:
        units = select(x.unit).where(or_(x.batch.in_(ids), x.batch_edge.in_(ids)))
    else:
        units = select(x.unit).where(x.station.in_(ids), x.at_ns >= scope.since_ns)
        if scope.until_ns:
            units = units.where(x.at_ns <= scope.until_ns)
    return _found(c, [x.unit.in_(units), x.at_ns < before_ns])


def purge(work: Work, before_ns: int, limit: int = _AT_ONCE) -> int:
    """Forget passes from before an instant, some at a time; returns how many. Units of holds keep their own rows."""
    x = unit_pass.c
    old = select(x.number).where(x.at_ns < before_ns).order_by(x.number).limit(limit)
    return int(work.connection.execute(delete(unit_pass).where(x.number.in_(old))).rowcount)


class GenealogyTable:
    """The record of passes on one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, passes: Sequence[UnitPass]) -> Future[None]:
        """Write passes when the disk can take them; nothing waits for it."""
        kept = tuple(passes)
        return self._database.submit(lambda work: add_passes(work, kept), patient=True)

    def newest(self, limit: int) -> list[UnitPass]:
        """The passes written last, in their order. Raises StoreError."""
        with self._database.reader() as c:
            return newest(c, limit)

    def of_unit(self, unit: str) -> list[UnitPass]:
        """All passes of a unit, oldest first. Raises StoreError."""
        with self._database.reader() as c:
            return of_unit(c, unit)

    def of_scope(self, scope: HoldScope, before_ns: int) -> list[UnitPass]:
        """Passes before an instant of the units that a scope names. Raises StoreError."""
        with self._database.reader() as c:
            return of_scope(c, scope, before_ns)

    def forget(self, now_ns: int) -> Future[int]:
        """Let the oldest passes go, some at a time; call now and then."""
        return self._database.submit(lambda work: purge(work, now_ns - KEPT_DAYS * _DAY_NS), patient=True)


def _found(c: Connection, where: Iterable[ColumnElement[bool]]) -> list[UnitPass]:
    x = unit_pass.c
    asked = select(x.at_ns, *(x[name] for name in _COLUMNS)).where(*where).order_by(x.number)
    rows = c.execute(asked).all()
    words = _words(c, {number for row in rows for number in row[1:]})
    return [
        UnitPass(
            words[unit], words[station], words[line], at, words[lot], words[order], words[product], words[batch],
            words[operator], words[edge],
        )
        for at, unit, station, line, lot, order, product, batch, operator, edge in rows
    ]  # fmt: skip


def _numbers(c: Connection, words: set[str]) -> dict[str, int]:
    """The number of every word; new words get theirs."""
    known = _known(c, words)
    fresh = sorted(words - known.keys())
    if fresh:
        c.execute(upsert(c, word).on_conflict_do_nothing(index_elements=["word"]), [{"word": w} for w in fresh])
        known |= _known(c, set(fresh))
    return known


def _known(c: Connection, words: set[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    asked = sorted(words)
    for at in range(0, len(asked), _IN):
        rows = c.execute(select(word.c.word, word.c.number).where(word.c.word.in_(asked[at : at + _IN])))
        found.update((w, n) for w, n in rows)
    return found


def _words(c: Connection, numbers: set[int]) -> dict[int, str]:
    if len(numbers) > _AT_ONCE:  # most of them: one walk over the table is cheaper than many look-ups
        return {n: w for n, w in c.execute(select(word.c.number, word.c.word)) if n in numbers}
    found: dict[int, str] = {}
    asked = sorted(numbers)
    for at in range(0, len(asked), _IN):
        rows = c.execute(select(word.c.number, word.c.word).where(word.c.number.in_(asked[at : at + _IN])))
        found.update((n, w) for n, w in rows)
    return found
