"""One offscreen application in the station's look for all window tests."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from hmi.model.text import Lang


@pytest.fixture(scope="session")
def qapp_args():
    return ["linekeeper-tests"]


@pytest.fixture(autouse=True)
def dressed(qapp: QApplication):
    """Each test begins in the light theme and in English, whatever the one before it chose."""
    from ui.theme.look import dress, look

    if not getattr(qapp, "_dressed", False):
        dress(qapp)
        qapp._dressed = True
    here = look()
    here.set_lang(Lang.EN)
    if here.theme.name != "light":
        here.set_theme("light")
    here.set_density(touch=False)
    here.blink = True
    yield here
    # What a test leaves open waits in reference cycles for minutes and is styled again with every theme.
    for left in QApplication.topLevelWidgets():
        if left.parent() is None:
            left.close()
            left.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def only_screen(monkeypatch):
    """only_screen(spec): the window has this screen and no other."""
    from ui.shell import registry

    monkeypatch.setattr(registry, "_screens", {})
    return registry.register


@pytest.fixture
def opens():
    """opens(window): it is given back, and its desk stopped at the end."""
    made = []

    def keep(window):
        made.append(window)
        return window

    yield keep
    for window in made:
        window.desk.stop()
