"""The design point: a load source, a real engine, a real window; what is lost is counted, what is late is measured.

    python tests/bench/design_point.py --tags 10000 --rate 10000 --seconds 60

Prints one JSON object. ``sent`` is what the source put on the wire; ``taken`` what the engine's acquisition passed on;
``written`` what its history has on disk. Latency is from the source's timestamp to the window's frame.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import plugins.opcua
from hmi.desk.client import call
from hmi.desk.live import LiveTags
from hmi.desk.wire import DeskUnreachableError
from hmi.model.plant import Controller, Security
from hmi.model.text import Text
from hmi.runtime.discovery.ask import discover_nodes
from hmi.runtime.secrets import SecretStore
from tests.bench.waiting import wait

ROOT = Path(__file__).resolve().parents[2]


async def browse(endpoint: str, data: Path) -> float:
    """Seconds to walk the whole address space, with types, access and properties, and the connection itself."""
    controller = Controller("plc1", Text.same("PLC"), "opcua", endpoint, Security.NONE)
    secrets = SecretStore(data)
    began = time.monotonic()
    await discover_nodes(plugins.opcua, controller, data / "trust", secrets)
    return time.monotonic() - began


def told(data: Path) -> list[dict]:
    """The links as the engine tells them."""
    try:
        return call(data, "status")["controllers"]
    except DeskUnreachableError:
        return []


def run(tags: int, rate: float, seconds: float, window: bool = True) -> dict:
    with tempfile.TemporaryDirectory(prefix="linekeeper-design-point-") as name:
        data = Path(name)
        source = subprocess.Popen(
            [sys.executable, str(ROOT / "tests/bench/load_source.py"), "--tags", str(tags), "--rate", str(rate)],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        engine = None
        try:
            endpoint = source.stdout.readline().split()[1]
            words = [sys.executable, "-m", "hmi.cli"]
            plant = str(data / "plant.toml")
            subprocess.run([*words, "discover", endpoint, "--out", plant, "--data", name], check=True, cwd=ROOT)
            browsed_s = asyncio.run(browse(endpoint, data))
            engine = subprocess.Popen([*words, "engine", "--plant", plant, "--data", name], cwd=ROOT)
            live = LiveTags(data)
            wait(lambda: live.follow() or live.attached, 20, "tag table")
            began = time.monotonic()
            link = wait(lambda: next((c for c in told(data) if c["subscribed"] == tags), None), 20, "all items")
            subscribed_s = (time.time_ns() - link["since_ns"]) / 1e9  # from the standing session to the last item
            wait(lambda: not ((live._reader.status[:tags] >> 30) != 0).any(), 20, "all tags GOOD")
            good_s = time.monotonic() - began
            frames = {}
            if window:
                surroundings = {**os.environ}
                if "DISPLAY" not in surroundings:
                    surroundings["QT_QPA_PLATFORM"] = "offscreen"
                done = subprocess.run(
                    [sys.executable, "-m", "ui.bench", "--data", name, "--seconds", str(seconds)], cwd=ROOT,
                    env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True,
                )  # fmt: skip
                frames = json.loads(done.stdout.splitlines()[-1])
            else:
                time.sleep(seconds)
            before = call(data, "status")
            source.terminate()
            tally = json.loads(source.stdout.read().strip().splitlines()[-1])
            wait(lambda: call(data, "status")["history"]["queue"] == 0, 60, "history on disk")
            after = call(data, "status")
        finally:
            source.kill()
            if engine is not None:
                engine.terminate()
                engine.wait(20)
        link = after["controllers"][0]
        return {
            "tags": tags, "rate": rate, "seconds": seconds, "browsed_s": round(browsed_s, 2),
            "subscribed_s": round(subscribed_s, 2), "all_good_after_s": round(good_s, 2),
            "sent": tally["sent"], "dropped_at_source": tally["dropped"], "taken": link["notifications"],
            "overflows": link["overflows"], "gaps": link["gaps"], "refilled": link["refilled"],
            "history_written": after["history"]["written"], "history_lost": after["history"]["lost"],
            "engine_cpu_percent": before["engine"]["cpu_percent"],
            "engine_lag_ms": before["engine"]["loop_lag_ms"], **frames,
        }  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--tags", type=int, default=10_000)
    parser.add_argument("--rate", type=float, default=10_000)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--no-window", action="store_true")
    given = parser.parse_args()
    print(json.dumps(run(given.tags, given.rate, given.seconds, not given.no_window), indent=1))
