"""The twin's parameters from history: cycle times, times between failures, times to repair, what a line is fed with.

Given as plain arrays and spans; what a plant's configuration says of itself is never used. A station with little
history leans on its sisters, one without any on an assumption that is marked as such.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hmi.model.machine import MachineState, StateSpan, TimeClass
from hmi.model.network import Pace, Repair

SHORT_STOP_S = 5.0
"""Stops below this are part of the cycle's spread, not failures."""
ASSUMED = Repair(600.0, 0.8, 0)
_PRIOR_CASES = 4
"""Sisters' repairs count like this many of a station's own."""
_PRIOR_S = 8 * 3600.0
"""Production without a failure that all stations together are credited with: one early failure is not yet a habit."""
_RISING = (MachineState.CLEARING, MachineState.RESETTING, MachineState.UNHOLDING, MachineState.STARTING)
"""On the way back to work after a stop: it makes nothing yet."""
_REJECT_UNITS = 60
"""What a station rejects of late is weighed against as many units of its longer past."""
_FAILED = (MachineState.ABORTING, MachineState.ABORTED, MachineState.HOLDING, MachineState.HELD)
_BUSIEST = 0.75


@dataclass(frozen=True, slots=True)
class Record:
    """What history tells of one station; times in seconds."""

    cycles: Sequence[float] = ()
    """Readings of its cycle time, if it tells them."""
    units: int = 0
    """Good and rejected units while it was watched."""
    worked_s: float = 0.0
    """Time in production."""
    ups: Sequence[float] = ()
    """Production time before each failure, since the one before."""
    repairs: Sequence[float] = ()
    """How long each ended failure took."""
    rejects: int = 0
    """Of its units."""
    late_units: int = 0
    """Units of late."""
    late_rejects: int = 0
    """Of them rejected."""


def record_of(spans: Iterable[StateSpan], units: int, now_ns: int, cycles: Sequence[float] = ()) -> Record:
    """The record of a station by its spans in the order of time and the units that it made in them."""
    worked = since = down = 0.0
    ups: list[float] = []
    repairs: list[float] = []
    failing = False
    for span in spans:
        lasted = ((span.end_ns if span.end_ns is not None else now_ns) - span.start_ns) / 1e9
        is_down = span.state in _FAILED and span.counts_as is TimeClass.DOWN
        if is_down or (down and span.state in _RISING):
            down += lasted
            if span.end_ns is None:
                failing = True
            continue
        if down >= SHORT_STOP_S and not failing:
            ups.append(since)
            repairs.append(down)
            since = 0.0
        down = 0.0
        if span.counts_as is TimeClass.PRODUCTION:
            worked += lasted
            since += lasted
    return Record(cycles, units, worked, tuple(ups), tuple(repairs))


def paces(records: Mapping[str, Record], fallback: Mapping[str, float]) -> dict[str, Pace]:
    """The pace of every station; fallback: seconds a unit of one that never told."""
    pooled = [t for r in records.values() for t in r.repairs]
    shared = _lognormal(pooled, ASSUMED)
    usual = (sum(r.worked_s for r in records.values()) + _PRIOR_S) / (len(pooled) + 1)
    found = {}
    for name, record in records.items():
        cycle, spread, measured = cycle_of(record, fallback.get(name, 10.0))
        # one failure after as long as is usual among its sisters weighs like one of its own
        between = (record.worked_s + usual) / (len(record.repairs) + 1) if record.worked_s > 0 else math.inf
        repair = _lognormal(record.repairs, shared)
        found[name] = Pace(cycle, spread, between, repair, measured, round(reject_of(record), 4))
    return found


def reject_of(record: Record) -> float:
    """Share of its units that a station rejects: of late, leaning on its longer past while there are few."""
    usual = min(record.rejects / record.units, 1.0) if record.units > 0 else 0.0
    return min(1.0, (record.late_rejects + _REJECT_UNITS * usual) / (max(record.late_units, 0) + _REJECT_UNITS))


def abort_repairs(spans: Mapping[str, Iterable[StateSpan]]) -> dict[str, Repair]:
    """Times to repair of each station after an abort, which somebody has to come for; empty where none is on record.

    Short stops are many and end by themselves soon: they say nothing of how long an aborted station stands.
    """
    own = {
        name: [
            (span.end_ns - span.start_ns) / 1e9
            for span in of_station
            if span.state is MachineState.ABORTED and span.end_ns is not None
            and span.end_ns - span.start_ns >= SHORT_STOP_S * 1e9
        ]
        for name, of_station in spans.items()
    }  # fmt: skip
    pooled = [t for times in own.values() for t in times]
    if not pooled:
        return {}
    shared = _lognormal(pooled, ASSUMED)
    return {name: _lognormal(times, shared) for name, times in own.items()}


def cycle_of(record: Record, fallback: float) -> tuple[float, float, bool]:
    """Seconds a unit, its relative spread, and whether it was measured: by readings, else by units in production."""
    cycles = np.asarray([c for c in record.cycles if math.isfinite(c) and c > 0], dtype=float)
    if len(cycles) >= 5:
        middle = float(np.median(cycles))
        kept = cycles[np.abs(cycles - middle) <= 2 * middle]
        spread = 1.4826 * float(np.median(np.abs(kept - middle))) / middle
        return float(kept.mean()), min(max(spread, 0.005), 1.0), True
    if record.units >= 10 and record.worked_s > 0:
        return record.worked_s / record.units, 0.1, True
    return fallback, 0.1, False


def rate_of(minutes: Mapping[int, int]) -> float | None:
    """Units an hour that a line is fed with when nothing stands in its way; minutes: units by minute (number).

    The upper quartile of five-minute sums: failures, breaks and blocked stretches lie below it.
    """
    if not minutes:
        return None
    first, last = min(minutes), max(minutes)
    sums = [sum(minutes.get(m + i, 0) for i in range(5)) for m in range(first, last - 3, 5)]
    busy = [s for s in sums if s > 0]
    if len(busy) < 2:
        return None
    return float(np.quantile(busy, _BUSIEST)) * 12.0


def _lognormal(times: Sequence[float], prior: Repair) -> Repair:
    """A lognormal of times to repair, leaning on a prior while there are few."""
    if not times:
        return Repair(prior.median_s, prior.sigma, 0)
    logs = np.log(np.maximum(np.asarray(times, dtype=float), 1.0))
    count = len(logs)
    weight = _PRIOR_CASES if prior.cases or count < _PRIOR_CASES else 0
    middle = (float(logs.sum()) + weight * math.log(prior.median_s)) / (count + weight)
    own = float(((logs - middle) ** 2).sum())
    sigma = math.sqrt((own + weight * prior.sigma**2) / (count + weight))
    return Repair(math.exp(middle), min(max(sigma, 0.1), 2.0), count)
