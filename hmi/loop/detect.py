"""Detect: something left its normal. Three watchers, one record: machine readings, runs of rejects, failed stations.

What is found is level-triggered: as long as a watcher sees it and no deviation stands on record, one is put there; when
it is over for long enough, the deviation is cleared. So nothing is lost by a crash and nothing said twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from hmi.loop.failing import failed_since, held_by_gate
from hmi.loop.normal import History
from hmi.loop.outcomes import Outcomes
from hmi.loop.record import Record
from hmi.loop.reject_run import RejectChart
from hmi.loop.run_facts import CountersPast, add_earlier, counts_by_field, first_seen
from hmi.loop.signals import Signals
from hmi.model.decision import AdviceKind, DecisionState, Deviation, Effect
from hmi.model.machine import MachineState, StateSpan
from hmi.model.plant import Plant, Station
from hmi.model.quality import Quality
from hmi.model.reading import Reading
from hmi.model.text import Text
from hmi.store import decisions
from hmi.store import loop as store
from hmi.store.database import Work

SECOND = 1_000_000_000
REJECT_RUN, STATION_FAILURE = "reject-run", "station-failure"
QUIET_NS = 20 * SECOND
"""So long a watcher must see nothing before its deviation is over."""
LOOKED_AT = 200
"""Cards that are looked at for what an earlier engine left."""
SAVE_NS = 60 * SECOND
PARTS = 4
"""The stations' rows of a second are taken in this many parts, one at each tick."""
FRESH_NS = 2 * SECOND
"""A stamp that is younger when it is heard first may be the time of reading."""

Key = tuple[str, str]
"""Detector and place."""


@dataclass(slots=True)
class _Standing:
    id: int
    """0 while it is being put on record."""
    last_ns: int
    """When it was last seen."""


def _over(work: Work, cleared: list[tuple[int, int]], states: dict[str, dict[str, Any]], at_ns: int) -> None:
    """Deviations that are over, and what detectors forgot with them, in one unit: one without the other would be found
    again by a detector that knows the old normal only."""
    for number, since_ns in cleared:
        store.clear_deviation(work, number, since_ns)
    store.save_detectors(work, states, at_ns)


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
        self._reading, self._state, self._woke = reading, state, woke
        self.outcomes = Outcomes(plant, reading)
        self._past = CountersPast(plant, self.outcomes, history)
        self._standing: dict[Key, _Standing] = {}
        self._found: list[Deviation] = []
        self._over: list[tuple[Key, int]] = []
        self._part = 0
        self._saved_ns = 0
        self._batches: dict[str, tuple[str, int]] = {}
        self._planned = {r.id for r in plant.reasons if r.planned}
        self._closed_ns: dict[str, int] = {}
        """Of each station: when its gate was last seen closed."""
        for found in record.read(partial(store.deviations, standing=True)):
            d = found.deviation
            # when it was last seen nobody knows: that an engine was away is no sign that it is over
            self._standing[d.detector, d.place] = _Standing(d.id, 0)
        signals.restore(record.read(store.detectors))
        self._forgot = False
        """Whether a detector forgot what it had learned, and that is not on record yet."""
        self._settle_left()

    def learning(self) -> list[Text]:
        """What the detectors still wait for."""
        return self._signals.learning()

    def standing(self, detector: str, place: str) -> bool:
        """Whether a deviation stands."""
        return (detector, place) in self._standing

    def settled(self, place: str, now_ns: int) -> None:
        """A card on this place was judged EFFECTIVE: what stands there is over, and the new normal is learned."""
        key = (self._signals.name, place)
        self._signals.settled(place, now_ns)
        self._forgot = True
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
        self._past.begin(now_ns)
        found, self._found = self._found, []
        over, self._over = self._over, []
        for made in found:
            kept = await self._record.write(partial(store.add_deviation, found=made), patient=True)
            self._standing[kept.detector, kept.place] = _Standing(kept.id, now_ns)
        cleared: list[tuple[int, int]] = []
        for key, at_ns in over:
            standing = self._standing.pop(key, None)
            if standing is not None and standing.id:
                cleared.append((standing.id, at_ns))
        if cleared or self._forgot:
            states, self._forgot = self._signals.states() if self._forgot else {}, False
            await self._record.write(partial(_over, cleared=cleared, states=states, at_ns=now_ns), patient=True)
        if now_ns - self._saved_ns >= SAVE_NS:
            self._saved_ns = now_ns
            self._record.begin(partial(store.save_detectors, states=self._signals.states(), at_ns=now_ns))
        if found or over:
            self._woke()

    def close(self, now_ns: int) -> None:
        """Keep what the detectors learned, and stop."""
        self._record.begin(partial(store.save_detectors, states=self._signals.states(), at_ns=now_ns), patient=True)
        self._signals.close()

    def _settle_left(self) -> None:
        """What an earlier engine judged to be over and did not live to say so: a deviation that stands although a step
        on it was EFFECTIVE. Left standing, it would be answered by a second card."""
        stand = {s.id for (detector, _), s in self._standing.items() if detector == self._signals.name}
        judged = partial(decisions.cards, states={DecisionState.JUDGED}, limit=LOOKED_AT)
        for card in self._record.read(judged) if stand else ():
            step = card.advice.kind is AdviceKind.STEP and card.effect is Effect.EFFECTIVE
            if step and card.deviation in stand:
                self.settled(card.advice.place, card.ended_ns)

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
        add_earlier(fields["batch"], word, began_ns, self._past.earlier.get(place, (0, 0, 0)))
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
