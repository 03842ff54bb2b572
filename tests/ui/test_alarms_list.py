"""The list's parts: pages, rows that stand still under a pointer, the pulse, the tone."""

import subprocess
import threading
import wave
from collections import deque

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from hmi.model.alarm import AlarmState
from hmi.model.text import Text
from hmi.model.words import say
from resources.sounds import make_tones
from tests.ui.alarmrows import AlarmEngine, alarm
from tests.ui.plantrows import NOW, S, make_plant
from tests.ui.standin import Plantside, StandIn
from ui.bridge.desk import Desk
from ui.shell import sound
from ui.shell.alarmcounter import AlarmCounter
from ui.shell.sound import Sound
from ui.theme.look import look
from ui.widgets.alarmblink import Blink, Pulse, blink
from ui.widgets.alarmfeed import AHEAD, AlarmFeed, Wish
from ui.widgets.alarmmodel import Page, PagedRows
from ui.widgets.alarmtable import AlarmTable


def many(n, **more):
    return [alarm(f"a{i:05d}", 3, AlarmState.ACKED, 10 + i, **more) for i in range(n)]


@pytest.fixture
def bench(tmp_path, qtbot):
    """A table of ten rows' height on an engine."""

    def make(rows):
        engine = AlarmEngine(rows)
        Plantside(tmp_path, make_plant())
        desk = Desk(tmp_path, StandIn(engine.answers()))
        table = AlarmTable(("mark", "state", "name", "value"), desk.tag, name=say("alarmlist.here"))
        qtbot.addWidget(table)
        table.resize(900, 350)
        feed = AlarmFeed(desk, table)
        table.show()
        made.append(desk)
        return engine, desk, table, feed

    made: list[Desk] = []
    yield make
    for desk in made:
        desk.stop()


def turn(desk, feed, times=1):
    """So many questions and answers."""
    for _ in range(times):
        feed.again()
        desk.tick()
        desk.tick()
        QApplication.processEvents()  # the view lays itself out


def shown(table):
    return [r.key for r in table.rows_in_sight()]


def test_a_page_knows_a_stretch_and_counts_the_rest():
    page = Page()
    page.offset, page.known, page.total = 10, ["a", "b"], 50
    assert (len(page), page[10], page[11], page[12], page[9]) == (50, "a", "b", None, None)
    assert page[8:14] == ["a", "b"]
    assert page.covers(10, 2) and not page.covers(9, 2) and not page.covers(11, 2)


def test_rows_renewed_in_place_neither_come_nor_go():
    model = PagedRows([], lambda r: r.key, {})
    a, b = alarm("a"), alarm("b")
    model.show_page(5, [a, b], 20)
    told = []
    model.dataChanged.connect(lambda first, last: told.append((first.row(), last.row())))
    model.renew([alarm("b", count=7), alarm("c"), a])
    assert model.page[6].count == 7 and len(model.page) == 20 and model.row_of("c") is None
    model.columns = []
    assert model.page[5] is a


def test_ten_thousand_rows_are_asked_for_by_the_page(bench):
    engine, desk, table, feed = bench(many(10_000))
    turn(desk, feed)
    assert table.paged.rowCount() == 10_000
    assert shown(table)[:2] == ["a00000", "a00001"]
    table.verticalScrollBar().setValue(5000 * table.row_px)
    turn(desk, feed)
    assert shown(table)[0] == "a05000"
    assert all(asked["limit"] <= 12 + 2 + 2 * AHEAD for asked in engine.pages)
    assert engine.pages[-1]["offset"] == 5000 - AHEAD


def test_the_row_under_the_pointer_stays_and_what_is_new_is_counted(bench):
    engine, desk, table, feed = bench(many(40))
    turn(desk, feed)
    before = shown(table)
    table.viewport().setAttribute(Qt.WidgetAttribute.WA_UnderMouse)
    engine.at_ns = NOW + 10 * S
    for i in range(3):
        engine.put(alarm(f"new{i}", 1, AlarmState.UNACKED, -5))
    engine.put(alarm("a00002", 3, AlarmState.UNACKED, 12))
    del engine.rows["a00004"]
    turn(desk, feed, 2)
    assert shown(table) == before, "none moved, none came, none went"
    assert table.paged.page[2].state is AlarmState.UNACKED, "but it says what is"
    assert feed.fresh == 3
    feed.let_go()
    turn(desk, feed)
    assert set(shown(table)[:3]) == {"new0", "new1", "new2"} and feed.fresh == 0


