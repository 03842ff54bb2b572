"""The plant in discrete time: lines of stations, the flow of units between them, their quality. No clock, no wire."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from plugins.demo_plant import points, scenarios
from plugins.demo_plant.happening import Happening, RefusedError, Truth
from plugins.demo_plant.layout import KINDS, LINES, STATION_COUNT, LineSpec
from plugins.demo_plant.orders import OPERATORS, PRODUCTIVE_SHARE, OrderBook, ShiftNow, shift_at
from plugins.demo_plant.process import SCAN_S, Process
from plugins.demo_plant.scene import describe
from plugins.demo_plant.station import Station
from plugins.demo_plant.unit import Defect, PasteBatch, Unit, camera_rejects, heat, heat_share, print_on, tester_rejects

STEP_S = 0.25
"""The longest step; a longer ``dt_s`` is cut into these."""
UNITS_KEPT = 20_000
RATE_WINDOW = 20
"""Exits that the rate is taken over: about 80 s."""
MAGAZINE = 3
"""Bare boards that the loader keeps ready before the printer."""
BOX_SIZE = 24
POWER_MEAN_S = 10.0
CAMERA = 4
"""Place of the camera inspection in each line."""


class Line:
    """A line: its stations, its papers and its pace."""

    def __init__(self, spec: LineSpec, seed: int, epoch_s: float) -> None:
        self.spec = spec
        self.book = OrderBook(spec, epoch_s)
        self.stations = [Station(spec, i + 1, kind, seed) for i, kind in enumerate(KINDS)]
        self.process = [Process(s.kind.name, seed, s.id) for s in self.stations]
        self.energy = [0.0] * STATION_COUNT
        self.power = [kind.busy_kw * 0.9 for kind in KINDS]
        self.feed_per_h = spec.feed_per_h
        self.loader = 0.0
        self.printed: Unit | None = None
        self.scene = ""
        """Of the unit that left the camera last."""
        self.made = 0
        self.boxes = 0
        self.in_box = 0
        self.exits: deque[float] = deque(maxlen=RATE_WINDOW)

    def rate(self, now_s: float) -> float:
        """Units per hour out of the last station over its last exits; falls by itself while nothing leaves."""
        if len(self.exits) < 2:
            return 0.0
        last = self.exits[-1]
        usual = (last - self.exits[0]) / (len(self.exits) - 1)
        open_s = max(0.0, now_s - last - usual)
        return 3600.0 * (len(self.exits) - 1) / max(last - self.exits[0] + open_s, 1.0)


class DemoPlant:
    """Three lines of six stations with buffers, cross lanes, drifts and failures; the same for the same arguments.

    ``epoch_s`` is the moment (seconds since 1970 UTC) that the plant's time 0 stands for: it decides shift and plan.
    ``scenario`` names what to play, None plays all in turn, ``"none"`` nothing. ``step`` moves the plant on.
    """

    def __init__(
        self,
        seed: int = 7,
        scenario: str | None = None,
        epoch_s: float = 1_763_686_800.0,
        *,
        random_stops: bool = True,
    ) -> None:
        self.seed = seed
        self.epoch_s = epoch_s
        self.now_s = 0.0
        self.lines = {spec.number: Line(spec, seed, epoch_s) for spec in LINES}
        self.units: dict[str, Unit] = {}
        self.shift = shift_at(epoch_s)
        self.happenings: list[Happening] = []
        self.truths: list[Truth] = []
        self.bad_sensors: set[str] = set()
        self.frozen_until_s = 0.0
        self.write_count = 0
        self.step_s = STEP_S
        for station in self.stations():
            station.stops_at_random = random_stops
        self._fill()
        self.play = scenarios.Play(scenario)

    def stride(self, step_s: float = STEP_S, scan_s: float = SCAN_S) -> None:
        """From here on take steps of at most ``step_s`` and read the sensors every ``scan_s``."""
        self.step_s = step_s
        for line in self.lines.values():
            for process in line.process:
                process.scan_s = scan_s

    def tell(self, scenario: str | None) -> None:
        """Play from here on what a plant started now with this ``scenario`` would play."""
        self.play = scenarios.Play(scenario, self.now_s)

    def stations(self) -> Iterable[Station]:
        """All stations, line by line in the order of flow."""
        return (s for line in self.lines.values() for s in line.stations)

    def station(self, line: int, order: int) -> Station:
        """The station at a place, both counted from 1. RefusedError("range") where there is none."""
        if line not in self.lines or not 1 <= order <= STATION_COUNT:
            raise RefusedError("range")
        return self.lines[line].stations[order - 1]

    def process(self, line: int, order: int) -> Process:
        """The sensors of the station at a place."""
        self.station(line, order)
        return self.lines[line].process[order - 1]

    def step(self, dt_s: float) -> None:
        """Move the plant on by ``dt_s`` seconds; while frozen (Engineering.Freeze) only its time goes on."""
        left = dt_s
        while left > 1e-9:
            part = min(left, self.step_s)
            left -= part
            self.now_s += part
            if self.now_s >= self.frozen_until_s:
                self._advance(part)

    def say(self, scenario: str, key: str, place: str, **values: object) -> None:
        """Put a happening on record."""
        self.happenings.append(Happening(self.now_s, scenario, key, place, values))

    def take_happenings(self) -> list[Happening]:
        """What happened since the last call."""
        taken, self.happenings = self.happenings, []
        return taken

    def _advance(self, dt_s: float) -> None:
        self._change_shift()
        self.play.advance(self, dt_s)
        for line in self.lines.values():
            self._load(line, dt_s)
            for at in range(STATION_COUNT - 1, -1, -1):
                station, process = line.stations[at], line.process[at]
                station.advance(dt_s)
                busy = station.can_work and station.unit is not None and not station.finished
                drawn = station.kind.busy_kw if busy else station.kind.idle_kw
                line.energy[at] += drawn * dt_s / 3600.0
                line.power[at] += (drawn - line.power[at]) * min(1.0, dt_s / POWER_MEAN_S)
                process.advance(dt_s, station.speed)
                if station.finished and station.can_work:
                    self._finish(line, station, process)

    def _load(self, line: Line, dt_s: float) -> None:
        line.loader += line.feed_per_h / 3600.0 * dt_s
        if line.loader >= 1.0 and len(line.stations[0].buffer) < MAGAZINE:
            line.loader -= 1.0
            line.stations[0].buffer.append(line.book.next_unit(self.now_s))
        line.loader = min(1.0, line.loader)  # a loader that had to wait does not make up for it

    def next_station(self, station: Station) -> Station | None:
        """Where its units go now: the next of its own line or, over a cross lane, of another; None leaves the plant."""
        if station.order == STATION_COUNT:
            return None
        lane = station.route_active or station.line
        return self.lines[lane].stations[station.order]

    def _finish(self, line: Line, station: Station, process: Process) -> None:
        target = self.next_station(station)
        if target is not None and not target.has_room:
            return
        unit = station.hand_on()
        unit.passed.append((station.id, self.now_s))
        rejected = self._judge(line, station, unit)
        process.passed(unit, good=not rejected)
        if rejected:
            station.reject += 1
            unit.rejected_at = station.id
            return
        station.good += 1
        if target is not None:
            target.buffer.append(unit)
        else:
            self._pack(line, unit)

    def _judge(self, line: Line, station: Station, unit: Unit) -> bool:
        chance = unit.draw(self.seed, station.id)
        kind = station.kind.name
        rejected = False
        if kind == "printer":
            unit.batch = line.book.batch
            line.printed = unit
            self._remember(unit)
            print_on(unit, chance)
        elif kind == "placer" and unit.product not in line.spec.products:
            unit.defects.append(Defect("not placed", f"recipe:{station.id}"))
            rejected = True  # no feeders for this product on this line
        elif kind == "oven":
            heat(unit, station.id, line.process[station.order - 1].sensors["Zone3Temperature"].true, chance)
        elif kind == "camera":
            rejected = camera_rejects(unit, chance)
            self._look(line, unit)
        elif kind == "tester":
            rejected = tester_rejects(unit, chance)
        if station.forced_reject_share is not None:
            rejected = chance.random() < station.forced_reject_share
        return rejected

    def _look(self, line: Line, unit: Unit) -> None:
        """Note what the line's camera has before it, in the light and at the place of this moment."""
        sensors = line.process[CAMERA - 1].sensors
        line.scene = describe(
            self.seed, unit, sensors["LightLevel"].reading, max(0.0, sensors["PositionOffset"].reading)
        )

    def _remember(self, unit: Unit) -> None:
        self.units[unit.id] = unit
        if len(self.units) > UNITS_KEPT:
            del self.units[next(iter(self.units))]

    def _pack(self, line: Line, unit: Unit) -> None:
        line.exits.append(self.now_s)
        line.made += 1
        line.in_box += 1
        if line.in_box == BOX_SIZE:
            line.in_box, line.boxes = 0, line.boxes + 1
        order = self.lines[unit.line].book.orders.get(unit.order)
        if order is not None:
            order.done += 1

    def _change_shift(self) -> None:
        shift = shift_at(self.epoch_s + self.now_s)
        if shift.index == self.shift.index:
            return
        self.shift = shift
        for line in self.lines.values():
            line.made = 0
            for station in line.stations:
                station.good = station.reject = 0

    def operator(self, line: int) -> str:
        """Who runs the line in this shift."""
        return OPERATORS[line][self.shift.index]

    def new_batch(self, line: int, name: str, *, bad: bool = False) -> None:
        """Another batch of paste is opened at the line's printer."""
        self.lines[line].book.batch = PasteBatch(name, bad)

    def write(self, tag: str, value: object) -> None:
        """Take a command for a writable tag; RefusedError says why it is not taken."""
        self.write_count += 1
        points.take(self, tag, value)

    def affected(self, truth: Truth) -> set[str]:
        """The units that a story's cause truly touched: printed with the bad paste, or heated beyond what is good."""
        kind, _, name = truth.cause.partition(":")
        if kind == "paste":
            return {u.id for u in self.units.values() if u.batch.id == name}
        if kind == "oven":
            return {u.id for u in self.units.values() if u.oven == name and heat_share(u.zone3) > 0}
        return set()

    def _fill(self) -> None:
        """Start in the middle of a shift: work in process, counters and rate as after hours of steady running."""
        for line in self.lines.values():
            self._begin_shift_figures(line, self.shift)
            for at, station in reversed(list(enumerate(line.stations))):
                unit = line.book.next_unit(0.0)
                self._remember(unit)
                unit.passed = [(s.id, -4.0 * (at - i)) for i, s in enumerate(line.stations[:at])]
                if at > 2:
                    unit.oven, unit.zone3 = line.stations[2].id, line.process[2].sensors["Zone3Temperature"].true
                station.unit = unit
                station.recipe = unit.product
                station.progress = (0.13 + 0.37 * at + 0.2 * line.spec.number) % 0.9
                line.printed = unit
            for at, station in enumerate(line.stations):
                following = line.stations[at + 1].unit if at + 1 < STATION_COUNT else None
                before = max(1, line.book.in_lot - STATION_COUNT)
                station.last_unit = following.id if following else f"U{line.book.lot}-{before:06d}"
            seen = line.stations[CAMERA].unit
            assert seen is not None
            self._look(line, seen)

    def _begin_shift_figures(self, line: Line, shift: ShiftNow) -> None:
        spec, book = line.spec, line.book
        line.made = int(spec.feed_per_h * shift.elapsed_s / 3600.0 * PRODUCTIVE_SHARE * (0.96 + 0.01 * spec.number))
        line.boxes, line.in_box = divmod(line.made, BOX_SIZE)
        book.current.started = int(book.current.quantity * 0.2) + 37 * spec.number
        book.current.done = book.current.started - 8
        book.in_lot = book.current.started % 200
        book.current.due_s -= book.current.started / spec.feed_per_h * 3600.0
        book.current.due_s = round(book.current.due_s / 1800.0 + 0.5) * 1800.0
        for at, station in enumerate(line.stations):
            station.reject = int(line.made * {3: 0.006, 4: 0.002}.get(at, 0.0))
            station.good = line.made + 2 * (STATION_COUNT - 1 - at) + (int(line.made * 0.002) if at < 4 else 0)
            line.energy[at] = round(1200.0 * spec.number + line.made * station.kind.busy_kw / spec.feed_per_h, 2)
        gap = 3600.0 / (spec.feed_per_h * 0.992)
        line.exits.extend(-gap * (RATE_WINDOW - 1 - k) for k in range(RATE_WINDOW))
