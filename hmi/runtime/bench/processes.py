"""What needs processes of its own: the window's frames and start, the engine's start and memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from hmi.runtime.bench.figure import Figure
from hmi.runtime.processes import end, own_command

_BARE = (
    "import time; t=time.perf_counter();"
    "from PySide6.QtWidgets import QApplication, QLabel;"
    "a=QApplication([]); w=QLabel('x'); w.show(); a.processEvents();"
    "print(1e3*(time.perf_counter()-t)); import psutil; print(psutil.Process().memory_info().rss/1e6)"
)
_BARE_VALUES = (
    "import time; from PySide6.QtWidgets import QApplication, QLabel, QWidget;"
    "a=QApplication([]); t=time.perf_counter(); w=QWidget(); w.resize(1920, 1080);"
    "labels=[QLabel(f'{n}.0', w) for n in range(1000)];"
    "[x.setGeometry(n % 25 * 76, n // 25 * 27, 74, 25) for n, x in enumerate(labels)];"
    "w.show(); a.processEvents(); w.grab(); print(1e3*(time.perf_counter()-t))"
)
_BARE_ENGINE = (
    "import numpy, sqlite3, asyncio; print('up', flush=True);"
    "import psutil; print(psutil.Process().memory_info().rss/1e6)"
)


def _surroundings() -> dict[str, str]:
    found = dict(os.environ)
    if not (found.get("DISPLAY") or found.get("WAYLAND_DISPLAY")):
        found["QT_QPA_PLATFORM"] = "offscreen"
    return found


def window_figures(seconds: float) -> list[Figure]:
    """Frames while 10,000 tags change, change to screen, and the opening of a screen with 1,000 values."""
    figures: list[Figure] = []
    for rate, bar in ((0, ""), (10_000, "<= 17 ms"), (100_000, "<= 20 ms")):
        found = _window_run(rate, seconds)
        if rate == 0:
            idle = found
            bare = round(float(_said(_BARE_VALUES)[-1]), 1)
            figures.append(
                Figure("window.open_1000_values", found["open_ms"], "ms", bare, "1,000 bare Qt labels", "<= 300 ms")
            )
            continue
        name, still = f"window.frame_p99_at_{rate}_per_s", "the same window, nothing changes"
        figures += [
            Figure(name, found["frame_p99_ms"], "ms", idle["frame_p99_ms"], still, bar),
            Figure(f"window.frame_p50_at_{rate}_per_s", found["frame_p50_ms"], "ms", idle["frame_p50_ms"], still,
                   "60 frames a second"),
            Figure(f"window.change_to_frame_p99_at_{rate}_per_s", found["latency_p99_ms"], "ms", 16.0, "one frame"),
        ]  # fmt: skip
    return figures


def _said(program: str) -> list[str]:
    """What a bare program of one line prints, in words."""
    done = subprocess.run(
        [sys.executable, "-c", program], env=_surroundings(), capture_output=True, text=True, check=True, timeout=120
    )
    return done.stdout.split()


def _window_run(rate: int, seconds: float) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="linekeeper-bench-") as folder:
        words = ["--data", folder, "--rate", str(max(rate, 1)), "--seconds", f"{seconds + 60:g}"]
        writer = subprocess.Popen(own_command("hmi.runtime.bench.writer", *words))
        try:
            deadline = time.monotonic() + 20
            while not (Path(folder) / "tags.table").exists():
                if writer.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError("the table's writer did not start")
                time.sleep(0.02)
            done = subprocess.run(
                own_command("ui.bench", "--data", folder, "--seconds", f"{seconds:g}"), env=_surroundings(),
                capture_output=True, text=True, timeout=seconds + 120, check=False,
            )  # fmt: skip
        finally:
            end(writer)
    if done.returncode != 0:
        raise RuntimeError(done.stderr[-800:])
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def start_figures(rounds: int = 3) -> list[Figure]:
    """Start of the window to its first painted frame and its memory, against a bare Qt label."""
    ours_ms, ours_mb, bare_ms, bare_mb = [], [], [], []
    for _ in range(rounds):
        began = time.perf_counter()
        out = _said(_BARE)
        bare_ms.append(1e3 * (time.perf_counter() - began))
        bare_mb.append(float(out[1]))
        began = time.perf_counter()
        out = subprocess.run(
            own_command("ui.bench", "--start-only"), env=_surroundings(), capture_output=True, text=True, check=True,
            timeout=60,
        ).stdout.split()  # fmt: skip
        ours_ms.append(1e3 * (time.perf_counter() - began))
        ours_mb.append(float(out[-1]))
    bare = "a bare Qt label"
    return [
        Figure("window.start", round(sorted(ours_ms)[rounds // 2]), "ms", round(sorted(bare_ms)[rounds // 2]), bare,
               "<= 3,000 ms warm"),
        Figure("window.memory", round(sorted(ours_mb)[rounds // 2]), "MB", round(sorted(bare_mb)[rounds // 2]), bare),
    ]  # fmt: skip


def engine_figures() -> list[Figure]:
    """Start of an engine on a plant without controllers, to its open desk, against a bare interpreter with numpy."""
    plant = '[plant]\nid = "bench"\ntimezone = "UTC"\n[[site]]\nid = "s"\n[[area]]\nid = "a"\nsite = "s"\n'
    with tempfile.TemporaryDirectory(prefix="linekeeper-bench-") as name:
        folder = Path(name)
        (folder / "plant.toml").write_text(plant, encoding="utf-8")
        began = time.perf_counter()
        engine = subprocess.Popen(
            own_command("hmi.cli", "engine", "--plant", str(folder / "plant.toml"), "--data", str(folder)),
            stderr=subprocess.DEVNULL,
        )
        try:
            while not (folder / "desk.json").exists():
                if engine.poll() is not None or time.perf_counter() - began > 30:
                    raise RuntimeError("the engine did not start")
                time.sleep(0.005)
            ms = 1e3 * (time.perf_counter() - began)
            mb = psutil.Process(engine.pid).memory_info().rss / 1e6
        finally:
            end(engine)
    began = time.perf_counter()
    with subprocess.Popen([sys.executable, "-c", _BARE_ENGINE], stdout=subprocess.PIPE, text=True) as bare:
        assert bare.stdout is not None
        bare.stdout.readline()
        bare_ms = 1e3 * (time.perf_counter() - began)
        bare_mb = float(bare.stdout.readline())
    raw = "Python with numpy, sqlite3, asyncio"
    return [
        Figure("engine.start", round(ms), "ms", round(bare_ms), raw),
        Figure("engine.memory", round(mb), "MB", round(bare_mb), raw),
    ]
