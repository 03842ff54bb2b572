"""The one type family in its three sizes, with digits of equal width.

Pretendard is shipped, because a bare system has no Hangul at all; a station without it must not start.
"""

from __future__ import annotations

from enum import Enum
from functools import cache

from PySide6.QtGui import QFont, QFontDatabase, QFontMetricsF

import resources
from hmi.model.text import Lang

FAMILY = "Pretendard"
FILES = ("Pretendard-Regular.ttf", "Pretendard-Bold.ttf")
LINE_HEIGHT = 1.4
HANGUL_FACTOR = 1.1


class FontMissingError(RuntimeError):
    """A shipped font file cannot be loaded: the installation is damaged."""


class Size(Enum):
    """The three sizes, in logical pixels of a Latin line (13 px is 3.4 mm at 96 dpi)."""

    SMALL = 13
    BODY = 15
    LARGE = 24


def load_fonts() -> None:
    """Make the shipped family known to Qt. FontMissingError when a file is absent or broken."""
    for name in FILES:
        file = resources.path("fonts", name)
        number = QFontDatabase.addApplicationFont(str(file))
        if number < 0 or FAMILY not in QFontDatabase.applicationFontFamilies(number):
            raise FontMissingError(str(file))


@cache
def font(size: Size = Size.BODY, bold: bool = False, lang: Lang = Lang.EN, scale: float = 1.0) -> QFont:
    """The family at one size; Korean words come 10 % larger, scale is the station's own factor.

    One object for all who ask: who wants another size of it takes a copy first.
    """
    made = QFont(FAMILY)
    factor = scale * (HANGUL_FACTOR if lang is Lang.KO and size is not Size.LARGE else 1.0)
    made.setPixelSize(max(8, round(size.value * factor)))
    made.setBold(bold)
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    made.setFeature(QFont.Tag("tnum"), 1)
    return made


@cache
def metrics(size: Size = Size.BODY, bold: bool = False, lang: Lang = Lang.EN, scale: float = 1.0) -> QFontMetricsF:
    """Measures of font(...) with the same arguments."""
    return QFontMetricsF(font(size, bold, lang, scale))


def forget() -> None:
    """Let go of all fonts: they must not outlast Qt."""
    font.cache_clear()
    metrics.cache_clear()