def test_the_list_follows_as_soon_as_the_pointer_leaves(bench):
    engine, desk, table, feed = bench(many(5))
    turn(desk, feed)
    table.viewport().setAttribute(Qt.WidgetAttribute.WA_UnderMouse)
    engine.put(alarm("new", 1, AlarmState.UNACKED, 1))
    turn(desk, feed, 2)
    assert "new" not in shown(table)
    table.viewport().setAttribute(Qt.WidgetAttribute.WA_UnderMouse, False)
    turn(desk, feed)
    assert shown(table)[0] == "new"


def test_an_empty_list_fills_although_the_pointer_is_there(bench):
    engine, desk, table, feed = bench([])
    turn(desk, feed)
    table.viewport().setAttribute(Qt.WidgetAttribute.WA_UnderMouse)
    engine.put(alarm("new"))
    turn(desk, feed)
    assert shown(table) == ["new"]


def test_what_is_chosen_stays_chosen_through_order_and_page(bench):
    engine, desk, table, feed = bench(many(300))
    turn(desk, feed)
    table.choose("a00003")
    engine.put(alarm("new", 1))
    turn(desk, feed)
    assert table.chosen_row.key == "a00003" and table.is_chosen(4)
    table.verticalScrollBar().setValue(200 * table.row_px)
    turn(desk, feed)
    assert table.chosen_row.key == "a00003"


def test_another_wish_begins_at_the_top(bench):
    _, desk, table, feed = bench([*many(100), alarm("p2", 2)])
    turn(desk, feed)
    table.verticalScrollBar().setValue(60 * table.row_px)
    feed.wish_for(Wish(priorities=(2,)))
    turn(desk, feed)
    assert shown(table) == ["p2"] and table.paged.rowCount() == 1
    table.rows_model.sort(0, Qt.SortOrder.DescendingOrder)
    assert feed.wish == Wish(order="priority", priorities=(2,))


def test_keys_acknowledge_and_shelve_also_on_the_hangul_layout(bench, qtbot):
    _, desk, table, feed = bench(many(3))
    turn(desk, feed)
    acked, shelved, opened = [], [], []
    table.acknowledge_wanted.connect(lambda r: acked.append(r.key))
    table.shelve_wanted.connect(lambda r: shelved.append(r.key))
    table.opened.connect(lambda r: opened.append(r.key))
    table.setFocus()
    table.choose("a00000")
    qtbot.keyClick(table, Qt.Key.Key_A)
    qtbot.keyClick(table, Qt.Key.Key_Down)
    qtbot.keyClick(table, Qt.Key.Key_S)
    hangul = QKeyEvent(QEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, "ㅁ")
    QApplication.sendEvent(table, hangul)
    qtbot.keyClick(table, Qt.Key.Key_Return)
    assert (acked, shelved, opened) == (["a00000", "a00001"], ["a00001"], ["a00001"])


# -- the pulse --------------------------------------------------------------------------------------------------------


class Beater(QWidget):
    def __init__(self):
        super().__init__()
        self.beats = 0

    def blink(self):
        self.beats += 1


def test_the_fast_pulse_is_one_hertz_and_the_slow_one_half(qtbot):
    pulse = Blink()
    lit = []
    for _ in range(8):
        lit.append((pulse.lit(Pulse.FAST), pulse.lit(Pulse.SLOW), pulse.lit(Pulse.STEADY)))
        pulse.beat()
    assert [x[0] for x in lit] == [True, False] * 4
    assert [x[1] for x in lit] == [True, True, False, False] * 2
    assert all(x[2] for x in lit)


def test_only_what_can_be_seen_hears_the_beat_and_what_is_gone_is_forgotten(qtbot):
    pulse, seen, hidden = Blink(), Beater(), Beater()
    for widget in (seen, hidden):
        qtbot.addWidget(widget)
        pulse.watch(widget)
    seen.show()
    pulse.beat()
    assert (seen.beats, hidden.beats) == (1, 0)
    gone = Beater()
    pulse.watch(gone)
    import shiboken6

    shiboken6.delete(gone)
    pulse.beat()
    assert seen.beats == 2


def test_nothing_blinks_over_a_remote_desktop(qtbot):
    look().blink = False
    try:
        assert all(blink().lit(p) for p in Pulse for _ in range(2))
    finally:
        look().blink = True


