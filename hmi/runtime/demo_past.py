"""Puts the demo plant's past on record as if the engine had been there: history, machine states, units, events.

The plant hands its past over in parts as it makes them; each is fed through the engine's own rooms with a clock that is
stepped, so that what the station shows of it was decided by the same rules as everything that comes after.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from hmi.desk.client import RefusedError
from hmi.desk.machine_time import MachineTime, one_stop
from hmi.model.machine import MinuteUnits, StateSpan, TimeClass
from hmi.model.plant import Plant
from hmi.plant.acquisition import kind_of
from hmi.plant.port import Batch, LinkState
from hmi.runtime import settings
from hmi.runtime.changes import Changes
from hmi.store.database import Database
from hmi.store.history_tables import HistoryTag
from hmi.store.history_writer import HistoryWriter
from hmi.store.machine_time import MachineTimeTable

_MS = 1_000_000
_SECOND = 1_000_000_000
_TICK_NS = 5 * _SECOND
"""Between changes of state the clock goes on in steps of this: readings are dated by their source, not by the step."""
SEAM_NS = 5 * _SECOND
"""The plant goes on while the engine starts: for so long its last values are taken to hold."""
_SHOWN_NS = 10 * _SECOND
"""After so long a stop shows in the record, whose hours ago are told every few seconds only."""
_TRAVEL_NS = 20 * _SECOND
"""A gap in the flow needs so long from one end of a line to the other."""
_OVER_NS = 600 * _SECOND
"""After so long a stop and all it brought about is over."""
_WRITE_S = 60.0


class DemoPastError(Exception):
    """A part of the past cannot be read."""


@dataclass(frozen=True, slots=True)
class _Part:
    """Changes of tags in time order, by rows of the plant; texts by position."""

    readings: Batch
    until_ns: int
    explained: list[tuple[str, int, str]]
    """Place, beginning and reason of stops that somebody explained."""


class DemoPast:
    """A past on its way into a data folder: ``take`` every part in its order, then ``close``."""

    def __init__(self, data: Path, plant: Plant) -> None:
        """The folder must be usable, without a record, and no engine may work on it. Raises StoreError."""
        self._data, self._plant = data, plant
        self._kinds = np.array([kind_of(t.type) for t in plant.tags], np.uint8)
        self._is_state, self._has_role = _roles(plant)
        self._now_ns = self._recorded_ns = 0
        self._explained: list[tuple[str, int, str]] = []
        self._database = Database(settings.load(data).database_url or data / "plant.db")
        self._store = _Gathered(MachineTimeTable(self._database))
        self._history: HistoryWriter | None = None
        self._machine_time: MachineTime | None = None
        self.begin_ns = 0

    def take(self, file: Path) -> None:
        """Put a part on record. DemoPastError when it is none."""
        part = _read(file, self._plant, self._kinds)
        if not len(part.readings):
            return
        if self._history is None or self._machine_time is None:
            self._begin(int(part.readings.source_ns[0]))
        assert self._history is not None
        found = part.readings
        self._recorded_ns = part.until_ns
        self._history.put(found.rows, found.values, found.status, found.source_ns, found.texts)
        self._explained += part.explained
        self._watch(part)
        self._explain(part.until_ns - _OVER_NS)

    def close(self) -> bool:
        """Put all of it on disk and let go of the files; False when the disk did not take it in time."""
        done = True
        if self._history is not None and self._machine_time is not None:
            self._explain(self._now_ns)
            self._machine_time.close()
            self._store.flush()
            self._recorded_ns = self._now_ns + SEAM_NS
            done = self._history.flush(_WRITE_S)
            self._history.close(_WRITE_S)
        self._database.close(_WRITE_S)
        return done and not self._database.lost

    def _begin(self, at_ns: int) -> None:
        self._now_ns = self._recorded_ns = self.begin_ns = at_ns - _MS
        tags = [HistoryTag(t.id, not t.type.is_number, t.deadband) for t in self._plant.tags]
        self._history = HistoryWriter(self._data / "history.db", tags, clock=lambda: self._recorded_ns)
        changes = Changes(self._database)
        self._machine_time = MachineTime(self._plant, self._store, lambda: self._now_ns, changes.add)
        for controller in self._plant.controllers:
            self._machine_time.on_link(controller.id, LinkState.CONNECTED)

    def _watch(self, part: _Part) -> None:
        """Let machine time hear the part: a step of the clock at each change of a state, and every few seconds."""
        machine_time = self._machine_time
        assert machine_time is not None
        heard = _only(part.readings, self._has_role)
        steps = np.arange(self._now_ns + _TICK_NS, part.until_ns, _TICK_NS)
        edges = np.unique(np.concatenate(
            [heard.source_ns[self._is_state[heard.rows]], steps, np.array([part.until_ns], np.int64)]
        ))  # fmt: skip
        at = 0
        for edge, end in zip(edges.tolist(), np.searchsorted(heard.source_ns, edges, "right").tolist(), strict=True):
            self._now_ns = edge
            machine_time.on_batch(_slice(heard, at, end))
            machine_time.tick()
            at = end

    def _explain(self, until_ns: int) -> None:
        """Give the stops that began before an instant their reasons, as a person does: the machine's and the line's."""
        machine_time = self._machine_time
        due = [stop for stop in self._explained if stop[1] < until_ns]
        if machine_time is None or not due:
            return
        self._explained = [stop for stop in self._explained if stop[1] >= until_ns]
        self._store.settle()
        for place, at_ns, reason in due:
            line = self._plant.station[place].line
            spans = machine_time.store.spans([place, line], at_ns, at_ns + _OVER_NS)
            for span in _stop(spans, place, at_ns, line):
                with suppress(RefusedError):  # it turned into something that needs no reason
                    machine_time.assign_reason(span.span_id, reason)


def _stop(spans: Sequence[StateSpan], place: str, at_ns: int, line: str) -> Iterator[StateSpan]:
    """The stretch that a stop of a station began with, and those of its line that are laid to it."""
    own = next((
        s for s in spans
        if s.station == place and s.counts_as is TimeClass.DOWN
        and s.start_ns <= at_ns + _SHOWN_NS < (at_ns + _OVER_NS if s.end_ns is None else s.end_ns)
    ), None)  # fmt: skip
    if own is None:
        return
    yield own
    over_ns = one_stop([s for s in spans if s.station == place], own.span_id)[-1].end_ns or own.start_ns
    for s in spans:
        if s.station == line and s.cause == place and own.start_ns <= s.start_ns <= over_ns + _TRAVEL_NS:
            yield s


def _roles(plant: Plant) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Which rows are states, and which play a role at all."""
    states = {s.roles.get("state", "") for s in plant.stations}
    counts = {s.roles.get(r, "") for s in plant.stations for r in ("in_buffer", "good", "reject")}
    of_line = {tag for line in plant.lines for tag in line.roles.values()}
    is_state = np.array([t.id in states for t in plant.tags], np.bool_)
    return is_state, is_state | np.array([t.id in counts | of_line for t in plant.tags], np.bool_)


