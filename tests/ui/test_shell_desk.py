"""The crossing: a real tag table on one side, widgets on the other; the engine's process under its supervisor."""

import sys
import time

import numpy as np
import pytest
from PySide6.QtWidgets import QWidget

from hmi.model import quality as q
from hmi.model.quality import Quality
from hmi.model.text import Text
from hmi.plant.tagtable import HEARTBEAT_LIMIT_S
from tests.ui.plantrows import make_plant
from tests.ui.standin import Plantside, StandIn
from ui.bridge.desk import FRAME_MS, HIDDEN_MS, Desk
from ui.bridge.supervisor import BACKOFF_S, EXIT_TAKEN, HUNG_AFTER_S, EngineSupervisor, engine_command
from ui.widgets.label import ValueLabel


@pytest.fixture
def plantside(tmp_path):
    return Plantside(tmp_path, make_plant())


@pytest.fixture
def asked():
    return StandIn({"hello": lambda **_: "here", "deny": lambda **_: Text("no", "아니오")})


@pytest.fixture
def desk(tmp_path, plantside, asked, qtbot):
    made = Desk(tmp_path, asked)
    yield made
    made.stop()


def label(desk, qtbot, tag="L1.S1.Speed"):
    made = ValueLabel(desk.tag(tag))
    qtbot.addWidget(made)
    made.bind(desk)
    made.show()
    return made


def beat_has_stopped(plantside):
    """Age the heartbeat instead of waiting for it to age."""
    plantside.table._head[0]["beat_mono"] = time.monotonic_ns() - int((HEARTBEAT_LIMIT_S + 11) * 1e9)


def test_a_value_goes_from_the_table_to_the_pixel(desk, plantside, qtbot):
    shown = label(desk, qtbot)
    plantside.say("L1.S1.Speed", 98.5)
    desk.tick()
    assert shown.seen.figure == "98.5"
    assert shown.seen.quality is Quality.GOOD


def test_a_frame_tells_its_changed_rows_once(desk, plantside):
    told = []
    desk.tick()
    desk.frame.connect(lambda rows: told.append(rows.tolist()))
    plantside.say("L1.S1.Speed", 1.0)
    plantside.say("L1.S1.Speed", 2.0)
    plantside.say("L1.S2.Power", 3.0)
    desk.tick()
    desk.tick()
    row = plantside.plant.row
    assert told == [sorted([row["L1.S1.Speed"], row["L1.S2.Power"]]), []]


def test_a_hidden_widget_is_left_alone_and_catches_up_when_shown(desk, plantside, qtbot):
    shown = label(desk, qtbot)
    shown.hide()
    plantside.say("L1.S1.Speed", 55.0)
    desk.tick()
    assert shown.seen.number is None
    shown.show()
    assert shown.seen.number == 55.0


def test_a_deleted_widget_takes_its_subscription_with_it(desk, plantside, qtbot):
    shown = ValueLabel(desk.tag("L1.S1.Speed"))
    shown.bind(desk)
    shown.show()
    desk.tick()
    import shiboken6

    shiboken6.delete(shown)
    plantside.say("L1.S1.Speed", 5.0)
    desk._subscriptions.all_due()
    desk.tick()
    assert len(desk._subscriptions) == 0


def test_a_dead_engine_makes_every_value_stale_and_a_living_one_good_again(desk, plantside, qtbot):
    shown = label(desk, qtbot)
    plantside.say("L1.S1.Speed", 98.5)
    desk.tick()
    beat_has_stopped(plantside)
    with qtbot.waitSignal(desk.engine_changed) as told:
        desk.tick()
    assert told.args == [False]
    assert shown.seen.quality is Quality.STALE
    assert "engine" in shown.seen.why
    assert desk.silent_s > HEARTBEAT_LIMIT_S
    plantside.beat()
    with qtbot.waitSignal(desk.engine_changed) as told:
        desk.tick()
    assert told.args == [True]
    assert shown.seen.quality is Quality.GOOD


def test_the_age_of_a_doubted_value_grows_without_any_change(desk, plantside, qtbot, monkeypatch):
    shown = label(desk, qtbot)
    plantside.say("L1.S1.Speed", 98.5, q.STALE_LINK_SILENT, age_s=5)
    desk.tick()
    first = shown.seen.age
    later = time.time_ns() + 60_000_000_000
    monkeypatch.setattr("ui.bridge.desk.time.time_ns", lambda: later)
    desk._age()
    desk._subscriptions._shown[:] = -np.inf
    desk.tick()
    assert first == "5 s"
    assert shown.seen.age == "1 min"


def test_a_new_engine_with_another_plant_is_followed(desk, plantside, tmp_path, qtbot):
    shown = label(desk, qtbot, "L1.S1.Speed")
    desk.tick()
    smaller = Plantside(tmp_path, make_plant(lines=1, stations=2))
    desk._followed_s = float("-inf")
    with qtbot.waitSignal(desk.plant_changed):
        desk.tick()
    smaller.say("L1.S1.Speed", 12.5)
    desk._subscriptions._shown[:] = -np.inf
    desk.tick()
    assert shown.seen.number == 12.5


