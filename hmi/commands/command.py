"""`linekeeper command TAG VALUE --as USER --reason TEXT`: one write, or one method call, through the gateway."""

from __future__ import annotations

import argparse
import secrets

from hmi.commands import Outcome, data_argument, data_folder, print_json, speak
from hmi.commands.acting import as_argument, sign_in
from hmi.desk.client import RefusedError
from hmi.desk.command_rows import CommandRow
from hmi.desk.wire import DeskUnreachableError
from hmi.model.command import CommandOutcome
from hmi.model.text import Lang
from hmi.model.words import say

PATIENCE_S = 30.0
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
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def run(args: argparse.Namespace, lang: Lang) -> int:
    """Sign in, write once, tell the outcome; the exit code says which."""
    data = data_folder(args)
    try:
        conversation, password = sign_in(data, args.user, lang)
        values = [parsed(text) for text in args.value]
        more = {} if len(values) == 1 else {"arguments": values}
        with conversation:
            row: CommandRow = conversation.call(
                "command", timeout=PATIENCE_S, key=secrets.token_hex(16), tag=args.tag, value=values[0],
                reason=args.reason, password=password, **more,
            )  # fmt: skip
    except DeskUnreachableError:
        speak(say("cli.no_engine", data=str(data)), lang)
        return Outcome.NOTHING_THERE
    except RefusedError as err:
        if args.json:
            print_json({"tag": args.tag, "outcome": "REFUSED", "why": err.text.to_json()})
        else:
            speak(err.text, lang)
        return Outcome.REFUSED
    if args.json:
        print_json(row)
    else:
        speak(f"{row.tag}: {say(f'outcome.{row.outcome}').of(lang)}. {'' if row.why is None else row.why.of(lang)}")
    return CODES.get(row.outcome, Outcome.UNKNOWN)
