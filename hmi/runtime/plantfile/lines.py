"""Where each key of a TOML text stands, so that a problem can name its line.

The parser of the standard library keeps no positions. This scan runs only when there is something to report, and only
on text that the parser has accepted, hence it need not find faults itself.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right

Path = tuple[str | int, ...]
"""The way to a key: ``("station", 2, "roles", "state")``, indices from 0."""

_KEY = r"""(?:"(?:\\.|[^"\\\n])*"|'[^'\n]*'|[A-Za-z0-9_-]+)"""
_KEYS = rf"{_KEY}(?:[ \t]*\.[ \t]*{_KEY})*"
_SKIP = re.compile(r"(?:[ \t\r\n,]+|#[^\n]*)*")
_HEADER = re.compile(rf"(\[\[?)[ \t]*({_KEYS})[ \t]*\]\]?")
_ASSIGN = re.compile(rf"({_KEYS})[ \t]*=[ \t]*")
_PART = re.compile(_KEY)
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}(?!")' r"|'''.*?'{3,5}(?!')" r'|"(?:\\.|[^"\\\n])*"' r"|'[^'\n]*'",
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]}#\r\n]+")


class Lines:
    """The lines of all keys of one TOML text."""

    def __init__(self, text: str) -> None:
        """Scan a text that tomllib accepts."""
        self._text = text
        self._starts = [0, *(m.end() for m in re.finditer("\n", text))]
        self._at: dict[Path, int] = {(): 1}
        self._arrays: dict[Path, int] = {}
        self._scan()

    def of(self, path: Path) -> int:
        """The line of a key, from 1; of the table it belongs to when the key itself is not there."""
        while path not in self._at:
            path = path[:-1]
        return self._at[path]

    def _line(self, position: int) -> int:
        return bisect_right(self._starts, position)

    def _note(self, path: Path, position: int) -> None:
        self._at.setdefault(path, self._line(position))

    def _scan(self) -> None:
        table: Path = ()
        at = self._skip(0)
        while at < len(self._text):
            if header := _HEADER.match(self._text, at):
                table = self._table(_parts(header[2]), header[1] == "[[")
                self._note(table, at)
                at = header.end()
            else:
                at = self._assign(table, at)
            at = self._skip(at)

    def _skip(self, at: int) -> int:
        match = _SKIP.match(self._text, at)
        return match.end() if match else at

    def _table(self, parts: list[str], is_array: bool) -> Path:
        path: Path = ()
        for part in parts[:-1]:
            path = (*path, part)
            if path in self._arrays:
                path = (*path, self._arrays[path])
        path = (*path, parts[-1])
        if is_array:
            self._arrays[path] = self._arrays.get(path, -1) + 1
            return (*path, self._arrays[path])
        return path

    def _assign(self, table: Path, at: int) -> int:
        match = _ASSIGN.match(self._text, at)
        if match is None:  # not TOML after all: the rest keeps the line of its table
            return len(self._text)
        path = table
        for part in _parts(match[1]):
            path = (*path, part)
            self._note(path, at)
        return self._value(path, match.end())

    def _value(self, path: Path, at: int) -> int:
        opening = self._text[at : at + 1]
        if opening == "[":
            at, index = self._skip(at + 1), 0
            while self._text[at : at + 1] not in ("]", ""):
                self._note((*path, index), at)
                at = self._skip(self._value((*path, index), at))
                index += 1
            return at + 1
        if opening == "{":
            at = self._skip(at + 1)
            while self._text[at : at + 1] not in ("}", ""):
                at = self._skip(self._assign(path, at))
            return at + 1
        match = _STRING.match(self._text, at) or _SCALAR.match(self._text, at)
        return match.end() if match else len(self._text)


def _parts(keys: str) -> list[str]:
    return [_plain(part) for part in _PART.findall(keys)]


def _plain(part: str) -> str:
    if part[0] not in "\"'":
        return part
    if part[0] == "'" or "\\" not in part:
        return part[1:-1]
    return str(tomllib.loads(f"key = {part}")["key"])
