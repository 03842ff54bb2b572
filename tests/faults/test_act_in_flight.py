"""An engine killed while an act of the command line is in flight: nobody knows what became of it, and that is said.

The command line talks to a whole engine through a relay that kills the engine the moment it has passed the act on.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress

import msgspec
import pytest

from hmi.commands import Outcome
from hmi.desk import wire
from hmi.model.decision import AdviceKind, Confidence, Recommendation
from hmi.model.text import Text
from hmi.model.words import say
from hmi.store import decisions
from hmi.store.database import Database
from tests.conftest import ROOT, StationProcess

FILE = """\
[plant]
id = "p"
timezone = "UTC"
[[controller]]
id = "plc1"
driver = "opcua"
endpoint = "opc.tcp://127.0.0.1:1"
[[tag]]
id = "speed"
controller = "plc1"
node = "nsu=urn:p;s=speed"
"""
WORD = "blue-horse-7-lamp"


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A data folder with a supervisor and an open card."""
    data = tmp_path_factory.mktemp("flight") / "station"
    data.mkdir(mode=0o700)
    (data / "plant.toml").write_text(FILE, encoding="utf-8")
    station, words = StationProcess(data), ("--data", str(data))
    station.run("user", "add", "admin", "--role", "administrator", *words, stdin=f"{WORD}\n{WORD}\n")
    kim = ("user", "add", "kim", "--role", "supervisor", "--as", "admin")
    station.run(*kim, *words, stdin=f"{WORD}\n{WORD}\n{WORD}\n")
    database, now = Database(data / "plant.db"), time.time_ns()
    advice = Recommendation(
        "look", AdviceKind.INSPECT, "L1.S1", Text.same("look"), (), (), (), None,
        Confidence(0.5, 0, 0, False, "m", "1", 0), (), (), Text.same("undo"), 3600.0, key="k",
    )  # fmt: skip
    card = decisions.Card(advice, detected_ns=now, proposed_ns=now, expires_ns=now + 3600 * 10**9)
    try:
        database.submit(lambda work: decisions.add_card(work, card, Text.same("shown"))).result()
    finally:
        database.close()
    return data


class Relay:
    """Stands between one command and the engine; kills the engine once it has passed on what is waited for."""

    def __init__(self, folder, door, pid, last):
        self._door, self._pid, self._last = door, pid, last
        folder.mkdir(mode=0o700)
        path = str(folder / "desk.sock")
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(path)
        self._listening.listen(1)
        wire.publish_door(folder, wire.Door(door.key, path=path))
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        near, _ = self._listening.accept()
        far = self._door.connect(10)
        threading.Thread(target=self._back, args=(far, near), daemon=True).start()
        with near, far, suppress(OSError):
            while True:
                body = wire.receive(near)
                far.sendall(len(body).to_bytes(4, "little") + body)
                if msgspec.json.decode(body).get("ask") == self._last:
                    os.kill(self._pid, signal.SIGKILL)

    @staticmethod
    def _back(far, near):
        with suppress(OSError):
            while piece := far.recv(1 << 16):
                near.sendall(piece)
        with suppress(OSError):
            near.shutdown(socket.SHUT_RDWR)

    def close(self):
        self._listening.close()


ACTS = [
    ("place_hold", ["hold", "--lot", "M1", "--reason", "manual"], say("hold.place_hold_unanswered")),
    ("decide", ["decide", "1", "approve", "--reason", "x"], say("decision.unanswered", id=1)),
]


@pytest.mark.skipif(sys.platform == "win32", reason="the relay listens on a Unix socket")
@pytest.mark.parametrize(("last", "words", "why"), ACTS, ids=[act[0] for act in ACTS])
def test_what_was_sent_to_an_engine_that_went_away_is_unknown(template, tmp_path, last, words, why):
    data = tmp_path / "station"
    shutil.copytree(template, data)
    station = StationProcess(data)
    relay = None
    try:
        station.start()
        relay = Relay(tmp_path / "relay", wire.find_door(data), station.engine.pid, last)
        done = subprocess.run(
            [sys.executable, "-m", "hmi.cli", *words, "--as", "kim", "--json", "--data", str(tmp_path / "relay")],
            cwd=ROOT, input=f"{WORD}\n", capture_output=True, text=True, timeout=60, check=False,
            env={**os.environ, "LINEKEEPER_LANG": "en"},
        )  # fmt: skip
        assert station.engine.wait(10) == -signal.SIGKILL
        station.engine.stderr.close()
        station.engine = None
    finally:
        station.stop()
        if relay is not None:
            relay.close()
    assert "Traceback" not in done.stderr
    form = json.loads(done.stdout)
    assert form["state"] == "UNKNOWN"
    assert form["why"] == why.to_json()
    assert why.en in done.stderr
    assert done.returncode == Outcome.UNKNOWN
