"""The command line's parser: help and wrong usage in the reader's language.

argparse words its own sentences in English only; what it says of wrong usage is recognised here and said anew. A
sentence that is not known here (another version of Python) stays as it is: better in English than not at all.
"""

from __future__ import annotations

import argparse
import re
import sys
from typing import Any, NoReturn

from hmi.model.text import Lang, Text
from hmi.model.words import say

_ARGUMENT = re.compile(r"argument (?P<argument>.+?): (?P<rest>.+)", re.DOTALL)
_SENTENCES = (
    (re.compile(r"invalid choice: (?P<value>'.*'|\".*\") \(choose from (?P<choices>.+)\)", re.DOTALL), "choice"),
    (re.compile(r"unrecognized arguments: (?P<given>.+)", re.DOTALL), "unknown"),
    (re.compile(r"the following arguments are required: (?P<missing>.+)"), "missing"),
    (re.compile(r"one of the arguments (?P<missing>.+) is required"), "one_of"),
    (re.compile(r"not allowed with argument (?P<other>.+)"), "not_with"),
    (re.compile(r"expected (?:one argument|at least one argument|\d+ arguments?)"), "value_missing"),
    (re.compile(r"ambiguous option: (?P<given>.+) could match (?P<matches>.+)"), "ambiguous"),
    (re.compile(r"ignored explicit argument (?P<value>.+)"), "no_value"),
    (re.compile(r"invalid int value: (?P<value>.+)", re.DOTALL), "whole"),
    (re.compile(r"invalid float value: (?P<value>.+)", re.DOTALL), "number"),
    (re.compile(r"invalid \w*(?:duration|past) value: (?P<value>.+)", re.DOTALL), "duration"),
    (re.compile(r"invalid \w+ value: (?P<value>.+)", re.DOTALL), "value"),
)
_HEADINGS = (("usage: ", "usage"), ("positional arguments:\n", "positional"), ("options:\n", "options"))


def wrong_usage(message: str) -> Text:
    """What argparse found wrong, in both languages."""
    named = _ARGUMENT.fullmatch(message)
    if named is not None and (said := _said(named["rest"])) is not None:
        return say("usage.argument", argument=named["argument"], wrong=said)
    return _said(message) or Text.same(message)


def _said(message: str) -> Text | None:
    for pattern, key in _SENTENCES:
        found = pattern.fullmatch(message)
        if found is not None:
            return say(f"usage.{key}", **found.groupdict())
    return None


class Parser(argparse.ArgumentParser):
    """A parser that speaks one language; its subparsers speak the same."""

    def __init__(self, *, lang: Lang, **options: Any) -> None:
        super().__init__(**options, add_help=False)
        self.lang = lang
        self.add_argument("-h", "--help", action="help", help=say("usage.help").of(lang))

    def format_usage(self) -> str:
        """How the command is written."""
        return self._worded(super().format_usage())

    def format_help(self) -> str:
        """The whole help."""
        return self._worded(super().format_help())

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and end with the exit code of wrong usage."""
        self.print_usage(sys.stderr)
        self.exit(2, f"{self.prog}: {wrong_usage(message).of(self.lang)}\n")

    def _worded(self, text: str) -> str:
        for heading, key in _HEADINGS:
            begin = 0 if text.startswith(heading) else text.find("\n" + heading) + 1
            if begin or text.startswith(heading):
                text = text[:begin] + say(f"usage.{key}").of(self.lang) + text[begin + len(heading.rstrip()) :]
        return text
