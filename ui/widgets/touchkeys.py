"""Keys on the screen, for hands and gloves: letters, digits and signs, or figures alone. The field keeps the focus."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QApplication, QLineEdit, QSizePolicy, QWidget

from hmi.model.text import Text
from hmi.model.words import say
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.drawn import CENTRE, Pressable, words

GAP = 4
KEY_PX = 44
SHIFT, BACK, SIGNS, SPACE = "shift", "back", "signs", "space"
LETTERS: tuple[tuple[str, ...], ...] = (
    tuple("1234567890"), tuple("qwertyuiop"), tuple("asdfghjkl"), (SHIFT, *"zxcvbnm", BACK),
    (SIGNS, "-", SPACE, "_", "."),
)  # fmt: skip
MARKS: tuple[tuple[str, ...], ...] = (
    tuple("1234567890"), tuple("!@#$%^&*()"), tuple("+=[]{}<>/"), (SHIFT, *"?:;'\",\\", BACK),
    (SIGNS, "~", SPACE, "|", "`"),
)  # fmt: skip
FIGURES: tuple[tuple[str, ...], ...] = (tuple("789"), tuple("456"), tuple("123"), ("-", "0", "."), (BACK,))
WIDE = {SPACE: 4.0, SIGNS: 2.0, SHIFT: 1.5, BACK: 1.5}


class Key(Pressable):
    """One key; takes no focus, so that the field keeps it."""

    def __init__(self, sign: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.sign = sign
        self.lit = False
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.set_sign(sign)

    def set_sign(self, sign: str) -> None:
        """Be another key."""
        self.sign = sign
        self.set_name(say(f"touchkeys.{sign}") if sign in WIDE else Text.same(sign))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(KEY_PX, KEY_PX)

    def draw(self, p: QPainter, t: Theme) -> None:
        here, r = look(), QRectF(self.rect())
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setPen(QPen(t.outline, 1.2))
        p.setBrush(t.button_down if self.down or self.lit else t.button)
        p.drawRoundedRect(r.adjusted(1, 1, -1, -1), 4, 4)
        special = self.sign in WIDE
        shown = here.say(f"touchkeys.{self.sign}") if special else self.sign
        words(p, r, shown, here.font(Size.SMALL if special else Size.BODY, not special), t.text, CENTRE)


class TouchKeys(QWidget):
    """Types into the field beside it that had the focus last, or the one it was told of."""

    def __init__(self, parent: QWidget | None = None, *, kind: Literal["letters", "figures"] = "letters") -> None:
        super().__init__(parent)
        self._sets = (FIGURES, FIGURES) if kind == "figures" else (LETTERS, MARKS)
        self._signs = self._upper = False
        self._field: QLineEdit | None = None
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(look().say("touchkeys.name"))
        self.keys: list[list[Key]] = []
        for row in self._sets[0]:
            made = [Key(sign, self) for sign in row]
            for key in made:
                key.pressed.connect(self._pressed)
            self.keys.append(made)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._focus_is)

    def _focus_is(self, _before: QWidget | None, now: QWidget | None) -> None:
        """A press on a key lets the window take the focus: remember which field beside the keys had it."""
        beside = self.parentWidget()
        if isinstance(now, QLineEdit) and beside is not None and beside.isAncestorOf(now):
            self._field = now

    def aim(self, field: QLineEdit) -> None:
        """Type into this field from now on."""
        self._field = field

    def press(self, sign: str) -> None:
        """Press a key as a person does."""
        field = self._field
        if field is not None and not field.hasFocus():
            field.setFocus(Qt.FocusReason.OtherFocusReason)
        if sign == SHIFT:
            self._upper = not self._upper
            self._relabel()
        elif sign == SIGNS:
            self._signs = not self._signs
            self._relabel()
        elif field is None:
            return
        elif sign == BACK:
            field.backspace()
        else:
            field.insert(" " if sign == SPACE else sign)
            if self._upper:
                self._upper = False
                self._relabel()

    def _pressed(self) -> None:
        sender = self.sender()
        if isinstance(sender, Key):
            self.press(sender.sign)

    def _relabel(self) -> None:
        for row, made in zip(self._sets[self._signs], self.keys, strict=True):
            for sign, key in zip(row, made, strict=True):
                key.set_sign(sign.upper() if self._upper and len(sign) == 1 else sign)
                key.lit = (sign == SHIFT and self._upper) or (sign == SIGNS and self._signs)

    def _side(self) -> int:
        return max(KEY_PX, look().target(self)) if look().touch else KEY_PX - 4

    def sizeHint(self) -> QSize:
        side = self._side()
        most = max(sum(WIDE.get(s, 1.0) for s in row) for row in self._sets[0])
        return QSize(round(most * (side + GAP)), len(self.keys) * (side + GAP) - GAP)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def resizeEvent(self, event: object) -> None:
        side = self._side()
        most = max(sum(WIDE.get(s, 1.0) for s in row) for row in self._sets[0])
        unit = min((self.width() + GAP) / most, (side + GAP) * 1.6)
        for number, made in enumerate(self.keys):
            taken = sum(WIDE.get(k, 1.0) for k in self._sets[0][number]) * unit
            x = (self.width() + GAP - taken) / 2
            for key, sign in zip(made, self._sets[0][number], strict=True):
                wide = WIDE.get(sign, 1.0) * unit
                key.setGeometry(round(x), number * (side + GAP), round(wide - GAP), side)
                x += wide
