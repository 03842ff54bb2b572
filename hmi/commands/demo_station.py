"""A demo plant in a process of its own and, where wanted, an engine on it: started, filled with a past, ended."""

from __future__ import annotations

import hashlib
import json
import os
import queue
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from hmi.commands import demo_people, speak
from hmi.desk.live import LiveTags
from hmi.model.text import Lang, Text
from hmi.model.words import say
from hmi.runtime.processes import end, own_command

PAST_S = 4 * 3600.0
PATIENCE_S = 20.0
"""Without a word for so long the plant has not come up."""


class DemoFailedError(Exception):
    """The demo plant or its engine did not come up; text says why."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


@dataclass
class DemoStation:
    """A running demo plant and where its station's data lives."""

    data: Path
    plant: Path
    happenings: queue.SimpleQueue[dict[str, object]]
    process: subprocess.Popen[str]
    engine: subprocess.Popen[bytes] | None
    people: demo_people.DemoPeople


@contextmanager
def demo_station(
    scenario: str | None = None,
    seed: int = 7,
    data: Path | None = None,
    lang: Lang = Lang.EN,
    own_engine: bool = True,
    past_s: float = PAST_S,
) -> Iterator[DemoStation]:
    """A demo plant and, with own_engine, an engine on it; all ended and a throw-away folder removed at the end.

    The station begins with past_s seconds of record, 0 for none; 4 h or more reach back to the beginning of the shift.
    A folder that holds a record already keeps that one alone.
    """
    folder = Path(tempfile.mkdtemp(prefix="linekeeper-demo-")) if data is None else data
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    plant_file = folder / "plant.toml"
    certificate = folder / "demo-plant.der"
    words = ["--port", "0", "--seed", str(seed), "--plant-out", str(plant_file), "--certificate-out", str(certificate)]
    if scenario is not None:
        words += ["--scenario", scenario]
    if past_s > 0 and not _has_record(folder):
        parts = folder / "past"
        parts.mkdir(mode=0o700, exist_ok=True)
        words += ["--past", f"{past_s:g}s", "--past-out", str(parts)]
        speak(say("demo.past_making"), lang)
    process = subprocess.Popen(
        own_command("plugins.demo_plant", *words), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    engine: subprocess.Popen[bytes] | None = None
    try:
        happenings = _listen(process)
        _until_ready(process, happenings, _past_taker(folder, lang))
        _trust(folder, certificate)
        people = demo_people.make(folder)
        if own_engine:
            engine = subprocess.Popen(
                own_command("hmi.cli", "engine", "--plant", str(plant_file), "--data", str(folder), "--lang", lang),
                stderr=subprocess.DEVNULL,
                env=dict(os.environ),
            )
            _wait_for_tags(folder, engine)
        yield DemoStation(folder, plant_file, happenings, process, engine, people)
    finally:
        if engine is not None:
            end(engine)
        end(process)
        if data is None:
            shutil.rmtree(folder, ignore_errors=True)


def _trust(data: Path, certificate: Path) -> None:
    """Accept the certificate of the plant that we started ourselves a moment ago."""
    accepted = data / "trust" / "accepted"
    accepted.mkdir(mode=0o700, parents=True, exist_ok=True)
    der = certificate.read_bytes()
    (accepted / f"{hashlib.sha256(der).hexdigest()}.der").write_bytes(der)


def _listen(process: subprocess.Popen[str]) -> queue.SimpleQueue[dict[str, object]]:
    """Gather what the plant tells, line by line."""
    told: queue.SimpleQueue[dict[str, object]] = queue.SimpleQueue()

    def gather() -> None:
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                try:
                    told.put(json.loads(line))
                except ValueError:
                    continue

    threading.Thread(target=gather, name="demo-happenings", daemon=True).start()
    return told


def _until_ready(
    process: subprocess.Popen[str],
    told: queue.SimpleQueue[dict[str, object]],
    past: Callable[[Path, bool], None],
) -> None:
    """Hand on the parts of the past until the plant is ready; what it tells from then on are happenings."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            line = told.get(timeout=0.1)
        except queue.Empty:
            if process.poll() is not None or time.monotonic() > deadline:
                raise DemoFailedError(say("cli.demo_failed")) from None
            continue
        if line.get("ready"):
            return
        if isinstance(line.get("past"), str):
            past(Path(str(line["past"])), bool(line.get("last")))
            deadline = time.monotonic() + PATIENCE_S


def _has_record(folder: Path) -> bool:
    """Whether a data folder holds a record already; that one is not mixed with a made-up one."""
    return (folder / "history.db").exists() or (folder / "plant.db").exists()


def _past_taker(folder: Path, lang: Lang) -> Callable[[Path, bool], None]:
    """Puts the parts of the past on record as they come; when that fails the demo goes on with what there is."""
    # these take a while to load, in which the plant is at work already
    from hmi.runtime import plantfile
    from hmi.runtime.demo_past import DemoPast, DemoPastError
    from hmi.store.faults import StoreError
    from resources import path as resource

    past: DemoPast | None = None
    failed = False

    def take(part: Path, last: bool) -> None:
        nonlocal past, failed
        try:
            if past is None and not failed:
                past = DemoPast(folder, plantfile.load(resource("demo", "plant.toml")))
            if past is not None and not failed:
                past.take(part)
        except (DemoPastError, StoreError) as err:
            failed = True
            speak(say("demo.past_failed", detail=getattr(err, "text", str(err))), lang)
        part.unlink(missing_ok=True)
        if last and past is not None:
            past.close()

    return take


def _wait_for_tags(data: Path, engine: subprocess.Popen[bytes]) -> None:
    """Until the engine has readings to show."""
    deadline = time.monotonic() + 60.0
    live = LiveTags(data)
    while time.monotonic() < deadline:
        if engine.poll() is not None:
            raise DemoFailedError(say("cli.demo_engine_failed", log=str(data / "engine.log")))
        live.follow()
        if live.alive and live.writes > 0:
            return
        time.sleep(0.05)
    raise DemoFailedError(say("cli.demo_engine_failed", log=str(data / "engine.log")))
