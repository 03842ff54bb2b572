"""Our decoder says of every notification what the library's says, item by item, and more exactly where it can."""

from __future__ import annotations

import math
import struct
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from asyncua import ua
from asyncua.common.utils import Buffer
from asyncua.ua.ua_binary import struct_from_binary, struct_to_binary, variant_to_binary
from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.opcua import decoder, events, message, ticks
from plugins.opcua.decoder import MalformedError
from plugins.opcua.publisher import batch_of

V = ua.VariantType
RECEIVED_NS = 1_800_000_000_000_000_000


@dataclass(frozen=True)
class Item:
    """One notification as it was made."""

    variant: ua.Variant | None
    status: int | None
    source: int | None
    source_ps: int | None
    server: int | None
    server_ps: int | None

    @property
    def mask(self) -> int:
        fields = (self.variant, self.status, self.source, self.server, self.source_ps, self.server_ps)
        return sum(1 << bit for bit, part in enumerate(fields) if part is not None)

    def encoded(self) -> bytes:
        """As OPC UA Part 6 orders it on the wire (the library itself orders picoseconds wrongly)."""
        parts = [bytes([self.mask])]
        if self.variant is not None:
            parts.append(variant_to_binary(self.variant))
        for part, form in (
            (self.status, "<I"), (self.source, "<q"), (self.source_ps, "<H"), (self.server, "<q"),
            (self.server_ps, "<H"),
        ):  # fmt: skip
            if part is not None:
                parts.append(struct.pack(form, part))
        return b"".join(parts)

    @property
    def library_reads_it_right(self) -> bool:
        return not (self.source_ps is not None and self.server is not None)


def _int(kind: V, low: int, high: int) -> st.SearchStrategy[ua.Variant]:
    return st.integers(low, high).map(lambda v: ua.Variant(v, kind))


MOMENT = st.datetimes(datetime(1990, 1, 1), datetime(2200, 1, 1)).map(lambda t: t.replace(tzinfo=UTC))
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.sampled_from(["오븐 3 온도", "", "한글"])
FIXED = st.one_of(
    st.booleans().map(lambda v: ua.Variant(v, V.Boolean)),
    _int(V.SByte, -128, 127), _int(V.Byte, 0, 255), _int(V.Int16, -(2**15), 2**15 - 1), _int(V.UInt16, 0, 2**16 - 1),
    _int(V.Int32, -(2**31), 2**31 - 1), _int(V.UInt32, 0, 2**32 - 1), _int(V.Int64, -(2**63), 2**63 - 1),
    _int(V.UInt64, 0, 2**64 - 1),
    st.floats(width=32).map(lambda v: ua.Variant(v, V.Float)), st.floats().map(lambda v: ua.Variant(v, V.Double)),
    MOMENT.map(lambda t: ua.Variant(t, V.DateTime)), st.uuids().map(lambda u: ua.Variant(u, V.Guid)),
    _int(V.UInt32, 0, 2**32 - 1).map(lambda v: ua.Variant(ua.StatusCode(v.Value), V.StatusCode)),
    st.just(ua.Variant()),
)  # fmt: skip
VARIABLE = st.one_of(
    (TEXT | st.none()).map(lambda v: ua.Variant(v, V.String)),
    (st.binary(max_size=20) | st.none()).map(lambda v: ua.Variant(v, V.ByteString)),
    st.tuples(TEXT, st.none() | st.just("ko")).map(lambda p: ua.Variant(ua.LocalizedText(*p), V.LocalizedText)),
    TEXT.map(lambda v: ua.Variant(ua.QualifiedName(v, 2), V.QualifiedName)),
)
FOREIGN = st.one_of(
    st.lists(st.integers(0, 255), max_size=5).map(lambda v: ua.Variant(v, V.Int32, is_array=True)),
    st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=5).map(
        lambda v: ua.Variant(v, V.Double)
    ),
    TEXT.map(lambda v: ua.Variant(ua.NodeId(v, 3, ua.NodeIdType.String), V.NodeId)),
    st.just(ua.Variant(ua.Range(1.0, 2.0), V.ExtensionObject)),
    st.just(ua.Variant([[1, 2], [3, 4]], V.UInt16)),
)
STATUS = st.sampled_from([0, 0x80000000, 0x40900000, 0x00000480, 0x80340000, 0xC0000000])
TICKS = st.integers(ticks.EPOCH_TICKS, ticks.EPOCH_TICKS + 9 * 10**16)


def items(variants: st.SearchStrategy[ua.Variant]) -> st.SearchStrategy[Item]:
    return st.builds(
        Item, variants | st.none(), STATUS | st.none(), TICKS | st.none(),
        st.integers(0, 9999) | st.none(), TICKS | st.none(), st.integers(0, 9999) | st.none(),
    )  # fmt: skip


