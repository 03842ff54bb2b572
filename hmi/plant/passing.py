"""Units passing stations: a station's unit tag tells who left it last, the line's context tags what it was made of.

The tag of a station's role ``unit`` names the unit that left the station last. The context tags of a line (order,
product, lot, material batch) tell what is at the line's start; so a unit takes them where it is first seen and keeps
them at later stations and on other lines, while the operator is the one of the moment and the line. Tags are joined by
their source times, whatever the order they arrive in; a reading that is not GOOD leaves its word empty.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from hmi.model.genealogy import UnitPass
from hmi.model.plant import Line, Plant, Station
from hmi.model.quality import Quality, quality_of
from hmi.plant.context import ROLES, word_of
from hmi.plant.lots import lot_of
from hmi.plant.port import Batch, LinkState
from hmi.plant.roles import value_at
from hmi.plant.states import SECOND, dated
from hmi.plant.words_in_time import WordsInTime

SETTLE_NS = SECOND // 2
"""A pass waits this long for context tags of the same moment that travel in another message."""
TOGETHER_NS = 3 * SECOND // 10
"""Changes this close in source time may have happened in either order: the controller's own scan."""
TRANSIT_NS = 600 * SECOND
"""What is found further down a line within this time of the first look was in the line before."""
FRESH_NS = 2 * SECOND
"""The stamp of a first reading that is younger may be the time of reading: then it says nothing of when it began."""
LEAST_SHARE = 0.75
"""No unit passes a station in less of its ideal cycle."""
CARRIED_LEAST = 0.5
_CARRIED_WEIGHT = 0.1
_ID_LENGTH = 400


class Known(Protocol):
    """What is known of units (hmi.quality.genealogy.Genealogy)."""

    def last(self, unit: str) -> UnitPass | None:
        """The newest pass of a unit."""

    def passed(self, unit: str, station: str) -> bool:
        """Whether a unit has left a station before."""

    def recent(self, line: str, kind: str, limit: int = 8) -> list[str]:
        """The lots or batches last seen on a line, newest first."""


@dataclass(slots=True)
class _LineWatch:
    """A line's context in time, and how its first station is watched."""

    line: Line
    words: dict[str, WordsInTime]
    since_ns: int = 0
    """When the first station's unit tag was first read since it was last in doubt; 0 while it is."""
    before: str = ""
    """The material batch last known before that."""
    left_ns: int = 0
    """When the unit that left the first station last before that left it, by its stamp."""
    dated: bool = False
    """The first batch that was read since carries the time at which it began: before that there was another one."""
    carried: float = 1.0
    """How often a unit at a later station was known from an earlier one, of late: 1 always, 0 never."""
    lots_told: int = 0
    """How many units carried their lot in their id."""


@dataclass(slots=True)
class _StationWatch:
    """A station's unit tag."""

    station: Station
    line: _LineWatch
    first: bool
    least_ns: int = 0
    """So long ago at least a unit left the first station that leaves this one."""
    unit: str = ""
    live: bool = False
    left_ns: int = 0
    """Source time of the last pass."""


@dataclass(slots=True)
class _Waiting:
    """A pass that waits for its context."""

    arrived_ns: int
    source_ns: int
    at_ns: int
    where: _StationWatch
    unit: str
    found: bool
    """The tag's first reading: it left before we looked."""


@dataclass(slots=True)
class _Made:
    """What a unit was made of."""

    lot: str = ""
    order: str = ""
    product: str = ""
    batch: str = ""
    edge: str = ""


@dataclass(slots=True)
class _Ears:
    """Who hears a row of the tag table."""

    stations: list[_StationWatch] = field(default_factory=list)
    words: list[tuple[_LineWatch, str]] = field(default_factory=list)


