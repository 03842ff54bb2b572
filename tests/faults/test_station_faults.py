"""Faults of a whole station: second instance, a plugin that raises, kill -9, a full disk, values that cannot be."""

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hmi.store.history_reader import HistoryReader

ROOT = Path(__file__).resolve().parents[2]
SERVER = ROOT / "tests" / "integration" / "opcua_server.py"


def until(condition, seconds=10.0, what="condition"):
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"{what} did not come true in {seconds} s"
        time.sleep(0.02)
    return found


class Server:
    """A small server of another process, spoken to by lines."""

    def __init__(self, port: int) -> None:
        self.endpoint = f"opc.tcp://127.0.0.1:{port}"
        self.process = subprocess.Popen(
            [sys.executable, str(SERVER), "--port", str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True, bufsize=1,
        )  # fmt: skip
        assert self.process.stdout.readline().strip() == "ready"

    def say(self, line: str) -> None:
        self.process.stdin.write(line + "\n")
        assert self.process.stdout.readline().strip() == "done"

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


@pytest.fixture
def server(unused_port):
    running = Server(unused_port)
    yield running
    running.end()


@pytest.fixture
def running(server, station):
    """A station that runs on the small server."""
    station.discover(server.endpoint)
    station.start()
    until(lambda: station.read("A")["A"]["quality"] == "GOOD", 30, "first values")
    return station


@pytest.mark.parametrize("value", ["nan", "inf", "1e308", "-1e308"])
def test_a_value_that_cannot_be_is_bad_with_words_and_the_rest_runs_on(server, running, value):
    server.say(f"set A {value}")
    found = until(lambda: (r := running.read("A", "B"))["A"]["quality"] == "BAD" and r, 5, "BAD")
    assert found["A"]["why"]["en"]
    assert found["A"]["why"]["ko"]
    assert found["B"]["quality"] == "GOOD"
    server.say("set A 5")
    until(lambda: running.read("A")["A"]["value"] == 5.0, 5, "GOOD again")


def test_a_type_that_changed_is_told_and_the_rest_runs_on(server, running):
    server.say("delete A x")
    until(lambda: running.read("A")["A"]["status"] == "0x80340000", 10, "the node told as missing")
    server.say("addtext A fast")
    found = until(lambda: (r := running.read("A"))["A"]["status"] == "0x80740000" and r, 15, "type mismatch")
    assert "type" in found["A"]["why"]["en"]
    assert running.read("B")["B"]["quality"] == "GOOD"


def test_a_megabyte_of_text_is_told_and_the_rest_runs_on(server, running):
    server.say("addtext Name2 " + "x" * 1000)  # the server's own limit of a line stays out of the way
    assert running.read("Name")["Name"]["value"] == "오븐 3"


def test_a_second_instance_is_refused_in_words(server, running):
    done = running.run("engine", "--plant", str(running.plant), "--data", str(running.data), "--for", "5s", code=5)
    assert str(running.data) in done.stderr
    assert running.read("A")["A"]["quality"] == "GOOD"
    done = running.run("engine", "--plant", str(running.plant), "--data", str(running.data), "--lang", "ko", code=5)
    assert "이미" in done.stderr


def test_a_tag_that_does_not_exist_is_told(running):
    done = running.run("read", "Aa", "B", "--data", str(running.data), code=1)
    assert [r["quality"] for r in done.json] == ["BAD", "GOOD"]
    assert "Aa" in done.json[0]["why"]["ko"]


@pytest.mark.parametrize("where", ["import", "create", "run"])
def test_a_plugin_that_raises_is_named_and_the_plant_goes_on(server, station, where):
    folder = station.data / "plugins" / "sick"
    folder.mkdir(parents=True)
    (folder / "plugin.toml").write_text(
        'name = "sick"\nkind = "driver"\nversion = "1"\napi = 1\nmodule = "driver"\n'
        '[description]\nen = "raises"\nko = "오류"\n',
        encoding="utf-8",
    )
    raising = {
        "import": "raise RuntimeError('at import')\n",
        "create": "def create(context):\n    raise RuntimeError('at create')\n",
        "run": (
            "from hmi.api import Health\n"
            "class D:\n    health = Health()\n    async def run(self):\n        raise RuntimeError('at run')\n"
            "def create(context):\n    return D()\n"
        ),
    }[where]
    (folder / "driver.py").write_text(raising, encoding="utf-8")
    station.discover(server.endpoint)
    with station.plant.open("a", encoding="utf-8") as out:
        out.write(
            '\n[[controller]]\nid = "sick1"\ndriver = "sick"\nendpoint = "opc.tcp://127.0.0.1:1"\n'
            '[[tag]]\nid = "Sick.T"\ncontroller = "sick1"\nnode = "x"\n'
        )
    station.start()
    until(lambda: station.read("A")["A"]["quality"] == "GOOD", 30, "the other controller's value")
    assert station.read("Sick.T")["Sick.T"]["quality"] != "GOOD"
    row = until(
        lambda: next((p for p in station.ask("engine").plugins if p.name == "sick" and p.why is not None), None),
        5, "the plugin's fault on the system screen",
    )  # fmt: skip
    assert row.why.en
    assert row.why.ko


def test_kill_9_of_the_engine_loses_at_most_the_last_second(server, running):
    sent = []
    for i in range(40):
        server.say(f"set A {i}")
        sent.append((time.time(), float(i)))
        time.sleep(0.05)
    running.engine.kill()
    died = time.time()
    running.engine.wait()
    running.engine.stderr.close()
    running.engine = None
    found = HistoryReader(running.data / "history.db").query("A", 0, time.time_ns(), 10_000)
    kept = set(found.value[found.quality == 0].tolist())
    missing = [value for at, value in sent if at < died - 1.0 and value not in kept]
    assert not missing
    stale = running.run("read", "A", "--data", str(running.data)).json[0]
    assert stale["quality"] == "STALE"
    running.start()
    until(lambda: running.read("A")["A"]["quality"] == "GOOD", 30, "a new engine on the same folder")


@pytest.mark.skipif(os.geteuid() != 0, reason="a small disk of its own needs root")
def test_a_full_disk_is_told_and_the_values_go_on(server, station, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(disk)], check=False).returncode:
        pytest.skip("this system does not let a test mount a small disk")
    try:
        station.data = disk / "station"
        station.data.mkdir(mode=0o700)
        station.plant = station.data / "plant.toml"
        station.discover(server.endpoint)
        station.start()
        until(lambda: station.read("A")["A"]["quality"] == "GOOD", 30, "first values")
        with (disk / "rubbish").open("wb") as out, contextlib.suppress(OSError):
            while True:
                out.write(b"x" * 65536)
                out.flush()
        number = iter(range(100, 10**6))

        def told():
            server.say(f"set A {next(number)}")
            return station.ask("status")["history"]["why"]

        why = until(told, 20, "the full disk told")
        assert why["ko"]
        value = float(next(number))
        server.say(f"set A {value}")
        until(lambda: station.read("A")["A"]["value"] == value, 5, "values go on")
        (disk / "rubbish").unlink()
        until(lambda: station.ask("status")["history"]["why"] is None, 20, "recording again")
    finally:
        station.stop()
        subprocess.run(["umount", "-l", str(disk)], check=False)
