"""`linekeeper tour`: a picture of every screen with settled data, written to a folder."""

from __future__ import annotations

import argparse
import os
import subprocess
from pathlib import Path

from hmi.commands import Outcome, speak
from hmi.commands.demo import DemoFailedError, demo_station
from hmi.model.text import Lang
from hmi.model.words import say
from hmi.runtime.processes import own_command


def add_arguments(sub: argparse.ArgumentParser, lang: Lang) -> None:
    """--out DIR [--theme dark] [--size 1920x1080] [--data DIR] [--settle 20s]"""
    sub.add_argument("--out", type=Path, required=True, metavar="DIR", help=say("cli.tour_out").of(lang))
    sub.add_argument("--theme", choices=["light", "dark"], default="light", help=say("cli.theme").of(lang))
    sub.add_argument("--size", default="1920x1080", metavar="WxH", help=say("cli.tour_size").of(lang))
    sub.add_argument("--data", type=Path, default=None, metavar="DIR", help=say("cli.tour_data").of(lang))
    sub.add_argument("--settle", default="25s", metavar="25s", help=say("cli.tour_settle").of(lang))


def run(args: argparse.Namespace, lang: Lang) -> int:
    """Take the pictures of a running station, or of a demo plant started for the purpose."""
    if args.data is not None:
        return take_pictures(args.data, args.out, lang, args.theme, args.size, settle="2s")
    try:
        with demo_station(lang=lang) as station:
            return take_pictures(station.data, args.out, lang, args.theme, args.size, args.settle, stages=True)
    except DemoFailedError as err:
        speak(err.text, lang)
        return Outcome.NOTHING_THERE


def take_pictures(
    data: Path, out: Path, lang: Lang, theme: str, size: str, settle: str, *, stages: bool = False
) -> int:
    """Run the tour's process on a station; without a display it draws offscreen.

    stages: play the loop as well, which judges, signs and holds: for a plant that was started for the purpose alone.
    """
    surroundings = dict(os.environ)
    if not (surroundings.get("DISPLAY") or surroundings.get("WAYLAND_DISPLAY")):
        surroundings["QT_QPA_PLATFORM"] = "offscreen"
    words = ["--data", str(data), "--out", str(out), "--lang", str(lang), "--theme", theme, "--size", size]
    words += ["--settle", settle, *(["--stages"] if stages else [])]
    return subprocess.call(own_command("ui.tour", *words), env=surroundings)
