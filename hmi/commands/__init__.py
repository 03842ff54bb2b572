"""The subcommands of `linekeeper`, one room each: ``add_arguments(parser, lang)`` and ``run(args, lang)``."""

from __future__ import annotations

import argparse
import sys
from enum import IntEnum
from pathlib import Path
from typing import Any

import msgspec

from hmi.model.text import Lang, Text
from hmi.model.words import say
from hmi.runtime.settings import default_data


class Outcome(IntEnum):
    """Exit codes, the same for every command and documented in the README."""

    DONE = 0
    PROBLEMS = 1  # done, but something asked for is not so: faults in a file, an unknown tag, tags not GOOD
    USAGE = 2
    NOTHING_THERE = 3  # no engine, no data folder, no controller, no display
    REFUSED = 4
    TAKEN = 5  # another engine works on this data folder
    UNKNOWN = 6  # a command was sent and its outcome is not known
    REJECTED = 7  # the controller said no


def data_argument(sub: argparse.ArgumentParser, lang: Lang) -> None:
    """The --data option that most commands share."""
    sub.add_argument("--data", type=Path, default=None, metavar="DIR", help=say("cli.data").of(lang))


def json_argument(sub: argparse.ArgumentParser, lang: Lang) -> None:
    """The --json option of commands that never print anything else: scripts may ask every command for it."""
    sub.add_argument("--json", action="store_true", help=say("cli.json").of(lang))


def data_folder(args: argparse.Namespace) -> Path:
    """The data folder that the command names, or this user's."""
    folder: Path | None = args.data
    return default_data() if folder is None else folder


def print_json(thing: Any) -> None:
    """One JSON document on standard output: what scripts read."""
    body = msgspec.json.format(msgspec.json.encode(thing), indent=2)
    sys.stdout.buffer.write(body + b"\n")
    sys.stdout.flush()


def no_engine(data: Path, lang: Lang, form: Any = None) -> Outcome:
    """Say that no engine answers; form is what scripts get on standard output, None for nothing.

    A dict gets the reason as its ``why``.
    """
    words = say("cli.no_engine", data=str(data))
    speak(words, lang)
    if form is not None:
        print_json({**form, "why": words.to_json()} if isinstance(form, dict) else form)
    return Outcome.NOTHING_THERE


def refused(words: Text, lang: Lang, form: dict[str, Any] | None = None) -> Outcome:
    """Say why the engine refused; form is what scripts get, with the reason as its ``why``."""
    speak(words, lang)
    if form is not None:
        print_json({**form, "why": words.to_json()})
    return Outcome.REFUSED


def unanswered(words: Text, lang: Lang, form: dict[str, Any] | None = None) -> Outcome:
    """Say that an act was sent and nobody told what became of it; form is as of ``refused``."""
    speak(words, lang)
    if form is not None:
        print_json({**form, "why": words.to_json()})
    return Outcome.UNKNOWN


def speak(words: str | Text, lang: Lang = Lang.EN) -> None:
    """Say something to the person at the terminal; standard output stays for what scripts read."""
    sys.stderr.write((words if isinstance(words, str) else words.of(lang)) + "\n")
    sys.stderr.flush()