def test_the_same_plant_of_a_restarted_engine_is_no_news(desk, plantside, tmp_path, qtbot):
    desk.tick()
    again = Plantside(tmp_path, plantside.plant)
    told = []
    desk.plant_changed.connect(lambda: told.append(1))
    desk._followed_s = float("-inf")
    shown = label(desk, qtbot)
    desk.tick()
    again.say("L1.S1.Speed", 7.0)
    desk._subscriptions._shown[:] = -np.inf
    desk.tick()
    assert not told
    assert shown.seen.number == 7.0


def test_answers_and_refusals_come_with_a_later_frame(desk, asked):
    got = []
    desk.ask("hello", got.append, got.append)
    desk.ask("deny", got.append, got.append)
    assert not got
    desk.tick()
    assert got == ["here", Text("no", "아니오")]


def test_a_repeated_question_is_asked_only_while_somebody_looks(desk, asked, qtbot, monkeypatch):
    clock = [1000.0]
    monkeypatch.setattr("ui.bridge.desk.time.monotonic", lambda: clock[0])
    screen, got, wanted = QWidget(), [], {"tag": "a"}
    qtbot.addWidget(screen)
    asking = desk.keep_asking(screen, "hello", 1.0, got.append, arguments=lambda: wanted)

    def frames(seconds):
        for _ in range(round(seconds * 10)):
            clock[0] += 0.1
            desk.tick()

    frames(3)
    assert asked.asked == []
    screen.show()
    frames(3)
    assert 2 <= len(got) <= 4
    count = len(asked.asked)
    asking.now()
    desk.tick()
    assert len(asked.asked) == count + 1
    wanted = None
    frames(3)
    assert len(asked.asked) == count + 1


def test_the_answer_to_an_outdated_question_is_void(desk, asked, qtbot):
    screen, got = QWidget(), []
    qtbot.addWidget(screen)
    screen.show()
    asking = desk.keep_asking(screen, "hello", 60.0, got.append)
    desk.tick()
    asking.now()
    desk.tick()
    desk.tick()
    assert got == ["here"]


def test_a_hidden_window_ticks_slowly(desk, qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    desk.start(window)
    assert desk._timer.interval() == FRAME_MS
    window.hide()
    assert desk._timer.interval() == HIDDEN_MS
    window.show()
    assert desk._timer.interval() == FRAME_MS


# -- the engine's process ---------------------------------------------------------------------------------------------


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def supervised(tmp_path, request):
    """A supervisor over a tiny process; alive is what the test says."""
    clock, alive = Clock(), [False]

    def make(code):
        made = EngineSupervisor([sys.executable, "-c", code], lambda: alive[0], tmp_path / "out", clock)
        request.addfinalizer(made.end)
        return made

    return make, clock, alive


def ended(made):
    made._process.wait(10)


def test_an_engine_that_lives_already_is_left_alone(supervised):
    make, clock, alive = supervised
    alive[0] = True
    made = make("raise SystemExit(7)")
    made.start()
    alive[0] = False
    clock.now += 100
    made.watch()
    assert not made.ours
    assert made.restarts == 0


def test_an_engine_that_dies_is_started_again_ever_more_patiently(supervised, qtbot):
    make, clock, _ = supervised
    made = make("raise SystemExit(1)")
    made.start()
    for wait in (*BACKOFF_S, BACKOFF_S[-1]):
        ended(made)
        before = made.restarts
        made.watch()
        clock.now += wait - 0.01
        made.watch()
        assert made.restarts == before
        clock.now += 0.02
        with qtbot.waitSignal(made.restarted):
            made.watch()
        assert made.restarts == before + 1


def test_an_engine_that_hangs_is_ended_and_started_again(supervised):
    make, clock, alive = supervised
    made = make("import time; time.sleep(60)")
    made.start()
    alive[0] = True
    made.watch()
    alive[0] = False
    first = made._process
    clock.now += HUNG_AFTER_S - 0.1
    made.watch()
    assert first.poll() is None
    clock.now += 0.2
    made.watch()
    assert first.poll() is not None
    clock.now += BACKOFF_S[0]
    made.watch()
    assert made.restarts == 1


def test_an_engine_that_finds_the_folder_taken_is_not_pressed(supervised):
    make, clock, _ = supervised
    made = make(f"raise SystemExit({EXIT_TAKEN})")
    made.start()
    ended(made)
    for _ in range(3):
        clock.now += 20
        made.watch()
    assert made.restarts == 0


def test_an_engine_of_ours_ends_when_asked_and_can_be_left_running(supervised):
    make, _, _ = supervised
    made = make("import time; time.sleep(60)")
    made.start()
    process = made._process
    made.leave()
    assert process.poll() is None
    process.kill()
    process.wait()
    made.start()
    process = made._process
    made.end()
    assert process.poll() is not None
    assert not made.ours


def test_the_engine_is_started_by_the_same_program(tmp_path):
    command = engine_command(tmp_path, tmp_path / "p.toml")
    assert command[0] == sys.executable
    assert command[-5:] == ["engine", "--data", str(tmp_path), "--plant", str(tmp_path / "p.toml")]
