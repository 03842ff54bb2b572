"""The window's process: starts the engine when none runs on the data folder, opens the window."""

from __future__ import annotations

import argparse
import gc
import logging
import logging.handlers
import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from pkgutil import iter_modules

import PySide6
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from hmi.desk.client import DeskClient
from hmi.model.text import Lang
from hmi.model.words import say
from ui.bridge.desk import Desk
from ui.bridge.supervisor import EngineSupervisor, engine_command
from ui.shell import guard, layoutfile
from ui.shell.layoutfile import Layout
from ui.shell.window import Shell
from ui.theme.look import dress, look
from ui.theme.palette import NAMES
from ui.theme.typeface import FontMissingError

log = logging.getLogger("ui")


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """The command line of the window."""
    parser = argparse.ArgumentParser(prog="linekeeper window", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--plant", type=Path, default=None)
    parser.add_argument("--lang", choices=[x.value for x in Lang], default=None)
    parser.add_argument("--theme", choices=NAMES, default=None)
    parser.add_argument("--screen", default=None)
    parser.add_argument("--size", default=None, metavar="1920x1080")
    return parser.parse_args(argv)


def load_screens() -> None:
    """Let every screen under ui/screens make itself known; one that fails is named in the log, the rest go on."""
    import ui.screens

    for found in iter_modules(ui.screens.__path__):
        if find_spec(f"ui.screens.{found.name}.screen") is None:
            continue
        try:
            import_module(f"ui.screens.{found.name}.screen")
        except Exception:
            log.exception("screen %s cannot be used", found.name)


def make_application(lang: Lang, theme: str) -> QApplication:
    """The Qt application in the station's look."""
    if sys.platform.startswith("linux") and os.environ.get("DBUS_SESSION_BUS_ADDRESS"):
        # Hangul typing: fcitx5 answers to this name too. Without a session bus libdbus would end the process.
        os.environ.setdefault("QT_IM_MODULE", "ibus")
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    app = QApplication.instance() or QApplication(["linekeeper"])
    assert isinstance(app, QApplication)
    app.setApplicationName("Linekeeper")
    app.setDesktopFileName("linekeeper")
    dress(app, theme, lang)
    return app


def open_shell(desk: Desk, layout: Layout, *, starting: bool = False) -> Shell:
    """A window on a desk, with all screens, in an earlier session's layout; not shown yet."""
    load_screens()
    look().set_density(touch=layout.touch, glove=layout.glove, dpi=layout.dpi, scale=layout.scale)
    shell = Shell(desk, starting=starting)
    shell.recall(layout)
    return shell


def main(argv: Sequence[str] | None = None) -> int:
    """Run the window until it is closed."""
    given = arguments(argv)
    bad = guard.bad_pair(tuple(PySide6.__version_info__[:3]), sys.version_info[:3])
    lang = Lang(given.lang) if given.lang else None
    if bad is not None:
        print(bad.of(lang or Lang.EN), file=sys.stderr)  # noqa: T201
        return 3
    given.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    _log_to(given.data)
    layout = layoutfile.load(given.data)
    try:
        app = make_application(lang or _language(layout.lang), given.theme or layout.theme or "light")
    except FontMissingError as err:
        print(say("window.no_font", file=str(err)).of(lang or Lang.EN), file=sys.stderr)  # noqa: T201
        return 3
    desk = Desk(given.data, DeskClient)
    engine = EngineSupervisor(
        engine_command(given.data, given.plant), lambda: desk.tags.alive, given.data / "engine.out"
    )
    if given.plant is not None:
        engine.start()
        desk.second.connect(engine.watch)
    if given.screen:
        layout.screen, layout.place = given.screen, {}
    shell = open_shell(desk, layout, starting=engine.ours)
    guard.install(lambda fault: shell.tell(say("window.fault", fault=fault)))
    if given.size:
        width, height = (int(x) for x in given.size.lower().split("x"))
        shell.resize(width, height)
        shell.show()
    elif layout.maximised:
        shell.showMaximized()
    else:
        shell.show()
    shell.people.welcome()
    desk.start(shell)
    gc.collect()
    gc.freeze()  # what is there now stays: a full collection would walk all of it and hold up a frame
    signal.signal(signal.SIGINT, lambda *_: app.quit())
    signal.signal(signal.SIGTERM, lambda *_: app.quit())
    code = app.exec()
    layoutfile.save(given.data, shell.remember())
    desk.stop()
    if desk.plant is not None and desk.plant.demo:
        engine.end()
    else:
        engine.leave()  # a real plant's recording goes on without a window
    return code


def _language(remembered: str) -> Lang:
    if remembered in ("en", "ko"):
        return Lang(remembered)
    system = os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return Lang.KO if system.lower().startswith("ko") else Lang.EN


def _log_to(data: Path) -> None:
    try:
        file = logging.handlers.RotatingFileHandler(
            data / "window.log", maxBytes=2_000_000, backupCount=2, encoding="utf-8"
        )
    except OSError:
        logging.basicConfig(level=logging.INFO)
        return
    file.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.addHandler(file)
    root.setLevel(logging.INFO)


if __name__ == "__main__":
    guard.leave(main())
