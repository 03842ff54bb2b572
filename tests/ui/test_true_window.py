"""A true window on a virtual display, driven by keys as a person would: opens, searches, goes places, ends cleanly."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from hmi.commands.demo import demo_station
from hmi.commands.window import window_command
from hmi.desk.client import call
from hmi.desk.live import LiveTags
from hmi.desk.wire import DeskUnreachableError

pytestmark = [
    pytest.mark.xvfb,
    pytest.mark.skipif(shutil.which("Xvfb") is None or shutil.which("xdotool") is None, reason="no Xvfb or xdotool"),
]


def until(condition, seconds, what):
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"{what} did not come true in {seconds} s"
        time.sleep(0.1)
    return found


@pytest.fixture
def display():
    """A virtual screen of 1920 x 1080; gives its name."""
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1920x1080x24", "-nolisten", "tcp"],
        pass_fds=[write], stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(write)
    with os.fdopen(read) as told:
        name = f":{told.readline().strip()}"
    yield name
    server.terminate()
    server.wait(10)


class Hand:
    """A person's keyboard on one display."""

    def __init__(self, display: str) -> None:
        self.display = display

    def tool(self, *words: str, check: bool = True) -> str:
        surroundings = {**os.environ, "DISPLAY": self.display}
        return subprocess.run(
            ["xdotool", *words], env=surroundings, capture_output=True, text=True, check=check, timeout=30
        ).stdout

    def window(self) -> str:
        return self.tool("search", "--onlyvisible", "--name", "Linekeeper", check=False).split("\n")[0]

    def press(self, *keys: str) -> None:
        self.tool("key", "--clearmodifiers", *keys)
        time.sleep(0.4)


def test_the_window_opens_is_driven_by_keys_and_takes_its_engine_along(display):
    with demo_station(own_engine=False) as station:
        surroundings = {k: v for k, v in os.environ.items() if k != "QT_QPA_PLATFORM"}
        surroundings |= {"DISPLAY": display, "PYTHONFAULTHANDLER": "1"}
        window = subprocess.Popen(
            window_command(station.data, station.plant, "en", "light"), env=surroundings, stderr=subprocess.PIPE,
            text=True,
        )  # fmt: skip
        try:
            hand = Hand(display)
            until(hand.window, 20, "a window on the screen")
            live = LiveTags(station.data)
            until(lambda: live.follow() or (live.alive and live.writes > 300), 20, "live values")
            hand.tool("windowfocus", hand.window())
            hand.press("F4")
            hand.press("ctrl+k")
            hand.tool("type", "zone 3")
            hand.press("Down", "Return")
            hand.press("alt+Left")
            hand.press("Home")
            assert window.poll() is None
            engine = call(station.data, "hello").pid
            until(lambda: call(station.data, "engine").windows >= 1, 5, "the window at the desk")
            # the engine is killed: the window says so, starts another, and shows live values again
            os.kill(engine, signal.SIGKILL)
            until(lambda: _pid(station.data) not in (None, engine), 20, "another engine")
            assert window.poll() is None
            window.terminate()
            assert window.wait(15) == 0, window.stderr.read()
            until(lambda: _pid(station.data) is None, 15, "the demo's engine ended with its window")
        finally:
            window.kill()
            window.wait()
            assert "Traceback" not in window.stderr.read()
            window.stderr.close()
    assert not Path(station.data).exists()


def _pid(data: Path) -> int | None:
    try:
        return call(data, "hello", timeout=2.0).pid
    except DeskUnreachableError:
        return None
