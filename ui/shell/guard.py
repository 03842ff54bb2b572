"""What must never pass silently in a window: exceptions in slots, Qt's own warnings, a Qt that kills Python."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable
from types import TracebackType
from typing import NoReturn

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

from hmi.model.text import Text
from hmi.model.words import say

log = logging.getLogger("ui")

_QUIET = ("propagateSizeHints",)
"""Remarks of the offscreen platform that say nothing about us."""


def bad_pair(pyside: tuple[int, ...], python: tuple[int, ...]) -> Text | None:
    """Why this PySide must not run on this Python; None when it may.

    PySide6 6.12.0 loses a reference to None with each call on Python before 3.12 and aborts after seconds.
    """
    if pyside[:2] >= (6, 12) and python[:2] < (3, 12):
        return say("window.bad_pair", qt=".".join(map(str, pyside[:3])), python=".".join(map(str, python[:2])))
    return None


def leave(code: int) -> NoReturn:
    """End a window's process once its work is done: logs and output flushed, nothing else taken apart.

    Widgets and Python's collector do not agree on who goes first, and Qt's teardown at exit has ended in a fault now
    and then. Everything worth keeping is on disk by now, so there is nothing that an orderly teardown could save.
    """
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def install(on_fault: Callable[[str], None] | None = None) -> None:
    """Send uncaught exceptions and Qt's messages to the log; on_fault hears of exceptions too."""

    def caught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        log.critical("uncaught in the window", exc_info=(kind, error, trace))
        if on_fault is not None:
            on_fault(f"{kind.__name__}: {error}")

    sys.excepthook = caught
    qInstallMessageHandler(_qt_says)


def _qt_says(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    if any(word in message for word in _QUIET):
        return
    level = {
        QtMsgType.QtDebugMsg: logging.DEBUG,
        QtMsgType.QtInfoMsg: logging.INFO,
        QtMsgType.QtWarningMsg: logging.WARNING,
        QtMsgType.QtCriticalMsg: logging.ERROR,
        QtMsgType.QtFatalMsg: logging.CRITICAL,
    }.get(kind, logging.WARNING)
    log.log(level, "Qt: %s", message)
