"""Discovery on the independent plant: its diverters become lanes, signed for and read back; a plan comes of them."""

import pytest

from hmi.loop.replan import replan
from hmi.material.network import StationNow, of_plant
from hmi.model.flow import OptionKind
from hmi.model.network import PlanRequest
from hmi.model.plant import Access
from hmi.runtime import plantfile


@pytest.mark.plant
def test_lanes_guards_and_a_plan_from_a_discovered_plant(independent_plant, station) -> None:
    independent_plant.start("--lines=3", "--stations=5")
    station.discover(independent_plant.endpoint)
    plant = plantfile.load(station.plant)
    assert len(plant.lanes) == 3 * 2 * 4
    lane = next(x for x in plant.lanes if (x.from_station, x.to_station) == ("L1.S2", "L3.S3"))
    assert (lane.diverter, lane.value, lane.home) == ("L1.S2.DivertTo", 3, 0)
    assert plant.tag["L1.S2.DivertTo"].access is Access.DIVERTER
    assert plant.tag["L1.S2.HoldGate"].access is Access.GATE
    assert plant.tag["L1.S2.SpeedSetpoint"].access is Access.SETPOINT
    guard = plant.guard["L1.S2.DivertTo"]
    assert (guard.read_back, guard.deadline_s, guard.signature) == ("L1.S2.RouteActive", 5.0, True)
    assert plant.guard["L1.S2.HoldGate"].signature
    rates = {"L1": 200.0, "L2": 150.0, "L3": 100.0}
    at_home = dict.fromkeys((x.diverter for x in plant.lanes), 0)
    network = of_plant(plant, {}, rates, at_home, {"L1.S3": StationNow(down=True)})
    plan = replan(PlanRequest("L1.S3", network, budget_s=0.05, replications=2))
    routes = [o for o in plan.options if o.kind is OptionKind.REROUTE]
    assert routes
    assert not plan.cannot
    assert {w.tag for o in routes for w in o.writes} <= {"L1.S1.DivertTo", "L1.S2.DivertTo"}
