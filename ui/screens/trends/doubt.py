"""When a pen could not be believed: stretches from the history, carried on by what is live. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from hmi.desk.rows import Series
from hmi.model.quality import Quality


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time in which a tag was not GOOD; to_ns is None while it lasts."""

    from_ns: int
    to_ns: int | None
    quality: Quality


def stretches(series: Series) -> list[Stretch]:
    """The stretches that a history answer tells: each point's quality holds until the next point."""
    found: list[Stretch] = []
    for i, at in enumerate(series.time_ns):
        quality = Quality(series.quality[i]) if 0 <= series.quality[i] <= Quality.BAD else Quality.BAD
        if series.value[i] is None and quality is Quality.GOOD:
            quality = Quality.BAD
        end = series.time_ns[i + 1] if i + 1 < len(series.time_ns) else series.to_ns
        if quality is Quality.GOOD or end <= at:
            continue
        if found and found[-1].quality is quality and found[-1].to_ns == at:
            found[-1] = Stretch(found[-1].from_ns, end, quality)
        else:
            found.append(Stretch(at, end, quality))
    return found


class DoubtRecord:
    """The doubts about one tag over a window: history up to its last answer, from there what was seen live."""

    def __init__(self) -> None:
        self._told: list[Stretch] = []
        self._until_ns = 0
        self._seen: list[Stretch] = []
        self._quality = Quality.GOOD

    def set_series(self, series: Series) -> None:
        """Take a history answer; what was seen live after its end stays."""
        self._told = stretches(series)
        self._until_ns = series.to_ns
        self._seen = [s for s in self._seen if s.to_ns is None or s.to_ns > self._until_ns]

    def note(self, quality: Quality, now_ns: int) -> None:
        """Take the quality of now."""
        if quality is self._quality:
            return
        if self._seen and self._seen[-1].to_ns is None:
            last = self._seen[-1]
            self._seen[-1] = Stretch(last.from_ns, now_ns, last.quality)
        if quality is not Quality.GOOD:
            self._seen.append(Stretch(now_ns, None, quality))
        self._quality = quality

    def between(self, from_ns: int, to_ns: int) -> list[Stretch]:
        """The stretches within a window, cut to it, in time order; joined where history and live meet."""
        found: list[Stretch] = []
        for s in [*self._told, *self._after()]:
            start, end = max(s.from_ns, from_ns), min(to_ns if s.to_ns is None else s.to_ns, to_ns)
            if end <= start:
                continue
            if found and found[-1].quality is s.quality and (found[-1].to_ns or 0) >= start:
                found[-1] = Stretch(found[-1].from_ns, max(found[-1].to_ns or 0, end), s.quality)
            else:
                found.append(Stretch(start, end, s.quality))
        return found

    def _after(self) -> Iterable[Stretch]:
        for s in self._seen:
            start = max(s.from_ns, self._until_ns)
            if s.to_ns is None or s.to_ns > start:
                yield Stretch(start, s.to_ns, s.quality)


def seconds_of(found: Iterable[Stretch]) -> float:
    """How long they last together."""
    return sum(((s.to_ns or s.from_ns) - s.from_ns) / 1e9 for s in found)


def worst(records: Iterable[tuple[int, list[Stretch]]]) -> list[tuple[Stretch, tuple[int, ...]]]:
    """Stretches of several pens laid over each other: the worst quality of each piece, and whose (pen indices)."""
    given = [(index, s) for index, found in records for s in found if s.to_ns is not None]
    edges = sorted({e for _, s in given for e in (s.from_ns, s.to_ns or 0)})
    pieces: list[tuple[Stretch, tuple[int, ...]]] = []
    for start, end in pairwise(edges):
        over = [(index, s.quality) for index, s in given if s.from_ns <= start and (s.to_ns or 0) >= end]
        if not over:
            continue
        piece = Stretch(start, end, max(q for _, q in over))
        who = tuple(sorted({index for index, _ in over}))
        last = pieces[-1] if pieces else None
        if last is not None and last[0].to_ns == start and last[0].quality is piece.quality and last[1] == who:
            pieces[-1] = (Stretch(last[0].from_ns, end, piece.quality), who)
        else:
            pieces.append((piece, who))
    return pieces
