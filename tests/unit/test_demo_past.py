"""The demo plant's past: ordinary stops on all lines, every change told once, and no jump where the plant goes live."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hmi.runtime.plantfile import load
from plugins.demo_plant import past, points
from plugins.demo_plant.layout import BUFFER_CAPACITY, all_points
from plugins.demo_plant.orders import shift_at
from plugins.demo_plant.process import Sensor
from plugins.demo_plant.sim import DemoPlant
from resources import path as resource

EPOCH = 1_795_240_800.0  # 2026-11-21 15:00 in Incheon, an hour into the evening shift
SHORT_S = 900.0
REASONS = {r.id for r in load(resource("demo", "plant.toml")).reasons if r.parent}


def played(folder: Path | None, past_s: float = SHORT_S, seed: int = 7) -> tuple[DemoPlant, list[tuple[Path, bool]]]:
    """A plant whose clock stands at its past's end."""
    plant = DemoPlant(seed, "none", EPOCH - past_s)
    wrote: list[tuple[Path, bool]] = []
    live_s = past.play(plant, past_s, folder, lambda: EPOCH, lambda file, last: wrote.append((file, last)))
    assert live_s == plant.epoch_s + plant.now_s
    assert EPOCH + past.LEAD_S <= live_s <= EPOCH + past.LEAD_S + 1.0
    return plant, wrote


def test_long_pasts_begin_with_the_shift_and_short_ones_are_as_asked() -> None:
    six_hours_in = EPOCH + 5 * 3600
    assert past.reach(six_hours_in, 4 * 3600) == shift_at(six_hours_in).elapsed_s == 6 * 3600
    assert past.reach(EPOCH, 4 * 3600) == 4 * 3600
    assert past.reach(six_hours_in, 600) == 600
    assert past.reach(six_hours_in, 7 * 3600) == 7 * 3600
    assert past.reach(EPOCH, 9e9) == past.LONGEST_S


@given(st.integers(0, 500), st.floats(3600, 8 * 3600))
@settings(max_examples=60, deadline=None)
def test_stops_leave_each_line_time_to_run_and_the_end_in_peace(seed: int, past_s: float) -> None:
    found = past.stops(seed, past_s)
    assert found == past.stops(seed, past_s)
    assert [s.at_s for s in found] == sorted(s.at_s for s in found)
    for line in (1, 2, 3):
        own = [s for s in found if s.line == line]
        assert all(s.at_s >= past.WARM_S and s.at_s + s.seconds <= past_s - past.CALM_S for s in own)
        assert all(b.at_s - (a.at_s + a.seconds) >= past.BREATH_S - 1e-6 for a, b in pairwise(own))
        assert all(s.reason in REASONS | {""} for s in own)


@pytest.mark.parametrize("seed", [1, 7, 42])
def test_every_line_has_stops_of_its_own_and_most_are_explained(seed: int) -> None:
    found = past.stops(seed, 6 * 3600.0)
    by_line = [[(s.at_s, s.place) for s in found if s.line == line] for line in (1, 2, 3)]
    assert all(len(own) >= 4 for own in by_line)
    assert all(any(s.cause.aborts for s in found if s.line == line) for line in (1, 2, 3))
    minutes = [sum(s.seconds for s in found if s.line == line) / 60 / 6 for line in (1, 2, 3)]
    assert all(0.8 <= m <= 8.0 for m in minutes)
    assert 0.35 <= sum(1 for s in found if s.reason) / len(found) <= 0.9


def test_what_is_told_is_the_plant_up_to_the_moment_it_goes_live(tmp_path: Path) -> None:
    plant, wrote = played(tmp_path)
    assert [last for _, last in wrote] == [False, True]
    now: dict[str, object] = {}
    before_ms = 0
    for file, _ in wrote:
        with np.load(file, allow_pickle=False) as part:
            ids, texts = part["ids"].tolist(), part["texts"].tolist()
            at_ms = part["at_ms"].tolist()
            assert at_ms == sorted(at_ms)
            assert at_ms[0] >= before_ms
            before_ms = at_ms[-1]
            assert int(part["until_ms"]) >= before_ms
            for tag, value, text in zip(part["tag"], part["value"], part["text"], strict=True):
                found: object = texts[text] if text >= 0 else float(value)
                assert now.get(ids[tag]) != found, "told again without a change"
                now[ids[tag]] = found
    assert now.keys() == all_points().keys()
    for tag, true in points.values(plant).items():
        if isinstance(true, str | int | float):
            assert now[tag] == true, tag
    assert now["L1.OrderDue"] == f"{points.values(plant)['L1.OrderDue']:%Y-%m-%dT%H:%M:%S}.0000000Z"


def test_the_plant_goes_on_without_a_jump_and_its_story_begins_then() -> None:
    plant, wrote = played(None)
    assert wrote == []
    begin_s, before = plant.now_s, points.values(plant)
    plant.tell("station-failure")
    plant.step(0.25)
    after = points.values(plant)
    for tag in all_points():
        a, b = before[tag], after[tag]
        if tag.endswith(("Count", ".Made", ".OrderDone", ".Energy")) and isinstance(a, int | float):
            assert isinstance(b, int | float)
            assert 0 <= b - a <= 1, tag
        elif tag.endswith((".Order", ".Lot", ".Operator", ".Product")):
            assert a == b
    assert plant.take_happenings() == []
    plant.step(10.0)
    (first,) = plant.take_happenings()
    assert first.key == "station_failure_start"
    assert first.at_s - begin_s == pytest.approx(8.0)


def test_a_shift_of_past_looks_like_a_shift() -> None:
    plant, _ = played(None, 4 * 3600.0)
    stood = dict.fromkeys((1, 2, 3), 0.0)
    for stop in past.stops(7, 4 * 3600.0):
        stood[stop.line] += stop.seconds
    assert min(stood.values()) > 0
    for line in plant.lines.values():
        # the shift turned three hours into it, so that the counters hold its first hour
        assert 0.8 * line.spec.feed_per_h < line.made < 1.05 * line.spec.feed_per_h
        assert all(len(s.buffer) <= BUFFER_CAPACITY for s in line.stations)
    assert plant.truths == []


def test_long_strides_make_as_many_units_as_short_ones() -> None:
    made = []
    for step_s in (0.25, 1.0, 2.0):
        plant = DemoPlant(3, "none", EPOCH)
        before = sum(line.made for line in plant.lines.values())
        plant.stride(step_s, 2.0)
        plant.step(1800.0)
        made.append(sum(line.made for line in plant.lines.values()) - before)
    assert max(made) - min(made) <= 0.02 * made[0]


@given(st.sampled_from([0.25, 0.5, 2.0, 4.0]))
@settings(max_examples=4, deadline=None)
def test_a_sensors_noise_is_as_wide_however_often_it_is_read(dt_s: float) -> None:
    sensor, rng = Sensor(100.0, 2.0), random.Random(f"noise/{dt_s}")
    seen = []
    for _ in range(20_000):
        sensor.advance(dt_s, rng)
        seen.append(sensor.noise)
    assert float(np.std(seen)) == pytest.approx(2.0, rel=0.15)


def test_a_part_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(OSError):
        played(tmp_path / "missing")


def test_a_stop_knows_its_station() -> None:
    stop = past.stops(7, 4 * 3600.0)[0]
    assert replace(stop, line=2).place == f"L2.S{stop.cause.order}"
