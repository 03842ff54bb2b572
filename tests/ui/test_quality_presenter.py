"""What the quality screen says, decided without Qt."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.model.hold import HoldScope, HoldState, ScopeKind
from hmi.model.text import Lang, Text
from tests.ui.plantrows import make_plant
from tests.ui.qualityrows import HELD, MATERIAL, NOW, PAPER, PARTLY, RELEASED, TRACE, S, gate, hold
from ui.screens.quality import presenter

PLANT = make_plant()
SEOUL = ZoneInfo("Asia/Seoul")


def test_what_the_gates_do_not_hold_comes_first_and_the_released_last():
    rows = presenter.in_order([RELEASED, HELD, PARTLY, PAPER, hold(9, placed_ns=NOW)])
    assert [r.id for r in rows] == [5, 6, 9, 4, 2]


@pytest.mark.parametrize("lang", list(Lang))
def test_no_two_states_sound_alike(lang):
    rows = [PAPER, PARTLY, HELD, RELEASED, hold(7, HoldState.PLACING)]
    for say_it in (presenter.state_words, presenter.state_told):
        assert len({say_it(r).of(lang) for r in rows}) == len(rows)
    assert "ON PAPER ONLY" in presenter.state_words(PAPER).en and "1 of 2" in presenter.state_words(PARTLY).en


def test_only_a_gate_that_is_read_back_closed_counts():
    row = hold(gates=[gate(), gate(closed=None, outcome="UNKNOWN"), gate(closed=False, outcome="VERIFIED")])
    assert presenter.closed(row) == 1
    said = [presenter.gate_words(g, SEOUL).en for g in row.gates]
    assert said[0].startswith("closed") and "not known" in said[1] and said[2].startswith("OPEN")


def test_the_strip_counts_what_people_must_keep():
    assert presenter.paper_only([HELD, RELEASED]) is None
    said = presenter.paper_only([HELD, PAPER, PARTLY])
    assert "holds 2" in said.en and "units 1,244" in said.en


def test_moved_units_are_said_first():
    assert presenter.units_words(PARTLY).en.startswith("2 MOVED")
    assert presenter.units_words(HELD).en == "26 inside · 12 out"


def test_facts_tell_who_when_and_from_which_card():
    told = [v if isinstance(v, str) else v.en for _, v in presenter.facts(HELD, PLANT, NOW, SEOUL)]
    assert any("Kim Minjun" in x for x in told) and "Decision 7" in told and "15 min" in told and "38 units" in told
    ended = [k.en for k, _ in presenter.facts(RELEASED, PLANT, NOW, SEOUL)]
    assert "Released" in ended and "Stands for" not in ended


def test_offers_are_each_once_with_those_in_work_first():
    found = presenter.offers(MATERIAL, ScopeKind.LOT)
    assert [x.id for x in found[:3]] == ["LOT-1017", "LOT-2041", "LOT-3007"]
    assert len({x.id for x in found}) == len(found) == 6 and not found[-1].now
    assert presenter.offer_words(found[1], PLANT).en == "LOT-2041 · Line 2"
    bare = presenter.offers([replace(MATERIAL[0], lot="", lots=[])], ScopeKind.LOT)
    assert bare == []


@given(st.lists(st.text("AB-1234", min_size=1, max_size=6), max_size=6), st.sampled_from([" ", ",", ", ", ";\n"]))
def test_typed_ids_come_back_each_once_in_their_order(ids, by):
    assert presenter.ids_in(by.join(ids)) == tuple(dict.fromkeys(ids))


@given(st.integers(0, 23), st.integers(0, 59), st.integers(0, 86_399))
def test_a_clock_is_the_last_such_moment_and_never_ahead(hour, minute, now_s):
    now_ns = (1_790_000_000 + now_s) * S
    found = presenter.clock_in(f"{hour}:{minute:02d}", now_ns, SEOUL)
    local = datetime.fromtimestamp(found // S, UTC).astimezone(SEOUL)
    assert (local.hour, local.minute) == (hour, minute) and 0 <= now_ns - found < 86_400 * S


@pytest.mark.parametrize("text", ["", "24:00", "12:60", "12", "noon", "12:00:61"])
def test_what_is_no_clock_is_none(text):
    assert presenter.clock_in(text, NOW, SEOUL) is None


def test_a_scope_says_what_is_missing_of_it():
    assert isinstance(presenter.scope_of(ScopeKind.LOT, [], None), Text)
    assert isinstance(presenter.scope_of(ScopeKind.STATION, ["L1.S1"], None), Text)
    assert presenter.scope_of(ScopeKind.STATION, ["L1.S1"], 5, 7) == HoldScope(ScopeKind.STATION, ("L1.S1",), 5, 7)
    assert presenter.scope_of(ScopeKind.UNITS, ["B-1", "B-2"], None) == HoldScope(ScopeKind.UNITS, ("B-1", "B-2"))


def test_the_trace_names_both_batches_of_a_unit_at_the_edge():
    assert presenter.batches_of(TRACE) == ["2A", "2B"]
    assert presenter.batch_words(TRACE.passes[1]).en == "2A or 2B"
    assert set(presenter.took(TRACE.passes).values()) == {41.0}
