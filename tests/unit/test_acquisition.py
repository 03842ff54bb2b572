"""Acquisition: doubt comes at once, impossible values are BAD with a reason, everyone hears the same."""

import numpy as np
import pytest

from hmi.model import quality as q
from hmi.model.plant import Controller, Plant, Tag, TagType
from hmi.model.quality import Quality
from hmi.model.text import Text
from hmi.plant.acquisition import TEXT_LIMIT, Acquisition
from hmi.plant.port import Batch, LinkState
from hmi.plant.tagtable import TagTableWriter

N = Text.same("x")


@pytest.fixture
def station(tmp_path):
    tags = (
        Tag("a.Speed", N, "a", "ns=1;s=1"),
        Tag("a.Count", N, "a", "ns=1;s=2", type=TagType.UINT32),
        Tag("a.Lot", N, "a", "ns=1;s=3", type=TagType.STRING),
        Tag("a.Scaled", N, "a", "ns=1;s=4", scale=0.1, offset=5.0),
        Tag("b.Speed", N, "b", "ns=1;s=1"),
    )
    controllers = (Controller("a", N, "opcua", "opc.tcp://h:1"), Controller("b", N, "opcua", "opc.tcp://h:2"))
    plant = Plant("p", N, "UTC", (), (), (), (), controllers, tags)
    acquisition = Acquisition(plant, TagTableWriter(tmp_path / "t", 5, 1), clock=lambda: 5_000_000_000)
    heard = []
    acquisition.consumers.batches.append(lambda batch, now: heard.append(batch))
    acquisition.heard = heard
    return acquisition


def batch(rows, values, kinds=11, status=0, texts=None):
    n = len(rows)
    return Batch(
        np.array(rows, np.int32), np.array(values, float), np.full(n, status, np.uint32), np.full(n, 10**9, np.int64),
        np.full(n, kinds, np.uint8), texts or {},
    )  # fmt: skip


def connected(station, name="a"):
    feed = station.feed(name)
    feed.link(LinkState.CONNECTED)
    return feed


@pytest.mark.parametrize(
    ("state", "quality"),
    [(LinkState.DOWN, Quality.BAD), (LinkState.SILENT, Quality.STALE), (LinkState.REFUSED, Quality.BAD)],
)
def test_a_link_in_doubt_takes_all_its_tags_along_and_no_others(station, state, quality):
    a, b = connected(station, "a"), connected(station, "b")
    a.readings(batch([0], [1.0]))
    b.readings(batch([4], [2.0]))
    a.link(state)
    assert {station.table.reading(r).quality for r in range(4)} == {quality}
    assert station.table.reading(0).value == 1.0
    assert station.table.reading(4).quality is Quality.GOOD
    gap = station.heard[-1]
    assert np.isnan(gap.values).all()
    assert (gap.source_ns >= 5_000_000_000).all()


def test_a_late_message_of_a_lost_link_is_not_shown(station):
    feed = connected(station)
    feed.readings(batch([0], [1.0]))
    feed.link(LinkState.DOWN)
    feed.readings(batch([0], [7.0]))
    reading = station.table.reading(0)
    assert reading.value == 1.0
    assert reading.quality is Quality.BAD


@pytest.mark.parametrize(
    ("value", "status"),
    [
        (np.nan, q.BAD_NOT_A_NUMBER),
        (np.inf, q.BAD_NOT_A_NUMBER),
        (1e308, q.BAD_IMPLAUSIBLE),
        (-1e308, q.BAD_IMPLAUSIBLE),
    ],
)
def test_what_cannot_be_a_quantity_is_bad_with_a_reason(station, value, status):
    feed = connected(station)
    feed.readings(batch([0], [value]))
    reading = station.table.reading(0)
    assert reading.status == status
    assert reading.quality is Quality.BAD
    assert reading.why is not None


def test_another_type_than_declared_is_bad(station):
    feed = connected(station)
    feed.readings(batch([0], [np.nan], kinds=12, texts={0: "fast"}))
    assert station.table.reading(0).status == q.BAD_TYPE_MISMATCH
    feed.readings(batch([0], [3.0]))
    assert station.table.reading(0).quality is Quality.GOOD


def test_numbers_of_another_width_are_taken(station):
    feed = connected(station)
    feed.readings(batch([1], [3.0], kinds=11))
    assert station.table.reading(1).quality is Quality.GOOD


def test_scaling(station):
    feed = connected(station)
    feed.readings(batch([0, 3], [100.0, 100.0]))
    assert station.table.reading(0).value == 100.0
    assert station.table.reading(3).value == pytest.approx(15.0)


def test_a_megabyte_of_text_is_told_and_cut(station):
    feed = connected(station)
    feed.readings(batch([2], [np.nan], kinds=12, texts={0: "x" * 1_000_000}))
    reading = station.table.reading(2)
    assert reading.quality is Quality.BAD
    assert reading.why is not None
    assert len(station.full_text[2]) == TEXT_LIMIT
    feed.readings(batch([2], [np.nan], kinds=12, texts={0: "LOT-1"}))
    assert station.table.reading(2).value == "LOT-1"
    assert station.table.reading(2).quality is Quality.GOOD


def test_one_missing_node_is_told_for_that_tag_alone(station):
    feed = connected(station)
    feed.readings(batch([0], [1.0]))
    feed.item(1, q.BAD_NODE_ID_UNKNOWN)
    assert station.table.reading(1).status == q.BAD_NODE_ID_UNKNOWN
    assert station.table.reading(0).quality is Quality.GOOD


def test_an_event_of_a_link_that_is_not_up_says_nothing_of_now(station):
    told = []
    station.consumers.events.append(lambda controller, event: told.append(event["n"]))
    feed = station.feed("a")
    feed.event({"n": 1})
    feed.link(LinkState.CONNECTED)
    feed.event({"n": 2})
    feed.link(LinkState.SILENT)
    feed.event({"n": 3})
    feed.link(LinkState.CONNECTED)
    station.close()
    feed.event({"n": 4})
    assert told == [2]
