"""`linekeeper decisions`: the loop's cards with what came of them, newest first; JSON or one line each."""

from __future__ import annotations

import argparse
import sys
from typing import Any

import msgspec

from hmi.commands import Outcome, data_argument, data_folder, no_engine, print_json, speak
from hmi.desk.client import RefusedError, call
from hmi.desk.decision_rows import DecisionRow
from hmi.desk.wire import DeskUnreachableError
from hmi.model.reading import iso
from hmi.model.text import Lang
from hmi.model.words import say

TIMES = ("detected", "proposed", "decided", "ended", "expires", "first", "second_until")


def add_arguments(sub: argparse.ArgumentParser, lang: Lang) -> None:
    """[--limit N] [--json] --data DIR"""
    sub.add_argument("--limit", type=int, default=100, metavar="N", help=say("decision.argument_limit").of(lang))
    sub.add_argument("--json", action="store_true", help=say("decision.argument_json").of(lang))
    data_argument(sub, lang)


def run(args: argparse.Namespace, lang: Lang) -> int:
    """Print the cards."""
    data = data_folder(args)
    try:
        rows: list[DecisionRow] = call(data, "decisions", limit=args.limit)
    except DeskUnreachableError:
        return no_engine(data, lang, [] if args.json else None)
    except RefusedError as err:
        speak(err.text, lang)
        return Outcome.REFUSED
    if args.json:
        print_json([printed(row) for row in rows])
    else:
        sys.stdout.buffer.writelines(f"{line(row, lang)}\n".encode() for row in rows)
        sys.stdout.flush()
    return Outcome.DONE


def printed(row: DecisionRow) -> dict[str, Any]:
    """The form scripts get: times in ISO 8601 beside their ns."""
    form: dict[str, Any] = msgspec.to_builtins(row)
    for name in TIMES:
        form[name] = iso(form[f"{name}_ns"])
    return form


def line(row: DecisionRow, lang: Lang) -> str:
    """A card in one line: number, time, place, state, what, and why it stands so."""
    state = say(f"decision.state_{row.state.value}" if row.effect is None else f"decision.effect_{row.effect.value}")
    if row.second_until_ns:
        state = say("decision.waits_second", first=row.first_by, until=iso(row.second_until_ns))
    why = "" if row.why is None else f"  ({row.why.of(lang)})"
    return f"{row.id}  {iso(row.proposed_ns)}  {row.place}  {state.of(lang)}  {row.what.of(lang)}{why}"
