"""The hold board: every hold as it stands now, by what its gates report and where its units are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hmi.desk.hold_rows import GateRow, HoldRow
from hmi.model.genealogy import UnitPass
from hmi.model.plant import Plant
from hmi.model.reading import Reading
from hmi.model.text import Text
from hmi.model.words import say
from hmi.quality import holds as rules
from hmi.quality.genealogy import Genealogy
from hmi.quality.hold_words import name_of
from hmi.quality.holds import LineNow
from hmi.store import holds as store
from hmi.store.audit import Entry
from hmi.store.database import Database, Work
from hmi.store.holds import HeldUnit, Hold, HoldGate, UnitCounts

REFRESH_NS = 10_000_000_000
RELEASED_SHOWN = 200

Urgent = Callable[[int, str, str], None]
"""urgent(hold, station, unit): held material moved."""


class HoldBoard:
    """Holds in memory; what changes is written behind and told."""

    def __init__(
        self,
        plant: Plant,
        genealogy: Genealogy,
        database: Database,
        reading: Callable[[str], Reading],
        urgent: Urgent,
        told: Callable[[HoldRow], None],
        clock: Callable[[], int],
    ) -> None:
        """genealogy is filled already. Raises StoreError when the record cannot be read."""
        self.plant, self.genealogy, self._database, self._reading = plant, genealogy, database, reading
        self._urgent, self._told, self.clock = urgent, told, clock
        self.holds: dict[int, Hold] = {}
        self._counts: dict[int, UnitCounts] = {}
        self._last: dict[int, tuple[HoldRow, int]] = {}
        self._dirty: dict[int, set[str]] = {}
        with database.reader() as c:
            for hold in [*reversed(store.released_holds(c, RELEASED_SHOWN)), *store.open_holds(c)]:
                self.holds[hold.id] = hold
                if not hold.open:
                    self._counts[hold.id] = store.counts(c, hold.id)
        for hold in self.open:
            self._catch_up(hold)

    @property
    def open(self) -> list[Hold]:
        """Holds that are not released."""
        return [h for h in self.holds.values() if h.open]

    def now(self) -> dict[str, LineNow]:
        """What each line's start works on; where its tag is in doubt, what was last seen there."""
        return {
            line.id: LineNow(self.word(line.roles.get("lot")) or self._seen(line.id, "lot"),
                             self.word(line.roles.get("material_batch")) or self._seen(line.id, "batch"))
            for line in self.plant.lines
        }  # fmt: skip

    def add(self, hold: Hold) -> None:
        """A hold was placed."""
        self.holds[hold.id] = hold
        self.tell(hold)

    def row(self, hold: Hold) -> HoldRow:
        """A hold with what is known now."""
        stands, counts = self.stands(hold), self._count(hold)
        state = hold.state if not hold.open else rules.state_of(stands)
        inside = counts.units - counts.out
        return HoldRow(
            hold.id, state, hold.reason, hold.scope, name_of(self.plant, hold.scope), hold.note, hold.place,
            hold.printed_name, hold.placed_ns, hold.cause, counts.units, counts.out, inside,
            0 if hold.open else counts.units, counts.moved,
            [GateRow(g.station, g.tag, g.purpose, closed, g.outcome, g.why, g.at_ns) for g, closed in stands],
            hold.released_ns, hold.released_by, hold.disposition, self._why(hold, stands, inside),
        )  # fmt: skip

    def stands(self, hold: Hold) -> list[tuple[HoldGate, bool | None]]:
        """The gates of a hold, each with what it reports now."""
        now = self.clock()
        return [(g, rules.closed_now(g, self._reading(g.tag), now)) for g in hold.gates]

    def closed(self, tag: str) -> bool | None:
        """What a gate reports now."""
        return rules.closed_now(HoldGate("", tag, ""), self._reading(tag), self.clock())

    def on_pass(self, p: UnitPass) -> None:
        """A unit left a station: it may fall into a hold, and it may move although held."""
        for hold in self.open:
            held = hold.units.get(p.unit)
            if held is None and not rules.takes(hold.scope, p):
                continue
            self._take(hold, held, p)

    def tell(self, hold: Hold) -> None:
        """Push a hold to the windows, and put its state on record where that changed."""
        row = self.row(hold)
        last, self._last[hold.id] = self._last.get(hold.id), (row, self.clock())
        if hold.open and row.state is not hold.state:
            before, hold.state = hold.state, row.state
            new = {"state": row.state.value, "why": None if row.why is None else row.why.to_json()}
            self.save(hold, Entry("hold_state", f"hold {hold.id}", {"state": before.value}, new, "", hold.cause))
        if last is None or last[0] != row:
            self._told(row)

    def save(self, hold: Hold, entry: Entry | None = None) -> None:
        """Write a hold behind; nothing waits for it."""
        kept = snapshot(hold)
        self._database.submit(lambda work: store.save(work, kept, entry), patient=True)

    def tick(self) -> None:
        """Write what moved, look at the gates again; call about twice a second."""
        dirty, self._dirty = self._dirty, {}
        for number, units in dirty.items():
            hold = self.holds[number]
            kept = [replace(hold.units[u]) for u in units if u in hold.units]
            self._database.submit(_saving(number, kept), patient=True)
        now = self.clock()
        for hold in self.holds.values():
            last = self._last.get(hold.id)
            if last is None and not hold.open:
                continue
            if last is not None and hold.id not in dirty:
                closed = [g.closed for g in last[0].gates]
                if closed == [c for _, c in self.stands(hold)] and (not hold.open or now - last[1] < REFRESH_NS):
                    continue
            self.tell(hold)

    def forget_units(self, hold: Hold) -> None:
        """A hold was released: its units are asked of the record from here on."""
        self._counts[hold.id] = self._count(hold)
        hold.units = {}

    def _take(self, hold: Hold, held: HeldUnit | None, p: UnitPass) -> None:
        now = self.clock()
        if held is None:
            held = hold.units[p.unit] = HeldUnit(self.genealogy.fate(p), now)
        elif p.at_ns >= held.fate.at_ns:
            held.fate = self.genealogy.fate(p)
        self._dirty.setdefault(hold.id, set()).add(p.unit)
        self._cover(hold, p)
        if rules.moves(self.plant, hold, p):
            held.moved_ns = held.moved_ns or now
            new = {"unit": p.unit, "station": p.station, "at_ns": p.at_ns}
            self.save(hold, Entry("hold_moved", f"hold {hold.id}", None, new, "", hold.cause))
            self._urgent(hold.id, p.station, p.unit)

    def _cover(self, hold: Hold, p: UnitPass) -> None:
        """Held material is where no gate of the hold is: the gate is named, and a person has to close it."""
        known = {g.tag for g in hold.gates}
        found = rules.gates_for(self.plant, hold.scope, [self.genealogy.fate(p)], self.now())
        fresh = [g for g in found if g.tag not in known]
        if fresh:
            hold.gates += fresh
            self.save(hold)

    def _catch_up(self, hold: Hold) -> None:
        """At start: units that fell into an open scope and moves that were told but not written in time."""
        self._dirty[hold.id] = set()
        for fate in self.genealogy.affected(hold.scope):
            if fate.unit not in hold.units:
                hold.units[fate.unit] = HeldUnit(fate, self.clock())
                self._dirty[hold.id].add(fate.unit)
        for unit, held in list(hold.units.items()):
            last = self.genealogy.last(unit)
            if last is not None and last.at_ns > held.fate.at_ns:
                self._take(hold, held, last)

    def _why(self, hold: Hold, stands: list[tuple[HoldGate, bool | None]], inside: int) -> Text | None:
        if hold.open:
            return hold.why or rules.why_not_held(stands, inside)
        needed = {g.tag for other in self.open for g in other.gates}
        for gate, closed in stands:
            if closed is False:
                continue
            if gate.asked and gate.tag in needed:
                return say("hold.kept_by_other", station=gate.station)
            if not gate.asked and gate.outcome not in ("", rules.VERIFIED):
                return say("hold.not_opened", station=gate.station, why=gate.why or say(f"outcome.{gate.outcome}"))
        return hold.why

    def _count(self, hold: Hold) -> UnitCounts:
        if not hold.open and hold.id in self._counts:
            return self._counts[hold.id]
        gone = self.genealogy.gone
        out = moved = 0
        for held in hold.units.values():
            f = held.fate
            out += f.out or gone(f.line, f.station, f.at_ns)
            moved += held.moved_ns > 0
        return UnitCounts(len(hold.units), out, moved)

    def word(self, tag: str | None) -> str:
        """What a context tag says now; empty where that is not known."""
        reading = self._reading(tag) if tag else None
        return str(reading.value).strip() if reading and reading.quality.name == "GOOD" and reading.value else ""

    def _seen(self, line: str, kind: str) -> str:
        return next(iter(self.genealogy.recent(line, kind, 1)), "")


def snapshot(hold: Hold) -> Hold:
    """A copy of a hold without its units, that another thread may write."""
    return replace(hold, gates=[replace(g) for g in hold.gates], units={})


def area_of(plant: Plant, place: str) -> str:
    """The area of a line or station; everywhere where it has none."""
    station = plant.station.get(place)
    line = plant.line.get(place if station is None else station.line)
    return "*" if line is None else line.area


def _saving(number: int, kept: list[HeldUnit]) -> Callable[[Work], Any]:
    return lambda work: store.save_units(work, number, kept)
