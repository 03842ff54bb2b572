"""The timelines of all stations and lines, across runs of the engine, and what of them is not saved yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from hmi.model.machine import MachineState, StateSpan, Waiting
from hmi.plant.states import RESUME_NS, Cause, StateTracker, resumed


class Timelines:
    """One tracker a place; began and closed hear every stretch as it starts and ends."""

    def __init__(
        self,
        trackers: Mapping[str, StateTracker],
        began: Callable[[StateSpan, StateSpan], None],
        closed: Callable[[StateSpan], None],
    ) -> None:
        """began gets the stretch before and the new one."""
        self._trackers, self._began, self._closed = trackers, began, closed
        self._dirty: dict[tuple[str, int], StateSpan] = {}
        self._resume: dict[str, StateSpan] = {}
        self._seen_ns = self._started_ns = 0

    def start(self, open_spans: Iterable[StateSpan], last_seen_ns: int | None, now_ns: int) -> None:
        """Go on from the stretches that were open when the engine last ran; places without one begin as UNKNOWN."""
        self._started_ns = now_ns
        self._seen_ns = min(now_ns, last_seen_ns) if last_seen_ns is not None else now_ns
        for span in open_spans:
            known = self._resume.get(span.station)
            if span.station in self._trackers and (known is None or known.start_ns < span.start_ns):
                self._resume[span.station] = span
        for place, tracker in self._trackers.items():
            tracker.live = StateSpan(place, MachineState.UNKNOWN, Waiting.NONE, now_ns, None)
            if place not in self._resume:
                self._note(tracker.live)

    def waits_for_word(self, place: str) -> bool:
        """Whether a place has said nothing since the start, so that its old stretch may still go on."""
        return place in self._resume

    def greet(self, place: str, at_ns: int, state: MachineState) -> None:
        """Take the first word of a place after the start: its old stretch goes on, or ended when the engine did."""
        span = self._resume.get(place)
        if span is None or state is MachineState.UNKNOWN:
            return
        self._go_on(place, span, at_ns, state)

    def expire(self, now_ns: int) -> None:
        """Give up waiting for the first word when it is late: what was open ended when the engine did."""
        if self._resume and now_ns - self._started_ns > RESUME_NS:
            for place, span in list(self._resume.items()):
                self._go_on(place, span, now_ns, MachineState.UNKNOWN)

    def observe(
        self, place: str, at_ns: int, state: MachineState, waiting: Waiting, cause: Cause | None = None
    ) -> None:
        """Take what is the case at a place from an instant on."""
        tracker = self._trackers.get(place)
        if tracker is None or place in self._resume:
            return
        before = tracker.live
        for span in tracker.observe(at_ns, state, waiting, cause):
            self._note(span)
            if span.end_ns is not None:
                self._closed(span)
            elif span.start_ns != before.start_ns:
                self._began(before, span)

    def take_unsaved(self) -> list[StateSpan]:
        """The stretches that are new or changed since the last call."""
        unsaved, self._dirty = list(self._dirty.values()), {}
        return unsaved

    @property
    def unsaved(self) -> bool:
        """Whether there is anything to save."""
        return bool(self._dirty)

    def _go_on(self, place: str, span: StateSpan, at_ns: int, state: MachineState) -> None:
        del self._resume[place]
        spans = resumed(span, self._seen_ns, at_ns, state)
        self._trackers[place].live = spans[-1]
        if len(spans) > 1:
            for changed in spans:
                self._note(changed)
            self._closed(spans[0])
            self._began(spans[0], spans[-1])

    def _note(self, span: StateSpan) -> None:
        self._dirty[span.station, span.start_ns] = span
