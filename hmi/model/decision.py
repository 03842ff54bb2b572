"""The loop's nouns: deviation, analysis, recommendation, approval, outcome, lesson. Stored as JSON of these types."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from hmi.model.flow import Plan
from hmi.model.reading import Value
from hmi.model.text import Text


class DecisionState(StrEnum):
    """A card's life. Approved, executed, verified and effective are four facts with four times."""

    PROPOSED = "PROPOSED"
    DEFERRED = "DEFERRED"  # comes back at its time
    APPROVED = "APPROVED"
    EXECUTING = "EXECUTING"
    EXECUTED = "EXECUTED"  # every write taken; the plant's effect is awaited
    PARTLY = "PARTLY"  # some writes VERIFIED, then one was refused
    UNKNOWN = "UNKNOWN"  # a write of which nobody knows whether it was done
    VERIFIED = "VERIFIED"  # every write read back; the effect is being judged
    JUDGED = "JUDGED"  # see effect; closed with a lesson
    REJECTED = "REJECTED"
    EXPIRED = "EXPIRED"
    SUPERSEDED = "SUPERSEDED"  # a newer card on the same cause took its place
    FAILED = "FAILED"  # nothing was written: refused by the gateway or the controller

    @property
    def open(self) -> bool:
        """Whether a person may still decide."""
        return self in (DecisionState.PROPOSED, DecisionState.DEFERRED)

    @property
    def ended(self) -> bool:
        """Whether nothing more happens to the card."""
        return self in (
            DecisionState.JUDGED, DecisionState.REJECTED, DecisionState.EXPIRED, DecisionState.SUPERSEDED,
            DecisionState.FAILED,
        )  # fmt: skip


class Effect(StrEnum):
    """What came of it, against what was declared before."""

    EFFECTIVE = "EFFECTIVE"
    NO_EFFECT = "NO_EFFECT"
    WORSE = "WORSE"


class AdviceKind(StrEnum):
    """What a recommendation asks for."""

    REROUTE = "reroute"
    HOLD = "hold"
    STEP = "step"  # a bounded step of a set-point
    INSPECT = "inspect"  # somebody goes and looks; nothing is written
    RETURN = "return"  # back to normal after a reroute


@dataclass(frozen=True, slots=True)
class Deviation:
    """Something left its normal: found by a detector, with the statistic that crossed its limit."""

    id: int
    detector: str
    """ewma-t2, reject-run, station-failure."""
    place: str
    """Station id."""
    at_ns: int
    """When the statistic crossed its limit."""
    statistic: float
    limit: float
    tags: tuple[str, ...] = ()
    """Tags it was found on, the strongest contribution first."""
    facts: dict[str, Any] = field(default_factory=dict)
    """What the detector knows besides: fault code, run length, batch, window."""
    cleared_ns: int = 0


@dataclass(frozen=True, slots=True)
class Cause:
    """A possible cause; the first of an analysis is the likeliest."""

    id: str
    """Stable: ``station:L3.S2``, ``tag:L2.S3.Zone3Temperature``, ``batch:PASTE-1B``."""
    name: Text
    score: float
    """Share of the evidence, 0 to 1."""
    why: Text


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece of evidence on the card."""

    kind: str
    """trend, states, pictures, counts, cases."""
    title: Text
    tags: tuple[str, ...] = ()
    from_ns: int = 0
    to_ns: int = 0
    inspections: tuple[int, ...] = ()
    """Numbers of inspections whose pictures speak."""
    lines: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Expected:
    """The declared expected effect: what will be measured, which way it goes, how far, until when."""

    measure: Text
    tag: str
    """Tag or measure id that is judged; see hmi.loop.judging."""
    unit: str
    direction: int
    """+1 more is better, -1 less is better."""
    now: float | None
    value: float
    low: float
    high: float
    window_s: float


@dataclass(frozen=True, slots=True)
class Write:
    """One command of the card, as it will be sent."""

    tag: str
    now: Value
    value: Value
    back: Value
    tolerance: float = 0.0
    """How far ``now`` may have moved before the card must be shown again."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another answer, doing nothing among them, with its cost as far as it can be told."""

    name: Text
    chosen: bool
    value: float | None
    low: float | None
    high: float | None
    unit: str
    note: Text | None = None


@dataclass(frozen=True, slots=True)
class Confidence:
    """How sure it claims to be, and what that claim is worth."""

    value: float
    """Probability that the declared effect comes, calibrated by the lessons so far."""
    right: int
    of: int
    """Of this many judged cards like it, so many were EFFECTIVE."""
    unusual: bool
    """Inputs outside of what the model has seen."""
    model: str
    version: str
    trained_ns: int


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What an advisor proposes; it never writes."""

    advisor: str
    kind: AdviceKind
    place: str
    what: Text
    """One sentence."""
    causes: tuple[Cause, ...]
    evidence: tuple[Evidence, ...]
    context: tuple[tuple[Text, Text], ...]
    expected: Expected | None
    confidence: Confidence
    alternatives: tuple[Alternative, ...]
    writes: tuple[Write, ...]
    undo: Text
    expires_s: float
    class_a: bool = True
    inputs: tuple[str, ...] = ()
    """Tags that must be GOOD and fresh at the moment of approval."""
    hold: dict[str, Any] = field(default_factory=dict)
    """Of a hold: reason and scope as hmi.model.hold has them."""
    key: str = ""
    """Same key: the same matter; a newer card supersedes the older one."""
    plan: Plan | None = None
    """Of a reroute: the answers it was chosen from."""
    option: int = -1
    """Of a reroute: which of the plan's answers is carried out."""
    returns: str = ""
    """Of a return to normal: the reroute it ends, ``reroute:3``."""


class Judgement(StrEnum):
    """What the person thinks of the cause before the confidence is shown (class A)."""

    AGREE = "agree"
    DIFFER = "differ"
    UNSURE = "unsure"


REJECT_REASONS = ("not_the_cause", "other_plan", "too_risky", "bad_moment", "other")
"""Reason chips of reject and defer; catalogue: decision.reason.KEY."""


@dataclass(frozen=True, slots=True)
class AdvisorRecord:
    """What became of an advisor's cards."""

    advisor: str
    shown: int
    approved: int
    rejected: int
    executed: int
    effective: int
    no_effect: int
    worse: int
    says: float | None
    """Mean confidence of the judged cards."""
    right: float | None
    """Share of them that were EFFECTIVE; None below 10."""
    median_decide_s: float | None
    under_3_s: int
