"""What is kept of the readings that come in: the rules before anything is written.

A value that comes back after a gap with an old source time (a tag that did not change while the link was down) is kept
twice: at its source time, and at its arrival, where it is known to hold again. Without that its gap would never end.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from hmi.store.columns import F8, I8, U4, Index
from hmi.store.history_codec import I4, Samples
from hmi.store.history_tables import HistoryTag

TEXT_LIMIT = 2_000
"""Characters of a text that are kept."""
_DAY_NS = 86_400_000_000_000
_OLDEST_NS, _NEWEST_NS = 3650 * _DAY_NS, _DAY_NS

Bools = npt.NDArray[np.bool_]
TextChange = tuple[int, int, int, str]
"""Key, time in ns, status, text."""


class Intake:
    """Turns rows of readings into samples by tag key; remembers per tag what its last sample was."""

    def __init__(self, tags: Sequence[HistoryTag], keys: I4, start_ns: int) -> None:
        """``keys`` are the file's keys of the tags; nothing before ``start_ns`` is known to hold."""
        self._keys = keys
        self._is_text = np.array([t.is_text for t in tags], bool)
        self._deadband = np.array([t.deadband for t in tags], float)
        self._gap_ns = np.full(len(tags), start_ns, np.int64)
        self.last_ns = np.zeros(len(tags), np.int64)
        self.last_value = np.full(len(tags), np.nan)
        self.last_status = np.zeros(len(tags), np.uint32)
        self.resumed = 0
        """Samples added at the end of gaps."""
        self.retimed = 0
        """Samples whose source time was absurd and was replaced by their arrival."""
        self.within_deadband = 0

    def admit(
        self, rows: I4, values: F8, status: U4, source_ns: I8, texts: dict[int, str], arrived_ns: int
    ) -> tuple[Samples, list[TextChange]]:
        """What to keep of one batch, in its order."""
        absurd = (source_ns < arrived_ns - _OLDEST_NS) | (source_ns > arrived_ns + _NEWEST_NS)
        if absurd.any():
            source_ns = np.where(absurd, arrived_ns, source_ns)
            self.retimed += int(absurd.sum())
        changes: list[TextChange] = []
        wordy = self._is_text[rows]
        if texts or wordy.any():
            places = sorted(set(np.flatnonzero(wordy).tolist()) | set(texts))
            changes = self._texts(places, rows, status, source_ns, texts, arrived_ns)
            if wordy.any():
                rows, values, status, source_ns = (a[~wordy] for a in (rows, values, status, source_ns))
        gap = np.isnan(values) | (status >= np.uint32(0x80000000))
        special = self._gap_ns[rows] > 0
        if gap.any():
            in_doubt = np.zeros(len(self._gap_ns), bool)
            in_doubt[rows[gap]] = True
            special |= in_doubt[rows]
        samples = Samples(self._keys[rows], source_ns, values, status)
        keep = self._outside_deadband(rows, values, status, gap)
        self._remember(rows[keep], values[keep], status[keep], source_ns[keep])
        again = self._follow_gaps(np.flatnonzero(special), rows, gap, samples, arrived_ns)
        if not keep.all():
            samples = samples.take(keep)
        return Samples.joined([samples, again]) if len(again) else samples, changes

    def _follow_gaps(self, places: Index, rows: I4, gap: Bools, samples: Samples, arrived_ns: int) -> Samples:
        """Keep track of which tags are in a gap; returns the samples that end one although they are older than it."""
        if not len(places):
            return Samples.none()
        places = places[np.argsort(rows[places], kind="stable")]
        r, is_gap, at = rows[places], gap[places], samples.time_ns[places]
        first = np.append(True, r[1:] != r[:-1])
        since = np.where(first, self._gap_ns[r], np.append(0, np.where(is_gap[:-1], at[:-1], 0)))
        late = ~is_gap & (since > 0) & (at <= since)
        end = np.append(first[1:], True)
        self._gap_ns[r[end]] = np.where(is_gap[end], np.maximum(at[end], since[end]), 0)
        again = samples.take(places[late])
        again.time_ns = np.maximum(arrived_ns, since[late] + 1)
        self._remember(r[late], again.value, again.status, again.time_ns)
        self.resumed += len(again)
        return again

    def _outside_deadband(self, rows: I4, values: F8, status: U4, gap: Bools) -> Bools:
        """Which readings differ enough from the last kept one of their tag; gaps and what ends them always do."""
        keep = np.ones(len(rows), bool)
        places = np.flatnonzero(self._deadband[rows] > 0)
        if not len(places):
            return keep
        last: dict[int, tuple[float, int]] = {}
        for place in places.tolist():  # one by one: each is measured against the one kept before it
            row, value, code = int(rows[place]), float(values[place]), int(status[place])
            before = last.get(row)
            if before is None:
                held = self.last_ns[row] > 0 and self._gap_ns[row] == 0
                before = (float(self.last_value[row]), int(self.last_status[row])) if held else (float("nan"), -1)
            # a comparison with NaN is false: whatever follows a gap is kept
            if not gap[place] and code == before[1] and abs(value - before[0]) <= self._deadband[row]:
                keep[place] = False
                last[row] = before
            else:
                last[row] = (float("nan"), -1) if gap[place] else (value, code)
        self.within_deadband += int((~keep).sum())
        return keep

    def _remember(self, rows: I4, values: F8, status: U4, source_ns: I8) -> None:
        later = source_ns >= self.last_ns[rows]
        if not later.all():
            rows, values, status, source_ns = rows[later], values[later], status[later], source_ns[later]
        self.last_ns[rows] = source_ns
        self.last_value[rows] = values
        self.last_status[rows] = status

    def _texts(
        self, places: list[int], rows: I4, status: U4, source_ns: I8, texts: dict[int, str], arrived_ns: int
    ) -> list[TextChange]:
        changes: list[TextChange] = []
        for place in places:
            row, code, at, word = int(rows[place]), int(status[place]), int(source_ns[place]), texts.get(place, "")
            if len(word) > TEXT_LIMIT:
                word = word[:TEXT_LIMIT] + "…"
            word = word.encode("utf-8", "replace").decode("utf-8")
            key = int(self._keys[row])
            changes.append((key, at, code, word))
            if not self._is_text[row]:
                continue  # a number's own column follows its gaps
            since, is_gap = int(self._gap_ns[row]), code >= 0x80000000
            if not is_gap and since > 0 and at <= since:
                changes.append((key, max(arrived_ns, since + 1), code, word))
            self._gap_ns[row] = max(at, since) if is_gap else 0
        return changes

    def anchors(self) -> Samples:
        """The last sample of every tag that has one, by key."""
        known = np.flatnonzero((self.last_ns > 0) & ~self._is_text)
        known = known[np.argsort(self._keys[known])]
        return Samples(self._keys[known], self.last_ns[known], self.last_value[known], self.last_status[known])
