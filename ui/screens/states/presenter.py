"""Spans and figures to what the states screen says: rows of the timeline, stops of the line, OEE in words. No Qt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from hmi.desk.rows import OeeFigures
from hmi.model.machine import StateSpan, TimeClass
from hmi.model.plant import Plant, StopReason
from hmi.model.text import Text
from hmi.model.words import say
from ui.equipment.words import length_words, short_names, state_words, station_name
from ui.widgets.figures import number, span_text

SHORTEST_STOP_S = 10.0
"""Shorter pauses of a line are its breathing, and not in the list of stops."""
NO_REASON = Text.same("–")
_LOSSES = ("down", "setup", "blocked", "starved", "waiting", "unknown", "speed", "quality")


@dataclass(frozen=True, slots=True)
class StopRow:
    """A stop of a line, or of one station of it."""

    span: StateSpan
    start_ns: int
    end_ns: int | None
    length_s: float
    place: Text
    state: Text
    cause: Text
    cause_id: str | None
    reason: Text | None
    reason_id: str | None
    targets: tuple[int, ...]
    """Span ids that a reason goes to: the stop itself, and that of the machine that caused it."""

    @property
    def key(self) -> tuple[str, int]:
        """What makes it the same stop in a later answer."""
        return self.span.station, self.start_ns


@dataclass(frozen=True, slots=True)
class OeeRow:
    """A line of the OEE table."""

    scope: str
    name: Text
    figures: OeeFigures | None
    whole_line: bool


def by_place(spans: Iterable[StateSpan], places: Sequence[str]) -> dict[str, list[StateSpan]]:
    """Spans by line or station, in time order."""
    found: dict[str, list[StateSpan]] = {p: [] for p in places}
    for span in spans:
        if span.station in found:
            found[span.station].append(span)
    for rows in found.values():
        rows.sort(key=lambda s: s.start_ns)
    return found


def places_of(plant: Plant, line: str) -> list[str]:
    """The line itself and its stations along the flow."""
    return [line, *(s.id for s in plant.stations_of(line))]


def short_names_of(plant: Plant, line: str) -> dict[str, Text]:
    """The line and its stations with the names that fit beside a bar."""
    return {line: station_name(plant, line), **short_names(plant.stations_of(line))}


def short_name(plant: Plant, place: str) -> Text:
    """A station's short name, as its bar has it."""
    station = plant.station.get(place)
    return station_name(plant, place) if station is None else short_names_of(plant, station.line)[place]


def line_stops(plant: Plant, line: str, places: Mapping[str, Sequence[StateSpan]], now_ns: int) -> list[StopRow]:
    """The stops of a line, newest first. A wait that its causes make in pieces is one stop for each state in a row."""
    rows = []
    for span in places.get(line, ()):
        row = stop_row(plant, span, places, now_ns)
        if row is not None and (row.length_s >= SHORTEST_STOP_S or row.end_ns is None):
            rows.append(row)
    return sorted(rows, key=lambda r: -r.start_ns)


def stop_row(plant: Plant, span: StateSpan, places: Mapping[str, Sequence[StateSpan]], now_ns: int) -> StopRow | None:
    """A stretch as a stop that can be explained; None for a stretch of production."""
    if span.counts_as is TimeClass.PRODUCTION:
        return None
    behind = _behind(span, places, now_ns)
    reason = span.reason or (behind.reason if behind is not None else None)
    targets = [s.span_id for s in (span, behind) if s is not None and s.span_id > 0]
    cause = span.cause or (None if span.station in plant.line else span.station)
    end = now_ns if span.end_ns is None else span.end_ns
    return StopRow(
        span, span.start_ns, span.end_ns, max(0, end - span.start_ns) / 1e9, station_name(plant, span.station),
        state_words(span.state, span.waiting), NO_REASON if cause is None else short_name(plant, cause), cause,
        None if reason is None else reason_name(plant, reason), reason, tuple(dict.fromkeys(targets)),
    )  # fmt: skip


def _behind(span: StateSpan, places: Mapping[str, Sequence[StateSpan]], now_ns: int) -> StateSpan | None:
    """The stop of the machine that caused this one: the one that lies in it for longest."""
    if span.cause is None or span.cause == span.station:
        return None
    best, most = None, 0
    end = now_ns if span.end_ns is None else span.end_ns
    for other in places.get(span.cause, ()):
        if other.counts_as in (TimeClass.PRODUCTION, TimeClass.BLOCKED, TimeClass.STARVED):
            continue
        shared = min(end, now_ns if other.end_ns is None else other.end_ns) - max(span.start_ns, other.start_ns)
        if shared > most:
            best, most = other, shared
    return best


def reason_name(plant: Plant, reason: str) -> Text:
    """A downtime reason's name; its id where the plant file has none of that id any more."""
    found = next((r for r in plant.reasons if r.id == reason), None)
    return Text.same(reason) if found is None else found.name


def stops_words(rows: Sequence[StopRow]) -> Text:
    """How many stops there are, how long together, how many without a reason."""
    if not rows:
        return say("states.no_stops")
    missing = sum(1 for r in rows if r.reason is None)
    length = length_words(sum(r.length_s for r in rows))
    return say("states.stops_sum", n=len(rows), length=length, missing=missing)