def test_a_beat_paints_the_marks_and_leaves_the_words(bench, qtbot):
    _, desk, table, feed = bench([alarm("b"), alarm("c", state=AlarmState.ACKED)])
    turn(desk, feed)
    while not blink().lit(Pulse.FAST):
        blink().beat()
    bright = table.grab().toImage()
    blink().beat()
    dark = table.grab().toImage()
    differ = {
        (x, y) for x in range(bright.width()) for y in range(bright.height()) if bright.pixel(x, y) != dark.pixel(x, y)
    }  # fmt: skip
    top = table.horizontalHeader().height()
    assert differ
    assert all(x < 40 and top <= y < top + table.row_px for x, y in differ), "the acked row's mark and all words stand"
    blink().beat()


def test_a_counter_says_what_it_knows(qtbot):
    counter = AlarmCounter(2)
    qtbot.addWidget(counter)
    assert counter.said == "– / –"
    counter.show_counts(0, 3)
    assert counter.said == "0 / 3"
    counter.show_counts(0, 0, known=False)
    assert counter.accessibleDescription() == "– / –"


# -- the tone ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def tone():
    """A Sound on a stepped clock; its player takes notes and waits for nobody."""

    class Notes:
        def __init__(self):
            self.now, self.heard, self.fail, self.done = 0.0, [], None, threading.Semaphore(0)

        def __call__(self, file):
            self.heard.append(file.stem)
            self.done.release()
            if self.fail:
                raise self.fail

        def wait(self):
            assert self.done.acquire(timeout=10)

    notes = Notes()
    made = Sound(notes, lambda: notes.now)
    yield made, notes
    made.close()


def test_the_tone_repeats_until_silenced_and_the_more_urgent_does_not_wait(tone):
    made, notes = tone
    made.want(3)
    made.tick()
    notes.wait()
    notes.now = 1.0
    made.tick()
    made.want(1)
    made.tick()
    notes.wait()
    notes.now = 3.5
    made.tick()
    notes.wait()
    made.want(0)
    notes.now = 100.0
    made.tick()
    made.close()
    assert notes.heard == ["p3", "p1", "p1"]


def test_diagnostic_alarms_have_no_tone(tone):
    made, notes = tone
    made.want(4)
    made.tick()
    made.close()
    assert notes.heard == []


def test_without_a_loudspeaker_it_says_so_once_and_tries_rarely(tone, caplog):
    made, notes = tone
    notes.fail = subprocess.CalledProcessError(1, "aplay")
    for i in range(6):
        notes.now = 10.0 * i
        made.want(1)
        made.tick()
        made.close()  # waits for the end of what sounds
    assert len(notes.heard) == 3
    assert "no loudspeaker" in made.note.en
    assert len([r for r in caplog.records if r.levelname == "WARNING"]) == 1
    notes.fail = None
    notes.now = 1000.0
    made.want(1)
    made.tick()
    made.close()
    assert len(notes.heard) == 4
    assert made.note is None


def test_without_a_player_the_window_says_what_is_missing():
    assert sound.find_player(lambda name: None, "linux") is None
    assert sound.find_player(lambda name: None, "win32") is not None
    made = Sound(None)
    made.want(1)
    made.tick()
    assert "aplay" in made.note.en and isinstance(made.note, Text)


def test_a_player_is_run_with_the_file(tmp_path):
    log = tmp_path / "log"
    fake = tmp_path / "aplay"
    fake.write_text(f'#!/bin/sh\necho "$@" > {log}\n')
    fake.chmod(0o755)
    play = sound.find_player(lambda name: str(fake) if name == "aplay" else None, "linux")
    play(sound.tone_file(1))
    assert log.read_text().split() == ["-q", str(sound.tone_file(1))]


def test_the_shipped_tones_are_the_made_ones_and_differ():
    heard = deque()
    for name, pulses in make_tones.TONES.items():
        with wave.open(str(sound.tone_file(int(name[1])))) as file:
            assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (make_tones.RATE, 1, 2)
            samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        assert abs(samples.astype(int) - make_tones.tone(pulses)).max() <= 2
        assert len(samples) / make_tones.RATE < min(sound.EVERY_S.values()), "one tone is over before the next"
        assert all(samples.tobytes() != other for other in heard)
        heard.append(samples.tobytes())
