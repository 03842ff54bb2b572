"""What is read can be written back as it is, for every type; what is of another kind or does not fit never leaves."""

from __future__ import annotations

import math
import struct
from datetime import datetime
from typing import Any

import pytest
from asyncua import ua
from asyncua.common.utils import Buffer
from asyncua.ua.ua_binary import struct_from_binary, struct_to_binary, variant_to_binary
from hypothesis import given
from hypothesis import strategies as st

from hmi.api import TagType, Value
from plugins.opcua import decoder
from plugins.opcua.outgoing import OutgoingError, variant
from plugins.opcua.reader import to_readings

OUT_OF_RANGE, MISMATCH = 0x803C0000, 0x80740000
BITS = {
    TagType.SBYTE: (True, 8), TagType.BYTE: (False, 8), TagType.INT16: (True, 16), TagType.UINT16: (False, 16),
    TagType.INT32: (True, 32), TagType.UINT32: (False, 32), TagType.INT64: (True, 64), TagType.UINT64: (False, 64),
}  # fmt: skip


def limits(kind: TagType) -> tuple[int, int]:
    signed, bits = BITS[kind]
    return (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)


@st.composite
def fitting(draw: Any) -> tuple[TagType, Value]:
    kind: TagType = draw(st.sampled_from(list(TagType)))
    if kind in BITS:
        return kind, draw(st.integers(*limits(kind)))
    match kind:
        case TagType.BOOLEAN:
            return kind, draw(st.booleans())
        case TagType.STRING:
            return kind, draw(st.text(max_size=30))
        case TagType.FLOAT:
            return kind, draw(st.floats(width=32, allow_nan=False))
        case TagType.DOUBLE:
            return kind, draw(st.floats(allow_nan=False))
    moment = draw(st.datetimes(min_value=_day(1602), max_value=_day(9998)))
    return kind, f"{moment:%Y-%m-%dT%H:%M:%S.%f}0Z".zfill(28)


def _day(year: int) -> datetime:
    """Without a zone, as the drawing wants it."""
    return datetime(year, 1, 1)


@given(fitting())
def test_what_is_read_is_written_back_as_it_is(given_: tuple[TagType, Value]) -> None:
    kind, value = given_
    made = variant(kind, value)
    assert made.VariantType.name == kind.value
    columns, _ = decoder.decode(b"\x01" + variant_to_binary(made), 0, 1, 0)
    (reading,) = to_readings(columns, 0)
    assert (reading.value, type(reading.value)) == (value, type(value))


@given(st.sampled_from(list(BITS)), st.integers(1, 2**70), st.booleans())
def test_a_whole_number_beyond_its_type_never_leaves(kind: TagType, beyond: int, below: bool) -> None:
    least, most = limits(kind)
    with pytest.raises(OutgoingError) as refused:
        variant(kind, least - beyond if below else most + beyond)
    assert refused.value.status == OUT_OF_RANGE


@pytest.mark.parametrize(("kind", "value", "status"), [
    (TagType.FLOAT, 1e39, OUT_OF_RANGE),
    (TagType.DOUBLE, 10**400, OUT_OF_RANGE),
    (TagType.INT32, math.inf, OUT_OF_RANGE),
    (TagType.INT32, math.nan, MISMATCH),
    (TagType.INT32, 1.5, MISMATCH),
    (TagType.INT32, True, MISMATCH),
    (TagType.DOUBLE, False, MISMATCH),
    (TagType.DOUBLE, "5", MISMATCH),
    (TagType.BOOLEAN, 1, MISMATCH),
    (TagType.STRING, 5, MISMATCH),
    (TagType.STRING, "\ud800", MISMATCH),
    (TagType.DATETIME, "yesterday", MISMATCH),
    (TagType.DATETIME, "2026-11-21T10:00:00.1234567Z", MISMATCH),
    (TagType.STRING, None, MISMATCH),
    (TagType.DOUBLE, None, MISMATCH),
])  # fmt: skip
def test_another_kind_never_leaves(kind: TagType, value: Value, status: int) -> None:
    with pytest.raises(OutgoingError) as refused:
        variant(kind, value)
    assert refused.value.status == status


def test_whole_numbers_given_as_fractions_and_the_other_way_round() -> None:
    assert variant(TagType.INT32, 90.0) == ua.Variant(90, ua.VariantType.Int32)
    made = variant(TagType.DOUBLE, 90)
    assert variant_to_binary(made) == b"\x0b" + struct.pack("<d", 90.0)


def test_a_written_value_carries_neither_status_nor_times() -> None:
    value = ua.DataValue(Value=variant(TagType.BOOLEAN, True), StatusCode=None)
    assert struct_to_binary(value) == b"\x01\x01\x01"
    assert struct_from_binary(ua.DataValue, Buffer(b"\x01\x01\x01")).SourceTimestamp is None
