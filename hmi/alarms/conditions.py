"""The conditions of all alarms at once: readings in, activations and returns out.

A batch touches only the rules of its tags, and those are worked out together as arrays; Python looks at a rule by
itself only when its condition turns over. A reading that cannot be believed never ends a condition.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hmi.model import quality as q
from hmi.model.alarm import OF_QUALITY, OF_STATION, AlarmKind, AlarmRule, EventKind
from hmi.model.quality import Quality

Rows = npt.NDArray[np.int32]
Numbers = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

SECOND = 1_000_000_000
BELIEVED_NS = 10 * SECOND
"""A source time further from our clock is a first value, or a clock that is wrong: arrival dates the alarm."""

_HIGH = (AlarmKind.HI, AlarmKind.HIHI)
_LIMIT, _ROC, _DISCRETE, _STALE, _QUALITY, _DEVIATION, _SAID = range(7)
_FORM = {
    AlarmKind.HI: _LIMIT, AlarmKind.HIHI: _LIMIT, AlarmKind.LO: _LIMIT, AlarmKind.LOLO: _LIMIT, AlarmKind.ROC: _ROC,
    AlarmKind.DISCRETE: _DISCRETE, AlarmKind.STALE: _STALE, AlarmKind.QUALITY: _QUALITY,
    AlarmKind.DEVIATION: _DEVIATION, AlarmKind.COMM: _SAID, AlarmKind.SYSTEM: _SAID,
}  # fmt: skip
_STALE_CODES = np.array([q.STALE_LINK_SILENT, q.STALE_ENGINE_SILENT], np.uint32)
_OF_LINK = np.array([q.BAD_NO_COMMUNICATION, q.BAD_WAITING_FOR_INITIAL_DATA, q.STALE_ENGINE_SILENT], np.uint32)
"""Statuses that tell of the link or of us rather than of the tag: a dead link is one alarm and not one for each tag."""
_HOLD, _OFF, _ON = -1, 0, 1
_NEVER = 2**62


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of one rule's condition: ACTIVATE, RETURN or DOUBT, at ns since 1970 UTC."""

    rule: int
    kind: EventKind
    at_ns: int
    value: float | None = None
    quality: Quality = Quality.GOOD


def qualities(status: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint8]:
    """Quality of each status code (as hmi.model.quality.quality_of)."""
    severity = status >> 30
    found = np.where(severity == 0, np.uint8(Quality.GOOD), np.uint8(Quality.BAD))
    found[severity == 1] = Quality.UNCERTAIN
    found[np.isin(status, _STALE_CODES)] = Quality.STALE
    return found.astype(np.uint8)


