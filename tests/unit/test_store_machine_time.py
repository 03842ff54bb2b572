"""Machine time on record."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from hmi.model.machine import MachineState, MinuteUnits, StateSpan, Waiting
from hmi.store.database import Database
from hmi.store.faults import StoreError
from hmi.store.machine_time import MachineTimeTable, close_span, open_span, spans

MINUTE = 60_000_000_000


@pytest.fixture
def database(tmp_path):
    db = Database(tmp_path / "plant.db")
    yield db
    db.close()


@pytest.fixture
def table(database):
    return MachineTimeTable(database)


def span(station, start, end, state=MachineState.EXECUTE, waiting=Waiting.NONE, **more):
    return StateSpan(station, state, waiting, start, end, **more)


def settle(database):
    database.submit(lambda work: None).result(10)


def told(table, stations=("A",), from_ns=0, to_ns=2**62):
    return [(s.station, s.state, s.start_ns, s.end_ns, s.reason) for s in table.spans(list(stations), from_ns, to_ns)]


def test_a_saved_span_comes_back_with_an_id(table, database):
    kept = span("A", 10, 20, MachineState.SUSPENDED, Waiting.BLOCKED, cause="B", reason="jam")
    table.save([kept], [], 30)
    settle(database)
    found = table.spans(["A"], 0, 100)
    assert len(found) == 1 and found[0].span_id > 0
    assert found[0] == span("A", 10, 20, MachineState.SUSPENDED, Waiting.BLOCKED, cause="B", reason="jam",
                            span_id=found[0].span_id)  # fmt: skip
    assert table.span(found[0].span_id) == found[0] and table.span(999) is None
    assert table.last_seen() == 30


def test_saving_again_replaces_all_but_the_reason(table, database):
    table.save([span("A", 10, None)], [], 11)
    settle(database)
    table.assign_reason(table.spans(["A"], 0, 100)[0].span_id, "jam")
    table.save([span("A", 10, 40, MachineState.HELD), span("A", 40, None)], [], 41)
    settle(database)
    assert told(table) == [("A", MachineState.HELD, 10, 40, "jam"), ("A", MachineState.EXECUTE, 40, None, None)]


def test_what_touches_the_asked_for_time_is_found(table, database):
    table.save([span("A", 0, 10), span("A", 10, 20), span("A", 20, None), span("B", 5, 15)], [], 30)
    settle(database)
    assert [s[2:4] for s in told(table, ["A"], 10, 20)] == [(10, 20)]
    assert [s[2:4] for s in told(table, ["A"], 9, 21)] == [(0, 10), (10, 20), (20, None)]
    assert [s[:4:2] for s in told(table, ["A", "B"], 12, 13)] == [("A", 10), ("B", 5)]
    assert told(table, ["A"], 500, 600)[0][3] is None
    assert told(table, [], 0, 100) == [] and told(table, ["nobody"], 0, 100) == []


def test_a_thousand_stations_are_one_question(table, database):
    stations = [f"S{n}" for n in range(1_200)]
    table.save([span(s, 0, 10) for s in stations], [], 10)
    settle(database)
    assert [s.station for s in table.spans(stations, 0, 100)] == sorted(stations)


@settings(deadline=None, max_examples=25)
@given(st.data())
def test_splitting_keeps_the_whole_time(tmp_path_factory, data):
    database = Database(tmp_path_factory.mktemp("split") / "plant.db")
    try:
        table = MachineTimeTable(database)
        end = data.draw(st.sampled_from([1_000, None]))
        table.save([span("A", 0, end, MachineState.HELD, cause="B", reason="jam")], [], 1_000)
        settle(database)
        for at in data.draw(st.lists(st.integers(-10, 1_010), max_size=6)):
            spans = table.spans(["A"], 0, 2**62)
            inside = [s for s in spans if s.start_ns < at and (s.end_ns is None or at < s.end_ns)]
            chosen = inside[0] if inside else spans[0]
            if inside:
                table.split(chosen.span_id, at)
            else:
                with pytest.raises(StoreError):
                    table.split(chosen.span_id, at)
        parts = table.spans(["A"], 0, 2**62)
        assert parts[0].start_ns == 0 and parts[-1].end_ns == end
        assert all(a.end_ns == b.start_ns for a, b in pairwise(parts))
        assert {(p.state, p.cause, p.reason) for p in parts} == {(MachineState.HELD, "B", "jam")}
    finally:
        database.close()


def test_what_is_not_there_is_refused_in_both_languages(table):
    for act in (lambda: table.assign_reason(5, "jam"), lambda: table.split(5, 10)):
        with pytest.raises(StoreError) as refused:
            act()
        assert refused.value.text.en != refused.value.text.ko


def test_units_add_up_in_their_minute(table, database):
    table.save([], [MinuteUnits("A", 0, 5, 1), MinuteUnits("A", MINUTE, 2, 0), MinuteUnits("B", 0, 1, 0)], 1)
    table.save([], [MinuteUnits("A", 0, 3, 1), MinuteUnits("A", 0, 1, 0)], 2)
    settle(database)
    assert table.production(["A"], 0, 2 * MINUTE) == [MinuteUnits("A", 0, 9, 2), MinuteUnits("A", MINUTE, 2, 0)]
    assert table.production(["A"], 1, MINUTE) == []
    assert table.production(["A", "B"], 0, 1) == [MinuteUnits("A", 0, 9, 2), MinuteUnits("B", 0, 1, 0)]


def test_a_fresh_database_was_never_watched(table):
    assert table.last_seen() is None


def test_spans_can_be_opened_and_closed_by_hand(database, table):
    number = database.submit(lambda work: open_span(work, span("A", 5, None))).result(10)
    database.submit(lambda work: close_span(work, number, 9)).result(10)
    assert told(table) == [("A", MachineState.EXECUTE, 5, 9, None)]


def test_questions_over_years_use_the_index(database, table):
    table.save([span("A", n * 10, n * 10 + 10) for n in range(5_000)], [], 50_000)
    settle(database)
    asked = []
    with database.reader() as c:
        event.listen(c, "before_cursor_execute", lambda *a: asked.append((a[2], a[3])))
        spans(c, ["A"], 49_900, 50_000)
        plan = str(c.exec_driver_sql(f"explain query plan {asked[0][0]}", asked[0][1]).all())
    assert plan.count("ix_state_span_station_end_ns (station=? AND end_ns") == 2
    assert len(table.spans(["A"], 49_900, 50_000)) == 10
