"""`linekeeper check plant.toml`: all faults at once, then the connections and what the controllers really have."""

from __future__ import annotations

import argparse
import asyncio
import logging
from pathlib import Path

from hmi.commands import Outcome, data_argument, data_folder, print_json, speak
from hmi.model.text import Lang
from hmi.model.words import say
from hmi.runtime import datafolder, plugins
from hmi.runtime.plantfile_check import Report, check
from hmi.runtime.secrets import SecretFault, SecretStore


def add_arguments(sub: argparse.ArgumentParser, lang: Lang) -> None:
    """FILE [--no-connect] [--json] [--data DIR]"""
    sub.add_argument("file", type=Path, metavar="FILE", help=say("cli.plant").of(lang))
    sub.add_argument("--no-connect", action="store_true", help=say("cli.no_connect").of(lang))
    sub.add_argument("--json", action="store_true", help=say("cli.json").of(lang))
    data_argument(sub, lang)


def run(args: argparse.Namespace, lang: Lang) -> int:
    """Read the file; try each controller with the trust list and the secrets of --data."""
    data = data_folder(args)
    logging.getLogger("asyncua").setLevel(logging.CRITICAL)
    logging.getLogger("linekeeper").setLevel(logging.ERROR)
    try:
        datafolder.prepare(data)
        found = plugins.find(data)
        report = asyncio.run(check(args.file, not args.no_connect, data / "trust", SecretStore(data), found))
    except (datafolder.DataFolderError, SecretFault) as err:
        speak(err.text, lang)
        return Outcome.NOTHING_THERE
    if args.json:
        print_json(report.to_json())
    else:
        _tell(report, args.file, lang)
    return Outcome.DONE if report.fine else Outcome.PROBLEMS


def _tell(report: Report, file: Path, lang: Lang) -> None:
    for problem in report.problems:
        speak(problem.sentence(lang))
    for row in report.rows:
        speak(f"[{say(f'check_level.{row.level}').of(lang)}] {row.subject}: {row.text.of(lang)}")
    if report.fine and report.plant is not None:
        plant = report.plant
        speak(
            say(
                "cli.check_fine", file=str(file), tags=len(plant.tags), stations=len(plant.stations),
                controllers=len(plant.controllers),
            ),
            lang,
        )  # fmt: skip
