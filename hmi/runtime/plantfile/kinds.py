"""The kinds of values a plant file holds: each reads one value, or notes what is wrong and what would be right."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from itertools import pairwise
from typing import Any

from hmi.model.plant import Limits, Span
from hmi.model.text import Text
from hmi.model.words import say
from hmi.runtime.plantfile.form import BAD, Field, Problems, Reader, is_secret, near, read_table, refuse_secret
from hmi.runtime.plantfile.lines import Path

LONGEST = 200
"""Characters of an id or a name; what is longer is a fault, not a name."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f\x80-\x9f]")
_CLOCK = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)")

_EXAMPLES = {
    "names": '{ en = "…", ko = "…" }',
    "limits": "{ low_low = …, low = …, high = …, high_high = … }",
    "roles": '{ state = "L1.S3.State", … }',
    "words": '{ "6" = { en = "Running", ko = "가동" }, … }',
    "settings": "{ key = value, … }",
}


def shown(value: object) -> str:
    """A value of the file as a problem quotes it, cut when long."""
    if isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, str):
        text = '"' + _CONTROL.sub("·", value[:60]) + '"'
    else:
        text = str(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _type_wrong(problems: Problems, path: Path, value: object, wanted: str) -> Any:
    example = _EXAMPLES.get(wanted, "")
    problems.add(path, say("plantfile.type", value=shown(value)), say(f"plantfile.want_{wanted}", example=example))
    return BAD


def text(value: Any, problems: Problems, path: Path) -> Any:
    """Any string."""
    return value if isinstance(value, str) else _type_wrong(problems, path, value, "text")


def filled(value: Any, problems: Problems, path: Path) -> Any:
    """A string that is not empty."""
    if isinstance(value, str) and value.strip():
        return value
    return _type_wrong(problems, path, value, "filled")


def ident(value: Any, problems: Problems, path: Path) -> Any:
    """An id: a visible word without control characters or space around it."""
    if not isinstance(value, str) or not value or value != value.strip() or _CONTROL.search(value):
        return _type_wrong(problems, path, value, "ident")
    if len(value) > LONGEST:
        problems.add(path, say("plantfile.long", count=len(value)), say("plantfile.long_right", count=LONGEST))
        return BAD
    return value


def idents(value: Any, problems: Problems, path: Path) -> Any:
    """A list of ids, such as operations or products."""
    if not isinstance(value, list):
        return _type_wrong(problems, path, value, "idents")
    found = [ident(part, problems, (*path, i)) for i, part in enumerate(value)]
    return BAD if BAD in found else tuple(found)


def reference(value: Any, problems: Problems, path: Path) -> Any:
    """The id of something else; empty for nothing."""
    return value if isinstance(value, str) else _type_wrong(problems, path, value, "ident")


def names(value: Any, problems: Problems, path: Path) -> Any:
    """A name in both languages: one string for both, or a table with en and ko."""
    if isinstance(value, str) and len(value) <= LONGEST:
        return Text.same(value)
    if not isinstance(value, dict):
        return _type_wrong(problems, path, value, "names")
    values, whole = read_table(value, _LANGUAGES, problems, path)
    return Text(values["en"], values["ko"]) if whole else BAD


_LANGUAGES = {"en": Field(text, required=True), "ko": Field(text, required=True)}


def flag(value: Any, problems: Problems, path: Path) -> Any:
    """true or false."""
    return value if isinstance(value, bool) else _type_wrong(problems, path, value, "flag")


def number(value: Any, problems: Problems, path: Path) -> Any:
    """A finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return _type_wrong(problems, path, value, "number")
    try:
        finite = math.isfinite(value)
    except OverflowError:  # an integer beyond what a float can hold
        finite = False
    return float(value) if finite else _type_wrong(problems, path, value, "number")


def _number_where(fits: Callable[[float], bool], wanted: str) -> Reader:
    def read(value: Any, problems: Problems, path: Path) -> Any:
        result = number(value, problems, path)
        if result is BAD or fits(result):
            return result
        problems.add(path, say("plantfile.value", value=shown(value)), say(f"plantfile.want_{wanted}"))
        return BAD

    return read


positive = _number_where(lambda x: x > 0, "positive")
not_negative = _number_where(lambda x: x >= 0, "not_negative")
not_zero = _number_where(lambda x: x != 0, "not_zero")


def whole(low: int, high: int) -> Reader:
    """A whole number from low to high."""

    def read(value: Any, problems: Problems, path: Path) -> Any:
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        problems.add(path, say("plantfile.value", value=shown(value)), say("plantfile.want_whole", low=low, high=high))
        return BAD

    return read


def choice(words: type[StrEnum]) -> Reader:
    """One word of an enumeration."""
    known = [word.value for word in words]

    def read(value: Any, problems: Problems, path: Path) -> Any:
        if value in known and isinstance(value, str):
            return words(value)
        problems.add(path, say("plantfile.value", value=shown(value)), problems.meant(str(value)[:LONGEST], known))
        return BAD

    return read


def span(value: Any, problems: Problems, path: Path) -> Any:
    """Two numbers, low before high."""
    if not isinstance(value, list) or len(value) != 2:
        return _type_wrong(problems, path, value, "span")
    low, high = (number(part, problems, (*path, i)) for i, part in enumerate(value))
    if low is BAD or high is BAD:
        return BAD
    if low >= high:
        problems.add(path, say("plantfile.span_order", low=value[0], high=value[1]), say("plantfile.want_span"))
        return BAD
    return Span(low, high)


LIMITS = ("low_low", "low", "high", "high_high")
_LIMITS = {name: Field(number) for name in LIMITS}


def limits(value: Any, problems: Problems, path: Path) -> Any:
    """Alarm limits: low_low, low, high, high_high, each one optional, in rising order."""
    if not isinstance(value, dict):
        return _type_wrong(problems, path, value, "limits")
    values, _ = read_table(value, _LIMITS, problems, path)
    given = [(name, values[name]) for name in LIMITS if name in values]
    for (before, low), (after, high) in pairwise(given):
        if low > high or (low == high and (before, after) == ("low", "high")):
            wrong = say("plantfile.limits_order", before=before, low=low, after=after, high=high)
            problems.add((*path, after), wrong, say("plantfile.limits_order_right"))
    return Limits(**values)


def mapping(known: Mapping[str, object]) -> Reader:
    """Ids by role. A role that looks like a slip of a known one is refused; others pass, for advisors of one's own."""

    def read(value: Any, problems: Problems, path: Path) -> Any:
        if not isinstance(value, dict):
            return _type_wrong(problems, path, value, "roles")
        result = {}
        for role, name in value.items():
            bare = role.rstrip("0123456789").rstrip("_")
            hit = None if role in known or bare in known else near(role, known)
            if hit is not None:
                right = say("plantfile.did_you_mean", word=hit)
                problems.add((*path, role), say("plantfile.unknown_role", role=role), right)
            elif filled(name, problems, (*path, role)) is not BAD:
                result[role] = name
        return result

    return read


def words(value: Any, problems: Problems, path: Path) -> Any:
    """Names of an enumeration's values by the value as text."""
    if not isinstance(value, dict):
        return _type_wrong(problems, path, value, "words")
    result = {key: names(name, problems, (*path, key)) for key, name in value.items()}
    return {key: name for key, name in result.items() if name is not BAD}


def settings(value: Any, problems: Problems, path: Path) -> Any:
    """A driver's own settings: any table, but nothing secret in it."""
    if not isinstance(value, dict):
        return _type_wrong(problems, path, value, "settings")
    _no_secrets(value, problems, path)
    return value


def _no_secrets(value: Any, problems: Problems, path: Path) -> None:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inside:
        if isinstance(key, str) and is_secret(key):
            refuse_secret(problems, (*path, key))
        else:
            _no_secrets(part, problems, (*path, key))


def clock(value: Any, problems: Problems, path: Path) -> Any:
    """A wall clock time such as "06:00", as minutes after midnight; "24:00" is the end of the day."""
    minutes = minutes_of(value)
    return _type_wrong(problems, path, value, "clock") if minutes is None else minutes


def minutes_of(value: object) -> int | None:
    """Minutes after midnight of a text such as "06:30"; None when it is none."""
    match = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return None
    minutes = int(match[1]) * 60 + int(match[2])
    return minutes if minutes <= 24 * 60 else None
