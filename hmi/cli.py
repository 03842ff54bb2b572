"""The `linekeeper` command: finds the subcommand's room, speaks the user's language, turns outcomes into exit codes."""

from __future__ import annotations

import argparse
import io
import logging
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from hmi import __version__
from hmi.commands import Outcome, speak
from hmi.commands.asking import NoPasswordError
from hmi.commands.usage import Parser
from hmi.model.problem import ProblemsError
from hmi.model.text import Lang
from hmi.model.words import say

COMMANDS = (
    "demo", "window", "engine", "check", "discover", "status", "read", "history", "tour", "bench", "trust", "secret",
    "inspect", "backtest", "user", "audit", "mode", "command", "alarms",
    "hold", "trace", "decisions", "decide",
)  # fmt: skip


def language(argv: list[str]) -> Lang:
    """The language of the command line: --lang, else LINEKEEPER_LANG, else the system's."""
    for at, word in enumerate(argv):
        value = word.partition("=")[2] if word.startswith("--lang=") else None
        if word == "--lang" and at + 1 < len(argv):
            value = argv[at + 1]
        if value in ("en", "ko"):
            return Lang(value)
    chosen = os.environ.get("LINEKEEPER_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG") or "en"
    return Lang.KO if chosen.lower().startswith("ko") else Lang.EN


def parser(lang: Lang, given: Sequence[str] = ()) -> Parser:
    """The command line, in one language; of the commands only the one that was given is loaded, None given: all."""
    asked = next((word for word in given if word in COMMANDS), None)
    top = Parser(
        lang=lang,
        prog="linekeeper",
        description=say("cli.about").of(lang),
        epilog=say("cli.exit_codes").of(lang),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    version = say("usage.version").of(lang)
    top.add_argument("--version", action="version", version=f"linekeeper {__version__}", help=version)
    top.add_argument("--lang", choices=["en", "ko"], default=None, help=say("cli.lang").of(lang))
    rooms = top.add_subparsers(dest="command", metavar="COMMAND")
    for name in COMMANDS:
        words = say(f"cli.{name}").of(lang)
        sub = rooms.add_parser(name, lang=lang, help=words, description=words)
        sub.add_argument("--lang", choices=["en", "ko"], default=None, help=say("cli.lang").of(lang))
        if asked not in (None, name):
            continue
        room = import_module(f"hmi.commands.{name}")
        room.add_arguments(sub, lang)
        sub.set_defaults(run=room.run)
    return top


def main(argv: list[str] | None = None) -> int:
    """Run one command; the return value is the process's exit code."""
    given = sys.argv[1:] if argv is None else argv
    lang = language(given)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a console without Hangul still shows the rest
    words = given or ["window"]
    args = parser(lang, words).parse_args(words)
    if not hasattr(args, "run"):
        parser(lang).print_help(sys.stderr)
        return Outcome.USAGE
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        return int(args.run(args, lang))
    except ProblemsError as err:
        for problem in err.problems:
            speak(problem.sentence(lang))
        return Outcome.PROBLEMS
    except NoPasswordError:
        speak(say("usage.no_password"), lang)
        return Outcome.USAGE
    except BrokenPipeError:
        # the reader of our output went away (`| head`): not our fault, and nothing more can be said
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Outcome.DONE
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
