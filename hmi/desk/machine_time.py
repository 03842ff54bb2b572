"""Machine time for the engine and the desk: one thing to feed, one thing to ask.

The engine calls on_batch, on_link and tick; the desk's questions states, oee, reasons and overview and its actions
assign_reason and split_stop are the methods of these names.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from hmi.desk.client import RefusedError
from hmi.desk.overview import oee_row, overview
from hmi.desk.rows import ChangeRow, OeeFigures, OverviewRows, Spans
from hmi.model.machine import StateSpan, TimeClass
from hmi.model.permission import EVERYWHERE
from hmi.model.plant import Plant, StopReason
from hmi.model.text import Text
from hmi.model.words import say
from hmi.plant.context import Change
from hmi.plant.oee import Figures, Tally, constraint, figures
from hmi.plant.port import Batch, LinkState
from hmi.plant.recorder import MachineRecorder
from hmi.plant.shifts import planned_stops
from hmi.plant.states import MachineTimeStore
from hmi.plant.stops import planned_reasons, refuse_reason, refuse_split
from hmi.store.faults import StoreError

RECENT_CHANGES = 100
MOST_SPANS = 2000
"""Stretches of one station in one answer; more than a screen has pixels for are drawn together."""
_STOP_REACH_NS = 4 * 3600 * 1_000_000_000


class MachineTime:
    """Machine states, OEE, production and context of the plant."""

    def __init__(
        self,
        plant: Plant,
        store: MachineTimeStore,
        clock: Callable[[], int] = time.time_ns,
        on_change: Callable[[ChangeRow], None] | None = None,
    ) -> None:
        """clock gives ns since 1970 UTC; on_change hears each thing that people should read, once."""
        self.plant, self.store, self._clock, self._on_change = plant, store, clock, on_change
        self._changes: deque[ChangeRow] = deque(maxlen=RECENT_CHANGES)
        self.recorder = MachineRecorder(plant, store, clock(), self._changed)

    def on_batch(self, batch: Batch, now_ns: int | None = None) -> None:
        """Take readings; O(readings that play a role)."""
        self.recorder.on_batch(batch, self._now(now_ns))

    def on_link(self, controller: str, state: LinkState, _why: Text | None = None) -> None:
        """Take a change of a link."""
        self.recorder.on_link(controller, state, self._clock())

    def tick(self, now_ns: int | None = None) -> None:
        """Call once a second."""
        self.recorder.tick(self._now(now_ns))

    def close(self) -> None:
        """Hand the last stretches and units to the store."""
        self.recorder.save(self._clock())

    def overview(
        self,
        now_ns: int | None = None,
        tags_not_good: int | None = None,
        changes: Sequence[ChangeRow] | None = None,
    ) -> OverviewRows:
        """The overview's rows; changes are those seen here unless others are given (newest first)."""
        shown = list(reversed(self._changes)) if changes is None else changes
        return overview(self.recorder, self._now(now_ns), shown, tags_not_good)

    def states(self, stations: list[str], from_ns: int, to_ns: int) -> Spans:
        """Timelines of stations (and lines, by their ids) that touch [from_ns, to_ns), by place and start."""
        self._check(stations, from_ns, to_ns)
        now_ns = self._clock()
        found: list[StateSpan] = []
        for spans in self._timelines(stations, from_ns, to_ns).values():
            found += thinned(spans, from_ns, min(to_ns, now_ns), now_ns)
        return Spans(now_ns, found)

    def oee(self, scopes: list[str], from_ns: int, to_ns: int) -> list[OeeFigures]:
        """Figures of stations and lines over [from_ns, to_ns), up to now at most."""
        self._check(scopes, from_ns, to_ns)
        now_ns = self._clock()
        book = self.recorder.book
        if from_ns == book.shift.start_ns and to_ns >= now_ns:
            return [oee_row(scope, found) for scope in scopes if (found := self._this_shift(scope, now_ns))]
        pace = {line.id: constraint(self.plant.stations_of(line.id)) for line in self.plant.lines}
        place = {s: (p.id if (p := pace.get(s)) else s) for s in scopes}
        timelines = self._timelines(list(dict.fromkeys(place.values())), from_ns, to_ns)
        made: dict[str, list[int]] = {}
        for units in self.store.production(list(self.plant.station), from_ns, to_ns):
            total = made.setdefault(units.station, [0, 0])
            total[0] += units.good
            total[1] += units.reject
        planned, reasons = planned_stops(self.plant, from_ns, to_ns), planned_reasons(self.plant.reasons)
        rows = []
        for scope in scopes:
            tally = Tally(from_ns, min(to_ns, now_ns), planned, reasons)
            for span in timelines.get(place[scope], []):
                tally.add(span if span.end_ns is not None else replace(span, end_ns=max(now_ns, span.start_ns)))
            good, reject = self._made(scope, made)
            station = self.plant.station.get(place[scope])
            ideal = station.ideal_cycle_s if station else None
            end_ns = max(from_ns, min(to_ns, now_ns))
            found = figures(tally.begin_ns(end_ns), end_ns, tally.times(None, end_ns), good, reject, ideal)
            rows.append(oee_row(scope, found))
        return rows

    def reasons(self) -> list[StopReason]:
        """The downtime reason tree."""
        return list(self.plant.reasons)

    def assign_reason(self, span_id: int, reason: str) -> Spans:
        """Say why a machine stood, for the whole stop up to where a person cut it; an empty reason takes it back."""
        span = self._span(span_id)
        refused = refuse_reason(self.plant, span, reason)
        if refused is not None or span is None:
            raise RefusedError(refused or say("machine.no_such_stop"))
        with _refusing():
            for part in one_stop(self._around(span), span_id):
                self.store.assign_reason(part.span_id, reason or None)
            return self._after(span)

    def area_of(self, span_id: int) -> str:
        """The area of the plant that a stretch is of; every area's where there is no such stretch."""
        span = self._span(span_id)
        station = None if span is None else self.plant.station.get(span.station)
        return EVERYWHERE if station is None else self.plant.line[station.line].area

    def split_stop(self, span_id: int, at_ns: int) -> Spans:
        """Cut a stop in two at an instant, so that each part can have its own reason."""
        span = self._span(span_id)
        refused = refuse_split(span, at_ns, self._clock())
        if refused is not None or span is None:
            raise RefusedError(refused or say("machine.no_such_stop"))
        with _refusing():
            self.store.split(span_id, at_ns)
            return self._after(span)

    def _span(self, span_id: int) -> StateSpan | None:
        self.recorder.save(self._clock())
        with _refusing():
            return self.store.span(span_id)

    def _after(self, span: StateSpan) -> Spans:
        self.recorder.reload(span.station)
        touched = [s for s in self._around(span) if s.start_ns >= span.start_ns - _STOP_REACH_NS]
        return Spans(self._clock(), touched)

    def _around(self, span: StateSpan) -> list[StateSpan]:
        end_ns = span.end_ns if span.end_ns is not None else self._clock()
        return self.store.spans([span.station], span.start_ns - _STOP_REACH_NS, end_ns + _STOP_REACH_NS)

    def _this_shift(self, scope: str, now_ns: int) -> Figures | None:
        recorder = self.recorder
        if scope in self.plant.station:
            return recorder.book.of_station(scope, recorder.live(scope), now_ns)
        line = self.plant.line[scope]
        pace = constraint(self.plant.stations_of(scope))
        return recorder.book.of_line(line, recorder.live(pace.id) if pace else None, now_ns)

    def _made(self, scope: str, made: dict[str, list[int]]) -> tuple[int, int]:
        if scope in self.plant.station:
            good, reject = made.get(scope, (0, 0))
            return good, reject
        stations = self.plant.stations_of(scope)
        last = made.get(stations[-1].id, [0, 0]) if stations else [0, 0]
        return last[0], sum(made.get(s.id, [0, 0])[1] for s in stations)

    def _timelines(self, places: Sequence[str], from_ns: int, to_ns: int) -> dict[str, list[StateSpan]]:
        found: dict[str, list[StateSpan]] = {place: [] for place in places}
        for span in self.store.spans(list(places), from_ns, to_ns):
            found[span.station].append(span)
        return {place: joined(spans, self.recorder.live(place), from_ns, to_ns) for place, spans in found.items()}

    def _check(self, places: Sequence[str], from_ns: int, to_ns: int) -> None:
        for place in places:
            if place not in self.plant.station and place not in self.plant.line:
                raise RefusedError(say("machine.unknown_place", place=place))
        if to_ns < from_ns:
            raise RefusedError(say("machine.bad_window"))

    def _changed(self, change: Change) -> None:
        row = ChangeRow(change.at_ns, change.kind, change.place, change.text)
        self._changes.append(row)
        if self._on_change is not None:
            self._on_change(row)

    def _now(self, now_ns: int | None) -> int:
        return self._clock() if now_ns is None else now_ns


