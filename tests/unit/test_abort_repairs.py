"""How long an aborted station stands, told apart from short stops that end by themselves."""

import pytest

from hmi.model.machine import MachineState, StateSpan, Waiting
from hmi.twin.calibrate import abort_repairs

S = 1_000_000_000


def stop(station, state, start_s, seconds):
    end = None if seconds is None else (start_s + seconds) * S
    return StateSpan(station=station, state=state, waiting=Waiting.NONE, start_ns=start_s * S, end_ns=end)


def test_short_stops_do_not_shorten_the_repair_of_an_abort() -> None:
    held = [stop("B", MachineState.HELD, 100 * n, 15) for n in range(20)]
    spans = {
        "A": [stop("A", MachineState.ABORTED, 0, 300), stop("A", MachineState.ABORTED, 900, None)],
        "B": [*held, stop("B", MachineState.ABORTED, 4000, 320)],
        "C": [],
    }
    found = abort_repairs(spans)
    assert {name: repair.cases for name, repair in found.items()} == {"A": 1, "B": 1, "C": 0}
    assert all(200 < repair.median_s < 500 for repair in found.values())


@pytest.mark.parametrize("spans", [{}, {"A": []}, {"A": [stop("A", MachineState.HELD, 0, 60)]}])
def test_without_an_abort_on_record_nothing_is_told(spans) -> None:
    assert abort_repairs(spans) == {}
