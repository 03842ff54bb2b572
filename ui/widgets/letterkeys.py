"""The letter a key stands for, whatever language the keyboard is set to: ㅊ is where C is."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

_LATIN = dict(zip("ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡ", "QWERTYUIOPASDFGHJKLZXCVBNM", strict=True))
_DOUBLED = {"ㅃ": "Q", "ㅉ": "W", "ㄸ": "E", "ㄲ": "R", "ㅆ": "T", "ㅒ": "O", "ㅖ": "P"}


def letter(event: QKeyEvent) -> str:
    """The capital letter, digit or sign of a key without Ctrl, Alt or Meta; empty for any other key."""
    strange = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
    if event.modifiers() & strange:
        return ""
    text = event.text()
    if text in _LATIN or text in _DOUBLED:
        return _LATIN.get(text) or _DOUBLED[text]
    key = event.key()
    if Qt.Key.Key_A <= key <= Qt.Key.Key_Z or Qt.Key.Key_0 <= key <= Qt.Key.Key_9:
        return chr(key)
    return text if text in ("+", "-", "=", "?") else ""
