"""Whether declared ranges hold: the twin against the demo plant; `python tests/bench/promised.py [SEED] [HOURS]`.

The demo plant runs with its short stops; from its own history the twin says every five minutes what the three lines
make from START_S on within the window, and the plant then shows it. Prints the bias, the spread of the error, and how
many of the ranges (nine in ten, as declared) held: the twin's own, and widened by the lines' scatter.
"""

import sys
from dataclasses import dataclass, field, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

PAST_S, WINDOW_S, START_S, EVERY_S, STEP_S = 4 * 3600.0, 180.0, 10.0, 300.0, 0.5
REPLICATIONS = 8
"""As many as the engine's time gives the short play at least."""


@dataclass
class Heard:
    """What history holds of one station."""

    state: object = None
    since_ns: int = 0
    spans: list = field(default_factory=list)
    cycles: list = field(default_factory=list)
    minutes: dict = field(default_factory=dict)
    good: list = field(default_factory=list)
    counted: tuple[int, int] | None = None


def hear(heard: Heard, station, now_s: float) -> None:
    """Note state, counts and cycle time of a station of the demo plant."""
    from hmi.model.machine import MachineState, StateSpan, Waiting
    from plugins.demo_plant.layout import State

    own = {"BLOCKED": ("SUSPENDED", "BLOCKED"), "STARVED": ("SUSPENDED", "STARVED"), "UNDEFINED": ("UNKNOWN", "NONE")}
    name, waits = own.get(State(station.state).name, (State(station.state).name, "NONE"))
    now = (MachineState[name], Waiting[waits])
    now_ns = int(now_s * 1e9)
    if heard.state != now:
        if heard.state is not None:
            heard.spans.append(StateSpan(station.id, *heard.state, heard.since_ns, now_ns))
        heard.state, heard.since_ns = now, now_ns
    counted = (station.good, station.reject)
    before, heard.counted = heard.counted or counted, counted
    good, reject = counted[0] - before[0], counted[1] - before[1]
    if good + reject > 0 and min(good, reject) >= 0:
        minute = heard.minutes.get(int(now_s // 60), (0, 0))
        heard.minutes[int(now_s // 60)] = (minute[0] + good, minute[1] + reject)
        heard.cycles.append((now_s, station.measured_cycle_s))
        heard.good.append((now_s, good))


def promise(plant, heard: dict[str, Heard]):
    """What the twin says of the next window, of the moment: its own range, and the declared one."""
    from hmi.model.machine import StateSpan, TimeClass, time_class
    from hmi.model.network import Repair
    from hmi.twin.calibrate import paces, rate_of, record_of
    from hmi.twin.compare import compare
    from hmi.twin.scatter import scatter, widened
    from hmi.twin.scenario import Feed, Scenario, TwinLot, TwinStation

    now_s, now_ns, records = plant.now_s, int(plant.now_s * 1e9), {}
    for name, x in heard.items():
        open_span = StateSpan(name, *x.state, x.since_ns, None)
        late = [made for minute, made in x.minutes.items() if minute * 60 >= now_s - 1200]
        cycles = [c for at, c in x.cycles if at >= now_s - 1200]
        found = record_of([*x.spans, open_span], sum(map(sum, x.minutes.values())), now_ns, cycles)
        records[name] = replace(
            found, rejects=sum(made[1] for made in x.minutes.values()), late_units=sum(map(sum, late)),
            late_rejects=sum(made[1] for made in late),
        )  # fmt: skip
    pace = paces(records, {})
    stations, after, feeds, made = [], {}, [], {}
    for number, line in plant.lines.items():
        names = [s.id for s in line.stations]
        for s in line.stations:
            down = time_class(*heard[s.id].state) is TimeClass.DOWN
            stood_s = (now_ns - heard[s.id].since_ns) / 1e9 if down else 0.0
            stands = pace[s.id].repair if down else None
            stations.append(
                TwinStation(s.id, pace[s.id], 8, len(s.buffer), s.unit is not None, stands, stood_s)
            )  # fmt: skip
        after.update(zip(names, [*names[1:], None], strict=True))
        rate = rate_of({m: sum(x) for m, x in heard[names[0]].minutes.items()})
        feeds.append(Feed(f"L{number}", names[0], 3600.0 / rate, (TwinLot("", "A", 10_000),)))
        last = heard[names[-1]].minutes
        made[f"L{number}"] = tuple(last.get(m, (0, 0))[0] for m in range(int(now_s // 60) - 240, int(now_s // 60)))
    scenario = Scenario(tuple(stations), after, tuple(feeds), START_S + WINDOW_S, count_from_s=START_S)
    (played,) = compare([scenario], Repair(), 0.0, int(now_s), 99.0, REPLICATIONS, lambda: 0.0)
    own = played.range_of(lambda r: r.good)
    return own, widened(own, scatter(made, list(made), WINDOW_S))


def main(seed: int, hours: float) -> None:
    import numpy as np

    from plugins.demo_plant.sim import DemoPlant

    plant = DemoPlant(seed, "none")
    heard = {s.id: Heard() for s in plant.stations()}
    last = [line.stations[-1].id for line in plant.lines.values()]
    promised, end_s = [], PAST_S + hours * 3600.0
    while plant.now_s < end_s:
        plant.step(STEP_S)
        for station in plant.stations():
            hear(heard[station.id], station, plant.now_s)
        if plant.now_s >= PAST_S and plant.now_s % EVERY_S < STEP_S / 2:
            promised.append((plant.now_s, *promise(plant, heard)))
    rows = []
    for at_s, own, declared in promised:
        first = at_s + START_S
        if first + WINDOW_S <= end_s:
            made = sum(n for name in last for when, n in heard[name].good if first <= when < first + WINDOW_S)
            rows.append((made, own.value, own.low <= made <= own.high, declared.low <= made <= declared.high))
    made, said, own, declared = (np.asarray(x, dtype=float) for x in zip(*rows, strict=True))
    print(f"seed {seed}: {len(rows)} windows of {made.mean():.0f} units; said too much by {(said - made).mean():.2f},")
    print(f"standard deviation of the error {(said - made).std():.2f};", end=" ")
    print(f"held: twin's own range {own.mean():.2f}, declared {declared.mean():.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7, float(sys.argv[2]) if len(sys.argv) > 2 else 2.5)
