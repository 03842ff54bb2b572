"""`linekeeper trace UNIT`: a unit's genealogy, as JSON: its lot, batches, stations and times, pictures and holds."""

from __future__ import annotations

import argparse
from typing import Any

import msgspec

from hmi.commands import Outcome, data_argument, data_folder, no_engine, print_json, refused, speak
from hmi.desk.client import RefusedError, call
from hmi.desk.hold_rows import UnitTrace
from hmi.desk.wire import DeskUnreachableError
from hmi.model.reading import iso
from hmi.model.text import Lang
from hmi.model.words import say


def add_arguments(sub: argparse.ArgumentParser, lang: Lang) -> None:
    """UNIT [--json] --data DIR"""
    sub.add_argument("unit", metavar="UNIT", help=say("cli.unit").of(lang))
    sub.add_argument("--json", action="store_true", help=say("cli.json").of(lang))
    data_argument(sub, lang)


def run(args: argparse.Namespace, lang: Lang) -> int:
    """Print what is known of a unit; exit code 1 for one that was never seen."""
    data = data_folder(args)
    try:
        found: UnitTrace = call(data, "trace", unit=args.unit)
    except DeskUnreachableError:
        return no_engine(data, lang, {"unit": args.unit, "known": False})
    except RefusedError as err:
        return refused(err.text, lang, {"unit": args.unit, "known": False})
    print_json(_printed(found))
    if not found.known:
        speak(say("hold.unit_unknown", unit=found.unit), lang)
        return Outcome.PROBLEMS
    return Outcome.DONE


def _printed(found: UnitTrace) -> dict[str, Any]:
    """The form scripts get: times in ISO 8601 beside their ns."""
    form: dict[str, Any] = msgspec.to_builtins(found)
    for p in form["passes"]:
        p["at"] = iso(p["at_ns"])
    return form
