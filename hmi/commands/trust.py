"""`linekeeper trust`: the server certificates that wait, and accepting one by its fingerprint."""

from __future__ import annotations

import argparse

from hmi.commands import Outcome, data_argument, data_folder, json_argument, no_engine, print_json, speak
from hmi.commands.acting import act
from hmi.desk.client import RefusedError, call
from hmi.desk.wire import DeskUnreachableError
from hmi.model.text import Lang
from hmi.model.words import say


def add_arguments(sub: argparse.ArgumentParser, lang: Lang) -> None:
    """[CONTROLLER FINGERPRINT --as USER] [--json] --data DIR"""
    sub.add_argument("controller", nargs="?", metavar="CONTROLLER", help=say("cli.trust_controller").of(lang))
    sub.add_argument("fingerprint", nargs="?", metavar="FINGERPRINT", help=say("cli.trust_fingerprint").of(lang))
    sub.add_argument("--as", dest="user", default=None, metavar="USER", help=say("cli.as").of(lang))
    json_argument(sub, lang)
    data_argument(sub, lang)


def run(args: argparse.Namespace, lang: Lang) -> int:
    """List what waits, or accept one."""
    data = data_folder(args)
    try:
        if args.controller is None:
            waiting = [c for c in call(data, "controllers") if c.state == "REFUSED" and c.fingerprint]
            print_json([{"controller": c.controller, "fingerprint": c.fingerprint, "why": c.why} for c in waiting])
            return Outcome.DONE
        if args.fingerprint is None:
            speak(say("cli.name_a_fingerprint"), lang)
            return Outcome.USAGE
        if args.user is None:
            speak(say("cli.name_a_user"), lang)
            return Outcome.USAGE
        act(data, args.user, lang, "trust", controller=args.controller, fingerprint=args.fingerprint)
    except DeskUnreachableError:
        return no_engine(data, lang, [] if args.controller is None else None)
    except RefusedError as err:
        speak(err.text, lang)
        return Outcome.REFUSED
    speak(say("cli.trusted", controller=args.controller), lang)
    return Outcome.DONE
