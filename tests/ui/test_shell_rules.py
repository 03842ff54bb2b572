"""Rules of the frame without a window: search, layout file, back and forward, health words, the guard."""

import json
from dataclasses import asdict, replace
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.model.text import Text
from ui.bridge.frametimes import FrameTimes
from ui.bridge.subscription import ROWS_A_FRAME, SHOW_EVERY_S, Subscriptions
from ui.shell import health, layoutfile
from ui.shell.guard import bad_pair
from ui.shell.hangul import find, initials, names_of, rank
from ui.shell.journey import KEPT, Journey, Stop
from ui.shell.layoutfile import Layout

HANGUL = st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=1, max_size=6)


# -- search -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "names", "expected"),
    [
        ("ㅇㄷ", "온도", 0), ("ㅇㄷ", "3구역 온도", 1), ("ㄱㅇ", "3구역 온도", 2), ("온", "온도", 0), ("오", "온도", 0),
        ("온ㄷ", "온도", 0), ("도", "온도", 2),
        ("ㅂㅍ ㅇㄷ", "리플로우 버퍼 온도", 1), ("zone", "Zone 3 temperature", 0),
        ("temp", "Zone 3 temperature", 1), ("emper", "Zone 3 temperature", 2), ("temp zone", "Zone 3 temperature", 3),
        ("s3", "L1.S3.Speed", 1), ("ㄳ", "가속도", 0),
        ("ㅇㄷ", "속도", None), ("x", "온도", None), ("옥", "온도", None),
        (".*", "온도", None), ("(", "온도 (상)", 1), ("OVEN", "reflow oven", 1),
    ],
)  # fmt: skip
def test_names_are_found_by_what_one_types(query, names, expected):
    assert rank(query, names_of(names)) == expected


def test_decomposed_syllables_of_another_system_are_found_too():
    import unicodedata

    assert rank(unicodedata.normalize("NFD", "온도"), names_of("온도")) == 0
    assert rank("온도", names_of(unicodedata.normalize("NFD", "온도"))) == 0


@given(HANGUL)
def test_every_name_is_found_by_its_initials_and_by_any_beginning(name):
    assert rank(initials(name), names_of(name)) == 0
    for length in range(1, len(name) + 1):
        assert rank(name[:length], names_of(name)) == 0


@given(st.text(max_size=12), st.text(max_size=30))
def test_whatever_is_typed_gives_a_rank_or_nothing(query, name):
    assert rank(query, names_of(name)) in (None, 0, 1, 2, 3)


def test_the_best_fit_comes_first_and_short_names_before_long():
    things = ["오븐 3구역 온도", "온도", "주변온도", "온도 상한"]
    assert find("온도", things, names_of) == ["온도", "온도 상한", "오븐 3구역 온도", "주변온도"]
    assert find("  ", things, names_of) == []
    assert len(find("ㅇ", [f"온{i}" for i in range(200)], names_of, most=7)) == 7


# -- layout file ------------------------------------------------------------------------------------------------------


def test_what_is_saved_comes_back(tmp_path):
    layout = Layout(lang="ko", theme="dark", screen="trends", place={"tag": "a"}, geometry=[1, 2, 3, 4], dpi=92.5,
                    screens={"trends": {"pens": ["a", "b"]}})  # fmt: skip
    layoutfile.save(tmp_path, layout)
    assert layoutfile.load(tmp_path) == layout
    assert json.loads((tmp_path / "layout.json").read_text(encoding="utf-8"))["schema"] == 1


LEAVES = st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=5) | st.integers()
NAMES = st.text(max_size=5)
JSON = st.recursive(LEAVES, lambda c: st.lists(c, max_size=4) | st.dictionaries(NAMES, c, max_size=4), max_leaves=8)


@given(st.dictionaries(st.sampled_from(list(asdict(Layout()))), JSON))
def test_foreign_content_never_breaks_the_layout(tmp_path_factory, content):
    folder = tmp_path_factory.mktemp("layout")
    (folder / "layout.json").write_text(json.dumps({"schema": 1, **content}), encoding="utf-8")
    loaded = layoutfile.load(folder)
    plain = Layout()
    for name, value in asdict(loaded).items():
        like = getattr(plain, name)
        assert like is None or isinstance(value, (type(like), int, float))
    layoutfile.save(folder, loaded)
    assert layoutfile.load(folder) == loaded


@pytest.mark.parametrize("content", ["", "{", "[]", '{"schema": 99, "lang": "ko"}', "\x00"])
def test_a_broken_or_newer_layout_is_begun_anew(tmp_path, content):
    (tmp_path / "layout.json").write_text(content, encoding="utf-8")
    assert layoutfile.load(tmp_path) == Layout()


def test_a_folder_that_cannot_be_written_costs_the_layout_only(tmp_path, caplog):
    layoutfile.save(tmp_path / "missing", Layout())
    assert "cannot be written" in caplog.text


# -- back and forward -------------------------------------------------------------------------------------------------


@given(st.lists(st.one_of(st.sampled_from("abc"), st.just("<"), st.just(">")), max_size=80))
def test_back_and_forward_are_those_of_a_browser(steps):
    journey, past, ahead = Journey(), [], []
    for step in steps:
        if step == "<":
            stop = journey.back()
            if len(past) > 1:
                ahead.append(past.pop())
                assert stop == past[-1]
            else:
                assert stop is None
        elif step == ">":
            stop = journey.forward()
            if ahead:
                past.append(ahead.pop())
                assert stop == past[-1]
            else:
                assert stop is None
        else:
            journey.go(Stop(step))
            if not past or past[-1] != Stop(step):
                past, ahead = [*past, Stop(step)][-KEPT:], []
        assert journey.can_back is (len(past) > 1)
        assert journey.can_forward is bool(ahead)


