"""Acting from the command line: signing in and doing something on one connection, with one password."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from hmi.commands.asking import password as asked_password
from hmi.desk.client import Conversation
from hmi.model.text import Lang
from hmi.model.words import say


def as_argument(sub: argparse.ArgumentParser, lang: Lang) -> None:
    """The --as option of every act."""
    sub.add_argument("--as", dest="user", required=True, metavar="USER", help=say("cli.as").of(lang))


def sign_in(data: Path, user: str, lang: Lang) -> tuple[Conversation, str]:
    """A conversation in which the user sits at the desk, and the password for signing what follows.

    The password is asked for on a terminal, else read as the next line of standard input. RefusedError when the engine
    says no, DeskUnreachableError without an engine, NoPasswordError when standard input has none.
    """
    password = asked_password(say("cli.password_of", user=user).of(lang) + " ")
    conversation = Conversation(data)
    try:
        conversation.call("sign_in", user=user, password=password)
    except BaseException:
        conversation.close()
        raise
    return conversation, password


def act(data: Path, user: str, lang: Lang, name: str, **arguments: Any) -> Any:
    """Sign in, do one thing, sign out."""
    conversation, _ = sign_in(data, user, lang)
    with conversation:
        return conversation.call(name, **arguments)
