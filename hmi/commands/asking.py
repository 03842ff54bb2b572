"""Asking for a password: unseen at a terminal, a line of standard input for scripts; never an argument."""

from __future__ import annotations

import sys
from getpass import getpass


class NoPasswordError(Exception):
    """Standard input ended before the password came."""


def password(prompt: str) -> str:
    """A password: typed unseen at a terminal, else the next line of standard input. NoPasswordError at its end."""
    if sys.stdin is not None and sys.stdin.isatty():
        try:
            return getpass(prompt)
        except EOFError:
            raise NoPasswordError from None
    line = sys.stdin.readline() if sys.stdin is not None else ""
    if not line:
        raise NoPasswordError
    return line.rstrip("\r\n")
