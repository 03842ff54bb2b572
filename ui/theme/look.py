"""How the window looks at the moment: theme, language, density; switched live, told once.

A window has one look, so it lives beside the application object: ``look()`` gives it. Widgets read it when they paint
and hear of changes as Qt's own events (PaletteChange, LanguageChange), so that nothing has to be connected.
"""

from __future__ import annotations

import atexit
from zoneinfo import ZoneInfo

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF
from PySide6.QtWidgets import QApplication, QWidget

from hmi.model.text import Lang, Text
from hmi.model.words import say
from ui.theme import icons, native, typeface
from ui.theme.palette import Theme, load
from ui.theme.typeface import Size

MM_PER_INCH = 25.4
BARE_HAND_MM = 15.0
GLOVE_MM = 20.0
MIN_TARGET_PX = 44


class Look(QObject):
    """The current theme, language and density."""

    theme_changed = Signal()
    lang_changed = Signal()
    density_changed = Signal()

    def __init__(self, theme: str = "light", lang: Lang = Lang.EN) -> None:
        super().__init__()
        self._themes: dict[str, Theme] = {}
        self.lang = lang
        self.scale = 1.0
        """Factor on type, for a wall display; 1 at the desk."""
        self.dpi: float | None = None
        """Pixels an inch of this station's screen where the panel itself tells a wrong number."""
        self.touch = False
        self.glove = False
        self.blink = True
        """Off over a remote desktop: marks that would blink are steady there."""
        self.zone: ZoneInfo | None = None
        """The plant's time zone; None for the station's own."""
        self.theme = self._load(theme)

    def set_theme(self, name: str) -> None:
        """Switch to the theme of that name, at once and everywhere. ThemeFileError when it cannot be read."""
        self.theme = self._load(name)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            native.dress(app, self.theme, self.font(Size.BODY))
        self.theme_changed.emit()

    def set_lang(self, lang: Lang) -> None:
        """Switch the language, at once and everywhere."""
        if lang is self.lang:
            return
        self.lang = lang
        app = QApplication.instance()
        if isinstance(app, QApplication):
            native.dress(app, self.theme, self.font(Size.BODY))
            for window in app.topLevelWidgets():
                QCoreApplication.sendEvent(window, QEvent(QEvent.Type.LanguageChange))
        self.lang_changed.emit()

    def set_density(self, *, touch: bool, glove: bool = False, dpi: float | None = None, scale: float = 1.0) -> None:
        """Set how large things to touch are, and the screen's true density where its own word is wrong."""
        self.touch, self.glove, self.dpi, self.scale = touch or glove, glove, dpi, scale
        self.density_changed.emit()

    def text(self, text: Text | str) -> str:
        """A text in the current language."""
        return text if isinstance(text, str) else text.of(self.lang)

    def say(self, key: str, **values: object) -> str:
        """A sentence of the catalogue in the current language."""
        return say(key, **values).of(self.lang)

    def font(self, size: Size = Size.BODY, bold: bool = False, *, words: bool = True) -> QFont:
        """The type of words in the current language; ``words=False`` for figures, which keep one size in both."""
        return typeface.font(size, bold, self.lang if words else Lang.EN, self.scale)

    def metrics(self, size: Size = Size.BODY, bold: bool = False, *, words: bool = True) -> QFontMetricsF:
        """Measures of ``font`` with the same arguments."""
        return typeface.metrics(size, bold, self.lang if words else Lang.EN, self.scale)

    def mm(self, millimetres: float, widget: QWidget | None = None) -> int:
        """Logical pixels of a length on this station's screen."""
        dpi = self.dpi
        if dpi is None:
            screen = widget.screen() if widget is not None else QApplication.primaryScreen()
            told = 96.0 if screen is None else screen.physicalDotsPerInch() / screen.devicePixelRatio()
            # a panel that tells nonsense is common; between these lies every real desk and wall screen
            dpi = told if 60.0 <= told <= 220.0 else 96.0
        return round(millimetres / MM_PER_INCH * dpi)

    def target(self, widget: QWidget | None = None) -> int:
        """Smallest side in px of something that is pressed: 32 with a mouse, larger for hands and gloves."""
        if self.glove:
            return max(MIN_TARGET_PX, self.mm(GLOVE_MM, widget))
        if self.touch:
            return max(MIN_TARGET_PX, self.mm(BARE_HAND_MM, widget))
        return 32

    def pen_colour(self, index: int) -> QColor:
        """Colour of the n-th trend pen."""
        return self.theme.pens[index % len(self.theme.pens)]

    def _load(self, name: str) -> Theme:
        if name not in self._themes:
            self._themes[name] = load(name)
        return self._themes[name]


_look: Look | None = None


def look() -> Look:
    """The look of this window."""
    global _look
    if _look is None:
        _look = Look()
    return _look


def dress(app: QApplication, theme: str = "light", lang: Lang = Lang.EN) -> Look:
    """Give the application its fonts, theme and language; call once, before the first widget."""
    typeface.load_fonts()
    atexit.register(undress)
    here = look()
    here.lang = lang
    here.set_theme(theme)
    app.setEffectEnabled(Qt.UIEffect.UI_FadeTooltip, False)
    return here


def undress() -> None:
    """Take down all windows and drawn icons while Qt still lives: what outlasts Qt ends the process with a fault."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        return
    for window in app.topLevelWidgets():
        window.close()
        window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    icons.forget()
    typeface.forget()