class Conditions:
    """Which conditions hold, with deadbands and delays. ``standing`` is kept by the owner: whose doubts matter."""

    def __init__(self, rules: Sequence[AlarmRule], row_of: Mapping[str, int]) -> None:
        """row_of: the row of each tag in the batches; rules of unknown tags never become active."""
        n, tags = len(rules), max(row_of.values(), default=-1) + 1
        self._rows = np.array([row_of.get(r.tag, -1) for r in rules], np.int64)
        self._against = np.array([row_of.get(r.against, -1) for r in rules], np.int64)
        self._form = np.array([_FORM[r.kind] for r in rules], np.uint8)
        self._sign = np.array([1.0 if r.kind in _HIGH or r.kind is AlarmKind.DEVIATION else -1.0 for r in rules])
        self._limit = np.array([np.nan if r.limit is None else r.limit for r in rules], np.float64)
        self._deadband = np.array([r.deadband for r in rules], np.float64)
        self._on_ns = np.array([round(r.on_delay * SECOND) for r in rules], np.int64)
        self._off_ns = np.array([round(r.off_delay * SECOND) for r in rules], np.int64)
        self._window_ns = np.array([round(r.window * SECOND) for r in rules], np.int64)
        width = max((len(r.values) for r in rules), default=0)
        self._values = np.full((n, max(width, 1)), np.nan)
        for i, rule in enumerate(rules):
            self._values[i, : len(rule.values)] = rule.values
        # a condition about quality is the doubt itself; what the station says of itself is not in doubt
        self._sure = np.array([r.kind in OF_QUALITY or r.kind in OF_STATION for r in rules], np.bool_)
        self._order, self._start = _by_row(self._rows, self._against, tags)
        self.value = np.full(tags, np.nan)
        self.status = np.full(tags, q.BAD_WAITING_FOR_INITIAL_DATA, np.uint32)
        self.standing: Flags = np.zeros(n, np.bool_)
        self.active: Flags = np.zeros(n, np.bool_)
        self._raw: Flags = np.zeros(n, np.bool_)
        self._doubt = np.where(self._sure, np.uint8(Quality.GOOD), np.uint8(Quality.STALE))
        self._due: Whole = np.full(n, -1, np.int64)  # steady clock; -1: no delay runs
        self._since: Whole = np.zeros(n, np.int64)  # when the condition turned over, as the alarm dates it
        self._since_source: Whole = np.zeros(n, np.int64)
        self._changed_value = np.full(n, np.nan)
        self._from_value, self._from_source = np.full(n, np.nan), np.zeros(n, np.int64)
        self._from_mono = np.zeros(n, np.int64)

    def adopt(self, rule: int, active: bool, quality: Quality) -> None:
        """Take over what was so before a restart: it holds until a reading says otherwise."""
        self.active[rule] = self._raw[rule] = active
        self._due[rule] = -1
        if not self._sure[rule]:
            self._doubt[rule] = quality

    def on_batch(
        self,
        rows: Rows,
        values: Numbers,
        status: npt.NDArray[np.uint32],
        source_ns: Whole,
        now_ns: int,
        mono_ns: int,
    ) -> list[Finding]:
        """Readings in source order per tag; arrays of one length."""
        found: list[Finding] = []
        for at in _rounds(rows):
            self._round(rows[at], values[at], status[at], source_ns[at], now_ns, mono_ns, found)
        return found

    def say(self, rule: int, active: bool, at_ns: int, mono_ns: int) -> list[Finding]:
        """The station's own word about a link or about itself."""
        found: list[Finding] = []
        if active != self._raw[rule]:
            self._turn(rule, active, at_ns, at_ns, None, at_ns, mono_ns, found)
        return found

    def tick(self, now_ns: int, mono_ns: int) -> list[Finding]:
        """What became true by time alone: delays that ran out, changes that have come to rest."""
        found: list[Finding] = []
        quiet = np.flatnonzero(
            (self._form == _ROC) & self._raw & (self._doubt < Quality.STALE)
            & (mono_ns - self._from_mono >= self._window_ns)
        )  # fmt: skip
        if len(quiet):  # a tag that says nothing has not changed
            past = mono_ns - self._from_mono[quiet]
            value = self.value[self._rows[quiet]]
            word = self._change(quiet, value, self._from_source[quiet] + past, mono_ns)
            self._apply(quiet, word, np.full(len(quiet), now_ns), value, now_ns, mono_ns, found)
        due = np.flatnonzero((self._due >= 0) & (self._due <= mono_ns) & (self._doubt < Quality.STALE))
        for i in due.tolist():
            self._fire(i, now_ns, found)
        return found

    def _round(
        self, rows: Rows, values: Numbers, status: npt.NDArray[np.uint32], source_ns: Whole, now_ns: int,
        mono_ns: int, found: list[Finding],
    ) -> None:  # fmt: skip
        """At most one reading of each tag."""
        self.value[rows], self.status[rows] = values, status
        count = self._start[rows + 1] - self._start[rows]
        total = int(count.sum())
        if total == 0:
            return
        where = np.repeat(self._start[rows] - np.concatenate(([0], np.cumsum(count)[:-1])), count) + np.arange(total)
        rules, source = self._order[where], np.repeat(source_ns, count)
        quality, value = self._quality(rules), self.value[self._rows[rules]]
        self._note_doubt(rules, quality, np.repeat(status, count), now_ns, found)
        word = self._words(rules, value, quality, source, mono_ns)
        self._apply(rules, word, source, value, now_ns, mono_ns, found)

    def _quality(self, rules: Whole) -> npt.NDArray[np.uint8]:
        rows, against = self._rows[rules], self._against[rules]
        quality = qualities(self.status[rows])
        quality[np.isnan(self.value[rows]) & (quality < Quality.STALE)] = Quality.BAD
        two = against >= 0
        if two.any():
            other = qualities(self.status[against[two]])
            other[np.isnan(self.value[against[two]]) & (other < Quality.STALE)] = Quality.BAD
            quality[two] = np.maximum(quality[two], other)
        return quality

    def _words(
        self, rules: Whole, value: Numbers, quality: npt.NDArray[np.uint8], source: Whole, mono_ns: int
    ) -> npt.NDArray[np.int8]:
        """What the readings say about each condition: it holds, it does not, or they leave it as it is."""
        form = self._form[rules]
        word = np.full(len(rules), _HOLD, np.int8)
        sign, limit, band = self._sign[rules], self._limit[rules], self._deadband[rules]
        with np.errstate(invalid="ignore"):
            far = sign * value
            if (form == _DEVIATION).any():
                far = np.where(form == _DEVIATION, np.abs(value - self.value[self._against[rules]]), far)
            beyond = (form == _LIMIT) | (form == _DEVIATION)
            word[beyond & (far > sign * limit)] = _ON
            word[beyond & (far <= sign * limit - band)] = _OFF
        named = form == _DISCRETE
        if named.any():
            word[named] = (self._values[rules[named]] == value[named, None]).any(axis=1)
        if (rates := form == _ROC).any():
            self._start_again(rules[rates & (quality >= Quality.STALE)])
            sound = rates & (quality < Quality.STALE)
            word[sound] = self._change(rules[sound], value[sound], source[sound], mono_ns)
        word[quality >= Quality.STALE] = _HOLD
        if ((form == _STALE) | (form == _QUALITY)).any():
            status = self.status[self._rows[rules]]
            raw = qualities(status)
            of_link = np.isin(status, _OF_LINK)
            for asked, worst in ((_STALE, Quality.STALE), (_QUALITY, Quality.BAD)):
                mine = form == asked
                word[mine] = np.where(raw[mine] == worst, _ON, np.where(raw[mine] < Quality.STALE, _OFF, _HOLD))
                word[mine & of_link] = _HOLD
        return word

    def _change(self, rules: Whole, value: Numbers, source: Whole, mono_ns: int) -> npt.NDArray[np.int8]:
        """Rates of change against the value of a window ago, in units per minute."""
        past = source - self._from_source[rules]
        fresh = np.isnan(self._from_value[rules]) | (past < 0)
        window = self._window_ns[rules]
        step = np.abs(value - self._from_value[rules])
        with np.errstate(invalid="ignore", divide="ignore"):
            rate = step * (60.0 * SECOND) / np.maximum(past, window)
        limit, whole = self._limit[rules], past >= window
        word = np.full(len(rules), _HOLD, np.int8)
        word[~fresh & (rate > limit)] = _ON
        word[~fresh & whole & (rate <= limit - self._deadband[rules])] = _OFF
        renew = fresh | whole
        self._from_value[rules[renew]], self._from_source[rules[renew]] = value[renew], source[renew]
        self._from_mono[rules[renew]] = mono_ns
        return word

    def _start_again(self, rules: Whole) -> None:
        self._from_value[rules] = np.nan

    def _note_doubt(
        self, rules: Whole, quality: npt.NDArray[np.uint8], status: npt.NDArray[np.uint32], now_ns: int,
        found: list[Finding],
    ) -> None:  # fmt: skip
        doubt = np.where(self._sure[rules], np.uint8(Quality.GOOD), quality)
        told = (doubt != self._doubt[rules]) & self.standing[rules]
        self._doubt[rules] = doubt
        # nobody saw whether the condition held through a doubt: only the steady clock counts the delay from here on
        self._since_source[rules[doubt >= Quality.STALE]] = _NEVER
        found += [
            Finding(i, EventKind.DOUBT, now_ns, quality=Quality(int(self._doubt[i])))
            for i in np.unique(rules[told]).tolist()
        ]

    def _apply(
        self, rules: Whole, word: npt.NDArray[np.int8], source: Whole, value: Numbers, now_ns: int, mono_ns: int,
        found: list[Finding],
    ) -> None:  # fmt: skip
        turned = np.flatnonzero((word != _HOLD) & ((word == _ON) != self._raw[rules]))
        for at in turned.tolist():
            i, on = int(rules[at]), bool(word[at] == _ON)
            if on != self._raw[i]:  # a deviation may be here twice, once for each tag
                at_source, number = int(source[at]), float(value[at])
                believed = abs(at_source - now_ns) <= BELIEVED_NS
                at_ns = at_source if believed else now_ns
                self._turn(i, on, at_ns, at_source, None if number != number else number, now_ns, mono_ns, found)

    def _turn(
        self, i: int, on: bool, at_ns: int, source: int, value: float | None, now_ns: int, mono_ns: int,
        found: list[Finding],
    ) -> None:  # fmt: skip
        """The condition of one rule turned over: start its delay, or end the one that runs."""
        was_due, since, since_source = int(self._due[i]), int(self._since[i]), int(self._since_source[i])
        if was_due >= 0:
            # by the source's clock the delay may have run out between two readings that came together
            delay = int(self._off_ns[i] if self.active[i] else self._on_ns[i])
            if source <= now_ns + BELIEVED_NS and source - since_source >= delay:
                self._fire(i, max(since + delay, since), found, exact=True)
        self._raw[i], self._due[i] = on, -1
        self._since[i], self._since_source[i] = at_ns, source
        if on == self.active[i]:
            return  # back before the delay was over: nothing happened
        if on:
            self._changed_value[i] = np.nan if value is None else value
        delay = int(self._on_ns[i] if on else self._off_ns[i])
        self._due[i] = mono_ns + delay
        if delay == 0:
            self._fire(i, at_ns, found, exact=True)

    def _fire(self, i: int, at_ns: int, found: list[Finding], exact: bool = False) -> None:
        """A delay is over: the condition counts."""
        on = bool(self._raw[i])
        delay = int(self._on_ns[i] if on else self._off_ns[i])
        when = at_ns if exact else min(int(self._since[i]) + delay, at_ns)
        self.active[i], self._due[i] = on, -1
        value = float(self._changed_value[i])
        kind = EventKind.ACTIVATE if on else EventKind.RETURN
        found.append(Finding(i, kind, when, None if not on or value != value else value))


def _by_row(rows: Whole, against: Whole, tags: int) -> tuple[Whole, Whole]:
    """The rules of each tag row: those of row r are ``order[start[r]:start[r + 1]]``."""
    n = len(rows)
    both = np.concatenate((rows, against))
    rules = np.concatenate((np.arange(n), np.arange(n)))
    known = both >= 0
    both, rules = both[known], rules[known]
    order = np.argsort(both, kind="stable")
    return rules[order], np.searchsorted(both[order], np.arange(tags + 1))


def _rounds(rows: Rows) -> list[Whole] | list[slice]:
    """Positions that hold each row at most once, one after the other, so that no reading overtakes another."""
    if len(rows) < 2:
        return [slice(None)]
    order = np.argsort(rows, kind="stable")
    sorted_rows = rows[order]
    first = np.concatenate(([True], sorted_rows[1:] != sorted_rows[:-1]))
    if first.all():
        return [slice(None)]
    begin = np.flatnonzero(first)
    nth = np.arange(len(rows)) - np.repeat(begin, np.diff(np.concatenate((begin, [len(rows)]))))
    return [np.sort(order[nth == k]) for k in range(int(nth.max()) + 1)]