# -- health words -----------------------------------------------------------------------------------------------------


def controller(state="CONNECTED", offset=3.0, unsecured=False, name="PLC"):
    return SimpleNamespace(state=state, clock_offset_ms=offset, unsecured=unsecured, name=Text.same(name))


def engine(why=None, not_good=0):
    return SimpleNamespace(history_why=why, tags_not_good=not_good, tags=100)


def test_links_database_and_worst_clock_are_summed_up():
    rows = [controller(), controller(offset=-40.0), controller("DOWN", 9000.0)]
    seen = health.health_of(rows, engine(), True)
    assert (seen.connected, seen.controllers, seen.store_ok, seen.clock_offset_ms) == (2, 3, True, -40.0)
    assert health.health_of(rows, engine(Text.same("disk full")), True).store_ok is False
    assert health.health_of(rows, engine(), False).controllers is None


def test_the_gravest_doubt_is_said_and_none_when_all_is_well():
    assert health.doubt(engine(), [controller()], True) is None
    assert "Engine" in health.doubt(engine(), [controller("DOWN")], False).en
    assert "PLC" in health.doubt(engine(not_good=3), [controller("SILENT")], True).en
    assert "disk full" in health.doubt(engine(Text.same("disk full")), [controller()], True).ko
    assert "3" in health.doubt(engine(not_good=3), [controller()], True).ko


def test_links_without_security_are_named():
    assert health.unsecured([controller()]) is None
    assert "PLC-7" in health.unsecured([controller(), controller(unsecured=True, name="PLC-7")]).en
    assert "2" in health.unsecured([controller(unsecured=True)] * 2).ko


def test_silence_says_how_long_or_why_there_was_never_a_word():
    assert "12 s" in health.silence(12.3, False).en
    assert health.silence(None, True) != health.silence(None, False)


@pytest.mark.parametrize(
    ("qt", "python", "bad"),
    [((6, 12, 0), (3, 11, 7), True), ((6, 12, 0), (3, 12, 1), False), ((6, 11, 3), (3, 11, 7), False),
     ((6, 13, 1), (3, 10, 0), True)],
)  # fmt: skip
def test_the_qt_that_kills_this_python_is_refused_with_words(qt, python, bad):
    assert (bad_pair(qt, python) is not None) is bad


# -- what is shown in a frame -----------------------------------------------------------------------------------------


class Taker:
    def take(self, tag, reading, now_ns):
        raise AssertionError("the rules hand nothing over")

    def isVisible(self):
        return True


def subscribed(count):
    subs = Subscriptions()
    takers = [Taker() for _ in range(count)]
    for i, taker in enumerate(takers):
        subs.add(f"t{i}", taker)
    subs.rows_are({f"t{i}": i for i in range(count + 5)})
    return subs, takers


def rows(*which):
    import numpy as np

    return np.array(which, np.intp)


def test_the_first_change_after_a_rest_shows_at_once_and_the_next_not_before_a_tenth():
    subs, _ = subscribed(3)
    assert sorted(subs.due(0.0)) == [0, 1, 2]
    subs.changed(rows(1))
    assert list(subs.due(1.0)) == [1]
    subs.changed(rows(1))
    assert list(subs.due(1.05)) == []
    assert list(subs.due(1.0 + SHOW_EVERY_S + 0.001)) == [1]
    assert list(subs.due(9.0)) == []


def test_rows_that_nobody_shows_cost_nothing_and_unknown_rows_break_nothing():
    subs, _ = subscribed(2)
    subs.due(0.0)
    subs.changed(rows(3, 4, 999))
    assert list(subs.due(1.0)) == []


@given(st.lists(st.lists(st.integers(0, 599), max_size=400), max_size=12))
def test_a_burst_is_spread_over_frames_and_nothing_is_forgotten(bursts):
    subs, _ = subscribed(600)
    now, waiting = 0.0, set(range(600))
    for burst in bursts:
        now += 0.016
        subs.changed(rows(*burst))
        waiting |= set(burst)
        due = set(subs.due(now).tolist())
        assert len(due) <= ROWS_A_FRAME
        assert due <= waiting
        waiting -= due
    for _ in range(60):
        now += 0.016
        waiting -= set(subs.due(now).tolist())
    assert not waiting


def test_a_widget_that_shows_two_tags_can_give_one_back():
    subs, takers = subscribed(2)
    subs.add("t1", takers[0])
    assert subs.tags_of(takers[0]) == ["t0", "t1"]
    subs.remove(takers[0], "t0")
    assert subs.tags_of(takers[0]) == ["t1"]
    subs.remove(takers[0])
    assert len(subs) == 1
    subs.due(0.0)
    subs.changed(rows(0))
    assert list(subs.due(1.0)) == []


def test_a_tag_keeps_its_subscription_when_a_new_engine_orders_the_rows_anew():
    subs, takers = subscribed(2)
    subs.due(0.0)
    subs.rows_are({"t1": 0, "t0": 7})
    assert sorted(subs.due(0.01)) == [0, 7]
    assert subs.takers(0) == ("t1", [takers[1]])


def test_frame_times_count_intervals_and_leave_out_the_sleep():
    times = FrameTimes()
    assert times.report().frames == 0
    for i in range(101):
        times.add(i * 16_000_000, i * 16_000_000 + 2_000_000)
    times.pause()
    times.add(99_000_000_000, 99_001_000_000)
    report = times.report()
    assert (report.frames, report.interval_max, report.tick_p50) == (100, 16.0, 2.0)
    assert replace(report, frames=0).frames == 0
