"""A desk for commands with and without an engine: the running engine's, or our own under the folder's lock."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, cast

from hmi.desk.client import Conversation
from hmi.desk.people import People
from hmi.desk.server import Seat
from hmi.desk.wire import DeskUnreachableError
from hmi.runtime import datafolder, settings
from hmi.runtime.secrets import SecretStore
from hmi.store.database import Database


class Desk(Protocol):
    """Somewhere to ask; all questions of one desk are asked from one seat."""

    def call(self, name: str, **arguments: Any) -> Any:
        """Ask and wait. RefusedError when the answer is no."""


class _OwnSeat(Seat):
    """The seat of a command without engine: nobody to tell."""

    def __init__(self) -> None:
        super().__init__(cast(asyncio.StreamWriter, None))

    def tell(self, message: Any) -> None:
        """Nobody listens."""


class _OwnDesk:
    def __init__(self, people: People) -> None:
        self._answers, self._seat, self._loop = people.answers(), _OwnSeat(), asyncio.new_event_loop()

    def call(self, name: str, **arguments: Any) -> Any:
        answer = self._answers[name]
        if "seat" in inspect.signature(answer).parameters:
            arguments["seat"] = self._seat
        found = answer(**arguments)
        return self._loop.run_until_complete(found) if inspect.isawaitable(found) else found

    def close(self) -> None:
        self._loop.close()


@contextmanager
def desk(data: Path) -> Iterator[Desk]:
    """The engine's desk where one runs; else our own, for as long as no engine can start.

    Raises DataFolderError, SecondInstanceError, PeopleRefusedError, StoreError, ProblemsError.
    """
    try:
        conversation = Conversation(data)
    except DeskUnreachableError:
        pass
    else:
        with conversation:
            yield conversation
        return
    datafolder.prepare(data)
    lock = datafolder.take(data)
    try:
        chosen = settings.load(data)
        database = Database(chosen.database_url or data / "plant.db", most_mb=chosen.record_max_mb)
        try:
            second = Path(chosen.audit_copy) if chosen.audit_copy else None
            people = People(database, SecretStore(data), data, heads_folder=second)
            own = _OwnDesk(people)
            try:
                yield own
            finally:
                people.close(stopped=False)
                own.close()
        finally:
            database.close()
    finally:
        lock.release()


def database_file(data: Path) -> Path:
    """The plant database's file of a data folder."""
    url = settings.load(data).database_url
    return Path(url.removeprefix("sqlite:///")) if url else data / "plant.db"
