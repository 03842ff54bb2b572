"""Measuring what a card is judged by: its measure and the control, at the end of the window."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hmi.loop.doors import Doors
from hmi.loop.judging import (
    DEFAULT_S,
    GOOD,
    MOVED,
    SECOND,
    STANDING,
    control_share,
    good_counts,
    lines_of,
    made_since,
)
from hmi.model.decision import AdviceKind
from hmi.model.quality import Quality
from hmi.model.text import Text
from hmi.model.words import say
from hmi.store.decisions import Card

MEAN_S = 20
"""A value is judged by its mean over so many seconds at the end of its window."""
LATE = 1.1
"""A count that ran for so many times its window, since no engine was there at the end, is brought to the window."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured at the end of a window."""

    value: float | None
    control: float | None
    share: float | None
    """The control as a share of what it was expected to do."""
    whole: bool
    why: Text | None = None


class Measure:
    """Measures what cards declared."""

    def __init__(self, doors: Doors, standing: Callable[[str, str], bool], whole: Callable[[Card], bool]) -> None:
        """standing(detector, place): whether a deviation stands; whole: whether the plant reports all as ordered."""
        self._doors, self._standing, self._whole = doors, standing, whole

    async def of(self, card: Card, now_ns: int) -> Measured:
        """What a card's measure says now, beside its control."""
        expected = card.advice.expected
        if expected is None:
            return Measured(None, None, None, self._whole(card))
        tag = expected.tag
        if tag == MOVED:
            number = card.outside.partition(":")[2]
            hold = self._doors.holds.find(int(number)) if number else None
            closed = hold is not None and all(g.closed for g in hold.gates)
            why = None if closed else say("decision.gates_open")
            return Measured(None if hold is None else float(hold.moved), None, None, closed, why)
        if tag.startswith(STANDING):
            detector, _, place = tag.removeprefix(STANDING).partition("/")
            return Measured(float(self._standing(detector, place)), None, None, True)
        if tag.startswith(GOOD):
            return self._good(card, lines_of(tag), now_ns)
        value = await self._mean(tag, now_ns)
        beside = self._beside(tag)
        return Measured(value, await self._mean(beside, now_ns) if beside else None, None, True)

    def _good(self, card: Card, lines: list[str], now_ns: int) -> Measured:
        begun, now = card.facts.get("begun"), self.counts(now_ns)
        if begun is None:
            return Measured(None, None, None, False)
        value = made_since(begun["good"], now["good"], lines)
        others = [line.id for line in self._doors.plant.lines if line.id not in lines]
        control = made_since(begun["good"], now["good"], others) if others else None
        lasted_s = (now_ns - begun["at_ns"]) / SECOND
        window_s = DEFAULT_S if card.advice.expected is None else card.advice.expected.window_s
        if lasted_s > LATE * window_s:
            part = window_s / lasted_s
            value, control = (None if made is None else round(made * part, 1) for made in (value, control))
        share = None
        before = card.facts.get("proposed")
        if before is not None and others:
            share = control_share(*(_only(c, others) for c in (before, begun, now)))
        whole, why = True, None
        if card.advice.kind is AdviceKind.REROUTE:
            number = card.outside.partition(":")[2]
            route = self._doors.routes.find(int(number)) if number else None
            whole = route is not None and (route.units > 0 or route.state == "CONFIRMED")
            why = None if whole else say("decision.no_units")
        return Measured(value, control, share, whole, why)

    def counts(self, now_ns: int) -> dict[str, Any]:
        """What the lines have made until now: {"at_ns": ns, "good": {line: count}}."""
        return {"at_ns": now_ns, "good": good_counts(self._doors.plant, self._doors.reading)}

    def _beside(self, tag: str) -> str:
        """The same tag of the same station on a line beside; empty where there is none."""
        plant = self._doors.plant
        here = plant.station.get(plant.tag[tag].place) if tag in plant.tag else None
        if here is None:
            return ""
        suffix = tag.removeprefix(here.id)
        return next(
            (
                s.id + suffix for s in plant.stations
                if s.line != here.line and s.order == here.order and s.id + suffix in plant.tag
            ),
            "",
        )  # fmt: skip

    async def _mean(self, tag: str, now_ns: int) -> float | None:
        said = self._doors.reading(tag)
        value = float(said.value) if said.quality is Quality.GOOD and isinstance(said.value, int | float) else None
        if self._doors.history is None or value is None:
            return value
        series = await asyncio.to_thread(self._doors.history, tag, now_ns - MEAN_S * SECOND, now_ns, 200)
        known = [float(v) for v in series.value if v is not None]
        return sum(known) / len(known) if known else value


def _only(counts: Mapping[str, Any], lines: Sequence[str]) -> dict[str, Any]:
    return {"at_ns": counts["at_ns"], "good": {k: v for k, v in counts["good"].items() if k in lines}}
