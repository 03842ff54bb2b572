"""How a section of the plant file is described and read: fields by key, all faults noted, none raised.

A section is one room that declares a Section; the reader works through the table of them. A value reader is a function
``(value, problems, path) -> value | BAD``: it notes what is wrong itself and returns BAD.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

from hmi.model.problem import Problem
from hmi.model.text import Text
from hmi.model.words import say
from hmi.runtime.plantfile.lines import Lines, Path


class _Bad(Enum):
    BAD = "BAD"


BAD: Final = _Bad.BAD
"""What a value reader returns when it has noted a problem."""

Reader = Callable[[Any, "Problems", Path], Any]

_COMPARISONS = 200_000
"""Words compared for 'did you mean' in one file; beyond, a file of thousands of faults would take minutes."""


class Problems:
    """All problems of one file, with the line and the readable path of each key."""

    def __init__(self, file: str, text: str, document: Mapping[str, Any]) -> None:
        self._file, self._text, self._document = file, text, document
        self._found: list[tuple[Path, Text, Text]] = []
        self._lines: Lines | None = None
        self._compared = 0

    def add(self, path: Path, wrong: Text, right: Text) -> None:
        """Note a fault of the key at path; a key that is not there gets the line of its table."""
        self._found.append((path, wrong, right))

    def __bool__(self) -> bool:
        return bool(self._found)

    def all(self) -> list[Problem]:
        """The problems in the order of the file."""
        found = [Problem(self._file, self.line(p), self.key(p) or "-", wrong, right) for p, wrong, right in self._found]
        return sorted(found, key=lambda p: p.line)

    def line(self, path: Path) -> int:
        """The line of a key, or of the table it would stand in."""
        if self._lines is None:
            self._lines = Lines(self._text)
        return self._lines.of(path)

    def text_at(self, path: Path) -> str | None:
        """The string that stands at path, if there is one."""
        at: Any = self._document
        for part in path:
            if not _has(at, part):
                return None
            at = at[part]
        return at if isinstance(at, str) else None

    def has(self, path: Path) -> bool:
        """Whether the file has a key at path, right or wrong."""
        at: Any = self._document
        for part in path:
            if not _has(at, part):
                return False
            at = at[part]
        return True

    def meant(self, word: str, known: Iterable[str]) -> Text:
        """The words of 'what would be right' for a word that is none of the known ones."""
        choices = list(known)
        self._compared += len(choices)
        hit = near(word, choices) if self._compared <= _COMPARISONS else None
        if hit:
            return say("plantfile.did_you_mean", word=hit)
        if not choices:
            return say("plantfile.none_known")
        shown = ", ".join(choices[:24]) + (", …" if len(choices) > 24 else "")
        return say("plantfile.one_of", words=shown)

    def key(self, path: Path) -> str:
        """A path as people read it: ``station "L1.S3".roles.state``, or ``station[3].id`` where there is no id."""
        words = ""
        at: Any = self._document
        for i, part in enumerate(path):
            at = at[part] if _has(at, part) else {}
            if isinstance(part, int):
                name = at.get("id") if isinstance(at, dict) else None
                by_id = i == 1 and isinstance(name, str) and name and len(name) <= 80 and path[2:] != ("id",)
                words += f' "{name}"' if by_id else f"[{part + 1}]"
            else:
                words += f".{_quoted(part)}" if words else _quoted(part)
        return words


def _has(at: Any, part: str | int) -> bool:
    if isinstance(part, int):
        return isinstance(at, list) and part < len(at)
    return isinstance(at, dict) and part in at


def _quoted(part: str) -> str:
    return part if re.fullmatch(r"[\w-]+", part) else f'"{part}"'


@dataclass(frozen=True, slots=True)
class Field:
    """One key of a table."""

    read: Reader
    required: bool = False
    into: str = ""
    """The attribute it fills, where that is not the key itself."""


class Shape(Enum):
    """How a section stands in the file."""

    TABLE = "[{name}]"
    ARRAY = "[[{name}]]"
    NAMED = "[{name}.NAME]"


@dataclass(frozen=True, slots=True)
class Entry:
    """One table of a section as it was read."""

    path: Path
    id: str
    values: Mapping[str, Any]
    """By attribute; what was missing or wrong is not in it."""
    whole: bool
    """Whether every required value is there."""


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the plant file."""

    name: str
    shape: Shape
    fields: Mapping[str, Field] = field(default_factory=dict)
    rules: Callable[[Mapping[str, Any], Problems, Path], None] | None = None
    """What must hold between the keys of one table."""
    entry: Reader | None = None
    """Reads a whole table of free keys instead of fields (Shape.NAMED)."""
    required: bool = False


