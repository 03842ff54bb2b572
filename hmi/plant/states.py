"""What a station does and since when: readings of its roles become stretches in one machine state.

Pure: nothing here knows a clock. Times are those of the readings, kept in order per station, so that no stretch has a
negative length and a late reading never rewrites what was already said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from hmi.model.machine import MachineState, MinuteUnits, StateSpan, TimeClass, Waiting, time_class
from hmi.model.plant import StateRule

SECOND = 1_000_000_000
SETTLE_NS = 2 * SECOND
"""Buffers and state come in different messages: what is learnt this soon after a change belongs to its beginning."""
RESUME_NS = 10 * SECOND
"""A restart of the engine shorter than this leaves a stretch whole when the state is still the same."""
BELIEVED_LATE_NS = 10 * SECOND
"""A reading older than this on arrival is dated by its arrival: it is a first value, or a clock that is wrong."""

INTERNAL = frozenset({TimeClass.DOWN, TimeClass.SETUP, TimeClass.UNKNOWN, TimeClass.PLANNED})
WAITS = frozenset({TimeClass.BLOCKED, TimeClass.STARVED, TimeClass.WAITING})


class MachineTimeStore(Protocol):
    """Where machine time is kept; the engine wires the database behind it.

    Line timelines are kept beside those of stations, under the line's id.
    """

    def save(self, found: Sequence[StateSpan], made: Sequence[MinuteUnits], seen_ns: int, /) -> None:
        """Queue one commit and return at once.

        A span is new or replaces end, state, waiting and cause of the one with the same station and start_ns (its
        span_id is not looked at; the reason is taken only from a new one). made adds to what the minute holds. seen_ns
        is the instant at which the engine still watched.
        """

    def last_seen(self) -> int | None:
        """The newest seen_ns that was saved; None for a fresh database."""

    def spans(self, stations: Sequence[str], from_ns: int, to_ns: int, /) -> list[StateSpan]:
        """Stretches that touch [from_ns, to_ns), with their ids, by station and start; open ones have end_ns None."""

    def production(self, stations: Sequence[str], from_ns: int, to_ns: int, /) -> Sequence[MinuteUnits]:
        """Minutes that begin in [from_ns, to_ns)."""

    def span(self, span_id: int, /) -> StateSpan | None:
        """One stretch by its id."""

    def assign_reason(self, span_id: int, reason: str | None, /) -> None:
        """Put a reason on a stretch, or take it off; on disk when this returns."""

    def split(self, span_id: int, at_ns: int, /) -> None:
        """End a stretch at an instant and let a new one with the same words begin there; on disk on return."""


@dataclass(frozen=True, slots=True)
class Buffers:
    """The units before and behind a station, None where not known; has_next is False for the last of the line."""

    own: int | None = None
    behind: int | None = None
    behind_capacity: int | None = None
    has_next: bool = False

    @property
    def way_out_full(self) -> bool:
        """Whether the next station's buffer takes no more."""
        return self.behind is not None and self.behind_capacity is not None and self.behind >= self.behind_capacity


def waiting_of(rule: StateRule, was: Waiting, buffers: Buffers) -> Waiting:
    """Why a station that says it is Suspended waits: as its state map says, else as its buffers show.

    was is what this stop was called so far: evidence that merely fades (the first unit came in, the machine has not
    started yet) does not change it. Where one side is not described, the other decides by elimination.
    """
    if time_class(rule.state, Waiting.BLOCKED) is not TimeClass.BLOCKED:
        return Waiting.NONE
    if rule.waiting is not Waiting.NONE:
        return rule.waiting
    blocked, starved = buffers.way_out_full, buffers.own == 0
    if blocked and starved:
        return was if was is not Waiting.NONE else Waiting.BLOCKED
    if blocked:
        return Waiting.BLOCKED
    if starved:
        return Waiting.STARVED
    if was is not Waiting.NONE or not buffers.has_next:
        return was
    if buffers.own is not None and buffers.behind_capacity is None:
        return Waiting.BLOCKED  # units wait before it, and how many fit behind it is not described
    if buffers.own is None and buffers.behind is not None and buffers.behind_capacity is not None:
        return Waiting.STARVED  # there is room behind it, and what waits before it is not told
    return Waiting.NONE


