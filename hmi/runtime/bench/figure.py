"""A measured figure beside its raw baseline, and taking both in turns."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the bench. ratio is ours over baseline; both were measured in turns in one run."""

    name: str
    value: float
    unit: str
    baseline: float
    baseline_is: str
    """What the raw baseline did."""
    bar: str = ""
    """The figure asked for, in words."""

    @property
    def ratio(self) -> float | None:
        """Ours over the baseline; None where it measured nothing."""
        return None if self.baseline == 0 else self.value / self.baseline

    def to_json(self) -> dict[str, object]:
        """The form scripts get."""
        return {**asdict(self), "ratio": self.ratio}


def interleaved(
    ours: Callable[[], float], raw: Callable[[], float], rounds: int = 5
) -> tuple[float, float, Sequence[float]]:
    """Medians of both measurements taken in turns, and the ratio of each turn: disturbances hit both."""
    a, b = [], []
    for turn in range(rounds):
        if turn % 2:
            b.append(raw())
            a.append(ours())
        else:
            a.append(ours())
            b.append(raw())
    return statistics.median(a), statistics.median(b), [x / y for x, y in zip(a, b, strict=True) if y]
