"""What a detector learns from a plant's past: the seconds in which its station ran, and not those of running in."""

from types import SimpleNamespace

import numpy as np
import pytest

from hmi.loop.normal import SETTLE_S, rows_of_past, watched_tags
from hmi.model.machine import MachineState
from hmi.model.plant import Access, Plant, StateRule, Station, Tag, TagType
from hmi.model.text import Text

S = 1_000_000_000
NOW = 1_795_240_800 * S
NAME = Text.same("x")
STATES = {"6": StateRule(MachineState.EXECUTE), "9": StateRule(MachineState.ABORTED)}
STATION = Station("A", NAME, "L", 1, roles={"state": "A.State"}, states=STATES)
HEAT = Tag("A.Heat", NAME, "plc", "s=A.Heat", unit="C", place="A", writable=True)
ASKED = Tag("A.Asked", NAME, "plc", "s=A.Asked", unit="C", place="A", access=Access.SETPOINT, writable=True)
COUNT = Tag("A.Count", NAME, "plc", "s=A.Count", TagType.UINT32, unit="pcs", place="A")
PLANT = Plant("p", NAME, "UTC", (), (), (), (STATION,), (), (HEAT, ASKED, COUNT))


def past(state, every_s: float):
    """A history of 600 s: the state of each second, told every so often, and a reading that moves each second."""

    def history(tag: str, from_ns: int, to_ns: int, points: int):
        ages = np.arange(600.0, 0.0, -every_s if tag == "A.State" else -1.0)
        value = [state(age) for age in ages] if tag == "A.State" else [float(age) for age in ages]
        return SimpleNamespace(time_ns=[NOW - int(age * S) for age in ages], value=value)

    return history


def test_what_a_server_lets_anybody_write_is_watched_and_what_is_asked_is_not() -> None:
    assert watched_tags(PLANT, STATION) == (HEAT,)


@pytest.mark.parametrize("every_s", [1.0, 7.0, 300.0])
def test_seconds_that_the_station_ran_however_often_its_state_was_told(every_s: float) -> None:
    rows = rows_of_past(past(lambda age: 6.0, every_s), PLANT, STATION, (HEAT,), NOW)
    assert 600 - SETTLE_S - 1 <= len(rows) <= 600 - SETTLE_S + 1


def test_a_stop_and_the_seconds_after_it_are_left_out() -> None:
    rows = rows_of_past(past(lambda age: 9.0 if 300 < age <= 400 else 6.0, 1.0), PLANT, STATION, (HEAT,), NOW)
    ages = set(rows[:, 0].astype(int))
    assert not ages & set(range(302 - SETTLE_S, 400))
    assert set(range(402, 600 - SETTLE_S)) | set(range(2, 299 - SETTLE_S)) <= ages


def test_nothing_is_kept_of_a_station_that_never_ran() -> None:
    assert len(rows_of_past(past(lambda age: 9.0, 1.0), PLANT, STATION, (HEAT,), NOW)) == 0
    assert len(rows_of_past(past(lambda age: None, 1.0), PLANT, STATION, (HEAT,), NOW)) == 0