def _read(file: Path, plant: Plant, kinds: npt.NDArray[np.uint8]) -> _Part:
    try:
        with file.open("rb") as handle, np.load(handle, allow_pickle=False) as found:
            ids, tag, text, texts = (found[n] for n in ("ids", "tag", "text", "texts"))
            at_ms, value, until_ms = found["at_ms"], found["value"], int(found["until_ms"])
            stops = zip(found["stop_place"], found["stop_ms"], found["stop_reason"], strict=True)
            explained = [(str(p), int(ms) * _MS, str(why)) for p, ms, why in stops if why and str(p) in plant.station]
            row_of = np.array([plant.row.get(str(i), -1) for i in ids], np.int32)
            known = np.flatnonzero(row_of[tag] >= 0)
            rows, words = row_of[tag][known], text[known]
            readings = Batch(
                rows, value[known].astype(np.float64), np.zeros(len(rows), np.uint32),
                at_ms[known].astype(np.int64) * _MS, kinds[rows],
                {int(n): str(texts[words[n]]) for n in np.flatnonzero(words >= 0)},
            )  # fmt: skip
    except (OSError, EOFError, ValueError, KeyError, IndexError, BadZipFile) as err:
        raise DemoPastError(f"{file.name}: {err}") from err
    return _Part(readings, until_ms * _MS, explained)


def _only(batch: Batch, mask: npt.NDArray[np.bool_]) -> Batch:
    """The readings of some rows."""
    keep = np.flatnonzero(mask[batch.rows])
    place = {int(old): new for new, old in enumerate(keep.tolist()) if old in batch.texts}
    return Batch(
        batch.rows[keep], batch.values[keep], batch.status[keep], batch.source_ns[keep], batch.kinds[keep],
        {new: batch.texts[old] for old, new in place.items()},
    )  # fmt: skip


def _slice(batch: Batch, start: int, end: int) -> Batch:
    texts = {}
    if batch.texts:
        special = np.flatnonzero(np.isnan(batch.values[start:end]))
        texts = {n: batch.texts[start + n] for n in special.tolist() if start + n in batch.texts}
    part = slice(start, end)
    return Batch(
        batch.rows[part], batch.values[part], batch.status[part], batch.source_ns[part], batch.kinds[part], texts
    )


class _Gathered:
    """A store of machine time that hands on in one commit what comes second by second (MachineTimeStore)."""

    def __init__(self, table: MachineTimeTable) -> None:
        self._table = table
        self._spans: dict[tuple[str, int], StateSpan] = {}
        self._made: dict[tuple[str, int], tuple[int, int]] = {}
        self._seen_ns: int | None = None

    def save(self, found: Sequence[StateSpan], made: Sequence[MinuteUnits], seen_ns: int, /) -> None:
        """Keep it for the next commit."""
        self._spans |= {(s.station, s.start_ns): s for s in found}
        for m in made:
            good, reject = self._made.get((m.station, m.minute_ns), (0, 0))
            self._made[m.station, m.minute_ns] = good + m.good, reject + m.reject
        self._seen_ns = seen_ns

    def flush(self) -> None:
        """Hand on what gathered."""
        if self._seen_ns is None:
            return
        made = [MinuteUnits(station, minute, good, reject) for (station, minute), (good, reject) in self._made.items()]
        self._table.save(list(self._spans.values()), made, self._seen_ns)
        self._spans, self._made, self._seen_ns = {}, {}, None

    def settle(self) -> None:
        """Return when all that gathered is on disk."""
        self.span(0)

    def last_seen(self) -> int | None:
        """See MachineTimeStore."""
        return self._table.last_seen()

    def spans(self, stations: Sequence[str], from_ns: int, to_ns: int, /) -> list[StateSpan]:
        """Stretches on disk."""
        return self._table.spans(stations, from_ns, to_ns)

    def production(self, stations: Sequence[str], from_ns: int, to_ns: int, /) -> Sequence[MinuteUnits]:
        """Minutes on disk."""
        return self._table.production(stations, from_ns, to_ns)

    def span(self, span_id: int, /) -> StateSpan | None:
        """One stretch, once all that gathered is on disk."""
        self.flush()
        return self._table.span(span_id)

    def assign_reason(self, span_id: int, reason: str | None, /) -> None:
        """On disk when this returns."""
        self._table.assign_reason(span_id, reason)

    def split(self, span_id: int, at_ns: int, /) -> None:
        """On disk when this returns."""
        self._table.split(span_id, at_ns)
