"""The demo's plant file: the shipped copy is what the tables say, and it describes the plant whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from hmi.model.machine import MachineState, Waiting
from hmi.model.plant import Access, Security
from hmi.runtime.plantfile import load, parse
from plugins.demo_plant import plantfile
from plugins.demo_plant.layout import KINDS, NAMESPACE, State, all_points
from plugins.demo_plant.names import WORDS
from resources import path as resource

SHIPPED = resource("demo", "plant.toml")


def test_the_shipped_copy_is_what_the_tables_say() -> None:
    assert SHIPPED.read_text(encoding="utf-8") == plantfile.text(), (
        "run: python -m plugins.demo_plant.plantfile resources/demo/plant.toml"
    )


def test_it_is_read_without_a_problem_and_is_whole() -> None:
    plant = load(SHIPPED)
    assert plant.demo
    assert [t.id for t in plant.tags] == list(all_points())
    assert len(plant.stations) == 18
    assert {s.kind for s in plant.stations} == {k.name for k in KINDS}
    assert all(t.node == f"nsu={NAMESPACE};s={t.id}" for t in plant.tags)
    assert {c.security for c in plant.controllers} == {Security.SIGN_AND_ENCRYPT}
    for station in plant.stations:
        assert {"state", "good", "reject", "in_buffer", "unit", "cycle", "hold_gate"} <= station.roles.keys()
    for line in plant.lines:
        assert {"order", "product", "lot", "material_batch", "operator", "rate", "plan", "made"} <= line.roles.keys()


def test_every_state_the_plant_can_show_has_a_meaning_and_words() -> None:
    rules = load(SHIPPED).station["L1.S1"].states
    assert rules.keys() == {str(int(s)) for s in State} == WORDS["state"].keys()
    assert rules["18"].waiting is Waiting.BLOCKED
    assert rules["19"].waiting is Waiting.STARVED
    assert rules["6"].state is MachineState.EXECUTE


def test_there_is_a_shift_at_every_minute_of_the_week() -> None:
    minutes = set()
    for shift in load(SHIPPED).shifts:
        length = (shift.end_min - shift.start_min) % 1440 or 1440
        for day in shift.days:
            start = day * 1440 + shift.start_min
            minutes |= {(start + m) % 10080 for m in range(length)}
    assert len(minutes) == 10080


def test_only_what_the_controller_takes_is_writable_and_its_limits_hold_its_desired_band() -> None:
    for tag in load(SHIPPED).tags:
        assert tag.writable == (tag.access is not Access.READ)
        if tag.desired is not None and tag.limits.low is not None:
            assert tag.limits.low <= tag.desired.low
        if tag.desired is not None and tag.limits.high is not None:
            assert tag.limits.high >= tag.desired.high


def test_every_fault_code_has_its_words() -> None:
    codes = {str(code) for kind in KINDS for code in (*kind.stops, kind.failure)}
    assert codes | {"0"} == WORDS["fault"].keys()


@pytest.mark.parametrize("secure", [True, False])
def test_a_written_file_carries_the_true_endpoint(tmp_path: Path, secure: bool) -> None:
    plantfile.write(tmp_path / "plant.toml", "opc.tcp://127.0.0.1:53123", secure=secure)
    plant = load(tmp_path / "plant.toml")
    assert {c.endpoint for c in plant.controllers} == {"opc.tcp://127.0.0.1:53123"}
    assert {c.security for c in plant.controllers} == {Security.SIGN_AND_ENCRYPT if secure else Security.NONE}
    assert parse(plantfile.text()).tags == plant.tags