_SECRET = re.compile(
    r"pass(word|wd|phrase)?|pwd|pin|secret|token|credentials?|(private|api|secret)_?key", re.IGNORECASE
)


def is_secret(key: str) -> bool:
    """Whether a key looks as if it held a password or a private key: those are not kept in the plant file."""
    words = re.split(r"[_\-. ]", key)
    return any(_SECRET.fullmatch(w) for w in (key, *words)) or any(w.lower().endswith("password") for w in words)


def refuse_secret(problems: Problems, path: Path) -> None:
    """Note that a secret stands in the file, and where it belongs."""
    name = "NAME"
    if path[0] == "controller":
        name = f"controller/{problems.text_at((*path[:2], 'id')) or 'ID'}/password"
    problems.add(path, say("plantfile.secret"), say("plantfile.secret_right", name=name))


def near(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant."""
    lowered = {k.lower(): k for k in known}
    hits = difflib.get_close_matches(word.lower(), lowered, n=1, cutoff=0.7 if len(word) > 3 else 0.6)
    return lowered[hits[0]] if hits else None


def read_table(
    table: Mapping[str, Any], fields: Mapping[str, Field], problems: Problems, path: Path
) -> tuple[dict[str, Any], bool]:
    """The values of a table by attribute, and whether all required ones are there."""
    values: dict[str, Any] = {}
    whole = True
    for key, value in table.items():
        known = fields.get(key)
        if known is None:
            if is_secret(key):
                refuse_secret(problems, (*path, key))
            else:
                right = problems.meant(key, fields)
                problems.add((*path, key), say("plantfile.unknown_key", name=key), right)
            continue
        result = known.read(value, problems, (*path, key))
        if result is BAD:
            whole = whole and not known.required
        else:
            values[known.into or key] = result
    for key, known in fields.items():
        if known.required and key not in table:
            wrong = say("plantfile.missing_key", name=key)
            problems.add((*path, key), wrong, say("plantfile.missing_key_right", name=key))
            whole = False
    return values, whole


def read_section(document: Mapping[str, Any], section: Section, problems: Problems) -> list[Entry]:
    """All entries of one section of the document."""
    content, path = document.get(section.name), (section.name,)
    shape = section.shape.value.format(name=section.name)
    if content is None:
        if section.required:
            problems.add(path, say("plantfile.missing_section", shape=shape), say("plantfile.add_section", shape=shape))
        return []
    pairs: list[tuple[Path, Any]] = [(path, content)]
    if section.shape is Shape.ARRAY and isinstance(content, list):
        pairs = [((section.name, i), table) for i, table in enumerate(content)]
    elif section.shape is Shape.ARRAY:
        pairs = [(path, None)]
    elif section.shape is Shape.NAMED and isinstance(content, dict):
        pairs = [((section.name, name), table) for name, table in content.items()]
    entries = []
    for at, table in pairs:
        if isinstance(table, dict):
            entries.append(_entry(table, section, problems, at))
        else:
            wrong = say("plantfile.section_shape", name=section.name)
            problems.add(at, wrong, say("plantfile.write_section", shape=shape))
    return entries


def _entry(table: dict[str, Any], section: Section, problems: Problems, path: Path) -> Entry:
    if section.entry is not None:
        return Entry(path, str(path[-1]), section.entry(table, problems, path), True)
    values, whole = read_table(table, section.fields, problems, path)
    if section.rules is not None:
        section.rules(values, problems, path)
    name = table.get("id")
    return Entry(path, name if isinstance(name, str) else "", values, whole)
