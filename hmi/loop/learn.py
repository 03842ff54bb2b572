"""Learn: one lesson for every card that ended, whatever became of it; it changes how sure advisors may claim to be.

Rejected and expired cards teach too: we act when things look bad, so looking at what was acted on alone would flatter.
"""

from __future__ import annotations

from functools import partial

from hmi.loop.calibration import record_of
from hmi.loop.record import Record
from hmi.model.decision import AdvisorRecord, DecisionState
from hmi.store import decisions
from hmi.store import loop as store
from hmi.store.decisions import Card
from hmi.store.loop import Lesson

SECOND = 1_000_000_000


def lesson_of(card: Card) -> Lesson:
    """What a card taught."""
    decided = card.decided_ns and card.state is not DecisionState.EXPIRED
    return Lesson(
        card.id, card.advice.advisor, card.advice.kind, card.ended_ns, card.state, card.effect,
        float(card.facts.get("said", card.advice.confidence.value)), card.advice.confidence.value,
        (card.decided_ns - card.proposed_ns) / SECOND if decided else None,
    )  # fmt: skip


class Learn:
    """The seventh step of the loop."""

    def __init__(self, record: Record) -> None:
        self._record = record

    async def run(self, now_ns: int) -> bool:
        """Keep the lessons of cards that ended; True when there was one."""
        ended = await self._record.look(decisions.untaught)
        for card in ended:
            await self._record.write(partial(store.add_lesson, made=lesson_of(card)))
        return bool(ended)

    async def records(self) -> list[AdvisorRecord]:
        """The record of every advisor that ever had a card."""
        lessons = await self._record.look(store.lessons)
        names = await self._record.look(decisions.advisors)
        found = []
        for name in names:
            shown, approved, executed = await self._record.look(partial(decisions.counts, advisor=name))
            mine = [one for one in lessons if one.advisor == name]
            found.append(record_of(name, mine, shown, approved, executed))
        return found
