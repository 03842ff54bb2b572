"""`linekeeper mode [control|monitor] --as USER`: whether this station may write."""

from __future__ import annotations

import argparse

from hmi.commands import Outcome, data_argument, data_folder, json_argument, no_engine, print_json, refused, speak
from hmi.commands.acting import sign_in
from hmi.desk.client import RefusedError, call
from hmi.desk.wire import DeskUnreachableError
from hmi.model.text import Lang
from hmi.model.words import say


def add_arguments(sub: argparse.ArgumentParser, lang: Lang) -> None:
    """[control|monitor] [--as USER] [--reason TEXT] [--json] --data DIR"""
    sub.add_argument("mode", nargs="?", choices=["control", "monitor"], help=say("cli.mode_to").of(lang))
    sub.add_argument("--as", dest="user", default=None, metavar="USER", help=say("cli.as").of(lang))
    sub.add_argument("--reason", default=None, metavar="TEXT", help=say("cli.reason").of(lang))
    json_argument(sub, lang)
    data_argument(sub, lang)


def run(args: argparse.Namespace, lang: Lang) -> int:
    """Tell the mode, or change it as a signed act."""
    data = data_folder(args)
    try:
        if args.mode is None:
            print_json(call(data, "mode"))
            return Outcome.DONE
        if args.user is None:
            speak(say("cli.name_a_user"), lang)
            return Outcome.USAGE
        conversation, password = sign_in(data, args.user, lang)
        with conversation:
            reason = args.reason or say("cli.mode_reason").of(lang)
            print_json(conversation.call("set_mode", mode=args.mode.upper(), reason=reason, password=password))
    except DeskUnreachableError:
        return no_engine(data, lang, {"mode": None})
    except RefusedError as err:
        return refused(err.text, lang, {"mode": None})
    return Outcome.DONE
