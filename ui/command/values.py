"""Values as they are entered: kinds of entry, what was typed, steps within the limits. No Qt."""

from __future__ import annotations

import math
from enum import Enum

from hmi.model.guard import Guard
from hmi.model.plant import Tag, TagType
from hmi.model.reading import Value
from hmi.model.text import Text
from hmi.model.words import say
from ui.widgets.figures import MINUS, digits_of

STEPS = 100
"""A range is walked in about so many large steps."""


class Kind(Enum):
    """How a value is entered."""

    NUMBER = "number"
    SWITCH = "switch"
    CHOICE = "choice"
    TEXT = "text"


def kind_of(tag: Tag) -> Kind:
    """How the value of a tag is entered: an enumeration by its words, a Boolean by two buttons."""
    if tag.type is TagType.BOOLEAN:
        return Kind.SWITCH
    if tag.words:
        return Kind.CHOICE
    return Kind.TEXT if tag.type is TagType.STRING else Kind.NUMBER


def choices(tag: Tag) -> list[tuple[Value, Text]]:
    """The values a person chooses from, with their words; a Boolean's are false and true."""
    if tag.type is TagType.BOOLEAN:
        found = []
        for value, key in ((False, "off"), (True, "on")):
            word = tag.words.get(str(int(value))) or tag.words.get(str(value).lower()) or tag.words.get(str(value))
            found.append((value, word or say(f"figures.{key}")))
        return list(found)
    return [(_typed(key, tag), word) for key, word in tag.words.items()]


def _typed(key: str, tag: Tag) -> Value:
    if tag.type is TagType.STRING:
        return key
    try:
        figure = float(key)
    except ValueError:
        return key
    return int(figure) if tag.type.is_integer else figure


def parse(text: str, tag: Tag) -> Value | Text:
    """What was typed as a value of the tag's type; a Text says what is wrong with it. Empty gives None."""
    typed = text.strip().replace(MINUS, "-")
    if not typed:
        return None
    if kind_of(tag) is Kind.TEXT:
        return typed
    try:
        figure = float(typed)
    except ValueError:
        return say("cmd.no_number", text=typed[:20])
    if not math.isfinite(figure) or "_" in typed:
        return say("cmd.no_number", text=typed[:20])
    if tag.type.is_integer:
        return int(figure) if figure.is_integer() else say("cmd.no_fraction")
    return figure


def typed_text(value: Value, tag: Tag) -> str:
    """A value as it would be typed."""
    if value is None or isinstance(value, bool | str):
        return "" if value is None else str(value)
    digits = 0 if tag.type.is_integer else digits_of(tag)
    return f"{value:g}" if digits is None else f"{value:.{digits}f}"


def span_of(tag: Tag, guard: Guard) -> tuple[float | None, float | None]:
    """The limits that the plant file sets: the narrower of range and guard."""
    spans = [s for s in (tag.range, guard.limits) if s is not None]
    return max((s.low for s in spans), default=None), min((s.high for s in spans), default=None)


def steps_of(tag: Tag, guard: Guard) -> tuple[float, float]:
    """A small and a large step for the buttons: the last digit that means something, and ten of it."""
    digits = 0 if tag.type.is_integer else digits_of(tag)
    low, high = span_of(tag, guard)
    if digits is None:
        digits = 1
    small = 10.0**-digits
    while low is not None and high is not None and (high - low) / small > STEPS * 10:
        small *= 10
    return small, small * 10


def stepped(value: Value, step: float, tag: Tag, guard: Guard) -> Value:
    """A value one step further, within its limits and free of the dust of floating figures."""
    start = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0
    low, high = span_of(tag, guard)
    figure = round(start + step, 9)
    figure = figure if low is None else max(low, figure)
    figure = figure if high is None else min(high, figure)
    return int(figure) if tag.type.is_integer else figure


def fitting(value: Value, tag: Tag) -> Value:
    """A whole number for a tag of fractions is the same quantity, written as the engine writes it."""
    fraction = tag.type in (TagType.FLOAT, TagType.DOUBLE)
    return float(value) if fraction and isinstance(value, int) and not isinstance(value, bool) else value
