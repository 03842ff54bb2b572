"""What is learned as a station's normal: the tags that are watched, the rows of its past, a detector made of rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from hmi.loop.detector_port import Detector, DetectorKind, Rows
from hmi.model.machine import MachineState
from hmi.model.plant import Access, Plant, Station, Tag

SECOND = 1_000_000_000
SETTLE_S = 20
"""Rows after a station came back to EXECUTE that are not taken: cycles and speeds run in."""
FIRST, AGAIN = 240, (600, 1200, 1800, 3600)
"""Live rows after which a detector watches, and after which it learns again from all of them."""
HORIZON = {AGAIN[0]: 400.0, AGAIN[1]: 600.0}
"""Below so many rows: over how many a level that wanders is expected to go on; it is learned again soon."""
PLENTY = 900
"""With fewer rows than this the limit is raised: what was not seen yet is no fault."""
PAST_S = 1800
FINE_S = 3.0
"""A past is learned from when its readings lie no further apart than this, on average."""
_NOT_WATCHED = frozenset({"energy", "power", "rate", "reject_share", "yield", "plan", "made", "order_done"})
"""Roles that follow the flow or count what comes out: other rooms look at them."""
_ONE_WAY = 0.9

History = Callable[[str, int, int, int], Any]
"""A tag's points between two moments: something with time_ns and value, None for a gap."""


def watched_tags(plant: Plant, station: Station) -> tuple[Tag, ...]:
    """The tags of a station that say how its process fares: numbers with a unit, no set-points, no counters.

    What counts is what a tag is for, not what its server lets anybody write: many let everything be written.
    """
    role_of = {tag: role for role, tag in station.roles.items()}
    return tuple(
        t
        for t in plant.tags_of(station.id)
        if t.type.is_number and not t.type.is_integer and t.unit and t.access is Access.READ
        and t.unit not in ("kWh", "pcs") and role_of.get(t.id, "") not in _NOT_WATCHED
    )  # fmt: skip


def one_way(rows: Rows) -> npt.NDArray[np.bool_]:
    """Which columns of rows f8[n, k] only ever go one way: supplies that are used up, and counters."""
    found = np.zeros(rows.shape[1], np.bool_)
    for at, steps in enumerate(np.diff(rows, axis=0).T):
        moved = steps[np.isfinite(steps) & (steps != 0)]
        found[at] = len(moved) >= 3 and max((moved > 0).mean(), (moved < 0).mean()) >= _ONE_WAY
    return found


def settings_for(rows: int) -> dict[str, float]:
    """How a detector is set that learned from so many rows: few rows, a higher limit, till it learns again."""
    settings = {"margin": 3.5 * max(1.0, (PLENTY / max(rows, 1)) ** 0.5)}
    horizon = next((rows_on for fewer, rows_on in HORIZON.items() if rows < fewer), None)
    return settings if horizon is None else settings | {"horizon": horizon}


@dataclass(slots=True)
class Learned:
    """A detector with the columns it was not given."""

    detector: Detector
    left_out: npt.NDArray[np.bool_]
    rows: int


def learn(kind: DetectorKind, rows: Rows) -> Learned:
    """A detector that learned from rows f8[n, k]. Raises CannotLearnError."""
    left_out = one_way(rows)
    clean = np.where(left_out, np.nan, rows)
    detector = kind.fresh(settings_for(len(rows)))
    detector.learn(clean)
    return Learned(detector, left_out, len(rows))


def rows_of_past(
    history: History, plant: Plant, station: Station, tags: Sequence[Tag], to_ns: int, fresh_ns: int = 0
) -> Rows:
    """Rows f8[n, k] once a second of the last half hour that the station made product in; few or none where the
    history is coarse. Nothing before fresh_ns: another normal began there."""
    from_ns = max(to_ns - PAST_S * SECOND, fresh_ns)
    grid = np.arange(from_ns, to_ns, SECOND)
    columns: list[npt.NDArray[np.float64]] = []
    for tag in tags:
        times, values = _points(history(tag.id, from_ns, to_ns, 2 * PAST_S))
        if len(times) < 2:
            columns.append(np.full(len(grid), np.nan))
            continue
        at = np.searchsorted(times, grid, side="right") - 1
        columns.append(np.where(at >= 0, values[np.maximum(at, 0)], np.nan))
    rows = np.array(columns).T.reshape(len(grid), len(tags))
    times, values = _points(history(station.roles.get("state", ""), from_ns, to_ns, 2 * PAST_S))
    if not len(times):
        return rows[:0]
    running = np.array([_runs(station, v) for v in values], np.bool_)
    began = np.diff(running, prepend=False) & running
    since = np.maximum.accumulate(np.where(began, times, times[0]))
    at = np.maximum(np.searchsorted(times, grid, side="right") - 1, 0)
    keep = (grid >= times[0]) & running[at] & (grid - since[at] >= SETTLE_S * SECOND)
    kept = rows[keep]
    moved = np.array([np.count_nonzero(np.diff(c[np.isfinite(c)])) for c in kept.T]) if len(kept) > 1 else np.zeros(1)
    fine = moved.max(initial=0) >= len(kept) / FINE_S / 2  # half the looks show no change at the tag's resolution
    return kept if fine else rows[:0]


def _points(series: Any) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    times = np.array(series.time_ns, np.int64)
    values = np.array([np.nan if v is None else float(v) for v in series.value], np.float64)
    order = np.argsort(times, kind="stable")
    return times[order], values[order]


def _runs(station: Station, value: float) -> bool:
    rule = None if value != value else station.states.get(f"{value:g}")
    return rule is not None and rule.state is MachineState.EXECUTE
