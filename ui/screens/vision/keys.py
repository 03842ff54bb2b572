"""The keys of the vision station: overlay, along the film, the buttons' letters, the cameras' numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from ui.widgets.letterkeys import letter

if TYPE_CHECKING:
    from ui.screens.vision.screen import VisionScreen

_K = Qt.Key


def handle(screen: VisionScreen, event: QKeyEvent) -> bool:
    """Do what a key stands for; False when it stands for nothing here."""
    key, acts = event.key(), screen.side.acts
    if key == _K.Key_Space and not event.isAutoRepeat():
        screen.overlay(not screen.picture.view.overlay)
    elif key == _K.Key_Escape and acts.asking:
        acts.put_away()
    elif key == _K.Key_Escape and (screen.picture.record is not None or screen.picture.paused):
        screen.to_live()
    elif key in (_K.Key_Left, _K.Key_Right) and not event.modifiers():
        screen.step(-1 if key == _K.Key_Left else 1)
    else:
        return _letter(screen, letter(event))
    return True


def _letter(screen: VisionScreen, sign: str) -> bool:
    if sign and screen.side.acts.press(sign):
        return True
    cameras = screen.feed.cameras
    if sign == "P":
        screen.pause(not screen.picture.paused)
    elif sign == "R":
        screen.review()
    elif sign == "T":
        screen.ask_recipe()
    elif sign.isdigit() and 0 < int(sign) <= len(cameras):
        screen.choose_camera(cameras[int(sign) - 1].camera)
    else:
        return False
    return True
