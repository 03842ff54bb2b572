"""The desk socket: strangers are turned away, every argument is checked, nothing asked is ever silently dropped."""

import asyncio
import json
import socket
import stat
import threading
import time
from dataclasses import replace

import pytest

from hmi.desk import wire
from hmi.desk.client import DeskClient, RefusedError, call
from hmi.desk.server import DeskServer
from hmi.model.words import say


class Engine:
    """A desk server on its own loop in a thread."""

    def __init__(self, data):
        self.loop = asyncio.new_event_loop()
        self.server = DeskServer(data, {"twice": self.twice, "slow": self.slow, "no": self.no, "broken": self.broken})
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.on_loop(self.server.start())

    def on_loop(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(5)

    def twice(self, number: int) -> int:
        return 2 * number

    async def slow(self) -> str:
        await asyncio.sleep(30)
        return "late"

    def no(self) -> None:
        raise RefusedError(say("desk.not_connected", controller="plc1"))

    def broken(self) -> None:
        raise RuntimeError("inside")

    def stop(self):
        self.on_loop(self.server.stop())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)
        self.loop.close()


@pytest.fixture
def engine(tmp_path):
    running = Engine(tmp_path)
    yield running
    running.stop()


def until(condition, seconds=5.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_question_is_answered(engine, tmp_path):
    assert call(tmp_path, "twice", number=21) == 42


@pytest.mark.parametrize("arguments", [{}, {"number": "x"}, {"number": 1, "more": 2}])
def test_wrong_arguments_are_refused_in_words(engine, tmp_path, arguments):
    with pytest.raises(RefusedError) as err:
        call(tmp_path, "twice", **arguments)
    assert err.value.text.ko != err.value.text.en


def test_cr_3_7_unknown_questions_and_faults_are_told_without_a_traceback(engine, tmp_path, caplog):
    with pytest.raises(RefusedError):
        call(tmp_path, "nonsense")
    with pytest.raises(RefusedError) as err:
        call(tmp_path, "broken")
    assert "inside" not in err.value.text.en


def test_cr_3_8_who_does_not_know_the_key_is_turned_away(engine, tmp_path):
    door = replace(wire.find_door(tmp_path), key="00" * 32)
    with door.connect(2.0) as plug, pytest.raises(wire.DeskUnreachableError):
        wire.greet(plug, door)
    assert call(tmp_path, "twice", number=1) == 2


def test_cr_3_8_an_engine_that_does_not_know_the_key_is_not_believed(tmp_path):
    path = tmp_path / "false.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()

        def pretend():
            plug, _ = listener.accept()
            with plug:
                plug.sendall(wire.frame({"nonce": "1"}))
                wire.receive(plug)
                plug.sendall(wire.frame({"proof": "0" * 64}))

        thread = threading.Thread(target=pretend)
        thread.start()
        door = wire.Door("11" * 32, path=str(path))
        with door.connect(2.0) as plug, pytest.raises(wire.DeskUnreachableError):
            wire.greet(plug, door)
        thread.join(5)


def test_cr_5_1_the_door_is_owner_only_and_not_on_the_network(engine, tmp_path):
    assert stat.S_IMODE((tmp_path / wire.FILE).stat().st_mode) == 0o600
    door = json.loads((tmp_path / wire.FILE).read_text())
    assert door["port"] is None
    assert stat.S_IMODE((tmp_path / "desk.sock").stat().st_mode) == 0o600


def test_a_data_folder_with_a_long_path_still_has_a_door(tmp_path):
    deep = tmp_path / ("x" * 100) / ("y" * 100)
    deep.mkdir(parents=True)
    engine = Engine(deep)
    try:
        assert call(deep, "twice", number=4) == 8
    finally:
        engine.stop()


def test_a_window_gets_answers_on_its_own_thread_and_events(engine, tmp_path):
    events, answers, refusals = [], [], []
    window = DeskClient(tmp_path, events.append)
    try:
        until(lambda: window.connected)
        window.ask("twice", answers.append, number=3)
        window.ask("no", None, refusals.append)
        until(lambda: window.poll() >= 0 and answers and refusals)
        assert answers == [6]
        engine.loop.call_soon_threadsafe(engine.server.tell_all, {"what": "changed"})
        until(lambda: window.poll() >= 0 and events)
        assert events == [{"what": "changed"}]
    finally:
        window.close()


def test_what_was_open_when_the_engine_went_is_refused(tmp_path):
    engine = Engine(tmp_path)
    window = DeskClient(tmp_path)
    refusals = []
    try:
        until(lambda: window.connected)
        window.ask("slow", None, refusals.append)
        time.sleep(0.05)
        engine.stop()
        until(lambda: window.poll() >= 0 and refusals)
        assert not window.connected
        window.ask("twice", None, refusals.append, number=1)
        until(lambda: window.poll() >= 0 and len(refusals) == 2)
        engine = Engine(tmp_path)
        until(lambda: window.connected)
        answers = []
        window.ask("twice", answers.append, number=5)
        until(lambda: window.poll() >= 0 and answers)
        assert answers == [10]
    finally:
        window.close()
        engine.stop()
