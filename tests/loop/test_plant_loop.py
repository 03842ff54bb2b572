"""The whole loop on an independent controller, from an unknown address space to judged decisions, by commands alone.

The tests are one day of one station, in their order: every one begins on a plant that runs as it should.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hmi.runtime import plantfile
from tests.conftest import IndependentPlant, StationProcess, until
from tests.loop.plant_site import GATED, Site

pytestmark = [pytest.mark.plant, pytest.mark.long, pytest.mark.timeout(1500)]
CARD_S = 60.0


@pytest.fixture(scope="module")
def site(plant_program: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("loop")
    data = folder / "station"
    data.mkdir(mode=0o700)
    made = Site(IndependentPlant(plant_program, folder / "pki"), StationProcess(data))
    try:
        made.begin()
        yield made
    finally:
        made.station.stop()
        made.plant.kill()


def test_what_is_discovered_is_enough_for_the_loop(site: Site) -> None:
    plant = plantfile.load(site.station.plant)
    assert {"order", "lot", "material_batch", "operator"} <= set(plant.lines[0].roles)
    assert {"state", "good", "reject", "unit", "hold_gate", "divert_to"} <= set(plant.stations[0].roles)
    assert len(plant.lanes) == 3 * 2 * 5


def test_a_rejected_card_writes_nothing_and_a_deferred_one_comes_back_only_later(site: Site) -> None:
    before = site.written()
    site.call("Fail", 2, 4, 25)
    card = site.card(CARD_S, kind="reroute", place="L2.S4")
    assert site.decide(card["id"], "defer")["state"] == "DEFERRED"
    assert site.decide(card["id"], "reject", reason="repair is quicker")["state"] == "REJECTED"
    refused = site.decide(card["id"], "approve", code=4)
    assert refused["state"] == "REFUSED" and refused["why"]["ko"] != refused["why"]["en"]
    assert site.written() == before


def test_a_failed_station_is_gone_around_and_the_way_back_is_taken(site: Site) -> None:
    site.call("Fail", 1, 3, 75)
    card = site.card(CARD_S, kind="reroute", place="L1.S3")
    assert card["cause"] == "station:L1.S3"
    whole = site.station.ask("decision", id=card["id"])
    assert len(whole.alternatives) >= 3  # a route, waiting, doing nothing
    (write,) = whole.writes
    assert site.decide(card["id"], "approve")["state"] in ("VERIFIED", "JUDGED")
    assert site.values(write.tag, write.tag.replace("DivertTo", "RouteActive")) == [write.value, write.value]
    back = site.card(150, kind="return", place="L1.S3")
    assert site.decide(back["id"], "approve")["state"] in ("VERIFIED", "JUDGED")
    assert site.values(write.tag, write.tag.replace("DivertTo", "RouteActive")) == [0, 0]
    judged = site.card(240, "JUDGED", kind="reroute", place="L1.S3")
    assert judged["effect"] == "EFFECTIVE", judged
    assert site.card(120, "JUDGED", kind="return", place="L1.S3")["effect"] == "EFFECTIVE"


def test_a_bad_batch_is_held_at_its_gates_and_released(site: Site) -> None:
    good = site.values("L2.S4.GoodCount")[0]  # something to compare the bad batch with
    until(lambda: site.values("L2.S4.GoodCount")[0] >= good + 15, 180, "units of the good batch")
    site.call("NewBatch", 2, 77)
    site.call("Rejects", 2, 4, 0.5)
    card = site.card(120, kind="hold", place="L2.S4")
    site.call("Rejects", 2, 4, 0.0)
    causes = [c.id for c in site.station.ask("decision", id=card["id"]).causes]
    assert "batch:PASTE-277" in causes[:2], causes
    assert site.decide(card["id"], "approve")["state"] in ("VERIFIED", "JUDGED")
    assert site.values("L2.S1.HoldGate", "L2.S6.HoldGate") == [True, True]
    (hold,) = site.run("hold", "--list").json
    assert (hold["state"], [g["closed"] for g in hold["gates"]]) == ("HELD", [True, True])
    unit = site.values("L2.S5.UnitId")[0]
    trace = until(lambda: _known(site, unit), 10, "the unit's trace")
    assert trace["batches"] == ["PASTE-277"]
    judged = site.card(90, "JUDGED", kind="hold", place="L2.S4")
    assert judged["effect"] == "EFFECTIVE", judged
    number = str(hold["id"])
    words = ("hold", "--release", number, "--as", "sam", "--disposition", "rework", "--note", "sorted", "--json")
    assert site.run(*words, code=4).json["state"] == "REFUSED"  # its batch is still in the line
    site.call("NewBatch", 2, 78)
    until(lambda: site.station.read("L2.MaterialBatch")["L2.MaterialBatch"]["value"] == "PASTE-278", 10, "the batch")
    assert site.run(*words).json["state"] == "RELEASED"
    assert site.values("L2.S1.HoldGate", "L2.S6.HoldGate") == [False, False]


def _known(site: Site, unit: str) -> dict | None:
    done = site.run("trace", unit, "--json", code=None)
    return done.json if done.json and done.json["known"] else None


def test_a_gate_that_refuses_is_shown_as_refused_and_never_as_whole(site: Site) -> None:
    lot = site.values("L3.Lot")[0]
    done = site.run("hold", "--lot", lot, "--as", "sam", "--reason", "manual", "--note", "by hand", "--json", code=1)
    hold = done.json
    assert hold["state"] == "PARTLY"
    gates = {g["station"]: g for g in hold["gates"]}
    assert (gates[GATED]["closed"], gates[GATED]["outcome"]) == (False, "REJECTED")
    assert gates[GATED]["why"] is not None and hold["why"] is not None
    assert (gates["L3.S1"]["closed"], gates["L3.S1"]["outcome"]) == (True, "VERIFIED")
    assert site.values("L3.S1.HoldGate", f"{GATED}.Interlocked") == [True, 1.0]
    words = ("hold", "--release", str(hold["id"]), "--as", "sam", "--disposition", "use-as-is", "--note", "good")
    site.run(*words)
    assert site.values("L3.S1.HoldGate") == [False]
    assert not site.cards(place="L3.S1", advisor="advise_reroute")  # a gate that has opened is no failure


def test_a_drift_is_found_and_somebody_is_sent_as_no_set_point_stands_behind_it(site: Site) -> None:
    before = site.written()
    until(lambda: not site.station.ask("inbox").learning, 420, "learning of the detectors")
    assert not site.cards(kind="inspect"), site.cards()  # the quiet plant raised none
    site.call("Drift", 3, 2, 15)
    card = site.card(150, kind="inspect", place="L3.S2")
    site.call("Drift", 3, 2, 0)
    assert card["cause"] == "tag:L3.S2.Temperature"
    assert not site.station.ask("decision", id=card["id"]).writes
    assert site.decide(card["id"], "approve")["state"] in ("EXECUTED", "VERIFIED", "JUDGED")
    assert site.written() == before
