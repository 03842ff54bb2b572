"""`linekeeper status`: how the station fares, as JSON."""

from __future__ import annotations

import argparse

from hmi.commands import Outcome, data_argument, data_folder, json_argument, print_json
from hmi.desk.client import RefusedError, call
from hmi.desk.wire import DeskUnreachableError
from hmi.model.text import Lang
from hmi.model.words import say


def add_arguments(sub: argparse.ArgumentParser, lang: Lang) -> None:
    """[--json] --data DIR"""
    json_argument(sub, lang)
    data_argument(sub, lang)


def run(args: argparse.Namespace, lang: Lang) -> int:
    """Print the engine's own account; without an engine say so in the same shape."""
    data = data_folder(args)
    try:
        print_json(call(data, "status"))
    except DeskUnreachableError:
        print_json({"alive": False, "why": say("cli.no_engine", data=str(data)).to_json()})
        return Outcome.NOTHING_THERE
    except RefusedError as err:
        print_json({"alive": True, "why": err.text.to_json()})
        return Outcome.REFUSED
    return Outcome.DONE
