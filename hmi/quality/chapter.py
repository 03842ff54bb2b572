"""A chapter of the genealogy: a stretch of passes with their context. Ids are kept once, passes as numbers."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator

from hmi.model.genealogy import UnitPass
from hmi.model.hold import HoldScope, ScopeKind

IN_WORK_NS = 120_000_000_000
"""A unit that was in work when a window ended leaves within this time."""

_Context = tuple[str, str, str, str, str]  # lot, order, product, batch, batch_edge


class _Station:
    """The passes of one station in the order of time."""

    __slots__ = ("at", "line", "units")

    def __init__(self, line: str) -> None:
        self.line = line
        self.at: array[int] = array("q")
        self.units: array[int] = array("I")

    def add(self, at_ns: int, unit: int) -> None:
        """Take a pass of a unit, by its number here."""
        if not self.at or at_ns >= self.at[-1]:
            self.at.append(at_ns)
            self.units.append(unit)
            return
        where = bisect_right(self.at, at_ns)  # a late message: seldom, and near the end
        insort(self.at, at_ns)
        self.units.insert(where, unit)

    def within(self, since_ns: int, until_ns: int) -> array[int]:
        """The units of a window and the one that was in work at its end; until 0: to the newest."""
        first = bisect_left(self.at, since_ns)
        if not until_ns:
            return self.units[first:]
        last = bisect_right(self.at, until_ns)
        if last < len(self.at) and last >= first and self.at[last] <= until_ns + IN_WORK_NS:
            last += 1  # it was in work when the window ended
        return self.units[first:last]


class Chapter:
    """A stretch of passes, about 25 bytes each."""

    __slots__ = ("_context_of", "_last_context", "at", "contexts", "first_ns", "last", "number", "operator", "prior",
                 "shared", "stations", "unit", "units", "where", "which")  # fmt: skip

    def __init__(self) -> None:
        self.number: dict[str, int] = {}
        self.unit: list[str] = []
        self.last: array[int] = array("i")  # of each unit: its newest pass
        self._last_context: array[int] = array("i")
        self.units: list[array[int]] = []  # of each context
        self.contexts: list[_Context] = []
        self._context_of: dict[_Context, int] = {}
        self.at: array[int] = array("q")  # of each pass
        self.where: list[str] = []
        self.which: array[int] = array("i")
        self.operator: list[str] = []
        self.prior: array[int] = array("i")  # the pass of the same unit before it, or -1
        self.stations: dict[str, _Station] = {}
        self.shared: set[int] = set()  # units with passes in another chapter too
        self.first_ns = 0

    def add(self, p: UnitPass) -> None:
        """Take a pass."""
        context: _Context = (p.lot, p.order, p.product, p.batch, p.batch_edge)
        which = self._context_of.get(context)
        if which is None:
            which = self._context_of[context] = len(self.contexts)
            self.contexts.append(context)
            self.units.append(array("I"))
        unit = self.number.get(p.unit)
        if unit is None:
            unit = self.number[p.unit] = len(self.unit)
            self.unit.append(p.unit)
            self.last.append(-1)
            self._last_context.append(-1)
        if self._last_context[unit] != which:
            self._last_context[unit] = which
            self.units[which].append(unit)
        number = len(self.at)
        self.at.append(p.at_ns)
        self.which.append(which)
        station = self.stations.get(p.station)
        if station is None:
            station = self.stations[p.station] = _Station(p.line)
        self.where.append(p.station)
        self.operator.append(p.operator)
        self._chain(unit, number)
        station.add(p.at_ns, unit)
        self.first_ns = min(self.first_ns or p.at_ns, p.at_ns)

    def _chain(self, unit: int, number: int) -> None:
        """Put a pass into its unit's chain, which is in the order of time, newest first."""
        at_ns, newer, older = self.at[number], -1, self.last[unit]
        while older >= 0 and self.at[older] > at_ns:
            newer, older = older, self.prior[older]
        self.prior.append(older)
        if newer < 0:
            self.last[unit] = number
        else:
            self.prior[newer] = number

    def passes(self, unit: int) -> Iterator[UnitPass]:
        """Of one unit, newest first."""
        number = self.last[unit]
        while number >= 0:
            yield self.made(unit, number)
            number = self.prior[number]

    def made(self, unit: int, number: int) -> UnitPass:
        """A pass of a unit, both by their numbers here."""
        lot, order, product, batch, edge = self.contexts[self.which[number]]
        station = self.where[number]
        line = self.stations[station].line
        return UnitPass(
            self.unit[unit], station, line, self.at[number], lot, order, product, batch, self.operator[number], edge
        )

    def named(self, scope: HoldScope) -> set[int]:
        """The units a scope names here."""
        ids = set(scope.ids)
        if scope.kind is ScopeKind.UNITS:
            return {self.number[u] for u in ids if u in self.number}
        found: set[int] = set()
        if scope.kind is ScopeKind.STATION:
            for name in ids:
                if name in self.stations:
                    found.update(self.stations[name].within(scope.since_ns, scope.until_ns))
            return found
        for which, (lot, _, _, batch, edge) in enumerate(self.contexts):
            if lot in ids if scope.kind is ScopeKind.LOT else (batch in ids or edge in ids):
                found.update(self.units[which])
        return found
