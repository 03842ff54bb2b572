"""Two persons on one card: who signed first, how long that stands, and what the second one signs. Pure.

The first signature orders nothing. It stays a fact of the open card until another person signs the same, or its time is
over; what is decided besides (rejected, deferred) ends it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from hmi.model.decision import AdviceKind, Recommendation
from hmi.model.permission import Person
from hmi.model.plant import Plant
from hmi.model.text import Text
from hmi.model.words import say
from hmi.people.signing import SECOND_WITHIN_NS
from hmi.store.decisions import Card

FIRST = "first"
"""The fact of a card that says who signed first."""


@dataclass(frozen=True, slots=True)
class First:
    """The first of two signatures on a card."""

    user: str
    printed_name: str
    signature: int
    reason: str
    at_ns: int

    @property
    def until_ns(self) -> int:
        """Until when the second person may sign."""
        return self.at_ns + SECOND_WITHIN_NS


def two_persons(advice: Recommendation, plant: Plant) -> Text | None:
    """Why a card takes two persons, in words; None where one signature orders it.

    A hold stands on paper where a gate is refused, so one person places it at once.
    """
    for write in advice.writes if advice.kind is not AdviceKind.HOLD else ():
        guard = plant.guard.get(write.tag)
        if guard is not None and guard.two_persons and write.tag in plant.tag:
            return say("decision.two_persons", tag=plant.tag[write.tag].name)
    return None


def first_of(card: Card) -> First | None:
    """Who signed first, whether or not that still stands."""
    told = card.facts.get(FIRST)
    return None if told is None else First(**told)


def waits(card: Card, now_ns: int) -> First | None:
    """The first signature of an open card that waits for the second person's."""
    first = first_of(card) if card.state.open else None
    return first if first is not None and first.at_ns <= now_ns <= first.until_ns else None


def lapsed(card: Card, now_ns: int) -> bool:
    """Whether a first signature stands on an open card and its time is over: it begins anew."""
    return card.state.open and FIRST in card.facts and waits(card, now_ns) is None


def with_first(card: Card, person: Person, signature: int, reason: str, at_ns: int) -> dict[str, Any]:
    """The facts of a card that a first person signed."""
    return {**card.facts, FIRST: asdict(First(person.user, person.printed_name, signature, reason, at_ns))}


def without_first(card: Card) -> dict[str, Any]:
    """The facts of a card whose first signature counts no more."""
    return {name: fact for name, fact in card.facts.items() if name != FIRST}