def stop_lines(row: StopRow, zone: tzinfo | None) -> list[tuple[Text, Text | str]]:
    """What the stop's panel says of it."""
    start = datetime.fromtimestamp(row.start_ns // 1_000_000_000, UTC).astimezone(zone)
    end = say("statebar.now") if row.end_ns is None else Text.same(_clock(row.end_ns, zone))
    lines: list[tuple[Text, Text | str]] = [
        (say("states.state"), row.state),
        (say("states.when"), say("states.span", start=f"{start:%m-%d %H:%M:%S}", end=end)),
        (say("states.length"), length_words(row.length_s)),
        (say("states.cause"), row.cause),
        (say("states.reason"), say("states.reason_missing") if row.reason is None else row.reason),
    ]
    return lines


def stop_sentence(row: StopRow, zone: tzinfo | None) -> Text:
    """The same in one line."""
    end = say("statebar.now") if row.end_ns is None else Text.same(_clock(row.end_ns, zone))
    return say(
        "states.sentence", state=row.state, start=_clock(row.start_ns, zone), end=end,
        length=length_words(row.length_s), cause=row.cause,
        reason=say("states.reason_missing") if row.reason is None else row.reason,
    )  # fmt: skip


def _clock(ns: int, zone: tzinfo | None) -> str:
    return f"{datetime.fromtimestamp(ns // 1_000_000_000, UTC).astimezone(zone):%H:%M:%S}"


@dataclass(frozen=True, slots=True)
class ReasonGroup:
    """A branch of the reason tree with everything that can be chosen below it."""

    reason: StopReason
    leaves: tuple[StopReason, ...]


def reason_groups(reasons: Sequence[StopReason]) -> list[ReasonGroup]:
    """The tree in two levels: its roots, and all leaves below each; a root without a branch is its own leaf."""
    below: dict[str, list[StopReason]] = {}
    known = {r.id for r in reasons}
    for reason in reasons:
        parent = reason.parent if reason.parent in known and reason.parent != reason.id else ""
        below.setdefault(parent, []).append(reason)

    def leaves(reason: StopReason, seen: frozenset[str]) -> list[StopReason]:
        children = [c for c in below.get(reason.id, []) if c.id not in seen]
        if not children:
            return [reason]
        return [leaf for child in children for leaf in leaves(child, seen | {child.id})]

    return [ReasonGroup(root, tuple(leaves(root, frozenset({root.id})))) for root in below.get("", [])]


def group_of(groups: Sequence[ReasonGroup], reason: str | None) -> int | None:
    """The group that a reason is in."""
    return next((i for i, g in enumerate(groups) if any(leaf.id == reason for leaf in g.leaves)), None)


def figures_words(oee: OeeFigures | None) -> list[tuple[Text, Text]]:
    """A, P and Q with the seconds and counts that they come from; what is not known is said."""
    if oee is None or oee.pbt_s <= 0:
        why = say("states.no_figures") if oee is None or oee.planned_s <= 0 else say("states.all_planned")
        return [(say("oee.availability"), why)]
    made = oee.good + oee.reject
    rows = [
        (say("oee.availability"), say("states.a_words", share=_share(oee.availability), run=span_text(oee.apt_s),
                                      planned=span_text(oee.pbt_s))),
        (say("oee.performance"), _speed_words(oee, made)),
        (say("oee.quality"), say("states.q_words", share=_share(oee.quality), good=number(oee.good, 0),
                                 made=number(made, 0)) if made else say("states.q_none")),
    ]  # fmt: skip
    if oee.unknown_s >= 1:
        rows.append((say("machine.class.UNKNOWN"), say("states.unknown_words", length=span_text(oee.unknown_s))))
    elif oee.planned_s >= 1:
        rows.append((say("machine.class.PLANNED"), say("states.planned_words", length=span_text(oee.planned_s))))
    return rows


def _speed_words(oee: OeeFigures, made: int) -> Text:
    if oee.ideal_cycle_s is None:
        return say("states.p_no_ideal")
    if oee.effectiveness is None:
        return say("states.p_none")
    return say(
        "states.p_words", share=_share(oee.effectiveness), made=number(made, 0), ideal=number(oee.ideal_cycle_s, 1),
        needed=span_text(made * oee.ideal_cycle_s), run=span_text(oee.apt_s),
    )  # fmt: skip


def _share(share: float | None) -> str:
    return "–" if share is None else f"{number(100 * share, 1)} %"


def largest_loss(oee: OeeFigures) -> tuple[str, float] | None:
    """The largest loss: its name in the waterfall and its seconds; None without any."""
    losses = [(key, float(getattr(oee, f"{key}_loss_s" if key in ("speed", "quality") else f"{key}_s")))
              for key in _LOSSES]  # fmt: skip
    worst = max(losses, key=lambda x: x[1])
    return worst if worst[1] > 0 else None


def best_split(row: StopRow, now_ns: int) -> int:
    """Where the split handle stands at first: the middle, on a whole second."""
    end = now_ns if row.end_ns is None else row.end_ns
    middle = (row.start_ns + end) // 2
    return middle // 1_000_000_000 * 1_000_000_000


def clamp_split(row: StopRow, at_ns: int, now_ns: int) -> int:
    """A place for the handle within the stop, a second from its ends."""
    end = now_ns if row.end_ns is None else row.end_ns
    low, high = row.start_ns + 1_000_000_000, end - 1_000_000_000
    return max(low, min(high, at_ns)) if low <= high else (row.start_ns + end) // 2
