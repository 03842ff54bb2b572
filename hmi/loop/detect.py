"""Detect: something left its normal. Three watchers, one record: machine readings, runs of rejects, failed stations.

What is found is level-triggered: as long as a watcher sees it and no deviation stands on record, one is put there; when
it is over for long enough, the deviation is cleared. So nothing is lost by a crash and nothing said twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any

from hmi.loop.association import EXPLAINS
from hmi.loop.failing import failed_since, held_by_gate
from hmi.loop.outcomes import FIELDS, Outcomes
from hmi.loop.record import Record
from hmi.loop.reject_run import Made, RejectChart, usual_share
from hmi.loop.signals import History, Signals
from hmi.model.decision import Deviation
from hmi.model.machine import MachineState, StateSpan
from hmi.model.plant import Plant, Station
from hmi.model.quality import Quality
from hmi.model.reading import Reading
from hmi.model.text import Text
from hmi.store import loop as store

SECOND = 1_000_000_000
REJECT_RUN, STATION_FAILURE = "reject-run", "station-failure"
QUIET_NS = 20 * SECOND
"""So long a watcher must see nothing before its deviation is over."""
SAVE_NS = 60 * SECOND
PARTS = 4
"""The stations' rows of a second are taken in this many parts, one at each tick."""
BEFORE_UNITS = 600
"""Units before a run that it is compared with."""
PAST_S = 4 * 3600
FRESH_NS = 2 * SECOND
"""A stamp that is younger when it is heard first may be the time of reading."""
BATCH_JUST_NS = 60 * SECOND
"""A batch that began no longer before the counters' past was read has next to no part in it."""

Key = tuple[str, str]
"""Detector and place."""


@dataclass(slots=True)
class _Standing:
    id: int
    """0 while it is being put on record."""
    last_ns: int
    """When it was last seen."""


def counts_by_field(outcomes: list[Made], since_ns: int) -> dict[str, dict[str, list[int]]]:
    """For each context field and value: rejects and good units before the run, rejects and good units in it."""
    found: dict[str, dict[str, list[int]]] = {name: {} for name in FIELDS}
    earlier = [m for m in outcomes if m.at_ns < since_ns][-BEFORE_UNITS:]
    for made in earlier + [m for m in outcomes if m.at_ns >= since_ns]:
        place = (2 if made.at_ns >= since_ns else 0) + (1 if made.good else 0)
        for name in FIELDS:
            found[name].setdefault(getattr(made, name), [0, 0, 0, 0])[place] += 1
    return found


def first_seen(outcomes: list[Made]) -> dict[str, dict[str, int]]:
    """When each value of each context field was first seen, ns."""
    found: dict[str, dict[str, int]] = {name: {} for name in FIELDS}
    for made in outcomes:
        for name in FIELDS:
            found[name].setdefault(getattr(made, name), made.at_ns)
    return found


def add_earlier(batches: dict[str, list[int]], word: str, began_ns: int, earlier: tuple[int, int, int]) -> None:
    """Where little was heard of other batches than the one in the line: what the counters say of the time before
    counts as theirs. earlier: good and rejected units, and until when, ns."""
    good, reject, until_ns = earlier
    if word not in batches or not began_ns or until_ns - began_ns > BATCH_JUST_NS:
        return
    if batches[word][2] < EXPLAINS * sum(counts[2] for counts in batches.values()):
        return  # the batch before it may have been in before the engine too: that time is no comparison
    heard = sum(sum(counts) for name, counts in batches.items() if name != word)
    part = min(1.0, max(0, BEFORE_UNITS - heard) / max(1, good + reject))
    others = batches.setdefault("", [0, 0, 0, 0])
    others[0] += round(reject * part)
    others[1] += round(good * part)


