"""`linekeeper window`: the window on a data folder; starts the engine when none runs there."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from hmi.commands import Outcome, data_argument, data_folder, speak
from hmi.model.text import Lang
from hmi.model.words import say
from hmi.runtime import plantfile
from hmi.runtime.processes import own_command


def add_arguments(sub: argparse.ArgumentParser, lang: Lang) -> None:
    """[--plant FILE] --data DIR [--theme light|dark]"""
    sub.add_argument("--plant", type=Path, default=None, metavar="FILE", help=say("cli.plant").of(lang))
    sub.add_argument("--theme", choices=["light", "dark"], default=None, help=say("cli.theme").of(lang))
    data_argument(sub, lang)


def has_display() -> bool:
    """Whether a window can be shown here."""
    return sys.platform == "win32" or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or os.environ.get("QT_QPA_PLATFORM")
    )


def run(args: argparse.Namespace, lang: Lang) -> int:
    """Check the plant file first, so that its faults are told here and not inside a window."""
    data = data_folder(args)
    if not has_display():
        speak(say("cli.no_display"), lang)
        return Outcome.NOTHING_THERE
    if args.plant is not None:
        plantfile.load(args.plant)
    elif not (data / "plant.json").exists():
        speak(say("cli.no_plant", data=str(data)), lang)
        return Outcome.NOTHING_THERE
    return subprocess.call(window_command(data, args.plant, args.lang, args.theme))


def window_command(data: Path, plant: Path | None, lang: str | None, theme: str | None) -> list[str]:
    """The command line of the window's process."""
    words = ["--data", str(data)]
    for option, value in (("--plant", plant), ("--lang", lang), ("--theme", theme)):
        if value is not None:
            words += [option, str(value)]
    return own_command("ui.app", *words)
