"""When a matter rests: a card on it is open or under way, did what it should, or ended a short while ago. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from hmi.model.decision import AdviceKind, DecisionState, Effect
from hmi.store.decisions import Card

SECOND = 1_000_000_000
AFTER_JUDGED_NS, AFTER_REJECTED_NS, AFTER_EXPIRED_NS = 120 * SECOND, 900 * SECOND, 60 * SECOND
"""How long the same matter rests after a card on it ended."""
OPEN = {DecisionState.PROPOSED, DecisionState.DEFERRED}
RUNNING = {
    DecisionState.APPROVED, DecisionState.EXECUTING, DecisionState.EXECUTED, DecisionState.UNKNOWN,
    DecisionState.VERIFIED, DecisionState.PARTLY,
}  # fmt: skip


def resting(earlier: Sequence[Card], deviation: int, now_ns: int) -> bool:
    """Whether a matter rests: a card on it is open or running, did what it should, or ended a short while ago."""
    for card in earlier:
        if card.state in OPEN or card.state in RUNNING:
            return True
        if card.state is DecisionState.JUDGED and card.effect is Effect.EFFECTIVE and _stays(card, deviation):
            return True
        rest = {
            DecisionState.JUDGED: AFTER_JUDGED_NS, DecisionState.FAILED: AFTER_JUDGED_NS,
            DecisionState.REJECTED: AFTER_REJECTED_NS, DecisionState.EXPIRED: AFTER_EXPIRED_NS,
        }.get(card.state, 0)  # fmt: skip
        if now_ns - card.ended_ns < rest:
            return True
    return False


def _stays(card: Card, deviation: int) -> bool:
    """A hold that did what it should stands on, and a route does for the failure it was made for."""
    if card.advice.kind is AdviceKind.REROUTE:
        return card.deviation == deviation
    return card.advice.kind in (AdviceKind.HOLD, AdviceKind.RETURN)
