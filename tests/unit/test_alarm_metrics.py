"""Alarm metrics against examples worked by hand, and floods."""

from __future__ import annotations

import pytest

from hmi.alarms.flood import Flood, Group, Recent
from hmi.alarms.metrics import metrics, most_within
from hmi.desk.alarm_metrics import metrics_page
from hmi.model.alarm import AlarmEvent, AlarmFacts, AlarmState, EventKind, JournalRow, Priority
from hmi.model.text import Text
from hmi.model.words import catalogue

SECOND = 1_000_000_000
MINUTE, HOUR, DAY = 60 * SECOND, 3600 * SECOND, 86_400 * SECOND
S = AlarmState


def row(alarm, at_s, kind=EventKind.ACTIVATE, priority=Priority.MEDIUM, before=S.NORMAL, after=S.UNACKED, number="1",
        **told):  # fmt: skip
    event = AlarmEvent(kind, round(at_s * SECOND), **told)
    return JournalRow(alarm, event, number, before, after, 1, priority, round(at_s * SECOND), Text.same(alarm))


def over(alarm, at_s):
    return row(alarm, at_s, EventKind.RETURN, before=S.UNACKED, after=S.RETURNED, number="3")


def figures(rows, hours=1.0, standing=None):
    return metrics(sorted(rows, key=lambda r: r.noted_ns), 0, round(hours * HOUR), standing)


def test_averages_peak_and_busy_periods_by_hand():
    # 6 alarms in the first 10 minutes, 12 in the second, none after: one hour
    rows = [row(f"a{i}", 60 * i) for i in range(6)] + [row(f"b{i}", 600 + 30 * i) for i in range(12)]
    found = figures(rows)
    assert found.annunciated == 18
    assert found.per_10min == pytest.approx(3.0) and found.per_day == pytest.approx(18 * 24)
    assert found.busy_periods == pytest.approx(1 / 6) and found.busy_hours == 0.0
    # 12 from 600 to 930 s; less than 10 minutes before 930 s are 360 s as well (none) and 331..: b0 to b11 alone
    assert found.peak == 12


def test_flood_from_the_eleventh_to_the_fourth_last_by_hand():
    # one a minute from 0 s: within (t-600, t] are ten at most, so no flood
    assert figures([row(f"a{i}", 60 * i) for i in range(30)]).floods == 0
    # one each 30 s, 20 of them (0 to 570 s): the 11th at 300 s begins the flood; it ends when four are left:
    # the 16th (450 s) leaves the window at 1050 s
    found = figures([row(f"a{i}", 30 * i) for i in range(20)])
    assert (found.floods, found.flood_share) == (1, pytest.approx(750 / 3600))
    # a flood that lasts to the end of the window is counted to the end
    found = figures([row(f"a{i}", 3300 + 10 * i) for i in range(20)])
    assert (found.floods, found.flood_share) == (1, pytest.approx(200 / 3600))


def test_two_floods_by_hand():
    rows = [row(f"a{i}", start + i) for start in (0, 1800) for i in range(11)]
    # each: begins with the 11th at +10 s, ends when the 7th (+6 s) is 600 s old
    found = figures(rows)
    assert (found.floods, found.flood_share) == (2, pytest.approx(2 * 596 / 3600))


def test_split_top_chattering_and_fleeting_by_hand():
    rows = (
        [row("low", 100 * i, priority=Priority.MEDIUM) for i in range(16)]
        + [row(f"mid{i}", 7 + 100 * i, priority=Priority.HIGH) for i in range(3)]
        + [row("urgent", 50, priority=Priority.URGENT)]
        + [row("note", 2000 + 20 * i, priority=Priority.DIAGNOSTIC) for i in range(5)]
        + [over("urgent", 59), over("low", 1511)]
    )
    found = figures(rows)
    assert found.split == {
        Priority.MEDIUM: pytest.approx(0.8), Priority.HIGH: pytest.approx(0.15), Priority.URGENT: pytest.approx(0.05),
        Priority.DIAGNOSTIC: pytest.approx(0.2),
    }  # fmt: skip
    assert [(x.alarm, x.count) for x in found.top[:2]] == [("low", 16), ("note", 5)] and found.top_share == 1.0
    assert [(x.alarm, x.count) for x in found.chattering] == [("note", 5)], "20 s apart: three within a minute"
    assert [(x.alarm, x.count) for x in found.fleeting] == [("urgent", 1)], "9 s; the other lasted 11 s"