PATTERN = st.lists(
    st.tuples(st.lists(items(st.one_of(FIXED, FIXED, VARIABLE, FOREIGN)), min_size=1, max_size=8), st.integers(1, 60)),
    min_size=1, max_size=4,
)  # fmt: skip


def told(item: Item) -> tuple[float | None, str | None]:
    """What a person would be told of it: number, text."""
    if item.variant is None or item.variant.Value is None:
        return None, None
    value: Any = item.variant.Value
    if item.variant.is_array:
        return None, "[" + ", ".join(_flat(v) for v in value) + "]"
    match value:
        case bool() | float():
            return float(value), None
        case int():
            return (float(value), None) if abs(value) <= 2**53 else (None, str(value))
        case str():
            return None, value
        case bytes():
            return None, value.hex()
        case datetime():
            whole = (value - datetime(1601, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
            return None, value.strftime("%Y-%m-%dT%H:%M:%S.") + f"{whole % 1_000_000:06d}0Z"
        case uuid.UUID():
            return None, str(value)
        case ua.StatusCode():
            return float(value.value), None
        case ua.LocalizedText():
            return None, value.Text or ""
        case ua.QualifiedName():
            return None, value.Name
        case ua.NodeId():
            return None, value.to_string()
        case ua.Range():
            return None, '{"Low": 1.0, "High": 2.0}'
    raise AssertionError(value)


def _flat(value: Any) -> str:
    return "[" + ", ".join(map(str, value)) + "]" if isinstance(value, list) else str(value)


def publish_body(item_list: list[Item], *, sequence: int = 7, handle: int = 100) -> bytes:
    """A whole PublishResponse around notifications."""
    response = ua.PublishResponse()
    response.Parameters.SubscriptionId = 5
    response.Parameters.NotificationMessage.SequenceNumber = sequence
    encoded = b"".join(struct.pack("<I", handle + at) + item.encoded() for at, item in enumerate(item_list))
    change = struct.pack("<i", len(item_list)) + encoded + struct.pack("<i", -1)
    empty = struct_to_binary(response)
    # NotificationData, Results, DiagnosticInfos are the three empty arrays at the end
    notification = struct.pack("<iBBHBi", 1, 1, 0, message.DATA_CHANGE, 1, len(change)) + change
    return empty[:-12] + notification + empty[-8:]


@settings(max_examples=250, deadline=None)
@given(PATTERN)
def test_equals_the_library_item_by_item(pattern: list[tuple[list[Item], int]]) -> None:
    made = [item for part, times in pattern for item in part * times]
    published = message.publish_response(publish_body(made))
    assert (published.subscription, published.sequence, published.keepalive) == (5, 7, False)
    (columns,) = published.columns
    batch = batch_of(columns)
    assert batch.rows.tolist() == list(range(100, 100 + len(made)))
    for at, item in enumerate(made):
        number, text = told(item)
        assert batch.texts.get(at) == text, at
        value = float(batch.values[at])
        assert math.isnan(value) if number is None or math.isnan(number) else value == number, at
        assert int(batch.status[at]) == (item.status or 0)
        if item.source or item.server:
            assert int(batch.source_ns[at]) == ((item.source or item.server or 0) - ticks.EPOCH_TICKS) * 100
        has_value = number is not None or text is not None
        assert (int(batch.kinds[at]) != 0) is has_value
        if has_value and item.variant is not None and not item.variant.is_array:
            assert int(batch.kinds[at]) == item.variant.VariantType.value
        _compare_with_library(item)


def _compare_with_library(item: Item) -> None:
    """The values that the test expects are those the library reads from the same bytes."""
    if not item.library_reads_it_right:
        return
    read = struct_from_binary(ua.DataValue, Buffer(item.encoded()))
    value = Item(read.Value, None, None, None, None, None)
    (a, text_a), (b, text_b) = told(value), told(item)
    assert text_a == text_b
    assert a == b or (a is not None and b is not None and math.isnan(a) and math.isnan(b))
    assert (0 if read.StatusCode is None else read.StatusCode.value) == (item.status or 0)
    if item.source is not None:
        exact = item.source - ua.datetime_to_win_epoch(read.SourceTimestamp)
        assert abs(exact) <= 10  # the library rounds to a microsecond


def test_a_text_of_a_megabyte_among_numbers() -> None:
    text = "가" * 350_000
    double = Item(ua.Variant(1.5, V.Double), None, ticks.EPOCH_TICKS, None, None, None)
    long = Item(ua.Variant(text, V.String), None, ticks.EPOCH_TICKS, None, None, None)
    made = [double] * 50 + [long] + [double] * 50
    (columns,) = message.publish_response(publish_body(made)).columns
    assert columns.texts == {50: text}
    assert (columns.values == 1.5).sum() == 100


def test_nan_and_infinities_come_through() -> None:
    made = [Item(ua.Variant(v, V.Double), None, None, None, None, None) for v in (math.nan, math.inf, -math.inf, 1e308)]
    (columns,) = message.publish_response(publish_body(made)).columns
    assert math.isnan(columns.values[0])
    assert columns.values[1:].tolist() == [math.inf, -math.inf, 1e308]
    assert not columns.texts


def test_time_falls_back_from_source_to_server_to_receipt() -> None:
    variant = ua.Variant(1.0, V.Double)
    made = [
        Item(variant, None, ticks.EPOCH_TICKS + 1, None, ticks.EPOCH_TICKS + 5, None),
        Item(variant, None, None, None, ticks.EPOCH_TICKS + 5, None),
        Item(variant, None, 0, None, ticks.EPOCH_TICKS + 5, None),
        Item(variant, None, None, None, None, None),
    ]
    (columns,) = message.publish_response(publish_body(made)).columns
    assert columns.source_ns(RECEIVED_NS).tolist() == [100, 500, 500, RECEIVED_NS]


def test_several_values_of_one_item_keep_their_order() -> None:
    made = [Item(ua.Variant(float(n), V.Double), None, ticks.EPOCH_TICKS + n, None, None, None) for n in range(30)]
    body = bytearray(publish_body(made, handle=0))
    for n in range(30):  # all of one handle
        at = bytes(body).index(struct.pack("<IBBd", n, 5, 11, float(n)))
        body[at : at + 4] = struct.pack("<I", 3)
    (columns,) = message.publish_response(bytes(body)).columns
    assert set(columns.handles.tolist()) == {3}
    assert columns.values.tolist() == [float(n) for n in range(30)]


def test_keepalive_status_change_and_event() -> None:
    response = ua.PublishResponse()
    response.Parameters.SubscriptionId = 9
    response.Parameters.NotificationMessage.SequenceNumber = 4
    published = message.publish_response(struct_to_binary(response))
    assert published.keepalive
    assert published.sequence == 4
    event = ua.EventFieldList(events.HANDLE, [ua.Variant("Oven hot"), ua.Variant(700, V.UInt16)])
    foreign = ua.EventFieldList(77, [ua.Variant("not asked for")])
    response.Parameters.NotificationMessage.NotificationData = [
        ua.StatusChangeNotification(Status=ua.StatusCode(ua.StatusCodes.BadTimeout)),
        ua.EventNotificationList(Events=[event, foreign, event]),
    ]
    published = message.publish_response(struct_to_binary(response))
    assert published.status == ua.StatusCodes.BadTimeout
    (told,) = published.events
    assert list(events.fields_of(told)) == [["Oven hot", 700]] * 2
    assert not published.keepalive
    for end in range(4, len(told)):
        with pytest.raises(MalformedError):
            list(events.fields_of(told[:end]))


def test_an_unusual_header_is_left_to_the_library() -> None:
    made = [Item(ua.Variant(float(n), V.Double), None, None, None, None, None) for n in range(5)]
    plain = publish_body(made)
    response = struct_from_binary(ua.PublishResponse, Buffer(plain))
    response.ResponseHeader.StringTable = ["diagnostics"]
    published = message.publish_response(struct_to_binary(response))
    assert published.foreign
    assert published.columns[0].values.tolist() == [0.0, 1.0, 2.0, 3.0, 4.0]


@settings(max_examples=200, deadline=None)
@given(st.lists(items(st.one_of(FIXED, VARIABLE, FOREIGN)), min_size=1, max_size=60), st.data())
def test_broken_bytes_are_told_and_never_believed(made: list[Item], data: st.DataObject) -> None:
    body = publish_body(made)
    cut = data.draw(st.integers(0, len(body) - 1))
    try:
        published = message.publish_response(body[:cut])
    except MalformedError:
        return
    # what is not told as broken lost nothing but the trailing results of our acknowledgements
    assert len(published.columns[0].values) == len(made) if published.columns else published.keepalive


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
def test_noise_raises_nothing_but_malformed(noise: bytes) -> None:
    for prefix in (b"", publish_body([])[:60]):
        try:
            message.publish_response(prefix + noise)
        except MalformedError:
            continue


def test_a_count_that_cannot_be_is_refused_before_memory_is_taken() -> None:
    with pytest.raises(MalformedError):
        decoder.decode(b"\0" * 100, 0, 2**31 - 1, 4)


@pytest.mark.parametrize(
    ("ns", "words"),
    [(0, "1970-01-01T00:00:00.0000000Z"), (100, "1970-01-01T00:00:00.0000001Z"),
     (1_795_253_221_660_210_800, "2026-11-21T09:27:01.6602108Z")],
)  # fmt: skip
def test_time_in_words_keeps_its_seven_digits(ns: int, words: str) -> None:
    assert ticks.words(ticks.from_ns(ns)) == words


def test_the_end_of_time_and_no_time() -> None:
    assert ticks.words(0) == ""
    assert ticks.words(2**63 - 1) == "9999-12-31T23:59:59.0000000Z"
    assert ticks.ns_of(2**63 - 1) > 0
    assert ticks.ns_of(0) == 0
