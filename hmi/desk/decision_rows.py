"""Read models of the loop: the inbox, the nine-part card, its life, the advisors' records."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hmi.model.decision import (
    AdviceKind,
    AdvisorRecord,
    Alternative,
    Cause,
    Confidence,
    DecisionState,
    Effect,
    Evidence,
    Expected,
)  # fmt: skip
from hmi.model.reading import Value
from hmi.model.text import Text


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A card in the list."""

    id: int
    advisor: str
    kind: AdviceKind
    place: str
    what: Text
    state: DecisionState
    effect: Effect | None
    class_a: bool
    detected_ns: int
    """When the statistic crossed its limit."""
    proposed_ns: int
    decided_ns: int
    ended_ns: int
    expires_ns: int
    by: str
    """Printed name of who decided."""
    why: Text | None = None
    """Why it was refused, rejected, superseded or judged as it was."""
    cause: str = ""
    """Id of the likeliest cause."""
    first_by: str = ""
    """Printed name of the first of two persons who approved: the card waits for the second, or both have signed."""
    first_user: str = ""
    first_ns: int = 0
    second_until_ns: int = 0
    """Until when the second person may sign, while the card waits for that; 0: it does not."""


@dataclass(frozen=True, slots=True)
class WriteRow:
    """One line of 'what will be written where'."""

    tag: str
    name: Text
    controller: Text
    node: str
    then: Value
    """The value the card was made on."""
    now: Value
    """The value at this moment."""
    value: Value
    low: float | None
    high: float | None
    unit: str
    back: Value
    reversible: bool
    refused: Text | None
    """Why the gateway would refuse it now, the signature apart."""
    outcome: str = ""
    """Once executed: VERIFIED, REFUSED, REJECTED, UNKNOWN."""
    done_ns: int = 0


@dataclass(frozen=True, slots=True)
class LifeRow:
    """One fact of a card's life: PROPOSED, APPROVED, EXECUTED, VERIFIED, JUDGED ..."""

    state: DecisionState
    at_ns: int
    by: str
    words: Text


@dataclass(frozen=True, slots=True)
class DecisionCard:
    """The nine-part card, in its order."""

    row: DecisionRow
    evidence: list[Evidence]
    causes: list[Cause]
    context: list[tuple[Text, Text]]
    expected: Expected | None
    confidence: Confidence | None
    """None until the person gave a judgement, where one is asked for."""
    judgement: str
    """What was given: agree, differ, unsure, or empty."""
    asks_judgement: bool
    alternatives: list[Alternative]
    writes: list[WriteRow]
    undo: Text
    can_undo: bool
    data_age_s: float | None
    """Age of the oldest input now."""
    stale: Text | None
    """Why it cannot be approved at this moment; None when it can."""
    life: list[LifeRow]
    measured: float | None
    """The judged measure, once judged."""
    control: float | None
    """The same on the control (a neighbour line), once judged."""
    record: AdvisorRecord | None
    shown: str
    """Hash of what is shown; the approval names it, and is refused when the card has moved on."""
    two_persons: Text | None = None
    """Why an approval takes two persons, each with a signature; None: one signs."""


@dataclass(frozen=True, slots=True)
class Inbox:
    """The decision inbox: at most 3 open cards, how many wait behind them, and what was decided before."""

    open: list[DecisionRow] = field(default_factory=list)
    waiting: int = 0
    running: list[DecisionRow] = field(default_factory=list)
    """Approved and not yet judged."""
    past: list[DecisionRow] = field(default_factory=list)
    records: list[AdvisorRecord] = field(default_factory=list)
    learning: list[Text] = field(default_factory=list)
    """What the detectors still wait for, in words; empty when all watch."""


DECISION_ANSWERS: dict[str, Any] = {
    "inbox": Inbox,  # past: int = 20
    "decisions": list[DecisionRow],  # limit: int = 100, newest first
    "decision": DecisionCard,  # id: int
    # actions
    "judge_cause": DecisionCard,  # id: int, judgement: "agree" | "differ" | "unsure"
    "decide": DecisionCard,  # id, verdict: "approve"|"reject"|"defer", reason: str, password, shown: str = ""
    "undo_decision": DecisionCard,  # id: int, reason: str, password: str
}
"""The engine pushes ``{"decision": DecisionRow}`` to every window when a card changes."""
