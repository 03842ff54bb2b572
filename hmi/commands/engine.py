"""`linekeeper engine`: the engine without a window."""

from __future__ import annotations

import argparse
import logging
import logging.handlers
import re
from pathlib import Path
from typing import TYPE_CHECKING

from hmi import __version__
from hmi.commands import Outcome, data_argument, data_folder, speak
from hmi.model.text import Lang
from hmi.model.words import say
from hmi.people.refusal import PeopleRefusedError
from hmi.runtime import datafolder
from hmi.runtime.secrets import SecretFault
from hmi.store.faults import StoreError

if TYPE_CHECKING:  # every command starts through here: what only an engine needs is loaded when one runs
    from hmi.runtime.wiring import Wired


def add_arguments(sub: argparse.ArgumentParser, lang: Lang) -> None:
    """--plant FILE --data DIR [--for 20s]"""
    sub.add_argument("--plant", type=Path, required=True, metavar="FILE", help=say("cli.plant").of(lang))
    data_argument(sub, lang)
    sub.add_argument("--for", dest="seconds", type=duration, default=None, metavar="20s", help=say("cli.for").of(lang))


def duration(text: str) -> float:
    """Seconds from "20s", "10m", "2h", "1d" or a bare number. ValueError otherwise."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)?", text.strip())
    if match is None:
        raise ValueError(text)
    unit = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, None: 1.0}[match.group(2)]
    return float(match.group(1)) * unit


def run(args: argparse.Namespace, lang: Lang) -> int:
    """Check the plant file, then run until told to stop."""
    from hmi.runtime import plantfile
    from hmi.runtime.engine import run_engine

    data = data_folder(args)
    plant = plantfile.load(args.plant)

    def ready(wired: Wired) -> None:
        words = say("engine.started", version=__version__, tags=len(plant.tags), controllers=len(plant.controllers),
                    data=str(data))  # fmt: skip
        speak(words, lang)

    try:
        datafolder.prepare(data)
        _log_to(data)
        run_engine(data, plant, str(args.plant), args.seconds, ready)
    except datafolder.SecondInstanceError as err:
        speak(err.text, lang)
        return Outcome.TAKEN
    except datafolder.DataFolderError as err:
        speak(err.text, lang)
        return Outcome.NOTHING_THERE
    except (PeopleRefusedError, SecretFault, StoreError) as err:
        speak(err.text, lang)
        return Outcome.REFUSED
    speak(say("engine.stopped"), lang)
    return Outcome.DONE


def _log_to(data: Path) -> None:
    """Keep the engine's log beside its data, bounded; the library's INFO lines would format every message."""
    file = logging.handlers.RotatingFileHandler(
        data / "engine.log", maxBytes=5_000_000, backupCount=3, encoding="utf-8"
    )
    file.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(file)
    logging.getLogger("linekeeper").setLevel(logging.INFO)
    logging.getLogger("asyncua").setLevel(logging.ERROR)
