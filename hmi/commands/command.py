"""`linekeeper command TAG VALUE --as USER --reason TEXT`: one write, or one method call, through the gateway."""

from __future__ import annotations

import argparse
import math
import re
import secrets

from hmi.commands import Outcome, data_argument, data_folder, no_engine, print_json, refused, speak, unanswered
from hmi.commands.acting import as_argument, sign_in
from hmi.desk.client import RefusedError
from hmi.desk.command_rows import CommandRow
from hmi.desk.wire import DeskUnreachableError
from hmi.model.command import CommandOutcome
from hmi.model.text import Lang
from hmi.model.words import say

PATIENCE_S = 30.0
_WHOLE = re.compile(r"[+-]?[0-9]{1,20}")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_FARTHEST = 2**63
CODES = {
    CommandOutcome.VERIFIED: Outcome.DONE,
    CommandOutcome.REFUSED: Outcome.REFUSED,
    CommandOutcome.REJECTED: Outcome.REJECTED,
}


def add_arguments(sub: argparse.ArgumentParser, lang: Lang) -> None:
    """TAG VALUE... --as USER --reason TEXT [--json] --data DIR"""
    sub.add_argument("tag", metavar="TAG", help=say("cli.tag").of(lang))
    sub.add_argument("value", metavar="VALUE", nargs="+", help=say("cli.value").of(lang))
    as_argument(sub, lang)
    sub.add_argument("--reason", required=True, metavar="TEXT", help=say("cli.reason").of(lang))
    sub.add_argument("--json", action="store_true", help=say("cli.json").of(lang))
    data_argument(sub, lang)


def parsed(text: str) -> bool | int | float | str:
    """A value as typed: true and false, whole numbers, numbers, anything else is text."""
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    if _WHOLE.fullmatch(text) and -_FARTHEST <= int(text) < _FARTHEST:
        return int(text)
    if _NUMBER.fullmatch(text) and math.isfinite(number := float(text)):
        return number
    return text


def run(args: argparse.Namespace, lang: Lang) -> int:
    """Sign in, write once, tell the outcome; the exit code says which."""
    data = data_folder(args)
    values = [parsed(text) for text in args.value]
    more = {} if len(values) == 1 else {"arguments": values}
    form = {"tag": args.tag, "outcome": "REFUSED"} if args.json else None
    try:
        conversation, password = sign_in(data, args.user, lang)
    except DeskUnreachableError:
        return no_engine(data, lang, form)
    except RefusedError as err:
        return refused(err.text, lang, form)
    try:
        with conversation:
            row: CommandRow = conversation.call(
                "command", timeout=PATIENCE_S, key=secrets.token_hex(16), tag=args.tag, value=values[0],
                reason=args.reason, password=password, **more,
            )  # fmt: skip
    except DeskUnreachableError:
        lost = {"tag": args.tag, "outcome": CommandOutcome.UNKNOWN.value} if args.json else None
        return unanswered(say("cli.command_unanswered", tag=args.tag), lang, lost)
    except RefusedError as err:
        return refused(err.text, lang, form)
    if args.json:
        print_json(row)
    else:
        outcome = f"{row.tag}: {say(f'outcome.{row.outcome}').of(lang)}."
        speak(outcome if row.why is None else f"{outcome} {row.why.of(lang)}")
    return CODES.get(row.outcome, Outcome.UNKNOWN)
