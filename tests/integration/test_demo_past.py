"""The demo's past on record: what the plant told is what history, machine time and events hold, without a seam."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from hmi.commands.demo import demo_station
from hmi.desk.client import call
from hmi.model.machine import TimeClass
from hmi.model.plant import Plant
from hmi.runtime.demo_past import SEAM_NS, DemoPast, DemoPastError
from hmi.runtime.plantfile import load
from hmi.store import events
from hmi.store.database import Database
from hmi.store.history_reader import HistoryReader
from hmi.store.machine_time import MachineTimeTable
from plugins.demo_plant import past
from plugins.demo_plant.sim import DemoPlant
from resources import path as resource

END = 1_795_240_800.0  # 2026-11-21 15:00 in Incheon
PAST_S = 5400.0
SECOND = 1_000_000_000


@dataclass
class Recorded:
    data: Path
    plant: Plant
    parts: list[Path]
    live: DemoPlant
    began_ns: int
    ended_ns: int


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    folder, data = tmp_path_factory.mktemp("parts"), tmp_path_factory.mktemp("data")
    live = DemoPlant(7, "none", END - PAST_S)
    parts: list[Path] = []
    live_s = past.play(live, PAST_S, folder, lambda: END, lambda file, _: parts.append(file))
    plant = load(resource("demo", "plant.toml"))
    record = DemoPast(data, plant)
    for part in parts:
        record.take(part)
    assert record.close()
    return Recorded(data, plant, parts, live, round((END - PAST_S) * 1e9), round(live_s * 1e9))


@pytest.fixture
def database(recorded: Recorded) -> Iterator[Database]:
    opened = Database(recorded.data / "plant.db")
    yield opened
    opened.close()


def told(recorded: Recorded, tag: str) -> list[tuple[int, float]]:
    """What the parts say of a number."""
    found = []
    for file in recorded.parts:
        with np.load(file, allow_pickle=False) as part:
            own = part["tag"] == part["ids"].tolist().index(tag)
            found += list(zip((part["at_ms"][own] * 1_000_000).tolist(), part["value"][own].tolist(), strict=True))
    return found


@pytest.mark.parametrize("tag", ["L1.S1.GoodCount", "L2.S3.State", "L3.S1.HoldGate"])
def test_history_holds_every_change(recorded: Recorded, tag: str) -> None:
    reader = HistoryReader(recorded.data / "history.db")
    raw = [(int(t), float(v)) for s in reader.raw(tag, 0, 2**62) for t, v in zip(s.time_ns, s.value, strict=True)]
    reader.close()
    assert raw == told(recorded, tag)
    assert raw[0][0] == recorded.began_ns


def test_a_trend_over_the_past_has_no_gap_and_holds_to_the_engines_start(recorded: Recorded) -> None:
    reader = HistoryReader(recorded.data / "history.db")
    found = reader.query("L1.S3.Zone3Temperature", recorded.began_ns, recorded.ended_ns + SEAM_NS, 400)
    words = reader.texts("L2.Lot", 0, 2**62)
    reader.close()
    assert not np.isnan(found.value).any()
    assert found.time_ns[-1] == recorded.ended_ns + SEAM_NS
    assert 205 < found.value.min() < found.value.max() < 227
    assert [w for _, w, _ in words] == list(dict.fromkeys(w for _, w, _ in words))
    assert len(words) > 2


def test_units_by_minute_are_those_that_the_counters_counted(recorded: Recorded, database: Database) -> None:
    table = MachineTimeTable(database)
    for station in ("L1.S6", "L2.S4", "L3.S1"):
        made = table.production([station], recorded.began_ns - 60 * SECOND, recorded.ended_ns)
        counts = [v for _, v in told(recorded, f"{station}.GoodCount")]
        shift_turned = sum(a for a, b in pairwise(counts) if b < a)
        assert sum(m.good for m in made) == counts[-1] - counts[0] + shift_turned
        assert len(made) >= PAST_S / 60 * 0.9


def test_states_follow_without_a_gap_and_every_line_has_stood(recorded: Recorded, database: Database) -> None:
    places = [*recorded.plant.station, *recorded.plant.line]
    table = MachineTimeTable(database)
    assert table.last_seen() == recorded.ended_ns
    spans = table.spans(places, 0, 2**62)
    for place in places:
        own = [s for s in spans if s.station == place]
        assert all(a.end_ns == b.start_ns for a, b in pairwise(own))
        assert own[-1].end_ns is None
        known = [s for s in own if s.counts_as is not TimeClass.UNKNOWN]
        assert known[0].start_ns - recorded.began_ns < SECOND
        running = sum((s.end_ns or recorded.ended_ns) - s.start_ns for s in own if s.counts_as is TimeClass.PRODUCTION)
        assert 0.75 < running / (PAST_S * 1e9) < 0.999, place
    for line in recorded.plant.line:
        stood = [s for s in spans if s.station == line and s.cause is not None]
        assert stood


def test_explained_stops_carry_their_reason_and_the_others_none(recorded: Recorded, database: Database) -> None:
    spans = MachineTimeTable(database).spans([*recorded.plant.station], 0, 2**62)
    for stop in past.stops(7, PAST_S):
        at_ns = recorded.began_ns + round(stop.at_s * 1e9)
        own = [
            s for s in spans
            if s.station == stop.place and s.counts_as is TimeClass.DOWN
            and s.start_ns <= at_ns + 12 * SECOND < (s.end_ns or recorded.ended_ns)
        ]  # fmt: skip
        assert own, stop
        assert {s.reason for s in own} == {stop.reason or None}


def test_what_happened_is_told_with_the_time_it_happened(recorded: Recorded, database: Database) -> None:
    with database.reader() as connection:
        found = events.since(connection, 0, 10_000)
    assert {e.kind for e in found} >= {"state", "lot"}
    assert all(recorded.began_ns <= e.at_ns <= recorded.ended_ns for e in found)
    assert not [e for e in found if e.kind == "count"], "a counter that jumped"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not a part", b"\x93NUMPY"])
def test_a_part_that_is_none_is_refused_in_words(tmp_path: Path, content: bytes) -> None:
    part = tmp_path / "past-01.npz"
    part.write_bytes(content)
    record = DemoPast(tmp_path, load(resource("demo", "plant.toml")))
    try:
        with pytest.raises(DemoPastError, match="past-01"):
            record.take(part)
    finally:
        assert record.close()


def test_the_demo_starts_with_its_past_and_goes_on_from_it(tmp_path: Path) -> None:
    data = tmp_path / "station"
    asked_s = time.monotonic()
    with demo_station("oven-drift", data=data, past_s=600.0) as station:
        start_s = time.monotonic() - asked_s
        assert not list((data / "past").iterdir())
        assert station.engine is not None
        time.sleep(1.0)  # the window's first questions come later than this
        overview = call(data, "overview")
        now_ns = overview.at_ns
        spans = call(data, "states", stations=["L1.S6"], from_ns=now_ns - 3600 * SECOND, to_ns=now_ns).spans
    assert 600 * SECOND < now_ns - spans[0].start_ns < 660 * SECOND
    assert all(a.end_ns == b.start_ns for a, b in pairwise(spans))
    assert sum(value is not None for value in overview.lines[0].rate_history) > 5
    reader = HistoryReader(data / "history.db")
    found = reader.query("L1.S3.Zone1Temperature", now_ns - 590 * SECOND, now_ns, 5000)
    reader.close()
    gaps = np.flatnonzero(np.isnan(found.value[:-1]))
    assert all(found.time_ns[g + 1] - found.time_ns[g] < max(5.0, start_s) * SECOND for g in gaps)
    with demo_station(data=data, own_engine=False, past_s=600.0):
        assert not list((data / "past").iterdir()), "a folder with a record keeps it"
