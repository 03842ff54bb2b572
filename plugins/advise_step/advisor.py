"""A drifting reading: a bounded step of its set-point that brings it back, or that somebody goes and looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hmi.api import (
    Access,
    AdviceKind,
    AdvisorView,
    Alternative,
    Cause,
    Confidence,
    Deviation,
    Evidence,
    Expected,
    Later,
    Plant,
    Quality,
    Recommendation,
    Tag,
    Write,
    say,
)

NAME, VERSION = "advise_step", "1.0.0"
WINDOW_S, EXPIRES_S = 120.0, 180.0
INSPECT_WINDOW_S, INSPECT_EXPIRES_S = 600.0, 900.0
SLOPE_S = 60
SURE_S = 6.0
"""So long after a deviation it is looked again at a reading that moves away from the middle of its band: at first the
slope of the last minute is mostly that of the time before."""
AIM = 0.65
"""The step aims at the middle of the desired band for this part of the window: a drift goes on meanwhile."""
SECOND = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Drift:
    """Where a reading is, and how fast it moves."""

    level: float
    slope: float
    """Per second."""

    def after(self, seconds: float) -> float:
        """Where it will be if nothing is done."""
        return self.level + self.slope * seconds


def set_point_of(plant: Plant, tag: Tag) -> Tag | None:
    """The set-point behind a reading: of the same station and unit, named for it by its role or by its id."""
    station = plant.station.get(tag.place)
    if station is None:
        return None
    role_of = {t: role for role, t in station.roles.items()}
    role = role_of.get(tag.id, "")
    for other in plant.tags_of(station.id):
        if other.access is not Access.SETPOINT or not other.writable or other.unit != tag.unit:
            continue
        theirs = role_of.get(other.id, "")
        if role and theirs in (f"target_{role}", f"{role}_setpoint", f"{role}_target"):
            return other
        stem = other.id.removeprefix(f"{station.id}.").removesuffix("Setpoint")
        if stem != other.id.removeprefix(f"{station.id}.") and tag.id.removeprefix(f"{station.id}.").startswith(stem):
            return other
    return None


def drift_of(points: Sequence[tuple[int, float | None]], now_ns: int) -> Drift | None:
    """Level and slope of the last minute; None with too few readings."""
    known = [((at - now_ns) / SECOND, v) for at, v in points if v is not None and at > now_ns - SLOPE_S * SECOND]
    if len(known) < 5:
        return None
    t, y = np.array([k[0] for k in known]), np.array([k[1] for k in known])
    if np.ptp(t) < SLOPE_S / 4:
        return Drift(float(y.mean()), 0.0)
    slope, level = np.polyfit(t, y, 1)
    return Drift(float(level), float(slope))


def bounded(plant: Plant, asked: Tag, now: float, step: float) -> float:
    """The step as far as range, guard and the largest single step let it go, in steps of the tag's digits."""
    guard = plant.guard.get(asked.id)
    if guard is not None and guard.max_step is not None:
        step = max(-guard.max_step, min(guard.max_step, step))
    value = now + step
    for span in (asked.range, None if guard is None else guard.limits):
        if span is not None:
            value = max(span.low, min(span.high, value))
    digits = 1 if asked.digits is None else asked.digits
    return round(value, digits) - now


class StepAdvisor:
    """Answers to readings that left their normal."""

    name = NAME

    def takes(self, deviation: Deviation, causes: Sequence[Cause]) -> bool:
        """Deviations of machine readings."""
        return deviation.detector not in ("reject-run", "station-failure") and bool(deviation.tags)

    async def propose(
        self, deviation: Deviation, causes: Sequence[Cause], view: AdvisorView
    ) -> Recommendation | Later | None:
        """A step where a set-point stands behind the reading and the reading leaves its desired band; else a look."""
        moves_away = False
        for name in deviation.tags[:2]:
            tag = view.plant.tag[name]
            asked = set_point_of(view.plant, tag)
            if asked is None or tag.desired is None:
                continue
            now = view.now_ns()
            drift = drift_of(await view.history(tag.id, now - 2 * SLOPE_S * SECOND, now, 240), now)
            said = view.reading(asked.id)
            if drift is None or said.quality is not Quality.GOOD or not isinstance(said.value, int | float):
                continue
            target = (tag.desired.low + tag.desired.high) / 2
            if tag.desired.low <= drift.after(WINDOW_S) <= tag.desired.high:
                moves_away |= (drift.level - target) * drift.slope > 0
                continue  # it stays in its band by itself
            step = bounded(view.plant, asked, float(said.value), target - drift.after(AIM * WINDOW_S))
            if abs(step) >= 0.05 * (tag.desired.high - tag.desired.low):
                return _step(deviation, causes, view, tag, asked, float(said.value), step, drift)
        if moves_away and view.now_ns() - deviation.at_ns < SURE_S * SECOND:
            return Later()
        return _inspect(deviation, causes, view)