class Detect:
    """The first step of the loop."""

    def __init__(
        self,
        plant: Plant,
        record: Record,
        signals: Signals,
        reading: Callable[[str], Reading],
        state: Callable[[str], StateSpan | None],
        history: History | None,
        woke: Callable[[], None],
    ) -> None:
        """woke is called on the loop when a deviation came on record or was cleared."""
        self._plant, self._record, self._signals = plant, record, signals
        self._reading, self._state, self._history, self._woke = reading, state, history, woke
        self.outcomes = Outcomes(plant, reading)
        self._standing: dict[Key, _Standing] = {}
        self._found: list[Deviation] = []
        self._over: list[tuple[Key, int]] = []
        self._part = 0
        self._saved_ns = self._learned_shares = 0
        self._batches: dict[str, tuple[str, int]] = {}
        self._earlier: dict[str, tuple[int, int, int]] = {}
        """Of each station: good and rejected units of the past that its counters tell, and until when."""
        self._planned = {r.id for r in plant.reasons if r.planned}
        self._closed_ns: dict[str, int] = {}
        """Of each station: when its gate was last seen closed."""
        for found in record.read(partial(store.deviations, standing=True)):
            d = found.deviation
            # when it was last seen nobody knows: that an engine was away is no sign that it is over
            self._standing[d.detector, d.place] = _Standing(d.id, 0)
        signals.restore(record.read(store.detectors))

    def learning(self) -> list[Text]:
        """What the detectors still wait for."""
        return self._signals.learning()

    def standing(self, detector: str, place: str) -> bool:
        """Whether a deviation stands."""
        return (detector, place) in self._standing

    def settled(self, place: str, now_ns: int) -> None:
        """A card on this place was judged EFFECTIVE: what stands there is over, and the new normal is learned."""
        key = (self._signals.name, place)
        self._signals.settled(place)
        if key in self._standing:
            self._over.append((key, now_ns))

    def answered_reject_run(self, place: str) -> None:
        """The material behind a run was held: a further run is a further deviation."""
        chart = self.outcomes.charts.get(place)
        if chart is not None:
            chart.reset()

    def tick(self, now_ns: int) -> None:
        """Four times a second: look at a part of the stations, and at all that came in. Cheap; never waits."""
        self._see_batches(now_ns)
        self.outcomes.settle(now_ns)
        abnormal = frozenset(place for _, place in self._standing)
        self._signals.look(now_ns, abnormal, self._part, PARTS)
        self._part = (self._part + 1) % PARTS
        seen: set[Key] = set()
        for place, alarm in self._signals.alarms().items():
            seen.add((self._signals.name, place))
            facts = {"shares": [round(s, 3) for s in alarm.shares], **self._batch_facts(place)}
            self._raise(
                Deviation(0, self._signals.name, place, now_ns, alarm.statistic, alarm.limit, alarm.tags, facts), now_ns
            )
        for place, chart in self.outcomes.charts.items():
            if chart.run is not None:
                seen.add((REJECT_RUN, place))
                if (REJECT_RUN, place) not in self._standing:
                    self._raise(self._run_of(place, chart, now_ns), now_ns)
        for station in self._plant.stations:
            at_ns = self._failed(station, now_ns)
            if at_ns is not None:
                seen.add((STATION_FAILURE, station.id))
                if (STATION_FAILURE, station.id) not in self._standing:
                    self._raise(self._failure_of(station, at_ns), now_ns)
        for key, standing in self._standing.items():
            if key in seen or not standing.last_ns or self._hidden(*key):
                standing.last_ns = now_ns
            elif standing.id and now_ns - standing.last_ns >= QUIET_NS and all(k != key for k, _ in self._over):
                self._over.append((key, now_ns))

    async def run(self, now_ns: int) -> None:
        """Put on record what was found and what is over; keep what the detectors learned."""
        if not self._learned_shares and self._history is not None:
            self._learned_shares = 1
            await asyncio.to_thread(self._learn_shares, now_ns)
        found, self._found = self._found, []
        over, self._over = self._over, []
        for made in found:
            kept = await self._record.write(partial(store.add_deviation, found=made), patient=True)
            self._standing[kept.detector, kept.place] = _Standing(kept.id, now_ns)
        for key, at_ns in over:
            standing = self._standing.pop(key, None)
            if standing is not None and standing.id:
                await self._record.write(partial(store.clear_deviation, number=standing.id, at_ns=at_ns), patient=True)
        if now_ns - self._saved_ns >= SAVE_NS:
            self._saved_ns = now_ns
            self._record.begin(partial(store.save_detectors, states=self._signals.states(), at_ns=now_ns))
        if found or over:
            self._woke()

    def close(self, now_ns: int) -> None:
        """Keep what the detectors learned, and stop."""
        self._record.begin(partial(store.save_detectors, states=self._signals.states(), at_ns=now_ns), patient=True)
        self._signals.close()

    def _raise(self, made: Deviation, now_ns: int) -> None:
        key = (made.detector, made.place)
        if key not in self._standing:
            self._standing[key] = _Standing(0, now_ns)
            self._found.append(made)

    def _hidden(self, detector: str, place: str) -> bool:
        """Whether nobody can see if it is over: a station whose state is not known."""
        span = self._state(place)
        unknown = span is None or span.state is MachineState.UNKNOWN
        return detector != REJECT_RUN and place in self._plant.station and unknown

    def _failed(self, station: Station, now_ns: int) -> int | None:
        span = self._state(station.id)
        gate = station.roles.get("hold_gate", "")
        closed = self._reading(gate).value if gate in self._plant.tag else None
        if closed and not isinstance(closed, str):
            self._closed_ns[station.id] = now_ns
        planned = span is not None and span.reason in self._planned
        held = held_by_gate(self._closed_ns.get(station.id, 0), now_ns)
        return failed_since(span, now_ns, held, planned)

    def _failure_of(self, station: Station, at_ns: int) -> Deviation:
        span = self._state(station.id)
        tags = tuple(station.roles[r] for r in ("state", "fault") if r in station.roles)
        facts: dict[str, Any] = {"state": "" if span is None else span.state.value}
        code = self._reading(station.roles["fault"]).value if "fault" in station.roles else None
        if code:
            facts["fault"] = int(code) if isinstance(code, float) and code.is_integer() else code
        waits = [
            s.id for s in self._plant.stations_of(station.line)
            if (found := self._state(s.id)) is not None and found.cause == station.id
        ]  # fmt: skip
        if waits:
            facts["waits"] = waits
        since = 0 if span is None else span.start_ns
        return Deviation(
            0, STATION_FAILURE, station.id, at_ns, (at_ns - since) / SECOND, (at_ns - since) / SECOND, tags, facts
        )

    def _run_of(self, place: str, chart: RejectChart, now_ns: int) -> Deviation:
        assert chart.run is not None
        outcomes = list(chart.outcomes)
        last = outcomes[-1].at_ns if outcomes else now_ns
        rejected = [m for m in outcomes if m.at_ns >= chart.run.since_ns and not m.good]
        fields = counts_by_field(outcomes, chart.run.since_ns)
        word, began_ns = self._batches.get(self._plant.station[place].line, ("", 0))
        add_earlier(fields["batch"], word, began_ns, self._earlier.get(place, (0, 0, 0)))
        facts = {
            "since_ns": chart.run.since_ns, "rejects": chart.run.rejects, "units": chart.run.units,
            "usual": round(chart.share, 4), "fields": fields,
            "began": first_seen(outcomes), "inspections": [m.inspection for m in rejected if m.inspection][-6:],
            "rejected": [m.unit for m in rejected if m.unit][-20:],
        }  # fmt: skip
        roles = self._plant.station[place].roles
        tags = tuple(roles[r] for r in ("reject_share", "reject", "yield") if r in roles)
        return Deviation(
            0, REJECT_RUN, place, min(last, now_ns), max(chart.statistic, chart.limit), chart.limit, tags, facts
        )

    def _see_batches(self, now_ns: int) -> None:
        for line in self._plant.lines:
            tag = line.roles.get("material_batch") or line.roles.get("batch", "")
            if tag not in self._plant.tag:
                continue
            reading = self._reading(tag)
            if reading.quality is not Quality.GOOD or reading.value is None:
                continue
            word, before = str(reading.value), self._batches.get(line.id)
            if before is None or before[0] != word:
                since_ns = reading.source_ns or now_ns
                if before is None and now_ns - since_ns < FRESH_NS:
                    since_ns = 0  # perhaps the time of reading: the first word says nothing of when that batch began
                self._batches[line.id] = (word, since_ns)

    def _batch_facts(self, place: str) -> dict[str, Any]:
        line = self._plant.station[place].line
        word, since_ns = self._batches.get(line, ("", 0))
        first = self._plant.stations_of(line)[0].id == place
        return {"batch": word, "batch_began_ns": since_ns} if first and since_ns else {}

    def _learn_shares(self, now_ns: int) -> None:
        """The usual share of rejects of each station by its counters' past; runs on a thread."""
        assert self._history is not None
        for station in self._plant.stations:
            roles = station.roles
            if station.id not in self.outcomes.charts or "good" not in roles or "reject" not in roles:
                continue
            good, reject = (self._grown(roles[r], now_ns) for r in ("good", "reject"))
            self.outcomes.charts[station.id].share = usual_share(good, reject)
            self._earlier[station.id] = (good, reject, now_ns)

    def _grown(self, tag: str, now_ns: int) -> int:
        assert self._history is not None
        values: list[float] = [
            v for v in self._history(tag, now_ns - PAST_S * SECOND, now_ns, 2000).value if v is not None
        ]
        return round(sum((max(0.0, b - a) for a, b in pairwise(values)), 0.0))
