"""An alarm of a machine's readings stands through a starved moment, and not while the station itself stands."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from hmi.loop.normal import AGAIN, FIRST, SETTLE_S, settings_for
from hmi.loop.signals import STANDS_S, Signals
from hmi.model.machine import MachineState, StateSpan, Waiting
from hmi.model.plant import Plant, StateRule, Station, Tag
from hmi.model.reading import Reading
from hmi.model.text import Text
from plugins import ewma_t2

S = 1_000_000_000
NAME = Text.same("x")
STATION = Station("A", NAME, "L", 1, roles={"state": "A.State"}, states={"6": StateRule(MachineState.EXECUTE)})
HEAT = Tag("A.Heat", NAME, "plc", "s=A.Heat", unit="C", place="A", writable=True)
PLANT = Plant("p", NAME, "UTC", (), (), (), (STATION,), (), (HEAT,))


@dataclass
class Machine:
    """One station's reading, state and time, a second at a time."""

    now: int = 1_795_240_800 * S
    state: MachineState = MachineState.EXECUTE
    since: int = 0
    heat: float = 0.0
    dice: np.random.Generator = field(default_factory=lambda: np.random.default_rng(5))
    signals: Signals = field(init=False)

    def __post_init__(self) -> None:
        self.signals = Signals(
            PLANT, ewma_t2.create(), lambda tag: Reading(self.heat, 0, self.now),
            lambda place: StateSpan("A", self.state, Waiting.NONE, self.since, None), None,
        )  # fmt: skip

    def seconds(self, count: int, level: float = 180.0) -> None:
        for _ in range(count):
            self.now += S
            self.heat = level + float(self.dice.normal())
            self.signals.look(self.now, frozenset())
            pending = self.signals._watches["A"].pending
            if pending is not None:
                pending.exception(30)

    def turns(self, state: MachineState) -> None:
        self.state, self.since = state, self.now

    @property
    def alarm(self) -> bool:
        return "A" in self.signals.alarms()


@pytest.fixture
def machine():
    made = Machine()
    made.seconds(SETTLE_S + FIRST + 60)
    assert not made.alarm
    made.seconds(40, 195.0)
    assert made.alarm
    yield made
    made.signals.close()


def test_a_starved_moment_heals_nothing(machine: Machine) -> None:
    machine.turns(MachineState.SUSPENDED)
    machine.seconds(STANDS_S - 1, 195.0)
    assert machine.alarm
    machine.seconds(2, 195.0)
    assert not machine.alarm


def test_a_station_that_stands_of_its_own_is_not_judged(machine: Machine) -> None:
    machine.turns(MachineState.HELD)
    machine.seconds(1, 195.0)
    assert not machine.alarm


def test_a_reading_that_came_back_ends_its_alarm(machine: Machine) -> None:
    machine.turns(MachineState.SUSPENDED)
    machine.seconds(5)
    machine.turns(MachineState.EXECUTE)
    machine.seconds(2 * SETTLE_S + 60)
    assert not machine.alarm


def test_few_rows_make_a_higher_limit_and_a_nearer_horizon() -> None:
    few, more, many = (settings_for(n) for n in (FIRST, AGAIN[0], AGAIN[1]))
    assert few["margin"] > more["margin"] > many["margin"]
    assert few["horizon"] < more["horizon"]
    assert "horizon" not in many
