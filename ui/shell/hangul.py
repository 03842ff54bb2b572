"""Finding names by what one types: also by Hangul initial consonants (ㅇㄷ finds 온도) and half-typed syllables.

Pure functions. Ranks: 0 the name begins with it, 1 a word in it does, 2 it occurs somewhere, 3 only its words do.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TypeVar

LEADS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
FIRST, LAST = 0xAC00, 0xD7A3
A_LEAD, A_VOWEL = 588, 28
_PAIRS = {
    "ㄳ": "ㄱㅅ",
    "ㄵ": "ㄴㅈ",
    "ㄶ": "ㄴㅎ",
    "ㄺ": "ㄹㄱ",
    "ㄻ": "ㄹㅁ",
    "ㄼ": "ㄹㅂ",
    "ㄽ": "ㄹㅅ",
    "ㄾ": "ㄹㅌ",
    "ㄿ": "ㄹㅍ",
    "ㅀ": "ㄹㅎ",
    "ㅄ": "ㅂㅅ",
}
_WORD_START = r"(?:^|(?<=[\s._\-/:()·,]))"

T = TypeVar("T")


def initials(text: str) -> str:
    """Each Hangul syllable as its initial consonant, all else as it is: 오븐 2 gives ㅇㅂ 2."""
    return "".join(LEADS[(ord(c) - FIRST) // A_LEAD] if FIRST <= ord(c) <= LAST else c for c in text)


def _one(char: str, last: bool) -> str:
    code = ord(char)
    if char in LEADS:
        low = FIRST + LEADS.index(char) * A_LEAD
        return f"[{chr(low)}-{chr(low + A_LEAD - 1)}{char}]"
    if last and FIRST <= code <= LAST and (code - FIRST) % A_VOWEL == 0:
        return f"[{char}-{chr(code + A_VOWEL - 1)}]"  # 오 on the way to 온
    return re.escape(char)


Patterns = tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]


def _compiled(part: str) -> Patterns:
    spread = "".join(_PAIRS.get(c, c) for c in part)  # an input method joins ㄱㅅ into ㄳ
    body = "".join(_one(c, i == len(spread) - 1) for i, c in enumerate(spread))
    flags = re.MULTILINE
    return re.compile("^" + body, flags), re.compile(_WORD_START + body, flags), re.compile(body, flags)


@lru_cache(64)
def _patterns(query: str) -> tuple[Patterns, tuple[re.Pattern[str], ...]]:
    """The query as one phrase, and each of its words anywhere."""
    parts = normal(query).split()
    return _compiled(" ".join(parts)), tuple(_compiled(part)[2] for part in parts)


def normal(text: str) -> str:
    """Text in the form that is searched: composed syllables, no case."""
    return unicodedata.normalize("NFC", text).casefold()


def rank(query: str, names: str) -> int | None:
    """How well a query fits; names are normal()-ised, several of one thing on lines of their own. None: not at all."""
    phrase, words = _patterns(query)
    for place, pattern in enumerate(phrase):
        if pattern.search(names) is not None:
            return place
    return 3 if all(word.search(names) is not None for word in words) else None


def find(query: str, things: Iterable[T], names: Callable[[T], str], most: int = 50) -> list[T]:
    """The best fitting things first: by rank, then by length of name, then in the order they came."""
    if not query.strip():
        return []
    ranked: list[tuple[int, int, int, T]] = []
    for place, thing in enumerate(things):
        text = names(thing)
        fit = rank(query, text)
        if fit is not None:
            ranked.append((fit, text.find("\n") if "\n" in text else len(text), place, thing))
    ranked.sort(key=lambda r: r[:3])
    return [r[3] for r in ranked[:most]]


def names_of(*names: str) -> str:
    """Several names of one thing in the form that rank() takes."""
    return normal("\n".join(names))
