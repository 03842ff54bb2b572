"""What an inspection says: findings on a picture and the verdict they lead to. Unknown is a verdict, and never PASS."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hmi.model.text import Text
from hmi.model.words import say

Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels of the inspected picture; right and bottom are the first pixels outside."""


class Verdict(StrEnum):
    """What may be done with the unit; UNDECIDED holds it until a person has looked."""

    PASS = "PASS"  # noqa: S105 - a verdict, not a password
    FAIL = "FAIL"
    UNDECIDED = "UNDECIDED"

    @property
    def label(self) -> Text:
        """The word on the screen."""
        return say(f"vision.verdict.{self.value}")


class DefectClass(StrEnum):
    """The six kinds of a wrong conductor pattern, named as the DeepPCB set names them."""

    OPEN = "open"
    SHORT = "short"
    MOUSEBITE = "mousebite"
    SPUR = "spur"
    COPPER = "copper"
    PIN_HOLE = "pin-hole"

    @property
    def label(self) -> Text:
        """The word on the screen."""
        return say(f"vision.class.{self.value}")


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where the picture leaves its golden.

    score runs from 0 (hardly more than the tolerance) to 1 (beyond doubt); area counts the wrong pixels inside the box.
    """

    box: Box
    kind: DefectClass
    score: float
    area: int

    def to_json(self) -> dict[str, object]:
        """The form scripts get: {box, class, score, area}."""
        return {"box": list(self.box), "class": self.kind.value, "score": round(self.score, 4), "area": self.area}


@dataclass(frozen=True, slots=True)
class Inspection:
    """The result of one picture: score is that of the worst finding (0 without any), None while undecided.

    ms is the time that the inspection took; why says in words what kept it from deciding.
    """

    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    score: float | None = None
    ms: float = 0.0
    why: Text | None = None

    @classmethod
    def undecided(cls, why: Text, ms: float = 0.0) -> Inspection:
        """The safe answer: nothing is claimed about the unit, and a person is told why."""
        return cls(Verdict.UNDECIDED, (), None, ms, why)

    @classmethod
    def decided(cls, findings: tuple[Finding, ...], ms: float) -> Inspection:
        """PASS without findings, FAIL with any; the worst comes first."""
        ordered = tuple(sorted(findings, key=lambda f: -f.score))
        verdict = Verdict.FAIL if ordered else Verdict.PASS
        return cls(verdict, ordered, ordered[0].score if ordered else 0.0, ms)

    def to_json(self) -> dict[str, object]:
        """The form scripts get: {verdict, score, ms, findings, why}; why only when there is one."""
        form: dict[str, object] = {
            "verdict": self.verdict.value,
            "score": None if self.score is None else round(self.score, 4),
            "ms": round(self.ms, 2),
            "findings": [f.to_json() for f in self.findings],
        }
        if self.why is not None:
            form["why"] = self.why.to_json()
        return form