def test_top_ten_of_many_by_hand():
    rows = [row("often", 3 * i) for i in range(41)] + [row(f"x{i}", 1 + 30 * i) for i in range(59)]
    # 41 of one and nine of the others, of 100
    assert figures(rows).top_share == pytest.approx(0.5)


def test_three_in_exactly_a_minute_is_not_yet_chattering():
    assert figures([row("a", 0), row("a", 30), row("a", 60)]).chattering == ()
    assert figures([row("a", 0), row("a", 30), row("a", 59.9)]).chattering != ()


def test_stale_and_unapproved_by_hand():
    standing = {
        "old": AlarmFacts(active=True, activated_ns=0), "older": AlarmFacts(active=True, activated_ns=-HOUR),
        "fresh": AlarmFacts(active=True, activated_ns=2 * HOUR), "over": AlarmFacts(activated_ns=0),
    }  # fmt: skip
    aside = {"before": S.UNACKED, "after": S.SHELVED, "number": "12"}
    rows = [
        row("a", 1, EventKind.SHELVE, by="kim", why="sensor", **aside),
        row("b", 2, EventKind.SHELVE, by="kim", **aside),
        row("c", 3, EventKind.TAKE_OUT, why="sensor", **aside),
    ]  # fmt: skip
    found = figures(rows, hours=24.5, standing=standing)
    assert found.stale == ("older", "old") and found.unapproved == 2 and found.annunciated == 0


def test_only_calls_count():
    asked_again = row("a", 10, EventKind.REALARM, before=S.ACKED, number="11")
    back = row("a", 20, EventKind.UNSHELVE, before=S.SHELVED, number="13")
    hidden = row("a", 30, before=S.SHELVED, after=S.SHELVED)
    seen = row("a", 40, EventKind.ACKNOWLEDGE, before=S.UNACKED, after=S.ACKED, number="2")
    doubt = row("a", 50, EventKind.DOUBT, before=S.UNACKED, number="q")
    assert figures([asked_again, back, hidden, seen, doubt]).annunciated == 2


def test_nothing_is_said_of_nothing():
    found = figures([])
    assert (found.per_10min, found.top_share, found.split, found.peak) == (0.0, None, {}, 0)
    assert metrics([], 5, 5).per_day is None


def test_the_page_has_every_line_of_the_table_and_judges_it():
    rows = [row(f"a{i}", 30 * i, priority=Priority.URGENT) for i in range(20)]
    page = metrics_page(figures(rows), lambda alarm: (Text.same(alarm), "L1"), stale_known=True)
    judged = {m.key: m.met for m in page.metrics}
    assert judged == {
        "average": "action", "per_day": "action", "floods": "", "flood_time": "action", "busy_periods": "action",
        "busy_hours": "target", "peak": "action", "low_share": "action", "medium_share": "target",
        "high_share": "action", "top_ten": "action", "chattering": "target", "fleeting": "target", "stale": "target",
        "unapproved": "target",
    }  # fmt: skip
    assert all(f"alarms.metric.{key}" in catalogue() for key in judged)
    assert page.top[0].share == pytest.approx(1 / 20) and page.top[0].place == "L1"
    fair = metrics_page(figures([row("a", 0), row("b", 9)] * 4), lambda alarm: (Text.same(alarm), ""), False)
    met = {m.key: (m.value, m.met) for m in fair.metrics}
    assert met["average"] == (pytest.approx(8 / 6), "between") and met["stale"] == (None, "")


def test_most_within():
    assert most_within([], 10) == 0 and most_within([0, 9, 10, 19], 10) == 2 and most_within([0, 0, 0], 1) == 3


def test_flood_begins_with_eleven_and_ends_with_four():
    flood = Flood()
    for i in range(10):
        flood.note(i * SECOND)
    assert not flood.on
    flood.note(10 * SECOND)
    assert flood.on and flood.update(605 * SECOND), "five are left"
    assert not flood.update(606 * SECOND), "four are left"


def test_count_and_group_forget():
    recent, group = Recent(), Group()
    recent.note(0)
    recent.note(SECOND)
    assert recent.count(2 * SECOND) == 2 and recent.count(600 * SECOND) == 1
    group.take(1, True)
    group.take(2, True)
    group.take(1, False)
    assert not group.quiet
    group.take(2, False)
    assert group.quiet
