"""The plant database: one writer thread, units of work, readers that cannot write.

State, audit row and outbox row of one decision go into one commit because they are one unit of work; events are told
after the commit. Units that wait are committed together, each in its own savepoint: one that fails takes no other with
it, and a thousand cost one sync of the disk.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, create_engine, make_url
from sqlalchemy.exc import SQLAlchemyError

from hmi.model.text import Lang, Text
from hmi.model.words import say
from hmi.store.backup import copy_of
from hmi.store.faults import Fault, StoreError, fault_of, words_of
from hmi.store.migration import prepare, upgrade
from hmi.store.sqlite import reading, writing

T = TypeVar("T")
_log = logging.getLogger(__name__)
_GROUP = 1_000
_RETRY_S = 1.0
NEARLY = 0.98
"""Share of its room at which a record that refuses to grow is full of itself, not of others' files."""
_STORAGE = frozenset({Fault.FULL, Fault.LOCKED, Fault.DAMAGED, Fault.DENIED})


@dataclass(slots=True)
class Work:
    """One unit of work: its statements become durable together or not at all."""

    connection: Connection
    events: list[object] = field(default_factory=list)

    def tell(self, event: object) -> None:
        """Tell the bus of something, once this is committed."""
        self.events.append(event)


@dataclass(slots=True)
class _Unit:
    run: Callable[[Work], Any]
    future: Future[Any]
    patient: bool


