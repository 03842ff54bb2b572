"""Analyze: causes by their share of the evidence, the likeliest first, and never more certain than the evidence is."""

import asyncio
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import fisher_exact

from hmi.loop.analyze import JUST_BEFORE_NS, MOST, Analyze, analysed
from hmi.loop.association import adjusted, associations, chance
from hmi.model.decision import Deviation
from hmi.store import loop as store
from hmi.store.loop import Stage
from tests.unit.loop_site import MEASURED, PLACE, PLANT, START, S, Site

QUIET = {"P-1": [4, 496, 0, 0]}


def rejects(fields, place="L1.S4", **facts):
    known = {"fields": fields, "rejects": 8, "units": 20, "since_ns": START, **facts}
    return Deviation(1, "reject-run", place, START + 60 * S, 9.0, 7.0, (), known)


def ids(causes):
    return [c.id for c in causes]


def test_the_batch_that_the_rejects_go_with_comes_first():
    fields = {
        "batch": {**QUIET, "P-2": [0, 0, 8, 12]}, "lot": {"M1": [4, 496, 2, 6], "M2": [0, 0, 6, 6]},
        "operator": {"lee": [4, 496, 8, 12]},
    }  # fmt: skip
    causes = analysed(rejects(fields, began={"batch": {"P-2": START - 30 * S}}), [], PLANT)
    assert ids(causes)[0] == "batch:P-2"
    assert ids(causes)[-1] == "station:L1.S4"
    assert "operator:lee" not in ids(causes), "who was there all the time explains nothing"


@given(st.tuples(*[st.integers(0, 900)] * 4))
def test_the_chance_of_a_table_is_fishers_one_sided(table):
    own_rejects, own_good, others_rejects, others_good = table
    expected = fisher_exact([[own_rejects, own_good], [others_rejects, others_good]], "greater").pvalue
    assert chance(*table) == pytest.approx(float(expected), rel=1e-9, abs=1e-300)


def test_what_came_long_before_explains_less_than_what_came_just_before():
    fields = {"batch": {**QUIET, "P-2": [0, 0, 8, 12]}, "lot": {"M1": [4, 496, 0, 0], "M2": [0, 0, 8, 12]}}
    long_ago, just_now = START - 10 * JUST_BEFORE_NS, START - 10 * S
    began = {"batch": {"P-2": long_ago}, "lot": {"M2": just_now}}
    assert ids(analysed(rejects(fields, began=began), [], PLANT))[0] == "lot:M2"
    began = {"batch": {"P-2": just_now}, "lot": {"M2": long_ago}}
    assert ids(analysed(rejects(fields, began=began), [], PLANT))[0] == "batch:P-2"


def test_without_anything_to_go_with_it_is_the_station_itself():
    (cause,) = analysed(rejects({"batch": {"P-1": [4, 496, 8, 12]}}), [], PLANT)
    assert (cause.id, cause.score) == ("station:L1.S4", 1.0)


def test_what_is_wrong_upstream_on_the_same_line_is_named_and_nothing_else():
    drift = Deviation(2, "ewma-t2", PLACE, START, 2.0, 1.0, (MEASURED,), {})
    later = Deviation(3, "ewma-t2", "L1.S2", START + 600 * S, 2.0, 1.0, ("L1.S2.Vacuum",), {})
    behind = Deviation(4, "station-failure", "L1.S6", START, 5.0, 5.0, (), {})
    beside = Deviation(5, "ewma-t2", "L2.S3", START, 2.0, 1.0, ("L2.S3.Zone3Temperature",), {})
    causes = analysed(rejects({}), [drift, later, behind, beside], PLANT)
    assert ids(causes) == [f"tag:{MEASURED}", "station:L1.S4"]


def test_a_failed_station_is_told_with_its_fault_and_who_waits_for_it():
    tag = PLANT.tag[PLANT.station[PLACE].roles["fault"]]
    code = next((c for c in tag.words if c != "0"), None)
    facts = {"fault": int(code), "waits": ["L1.S4", "L1.S5"]}
    found = Deviation(1, "station-failure", PLACE, START, 5.0, 5.0, (), facts)
    (cause,) = analysed(found, [], PLANT)
    assert cause.id == f"station:{PLACE}" and cause.score == 1.0
    assert tag.words[code].en in cause.why.en and "2" in cause.why.en
    (unknown,) = analysed(Deviation(1, "station-failure", PLACE, START, 5.0, 5.0, (), {"fault": 65_000}), [], PLANT)
    assert "65000" not in unknown.why.en


def test_a_drifting_signal_is_ranked_by_its_shares_and_a_new_batch_beside_it():
    tags = (MEASURED, "L1.S3.Power")
    found = Deviation(1, "ewma-t2", PLACE, START, 2.0, 1.0, tags, {"shares": [0.7, 0.2]})
    assert ids(analysed(found, [], PLANT)) == [f"tag:{tag}" for tag in tags]
    batch = {"shares": [0.5, 0.2], "batch": "P-2", "batch_began_ns": START - 5 * S}
    found = Deviation(1, "ewma-t2", PLACE, START, 2.0, 1.0, tags, batch)
    assert ids(analysed(found, [], PLANT))[0] == "batch:P-2"


WORDS = st.sampled_from(["", "a", "b", "c"])
COUNTS = st.lists(st.integers(0, 60), min_size=4, max_size=4)
FIELDS = st.dictionaries(st.sampled_from(["batch", "lot", "order", "product", "operator", "via"]),
                         st.dictionaries(WORDS, COUNTS, max_size=4), max_size=6)  # fmt: skip


@given(FIELDS)
def test_causes_share_the_evidence_and_an_unknown_value_is_none(fields):
    causes = analysed(rejects(fields), [], PLANT)
    scores = [c.score for c in causes]
    assert 1 <= len(causes) <= MOST and scores == sorted(scores, reverse=True)
    assert min(scores) >= 0 and sum(scores) <= 1.01
    assert all(c.id.partition(":")[2] for c in causes)
    for known in associations(fields):
        assert 0 <= known.q <= 0.05 and known.units > known.rejects - 1


@given(st.lists(st.floats(0, 1), max_size=30))
def test_adjusted_chances_keep_their_order_and_never_grow_surer(chances):
    found = adjusted(chances)
    assert all(q >= p - 1e-12 for p, q in zip(chances, found, strict=True))
    assert [q for _, q in sorted(zip(chances, found, strict=True))] == sorted(found)


@pytest.fixture
def site(tmp_path):
    made = Site(tmp_path)
    yield made
    made.database.close()


def test_what_is_new_is_analyzed_once_and_a_place_that_is_gone_is_let_be(site):
    async def story():
        analyze = Analyze(PLANT, site.record)
        for place in (PLACE, "L9.S9"):
            found = Deviation(0, "station-failure", place, site.now, 5.0, 5.0)
            await site.record.write(partial(store.add_deviation, found=found))
        assert await analyze.run(site.now)
        assert not await analyze.run(site.now)
        known, gone = await site.record.look(store.deviations)
        assert known.stage is Stage.ANALYZED and known.causes[0].id == f"station:{PLACE}"
        assert gone.stage is Stage.ANSWERED and not gone.causes

    asyncio.run(story())
