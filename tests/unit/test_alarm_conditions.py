"""Conditions of many tags at once: limits with deadband, delays, rates, deviations, values, silence and doubts."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hmi.alarms.conditions import Conditions, qualities
from hmi.model import quality as q
from hmi.model.alarm import AlarmKind, AlarmRule, EventKind, Priority
from hmi.model.quality import Quality, quality_of
from hmi.model.text import Text

SECOND = 1_000_000_000
T0 = 1_790_000_000 * SECOND
FAULT = 0x808C0000
K = AlarmKind


def rule(kind=K.HI, limit=100.0, tag="t", **more):
    return AlarmRule("a", Text.same("a"), tag, kind, Priority.MEDIUM, limit=limit, **more)


class Bench:
    """Conditions with a clock that the test steps; finds what they tell by rule number."""

    def __init__(self, *rules):
        self.row_of = {"t": 0, "u": 1}
        self.conditions = Conditions(rules, self.row_of)
        self.conditions.standing[:] = True
        self.t = 0.0

    def say(self, *values, tag="t", status=q.GOOD, apart=0.0):
        """Readings of one tag in one batch, ``apart`` seconds from each other, the last one now."""
        n = len(values)
        now = T0 + round(self.t * SECOND)
        source = [now - round((n - 1 - i) * apart * SECOND) for i in range(n)]
        return self.told(
            self.conditions.on_batch(
                np.full(n, self.row_of[tag], np.int32), np.array(values, float), np.full(n, status, np.uint32),
                np.array(source, np.int64), now, round(self.t * SECOND),
            )
        )  # fmt: skip

    def wait(self, seconds):
        found = []
        end = self.t + seconds
        while self.t < end - 1e-9:
            self.t += 0.25
            found += self.conditions.tick(T0 + round(self.t * SECOND), round(self.t * SECOND))
        return self.told(found)

    def told(self, found):
        return [(f.kind.value, round((f.at_ns - T0) / SECOND, 3)) for f in found if f.kind is not EventKind.DOUBT]


@pytest.mark.parametrize("kind, limit, values, wanted", [
    (K.HI, 100, (100, 100.1, 99, 96, 95), ["activate", "return"]),
    (K.LO, 10, (10, 9.9, 12, 14, 15), ["activate", "return"]),
    (K.HIHI, -5, (-6, -4, -5, -9.9, -10), ["activate", "return"]),
])  # fmt: skip
def test_beyond_the_limit_and_back_by_the_deadband(kind, limit, values, wanted):
    b = Bench(rule(kind, limit, deadband=5.0))
    assert b.say(values[0]) == []
    assert [x[0] for x in b.say(values[1])] == wanted[:1]
    assert b.say(values[2]) == [] and b.say(values[3]) == []
    assert [x[0] for x in b.say(values[4])] == wanted[1:]


def test_delays_run_by_the_steady_clock():
    b = Bench(rule(on_delay=2.0, off_delay=5.0))
    assert b.say(101) == [] and b.wait(1.75) == []
    assert b.wait(0.25) == [("activate", 2.0)]
    assert b.say(99) == [] and b.wait(4.75) == [] and b.say(101) == []
    assert b.wait(10) == [], "back before the delay was over"
    b.say(99)
    assert b.wait(5) == [("return", b.t)]


def test_back_before_the_on_delay_is_nothing():
    b = Bench(rule(on_delay=2.0))
    b.say(101)
    b.wait(1.5)
    assert b.say(99) == [] and b.wait(10) == []


def test_what_came_late_and_together_is_judged_by_the_sources_clock():
    b = Bench(rule(on_delay=2.0))
    b.t = 20.0
    assert b.say(99, 101, 101, 101, 99, apart=1.0) == [("activate", 19.0), ("return", 20.0)]
    assert b.say(99, 101, 99, apart=1.0) == []


def test_several_readings_of_a_tag_in_one_batch_are_all_seen():
    b = Bench(rule(deadband=5.0))
    assert [x[0] for x in b.say(99, 101, 97, 94, 102)] == ["activate", "return", "activate"]


def test_a_source_clock_that_is_far_off_does_not_date_alarms():
    b = Bench(rule())
    b.conditions.standing[:] = False
    [found] = b.conditions.on_batch(
        np.array([0], np.int32), np.array([200.0]), np.array([0], np.uint32), np.array([T0 - 86_400 * SECOND]), T0, 0
    )
    assert found.at_ns == T0 and found.value == 200.0


def test_a_bad_value_neither_raises_nor_ends():
    b = Bench(rule(off_delay=2.0))
    assert b.say(200, status=FAULT) == [] and b.say(np.nan) == []
    assert [x[0] for x in b.say(200)] == ["activate"]
    b.say(np.nan, status=q.BAD_NO_COMMUNICATION)
    assert b.wait(60) == []
    b.say(50)
    b.say(np.nan, status=q.STALE_LINK_SILENT)
    assert b.wait(60) == [], "in doubt while the off-delay ran"
    b.say(50)
    assert [x[0] for x in b.wait(0.25)] == ["return"]


def test_an_on_delay_that_nobody_watched_is_not_counted_by_the_source():
    b = Bench(rule(on_delay=2.0))
    b.say(200)
    b.say(np.nan, status=FAULT)
    b.t += 100
    assert b.say(50) == []


def test_an_uncertain_value_counts():
    assert [x[0] for x in Bench(rule()).say(200, status=0x40930000)] == ["activate"]


def test_values_of_a_state():
    b = Bench(rule(K.DISCRETE, None, values=(2.0, 4.0)))
    assert [len(b.say(v)) for v in (1, 2, 4, 3)] == [0, 1, 0, 1]


def test_deviation_follows_both_tags_and_the_doubt_of_either():
    b = Bench(rule(K.DEVIATION, 10.0, against="u", deadband=2.0))
    b.say(50)
    assert b.say(55, tag="u") == []
    assert [x[0] for x in b.say(61, tag="u")] == ["activate"]
    assert b.say(52) == [], "nine apart: within the deadband"
    b.say(np.nan, tag="u", status=FAULT)
    assert b.say(61) == []
    assert [x[0] for x in b.say(61, tag="u")] == ["return"]


def test_rate_of_change_and_its_rest():
    b = Bench(rule(K.ROC, 60.0, window=5.0, deadband=5.0))
    for _ in range(10):
        b.t += 1
        assert b.say(20 + 0.5 * b.t) == [], "30 a minute"
    b.t += 1
    assert [x[0] for x in b.say(40)] == ["activate"], "a jump is known before the window is over"
    found = b.wait(20)
    assert [x[0] for x in found] == ["return"], "a tag that says nothing has not changed"


def test_rate_starts_anew_after_a_doubt():
    b = Bench(rule(K.ROC, 60.0, window=5.0))
    b.say(0)
    b.t += 6
    b.say(np.nan, status=FAULT)
    b.t += 1
    assert b.say(1000) == [], "a sensor that was changed did not race"


@pytest.mark.parametrize("kind, status, wanted", [
    (K.QUALITY, FAULT, ["activate"]), (K.QUALITY, q.STALE_LINK_SILENT, []), (K.QUALITY, q.BAD_NO_COMMUNICATION, []),
    (K.QUALITY, q.BAD_WAITING_FOR_INITIAL_DATA, []), (K.STALE, q.STALE_LINK_SILENT, ["activate"]),
    (K.STALE, FAULT, []), (K.STALE, q.STALE_ENGINE_SILENT, []), (K.QUALITY, 0x40930000, []),
])  # fmt: skip
def test_quality_and_silence(kind, status, wanted):
    b = Bench(rule(kind, None))
    b.say(1)
    assert [x[0] for x in b.say(np.nan, status=status)] == wanted
    assert [x[0] for x in b.say(1)] == (["return"] if wanted else [])


def test_what_was_active_before_a_restart_stays_until_a_reading():
    b = Bench(rule())
    b.conditions.adopt(0, True, Quality.STALE)
    assert b.wait(100) == []
    assert [x[0] for x in b.say(50)] == ["return"]


def test_doubts_are_told_of_standing_alarms_only():
    b = Bench(rule(), rule(tag="u"))
    b.say(1)
    b.say(1, tag="u")
    b.conditions.standing[:] = [True, False]
    batch = (np.array([0, 1], np.int32), np.full(2, np.nan), np.full(2, FAULT, np.uint32), np.full(2, T0))
    assert [(f.rule, f.quality) for f in b.conditions.on_batch(*batch, T0, 0)] == [(0, Quality.BAD)]


@given(st.lists(st.integers(0, 0xFFFFFFFF), max_size=20))
def test_qualities_are_those_of_the_model(codes):
    codes += [q.GOOD, q.STALE_LINK_SILENT, q.STALE_ENGINE_SILENT, 0x40900000, 0x80310000]
    assert [Quality(x) for x in qualities(np.array(codes, np.uint32))] == [quality_of(c) for c in codes]


def plainly(readings, limit, band, on_ns, off_ns):
    """One high limit, read by read, as a person would write it down: (kind, time) of each change."""
    active = raw = False
    since, found = 0, []

    def settle(to):
        nonlocal active
        delay = on_ns if raw else off_ns
        if raw != active and to - since >= delay:
            active = raw
            found.append(("activate" if raw else "return", since + delay))

    for at, value in readings:
        settle(at)
        now_raw = True if value > limit else False if value <= limit - band else raw
        if now_raw != raw:
            raw, since = now_raw, at
        settle(at)
    settle(readings[-1][0] + 1000 if readings else 0)
    return found


@given(
    st.lists(st.tuples(st.integers(1, 4), st.sampled_from([0.0, 94.0, 97.0, 101.0, 150.0])), max_size=40),
    st.sampled_from([0, 1, 3]), st.sampled_from([0, 1, 3]), st.lists(st.integers(1, 6), max_size=12),
)  # fmt: skip
@settings(max_examples=300, deadline=None)
def test_however_readings_are_cut_into_batches_the_alarms_are_the_same(steps, on_s, off_s, cuts):
    readings, at = [], 0
    for gap, value in steps:
        at += gap
        readings.append((at, value))
    conditions = Conditions([rule(deadband=5.0, on_delay=on_s, off_delay=off_s)], {"t": 0})
    found, position = [], 0
    for size in [*cuts, len(readings)]:
        part = readings[position : position + size]
        position += size
        if part:
            now = T0 + part[-1][0] * SECOND
            found += conditions.tick(T0 + part[0][0] * SECOND, part[0][0] * SECOND)
            found += conditions.on_batch(
                np.zeros(len(part), np.int32), np.array([v for _, v in part]), np.zeros(len(part), np.uint32),
                np.array([T0 + t * SECOND for t, _ in part]), now, part[-1][0] * SECOND,
            )  # fmt: skip
    end = (readings[-1][0] if readings else 0) + 1000
    found += conditions.tick(T0 + end * SECOND, end * SECOND)
    told = [(f.kind.value, (f.at_ns - T0) // SECOND) for f in found if f.kind is not EventKind.DOUBT]
    near = [x for x in readings if readings[-1][0] - x[0] <= 10]
    if len(near) == len(readings):  # older ones are dated by their arrival
        assert told == plainly(readings, 100.0, 5.0, on_s, off_s)
    else:
        assert [x[0] for x in told] == [x[0] for x in plainly(readings, 100.0, 5.0, on_s, off_s)]


def test_ten_thousand_tags_at_rest_cost_little():
    n = 10_000
    rules = [replace(rule(), tag=str(i), id=str(i), limit=100.0 + 10 * k) for i in range(n) for k in range(2)]
    conditions = Conditions(rules, {str(i): i for i in range(n)})
    rows, status = np.arange(n, dtype=np.int32), np.zeros(n, np.uint32)
    began = time.process_time()
    for k in range(10):
        assert conditions.on_batch(rows, np.full(n, 50.0 + k), status, np.full(n, T0), T0, 0) == []
    print(f"20,000 rules on 100,000 readings: {(time.process_time() - began) * 1e3:.0f} ms cpu")
