"""The genealogy against the plain list it is made of, and on record."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.model.genealogy import UnitPass
from hmi.model.hold import HoldScope, ScopeKind
from hmi.quality.chapter import IN_WORK_NS
from hmi.quality.genealogy import Genealogy
from hmi.quality.passes import PassKeeper
from hmi.store.database import Database
from hmi.store.genealogy import KEPT_DAYS, GenealogyTable, count
from tests.unit.quality_flow import PLANT, SECOND

passes = st.builds(
    lambda unit, station, at, lot, batch, edge: UnitPass(
        f"u{unit}", f"L{1 + unit % 2}.S{station}", f"L{1 + unit % 2}", at * IN_WORK_NS, lot, "WO", "p", batch, "kim",
        edge,
    ),
    st.integers(0, 9), st.integers(1, 6), st.integers(1, 40), st.sampled_from(["", "M", "N"]),
    st.sampled_from(["", "A", "B"]), st.sampled_from(["", "A", "B"]),
)  # fmt: skip
ways = st.lists(passes, max_size=40, unique_by=lambda p: (p.unit, p.station, p.at_ns))
scopes = st.one_of(
    st.builds(lambda ids: HoldScope(ScopeKind.LOT, tuple(ids)), st.sets(st.sampled_from(["M", "N"]), min_size=1)),
    st.builds(lambda ids: HoldScope(ScopeKind.BATCH, tuple(ids)), st.sets(st.sampled_from(["A", "B"]), min_size=1)),
    st.builds(lambda n: HoldScope(ScopeKind.UNITS, (f"u{n}", f"u{n + 1}")), st.integers(0, 9)),
    st.builds(
        lambda n, since, length: HoldScope(
            ScopeKind.STATION, (f"L1.S{n}",), since * IN_WORK_NS, (since + length) * IN_WORK_NS if length else 0
        ),
        st.integers(1, 6), st.integers(1, 40), st.integers(0, 20),
    ),
)  # fmt: skip


def named(scope, told):
    """The same by a walk over everything."""
    if scope.kind is ScopeKind.UNITS:
        return {p.unit for p in told if p.unit in scope.ids}
    if scope.kind is ScopeKind.LOT:
        return {p.unit for p in told if p.lot in scope.ids}
    if scope.kind is ScopeKind.BATCH:
        return {p.unit for p in told if p.batch in scope.ids or p.batch_edge in scope.ids}
    until = scope.until_ns or 1 << 62
    return {p.unit for p in told if p.station in scope.ids and scope.since_ns <= p.at_ns <= until}


@given(ways, scopes, st.integers(1, 12))
def test_every_affected_unit_is_found_in_whatever_order_and_chapters_it_came(told, scope, chapter):
    index = Genealogy(PLANT, chapter, 1000)
    assert all(index.add(p) for p in told)
    assert not any(index.add(p) for p in told)
    found = index.affected(scope)
    must, have = named(scope, told), {f.unit for f in found}
    assert len(found) == len(have)
    assert must <= have
    if scope.kind is ScopeKind.STATION and scope.until_ns:
        assert have <= named(HoldScope(scope.kind, scope.ids, scope.since_ns, scope.until_ns + IN_WORK_NS), told)
    else:
        assert must == have
    for f in found:
        mine = [p for p in told if p.unit == f.unit]
        last = max(p.at_ns for p in mine)
        assert f.at_ns == last and f.station in {p.station for p in mine if p.at_ns == last}
        assert f.out == f.station.endswith("S6")
    for unit in {p.unit for p in told}:
        way = index.passes(unit)
        assert sorted(way, key=str) == sorted((p for p in told if p.unit == unit), key=str)
        assert [p.at_ns for p in way] == sorted(p.at_ns for p in way)
        assert index.last(unit).at_ns == way[-1].at_ns


def test_the_unit_in_work_when_a_window_ended_is_taken_along_and_no_other():
    index = Genealogy(PLANT)
    for n in range(10):
        index.add(UnitPass(f"u{n}", "L1.S3", "L1", n * 4 * SECOND))
    window = HoldScope(ScopeKind.STATION, ("L1.S3",), 10 * SECOND, 21 * SECOND)
    assert [f.unit for f in index.affected(window)] == ["u3", "u4", "u5", "u6"]


def test_the_oldest_chapter_is_let_go_and_the_record_is_asked_for_it(tmp_path):
    database = Database(tmp_path / "plant.db")
    table = GenealogyTable(database)
    keeper = PassKeeper(Genealogy(PLANT, 10, 3), table, lambda: 1_000 * SECOND)
    told = [UnitPass(f"u{n}", "L1.S1", "L1", n * SECOND, f"LOT-{n // 5}", batch="A") for n in range(60)]
    for p in told:
        keeper.on_pass(p)
    keeper.tick()
    database.submit(lambda work: None).result()
    index = keeper.genealogy
    assert len(index) == 30 and index.horizon_ns == 29 * SECOND + 1
    batch = HoldScope(ScopeKind.BATCH, ("A",))
    older = table.of_scope(batch, index.horizon_ns)
    assert {p.unit for p in older} | {f.unit for f in index.affected(batch)} == {p.unit for p in told}
    assert index.recent("L1", "lot", 3) == ["LOT-11", "LOT-10", "LOT-9"]
    database.close()


def test_what_was_kept_is_there_after_a_restart_and_written_once(tmp_path):
    database = Database(tmp_path / "plant.db")
    table = GenealogyTable(database)
    told = [
        UnitPass(f"u{n % 7}", f"L1.S{n % 6 + 1}", "L1", n * SECOND, "LOT-1", "WO", "p", "A", "kim", "B" * (n % 3 == 0))
        for n in range(40)
    ]
    table.keep(told).result()
    table.keep(told[5:]).result()
    with database.reader() as c:
        assert count(c) == 40
    assert table.newest(100) == told and table.newest(3) == told[-3:]
    assert table.of_unit("u3") == [p for p in told if p.unit == "u3"]
    assert table.of_unit("nobody") == []
    again = PassKeeper(Genealogy(PLANT), table, lambda: 0)
    assert again.load() == 40 and again.genealogy.horizon_ns == 0
    assert again.genealogy.passes("u3") == table.of_unit("u3")
    cut = PassKeeper(Genealogy(PLANT), table, lambda: 0)
    assert cut.load(10) == 10 and cut.genealogy.horizon_ns == told[-10].at_ns
    database.close()


@pytest.mark.parametrize(
    ("kind", "ids", "expected"),
    [
        (ScopeKind.LOT, ("LOT-1",), {"u0", "u1"}), (ScopeKind.BATCH, ("B",), {"u1"}),
        (ScopeKind.UNITS, ("u0", "nobody"), {"u0"}), (ScopeKind.STATION, ("L1.S1",), {"u1"}),
        (ScopeKind.LOT, ("none",), set()),
    ],
)  # fmt: skip
def test_the_record_names_the_units_of_a_scope(tmp_path, kind, ids, expected):
    database = Database(tmp_path / "plant.db")
    table = GenealogyTable(database)
    table.keep([
        UnitPass("u0", "L1.S1", "L1", 5 * SECOND, "LOT-1", batch="A"),
        UnitPass("u1", "L1.S1", "L1", 9 * SECOND, "LOT-1", batch="A", batch_edge="B"),
        UnitPass("u2", "L1.S2", "L1", 9 * SECOND, "LOT-2", batch="A"),
    ]).result()  # fmt: skip
    scope = HoldScope(kind, ids, 6 * SECOND, 20 * SECOND)
    assert {p.unit for p in table.of_scope(scope, 100 * SECOND)} == expected
    assert table.of_scope(scope, 1) == []
    database.close()


def test_passes_are_let_go_after_their_time_and_no_earlier(tmp_path):
    database = Database(tmp_path / "plant.db")
    table, day = GenealogyTable(database), 86_400 * SECOND
    now = (KEPT_DAYS + 10) * day
    table.keep([UnitPass(f"u{n}", "L1.S1", "L1", n * day) for n in range(1, 21)]).result()
    assert table.forget(now).result() == 9
    assert [p.unit for p in table.newest(100)] == [f"u{n}" for n in range(10, 21)]
    database.close()
