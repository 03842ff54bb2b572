"""Keeps the alarm journal: rows go to the database in batches, in order, and none is given up while it can be kept.

A person's act is another matter: it is done once its row and its audit entry are on disk, or it is refused.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from functools import partial
from typing import Protocol

from hmi.alarms.book import AlarmBook, Now
from hmi.alarms.machine import refusal, step
from hmi.model.alarm import AlarmEvent, AlarmFacts, JournalRow
from hmi.model.text import Text
from hmi.model.words import say
from hmi.store.database import Work

log = logging.getLogger(__name__)

KEPT = 500_000
"""Rows that may wait for a database that cannot be written; at 5,000 a second more than a minute, some 200 MB."""


class AlarmStore(Protocol):
    """Where the journal is kept (hmi.store.alarms.AlarmTable)."""

    def write(
        self,
        rows: Sequence[JournalRow],
        states: Mapping[str, AlarmFacts],
        also: Callable[[Work], None] | None = None,
        *,
        patient: bool = True,
    ) -> Future[None]:
        """One commit: the rows, the facts they led to, and what else belongs to it. Returns at once."""

    def states(self) -> dict[str, AlarmFacts]:
        """The last facts of every alarm that ever had a transition. Raises StoreError."""

    def journal(
        self, from_ns: int, to_ns: int, alarm: str = "", before_id: int = 0, limit: int = 200
    ) -> list[JournalRow]:
        """Rows noted in [from_ns, to_ns), newest first. Raises StoreError."""

    def rows_between(self, from_ns: int, to_ns: int) -> list[JournalRow]:
        """Every row noted in [from_ns, to_ns), in order. Raises StoreError."""


class ActRefusedError(Exception):
    """An act on an alarm cannot be done now; text says why."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


class Journal:
    """The way of one book's transitions to the disk."""

    def __init__(self, book: AlarmBook, store: AlarmStore) -> None:
        self.book, self.store = book, store
        self._waiting: list[JournalRow] = []
        self._writing: Future[None] | None = None
        self.lost = 0
        """Rows given up because too many waited."""

    def add(self, rows: Sequence[JournalRow]) -> None:
        """Rows that are not the book's own: a controller's conditions."""
        self._waiting += rows

    def flush(self, now_too: bool = False) -> Future[None] | None:
        """Hand over what waits. One commit at a time, so that a slow disk meets few large ones; ``now_too`` does not
        wait for the one before. The future is done when all of it is on disk; None when nothing waits.
        """
        self._waiting += self.book.take_rows()
        if not now_too and self._writing is not None and not self._writing.done():
            if len(self._waiting) > KEPT:
                self.lost += len(self._waiting) - KEPT
                log.error("alarm journal: %d rows given up, the database cannot be written", self.lost)
                del self._waiting[: len(self._waiting) - KEPT]
            return self._writing
        if self._waiting:
            rows, self._waiting = self._waiting, []
            own = dict.fromkeys(row.alarm for row in rows if row.origin == "own")
            self._writing = self.store.write(rows, self.book.states(own))
            self._writing.add_done_callback(partial(self._written, len(rows)))
        return self._writing

    def _written(self, count: int, future: Future[None]) -> None:
        """Patient commits fail only when the station closes or is at fault itself: that is never passed over."""
        error = future.exception()
        if error is not None:
            self.lost += count
            log.error("alarm journal: %d rows could not be kept", count, exc_info=error)

    @property
    def waiting(self) -> int:
        """Rows that are not yet handed over."""
        return len(self._waiting)

    def act(
        self, acts: Sequence[tuple[int, AlarmEvent]], now: Now, audit: Callable[[Work, JournalRow], None]
    ) -> tuple[Future[None], dict[int, Text], Callable[[Now, bool], None]]:
        """A person's acts, at most one for each alarm: the future of their one commit, the refusals by alarm, and
        ``settle(now, done)`` to be called when the future is done. Until then events of these alarms wait.

        Raises ActRefusedError when all of them are refused, with the first reason.
        """
        refused: dict[int, Text] = {}
        steps: list[tuple[int, AlarmFacts, JournalRow]] = []
        for i, event in acts:
            if self.book.held(i):
                refused[i] = say("alarms.being_recorded")
                continue
            facts, transition = step(self.book.facts[i], event, self.book.rules[i])
            if transition is None:
                why = refusal(self.book.facts[i], event, self.book.rules[i])
                refused[i] = say("alarms.nothing_changes") if why is None else why
            else:
                steps.append((i, facts, self.book.row(i, facts, transition, event, now)))
        if not steps:
            raise ActRefusedError(next(iter(refused.values()), say("alarms.none_named")))
        self.flush(now_too=True)  # what happened before comes before
        for i, _, _ in steps:
            self.book.hold(i)
        rows = [row for _, _, row in steps]

        def also(work: Work) -> None:
            for row in rows:
                audit(work, row)

        future = self.store.write(rows, {r.alarm: f for _, f, r in steps}, also, patient=False)

        def settle(then: Now, done: bool) -> None:
            for i, facts, row in steps:
                if done:
                    self.book.take(i, facts, row, then, recorded=True)
                self.book.release(i, then)

        return future, refused, settle