@contextmanager
def _refusing() -> Iterator[None]:
    """Let a database that cannot write now be a refusal in its own words."""
    try:
        yield
    except StoreError as err:
        raise RefusedError(err.text) from err


def joined(spans: list[StateSpan], live: StateSpan | None, from_ns: int, to_ns: int) -> list[StateSpan]:
    """Stored stretches of one place with the open one as it is now: the store lags behind by up to a second."""
    if live is None:
        return spans
    found: list[StateSpan] = []
    span_id = 0
    for span in spans:
        if span.start_ns == live.start_ns:
            span_id = span.span_id
        elif span.end_ns is None:
            found.append(replace(span, end_ns=max(span.start_ns, live.start_ns)))
        else:
            found.append(span)
    if live.start_ns < to_ns:
        found.append(replace(live, span_id=span_id))
    return found


def one_stop(spans: Sequence[StateSpan], span_id: int) -> list[StateSpan]:
    """The stretches that make up one stop: down without a break around the one named, up to where a person cut it.

    Two parts of the same state beside each other were cut; machines change state between stretches.
    """
    at = next((i for i, s in enumerate(spans) if s.span_id == span_id), None)
    if at is None:
        return []
    if spans[at].counts_as is not TimeClass.DOWN:
        return [spans[at]]
    first = last = at
    while first > 0 and _goes_on(spans[first - 1], spans[first]):
        first -= 1
    while last + 1 < len(spans) and _goes_on(spans[last], spans[last + 1]):
        last += 1
    return list(spans[first : last + 1])


