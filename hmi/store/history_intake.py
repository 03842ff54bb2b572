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
        special = gap | (self._gap_ns[rows] > 0) | (self._deadband[rows] > 0)
        keep = None
        samples = Samples(self._keys[rows], source_ns, values, status)
        if special.any():
            keep = np.ones(len(rows), bool)
            back = self._one_by_one(np.flatnonzero(special), gap, keep, rows, values, status, source_ns, arrived_ns)
            plain = np.flatnonzero(~special)
            self._remember(rows[plain], values[plain], status[plain], source_ns[plain])
            parts = [samples if keep.all() else samples.take(keep)]
            if len(back):
                again = samples.take(back)
                again.time_ns = self.last_ns[rows[back]]
                parts.append(again)
            return Samples.joined(parts), changes
        self._remember(rows, values, status, source_ns)
        return samples, changes

    def _one_by_one(
        self, places: Index, gap: npt.NDArray[np.bool_], keep: npt.NDArray[np.bool_],
        rows: I4, values: F8, status: U4, source_ns: I8, arrived_ns: int,
    ) -> Index:  # fmt: skip
        """Follow gaps and deadbands; several readings of one tag in their order. Returns places that end a gap."""
        ended: list[Index] = []
        while len(places):
            _, first = np.unique(rows[places], return_index=True)
            now = places[first]
            places = np.delete(places, first)
            r, is_gap, at = rows[now], gap[now], source_ns[now]
            since = self._gap_ns[r]
            late = ~is_gap & (since > 0) & (at <= since)
            same = (
                ~is_gap & (since == 0) & (self.last_ns[r] > 0) & (status[now] == self.last_status[r])
                & (np.abs(values[now] - self.last_value[r]) <= self._deadband[r]) & (self._deadband[r] > 0)
            )  # fmt: skip
            keep[now[same]] = False
            self.within_deadband += int(same.sum())
            self._gap_ns[r] = np.where(is_gap, np.maximum(at, since), 0)
            rest = ~same
            self._remember(r[rest], values[now][rest], status[now][rest], at[rest])
            if late.any():
                back = r[late]
                self.last_ns[back] = np.maximum(arrived_ns, since[late] + 1)
                self.last_value[back], self.last_status[back] = values[now[late]], status[now[late]]
                ended.append(now[late])
        found: Index = np.concatenate(ended) if ended else np.empty(0, np.intp)
        self.resumed += len(found)
        return found

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
