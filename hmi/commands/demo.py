"""`linekeeper demo`: the embedded demo plant, an engine on a throw-away data folder, and the window."""

from __future__ import annotations

import argparse
import queue
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from hmi.commands import Outcome, speak
from hmi.commands.demo_score import Score, table
from hmi.commands.demo_station import PAST_S, DemoStation
from hmi.commands.demo_station import DemoFailedError as DemoFailedError
from hmi.commands.demo_station import demo_station as demo_station
from hmi.commands.demo_supervisor import SupervisorThread, supervisor
from hmi.commands.engine import duration
from hmi.commands.window import has_display, window_command
from hmi.model.text import Lang, Text
from hmi.model.words import say
from hmi.runtime.processes import end

LONGEST_PAST_S = 8 * 3600.0
UNSUPERVISED_S = 90.0
SUPERVISED_S = 780.0
"""A failed station is repaired after five minutes, and the way back is proposed, signed and judged after that."""
SCENARIOS = ("oven-drift", "station-failure", "bad-batch")


def add_arguments(sub: argparse.ArgumentParser, lang: Lang) -> None:
    """[--scenario NAME] [--seed N] [--past 4h] [--theme] [--for 60s] [--data DIR] [--headless] [--out DIR]

    [--supervisor approve|reject] [--json]
    """
    sub.add_argument("--scenario", choices=SCENARIOS, default=None, help=say("cli.scenario").of(lang))
    sub.add_argument("--seed", type=int, default=7, metavar="N", help=say("cli.seed").of(lang))
    sub.add_argument("--past", dest="past_s", type=_past, default=PAST_S, metavar="4h", help=say("demo.past").of(lang))
    sub.add_argument("--theme", choices=["light", "dark"], default="light", help=say("cli.theme").of(lang))
    sub.add_argument("--for", dest="seconds", type=duration, default=None, metavar="60s", help=say("cli.for").of(lang))
    sub.add_argument("--data", type=Path, default=None, metavar="DIR", help=say("cli.demo_data").of(lang))
    sub.add_argument("--headless", action="store_true", help=say("cli.headless").of(lang))
    sub.add_argument("--out", type=Path, default=None, metavar="DIR", help=say("cli.tour_out").of(lang))
    answers = ["approve", "reject"]
    sub.add_argument("--supervisor", choices=answers, default=None, help=say("demo.supervisor").of(lang))
    sub.add_argument("--json", action="store_true", help=say("demo.supervisor_json").of(lang))


def _past(text: str) -> float:
    seconds = duration(text)
    if seconds > LONGEST_PAST_S:
        raise ValueError(text)
    return seconds


def run(args: argparse.Namespace, lang: Lang) -> int:
    """Show the product on a plant that needs nothing but this PC."""
    headless = args.headless or not has_display()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that plant and engine are ended as well
    try:
        with demo_station(
            args.scenario, args.seed, args.data, lang, own_engine=headless, past_s=args.past_s
        ) as station:
            for person in station.people.users:
                words = say("cli.demo_person", role=say(f"role.{person.role}"), user=person.user, key=person.password)
                speak(words, lang)
            if headless:
                return _headless(station, args, lang)
            speak(say("cli.demo_window", data=str(station.data)), lang)
            return _with_window(station, args, lang)
    except DemoFailedError as err:
        speak(err.text, lang)
        return Outcome.NOTHING_THERE


def _with_window(station: DemoStation, args: argparse.Namespace, lang: Lang) -> int:
    """The window, and a supervisor beside it when one was asked for, until it is closed."""
    acting = _supervisor(station, args, lang)
    window = subprocess.Popen(window_command(station.data, station.plant, args.lang, args.theme))
    try:
        while acting is not None and window.poll() is None:
            _hear(station, acting, 0.5)
        return window.wait()
    finally:
        if acting is not None:
            _report(acting.leave(), args.json, lang)
        end(window)


def _headless(station: DemoStation, args: argparse.Namespace, lang: Lang) -> int:
    from hmi.commands.tour import take_pictures

    acting = _supervisor(station, args, lang)
    longest = SUPERVISED_S if acting is not None else UNSUPERVISED_S
    seconds = longest if args.seconds is None else args.seconds
    out = args.out or Path(tempfile.mkdtemp(prefix="linekeeper-pictures-"))
    speak(say("cli.demo_headless", seconds=f"{seconds:.0f}"), lang)
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0 and station.process.poll() is None:
        words = _hear(station, acting, min(left, 0.5))
        if words is not None:
            speak(f"{time.strftime('%H:%M:%S')}  {words.of(lang)}")
        # a single story that was played to its end is enough, unless it was said for how long to go on
        if args.seconds is None and acting is not None and args.scenario and acting.acting.finished(args.scenario):
            break
    if acting is not None:
        _report(acting.leave(), args.json, lang)
    code = take_pictures(station.data, out, lang, args.theme, "1920x1080", settle="3s")
    speak(say("cli.demo_pictures", folder=str(out)), lang)
    return code


def _hear(station: DemoStation, acting: SupervisorThread | None, patience_s: float) -> Text | None:
    """The next sentence of the plant, if it says one in time."""
    try:
        happening = station.happenings.get(timeout=patience_s)
    except queue.Empty:
        return None
    if acting is not None:
        acting.hear(happening)
    words = happening.get("what")
    return Text.from_json(words) if isinstance(words, dict) else None


def _supervisor(station: DemoStation, args: argparse.Namespace, lang: Lang) -> SupervisorThread | None:
    """The scripted supervisor, when one was asked for."""
    if args.supervisor is None:
        return None

    def told(words: Text, about: Mapping[str, object]) -> None:
        now = datetime.now(UTC)
        if args.json:
            line = msgspec.json.encode({"time": now.isoformat(), **about, "what": words.to_json()})
            sys.stdout.buffer.write(line + b"\n")
            sys.stdout.flush()
        else:
            speak(f"{now.astimezone():%H:%M:%S}  {words.of(lang)}")

    acting = supervisor(station.people, args.supervisor, told)
    if acting is None:
        speak(say("demo.supervisor_no_people"), lang)
        return None
    return SupervisorThread(station.data, acting)


def _report(scores: Sequence[Score], as_json: bool, lang: Lang) -> None:
    """The table at the end, or a JSON line for each story."""
    if as_json:
        for found in scores:
            sys.stdout.buffer.write(msgspec.json.encode({"did": "score", **msgspec.to_builtins(found)}) + b"\n")
        sys.stdout.flush()
        return
    speak(say("demo.supervisor_title"), lang)
    speak(table(scores, lang))