class Passing:
    """Tells every pass of a unit, once its context has settled."""

    def __init__(self, plant: Plant, known: Known, told: Callable[[UnitPass], object]) -> None:
        """known is filled from the record; told hears passes in the order of source time and makes them known."""
        self._plant, self._known, self._told = plant, known, told
        self._lines: dict[str, _LineWatch] = {}
        self._ears: dict[int, _Ears] = {}
        self._waiting: list[_Waiting] = []
        for line in plant.lines:
            watch = self._lines[line.id] = _LineWatch(line, {f: WordsInTime() for f in set(ROLES.values())})
            for role, name in ROLES.items():
                self._hear(line.roles.get(role)).words.append((watch, name))
            least_s = 0.0
            for at, station in enumerate(plant.stations_of(line.id)):
                least_s += LEAST_SHARE * (station.ideal_cycle_s or 0.0) if at else 0.0
                found = _StationWatch(station, watch, at == 0, round(least_s * SECOND))
                self._hear(station.roles.get("unit")).stations.append(found)
            watch.before = next(iter(known.recent(line.id, "batch", 1)), "")
        self._ears.pop(-1, None)
        self._index = np.zeros(len(plant.tags) + 1, np.bool_)  # the last place is for rows that are not of the plant
        self._index[list(self._ears)] = True

    def _hear(self, tag: str | None) -> _Ears:
        return self._ears.setdefault(self._plant.row.get(tag or "", -1), _Ears())

    def now(self, line: str) -> dict[str, str]:
        """What a line's context tags say now: order, product, lot, batch, operator; empty where not known."""
        watch = self._lines.get(line)
        return {} if watch is None else {name: words.last for name, words in watch.words.items()}

    def on_batch(self, batch: Batch, now_ns: int) -> None:
        """Take readings; passes are told by tick()."""
        for i in np.flatnonzero(self._index.take(batch.rows, mode="clip")).tolist():
            source_ns = int(batch.source_ns[i]) or now_ns
            good = quality_of(int(batch.status[i])) is Quality.GOOD
            value = value_at(batch, i) if good else None
            word = None if value is None else word_of(value)
            ears = self._ears[int(batch.rows[i])]
            for watch, name in ears.words:
                self._context(watch, name, word, source_ns, now_ns)
            for where in ears.stations:
                self._unit(where, word, source_ns, now_ns)

    def on_link(self, controller: str, state: LinkState, now_ns: int) -> None:
        """A link that does not stand puts all that came over it in doubt."""
        if state is LinkState.CONNECTED:
            return
        for row, ears in self._ears.items():
            if self._plant.tags[row].controller == controller:
                for watch, name in ears.words:
                    self._context(watch, name, None, now_ns, now_ns)
                for where in ears.stations:
                    self._unit(where, None, now_ns, now_ns)

    def tick(self, now_ns: int) -> int:
        """Tell the passes whose context has settled; returns how many. Call four times a second or so."""
        due = [w for w in self._waiting if w.arrived_ns <= now_ns - SETTLE_NS]
        if not due:
            return 0
        self._waiting = [w for w in self._waiting if w.arrived_ns > now_ns - SETTLE_NS]
        told = 0
        for waiting in sorted(due, key=lambda w: (w.source_ns, w.where.station.order)):
            found = self._pass(waiting)
            if found is not None:
                told += 1
                self._told(found)
        return told

    def _context(self, watch: _LineWatch, name: str, word: str | None, source_ns: int, now_ns: int) -> None:
        if name == "batch" and not watch.words[name].last:
            watch.dated = bool(word) and now_ns - source_ns >= FRESH_NS
        watch.words[name].put(source_ns, word)

    def _unit(self, where: _StationWatch, word: str | None, source_ns: int, now_ns: int) -> None:
        if word is None:
            where.live = False
            if where.first and where.line.since_ns:
                where.line.since_ns = where.line.left_ns = 0
                where.line.before = where.line.words["batch"].known or where.line.before
            return
        found, where.live = not where.live, True
        if where.first and not where.line.since_ns:
            where.line.since_ns = now_ns
            where.line.left_ns = source_ns if 0 < source_ns <= now_ns else now_ns
        if not word or len(word) > _ID_LENGTH or (word == where.unit and not found):
            return
        where.unit = word
        at_ns = source_ns if found and 0 < source_ns <= now_ns else dated(source_ns, now_ns)
        self._waiting.append(_Waiting(now_ns, source_ns, at_ns, where, word, found))

    def _pass(self, w: _Waiting) -> UnitPass | None:
        where, line = w.where, w.where.line
        if w.found and self._known.passed(w.unit, where.station.id):
            return None
        before = self._known.last(w.unit)
        onward = before is not None and self._order(before.station) < where.station.order
        if not where.first and not w.found:
            line.carried += (float(onward) - line.carried) * _CARRIED_WEIGHT
        if before is not None and onward and line.carried >= CARRIED_LEAST:
            made = _Made(before.lot, before.order, before.product, before.batch, before.batch_edge)
        else:
            made = self._first_seen(w)
        where.left_ns = max(where.left_ns, w.source_ns)
        return UnitPass(
            w.unit, where.station.id, where.station.line, w.at_ns, made.lot, made.order, made.product, made.batch,
            line.words["operator"].at(w.source_ns), made.edge,
        )  # fmt: skip

    def _first_seen(self, w: _Waiting) -> _Made:
        where, line = w.where, w.where.line
        moment = printed = w.source_ns
        words, edge = line.words, ""
        batch = words["batch"].at(moment)
        if where.first or line.carried < CARRIED_LEAST:
            edge = words["batch"].other(moment, where.left_ns, TOGETHER_NS)
        elif line.since_ns and w.at_ns <= line.since_ns + TRANSIT_NS:
            # nobody saw it at the first station since we look: it left that before the one that was read there first
            moment = min(moment, line.since_ns)
            printed = min(moment, line.left_ns, w.source_ns - where.least_ns) if line.dated else moment
            batch = words["batch"].at(printed)
            edge = line.before if line.before != batch else ""
        else:
            edge = words["batch"].other(moment, moment - TRANSIT_NS, TOGETHER_NS)
        if not batch and not edge:
            before = words["batch"].before(printed) or line.before
            edge = before or ("" if line.dated else words["batch"].near(printed))
        lot = lot_of(w.unit, words["lot"].at(moment), self._lots(line), surely=line.lots_told >= 3)
        line.lots_told += bool(lot) and lot_of(w.unit, "", [lot], surely=False) == lot
        return _Made(lot, words["order"].at(moment), words["product"].at(moment), batch, edge)

    def _lots(self, line: _LineWatch) -> list[str]:
        """Lots heard of: the line's own first."""
        own = line.words["lot"].heard()
        others = [lot for x in self._lines.values() if x is not line for lot in x.words["lot"].heard()]
        return [*own, *self._known.recent(line.line.id, "lot"), *others]

    def _order(self, station: str) -> int:
        found = self._plant.station.get(station)
        return 0 if found is None else found.order
