"""The recorder of machine time: hears every batch, keeps timelines, units and context, saves once a second.

The rules are in states, stops, production, oee and shifts; here they meet the stream and the store.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

from hmi.model.machine import MachineState, StateSpan, TimeClass, Waiting
from hmi.model.plant import Plant
from hmi.model.quality import BAD_NO_COMMUNICATION, Quality, quality_of
from hmi.model.reading import Value
from hmi.model.text import Text
from hmi.model.words import say
from hmi.plant.context import ROLES, Change
from hmi.plant.port import Batch, LinkState
from hmi.plant.production import MINUTE, MinuteBook, Step
from hmi.plant.roles import Roles
from hmi.plant.shiftbook import ShiftBook, window_now
from hmi.plant.states import SECOND, WAITS, MachineTimeStore, StateTracker, rule_of
from hmi.plant.stops import find_cause, line_state
from hmi.plant.timelines import Timelines
from hmi.plant.watch import HISTORY_MINUTES, LineWatch, StationWatch

SEEN_NS = 2 * SECOND
"""At least this often the store hears that the engine still watches."""
FAR = 2**62
"""Later than any record."""

_ENDS_IN = {
    MachineState.ABORTING: MachineState.ABORTED,
    MachineState.HOLDING: MachineState.HELD,
    MachineState.STOPPING: MachineState.STOPPED,
}
"""People hear where a passing state leads."""


class MachineRecorder:
    """Timelines, units and context of the whole plant. Everything is called on one thread and never blocks on disk,
    but for the start, a change of shift and ``reload``."""

    def __init__(self, plant: Plant, store: MachineTimeStore, now_ns: int, told: Callable[[Change], None]) -> None:
        """Go on from what the store holds; told hears what people should read of changes."""
        self.plant, self.store, self._told = plant, store, told
        self.lines = {line.id: LineWatch(plant, line) for line in plant.lines}
        self.stations = {w.station.id: w for line in self.lines.values() for w in line.stations}
        self.trackers: dict[str, StateTracker] = {s: w.tracker for s, w in self.stations.items() if w.told}
        self.trackers |= {name: line.tracker for name, line in self.lines.items()}
        self.timelines = Timelines(self.trackers, self._began, lambda span: self.book.closed(span))
        self._heard_ns = {c.id: 0 for c in plant.controllers}
        self._units = MinuteBook()
        self._seen_ns = 0
        self._minute = now_ns // MINUTE
        self._roles = self._wired()
        self.book = ShiftBook(plant, window_now(plant, now_ns))
        self._recall(now_ns)

    def on_batch(self, batch: Batch, now_ns: int) -> None:
        """Take readings as acquisition passes them on; rows without a role cost one array look-up."""
        if len(batch) == 0:
            return
        self._note_heard(batch, now_ns)
        self._turn_shift(now_ns)
        touched: dict[str, int] = {}
        for line, at_ns in self._roles.heard(batch, now_ns):
            touched[line] = max(at_ns, touched.get(line, 0))
        for line, at_ns in touched.items():
            self._evaluate(self.lines[line], at_ns, now_ns)

    def on_link(self, controller: str, state: LinkState, now_ns: int) -> None:
        """Take a change of a link: anything but CONNECTED makes what it feeds unknown at once."""
        if state is LinkState.CONNECTED:
            return
        for line in self._roles.doubt(controller, BAD_NO_COMMUNICATION, now_ns):
            self._evaluate(self.lines[line], now_ns, now_ns)

    def tick(self, now_ns: int) -> None:
        """Once a second: what changes by time alone, and the save of what gathered."""
        self._turn_shift(now_ns)
        self.timelines.expire(now_ns)
        for line in self.lines.values():
            self._evaluate(line, now_ns, now_ns)
            line.sample(now_ns)
        minute = now_ns // MINUTE
        if minute > self._minute:
            for line in self.lines.values():
                line.turn_minute(now_ns, minute - self._minute)
        self._minute = minute
        if self.timelines.unsaved or self._units or abs(now_ns - self._seen_ns) >= SEEN_NS:
            self.save(now_ns)

    def save(self, now_ns: int) -> None:
        """Hand over to the store what it does not have yet."""
        self._seen_ns = now_ns
        self.store.save(self.timelines.take_unsaved(), self._units.take(), now_ns)

    def oldest_age_s(self, now_ns: int) -> float | None:
        """Seconds since the quietest controller was last heard; None while one was never heard."""
        if not self._heard_ns or not all(self._heard_ns.values()):
            return None
        return max(0, now_ns - min(self._heard_ns.values())) / 1e9

    def live(self, place: str) -> StateSpan | None:
        """The open stretch of a station or line; None where there is none to tell."""
        tracker = self.trackers.get(place)
        return None if tracker is None or self.timelines.waits_for_word(place) else tracker.live

    def reload(self, place: str) -> None:
        """Take a place's stretches anew from the store, after a person changed a reason or cut a stop."""
        spans = self.store.spans([place], self.book.shift.start_ns, FAR)
        self.book.replace(place, spans)
        tracker = self.trackers.get(place)
        newest = max((s for s in spans if s.end_ns is None), key=lambda s: s.start_ns, default=None)
        if tracker is not None and newest is not None and newest.state is tracker.live.state:
            tracker.split(newest.start_ns)
            tracker.reason(newest.reason)

    def _wired(self) -> Roles:
        roles = Roles(self.plant)
        for name, line in self.lines.items():
            for role, kind in ROLES.items():
                roles.connect(line.line.roles.get(role), name, partial(self._take_context, line, kind))
            for role in ("rate", "plan", "made"):
                roles.connect(line.line.roles.get(role), name, partial(_take_figure, line, role))
            for watch in line.stations:
                of = watch.station.roles
                roles.connect(of.get("state"), name, partial(self._take_state, watch))
                roles.connect(of.get("in_buffer"), name, partial(_take_level, watch))
                for role in watch.counters:
                    roles.connect(of.get(role), name, partial(self._take_count, line, watch, role))
        return roles

    def _recall(self, now_ns: int) -> None:
        start = self.book.shift.start_ns
        # four minutes more than are shown: each value of the last hour is the rate over five
        hour = (now_ns // MINUTE - HISTORY_MINUTES - 4) * MINUTE
        places = list(self.trackers)
        spans = self.store.spans(places, min(start, hour), FAR)
        made = self.store.production(list(self.stations), min(start, hour), FAR)
        self.book.load(spans, made)
        for line in self.lines.values():
            minutes: dict[int, list[int]] = {}
            ids = [w.station.id for w in line.stations]
            for units in (m for m in made if m.station in ids and m.minute_ns >= hour):
                minute = minutes.setdefault(units.minute_ns, [0, 0])
                minute[0] += units.good if units.station == ids[-1] else 0
                minute[1] += units.reject
            line.recall(now_ns, minutes, [s for s in spans if s.station == line.line.id])
        self.timelines.start((s for s in spans if s.end_ns is None), self.store.last_seen(), now_ns)

    def _turn_shift(self, now_ns: int) -> None:
        before = self.book.shift
        if before.start_ns <= now_ns < before.end_ns:
            return
        self.book = ShiftBook(self.plant, window_now(self.plant, now_ns))
        if now_ns < before.start_ns:  # the clock was set back: that shift is partly on record
            start = self.book.shift.start_ns
            self.book.load(
                self.store.spans(list(self.trackers), start, FAR),
                self.store.production(list(self.stations), start, FAR),
            )
            return
        for line in self.lines.values():
            self.book.began(line.tracker.live)

    def _note_heard(self, batch: Batch, now_ns: int) -> None:
        row = int(batch.rows[0])
        if batch.kinds[0] and row < len(self.plant.tags):  # kind 0 is our own doubt, not a word of the controller
            self._heard_ns[self.plant.tags[row].controller] = now_ns

    def _evaluate(self, line: LineWatch, at_ns: int, now_ns: int) -> None:
        """Decide waits, causes and the line's state from what its stations last said."""
        for watch in line.stations:
            if watch.tracker.live.state is watch.state:
                self.timelines.observe(watch.station.id, at_ns, watch.state, watch.waiting())
        views = [w.view() for w in line.stations]
        for i, view in enumerate(views):
            cause = find_cause(views, i) if view.waiting is not Waiting.NONE else None
            if cause is not None:
                self.timelines.observe(view.station, at_ns, view.state, view.waiting, cause)
        name = line.line.id
        if self.timelines.waits_for_word(name):
            if any(self.timelines.waits_for_word(w.station.id) for w in line.stations):
                return
            self.timelines.greet(name, now_ns, line_state(views, line.moving(now_ns)).state)
        state = line_state(views, line.moving(now_ns))
        if line.tracker.live.state is MachineState.EXECUTE and not state.runs and views[-1].counts_as in WAITS:
            at_ns = min(at_ns, max(views[-1].since_ns, line.moved_ns))  # it stands since then, known only now
        self.timelines.observe(name, at_ns, state.state, state.waiting, state.cause)

    def _take_state(self, watch: StationWatch, value: Value, status: int, at_ns: int) -> None:
        rule = rule_of(watch.station.states, value) if quality_of(status) is Quality.GOOD else None
        if rule is None and quality_of(status) is Quality.GOOD and str(value) not in watch.odd_values:
            watch.odd_values.add(str(value))
            self._tell(at_ns, "state", watch, "machine.value_not_mapped", value=_short(value))
        watch.rule = rule
        self.timelines.greet(watch.station.id, at_ns, watch.state)
        self.timelines.observe(watch.station.id, at_ns, watch.state, watch.waiting())

    def _take_count(
        self, line: LineWatch, watch: StationWatch, role: str, value: Value, status: int, at_ns: int
    ) -> None:
        if role == "good":
            watch.count_status = status
        count = _whole(value) if quality_of(status) is Quality.GOOD else None
        if count is None:
            return
        if watch is line.stations[-1] and role == "good" and line.counted_since_ns is None:
            line.counted_since_ns = at_ns
        counter = watch.counters[role]
        last = counter.last
        units, step = counter.take(count, at_ns)
        if step in (Step.JUMPED, Step.SET_BACK):
            key = "machine.counter_jumped" if step is Step.JUMPED else "machine.counter_set_back"
            self._tell(at_ns, "count", watch, key, last=last, now=count)
        if units:
            good, reject = (units, 0) if role == "good" else (0, units)
            line.counted(watch, at_ns, good, reject)
            self.book.units(watch.station.id, good, reject)
            self._units.add(watch.station.id, at_ns, good, reject)

    def _take_context(self, line: LineWatch, kind: str, value: Value, status: int, at_ns: int) -> None:
        change = line.context.take(kind, value, status, at_ns)
        if change is not None:
            self._told(change)

    def _began(self, before: StateSpan, span: StateSpan) -> None:
        self.book.began(span)
        if span.station in self.lines:
            text = self._line_words(before, span)
            if text is not None:
                self._told(Change(span.start_ns, "state", span.station, text))
        elif span.counts_as is TimeClass.DOWN and before.counts_as is not TimeClass.DOWN:
            watch = self.stations[span.station]
            if watch.has_next:  # the last one stops the line in the same moment, which says it all
                self._tell(span.start_ns, "state", watch, "machine.station_stopped", state=_state_words(span))

    def _line_words(self, before: StateSpan, span: StateSpan) -> Text | None:
        name, state = self.lines[span.station].line.name, _state_words(span)
        if span.state is MachineState.UNKNOWN:
            return None  # the link that is lost says so itself
        if span.state is MachineState.EXECUTE:
            return None if before.state is MachineState.UNKNOWN else say("machine.line_runs", line=name)
        if span.cause is None:
            return say("machine.line_stopped", line=name, state=state) if before.cause is None else None
        if span.cause == before.cause:
            return None
        station = self.plant.station[span.cause].name
        if span.waiting is not Waiting.NONE:
            return say("machine.line_stopped_after", line=name, station=station)
        return say("machine.line_stopped_by", line=name, station=station, state=state)

    def _tell(self, at_ns: int, kind: str, watch: StationWatch, key: str, **values: object) -> None:
        name = say("machine.place", line=self.plant.line[watch.station.line].name, station=watch.station.name)
        self._told(Change(at_ns, kind, watch.station.id, say(key, station=name, **values)))


def _state_words(span: StateSpan) -> Text:
    if span.waiting is not Waiting.NONE:
        return say(f"machine.waiting.{span.waiting}")
    return say(f"machine.state.{_ENDS_IN.get(span.state, span.state)}")


def _take_level(watch: StationWatch, value: Value, status: int, _at_ns: int) -> None:
    watch.level = _whole(value) if quality_of(status) is Quality.GOOD else None


def _take_figure(line: LineWatch, role: str, value: Value, status: int, _at_ns: int) -> None:
    line.figures[role] = (value, status)


def _whole(value: Value) -> int | None:
    if isinstance(value, str):
        return int(value) if value.lstrip("-").isdecimal() else None  # an Int64 beyond 2**53 comes as text
    return int(value) if value is not None and math.isfinite(value) else None


def _short(value: Value) -> str:
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    return text if len(text) <= 40 else text[:39] + "…"
