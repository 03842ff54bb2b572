"""A closed interval of a quantity."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A closed interval of a quantity: engineering range, desired band."""

    low: float
    high: float
