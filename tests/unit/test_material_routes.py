"""The planner never proposes what cannot be done, and says what cannot be routed and why."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.loop.replan import replan
from hmi.material import routing
from hmi.material.capacity import flows, relaxed
from hmi.material.dispatch import RULES
from hmi.model.flow import Lane, OptionKind
from hmi.model.network import FlowLine, FlowNetwork, FlowStation, Pace, PlanRequest, Repair, WorkOrder
from hmi.model.text import Text
from tests.unit.flow_case import failure
from tests.unit.route_check import faults

QUICK = {"budget_s": 0.01, "replications": 2}


def cell(line: int, order: int, operation: str, **more) -> FlowStation:
    pace = Pace(more.pop("cycle", 4.0), 0.05, repair=Repair(900.0, 0.5, 3), measured=True)
    return FlowStation(
        f"L{line}.S{order}", f"L{line}", order, (operation,), more.pop("products", ()), pace, 8, 3,
        name=Text.same(f"L{line}.S{order}"), **more,
    )  # fmt: skip


def two_lines(rate: float = 400.0, **second) -> FlowNetwork:
    """Two lines of four stations with lanes from each to the next place of the other."""
    kinds = ("print", "place", "solder", "pack")
    stations = [cell(1, i, k) for i, k in enumerate(kinds, 1)]
    stations += [cell(2, i, k, **(second if i == 3 else {})) for i, k in enumerate(kinds, 1)]
    lanes = [
        Lane(f"L{a}.S{i}-L{b}.S{i + 1}", f"L{a}.S{i}", f"L{b}.S{i + 1}", f"L{a}.S{i}.DivertTo", b, 0)
        for a, b in ((1, 2), (2, 1)) for i in (1, 2, 3)
    ]  # fmt: skip
    return FlowNetwork(
        (FlowLine("L1", rate, Text.same("Line 1")), FlowLine("L2", rate, Text.same("Line 2"))), tuple(stations),
        tuple(lanes), {"A": kinds, "line:L1": kinds, "line:L2": kinds}, frozenset(x.id for x in lanes), {},
        {x.diverter: 0 for x in lanes},
    )  # fmt: skip


def plan_of(net: FlowNetwork, failed: str = "L1.S3", orders: tuple[WorkOrder, ...] = (), **more):
    return replan(PlanRequest(failed, net, orders, **{**QUICK, **more}))


@pytest.mark.parametrize("block", range(6))
def test_sixty_seeded_failures_without_an_infeasible_proposal(block: int) -> None:
    routed = 0
    for seed in range(block * 10, block * 10 + 10):
        request = replace(failure(seed), **QUICK)
        plan = replan(request)
        assert not faults(request, plan), (seed, faults(request, plan))
        routed += any(o.kind is OptionKind.REROUTE for o in plan.options)
        assert plan.cannot or any(o.kind is OptionKind.REROUTE for o in plan.options)
    assert routed >= 3


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_a_thousand_seeded_failures_without_an_infeasible_proposal() -> None:
    wrong = {}
    for seed in range(1000, 2000):
        request = replace(failure(seed), **QUICK)
        found = faults(request, replan(request))
        if found:
            wrong[seed] = found
    assert not wrong


def test_the_checker_finds_what_is_wrong() -> None:
    request = replace(failure(3), **QUICK)
    plan = replan(request)
    n, option = next((i, o) for i, o in enumerate(plan.options) if o.kind is OptionKind.REROUTE)

    def with_option(changed):
        return replace(plan, options=tuple(changed if i == n else o for i, o in enumerate(plan.options)))

    assert faults(request, with_option(replace(option, writes=())))
    assert faults(request, with_option(replace(option, lanes=tuple(x.id for x in request.network.lanes[:1]))))
    assert faults(replace(request, network=replace(request.network, openable=frozenset())), plan)
    down = next(x for x in request.network.lanes if x.id == option.lanes[-1]).to_station
    for change in ({"up": False}, {"known": False}, {"shut": True}):
        stopped = tuple(replace(s, **change) if s.id == down else s for s in request.network.stations)
        assert faults(replace(request, network=replace(request.network, stations=stopped)), plan), change
    assert faults(replace(request, network=replace(request.network, asked={})), plan)


def test_units_leave_before_the_failed_station_for_the_line_that_can_make_them() -> None:
    plan = plan_of(two_lines(), budget_s=0.4, replications=20)
    best = plan.options[0]
    assert best.kind is OptionKind.REROUTE
    assert not plan.cannot
    assert [(w.tag, w.value, w.back) for w in best.writes] in (
        [("L1.S1.DivertTo", 2, 0)], [("L1.S2.DivertTo", 2, 0)],
    )  # fmt: skip
    assert list(best.flows.values()) == [400.0]
    nothing = next(o for o in plan.options if o.kind is OptionKind.NOTHING)
    assert best.throughput.value > 1.2 * nothing.throughput.value
    assert best.throughput.low <= best.throughput.value <= best.throughput.high
    assert nothing.not_routed == ("line:L1",)
    assert plan.repair_s.low < plan.repair_s.value < plan.repair_s.high


def test_an_answer_is_judged_by_all_lines_that_share_a_station_with_it_within_the_repair() -> None:
    plan = plan_of(two_lines(), budget_s=0.4, replications=12)
    assert plan.lines == ("L1", "L2")
    assert 120.0 <= plan.window_s <= 240.0
    best, nothing = plan.options[0], next(o for o in plan.options if o.kind is OptionKind.NOTHING)
    assert best.kind is OptionKind.REROUTE
    assert best.early.value > 1.2 * nothing.early.value  # 400 an hour more, less the way to the end of the line
    assert best.early.value <= 2 * 400.0 * plan.window_s / 3600.0 + 12
    nowhere = plan_of(replace(two_lines(), openable=frozenset()))
    assert nowhere.window_s == 0.0
    assert nowhere.options and all(o.early is None for o in nowhere.options)


def test_a_line_that_shares_a_station_only_with_a_line_that_makes_room_is_concerned_too() -> None:
    kinds = ("print", "place", "solder", "pack")
    base = two_lines(700.0)
    third = tuple(cell(3, i, k) for i, k in enumerate(kinds, 1))
    lanes = tuple(
        Lane(f"L{a}.S1-L{b}.S2", f"L{a}.S1", f"L{b}.S2", f"L{a}.S1.DivertTo", b, 0) for a, b in ((1, 2), (2, 3))
    )
    lines = (*base.lines, FlowLine("L3", 100.0, Text.same("Line 3")))
    network = replace(
        base, lines=lines, stations=base.stations + third, lanes=lanes, openable=frozenset(x.id for x in lanes),
        products={**base.products, "line:L3": kinds}, asked={x.diverter: 0 for x in lanes},
    )  # fmt: skip
    plan = plan_of(network)
    assert any(set(o.lanes) == {"L1.S1-L2.S2", "L2.S1-L3.S2"} for o in plan.options)
    assert plan.lines == ("L1", "L2", "L3")


def test_a_full_line_takes_what_it_has_hours_for() -> None:
    network = two_lines(700.0)  # 900 an hour fit through a cycle of 4 s
    found = routing.find(PlanRequest("L1.S3", network), 3600.0)
    assert found.routes[0].flows.total == pytest.approx(900.0)
    assert found.routes[0].brought == pytest.approx(200.0)
    assert "200 of 700" in found.cannot[0].en
    assert "L2.S" in found.cannot[0].en


@pytest.mark.parametrize(
    ("network", "failed", "said"),
    [
        (two_lines(products=("B",)), "L1.S3", "not qualified"),
        (two_lines(up=False), "L1.S3", "down as well"),
        (two_lines(), "L1.S1", "first station"),
        (replace(two_lines(), openable=frozenset()), "L1.S3", "no lane that can be opened"),
        (
            replace(two_lines(), openable=frozenset({"L2.S1-L1.S2", "L1.S1-L2.S2"}), lanes=tuple(
                replace(x, to_station="L2.S4") if x.id == "L1.S1-L2.S2" else x for x in two_lines().lanes
            )), "L1.S3", "no lane leads",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_routed_is_said_with_its_reason(network: FlowNetwork, failed: str, said: str) -> None:
    plan = plan_of(network, failed)
    assert [o.kind for o in plan.options if o.kind is OptionKind.REROUTE] == []
    assert said in plan.cannot[0].en
    assert plan.cannot[0].ko != plan.cannot[0].en


def test_full_lines_can_share_their_hours_and_say_so() -> None:
    network = replace(two_lines(900.0), openable=frozenset({"L1.S2-L2.S3"}))
    request = PlanRequest("L1.S3", network, **QUICK)
    (route,) = routing.find(request, 3600.0).routes
    assert route.shared
    assert route.flows.total == pytest.approx(900.0, rel=1e-4)
    assert route.flows.by_feed["L1", "line:L1"] == pytest.approx(450.0, rel=1e-4)
    plan = replan(request)
    assert not faults(request, plan)
    assert [o.writes[0].tag for o in plan.options if o.kind is OptionKind.REROUTE] == ["L1.S2.DivertTo"]
    assert "can only share" in plan.cannot[0].en
    assert "L2.S" in plan.cannot[0].en


@given(st.floats(500.0, 1500.0), st.floats(500.0, 1500.0))
def test_what_is_shared_is_no_more_than_there_is(first: float, second: float) -> None:
    network = two_lines()
    lines = tuple(replace(x, rate_per_h=r) for x, r in zip(network.lines, (first, second), strict=True))
    network = replace(network, lines=lines)
    demand = {("L1", "line:L1"): first, ("L2", "line:L2"): second}
    most = flows(network, demand, {"L1.S2": "L1.S2-L2.S3"})
    alike = flows(network, demand, {"L1.S2": "L1.S2-L2.S3"}, ["L1"])
    assert most is not None
    assert alike is not None
    assert alike.total == pytest.approx(most.total, rel=1e-4)
    parts = [alike.by_feed[feed] / wanted for feed, wanted in demand.items()]
    assert parts[0] == pytest.approx(parts[1], rel=1e-3) or max(alike.by_feed.values()) == pytest.approx(900.0)
    assert alike.total <= 900.0 + 1e-3


def test_an_operation_that_only_the_failed_station_can_do() -> None:
    network = two_lines()
    kinds = ("print", "place", "laser", "pack")
    stations = tuple(replace(s, operations=("laser",)) if s.id == "L1.S3" else s for s in network.stations)
    network = replace(network, stations=stations, products={**network.products, "line:L1": kinds})
    assert "no other station can do laser" in plan_of(network).cannot[0].en


def test_a_product_in_work_is_not_led_where_it_cannot_be_made_and_later_ones_are_named() -> None:
    network = two_lines(products=("A",))
    network = replace(network, products={**network.products, "B": ("print", "place", "solder", "pack")})
    now_b = (WorkOrder("1", "L1", "B", 90, 900.0, True), WorkOrder("2", "L1", "A", 90, 1800.0),
             WorkOrder("3", "L2", "A", 300, 2000.0, True))  # fmt: skip
    worse = plan_of(network, orders=now_b).options
    assert worse and all(o.kind is not OptionKind.REROUTE for o in worse)
    now_a = (replace(now_b[0], product="A"), replace(now_b[1], product="B"), now_b[2])
    best = plan_of(network, orders=now_a).options
    assert next(o.not_routed for o in best if o.kind is OptionKind.REROUTE) == ("B",)


def test_a_lane_that_is_open_already_stays_and_goes_back_to_its_value() -> None:
    network = replace(two_lines(), open={"L2.S1": "L2.S1-L1.S2"}, asked={"L2.S1.DivertTo": 1, "L1.S2.DivertTo": 0})
    plan = plan_of(network)
    for option in plan.options:
        assert "L2.S1-L1.S2" not in option.lanes
    plan = plan_of(network, "L1.S4")
    assert plan.options  # lines 1 and 2 both come to the failed station now


@given(st.integers(0, 10_000))
def test_a_setting_carries_no_more_than_the_bound(seed: int) -> None:
    request = failure(seed, 20, 40)
    found = routing.find(request, 3600.0)
    bound = sum(relaxed(routing._failed(request.network, request.failed), found.demand).by_feed.values())
    for route in found.routes:
        assert route.flows.total <= bound + 1e-3
        again = flows(routing._failed(request.network, request.failed), found.demand, route.setting)
        assert again is not None
        assert again.total == pytest.approx(route.flows.total)
        load: dict[str, float] = {}
        for (line, _), flow in route.flows.by_feed.items():
            for name in route.flows.walks[line].stations:
                load[name] = load.get(name, 0.0) + flow * request.network.station[name].pace.cycle_s
        assert max(load.values()) <= 3600.0 + 1e-3
        assert request.failed not in {
            name for (line, _), flow in route.flows.by_feed.items() if flow > 0
            for name in route.flows.walks[line].stations
        }  # fmt: skip


def test_rules_keep_the_order_in_work_first_and_lose_none() -> None:
    waiting = [
        WorkOrder("a", "L", "X", 50, 900.0), WorkOrder("b", "L", "Y", 10, 300.0), WorkOrder("c", "L", "X", 20, None),
        WorkOrder("d", "L", "Y", 90, 600.0, True),
    ]  # fmt: skip
    turned = {name: [o.id for o in rule(waiting)] for name, rule in RULES.items()}
    assert turned == {
        "edd": ["d", "b", "a", "c"], "spt": ["d", "b", "c", "a"], "changeover": ["d", "b", "a", "c"],
        "fifo": ["d", "a", "b", "c"],
    }  # fmt: skip


def test_the_same_question_has_the_same_answer() -> None:
    request = replace(failure(5), budget_s=30.0, replications=4)
    first, second = replan(request, lambda: 0.0), replan(request, lambda: 0.0)
    assert first == second
