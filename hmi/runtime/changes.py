"""What changed: kept in the database, shown newest first, told to every window at once."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping

from hmi.desk.rows import ChangeRow
from hmi.model.text import Text
from hmi.model.words import say
from hmi.plant.port import LinkState
from hmi.store import events
from hmi.store.database import Database

RECENT = 200


class Changes:
    """The station's list of what happened."""

    def __init__(self, database: Database, controllers: Mapping[str, Text] | None = None) -> None:
        """Start with what the database holds. controllers: their names by id."""
        self._database, self._names = database, controllers or {}
        self._recent: deque[ChangeRow] = deque(self.since(0, RECENT), maxlen=RECENT)
        self._links: dict[str, LinkState] = {}
        self.tell: Callable[[ChangeRow], None] = lambda row: None

    def add(self, row: ChangeRow) -> None:
        """Take a change that already has its row."""
        self._recent.appendleft(row)
        # patient: what happened waits for a sick disk, and nothing here waits for it
        self._database.submit(lambda work: events.add(work, row.at_ns, row.kind, row.place, row.text), patient=True)
        self.tell(row)

    def happened(self, kind: str, place: str, text: Text) -> None:
        """Take a change that happens now."""
        self.add(ChangeRow(time.time_ns(), kind, place, text))

    def link(self, controller: str, state: LinkState, why: Text | None) -> None:
        """Tell a change of a controller's link, once each; attempts in between are not news."""
        if state is LinkState.CONNECTING or self._links.get(controller) is state:
            return
        self._links[controller] = state
        words = {"why": why or Text("-", "-")} if state is LinkState.REFUSED else {}
        name = self._names.get(controller, controller)
        self.happened("link", controller, say(f"engine.link_{state}", controller=name, **words))

    def recent(self, limit: int = 20) -> list[ChangeRow]:
        """The newest changes, newest first."""
        return list(self._recent)[:limit]

    def since(self, since_ns: int, limit: int) -> list[ChangeRow]:
        """Changes from an instant on, newest first, from the database."""
        with self._database.reader() as connection:
            found = events.since(connection, since_ns, limit)
        return [ChangeRow(e.at_ns, e.kind, e.place, e.text) for e in found]
