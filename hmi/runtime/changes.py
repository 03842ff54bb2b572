"""What changed: kept in the database, shown newest first, told to every window at once."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Protocol

from hmi.desk.rows import ChangeRow
from hmi.model.text import Text
from hmi.model.words import say
from hmi.plant.port import LinkState

RECENT = 200


class ChangeRecords(Protocol):
    """Where changes are kept."""

    def add(self, at_ns: int, kind: str, place: str, text: Text) -> None:
        """Queue one change for the next commit."""

    def since(self, since_ns: int, limit: int) -> list[tuple[int, str, str, Text]]:
        """Changes from an instant on, newest first."""


class Changes:
    """The station's list of what happened."""

    def __init__(self, records: ChangeRecords) -> None:
        """Start with what the records hold."""
        self._records = records
        self._recent: deque[ChangeRow] = deque(maxlen=RECENT)
        for at_ns, kind, place, text in reversed(records.since(0, RECENT)):
            self._recent.appendleft(ChangeRow(at_ns, kind, place, text))
        self._links: dict[str, LinkState] = {}
        self.tell: Callable[[ChangeRow], None] = lambda row: None

    def add(self, row: ChangeRow) -> None:
        """Take a change that already has its row."""
        self._recent.appendleft(row)
        self._records.add(row.at_ns, row.kind, row.place, row.text)
        self.tell(row)

    def say(self, kind: str, place: str, text: Text) -> None:
        """Take a change that happens now."""
        self.add(ChangeRow(time.time_ns(), kind, place, text))

    def link(self, controller: str, state: LinkState, why: Text | None) -> None:
        """Tell a change of a controller's link, once each; attempts in between are not news."""
        if state is LinkState.CONNECTING or self._links.get(controller) is state:
            return
        self._links[controller] = state
        words = {"why": why or Text("-", "-")} if state is LinkState.REFUSED else {}
        self.say("link", controller, say(f"engine.link_{state}", controller=controller, **words))

    def recent(self, limit: int = 20) -> list[ChangeRow]:
        """The newest changes, newest first."""
        return list(self._recent)[:limit]

    def since(self, since_ns: int, limit: int) -> list[ChangeRow]:
        """Changes from an instant on, newest first, from the database."""
        return [ChangeRow(*found) for found in self._records.since(since_ns, limit)]
