"""What a password must be: long, not one that everybody tries first, not the user's name. Length before signs."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from hmi.model.text import Text
from hmi.model.words import say

LONGEST = 256
_LEET = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i"})
_ROWS = (
    "01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "qwertyuiop", "asdfghjkl",
    "zxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik", "qazwsxedcrfvtgbyhnujmikolp", "q1w2e3r4t5y6u7i8o9p0",
    "1q2w3e4r5t6y7u8i9o0p",
)  # fmt: skip
_COMMON = (
    "password", "passwort", "passw0rd", "letmein", "welcome", "changeme", "changethis", "administrator", "admin",
    "operator", "supervisor", "inspector", "engineer", "viewer", "default", "secret", "qwerty", "asdf", "iloveyou",
    "monkey", "dragon", "football", "baseball", "sunshine", "princess", "master", "login", "linekeeper", "factory",
    "korea", "korean", "seoul", "daehanminguk", "dkssud", "dkssudgktpdy", "qlalfqjsgh", "tkfkdgo", "gksrnr",
    "비밀번호", "안녕하세요", "관리자", "운전원", "감독자", "대한민국", "사랑해", "공장",
    "user", "guest", "test", "root",
)  # fmt: skip
"""First tries of attackers, Korean words typed on the English layout among them."""

_TAIL = "0123456789!@#$%^&*.-_+?~ "


@dataclass(frozen=True, slots=True)
class PasswordRules:
    """What a station asks of its passwords."""

    shortest: int = 12
    former: int = 5
    """How many passwords one may not come back to, the present one among them."""


def prepared(password: str) -> bytes:
    """The bytes that are hashed: composed (NFKC), so that Hangul typed on another computer is the same password."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


def fault(password: str, user: str, rules: PasswordRules) -> Text | None:
    """What is wrong with a new password, or None."""
    word = unicodedata.normalize("NFKC", password)
    if len(word) < rules.shortest:
        return say("people.password_short", least=rules.shortest)
    if len(word) > LONGEST:
        return say("people.password_long", most=LONGEST)
    if any(unicodedata.category(sign) == "Cc" for sign in word):
        return say("people.password_control")
    if _is_name(word, user):
        return say("people.password_name")
    if _is_common(word):
        return say("people.password_common")
    return None


def _is_name(word: str, user: str) -> bool:
    name = unicodedata.normalize("NFKC", user).casefold()
    bare = _letters(word.casefold())
    return bool(name) and (bare == _letters(name) or word.casefold().replace(name, "") in ("", *"0123456789"))


def _is_common(word: str) -> bool:
    low = word.casefold()
    if len(set(low)) <= 3 or _repeats(low) or _walks(low):
        return True
    # a common word with a year, a sign or itself behind it is among the first that are tried
    bare = low.strip(_TAIL)
    found = {_letters(low), _letters(low.translate(_LEET)), _letters(bare.translate(_LEET)), bare} - {""}
    return any(one == common * (len(one) // len(common)) for one in found for common in _COMMON)


def _letters(word: str) -> str:
    return "".join(sign for sign in word if sign.isalpha())


def _repeats(word: str) -> bool:
    return re.fullmatch(r"(.{1,4}?)\1{2,}.{0,3}", word) is not None or re.fullmatch(r"(.{5,})\1+", word) is not None


def _walks(word: str) -> bool:
    """Whether nearly all of it walks along the keyboard, the digits or the alphabet."""
    rows = [row for one in _ROWS for row in (one, one[::-1])]
    left, at = 0, 0
    while at < len(word):
        size = next((n for n in range(len(word) - at, 3, -1) if any(word[at : at + n] in row for row in rows)), 0)
        left, at = (left, at + size) if size else (left + 1, at + 1)
    return left <= 3