def _goes_on(one: StateSpan, after: StateSpan) -> bool:
    down = one.counts_as is TimeClass.DOWN and after.counts_as is TimeClass.DOWN
    return down and one.end_ns == after.start_ns and one.state is not after.state


def thinned(spans: list[StateSpan], from_ns: int, to_ns: int, now_ns: int) -> list[StateSpan]:
    """Stretches fit to draw: those too short to be seen are drawn together as what took most of their time."""
    if len(spans) <= MOST_SPANS:
        return spans
    least = max(1, (to_ns - from_ns) // (MOST_SPANS // 2))
    drawn: list[StateSpan] = []
    heap: list[StateSpan] = []
    for span in spans:
        if _length(span, now_ns) >= least or span.end_ns is None:
            drawn += _as_one(heap)
            heap = []
            drawn.append(span)
            continue
        heap.append(span)
        if (span.end_ns or 0) - heap[0].start_ns >= least:
            drawn += _as_one(heap)
            heap = []
    return drawn + _as_one(heap)


def _as_one(heap: list[StateSpan]) -> list[StateSpan]:
    if not heap:
        return []
    time_in: dict[TimeClass, int] = {}
    for span in heap:
        time_in[span.counts_as] = time_in.get(span.counts_as, 0) + _length(span, 0)
    most = max(time_in, key=lambda c: time_in[c])
    face = max((s for s in heap if s.counts_as is most), key=lambda s: _length(s, 0))
    return [replace(face, start_ns=heap[0].start_ns, end_ns=heap[-1].end_ns)]


def _length(span: StateSpan, now_ns: int) -> int:
    return (now_ns if span.end_ns is None else span.end_ns) - span.start_ns