def rule_of(states: Mapping[str, StateRule], value: object) -> StateRule | None:
    """What a value of the state tag means by the station's state map; None when the map does not say."""
    if isinstance(value, bool):
        return states.get("true" if value else "false") or states.get(str(int(value)))
    if isinstance(value, float) and value.is_integer():
        return states.get(str(int(value)))
    return states.get(str(value))


def dated(source_ns: int, arrived_ns: int) -> int:
    """The instant a reading counts from: its source's, unless that lies ahead of us or is too old to be believed."""
    if arrived_ns - BELIEVED_LATE_NS <= source_ns <= arrived_ns:
        return source_ns
    return arrived_ns


@dataclass(frozen=True, slots=True)
class Cause:
    """The station that makes another one wait, and since when it does not produce."""

    station: str
    since_ns: int


class StateTracker:
    """The timeline of one station (or line), one reading at a time."""

    __slots__ = ("live",)

    def __init__(self, live: StateSpan) -> None:
        """live is the open stretch to go on from."""
        self.live = live

    def observe(
        self, at_ns: int, state: MachineState, waiting: Waiting = Waiting.NONE, cause: Cause | None = None
    ) -> list[StateSpan]:
        """Take what is the case from at_ns on; returns the stretches that are new or changed, oldest first."""
        live = self.live
        if state is not live.state:
            return self._begin(at_ns, state, waiting, cause)
        if waiting is not live.waiting:
            if at_ns - live.start_ns > SETTLE_NS:
                return self._begin(at_ns, state, waiting, cause)
            self.live = replace(live, waiting=waiting, cause=cause.station if cause else None)
            return [self.live]
        if cause is None or cause.station == live.cause:
            return []  # a cause that is over keeps what it brought about until the wait ends
        if live.cause is None and cause.since_ns <= live.start_ns + SETTLE_NS:
            self.live = replace(live, cause=cause.station)
            return [self.live]
        return self._begin(at_ns, state, waiting, cause)

    def reason(self, reason: str | None) -> None:
        """Take the reason that a person put on the open stretch."""
        self.live = replace(self.live, reason=reason)

    def split(self, at_ns: int) -> None:
        """Take that a person cut the open stretch at an instant."""
        self.live = replace(self.live, start_ns=at_ns)

    def _begin(self, at_ns: int, state: MachineState, waiting: Waiting, cause: Cause | None) -> list[StateSpan]:
        start = max(at_ns, self.live.start_ns + 1)  # in order and never empty, whatever the clocks say
        closed = replace(self.live, end_ns=start)
        fresh = StateSpan(closed.station, state, waiting, start, None, cause.station if cause else None)
        if fresh.counts_as is TimeClass.DOWN and closed.counts_as is TimeClass.DOWN:
            fresh = replace(fresh, reason=closed.reason)  # Aborted, Clearing, Stopped: one stop, one reason
        elif cause is None and fresh.counts_as in WAITS and fresh.counts_as is closed.counts_as:
            fresh = replace(fresh, cause=closed.cause)  # Suspending, Suspended: one wait, one cause
        self.live = fresh
        return [closed, fresh]


def resumed(open_span: StateSpan, last_seen_ns: int, now_ns: int, state: MachineState) -> list[StateSpan]:
    """How a timeline goes on after the engine was away: whole, or with the time away as UNKNOWN.

    open_span is the one found in the store, state what the station says first after the start at now_ns. Returns the
    stretches to save, the last of which is open; just the one when it goes on unbroken.
    """
    if state is open_span.state and now_ns - last_seen_ns <= RESUME_NS:
        return [open_span]
    away = max(last_seen_ns, open_span.start_ns + 1)
    if open_span.state is MachineState.UNKNOWN:
        return [open_span]
    return [
        replace(open_span, end_ns=away),
        StateSpan(open_span.station, MachineState.UNKNOWN, Waiting.NONE, away, None),
    ]
