"""A batch that took another's place just before rejects is named even where there is little to compare it with."""

from typing import Any

from hmi.loop.analyze import _begun_batch, analysed
from hmi.loop.run_facts import BATCH_JUST_NS, BEFORE_UNITS, add_earlier
from hmi.model.decision import Deviation
from tests.unit.loop_site import PLANT

SECOND = 1_000_000_000
AT = 1_795_240_800 * SECOND


def facts(batches: dict[str, list[int]], began_s: int) -> dict[str, Any]:
    return {"since_ns": AT, "fields": {"batch": batches}, "began": {"batch": {"B": AT - began_s * SECOND}}}


def test_a_batch_that_began_just_before_is_named() -> None:
    (found,) = _begun_batch(facts({"A": [0, 5, 0, 0], "B": [0, 2, 4, 3]}, 15))
    assert found[1] == "batch:B"


def test_one_that_was_there_long_before_or_took_no_place_is_not() -> None:
    assert not _begun_batch(facts({"A": [0, 5, 0, 0], "B": [0, 2, 4, 3]}, 1000))
    assert not _begun_batch(facts({"B": [0, 2, 4, 3]}, 15))
    assert not _begun_batch(facts({"A": [0, 5, 4, 0], "B": [0, 2, 1, 3]}, 15))
    assert not _begun_batch({})


def test_it_comes_before_what_deviates_up_the_line_since_then() -> None:
    told = facts({"A": [0, 3, 0, 0], "B": [0, 0, 3, 0]}, 12) | {"rejects": 3, "units": 3}
    run = Deviation(2, "reject-run", "L1.S4", AT + 9 * SECOND, 9.0, 7.0, (), told)
    paste = Deviation(1, "ewma-t2", "L1.S1", AT - 5 * SECOND, 5.0, 3.0, ("L1.S1.PasteHeight",), {})
    assert [c.id for c in analysed(run, [paste], PLANT)][:2] == ["batch:B", "tag:L1.S1.PasteHeight"]


def test_the_time_before_the_engine_counts_for_the_batches_before_as_far_as_little_was_heard_of_them() -> None:
    heard = {"A": [0, 3, 0, 0], "B": [0, 0, 3, 0]}
    add_earlier(heard, "B", AT, (2_000, 40, AT - 20 * SECOND))
    assert heard["A"] == [0, 3, 0, 0] and heard["B"] == [0, 0, 3, 0]
    assert heard[""][0] == 12 and 580 <= sum(heard[""]) <= BEFORE_UNITS


def test_that_time_is_no_comparison_where_it_may_have_been_the_same_batch() -> None:
    for batches, began_ns, until_ns in (
        ({"A": [0, 3, 0, 0]}, AT, AT),
        ({"B": [0, 0, 3, 0]}, 0, AT),
        ({"B": [0, 0, 3, 0]}, AT, AT + BATCH_JUST_NS + SECOND),
        ({"A": [0, 3, 3, 0], "B": [0, 0, 1, 0]}, AT, AT),
        ({"A": [0, BEFORE_UNITS, 0, 0], "B": [0, 0, 3, 0]}, AT, AT),
    ):
        add_earlier(batches, "B", began_ns, (500, 5, until_ns))
        assert sum(batches.get("", [0])) == 0
