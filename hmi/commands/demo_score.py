"""What became of the demo's stories: when each was detected, whether its true cause was named, where its card ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from hmi.desk.decision_rows import DecisionCard, DecisionRow
from hmi.model.decision import AdviceKind, DecisionState, Effect
from hmi.model.text import Lang, Text
from hmi.model.words import say

_NS = 1_000_000_000
_EARLY_NS = 2 * _NS
"""Source times of the plant and the station's clock may differ by so much."""
COLUMNS = (
    "scenario", "card", "detected", "proposed", "cause", "approved", "executed", "verified", "judged", "effect",
)  # fmt: skip


ANSWERS = {
    "oven-drift": AdviceKind.STEP, "station-failure": AdviceKind.REROUTE, "bad-batch": AdviceKind.HOLD,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Story:
    """A story that the plant began to play, with the truth about its cause."""

    scenario: str
    place: str
    cause: str
    """As the analysis names causes, e.g. ``batch:PASTE-1B``."""
    at_ns: int

    @classmethod
    def of(cls, told: Mapping[str, object]) -> Story | None:
        """The story that a line of the plant begins, if it begins one."""
        cause, time = told.get("cause"), told.get("time")
        if not isinstance(cause, str) or not isinstance(time, str):
            return None
        at_ns = round(datetime.fromisoformat(time).timestamp() * 1000.0) * 1_000_000
        return cls(str(told.get("scenario", "")), str(told.get("place", "")), cause, at_ns)

    def concerns(self, card: DecisionCard) -> bool:
        """Whether a card came of it: it names the cause, or speaks of its place, after it began."""
        if card.row.detected_ns < self.at_ns - _EARLY_NS or card.row.kind is AdviceKind.RETURN:
            return False
        return self.rank(card) is not None or card.row.place == self.place

    def acts(self, row: DecisionRow) -> bool:
        """Whether a card is the kind of answer it asks for: not one that only asks somebody to look."""
        return row.kind is ANSWERS.get(self.scenario)

    def rank(self, card: DecisionCard) -> int | None:
        """At which place (from 1) a card names the true cause; None where it does not."""
        return next((n for n, c in enumerate(card.causes, 1) if c.id == self.cause), None)


@dataclass(frozen=True, slots=True)
class Score:
    """How far the loop came with a story; seconds since it began, None where it did not come to that."""

    scenario: str
    cause: str
    card: int | None = None
    rank: int | None = None
    """At which place the true cause was named."""
    detected_s: float | None = None
    proposed_s: float | None = None
    approved_s: float | None = None
    """Approved or rejected."""
    executed_s: float | None = None
    verified_s: float | None = None
    judged_s: float | None = None
    state: DecisionState | None = None
    effect: Effect | None = None


def score(story: Story, cards: Sequence[DecisionCard]) -> Score:
    """The score of a story: that of its first card that no newer one replaced, one that names the cause before others.

    A card that changes something comes before one that only asks somebody to look. Cards in any order.
    """
    own = [card for card in cards if story.concerns(card)]
    if not own:
        return Score(story.scenario, story.cause)

    def order(card: DecisionCard) -> tuple[bool, bool, bool, int]:
        left = card.row.state in (DecisionState.SUPERSEDED, DecisionState.EXPIRED)
        looks = card.row.kind is AdviceKind.INSPECT
        return left, looks, story.rank(card) is None, card.row.proposed_ns

    card = min(own, key=order)
    facts = {fact.state: fact.at_ns for fact in card.life}

    def since(*states: DecisionState) -> float | None:
        at_ns = next((facts[s] for s in states if s in facts), None)
        return None if at_ns is None else _seconds(at_ns - story.at_ns)

    return Score(
        story.scenario, story.cause, card.row.id, story.rank(card), _seconds(card.row.detected_ns - story.at_ns),
        _seconds(card.row.proposed_ns - story.at_ns), since(DecisionState.APPROVED, DecisionState.REJECTED),
        since(DecisionState.EXECUTED), since(DecisionState.VERIFIED), since(DecisionState.JUDGED), card.row.state,
        card.row.effect,
    )  # fmt: skip


def _seconds(ns: int) -> float:
    return round(ns / _NS, 1)


def _cells(found: Score, lang: Lang) -> list[str]:
    def seconds(value: float | None) -> str:
        return "-" if value is None else f"{value:.1f} s"

    def word(text: Text) -> str:
        return text.of(lang)

    if found.card is None:
        rank = "-"
    elif found.rank is None:
        rank = word(say("demo.supervisor_unnamed"))
    else:
        rank = word(say(f"demo.supervisor_rank_{found.rank if found.rank < 3 else 'n'}"))
    end = found.effect or found.state
    return [
        found.scenario, word(say("demo.supervisor_none")) if found.card is None else str(found.card),
        seconds(found.detected_s), seconds(found.proposed_s), rank, seconds(found.approved_s),
        seconds(found.executed_s), seconds(found.verified_s), seconds(found.judged_s),
        "-" if end is None else word(say(f"demo.fact.{end.value}")),
    ]  # fmt: skip


def table(scores: Sequence[Score], lang: Lang) -> str:
    """The scores as a table for the terminal, Hangul counted as two columns wide."""
    rows = [[say(f"demo.column.{name}").of(lang) for name in COLUMNS], *(_cells(each, lang) for each in scores)]
    widths = [max(_wide(row[n]) for row in rows) for n in range(len(COLUMNS))]
    filled = ([c + " " * (w - _wide(c)) for c, w in zip(row, widths, strict=True)] for row in rows)
    return "\n".join("  ".join(cells).rstrip() for cells in filled)


def _wide(words: str) -> int:
    return sum(2 if "\uac00" <= letter <= "\ud7a3" else 1 for letter in words)
