"""The alarm lists under load: 10,000 active rows, 5,000 alarm events a second, the alarms screen of a real window.

    QT_QPA_PLATFORM=offscreen python tests/bench/alarm_window.py --rows 10000 --events 5000 --seconds 20

A process of its own keeps the alarms on a real database and answers on a real socket. Prints one JSON object: frames of
the window (ms), and how long an urgent alarm takes from its reading to the list.
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
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np

from hmi.desk.alarms import Alarms
from hmi.desk.server import DeskServer
from hmi.model.alarm import AlarmKind, AlarmRule, Priority
from hmi.model.permission import Person, Role
from hmi.model.text import Lang, Text
from hmi.store import audit
from hmi.store.alarms import AlarmTable
from hmi.store.database import Database
from tests.integration.alarm_site import plant

STEP_S = 0.1
URGENT_EVERY_S = 2.0


def described(rows: int):
    """A plant with so many alarms, and an urgent one at its end."""
    rules = [
        AlarmRule(f"a{i}", Text(f"Alarm {i}", f"알람 {i}"), f"t{i}", AlarmKind.HI, Priority(2 + i % 3), limit=100.0)
        for i in range(rows)
    ]
    urgent = AlarmRule("urgent", Text("Urgent", "긴급"), f"t{rows}", AlarmKind.HI, Priority.URGENT, limit=100.0)
    return plant(*rules, urgent, tags=rows + 1)


def _no_controllers() -> list:
    return []


async def engine(data: Path, rows: int, events: float, seconds: float) -> None:
    """All alarms active, then half of the events are returns and half activations; an urgent one now and then."""
    from tests.ui.standin import Plantside

    site = described(rows)
    side = Plantside(data, site)
    database = Database(data / "plant.db")
    alarms = Alarms(
        site, AlarmTable(database), require=lambda *_: Person("kim", "Kim", Role.SUPERVISOR), audit=audit.append,
        submit=database.submit,
    )  # fmt: skip
    answers = {**alarms.answers(), "controllers": _no_controllers, "changes": lambda since_ns, limit: []}
    server = DeskServer(data, answers)
    await server.start()

    def say(which, value):
        at = np.asarray(which, np.int32)
        now = np.full(len(at), time.time_ns())
        alarms.on_batch(at, np.full(len(at), value), np.zeros(len(at), np.uint32), now)

    say(np.arange(rows), 110.0)
    end, turn, urgent_at, high = time.monotonic() + seconds, 0, 0.0, False
    late = 0.0
    while time.monotonic() < end:
        began = time.monotonic()
        each = round(events * STEP_S / 2)
        some = (np.arange(each) + turn * each) % rows
        say(some, 90.0)
        say(some, 110.0)
        turn += 1
        if began - urgent_at > URGENT_EVERY_S:
            urgent_at, high = began, not high
            say([rows], 120.0 if high else 90.0)
        alarms.tick()
        side.beat()
        late = max(late, time.monotonic() - began - STEP_S)
        await asyncio.sleep(max(0.0, STEP_S - (time.monotonic() - began)))
    (data / "done.json").write_text(json.dumps({"transitions": alarms.book.revision, "step_late_s": round(late, 3)}))
    await server.stop()
    alarms.close()
    database.close()


def window(data: Path, seconds: float) -> dict:
    """The alarms screen for a while; its frames."""
    from PySide6.QtCore import QTimer

    from hmi.desk.client import DeskClient
    from ui.app import make_application, open_shell
    from ui.bridge.desk import Desk
    from ui.shell.layoutfile import Layout

    app = make_application(Lang.EN, "light")
    desk = Desk(data, DeskClient)
    shell = open_shell(desk, Layout(maximised=False, geometry=[0, 0, 1920, 1080]))
    shell.resize(1920, 1080)
    shell.show()
    shell.go("alarms")
    desk.start(shell)
    delays: list[float] = []
    seen = [0]

    def look_at_the_top() -> None:
        top = shell.screen("alarms").lists["standing"].table.paged.page[0]
        if top is not None and top.key == "urgent" and top.activated_ns != seen[0]:
            seen[0] = top.activated_ns
            delays.append((time.time_ns() - top.activated_ns) / 1e6)

    def measure() -> None:
        look_at_the_top()  # what stands already is not timed
        desk.times.clear()
        delays.clear()
        desk.frame.connect(look_at_the_top)
        QTimer.singleShot(int(1000 * seconds), app.quit)

    QTimer.singleShot(4000, measure)
    app.exec()
    report = desk.times.report()
    rows = shell.screen("alarms").lists["standing"].table.paged.rowCount()
    desk.stop()
    return {
        "rows": rows, "frames": report.frames, "frame_p50_ms": round(report.interval_p50, 2),
        "frame_p99_ms": round(report.interval_p99, 2), "frame_max_ms": round(report.interval_max, 2),
        "tick_p99_ms": round(report.tick_p99, 2), "urgent_to_list_ms_max": round(max(delays), 1) if delays else None,
        "urgents": len(delays),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--events", type=float, default=5_000)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--engine", type=Path, default=None, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.engine is not None:
        asyncio.run(engine(given.engine, given.rows, given.events, given.seconds))
        return
    with tempfile.TemporaryDirectory(prefix="linekeeper-alarms-") as name:
        data = Path(name)
        child = subprocess.Popen(
            [sys.executable, __file__, "--engine", name, "--rows", str(given.rows), "--events", str(given.events),
             "--seconds", str(given.seconds + 10)]
        )  # fmt: skip
        try:
            while not (data / "desk.json").exists() and child.poll() is None:
                time.sleep(0.05)
            found = window(data, given.seconds)
            child.wait(60)
            found |= json.loads((data / "done.json").read_text())
        finally:
            child.kill()
    sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()
    os._exit(0)  # a window's process ends without taking Qt apart


if __name__ == "__main__":
    main()
