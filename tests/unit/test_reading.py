"""Readings and qualities: what scripts get, and what status codes mean."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.model import quality as q
from hmi.model.quality import Quality, quality_of, why
from hmi.model.reading import Reading, iso


@given(st.integers(0, 2**32 - 1))
def test_every_status_has_a_quality_and_only_good_has_no_reason(status):
    quality = quality_of(status)
    reason = why(status)
    if quality is Quality.GOOD:
        assert reason is None or status & q.OVERFLOW_BITS == q.OVERFLOW_BITS
    else:
        assert reason is not None
        assert reason.en
        assert reason.ko


@given(st.floats())
def test_a_reading_is_always_valid_json(value):
    form = Reading(value, 0, 1).to_json("t", 10)
    back = json.loads(json.dumps(form, allow_nan=False))
    assert back["tag"] == "t"
    if math.isfinite(value):
        assert back["value"] == value


def test_source_time_keeps_its_100_ns():
    assert iso(1_700_000_000_123_456_700) == "2023-11-14T22:13:20.1234567Z"
    assert iso(0) is None


@pytest.mark.parametrize(
    ("status", "quality"),
    [
        (0, Quality.GOOD),
        (0x40940000, Quality.UNCERTAIN),
        (0x808C0000, Quality.BAD),
        (q.STALE_LINK_SILENT, Quality.STALE),
    ],
)
def test_quality_follows_the_severity(status, quality):
    assert quality_of(status) is quality
