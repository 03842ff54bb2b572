"""Lines and stations whose link is down: nothing is planned over them, nothing is promised of them, and it is said."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.loop.replan import replan
from hmi.material.capacity import flows
from hmi.material.network import obstacle
from hmi.model.flow import OptionKind
from hmi.model.network import FlowNetwork, Repair
from hmi.twin.draws import Draws
from hmi.twin.maxplus import screen
from hmi.twin.model import play
from tests.unit.flow_case import failure
from tests.unit.route_check import faults
from tests.unit.test_material_routes import QUICK, plan_of, two_lines
from tests.unit.test_twin import line
from tests.unit.test_twin import two_lines as twin_lines


def changed(network: FlowNetwork, names: set[str], **how: object) -> FlowNetwork:
    return replace(network, stations=tuple(replace(s, **how) if s.id in names else s for s in network.stations))


def line_2(network: FlowNetwork) -> set[str]:
    return {s.id for s in network.stations if s.line == "L2"}


@given(st.integers(0, 10_000), st.data())
def test_no_proposal_rests_on_what_is_not_known(seed, data) -> None:
    request = failure(seed, 20, 40)
    network = request.network
    names, lines = [s.id for s in network.stations], [x.id for x in network.lines]
    dark_lines = data.draw(st.sets(st.sampled_from(lines), max_size=2))
    dark = data.draw(st.sets(st.sampled_from(names), max_size=3))
    dark |= {s.id for s in network.stations if s.line in dark_lines}
    network = changed(network, dark - {request.failed}, known=False)
    network = changed(network, data.draw(st.sets(st.sampled_from(names), max_size=2)) - {request.failed}, shut=True)
    silent = {x.diverter for x in network.lanes if x.from_station in dark}
    silent |= data.draw(st.sets(st.sampled_from(sorted(network.asked)), max_size=3)) if network.asked else set()
    network = replace(network, asked={tag: v for tag, v in network.asked.items() if tag not in silent})
    request = replace(request, network=network, **QUICK)
    plan = replan(request)
    assert not faults(request, plan)
    assert request.failed not in plan.standing
    assert set(plan.standing) <= {s.id for s in network.stations if s.stands}


def test_a_line_whose_link_is_down_is_named_and_no_route_leads_over_it() -> None:
    network = two_lines()
    assert any(o.kind is OptionKind.REROUTE for o in plan_of(network).options)
    silent = {t: v for t, v in network.asked.items() if not t.startswith("L2")}
    plan = plan_of(replace(changed(network, line_2(network), known=False), asked=silent))
    assert [o.kind for o in plan.options if o.kind is OptionKind.REROUTE] == []
    assert plan.cannot[0].en.startswith("Line 2: not known, the link is down")
    assert "상태 불명" in plan.cannot[0].ko
    assert "nobody knows whether" in plan.cannot[1].en
    assert not any(t.en.startswith("Line 2: not known") for t in plan_of(network).cannot)


@pytest.mark.parametrize(
    ("how", "said"),
    [({"known": False}, "Line 2 · L2.S3: not known"), ({"shut": True}, "Line 2 · L2.S3: the hold gate is closed")],
)
def test_one_station_that_cannot_be_counted_on(how, said) -> None:
    plan = plan_of(changed(two_lines(), {"L2.S3"}, **how))
    assert all(o.kind is not OptionKind.REROUTE for o in plan.options)
    assert plan.cannot[0].en.startswith(said)


def test_a_diverter_that_does_not_say_how_it_stands_is_not_written() -> None:
    network = two_lines()
    network = replace(network, asked={t: v for t, v in network.asked.items() if t != "L1.S2.DivertTo"})
    plan = plan_of(network)
    assert {w.tag for o in plan.options for w in o.writes} == {"L1.S1.DivertTo"}  # there they leave before it
    assert "L1.S2: not known" in plan.cannot[0].en


def test_nothing_flows_through_what_is_not_known() -> None:
    network = changed(two_lines(), {"L2.S3"}, known=False)
    found = flows(network, {("L1", "line:L1"): 100.0, ("L2", "line:L2"): 100.0}, {})
    assert found is not None
    assert dict(found.by_feed) == {("L1", "line:L1"): 100.0, ("L2", "line:L2"): 0.0}


def test_what_came_to_stand_since_the_plan_was_made() -> None:
    network, lanes = changed(two_lines(), {"L1.S3"}, up=False), ("L1.S2-L2.S3",)
    assert obstacle(network, "L1.S3", lanes) is None
    assert obstacle(changed(network, {"L2.S4"}, known=False), "L1.S3", lanes) == "L2.S4"
    assert obstacle(changed(network, {"L2.S3"}, shut=True), "L1.S3", lanes) == "L2.S3"
    assert obstacle(changed(network, {"L2.S3"}, up=False, repair=Repair()), "L1.S3", lanes) == "L2.S3"
    assert obstacle(changed(network, {"L2.S3"}, up=False), "L1.S3", lanes) is None  # a short stop is soon over
    assert obstacle(changed(network, {"L2.S1"}, known=False), "L1.S3", lanes) is None  # not on its way
    assert obstacle(replace(network, asked={}), "L1.S3", lanes) is not None


def test_a_short_stop_is_no_cause_to_lead_nothing_over_a_station_but_the_twin_reckons_with_it() -> None:
    short = Repair(20.0, 0.5, 40)
    network = changed(two_lines(), {"L2.S3"}, up=False, repair=short, down_s=5.0)
    assert all(o.kind is not OptionKind.REROUTE for o in plan_of(network).options)
    soon = plan_of(changed(network, {"L2.S3"}, soon=True), replications=8)
    assert any(o.kind is OptionKind.REROUTE for o in soon.options)
    assert soon.standing == ("L2.S3",)
    held = changed(network, {"L2.S3"}, soon=True, shut=True)
    assert all(o.kind is not OptionKind.REROUTE for o in plan_of(held).options)


# the twin


def test_of_a_station_that_is_shut_nothing_is_promised() -> None:
    scenario = line(3)
    scenario = replace(
        scenario, stations=tuple(replace(s, shut=True) if s.id == "S2" else s for s in scenario.stations)
    )
    assert play(scenario, Draws(1, 0)).good == 0.0
    shown = screen(scenario, Draws(1, 0))
    assert shown is not None
    assert shown.good == 0.0


@given(st.integers(0, 500), st.floats(30.0, 900.0), st.floats(0.0, 300.0), st.floats(0.0, 0.2))
def test_another_station_that_stands_costs_units_in_events_and_recursion_alike(seed, median, stood, reject) -> None:
    plain = twin_lines()
    stations = tuple(
        replace(s, stands=Repair(median, 0.5), stands_s=stood, pace=replace(s.pace, reject=reject))
        if s.id == "L2.S2" else s for s in plain.stations
    )  # fmt: skip
    scenario, draws = replace(plain, stations=stations), Draws(seed, 0)
    events, recursion, whole = play(scenario, draws, 600.0), screen(scenario, draws, 600.0), play(plain, draws, 600.0)
    assert recursion is not None
    assert events.good == pytest.approx(recursion.good)
    assert events.good <= whole.good
    assert draws.stands_s(stations[4]) > 0
