"""The keys that work on every screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit

if TYPE_CHECKING:
    from ui.shell.window import Shell

_K, _M = Qt.Key, Qt.KeyboardModifier


def handle(shell: Shell, event: QKeyEvent) -> bool:
    """Do what a key is for; False for a key that means nothing to the window."""
    key, mods = event.key(), event.modifiers()
    typing = isinstance(shell.focusWidget(), QLineEdit)
    if mods == _M.AltModifier and key == _K.Key_Left:
        shell.back()
    elif mods == _M.AltModifier and key == _K.Key_Right:
        shell.forward()
    elif mods == _M.ControlModifier and key == _K.Key_K:
        shell.open_search()
    elif mods == _M.ControlModifier and key == _K.Key_L:
        shell.people.lock()
    elif key == _K.Key_Home and not mods and not typing:
        shell.home()
    elif key == _K.Key_F1:
        shell.show_help()
    elif key == _K.Key_F10:
        shell.alarms.bar.enter()
    elif key == _K.Key_F11:
        shell.showNormal() if shell.isFullScreen() else shell.showFullScreen()
    elif key == _K.Key_F12:
        shell.alarms.silence()
    elif _K.Key_F2 <= key <= _K.Key_F9:
        shell.go_by_number(key - _K.Key_F1)
    elif key == _K.Key_Escape and shell.side.docked is not None:
        shell.close_faceplate()
    else:
        return False
    return True
