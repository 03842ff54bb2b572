"""A batch that took another's place just before rejects is named even where there is little to compare it with."""

from typing import Any

from hmi.loop.analyze import _begun_batch

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
