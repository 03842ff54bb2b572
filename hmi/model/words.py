"""The catalogue of everything the station says, in both languages.

Every sentence a person sees outside the plant file has a key in ``resources/i18n/*.toml``; code names the key and the
values, never the sentence. One file per room keeps the entries near their topic: ``[key]`` with ``en`` and ``ko``.
"""

from __future__ import annotations

import string
import tomllib
from functools import cache
from pathlib import Path

from hmi.model.text import Lang, Text

FOLDER = Path(__file__).resolve().parents[2] / "resources" / "i18n"


class UnknownWordError(KeyError):
    """A key that no catalogue file defines: a fault of the program, found by the tests."""


@cache
def catalogue() -> dict[str, Text]:
    """All entries of all catalogue files by key, e.g. ``{"quality.good": Text("Good", "정상")}``."""
    entries: dict[str, Text] = {}
    for file in sorted(FOLDER.glob("*.toml")):
        _collect(tomllib.loads(file.read_text(encoding="utf-8")), "", entries, file.name)
    return entries


def _collect(node: dict[str, object], prefix: str, into: dict[str, Text], file: str) -> None:
    en, ko = node.get("en"), node.get("ko")
    if isinstance(en, str) and isinstance(ko, str):
        if prefix in into:
            raise ValueError(f"{file}: {prefix} is defined twice")
        into[prefix] = Text(en, ko)
        return
    for name, child in node.items():
        if not isinstance(child, dict):
            raise TypeError(f"{file}: {prefix}.{name} needs both en and ko")
        _collect(child, f"{prefix}.{name}" if prefix else name, into, file)


def say(key: str, /, **values: object) -> Text:
    """A sentence of the catalogue in both languages with its values filled in.

    A value that is itself a Text goes into each language in that language. Raises UnknownWordError for a missing key.
    """
    try:
        entry = catalogue()[key]
    except KeyError:
        raise UnknownWordError(key) from None
    if not values and "{{" not in entry.en:
        return entry
    return Text(_fill(entry.en, values, Lang.EN), _fill(entry.ko, values, Lang.KO))


def _fill(sentence: str, values: dict[str, object], lang: Lang) -> str:
    return sentence.format(**{k: v.of(lang) if isinstance(v, Text) else v for k, v in values.items()})


def placeholders(sentence: str) -> set[str]:
    """The names a sentence leaves open, e.g. {"tag", "age"}."""
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}
