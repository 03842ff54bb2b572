"""The loop's hold on the disk: what the steps read their work from and write it to, one commit for each fact."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from hmi.model.decision import DecisionState
from hmi.model.text import Text
from hmi.store import decisions
from hmi.store.audit import Entry
from hmi.store.database import Database, Work
from hmi.store.decisions import Card

T = TypeVar("T")


class Record:
    """Reads and writes of the loop; tells of every card that changed."""

    def __init__(self, database: Database, changed: Callable[[Card], None] = lambda card: None) -> None:
        """changed is called on the engine's loop, after the commit."""
        self._database, self._changed = database, changed

    def read(self, ask: Callable[[Any], T]) -> T:
        """Ask the database now; for the start only. Raises StoreError."""
        with self._database.reader() as c:
            return ask(c)

    async def look(self, ask: Callable[[Any], T]) -> T:
        """Ask the database without holding up the loop. Raises StoreError."""
        return await asyncio.to_thread(self.read, ask)

    async def write(self, run: Callable[[Work], T], patient: bool = False) -> T:
        """A unit of work; on disk when this returns. Raises StoreError."""
        return await asyncio.wrap_future(self._database.submit(run, patient=patient))

    def begin(self, run: Callable[[Work], object], patient: bool = False) -> None:
        """A unit of work that nobody waits for."""
        self._database.submit(run, patient=patient)

    async def add(self, card: Card, words: Text, entry: Entry | None = None) -> Card:
        """Put a card on record. Raises StoreError."""
        kept = await self.write(partial(decisions.add_card, made=card, words=words, entry=entry))
        self._changed(kept)
        return kept

    async def move(
        self,
        number: int,
        expected: set[DecisionState],
        state: DecisionState,
        words: Text,
        *,
        at_ns: int,
        by: str = "",
        entry: Entry | None = None,
        **changes: object,
    ) -> Card:
        """Bring a card to its next state, only from those expected. Raises StoreError."""
        kept = await self.write(
            lambda work: decisions.move(
                work, number, expected, state, words, at_ns=at_ns, by=by, entry=entry, **changes
            )
        )
        self._changed(kept)
        return kept

    async def note(self, number: int, **changes: object) -> Card:
        """Change fields of a card that are no step of its life. Raises StoreError."""
        kept = await self.write(lambda work: decisions.note(work, number, **changes))
        self._changed(kept)
        return kept
