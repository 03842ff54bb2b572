"""Units passing stations: what the tags say is joined by source time, and a unit keeps what it was made of."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hmi.model.hold import HoldScope, ScopeKind
from hmi.plant.lots import lot_of
from hmi.plant.passing import SETTLE_NS, Passing
from hmi.plant.port import LinkState
from hmi.plant.words_in_time import WordsInTime
from hmi.quality.genealogy import Genealogy
from tests.unit.quality_flow import PLANT, SECOND, Flow, batch_of

T0 = 1_795_240_800 * SECOND


def batch_scope(name):
    return HoldScope(ScopeKind.BATCH, (name,))


def test_every_unit_of_the_demo_plant_has_the_lot_order_product_and_batch_it_was_made_with():
    flow = Flow(3).run(200).end()
    checked = 0
    for p in flow.passes:
        true = flow.demo.units.get(p.unit)
        if true is None:  # left its line before the plant began
            assert p.station.endswith("S6")
            continue
        assert (p.lot, p.order, p.product) == (true.lot, true.order, true.product)
        assert true.batch.id in (p.batch, p.batch_edge)
        assert any(station == p.station for station, _ in true.passed)
        checked += 1
    assert checked > 400
    told = {(p.unit, p.station) for p in flow.passes}
    true = {(u.id, s) for u in flow.demo.units.values() for s, at in u.passed if at > 1}
    assert true == told & true and len(told) == len(flow.passes)


@pytest.mark.parametrize("seed", range(6))
def test_a_bad_batch_is_found_whole_and_hardly_more(seed):
    flow = Flow(seed, "bad-batch").run(80 + 31 * seed).end()
    truth = flow.truly_of_batch("PASTE-1B")
    found = {f.unit for f in flow.genealogy.affected(batch_scope("PASTE-1B"))}
    assert len(truth) > 10
    assert truth <= found
    assert len(found) <= 1.2 * len(truth)


@settings(max_examples=12)
@given(
    seed=st.integers(0, 999),
    changes=st.lists(st.floats(8.0, 60.0), min_size=2, max_size=4),
    lead=st.floats(0.0, 200.0),
    stops=st.booleans(),
)
def test_whatever_the_batches_are_each_is_found_whole(seed, changes, lead, stops):
    flow = Flow(seed, lead_s=lead, stops=stops)
    names = ["PASTE-1A"]
    for number, gap in enumerate(changes):
        flow.run(gap, scan_s=0.5)
        names.append(f"X{number}")
        flow.demo.new_batch(1, names[-1])
    flow.run(60, scan_s=0.5).end()
    for name in names[1:]:
        truth = flow.truly_of_batch(name)
        found = {f.unit for f in flow.genealogy.affected(batch_scope(name))}
        assert truth <= found
        assert len(found - truth) <= 2  # one in work at each of its two ends


@pytest.mark.parametrize("dated", [False, True])
def test_a_restart_of_the_engine_while_batches_change_loses_no_unit(dated):
    flow = Flow(5, dated=dated).run(100).end()
    flow.run(20, watched=False)
    flow.demo.new_batch(1, "X1")
    flow.run(20, watched=False)
    flow.begin()
    flow.run(100).end()
    seen = {p.unit for p in flow.passes}
    truth = flow.truly_of_batch("X1") & seen
    found = {f.unit for f in flow.genealogy.affected(batch_scope("X1"))}
    assert truth <= found
    first = {f.unit for f in flow.genealogy.affected(batch_scope("PASTE-1A"))}
    assert flow.truly_of_batch("PASTE-1A") & seen <= first


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("late_s", [0.5, 3.0, 9.0])
def test_a_batch_that_began_before_the_engine_looked_takes_no_unit_from_before_it(seed, late_s):
    flow = Flow(seed, lead_s=100.0 + 3 * seed, dated=True)
    flow.run(60, watched=False)
    flow.demo.new_batch(1, "X1")
    flow.run(late_s, watched=False)
    flow.genealogy, flow.passes = Genealogy(PLANT), []  # no earlier engine saw what went before
    flow.begin()
    flow.run(90).end()
    truth = flow.truly_of_batch("X1")
    found = {f.unit for f in flow.genealogy.affected(batch_scope("X1"))}
    assert truth <= found
    assert len(found - truth) <= (3 if late_s > 2 else 8)  # a stamp that young may be the time of reading


def test_a_diverted_unit_keeps_what_it_was_made_of():
    flow = Flow(7, stops=False).run(30)
    flow.demo.write("L3.S1.DivertTo", 2)
    flow.run(60).end()
    ways = {u: [p for p in flow.passes if p.unit == u] for u in {p.unit for p in flow.passes}}
    moved = [way for way in ways.values() if {p.line for p in way} == {"L2", "L3"}]
    assert moved
    for way in moved:
        assert {p.batch for p in way} == {"PASTE-3A"} and len({p.lot for p in way}) == 1
        assert {p.operator for p in way} == {flow.demo.operator(2), flow.demo.operator(3)}


class Bench:
    """Line 1 by hand."""

    def __init__(self):
        self.genealogy, self.told = Genealogy(PLANT), []
        self.passing = Passing(PLANT, self.genealogy, self._take)

    def _take(self, p):
        self.genealogy.add(p)
        self.told.append(p)

    def say(self, at_s, *said, late_s=0.0):
        at = T0 + int(at_s * SECOND)
        full = [(f"L1.{tag}", word) for tag, word in said]
        self.passing.on_batch(batch_of(PLANT, full, at), at + int(late_s * SECOND))

    def tick(self, at_s):
        self.passing.tick(T0 + int(at_s * SECOND))
        told, self.told = self.told, []
        return told


CONTEXT = [("Lot", "LOT-3007"), ("MaterialBatch", "A"), ("Order", "WO-1"), ("Product", "p"), ("Operator", "kim")]


def test_a_pass_waits_until_its_context_has_settled():
    bench = Bench()
    bench.say(0, *CONTEXT)
    bench.say(0, ("S1.UnitId", "u1"))
    bench.tick(1)
    bench.say(10, ("S1.UnitId", "u2"))
    bench.say(10, ("MaterialBatch", "B"), late_s=0.2)
    assert bench.tick(10.1) == []
    (p,) = bench.tick(10 + SETTLE_NS / SECOND)
    assert (p.batch, p.batch_edge, p.lot, p.operator) == ("B", "A", "LOT-3007", "kim")


def test_only_the_unit_in_work_at_the_change_is_in_doubt():
    bench = Bench()
    bench.say(0, *CONTEXT)
    for at, unit in ((0, "u0"), (4, "u1"), (8, "u2")):
        bench.say(at, ("S1.UnitId", unit))
    bench.say(9, ("MaterialBatch", "B"))
    for at, unit in ((12, "u3"), (16, "u4")):
        bench.say(at, ("S1.UnitId", unit))
    made = [(p.unit, p.batch, p.batch_edge) for p in bench.tick(60)]
    assert made[-4:] == [("u1", "A", ""), ("u2", "A", ""), ("u3", "B", "A"), ("u4", "B", "")]


@pytest.mark.parametrize(
    ("read_s", "u0", "u1"), [(5, ("", ""), ("", "")), (1, ("A", ""), ("", "A"))], ids=["dated", "perhaps just read"]
)
def test_what_left_before_a_batch_began_is_not_of_it_unless_its_stamp_may_be_the_time_of_reading(read_s, u0, u1):
    bench = Bench()
    bench.say(-2, ("S1.UnitId", "u1"), late_s=2 + read_s)
    bench.say(0, *CONTEXT, late_s=read_s)
    bench.say(read_s + 1, ("S3.UnitId", "u0"))
    bench.say(read_s + 1, ("S1.UnitId", "u2"))
    told = {p.unit: (p.batch, p.batch_edge) for p in bench.tick(read_s + 3)}
    assert told == {"u0": u0, "u1": u1, "u2": ("A", "")}


def test_a_reading_in_doubt_gives_an_empty_word_and_never_the_old_one():
    bench = Bench()
    bench.say(0, *CONTEXT)
    bench.say(1, ("Lot", None), ("MaterialBatch", None), ("Operator", None))
    bench.say(5, ("S1.UnitId", "u1"))
    (p,) = bench.tick(10)
    assert (p.lot, p.batch, p.operator, p.order) == ("", "", "", "WO-1")
    assert p.batch_edge == "A"  # what it may be: a hold on the last known batch takes it


def test_a_lost_link_leaves_all_words_empty_and_what_it_told_before_is_no_new_pass():
    bench = Bench()
    bench.say(0, *CONTEXT)
    bench.say(1, ("S1.UnitId", "u1"))
    assert [p.unit for p in bench.tick(5)] == ["u1"]
    bench.passing.on_link(PLANT.tag["L1.Lot"].controller, LinkState.DOWN, T0 + 6 * SECOND)
    assert set(bench.passing.now("L1").values()) == {""}
    bench.say(1, *CONTEXT, ("S1.UnitId", "u1"), late_s=7)
    assert bench.tick(20) == []
    assert bench.passing.now("L1")["lot"] == "LOT-3007"
    bench.say(21, ("S1.UnitId", "u2"))
    (p,) = bench.tick(30)
    assert (p.lot, p.batch, p.batch_edge) == ("LOT-3007", "A", "")


def test_where_ids_are_not_carried_along_each_pass_has_the_words_of_its_moment():
    bench = Bench()
    bench.say(0, *CONTEXT)
    for n in range(40):
        bench.say(4 + n, (f"S{n % 6 + 1}.UnitId", f"n{n}"))
    bench.tick(60)
    bench.say(61, ("MaterialBatch", "B"))
    bench.say(70, ("S4.UnitId", "n100"))
    bench.say(74, ("S4.UnitId", "n101"))
    assert [(p.unit, p.batch) for p in bench.tick(80)] == [("n100", "B"), ("n101", "B")]


@pytest.mark.parametrize(
    ("unit", "told", "lots", "surely", "lot"),
    [
        ("U3007-000123", "LOT-3007", [], False, "LOT-3007"),
        ("U3007-000199", "LOT-3008", ["LOT-3007"], False, "LOT-3007"),
        ("U3007-000199", "LOT-3008", [], False, "LOT-3008"),
        ("U3007-000199", "LOT-3008", [], True, "LOT-3007"),
        ("board-17", "LOT-3008", ["LOT-3007"], True, "LOT-3008"),
        ("3007", "LOT-3008", ["LOT-3007"], True, "LOT-3008"),  # a counter of its own says nothing of a lot
        ("A7/0012", "A7", [], False, "A7"),
        ("", "", [], True, ""),
    ],
)
def test_the_lot_that_stands_in_the_id_wins(unit, told, lots, surely, lot):
    assert lot_of(unit, told, lots, surely=surely) == lot


@given(st.lists(st.tuples(st.integers(1, 50), st.sampled_from(["A", "B", None])), max_size=20))
def test_the_newest_word_holds_from_its_source_time_on(said):
    words = WordsInTime()
    for at, word in said:
        words.put(at, word)
        assert words.at(at) == words.last == (word or "")
        assert words.at(1_000) == words.last
    assert words.at(0) == ""
