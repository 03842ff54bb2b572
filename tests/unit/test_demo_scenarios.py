"""The stories: each shows itself soon, has one true cause, and gives way to the right measure and to no other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.model.words import catalogue, placeholders, say
from plugins.demo_plant import bench
from plugins.demo_plant.happening import Happening, RefusedError, Truth
from plugins.demo_plant.layout import LINES, State
from plugins.demo_plant.points import values
from plugins.demo_plant.scenarios import NAMES, UnknownScenarioError, _next_batch
from plugins.demo_plant.sim import DemoPlant
from plugins.demo_plant.unit import heat_share

EPOCH = 1_795_240_800.0


def play(name: str | None, *, seed: int = 7) -> DemoPlant:
    return DemoPlant(seed, name, EPOCH, random_stops=False)


def happened(plant: DemoPlant, seconds: float) -> list[Happening]:
    plant.step(seconds)
    return plant.take_happenings()


def made(plant: DemoPlant) -> int:
    return sum(line.made for line in plant.lines.values())


@pytest.mark.parametrize("name", [*NAMES, None])
def test_the_first_thing_is_to_be_seen_within_30_seconds(name: str | None) -> None:
    plant, quiet = play(name), play("none")
    first = happened(plant, 30.0)
    quiet.step(30.0)
    assert first
    tag = plant.truths[0].tag
    assert values(plant)[tag] != values(quiet)[tag]


@pytest.mark.parametrize("seed", [1, 7, 42])
def test_without_a_name_all_are_played_in_turn_on_different_lines(seed: int) -> None:
    plant = play(None, seed=seed)
    plant.step(1400.0)
    assert {t.scenario for t in plant.truths} == set(NAMES)
    assert len({t.place[:2] for t in plant.truths}) == len(NAMES)
    assert all(t.end_s is not None for t in plant.truths)
    plant.step(1000.0)
    assert len(plant.truths) > len(NAMES)


def test_a_plant_without_a_story_stays_in_order() -> None:
    plant = DemoPlant(7, "none", EPOCH)
    plant.step(900.0)
    assert plant.truths == []
    assert plant.take_happenings() == []
    assert all(s.state is not State.ABORTED for s in plant.stations())


def test_an_unknown_story_is_refused() -> None:
    with pytest.raises(UnknownScenarioError):
        play("flood")


def oven_rejects(plant: DemoPlant) -> int:
    return plant.station(2, 4).reject + plant.station(2, 5).reject


def test_oven_drift_passes_its_limit_and_spoils_joints_until_the_set_point_is_lowered() -> None:
    left, helped = play("oven-drift"), play("oven-drift")
    for plant in (left, helped):
        plant.step(250.0)
        assert values(plant)["L2.S3.Zone3Temperature"] > 222.0
    helped.write("L2.S3.Zone3Setpoint", 208.0)
    assert "oven_drift_corrected" in {h.key for h in happened(helped, 60.0)}
    left.step(60.0)
    assert abs(values(helped)["L2.S3.Zone3Temperature"] - 216.0) < 1.5
    before = {id(p): oven_rejects(p) for p in (left, helped)}
    for plant in (left, helped):
        plant.step(500.0)
    assert oven_rejects(left) - before[id(left)] >= 8
    assert oven_rejects(helped) - before[id(helped)] <= 3


@pytest.mark.parametrize(("after_s", "step"), [(35.0, 1.0), (50.0, 1.5), (90.0, 3.0), (250.0, 5.0)])
def test_one_step_within_the_guard_brings_the_zone_back_into_its_band_for_good(after_s: float, step: float) -> None:
    plant = play("oven-drift")
    plant.step(after_s)
    plant.write("L2.S3.Zone3Setpoint", 216.0 - step)
    plant.step(90.0)
    for _ in range(40):
        plant.step(10.0)
        assert 213.0 <= values(plant)["L2.S3.Zone3Temperature"] <= 219.2


def test_the_failed_station_takes_part_again_although_its_units_are_sent_another_way() -> None:
    plant = play("station-failure")
    plant.step(30.0)
    plant.write("L3.S1.DivertTo", 1)
    plant.step(400.0)
    assert plant.truths[0].end_s is not None
    assert plant.station(3, 2).state in (State.EXECUTE, State.STARVED)
    arrived = [u for u in plant.units.values() if u.line == 3 and "L1.S2" in dict(u.passed)]
    assert len(arrived) >= 5


def test_a_batch_that_is_stopped_at_the_printer_and_kept_at_the_packer_does_not_leave() -> None:
    plant = play("bad-batch")
    plant.step(90.0)
    for gate in ("L1.S1.HoldGate", "L1.S6.HoldGate"):
        plant.write(gate, True)
    plant.step(60.0)
    truth = plant.truths[0]
    assert truth.end_s is not None
    found = plant.affected(truth)
    packed = {name for name in found if "L1.S6" in dict(plant.units[name].passed)}
    plant.step(120.0)
    assert {name for name in found if "L1.S6" in dict(plant.units[name].passed)} == packed
    assert plant.affected(truth) == found
    assert values(plant)["L1.MaterialBatch"] != "PASTE-1B"


def test_after_the_oven_story_the_zone_is_right_whatever_its_set_point() -> None:
    for setpoint in (208.0, 212.0, 216.0):
        plant = play("oven-drift")
        plant.step(200.0)
        plant.write("L2.S3.Zone3Setpoint", setpoint)
        plant.step(1000.0)
        assert abs(values(plant)["L2.S3.Zone3Temperature"] - 216.0) < 1.5


def test_the_oven_storys_affected_units_are_those_heated_while_it_ran() -> None:
    plant = play("oven-drift")
    plant.step(600.0)
    truth = plant.truths[0]
    found = plant.affected(truth)
    assert len(found) > 60
    for name in found:
        at = dict(plant.units[name].passed)["L2.S3"]
        assert at > truth.start_s
    spoiled = {u.id for u in plant.units.values() if any(d.cause == "oven:L2.S3" for d in u.defects)}
    assert spoiled
    assert spoiled <= found


def test_station_failure_starves_the_line_and_a_reroute_saves_units() -> None:
    left, helped = play("station-failure"), play("station-failure")
    for plant in (left, helped):
        plant.step(60.0)
        assert plant.station(3, 2).state is State.ABORTED
        assert plant.station(3, 6).state is State.STARVED
        assert plant.station(3, 1).state is State.BLOCKED
        assert values(plant)["L3.UnitsPerHour"] < 750
    helped.write("L3.S1.DivertTo", 1)
    for plant in (left, helped):
        plant.step(240.0)
    assert made(helped) >= made(left) + 8
    assert not [u for u in helped.units.values() if any(d.cause.startswith("recipe") for d in u.defects)]
    keys = {h.key for h in happened(left, 60.0)}
    ends = {"start", "starved", "repaired", "end"}
    assert {f"station_failure_{end}" for end in ends} <= keys
    assert left.station(3, 2).state is State.EXECUTE


def test_nobody_can_reset_the_station_before_it_is_repaired() -> None:
    plant = play("station-failure")
    plant.step(30.0)
    with pytest.raises(RefusedError) as refused:
        bench.reset(plant, 3, 2)
    assert refused.value.why == "state"
    plant.step(280.0)
    bench.reset(plant, 3, 2)
    plant.step(3.0)
    assert plant.station(3, 2).state is State.EXECUTE


def test_bad_batch_raises_rejects_of_its_own_units_only() -> None:
    plant = play("bad-batch")
    plant.step(600.0)
    truth = plant.truths[0]
    found = plant.affected(truth)
    assert {plant.units[name].line for name in found} == {1}
    caught = [u for u in plant.units.values() if u.rejected_at == "L1.S4"]
    assert len([u for u in caught if u.id in found]) >= 0.9 * len(caught) > 5
    assert "bad_batch_rejects" in {h.key for h in plant.take_happenings()}
    assert values(plant)["L1.S4.RejectShare"] > 5


def test_holding_the_printer_ends_the_bad_batch() -> None:
    left, helped = play("bad-batch"), play("bad-batch")
    for plant in (left, helped):
        plant.step(120.0)
    helped.write("L1.S1.HoldGate", True)
    helped.step(40.0)
    assert helped.truths[0].end_s is not None
    helped.write("L1.S1.HoldGate", False)
    helped.step(240.0)
    left.step(280.0)
    assert len(helped.affected(helped.truths[0])) < 0.6 * len(left.affected(left.truths[0]))
    assert not [u for u in helped.units.values() if u.batch.bad and u.made_s > 180]


def test_rejects_in_the_story_free_lines_stay_at_their_usual_share() -> None:
    plant = play("bad-batch")
    before = [plant.station(n, 4).reject for n in (2, 3)]
    plant.step(600.0)
    assert all(plant.station(n, 4).reject - b <= 6 for n, b in zip((2, 3), before, strict=True))


@given(st.floats(150, 280))
def test_heat_spoils_more_the_farther_it_is_from_nominal(zone3: float) -> None:
    share = heat_share(zone3)
    assert 0.0 <= share <= 0.4
    farther = zone3 + (1.0 if zone3 >= 216 else -1.0)
    assert heat_share(farther) >= share
    assert heat_share(216.0) == heat_share(219.0) == 0.0


@given(st.text("ABYZ", min_size=1, max_size=3))
def test_batch_names_never_repeat(tail: str) -> None:
    names = [f"PASTE-1{tail}"]
    for _ in range(60):
        names.append(_next_batch(names[-1]))
    assert len(set(names)) == len(names)


def test_every_happening_has_its_sentence_in_both_languages() -> None:
    plants = [play(None), play("bad-batch"), play("oven-drift")]
    plants[2].step(100.0)
    plants[2].write("L2.S3.Zone3Setpoint", 210.0)
    told = [h for p in plants for h in happened(p, 1400.0)]
    for one in told:
        text = say(f"demo.{one.key}", **dict(one.values))
        assert "{" not in text.en + text.ko
    ours = {key.removeprefix("demo.") for key in catalogue() if key.startswith("demo.")}
    assert {h.key for h in told} == ours & {h.key for h in told}
    for key in ours:
        entry = catalogue()[f"demo.{key}"]
        assert placeholders(entry.en) == placeholders(entry.ko)


def test_the_bench_makes_the_plant_misbehave_and_mends_it() -> None:
    plant = play("none")
    bench.drift(plant, 1, 3, 6.0)
    plant.step(120.0)
    assert values(plant)["L1.S3.Zone3Temperature"] > 223.0
    bench.drift(plant, 1, 3, 0.0)
    bench.fail(plant, 2, 2, 30.0)
    bench.rejects(plant, 3, 5, 1.0)
    bench.new_batch(plant, 1, 9)
    before = plant.station(3, 6).good
    plant.step(25.0)
    assert plant.station(2, 2).state is State.ABORTED
    assert values(plant)["L1.MaterialBatch"] == "PASTE-19"
    plant.step(60.0)
    assert plant.station(3, 6).good <= before + 2
    bench.rejects(plant, 3, 5, -1.0)
    plant.step(60.0)
    assert plant.station(3, 6).good > before + 2
    assert abs(values(plant)["L1.S3.Zone3Temperature"] - 216.0) < 1.5


def test_a_frozen_plant_stands_still_and_goes_on_afterwards() -> None:
    plant = play("none")
    plant.step(5.0)
    bench.freeze(plant, 20.0)
    before = values(plant)
    plant.step(19.0)
    assert {k: v for k, v in values(plant).items() if "UnitsPerHour" not in k} == {
        k: v for k, v in before.items() if "UnitsPerHour" not in k
    }
    plant.step(10.0)
    assert values(plant)["L1.S1.GoodCount"] != before["L1.S1.GoodCount"]


@pytest.mark.parametrize("act", [lambda p: bench.fail(p, 9, 1, 1), lambda p: bench.drift(p, 1, 2, 1.0),
                                 lambda p: bench.rejects(p, 1, 1, 2.0), lambda p: bench.new_batch(p, 0, 1),
                                 lambda p: bench.play(p, "flood"), lambda p: bench.bad_sensor(p, 1, 2, 1)])  # fmt: skip
def test_the_bench_refuses_what_is_not_there(act: object) -> None:
    with pytest.raises(RefusedError):
        act(play("none"))


def test_a_truth_of_another_kind_touches_no_units() -> None:
    plant = play("none")
    assert plant.affected(Truth("station-failure", "station:L3.S2", "L3.S2", "L3.S2.State", 0.0)) == set()
    assert {spec.id for spec in LINES} == {"L1", "L2", "L3"}
