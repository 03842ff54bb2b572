"""The alarm lists: which alarms are on one, in what order, how many a filter leaves out. Worked out on arrays, so that
a list of ten thousand costs a few ms and nothing is built for rows that nobody looks at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from hmi.alarms.book import CODE, AlarmBook
from hmi.alarms.rules import place_of
from hmi.alarms.server_conditions import ServerCondition, ServerConditions
from hmi.model.alarm import ASKING, HIDDEN, STANDING, AlarmState, Priority
from hmi.model.plant import Plant

_S = AlarmState
LISTS: Mapping[str, tuple[AlarmState, ...]] = {
    "standing": STANDING,
    "unacked": ASKING,
    "active": (_S.UNACKED, _S.ACKED),
    "shelved": (_S.SHELVED,),
    "suppressed": (_S.SUPPRESSED,),
    "out_of_service": (_S.OUT_OF_SERVICE,),
    "all": (*STANDING, *HIDDEN),
}
ORDERS = ("urgency", "newest", "oldest", "priority", "place", "state")


@dataclass(frozen=True, slots=True)
class AlarmFilter:
    """Which alarms of a list to show. Urgent ones that nobody has acknowledged are shown whatever it says."""

    priorities: tuple[int, ...] = ()
    """Empty: all."""
    places: tuple[str, ...] = ()
    """Ids of areas, lines or stations; empty: the whole plant."""
    text: str = ""
    """Anywhere in name, tag or place, in either language."""


class Chosen(NamedTuple):
    """Places of alarms in the common numbering (own first, then the controllers'), in the order of the list."""

    order: npt.NDArray[np.int64]
    hidden: int
    """Left out by the filter."""


class AlarmLists:
    """All alarms of the station in one numbering: the book's own, then the controllers' conditions."""

    def __init__(self, plant: Plant, book: AlarmBook, server: ServerConditions) -> None:
        self.plant, self.book, self.server = plant, book, server
        self.conditions: list[ServerCondition] = []
        self._places = [place_of(plant, rule) for rule in book.rules]
        ranks: dict[str, int] = {"": 0}
        for line in plant.lines:
            ranks[line.id] = len(ranks)
            for station in plant.stations_of(line.id):
                ranks[station.id] = len(ranks)
        self._rank = ranks
        self._own_rank = np.array([ranks.get(p, 0) for p in self._places], np.int64)
        self._own_text = [
            f"{r.name.en} {r.name.ko} {r.tag} {self._places[i]}".lower() for i, r in enumerate(book.rules)
        ]
        self._seen = -1
        self._server_state = np.empty(0, np.uint8)
        self._server_priority = np.empty(0, np.uint8)
        self._server_activated = np.empty(0, np.int64)
        self._server_rank = np.empty(0, np.int64)

    @property
    def own(self) -> int:
        """How many of the numbering are the book's own."""
        return len(self.book.rules)

    def place(self, at: int) -> str:
        """The place of an alarm of the numbering."""
        return self._places[at] if at < self.own else self.conditions[at - self.own].place

    def find(self, key: str) -> int | None:
        """Where an alarm is in the numbering; None for one that is not there."""
        self._follow()
        if key in self.book.index:
            return self.book.index[key]
        return next((self.own + k for k, one in enumerate(self.conditions) if one.key == key), None)

    def choose(self, which: str, order: str, wanted: AlarmFilter) -> Chosen:
        """The alarms of a list in an order. KeyError for an unknown list or order."""
        on_list = self.on_list(which)
        state, priority = self.states()[on_list], self.priorities()[on_list]
        kept = np.ones(len(on_list), np.bool_)
        if wanted.priorities:
            kept &= np.isin(priority, wanted.priorities)
        if wanted.places:
            kept &= np.isin(self.ranks()[on_list], [self._rank[p] for p in self._within(wanted.places)])
        if wanted.text.strip():
            word = wanted.text.strip().lower()
            kept &= np.fromiter((word in self._text(int(at)) for at in on_list), np.bool_, len(on_list))
        kept |= (priority == Priority.URGENT) & np.isin(state, _codes(ASKING))
        chosen = on_list[kept]
        return Chosen(chosen[self._sorted(chosen, order)], int(len(on_list) - len(chosen)))

    def on_list(self, which: str) -> npt.NDArray[np.int64]:
        """All alarms of a list."""
        self._follow()
        return np.flatnonzero(np.isin(self.states(), _codes(LISTS[which])))

    def states(self) -> npt.NDArray[np.uint8]:
        """State codes (hmi.alarms.book.CODE) by the numbering."""
        self._follow()
        return np.concatenate((self.book.state, self._server_state))

    def priorities(self) -> npt.NDArray[np.uint8]:
        """Priorities by the numbering."""
        self._follow()
        return np.concatenate((self.book.priority, self._server_priority))

    def activated(self) -> npt.NDArray[np.int64]:
        """Times of activation by the numbering."""
        self._follow()
        return np.concatenate((self.book.activated_ns, self._server_activated))

    def ranks(self) -> npt.NDArray[np.int64]:
        """Place in the flow of each alarm's unit, by the numbering; 0 is the whole plant."""
        self._follow()
        return np.concatenate((self._own_rank, self._server_rank))

    def first_outs(self) -> npt.NDArray[np.bool_]:
        """Which are marked as the first of their group, by the numbering."""
        self._follow()
        return np.concatenate((self.book.first_out, np.zeros(len(self.conditions), np.bool_)))

    def _sorted(self, chosen: npt.NDArray[np.int64], order: str) -> npt.NDArray[np.int64]:
        newest, priority = -self.activated()[chosen], self.priorities()[chosen]
        state = self.states()[chosen]
        keys: dict[str, Sequence[npt.NDArray[np.generic]]] = {
            "urgency": (newest, priority, ~np.isin(state, _codes(ASKING))),
            "newest": (newest,),
            "oldest": (-newest,),
            "priority": (newest, priority),
            "place": (newest, priority, self.ranks()[chosen]),
            "state": (newest, priority, state),
        }
        return np.lexsort(keys[order])

    def _within(self, places: Sequence[str]) -> set[str]:
        found: set[str] = set()
        for place in places:
            lines = [x.id for x in self.plant.lines if place in (x.id, x.area)]
            found.update(lines, (s.id for line in lines for s in self.plant.stations_of(line)))
            found.add(place)
        return found & set(self._rank)

    def _text(self, at: int) -> str:
        if at < self.own:
            return self._own_text[at]
        one = self.conditions[at - self.own]
        return f"{one.label.en} {one.tag} {one.place} {one.controller}".lower()

    def _follow(self) -> None:
        """Take over the controllers' conditions when they have changed."""
        if self._seen == self.server.revision:
            return
        self._seen, self.conditions = self.server.revision, self.server.all()
        self._server_state = np.array([CODE[c.state] for c in self.conditions], np.uint8)
        self._server_priority = np.array([int(c.priority) for c in self.conditions], np.uint8)
        self._server_activated = np.array([c.activated_ns for c in self.conditions], np.int64)
        self._server_rank = np.array([self._rank.get(c.place, 0) for c in self.conditions], np.int64)


def _codes(states: Sequence[AlarmState]) -> list[int]:
    return [CODE[state] for state in states]
