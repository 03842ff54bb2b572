"""Two cameras beside a busy plant: what engine and window lose, and how long a verdict takes to the screen.

    python tests/bench/two_cameras.py --for 600

Two folder cameras take a picture each tenth of a second, a load source makes 5,000 changes a second, the window shows
the vision screen, now of one camera, now of the other. Prints a table, and with --json one object. ``lost_unsaid`` are
pictures that were due and have neither a verdict nor a word that they were missed. ``shown`` is from the trigger to the
end of the paint with its verdict; ``heard`` to the moment the window knew it. Frames are those of the window's clock.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import cv2
import numpy as np
import psutil

from hmi.desk.client import call
from hmi.desk.vision_rows import InspectionRow
from hmi.desk.wire import DeskUnreachableError
from hmi.model.camera import Camera, CameraTrigger
from hmi.model.flow import Product
from hmi.model.plant import Area, Controller, Line, Plant, Security, Site, Station, Tag, TagType
from hmi.model.text import Text
from hmi.runtime.plantfile.write import render
from tests.bench.waiting import wait
from tests.unit.generated_board import flawed, generated
from tests.unit.template_board import as_camera, moved

ROOT = Path(__file__).resolve().parents[2]
CAMERAS = ("eye1", "eye2")
PICTURES = 40
REJECT_EVERY = 10
TURN_S = 5.0
"""The window looks through each camera for so long."""
NAMESPACE = "urn:two-cameras"


def pictures(folder: Path, seed: int, width: int, height: int) -> None:
    """A golden and what the camera sees: a good board in another place each time, one in ten with defects."""
    board = generated(seed, width, height)
    chance = np.random.default_rng(seed)
    folder.mkdir(parents=True)
    cv2.imwrite(str(folder.parent / f"{folder.name}-golden.png"), as_camera(board))
    for n in range(PICTURES):
        seen = board if n % REJECT_EVERY else flawed(board, seed + n, 1.4)[0]
        x, y = chance.uniform(-3, 3, 2)
        cv2.imwrite(str(folder / f"{n:03}.png"), as_camera(moved(seen, float(x), float(y)), seed=1000 * seed + n))


def plant_of(data: Path, load: str, words: str, tags: int) -> Plant:
    """One line with two cameras; the product stands on a controller of its own, the load on another."""

    def tag(name: str, controller: str, node: str, kind: TagType) -> Tag:
        return Tag(id=name, name=Text.same(name), controller=controller, node=node, type=kind, place="L1")

    def camera(name: str, station: str) -> Camera:
        return Camera(
            name, Text.same(name), station, "camera_folder", CameraTrigger.INTERVAL, interval_s=0.1,
            settings={"folder": str(data / "pictures" / name), "golden": str(data / "pictures" / f"{name}-golden.png")},
        )  # fmt: skip

    def controller(name: str, endpoint: str) -> Controller:
        return Controller(name, Text.same(name), "opcua", endpoint, Security.NONE)

    stations = [Station(id=f"L1.S{n}", name=Text.same(f"AOI {n}"), line="L1", order=n) for n in (1, 2)]
    return Plant(
        id="bench", name=Text.same("bench"), timezone="UTC", sites=(Site("s", Text.same("s")),),
        areas=(Area("a", Text.same("a"), "s"),),
        lines=(Line("L1", Text.same("L1"), "a", roles={"product": "Product"}),), stations=tuple(stations),
        controllers=(controller("load", load), controller("words", words)),
        tags=(
            tag("Product", "words", f"nsu={NAMESPACE};s=Product", TagType.STRING),
            *(tag(f"T{n:05}", "load", f"nsu=urn:load-source;s=T{n:05}", TagType.DOUBLE) for n in range(tags)),
        ),
        products=(Product("A4", Text.same("A4"), ("aoi",)),),
        cameras=tuple(camera(name, station.id) for name, station in zip(CAMERAS, stations, strict=True)),
    )  # fmt: skip


@contextlib.contextmanager
def product_server() -> Iterator[str]:
    """A controller that knows nothing but the product, in a thread; gives its endpoint."""
    from asyncua import Server, ua

    told: list[str] = []
    loop, ready, done = asyncio.new_event_loop(), threading.Event(), asyncio.Event()

    async def serve() -> None:
        server = Server()
        await server.init()
        server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
        server.set_endpoint("opc.tcp://127.0.0.1:0")
        space = await server.register_namespace(NAMESPACE)
        await server.nodes.objects.add_variable(ua.NodeId("Product", space), "Product", "A4")
        async with server:
            port = server.bserver._server.sockets[0].getsockname()[1]
            told.append(f"opc.tcp://127.0.0.1:{port}")
            ready.set()
            await done.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    if not ready.wait(60):
        raise SystemExit("the product's server did not start")
    try:
        yield told[0]
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join(10)


@contextlib.contextmanager
def process(*words: str, **more: Any) -> Iterator[subprocess.Popen[str]]:
    """A process that ends with the block."""
    one = subprocess.Popen([sys.executable, *words], cwd=ROOT, text=True, **more)
    try:
        yield one
    finally:
        one.terminate()
        try:
            one.wait(20)
        except subprocess.TimeoutExpired:
            one.kill()


def running(data: Path) -> bool:
    """Whether both cameras run and judge."""
    try:
        rows = call(data, "cameras")
        return all(r.state == "RUNNING" and r.recipe for r in rows)
    except DeskUnreachableError:
        return False


def verdicts(data: Path, camera: str, since_ns: int, until_ns: int) -> list[InspectionRow]:
    """What is on record of a camera in a stretch of time, oldest first."""
    found: list[InspectionRow] = []
    before = 0
    while True:
        page = call(data, "inspections", camera=camera, limit=500, before=before)
        found += [r for r in page if since_ns <= r.at_ns < until_ns]
        if not page or page[-1].at_ns < since_ns:
            return found[::-1]
        before = page[-1].number


def cores(engine: int) -> dict[str, float]:
    """Processor seconds that the engine, the cameras and its other helpers have used so far."""
    found = {"engine": 0.0, "cameras": 0.0, "others": 0.0}
    for one in [psutil.Process(engine), *psutil.Process(engine).children(recursive=True)]:
        words = " ".join(one.cmdline())
        name = "engine" if one.pid == engine else "cameras" if "camera_process" in words else "others"
        found[name] += sum(one.cpu_times()[:2])
    return found


def fate(data: Path, camera: str, since_ns: int, until_ns: int, interval_s: float) -> dict[str, Any]:
    """What became of the pictures that were due."""
    rows = verdicts(data, camera, since_ns, until_ns)
    due = round((rows[-1].at_ns - rows[0].at_ns) / 1e9 / interval_s) + 1 if rows else 0
    why = ["" if r.why is None else r.why.en for r in rows]
    missed = [int(w.split()[0]) for w in why if "were not taken" in w]
    taken = len(rows) - len(missed)
    total = [r.total_ms for r in rows if r.verdict != "UNDECIDED"]
    reasons: dict[str, int] = {}
    for word in filter(None, why):
        reasons[word[:60]] = reasons.get(word[:60], 0) + 1
    return {
        "camera": camera, "due": due, "taken": taken, "missed_said": sum(missed),
        "overwritten_said": sum("overwritten" in w for w in why), "lost_unsaid": max(0, due - taken - sum(missed)),
        "pass": sum(r.verdict == "PASS" for r in rows), "fail": sum(r.verdict == "FAIL" for r in rows),
        "undecided": sum(r.verdict == "UNDECIDED" for r in rows), "undecided_why": reasons,
        "verdict_p50_ms": percentile(total, 50), "verdict_p99_ms": percentile(total, 99),
    }  # fmt: skip


def percentile(values: list[float], share: float) -> float | None:
    """Rounded to a tenth; None of nothing."""
    return round(float(np.percentile(values, share)), 1) if values else None


def run(seconds: float, tags: int, rate: float, size: tuple[int, int]) -> dict[str, Any]:
    """The whole bench."""
    with contextlib.ExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="linekeeper-two-cameras-")))
        for seed, name in enumerate(CAMERAS):
            pictures(data / "pictures" / name, seed, *size)
        words = ("--tags", str(tags), "--rate", str(rate))
        source = stack.enter_context(process(str(ROOT / "tests/bench/load_source.py"), *words, stdout=subprocess.PIPE))
        assert source.stdout is not None
        load = source.stdout.readline().split()[1]
        plant = plant_of(data, load, stack.enter_context(product_server()), tags)
        (data / "plant.toml").write_text(render(plant), encoding="utf-8")
        engine = stack.enter_context(
            process("-m", "hmi.cli", "engine", "--plant", str(data / "plant.toml"), "--data", str(data))
        )
        wait(lambda: running(data), 120, "two cameras that judge", 0.1)
        surroundings = {**os.environ, "PYTHONPATH": str(ROOT)}
        if "DISPLAY" not in surroundings:
            surroundings["QT_QPA_PLATFORM"] = "offscreen"
        began, used = time.time_ns(), cores(engine.pid)
        shown = subprocess.run(
            [sys.executable, __file__, "--window", str(data), "--for", str(seconds)], cwd=ROOT, env=surroundings,
            stdout=subprocess.PIPE, text=True, check=True,
        )  # fmt: skip
        told = json.loads(shown.stdout.splitlines()[-1])
        ended = time.time_ns()
        used = {name: (s - used.get(name, 0.0)) / (ended - began) * 1e9 for name, s in cores(engine.pid).items()}
        status = call(data, "status")
        time.sleep(1.0)
        cameras = [fate(data, c.id, told["since_ns"], told["until_ns"], c.interval_s) for c in plant.cameras]
        if engine.poll() is not None:
            raise SystemExit("the engine ended")
    return {
        "seconds": seconds, "changes_per_s": rate, "size": list(size), "cameras": cameras,
        "window": told, "history_lost": status["history"]["lost"],
        "overflows": sum(c["overflows"] for c in status["controllers"]),
        "cores_used": {k: round(v, 2) for k, v in used.items()}, "engine_lag_ms": status["engine"]["loop_lag_ms"],
    }  # fmt: skip


def window(data: Path, seconds: float) -> dict[str, Any]:
    """A real window on the vision screen, measured from inside; in a process of its own."""
    import gc

    from PySide6.QtCore import QEvent, QObject, QTimer

    from hmi.desk.client import DeskClient
    from hmi.model.text import Lang
    from ui.app import make_application, open_shell
    from ui.bridge.desk import Desk
    from ui.equipment.verdicts import inspection_of
    from ui.shell import layoutfile

    app = make_application(Lang.EN, "dark")
    desk = Desk(data, DeskClient)
    shell = open_shell(desk, replace(layoutfile.load(data), screen="vision", place={}))
    shell.resize(1920, 1080)
    shell.show()
    desk.start(shell)
    shell.go("vision")
    screen = shell.screen("vision")
    heard: list[float] = []
    shown: dict[tuple[str, int], float] = {}
    intervals: list[float] = []
    ticks: list[float] = []
    last: list[int] = []
    measuring: list[int] = []
    worked: list[float] = []

    def on_told(event: dict[str, Any]) -> None:
        if "inspection" not in event or not measuring:
            return
        row = inspection_of(event["inspection"])
        if row.at_ns > measuring[0] and row.number not in told:
            told.add(row.number)
            heard.append((time.time_ns() - row.at_ns) / 1e6)

    told: set[int] = set()

    class Painted(QObject):
        """Looks at what the picture shows each time it has been painted."""

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint:
                QTimer.singleShot(0, self.look)  # when this paint is done
            return False

        def look(self) -> None:
            row = screen.picture._seen()
            if row is not None and measuring and row.at_ns > measuring[0]:
                shown.setdefault((row.camera, row.number), (time.time_ns() - row.at_ns) / 1e6)

    painted = Painted()
    screen.picture.view.installEventFilter(painted)
    plain = desk.times.add

    def add(start_ns: int, end_ns: int) -> None:
        plain(start_ns, end_ns)
        if measuring:
            if last:
                intervals.append((start_ns - last[0]) / 1e6)
            last[:] = [start_ns]
            ticks.append((end_ns - start_ns) / 1e6)

    desk.times.add = add

    def begin() -> None:
        if screen.picture._frame is None and time.monotonic() < patience:  # the first picture is still to come
            QTimer.singleShot(500, begin)
            return
        gc.collect()
        gc.freeze()  # as the window itself does
        measuring.append(time.time_ns())
        worked.append(time.process_time())
        QTimer.singleShot(int(1000 * seconds), app.quit)

    def turn() -> None:
        screen.choose_camera(CAMERAS[CAMERAS.index(screen.feed.camera) ^ 1] if screen.feed.camera else CAMERAS[0])

    patience = time.monotonic() + 60.0
    desk.told.connect(on_told)
    turning = QTimer()
    turning.timeout.connect(turn)
    turning.start(int(1000 * TURN_S))
    QTimer.singleShot(4000, begin)
    app.exec()
    until_ns = time.time_ns()
    desk.stop()
    return {
        "since_ns": measuring[0], "until_ns": until_ns,
        "cores_used": round((time.process_time() - worked[0]) / seconds, 2),
        "verdicts_heard": len(heard), "heard_p50_ms": percentile(heard, 50), "heard_p99_ms": percentile(heard, 99),
        "verdicts_shown": len(shown), "shown_p50_ms": percentile(list(shown.values()), 50),
        "shown_p99_ms": percentile(list(shown.values()), 99), "shown_max_ms": percentile(list(shown.values()), 100),
        "frames": len(intervals), "frame_p50_ms": percentile(intervals, 50), "frame_p99_ms": percentile(intervals, 99),
        "frame_max_ms": percentile(intervals, 100), "tick_p99_ms": percentile(ticks, 99),
    }  # fmt: skip


def table(found: dict[str, Any]) -> str:
    """What a person reads."""
    lines = [f"{found['seconds']:g} s, {found['changes_per_s']:g} changes/s, pictures {found['size']}"]
    lines += [
        (
            f"{one['camera']}: due {one['due']}, taken {one['taken']}, missed and said {one['missed_said']}, "
            f"overwritten and said {one['overwritten_said']}, LOST UNSAID {one['lost_unsaid']}; pass {one['pass']}, "
            f"fail {one['fail']}, undecided {one['undecided']} {one['undecided_why'] or ''}; "
            f"verdict p50 {one['verdict_p50_ms']} ms, p99 {one['verdict_p99_ms']} ms"
        )
        for one in found["cameras"]
    ]
    w = found["window"]
    lines += [
        f"trigger to verdict on the screen: p50 {w['shown_p50_ms']} ms, p99 {w['shown_p99_ms']} ms (bar 200), "
        f"max {w['shown_max_ms']} ms, {w['verdicts_shown']} shown; known to the window: p99 {w['heard_p99_ms']} ms",
        f"window frame: p50 {w['frame_p50_ms']} ms, p99 {w['frame_p99_ms']} ms (bar 20), max {w['frame_max_ms']} ms, "
        f"work in it p99 {w['tick_p99_ms']} ms, {w['frames']} frames",
        f"cores used: {found['cores_used']}, window {w['cores_used']}; engine lag {found['engine_lag_ms']} ms; "
        f"overflows {found['overflows']}, history lost {found['history_lost']}",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--for", type=float, default=60.0, dest="seconds", metavar="SECONDS")
    parser.add_argument("--tags", type=int, default=2_000)
    parser.add_argument("--rate", type=float, default=5_000)
    parser.add_argument("--size", default="640x480", metavar="WxH")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--window", type=Path, default=None, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.window is not None:
        print(json.dumps(window(given.window, given.seconds)))
        os._exit(0)
    width, height = (int(side) for side in given.size.split("x"))
    outcome = run(given.seconds, given.tags, given.rate, (width, height))
    print(json.dumps(outcome) if given.json else table(outcome))
