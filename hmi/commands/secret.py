"""`linekeeper secret set NAME`: keep a password where only this station's user can read it."""

from __future__ import annotations

import argparse
import getpass
import sys

from hmi.commands import Outcome, data_argument, data_folder, speak
from hmi.model.text import Lang
from hmi.model.words import say
from hmi.runtime import datafolder
from hmi.runtime.secrets import SecretFault, SecretStore


def add_arguments(sub: argparse.ArgumentParser, lang: Lang) -> None:
    """set|delete NAME --data DIR; the value comes from the keyboard or the first line of standard input"""
    sub.add_argument("act", choices=["set", "delete"], help=say("cli.secret_act").of(lang))
    sub.add_argument("name", metavar="NAME", help=say("cli.secret_name").of(lang))
    data_argument(sub, lang)


def read_secret(prompt: str) -> str:
    """A secret typed without echo on a terminal, else one line of standard input; never an argument."""
    if sys.stdin.isatty():
        return getpass.getpass(prompt + " ")
    return sys.stdin.readline().rstrip("\r\n")


def run(args: argparse.Namespace, lang: Lang) -> int:
    """Keep or forget one secret; says where it is kept, never what it is."""
    data = data_folder(args)
    try:
        datafolder.prepare(data)
        store = SecretStore(data)
        if args.act == "delete":
            store.delete(args.name)
            speak(say("cli.secret_gone", name=args.name), lang)
            return Outcome.DONE
        value = read_secret(say("cli.secret_value", name=args.name).of(lang))
        if not value:
            speak(say("cli.secret_empty"), lang)
            return Outcome.USAGE
        speak(say("cli.secret_kept", name=args.name, place=store.set(args.name, value)), lang)
    except (SecretFault, datafolder.DataFolderError) as err:
        speak(err.text, lang)
        return Outcome.REFUSED
    return Outcome.DONE
