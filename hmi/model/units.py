"""The unit of a figure in the reader's language: most units read the same everywhere, counts of pieces do not."""

from __future__ import annotations

from hmi.model.text import Text
from hmi.model.words import say

PIECES = {"pcs": "units.pieces", "pcs/h": "units.pieces_h", "pcs/min": "units.pieces_min"}
"""Units of plant files that are words of a language, and where the catalogue says them."""


def unit_words(unit: str) -> Text:
    """A unit as a person reads it: 개 for pcs; any other as the plant file writes it."""
    key = PIECES.get(unit)
    return Text.same(unit) if key is None else say(key)


def with_unit(figure: Text, unit: str) -> Text:
    """A figure with its unit behind it; Korean counters stand close: 65개."""
    word = unit_words(unit)
    close = "" if unit in PIECES else " "
    return Text(f"{figure.en} {word.en}".rstrip(), f"{figure.ko}{close}{word.ko}".rstrip())
