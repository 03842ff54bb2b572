"""A screen in a frame, or a whole window, on a desk that answers from a dictionary, and what a test does with it."""

from __future__ import annotations

from contextlib import contextmanager

import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from hmi.desk.command_rows import ModeRow
from hmi.model.text import Lang
from tests.ui.peopledesk import person
from tests.ui.plantrows import make_plant
from tests.ui.standin import Plantside, StandIn, StandInWindow, nameless
from ui.bridge.desk import Desk
from ui.shell.window import Shell
from ui.theme.look import look


class OpenedScreens:
    """Opens screens of a plant whose station is in CONTROL; ``close`` takes them away with their desks."""

    def __init__(self, folder, plant):
        self.folder, self.plant = folder, plant
        self._desks, self._frames = [], []

    def open(self, kind, answers, place=None, who=None, size=(1830, 900)):
        """The screen, arrived at a place, and its conversation; who: person() unless told."""
        Plantside(self.folder, self.plant).beat()
        sitting = person() if who is None else who
        talk = StandIn({"who": lambda: sitting, "mode": lambda: ModeRow("CONTROL", 0, ""), **answers})
        desk = Desk(self.folder, talk)
        self._desks.append(desk)
        frame = QWidget()
        self._frames.append(frame)
        frame.resize(*size)
        screen = kind(StandInWindow(desk), frame)
        screen.resize(*size)
        frame.show()
        screen.arrive(place or {})
        turn(screen)
        return screen, talk

    def close(self):
        for desk in self._desks:
            desk.stop()
        for frame in self._frames:
            frame.close()
            shiboken6.delete(frame)


@contextmanager
def silent_window(folder, qtbot):
    """The whole window on a desk that answers nothing, with its clock running."""
    Plantside(folder, make_plant()).beat()
    desk = Desk(folder, StandIn({}))
    shell = Shell(desk)
    qtbot.addWidget(shell)
    shell.resize(1280, 720)
    shell.show()
    desk.start(shell)
    yield shell
    desk.stop()


def turn(screen, times=6):
    """Let some frames pass; questions that are asked by time are due again."""
    for asking in screen.desk._askings:
        asking.now()
    for _ in range(times):
        screen.desk.quarter.emit()
        screen.desk.tick()
        QApplication.processEvents()


def asked(talk, name):
    """What was asked under a name."""
    return [given for n, given in talk.asked if n == name]


def press(qtbot, button):
    """Click what is in sight."""
    assert button.isVisible()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def assert_it_fits_and_speaks_both_languages(screen, size):
    """No larger than its frame, every part with a name, drawn anew in the dark and in Korean, which it is left in."""
    assert nameless(screen) == []
    assert screen.minimumSizeHint().width() <= size[0] and screen.minimumSizeHint().height() <= size[1]
    before = screen.grab().toImage()
    look().set_theme("dark")
    look().set_lang(Lang.KO)
    turn(screen)
    assert screen.grab().toImage() != before
