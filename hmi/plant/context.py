"""What a line makes now: order, product, lot, material batch, operator, as its role tags say, or not known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hmi.model.plant import Line
from hmi.model.quality import Quality, quality_of
from hmi.model.reading import Value
from hmi.model.text import Text
from hmi.model.words import say

ROLES: Mapping[str, str] = {
    "order": "order",
    "product": "product",
    "lot": "lot",
    "material_batch": "batch",
    "batch": "batch",
    "operator": "operator",
}
"""Roles of a line that tell its context, and the field each fills."""


@dataclass(frozen=True, slots=True)
class Change:
    """Something that happened on a line or station, for people to read."""

    at_ns: int
    kind: str
    """state, order, product, lot, batch, operator, count."""
    place: str
    text: Text


class LineContext:
    """The context of one line. A value in doubt is None; coming back with another one is a change."""

    __slots__ = ("_known", "_line", "_now")

    def __init__(self, line: Line) -> None:
        self._line = line
        self._now: dict[str, str | None] = {}
        self._known: dict[str, str] = {}

    def take(self, kind: str, value: Value, status: int, at_ns: int) -> Change | None:
        """Take a reading of the role that fills ``kind``; returns the change when one value gave way to another."""
        if quality_of(status) is not Quality.GOOD or value is None:
            self._now[kind] = None
            return None
        word = word_of(value)
        before = self._known.get(kind)
        self._now[kind] = self._known[kind] = word
        if before is None or before == word:
            return None
        text = say(f"machine.changed_{kind}", line=self._line.name, before=before or "-", value=word or "-")
        return Change(at_ns, kind, self._line.id, text)

    def of(self, kind: str) -> str | None:
        """What is known now of order, product, lot, batch or operator; None when it is not known or empty."""
        return self._now.get(kind) or None


def word_of(value: Value) -> str:
    """A value as the word people know it by."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
