"""What came of a card: measured against what it declared, with a control that nobody touched beside it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hmi.model.decision import Effect, Expected
from hmi.model.plant import Line, Plant
from hmi.model.quality import Quality
from hmi.model.reading import Reading

SECOND = 1_000_000_000
DEFAULT_S = 30.0
MARGIN = 0.25
"""Share of the declared change that a value must have gone the wrong way to be WORSE."""
LEAST_CONTROL = 0.3
GOOD, MOVED, STANDING = "good:", "hold:moved", "deviation:"
"""Measures that are no tag: good units of lines (``good:L1+L3``), held units that moved, whether a deviation stands."""


def judge(
    expected: Expected,
    measured: float | None,
    control: float | None = None,
    whole: bool = True,
    excused: float = 0.0,
) -> Effect:
    """What came of it. Pure.

    control: what the control did, as a share of what it was expected to do (1: as usual); a control that made less
    lowers what is asked. whole: that which had to be seen beside the measure was seen (units on the planned lanes,
    gates closed). excused: units of a count that could not be made for other causes, seen at the stations.
    """
    if measured is None:
        return Effect.NO_EFFECT
    share = 1.0 if control is None else min(1.0, max(LEAST_CONTROL, control))
    up = expected.direction >= 0
    banded = ":" not in expected.tag  # a tag has to come into its band; a count only has to reach it
    excuse = excused if up and not banded else 0.0
    low, high = (expected.low * share - excuse, expected.high) if up else (expected.low, expected.high)
    reached = low <= measured <= high if banded else measured >= low if up else measured <= high
    if reached:
        return Effect.EFFECTIVE if whole else Effect.NO_EFFECT
    if expected.now is None:
        return Effect.NO_EFFECT
    now = expected.now * share - excuse if up and not banded else expected.now
    margin = MARGIN * abs(expected.value - expected.now)
    if not banded:  # counts scatter: less than that is no harm
        margin = max(margin, abs(expected.high - expected.value))
    worse = _outside(measured, low, high) > _outside(now, low, high) + margin
    return Effect.WORSE if worse else Effect.NO_EFFECT


def _outside(value: float, low: float, high: float) -> float:
    return max(low - value, value - high, 0.0)


def lines_of(measure: str) -> list[str]:
    """The lines whose good units are counted."""
    return [line for line in measure.removeprefix(GOOD).split("+") if line] if measure.startswith(GOOD) else []


def good_counts(plant: Plant, reading: Callable[[str], Reading]) -> dict[str, float]:
    """What the last station's good counter of every line says now; lines that do not say are left out."""
    found = {}
    for line in plant.lines:
        tag = good_tag(plant, line)
        said = reading(tag) if tag else None
        if said is not None and said.quality is Quality.GOOD and isinstance(said.value, int | float):
            found[line.id] = float(said.value)
    return found


def good_tag(plant: Plant, line: Line) -> str:
    """The tag of a line's good units: the counter of its last station that has one."""
    tags = [s.roles["good"] for s in plant.stations_of(line.id) if s.roles.get("good") in plant.tag]
    return tags[-1] if tags else ""


def made_since(before: Mapping[str, float], now: Mapping[str, float], lines: Sequence[str]) -> float | None:
    """Good units of these lines since; None where a counter is not known or began anew."""
    made = [now[line] - before[line] for line in lines if line in now and line in before]
    return sum(made) if len(made) == len(lines) and made and min(made) >= 0 else None


def control_share(before: Mapping[str, Any], begun: Mapping[str, Any], now: Mapping[str, Any]) -> float | None:
    """What the control lines made in the window as a share of what they made before it; None where nobody can tell.

    Each argument: {"at_ns": ns, "good": {line: count}} of the untouched lines: at the proposal, at the beginning of
    the window, at its end.
    """
    first_s, then_s = ((b["at_ns"] - a["at_ns"]) / SECOND for a, b in ((before, begun), (begun, now)))
    lines = sorted(set(before["good"]) & set(begun["good"]) & set(now["good"]))
    usual = made_since(before["good"], begun["good"], lines)
    made = made_since(begun["good"], now["good"], lines)
    if usual is None or made is None or first_s < DEFAULT_S or then_s <= 0 or usual < 3:
        return None
    return float((made / then_s) / (usual / first_s))