def _trend(deviation: Deviation, view: AdvisorView, tags: tuple[str, ...]) -> Evidence:
    return Evidence("trend", say("advise.step_trend"), tags, deviation.at_ns - 900 * SECOND, view.now_ns())


def _step(
    deviation: Deviation,
    causes: Sequence[Cause],
    view: AdvisorView,
    tag: Tag,
    asked: Tag,
    now: float,
    step: float,
    drift: Drift,
) -> Recommendation:
    assert tag.desired is not None
    unit, value = tag.unit, now + step
    digits = 1 if asked.digits is None else asked.digits
    # the slope of one minute is no forecast of two: what is declared is what the step was reckoned for
    alone = drift.after(WINDOW_S)
    helped = drift.after(AIM * WINDOW_S) + step
    expected = _expected(tag, alone, helped, step)
    what = say(
        "advise.step_what", asked=asked.name, now=f"{now:.{digits}f}", value=f"{value:.{digits}f}", unit=unit,
        tag=tag.name,
    )  # fmt: skip
    inside = tag.desired.low <= helped <= tag.desired.high
    return Recommendation(
        NAME, AdviceKind.STEP, deviation.place, what, tuple(causes),
        (_trend(deviation, view, (tag.id, asked.id)),), (), expected,
        Confidence(0.8 if inside else 0.55, 0, 0, False, NAME, VERSION, 0),
        (
            Alternative(what, True, helped, None, None, unit),
            Alternative(say("advise.step_stop"), False, None, None, None, "", say("advise.step_stop_note")),
            Alternative(say("advise.nothing"), False, alone, None, None, unit),
        ),
        (Write(asked.id, now, value, now, 10.0**-digits / 2),), say("advise.step_undo"), EXPIRES_S, True,
        (tag.id, asked.id), key=f"step:{asked.id}",
    )  # fmt: skip


def _expected(tag: Tag, alone: float, helped: float, step: float) -> Expected:
    """Value and band in one statement: the reading comes to the value, and lies within the band around it.

    Where the step brings it into its desired band, that is the band. Where range or guard leave no step so large, it is
    declared to come at least half of the way that the step takes it.
    """
    assert tag.desired is not None
    low, high = tag.desired.low, tag.desired.high
    if not low <= helped <= high:
        half = (alone + helped) / 2
        low, high = (min(helped, low), half) if step < 0 else (half, max(helped, high))
    return Expected(
        say("advise.step_measure", tag=tag.name), tag.id, tag.unit, -1 if step < 0 else 1, alone, helped, low, high,
        WINDOW_S,
    )  # fmt: skip


def _inspect(deviation: Deviation, causes: Sequence[Cause], view: AdvisorView) -> Recommendation:
    station = view.plant.station[deviation.place]
    place = say("decision.place", line=view.plant.line[station.line].name, station=station.name)
    what = say("advise.inspect_what", station=place, tag=view.plant.tag[deviation.tags[0]].name)
    measure = f"deviation:{deviation.detector}/{deviation.place}"
    return Recommendation(
        NAME, AdviceKind.INSPECT, deviation.place, what, tuple(causes),
        (_trend(deviation, view, deviation.tags[:3]),), (),
        Expected(say("advise.inspect_measure"), measure, "", -1, 1.0, 0.0, 0.0, 0.0, INSPECT_WINDOW_S),
        Confidence(0.5, 0, 0, False, NAME, VERSION, 0),
        (
            Alternative(what, True, None, None, None, ""),
            Alternative(say("advise.nothing"), False, None, None, None, ""),
        ),
        (), say("advise.nothing_written"), INSPECT_EXPIRES_S, False, (), key=f"inspect:{deviation.place}",
    )  # fmt: skip
