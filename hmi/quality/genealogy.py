"""The genealogy in memory: which units a lot, a material batch or a station's window holds, and where each is now.

Made of chapters of bounded size, the newest last: the oldest is let go as a whole, and what it held is asked of the
store. Pure: rebuilt from the record at start.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from hmi.model.genealogy import UnitFate, UnitPass
from hmi.model.hold import HoldScope, ScopeKind
from hmi.model.plant import Plant, Station
from hmi.quality.chapter import Chapter

CHAPTER = 125_000
CHAPTERS = 10
_ALWAYS = 2**63
_RECENT = 100
_BUFFER = 20  # before a station whose buffer nobody described


class Genealogy:
    """What is known of units and their ways; answers in milliseconds over a million passes."""

    def __init__(self, plant: Plant, chapter: int = CHAPTER, chapters: int = CHAPTERS) -> None:
        """chapter is how many passes one takes, chapters how many are kept."""
        self._last_of = {x.id: s[-1].id for x in plant.lines if (s := plant.stations_of(x.id))}
        self._size, self._most = chapter, chapters
        self._chapters: deque[Chapter] = deque([Chapter()])
        self._recent: dict[tuple[str, str], dict[str, int]] = {}
        self._onward = {s.id: _onward(plant, s) for s in plant.stations}
        self._newest_at = {s.id: deque[int](maxlen=2 * (s.buffer_capacity or _BUFFER) + 4) for s in plant.stations}
        self.horizon_ns = 0
        """Passes from before this instant are in the store only; 0: everything is here."""

    def __len__(self) -> int:
        return sum(len(c.at) for c in self._chapters)

    def add(self, p: UnitPass) -> bool:
        """Take a pass; False for one that is known already."""
        for chapter in self._chapters:
            unit = chapter.number.get(p.unit)
            if unit is not None and any(q.station == p.station and q.at_ns == p.at_ns for q in chapter.passes(unit)):
                return False
        self._put(p)
        return True

    def _put(self, p: UnitPass) -> None:
        if len(self._chapters[-1].at) >= self._size:
            self._chapters.append(Chapter())
            if len(self._chapters) > self._most:
                gone = self._chapters.popleft()
                self.horizon_ns = max(self.horizon_ns, max(gone.at) + 1)
        newest_chapter = self._chapters[-1]
        before = [] if p.unit in newest_chapter.number else [c for c in self._chapters if p.unit in c.number]
        newest_chapter.add(p)
        for chapter in [*before, newest_chapter] if before else []:
            chapter.shared.add(chapter.number[p.unit])
        newest = self._newest_at.get(p.station)
        if newest is not None and not (newest and p.at_ns < newest[-1]):
            newest.append(p.at_ns)
        for kind, word in (("lot", p.lot), ("batch", p.batch)):
            if word:
                self._newest(p.line, kind, word, p.at_ns)

    def fill(self, passes: Iterable[UnitPass], horizon_ns: int = 0) -> None:
        """Take what the record holds, oldest first; horizon_ns where older passes were left on the record."""
        for p in passes:
            self._put(p)  # the record holds none twice
        self.horizon_ns = max(self.horizon_ns, horizon_ns)

    def affected(self, scope: HoldScope) -> list[UnitFate]:
        """Every unit that a scope names, with where it is now."""
        found: list[UnitFate] = []
        told: set[str] = set()
        gone: dict[str, int] = {}  # of each station, the instant before which a unit that left it is gone
        for chapter in self._chapters:
            unit, last, shared = chapter.unit, chapter.last, chapter.shared
            for n in sorted(chapter.named(scope)):
                name, of, number = unit[n], chapter, last[n]
                if n in shared:  # few: those that were on their way when a chapter ended
                    if name in told:
                        continue
                    told.add(name)
                    of, number = self._last(name)
                lot, _, _, batch, _ = of.contexts[of.which[number]]
                station, at_ns = of.where[number], of.at[number]
                line = of.stations[station].line
                if station not in gone:
                    gone[station] = self._gone_before(line, station)
                found.append(UnitFate(name, lot, batch, line, station, at_ns, at_ns < gone[station]))
        return found

    def _names(self, scope: HoldScope) -> dict[str, None]:
        names: dict[str, None] = {}
        for chapter in self._chapters:
            unit = chapter.unit
            names.update(dict.fromkeys(unit[n] for n in sorted(chapter.named(scope))))
        return names

    def _last(self, unit: str) -> tuple[Chapter, int]:
        """The newest pass of a known unit, by its source time."""
        best: tuple[Chapter, int] | None = None
        for chapter in reversed(self._chapters):
            known = chapter.number.get(unit)
            if known is not None and (best is None or chapter.at[chapter.last[known]] > best[0].at[best[1]]):
                best = chapter, chapter.last[known]
        if best is None:
            raise KeyError(unit)
        return best

    def last(self, unit: str) -> UnitPass | None:
        """The newest pass of a unit, by its source time; None for one never seen."""
        try:
            chapter, number = self._last(unit)
        except KeyError:
            return None
        return chapter.made(chapter.number[unit], number)

    def passed(self, unit: str, station: str) -> bool:
        """Whether a unit has left a station before."""
        return any(p.station == station for p in self.passes(unit))

    def passes(self, unit: str) -> list[UnitPass]:
        """A unit's way, oldest first."""
        found = [p for c in self._chapters if (n := c.number.get(unit)) is not None for p in c.passes(n)]
        return sorted(found, key=lambda p: p.at_ns)

    def sharing(self, kind: ScopeKind, ids: Iterable[str]) -> int:
        """How many units a lot or a material batch has."""
        scope = HoldScope(kind, tuple(ids))
        if len(self._chapters) == 1:
            return len(self._chapters[0].named(scope))
        return len(self._names(scope))

    def recent(self, line: str, kind: str, limit: int = 8) -> list[str]:
        """The lots or batches (kind ``lot``, ``batch``) last seen on a line, newest first."""
        seen = self._recent.get((line, kind), {})
        return sorted(seen, key=lambda word: -seen[word])[:limit]

    def _newest(self, line: str, kind: str, word: str, at_ns: int) -> None:
        seen = self._recent.setdefault((line, kind), {})
        if at_ns >= seen.get(word, 0):
            seen[word] = at_ns
        if len(seen) > _RECENT:
            del seen[min(seen, key=lambda w: seen[w])]

    def fate(self, p: UnitPass) -> UnitFate:
        """Where a unit is after a pass."""
        return UnitFate(p.unit, p.lot, p.batch, p.line, p.station, p.at_ns, self.gone(p.line, p.station, p.at_ns))

    def gone(self, line: str, station: str, at_ns: int) -> bool:
        """Whether no gate reaches a unit that left a station then: it left the line, or it was taken off.

        Lines move in order: once twice as many units as fit in between have left every station it could go to, it is
        not on the way there any more.
        """
        return at_ns < self._gone_before(line, station)

    def _gone_before(self, line: str, station: str) -> int:
        """The instant before which a unit that left a station is gone."""
        if self._last_of.get(line) == station:
            return _ALWAYS
        newest = [self._newest_at[s] for s in self._onward.get(station, ())]
        return min(n[0] if len(n) == n.maxlen else 0 for n in newest) if newest else 0


def _onward(plant: Plant, station: Station) -> tuple[str, ...]:
    """Where units can go from a station: the next one of its line, and over its diverter."""
    following = [s.id for s in plant.stations_of(station.line) if s.order > station.order][:1]
    if "divert_to" not in station.roles:
        return tuple(following)
    lanes = [lane.to_station for lane in plant.lanes if lane.from_station == station.id]
    if not lanes and following:
        lanes = [s.id for s in plant.stations if s.order == plant.station[following[0]].order]
    return tuple(dict.fromkeys([*following, *(s for s in lanes if s in plant.station)]))
