"""Machine readings under watch: one detector for each station while it makes product, what it learns from and when.

A row is taken once a second while the station is in EXECUTE, and for some seconds not after it came back. A detector
learns from the history where that is fine enough, else from live rows; never from rows of a time that something was
wrong at the station. Learning runs on a thread of its own.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from hmi.loop.detector_port import CannotLearnError, CannotRestoreError, DetectorKind, Row, Rows
from hmi.loop.normal import AGAIN, FIRST, SETTLE_S, History, Learned, learn, rows_of_past, watched_tags
from hmi.model.machine import MachineState, StateSpan
from hmi.model.plant import Access, Plant, Station, Tag
from hmi.model.quality import Quality
from hmi.model.reading import Reading
from hmi.model.text import Text
from hmi.model.words import say

log = logging.getLogger("linekeeper.loop")

SECOND = 1_000_000_000
STANDS_S = 120
"""So long an alarm stands on while its station waits for others: a starved moment heals nothing."""
FORGET = 60
"""Rows before a deviation that are not learned from: it may have begun in them."""
_SHARE = 0.1
"""Tags with a smaller share of the statistic are not named."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A detector's alarm on a station."""

    statistic: float
    limit: float
    tags: tuple[str, ...]
    shares: tuple[float, ...]


@dataclass(slots=True)
class _Watch:
    station: Station
    tags: tuple[Tag, ...]
    setpoints: tuple[Tag, ...]
    learned: Learned | None = None
    rows: deque[Row] = field(default_factory=lambda: deque(maxlen=AGAIN[-1]))
    count: int = 0
    """Live rows since the last fresh start."""
    due: list[int] = field(default_factory=lambda: [FIRST, *AGAIN])
    pending: Future[Learned | None] | None = None
    since_ns: int = 0
    """Since when the station is in EXECUTE; 0: it is not."""
    left_ns: int = 0
    """When it was last seen to leave EXECUTE."""
    asked: dict[str, float] = field(default_factory=dict)
    seen: Seen | None = None
    why: Text | None = None
    fresh_ns: int = 0
    """Nothing before this moment is its normal: a set-point moved then, or what was wrong is over on purpose."""