class Database:
    """A plant database; made, checked or migrated when it is opened."""

    def __init__(
        self,
        url: str | Path,
        *,
        on_event: Callable[[object], None] = lambda event: None,
        on_fault: Callable[[Text | None], None] = lambda why: None,
        limit: int = 20_000,
        most_mb: float = 0.0,
    ) -> None:
        """Open ``url`` (a path, sqlite:///PATH, or a server's URL) and start the writer thread.

        most_mb is the room that the record may take, in 10**6 bytes (0: the disk's): beyond it nothing is recorded,
        so that nothing is done either, and the rest of the disk stays free.
        on_event and on_fault are called on that thread; on_fault with None when writing works again. ``limit`` bounds
        the units that wait. Raises NewerFileError, DamagedFileError or StoreError.
        """
        self.file = _file_of(url)
        self._name = self.file or Path(make_url(str(url)).database or "database")
        if self.file is not None:
            prepare(self.file)
            self._write, self._read = writing(self.file, "FULL", most_mb=most_mb), reading(self.file)
        else:
            self._write = self._read = create_engine(str(url))
            with self._write.begin() as c:
                upgrade(c)
        self._on_event, self._on_fault, self._limit = on_event, on_fault, limit
        self._condition = threading.Condition()
        self._queue: deque[_Unit] = deque()
        self._closing = False
        self._fault: Fault | None = None
        self._most_mb = most_mb
        self.why: Text | None = None
        """Why nothing can be recorded at this moment; None while it can."""
        self.lost = 0
        """Patient units given up: too many waited, or the station closed before they could be written."""
        self._thread = threading.Thread(target=self._run, name="plant-db", daemon=True)
        self._thread.start()

    def submit(self, run: Callable[[Work], T], *, patient: bool = False) -> Future[T]:
        """Carry out ``run`` on the writer thread; the future is done when its statements are on disk.

        ``run`` may be called again when a commit failed, so it does nothing but execute statements and tell. A patient
        unit waits while the database cannot be written; any other fails with StoreError, so that nobody takes for
        recorded what is not. From asyncio: ``await asyncio.wrap_future(...)``.
        """
        future: Future[T] = Future()
        with self._condition:
            refused = "closed" if self._closing else "too_many" if len(self._queue) >= self._limit else None
            if refused is None:
                self._queue.append(_Unit(run, future, patient))
                self._condition.notify()
                return future
            self.lost += patient
        future.set_exception(StoreError(say(f"store.{refused}")))
        return future

    @contextmanager
    def reader(self) -> Iterator[Connection]:
        """A read-only connection that sees one moment of the database; from any thread. Raises StoreError."""
        try:
            with self._read.connect() as c, c.begin():
                yield c
        except SQLAlchemyError as error:
            raise StoreError(words_of(error, self._name)) from error

    def backup(self, to: Path) -> None:
        """A checked copy as of one moment, while others write. Raises StoreError."""
        if self.file is None:
            raise StoreError(say("store.backup_elsewhere"))
        try:
            copy_of(self.file, to)
        except Exception as error:
            raise StoreError(say("store.backup_failed", file=to.name, what=str(error))) from error

    def fills(self) -> float:
        """Share of its room that the record takes, 0 to 1; 0 where nothing but the disk bounds it."""
        if self.file is None or not self._most_mb:
            return 0.0
        with self.reader() as c:
            pages = c.exec_driver_sql("PRAGMA page_count").scalar_one()
            size = c.exec_driver_sql("PRAGMA page_size").scalar_one()
        return min(1.0, float(pages * size) / (self._most_mb * 1e6))

    def waiting(self) -> int:
        """Units not yet on disk."""
        return len(self._queue)

    def close(self, timeout: float = 10.0) -> None:
        """Write what waits and let go of the file."""
        with self._condition:
            self._closing = True
            self._condition.notify()
        self._thread.join(timeout)

    # what follows runs on the writer's thread

    def _run(self) -> None:
        while True:
            with self._condition:
                while not self._queue and not self._closing:
                    self._condition.wait()
                if self._closing and (not self._queue or self._fault is not None):
                    break
                units = [self._queue.popleft() for _ in range(min(len(self._queue), _GROUP))]
            if not self._carry_out(units):
                with self._condition:
                    self._queue.extendleft(reversed([u for u in units if u.patient]))
                    until = time.monotonic() + _RETRY_S  # somebody impatient is answered at once
                    while (
                        not self._closing
                        and (left := until - time.monotonic()) > 0
                        and all(u.patient for u in self._queue)
                    ):
                        self._condition.wait(left)
        for unit in self._queue:
            self.lost += unit.patient
            unit.future.set_exception(StoreError(say("store.closed")))
        # the writing side goes last: only it can put the log into the file, so that a copied plant.db is whole
        self._read.dispose()
        self._write.dispose()

    def _carry_out(self, units: list[_Unit]) -> bool:
        """One commit for all units; False when it could not be made."""
        done: list[tuple[_Unit, Any, list[object]]] = []
        failed: list[tuple[_Unit, Exception]] = []
        try:
            with self._write.begin() as c:
                for unit in units:
                    if not unit.future.running() and not unit.future.set_running_or_notify_cancel():
                        continue
                    work = Work(c)
                    try:
                        with c.begin_nested():
                            result = unit.run(work)
                    except Exception as error:
                        if _of_storage(error):
                            raise
                        failed.append((unit, error))
                    else:
                        done.append((unit, result, work.events))
        except Exception as error:  # noqa: BLE001 - nothing may end this thread: decisions would stop being kept
            self._trouble(error, [u for u in units if not u.patient])
            return False
        if self._fault is not None:
            self._fault = self.why = None
            _log.info("%s: recording again", self._name.name)
            self._on_fault(None)
        for unit, found in failed:
            unit.future.set_exception(found)
        for unit, result, events in done:
            unit.future.set_result(result)
            for event in events:
                self._tell(event)
        return True

    def _tell(self, event: object) -> None:
        try:
            self._on_event(event)
        except Exception:  # noqa: BLE001 - the commit stands, whoever could not bear to hear of it
            _log.exception("an event's hearer failed")

    def _trouble(self, error: Exception, units: list[_Unit]) -> None:
        fault, said = fault_of(error), words_of(error, self._name)
        if fault is Fault.FULL and self._full():
            said = say("store.quota", file=self._name.name, most=f"{self._most_mb:g}")
        if fault is not self._fault:
            self._fault, self.why = fault, said
            _log.warning("%s", said.of(Lang.EN))
            self._on_fault(said)
        for unit in units:
            if not unit.future.done():
                unit.future.set_exception(StoreError(said))

    def _full(self) -> bool:
        try:
            return self.fills() > NEARLY
        except StoreError:
            return False


def _of_storage(error: BaseException | None) -> bool:
    """Whether the disk or the file is to blame; rolling back after that fails too and hides the cause."""
    while error is not None:
        if isinstance(error, SQLAlchemyError) and fault_of(error) in _STORAGE:
            return True
        error = error.__context__
    return False


def _file_of(url: str | Path) -> Path | None:
    if isinstance(url, Path):
        return url
    parsed = make_url(url) if "://" in url else None
    if parsed is None:
        return Path(url)
    return Path(parsed.database or "") if parsed.get_backend_name() == "sqlite" else None
