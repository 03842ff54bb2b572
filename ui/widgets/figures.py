"""Figures, ages, times and readings in words: pure decisions, shared by all widgets.

Only meaningful digits, the unit always, and whatever is in doubt says so in the figure itself.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from hmi.model.plant import Tag, TagType
from hmi.model.quality import Quality
from hmi.model.reading import Reading, Value
from hmi.model.text import Lang, Text
from hmi.model.units import unit_words
from hmi.model.words import say

NONE = "–"
MINUS = "−"
HUGE = 1e9
LONGEST_TEXT = 48
FINENESS = 500
"""A range is shown in at least so many steps where the plant file does not tell the digits."""


def number(value: float | int | None, digits: int | None = None) -> str:
    """A number with its digits and thousands apart; ``–`` for none, NaN or infinite; powers of ten when huge."""
    if value is None or not math.isfinite(value):
        return NONE
    magnitude = abs(value)
    if magnitude >= HUGE or (digits is None and 0 < magnitude < 1e-4):
        mantissa, exponent = f"{value:.3e}".split("e")
        return f"{mantissa}e{int(exponent)}".replace("-", MINUS)
    if digits is None:
        digits = (
            0 if isinstance(value, int) or magnitude >= 1000 else 1 if magnitude >= 100 else 2 if magnitude >= 1 else 3
        )
    shown = f"{value:,.{digits}f}"
    if shown.startswith("-"):
        shown = shown[1:] if float(shown.replace(",", "")) == 0 else MINUS + shown[1:]
    return shown


def digits_of(tag: Tag) -> int | None:
    """How many decimals of a tag mean something: told by its plant file, or by its range."""
    if tag.digits is not None:
        return tag.digits
    if tag.type.is_integer or tag.type is TagType.BOOLEAN:
        return 0
    if tag.range is None:
        return None
    span = tag.range.high - tag.range.low
    if not math.isfinite(span) or span <= 0:
        return None
    return min(4, max(0, math.ceil(math.log10(FINENESS / span))))


def value_text(value: Value, tag: Tag | None, lang: Lang) -> str:
    """A value as a person reads it: an enumeration's word, on or off, a number with the tag's digits, a short text."""
    if value is None:
        return NONE
    if tag is not None and tag.words:
        key = str(int(value)) if isinstance(value, bool | int | float) and math.isfinite(value) else str(value)
        word = tag.words.get(key)
        if word is not None:
            return word.of(lang)
    if isinstance(value, bool):
        return say("figures.on" if value else "figures.off").of(lang)
    if isinstance(value, str):
        return value if len(value) <= LONGEST_TEXT else value[: LONGEST_TEXT - 1] + "…"
    if isinstance(value, int) and (tag is None or not tag.digits):
        return number(value, 0)
    return number(value, None if tag is None else digits_of(tag))


def age_text(seconds: float | None) -> Text:
    """An age in the largest whole unit: 3 s, 2 min, 5 h, 4 d; 'never' for none, 'ahead' for a clock that is early."""
    if seconds is None:
        return say("figures.never")
    if seconds <= -1.5:
        return say("figures.ahead", age=age_text(-seconds))
    for size, key in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return say(f"figures.{key}", n=int(seconds // size))
    return say("figures.s", n=max(0, int(seconds)))


def span_text(seconds: float) -> str:
    """A length of time in figures: 4:05 or 1:04:05."""
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"


def time_text(ns: int, zone: tzinfo | None = None, *, milliseconds: bool = False) -> str:
    """Local time with seconds, ``–`` for never."""
    if ns == 0:
        return NONE
    moment = datetime.fromtimestamp(ns // 1_000_000_000, UTC).astimezone(zone)
    return f"{moment:%H:%M:%S}" + (f".{ns // 1_000_000 % 1000:03d}" if milliseconds else "")


def day_time_text(ns: int, zone: tzinfo | None = None) -> str:
    """Local date and time, ``–`` for never."""
    if ns == 0:
        return NONE
    return f"{datetime.fromtimestamp(ns // 1_000_000_000, UTC).astimezone(zone):%Y-%m-%d %H:%M:%S}"


def utc_text(ns: int) -> str:
    """UTC date and time for a tool tip."""
    return NONE if ns == 0 else f"{datetime.fromtimestamp(ns // 1_000_000_000, UTC):%Y-%m-%d %H:%M:%S} UTC"


@dataclass(frozen=True, slots=True)
class Shown:
    """A reading ready to paint."""

    figure: str
    unit: str
    quality: Quality
    number: float | None
    """Where the pointer stands; None for no pointer."""
    age: str
    """Age in words when it matters: not GOOD."""
    why: str
    struck: bool

    @property
    def mark(self) -> str:
        """The letter beside a figure in doubt: ``?`` stale, ``~`` uncertain."""
        return {Quality.STALE: "?", Quality.UNCERTAIN: "~"}.get(self.quality, "")


def shown(reading: Reading, tag: Tag | None, lang: Lang, now_ns: int) -> Shown:
    """What a reading looks like: BAD is bracketed, struck, without pointer; STALE and UNCERTAIN carry mark and age."""
    quality = reading.quality
    figure = value_text(reading.value, tag, lang)
    worded = (tag is not None and bool(tag.words)) or isinstance(reading.value, str | bool)
    unit = "" if tag is None or worded else unit_words(tag.unit).of(lang)
    value = reading.value
    pointer = float(value) if isinstance(value, int | float) and math.isfinite(value) else None
    why = reading.why
    age = "" if quality is Quality.GOOD else age_text(reading.age_s(now_ns)).of(lang)
    if quality is Quality.BAD:
        none = figure == NONE
        return Shown(
            f"[ {figure} ]", unit, quality, None, "" if reading.source_ns == 0 else age, _of(why, lang), not none
        )
    return Shown(figure, unit, quality, pointer, age, _of(why, lang), False)


def _of(text: Text | None, lang: Lang) -> str:
    return "" if text is None else text.of(lang)


def told(tag: Tag, seen: Shown, reading: Reading, lang: Lang, zone: tzinfo | None) -> str:
    """All there is to say of a reading, for a tool tip or a screen reader."""
    lines = [f"{tag.name.of(lang)}  {seen.figure} {seen.unit}".rstrip(), tag.id]
    if seen.quality is not Quality.GOOD or seen.why:
        lines.append(f"{say(f'quality.{seen.quality.name}').of(lang)}: {seen.why}" if seen.why else "")
    if reading.source_ns:
        lines.append(f"{time_text(reading.source_ns, zone, milliseconds=True)}  ({utc_text(reading.source_ns)})")
    return "\n".join(line for line in lines if line)