class Signals:
    """The detectors of all stations."""

    def __init__(
        self,
        plant: Plant,
        kind: DetectorKind | None,
        reading: Callable[[str], Reading],
        state: Callable[[str], StateSpan | None],
        history: History | None,
    ) -> None:
        """history is asked on the learning thread; None: there is none."""
        self._plant, self.kind, self._reading, self._state, self._history = plant, kind, reading, state, history
        self._watches: dict[str, _Watch] = {}
        if kind is not None:
            for station in plant.stations:
                tags = watched_tags(plant, station)
                if tags and "state" in station.roles:
                    own = plant.tags_of(station.id)
                    asked = tuple(t for t in own if t.access is Access.SETPOINT)
                    self._watches[station.id] = _Watch(station, tags, asked)
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="learning")
        self._asked_past = False

    def restore(self, kept: Mapping[str, tuple[int, dict[str, Any]]]) -> None:
        """Go on with what detectors learned before; what does not fit the plant any more is learned anew."""
        assert self.kind is not None or not self._watches
        for place, watch in self._watches.items():
            state = kept.get(f"{self.name}/{place}")
            if state is None or self.kind is None or state[1].get("tags") != [t.id for t in watch.tags]:
                continue
            watch.fresh_ns = int(state[1].get("fresh_ns", 0))
            if "detector" not in state[1]:
                continue  # what it had learned is its normal no more
            try:
                detector = self.kind.restore(state[1]["detector"])
                left_out = np.array(state[1]["left_out"], np.bool_)
            except (CannotRestoreError, KeyError, TypeError, ValueError):
                log.info("the detector of %s learns anew", place)
                continue
            detector.pause()
            watch.learned = Learned(detector, left_out, int(state[1].get("rows", 0)))
            watch.due = [n for n in AGAIN if n > watch.learned.rows]

    def states(self) -> dict[str, dict[str, Any]]:
        """What is to be kept of every detector, by key; of one that forgot, that it did."""
        return {
            f"{self.name}/{place}": {
                "tags": [t.id for t in w.tags], "fresh_ns": w.fresh_ns, **({} if w.learned is None else {
                    "left_out": w.learned.left_out.tolist(), "rows": w.learned.rows,
                    "detector": w.learned.detector.to_json(),
                }),
            }
            for place, w in self._watches.items() if w.learned is not None or w.fresh_ns
        }  # fmt: skip

    @property
    def name(self) -> str:
        """The detector's name."""
        return "" if self.kind is None else self.kind.name

    def alarms(self) -> dict[str, Seen]:
        """Stations in alarm now."""
        return {place: w.seen for place, w in self._watches.items() if w.seen is not None}

    def learning(self) -> list[Text]:
        """What is not watched yet, and what it waits for."""
        waits = [w for w in self._watches.values() if w.learned is None]
        told = [say("decision.cannot_learn", station=w.station.name, why=w.why) for w in waits if w.why is not None]
        rows = [w.count for w in waits if w.why is None and w.pending is None]
        if rows:
            left = max(1, round((FIRST - min(rows)) / 60))
            told.append(say("decision.learning", detector=self.name, stations=len(rows), minutes=left))
        past = sum(w.pending is not None for w in waits)
        if past:
            told.append(say("decision.learning_past", detector=self.name, stations=past))
        return told

    def look(self, now_ns: int, abnormal: frozenset[str], part: int = 0, parts: int = 1) -> None:
        """Take this second's rows of every station whose number is ``part`` modulo ``parts``; call once a second.

        abnormal: stations at which something is known to be wrong; nothing is learned there.
        """
        if not self._asked_past and self._history is not None:
            self._asked_past = True
            for watch in self._watches.values():
                if watch.learned is None:
                    watch.pending = self._worker.submit(self._from_past, watch, now_ns)
        for watch in list(self._watches.values())[part::parts]:
            self._look(watch, now_ns, watch.station.id in abnormal)

    def settled(self, place: str, now_ns: int) -> None:
        """Whatever was wrong at a station is over on purpose: what it does now is learned as its normal."""
        watch = self._watches.get(place)
        if watch is not None:
            self._anew(watch, now_ns)

    def close(self) -> None:
        """Stop learning."""
        self._worker.shutdown(wait=False, cancel_futures=True)

    def _look(self, w: _Watch, now_ns: int, abnormal: bool) -> None:
        self._take_learned(w)
        span = self._state(w.station.id)
        if span is None or span.state is not MachineState.EXECUTE:
            if w.since_ns:
                w.left_ns = now_ns
                if w.learned is not None:
                    w.learned.detector.pause()
            w.since_ns = 0
            waits = span is not None and span.state is MachineState.SUSPENDED
            if not waits or now_ns - w.left_ns >= STANDS_S * SECOND:
                w.seen = None
            return
        if w.since_ns == 0:
            w.since_ns = now_ns if now_ns - span.start_ns < SETTLE_S * SECOND else now_ns - SETTLE_S * SECOND
        if now_ns - w.since_ns < SETTLE_S * SECOND:
            return
        if self._setpoint_moved(w) and not abnormal and w.seen is None:
            self._anew(w, now_ns)
            w.since_ns = now_ns
            return
        row = np.array([_number(self._reading(t.id)) for t in w.tags])
        if w.learned is not None:
            self._score(w, row)
        if abnormal or w.seen is not None or not np.isfinite(row).any():
            return
        w.rows.append(row)
        w.count += 1
        if w.due and w.count >= w.due[0] and w.pending is None and self.kind is not None:
            w.due.pop(0)
            w.pending = self._worker.submit(self._from_rows, w, np.array(w.rows))

    def _score(self, w: _Watch, row: Row) -> None:
        assert w.learned is not None
        score = w.learned.detector.score(np.where(w.learned.left_out, np.nan, row))
        if score.alarm is None:
            return
        if not score.alarm:
            w.seen = None
            return
        if w.seen is None:
            for _ in range(min(FORGET, len(w.rows))):
                w.rows.pop()
        parts = np.nan_to_num(score.contributions, nan=0.0)
        shares = parts / max(float(parts.sum()), 1e-12)
        order = [int(i) for i in np.argsort(-shares) if shares[i] >= _SHARE] or [int(np.argmax(shares))]
        w.seen = Seen(
            score.statistic, score.limit, tuple(w.tags[i].id for i in order), tuple(float(shares[i]) for i in order)
        )

    def _take_learned(self, w: _Watch) -> None:
        if w.pending is None or not w.pending.done():
            return
        done, w.pending = w.pending, None
        try:
            found = done.result()
        except CannotLearnError as fault:
            w.why = fault.why
            w.due = w.due or [w.count + FIRST]
            return
        except Exception:
            log.exception("learning of %s failed", w.station.id)
            return
        if found is not None and w.seen is None:
            found.detector.pause()
            w.learned, w.why = found, None
            w.due = [n for n in w.due if n > found.rows]

    def _from_past(self, w: _Watch, now_ns: int) -> Learned | None:
        assert self._history is not None and self.kind is not None
        rows = rows_of_past(self._history, self._plant, w.station, w.tags, now_ns, w.fresh_ns)
        return learn(self.kind, rows) if len(rows) >= FIRST else None

    def _from_rows(self, w: _Watch, rows: Rows) -> Learned | None:
        assert self.kind is not None
        return learn(self.kind, rows)

    def _anew(self, w: _Watch, now_ns: int) -> None:
        w.learned = w.seen = w.why = None
        w.fresh_ns = now_ns
        if w.pending is not None:  # it learns from rows that count no more
            w.pending.cancel()
            w.pending = None
        w.rows.clear()
        w.count, w.due = 0, [FIRST, *AGAIN]

    def _setpoint_moved(self, w: _Watch) -> bool:
        moved = False
        for tag in w.setpoints:
            value = _number(self._reading(tag.id))
            if value != value:
                continue
            moved |= w.asked.get(tag.id, value) != value
            w.asked[tag.id] = value
        return moved


def _number(reading: Reading) -> float:
    if reading.quality is not Quality.GOOD or isinstance(reading.value, str | None):
        return float("nan")
    return float(reading.value)
