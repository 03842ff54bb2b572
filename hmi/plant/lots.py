"""Which lot a unit belongs to when its own id carries the lot's: U3007-000123 is of LOT-3007."""

from __future__ import annotations

import re
from collections.abc import Iterable

_DIGITS = re.compile(r"\d+")
_LEAST = 3


def lot_of(unit: str, told: str, lots: Iterable[str], *, surely: bool) -> str:
    """The lot of a unit: one whose id or number stands in the unit's id, else the one that was told with it.

    told is what the lot tag said, lots are those heard of. ``surely``: units of this line carry their lot, so one that
    carries another number is of a lot that was not heard of; its name is made from the told one's.
    """
    groups = _DIGITS.findall(unit)
    numbers = groups[:-1] if len(groups) > 1 else []  # the last one counts the units
    for lot in (told, *lots):
        if lot and ((len(lot) >= _LEAST and lot in unit) or _number(lot) in numbers):
            return lot
    if surely and told:
        own = _number(told)
        same = [n for n in numbers if len(n) == len(own)]
        if own and same:
            return told.replace(own, same[0])
    return told


def _number(lot: str) -> str:
    longest = max(_DIGITS.findall(lot), key=len, default="")
    return longest if len(longest) >= _LEAST else ""
