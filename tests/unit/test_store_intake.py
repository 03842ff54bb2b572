"""What is kept of the readings that come in."""

import numpy as np
import pytest

from hmi.model import quality as q
from hmi.store.history_intake import TEXT_LIMIT, Intake
from hmi.store.history_tables import HistoryTag

START = 1_790_000_000_000_000_000
SECOND = 1_000_000_000
BAD = q.BAD_NO_COMMUNICATION


def intake(*tags, start=START):
    tags = tags or (HistoryTag("a"), HistoryTag("b"), HistoryTag("c"))
    return Intake(tags, np.arange(11, 11 + len(tags), dtype=np.int32), start)


def admit(book, readings, arrived=START + SECOND, texts=None):
    """Readings are (row, value, status, seconds after START)."""
    rows, values, status, seconds = zip(*readings, strict=True)
    samples, changes = book.admit(
        np.array(rows, np.int32), np.array(values, float), np.array(status, np.uint32),
        START + (np.array(seconds, float) * SECOND).astype(np.int64), texts or {}, arrived,
    )  # fmt: skip
    kept = [
        (k, v, s, (t - START) / SECOND)
        for k, v, s, t in zip(samples.key.tolist(), samples.value.tolist(), samples.status.tolist(),
                              samples.time_ns.tolist(), strict=True)
    ]  # fmt: skip
    return kept, changes


def test_readings_go_through_with_the_keys_of_their_tags():
    kept, changes = admit(intake(), [(2, 1.5, 0, 1), (0, 2.5, q.UNCERTAIN_LAST_USABLE_VALUE, 2)], START + 3 * SECOND)
    assert kept == [(13, 1.5, 0, 1), (11, 2.5, q.UNCERTAIN_LAST_USABLE_VALUE, 2)]
    assert changes == []


def test_a_value_from_before_the_start_holds_again_from_its_arrival():
    book = intake()
    kept, _ = admit(book, [(0, 7.0, 0, -86_400)], START + 2 * SECOND)
    assert kept == [(11, 7.0, 0, -86_400), (11, 7.0, 0, 2)]
    assert book.resumed == 1
    kept, _ = admit(book, [(0, 7.5, 0, 3)], START + 4 * SECOND)
    assert kept == [(11, 7.5, 0, 3)]


def test_after_a_gap_an_unchanged_value_holds_again_and_a_newer_one_needs_no_help():
    book = intake()
    admit(book, [(0, 5.0, 0, 1), (1, 6.0, 0, 1)], START + SECOND)
    gap, _ = admit(book, [(0, np.nan, BAD, 10), (1, np.nan, BAD, 10)], START + 10 * SECOND)
    assert [(k, s, t) for k, _, s, t in gap] == [(11, BAD, 10), (12, BAD, 10)]
    back, _ = admit(book, [(0, 5.0, 0, 1), (1, 8.0, 0, 15)], START + 20 * SECOND)
    assert back == [(11, 5.0, 0, 1), (12, 8.0, 0, 15), (11, 5.0, 0, 20)]
    assert book.anchors().time_ns.tolist() == [START + 20 * SECOND, START + 15 * SECOND]
    assert book.anchors().value.tolist() == [5.0, 8.0]


def test_several_readings_of_one_tag_in_a_batch_are_followed_in_order():
    book = intake()
    readings = [(0, 1.0, 0, 1), (0, np.nan, BAD, 2), (0, 1.0, 0, 1), (0, 3.0, 0, 4)]
    kept, _ = admit(book, readings, START + 5 * SECOND)
    assert [(v, t) for _, v, _, t in kept if not np.isnan(v)] == [(1.0, 1), (1.0, 1), (3.0, 4), (1.0, 5)]
    assert book.resumed == 1


def test_a_bad_reading_with_a_value_is_a_gap_too():
    book = intake()
    admit(book, [(0, 5.0, 0, 1)], START + SECOND)
    admit(book, [(0, 5.0, BAD, 2)], START + 2 * SECOND)
    kept, _ = admit(book, [(0, 5.0, 0, 1)], START + 3 * SECOND)
    assert kept == [(11, 5.0, 0, 1), (11, 5.0, 0, 3)]


def test_within_the_deadband_of_the_last_kept_value_nothing_is_kept():
    book = intake(HistoryTag("a", deadband=0.5), HistoryTag("b"))
    readings = [(0, 10.0, 0, 1), (0, 10.4, 0, 2), (1, 10.0, 0, 2), (0, 10.5, 0, 3), (0, 10.6, 0, 4), (1, 10.1, 0, 5)]
    kept, _ = admit(book, readings, START + 6 * SECOND)
    assert [(k, v) for k, v, _, _ in kept] == [(11, 10.0), (12, 10.0), (11, 10.6), (12, 10.1)]
    assert book.within_deadband == 2
    changed, _ = admit(book, [(0, 10.6, q.UNCERTAIN_LAST_USABLE_VALUE, 7)], START + 7 * SECOND)
    assert len(changed) == 1  # another status is kept whatever the value


def test_a_late_reading_does_not_become_the_last_known_one():
    book = intake()
    admit(book, [(0, 5.0, 0, 10)], START + 10 * SECOND)
    kept, _ = admit(book, [(0, 4.0, 0, 3)], START + 11 * SECOND)
    assert kept == [(11, 4.0, 0, 3)]
    assert book.anchors().value.tolist() == [5.0]


@pytest.mark.parametrize("seconds", [-11 * 365 * 86_400, 2 * 86_400, -START / SECOND])
def test_an_absurd_source_time_is_replaced_by_the_arrival(seconds):
    book = intake()
    kept, _ = admit(book, [(0, 5.0, 0, seconds)], START + 4 * SECOND)
    assert {t for _, _, _, t in kept} == {4}
    assert book.retimed == 1


def test_texts_are_kept_apart_and_cut():
    book = intake(HistoryTag("lot", is_text=True), HistoryTag("n"))
    kept, changes = admit(
        book, [(0, np.nan, 0, 1), (1, 3.0, 0, 1), (0, np.nan, BAD, 2)], START + 2 * SECOND, {0: "L" * 1_000_000}
    )
    assert kept == [(12, 3.0, 0, 1)]
    assert [(k, (t - START) // SECOND, s) for k, t, s, _ in changes] == [(11, 1, 0), (11, 2, BAD)]
    assert changes[0][3] == "L" * TEXT_LIMIT + "…" and changes[1][3] == ""
    _, again = admit(book, [(0, np.nan, 0, 1)], START + 9 * SECOND, {0: "L1"})
    assert [((t - START) // SECOND, w) for _, t, _, w in again] == [(1, "L1"), (9, "L1")]


def test_a_number_too_large_for_a_double_is_kept_in_words_beside_its_gap():
    book = intake(HistoryTag("serial"))
    kept, changes = admit(book, [(0, np.nan, 0, 1)], START + SECOND, {0: "9007199254740993"})
    assert np.isnan(kept[0][1]) and changes == [(11, START + SECOND, 0, "9007199254740993")]
