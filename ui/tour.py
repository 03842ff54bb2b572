"""A picture of every screen of a running station: ``python -m ui.tour --data DIR --out DIR``. Never starts an engine.

Exit codes: 0 all pictures written; 1 a screen could not be drawn (the others are there); 3 no engine, or no font.
"""

from __future__ import annotations

import argparse
import logging
import re
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import PySide6
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from hmi.desk.client import DeskClient
from hmi.model.machine import TimeClass, time_class
from hmi.model.permission import Role
from hmi.model.plant import Access
from hmi.model.text import Lang, Text
from hmi.model.words import say
from ui.app import make_application, open_shell
from ui.bridge.desk import Desk
from ui.shell import demopeople, guard, registry
from ui.shell.guard import leave
from ui.shell.layoutfile import Layout
from ui.shell.screen import Screen
from ui.shell.window import Shell
from ui.theme.look import look
from ui.theme.palette import NAMES
from ui.theme.typeface import FontMissingError
from ui.tourloop import LoopTour
from ui.tourscene import REST_S, Scene, wait
from ui.widgets.dialog import Dialog

log = logging.getLogger(__name__)

ATTACH_S = 15.0
SCREEN_S = 10.0
"""A screen that has not heard its first answers by then is drawn as it is."""
OK, NOT_DRAWN, NOTHING_THERE = 0, 1, 3


def main(argv: Sequence[str] | None = None) -> int:
    """Take all pictures and print the names of their files."""
    given = _arguments(argv)
    lang = Lang(given.lang)
    bad = guard.bad_pair(tuple(PySide6.__version_info__[:3]), sys.version_info[:3])
    if bad is not None:
        return _fail(bad, lang)
    try:
        app = make_application(lang, given.theme)
    except FontMissingError as err:
        return _fail(say("window.no_font", file=str(err)), lang)
    faults: list[str] = []
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    guard.install(faults.append)
    look().blink = False  # a mark in the dark half of its pulse would look like none
    desk = Desk(given.data, DeskClient)
    if not wait(app, lambda: desk.alive and desk.connected, ATTACH_S, desk.tick):
        desk.stop()
        return _fail(say("tour.no_engine", data=str(given.data)), lang)
    shell = open_shell(desk, Layout(maximised=False, geometry=[0, 0, *given.size]))
    shell.resize(*given.size)
    shell.show()
    shell.people.welcome(quiet=True)
    desk.start(shell)
    started = time.monotonic()
    wait(app, lambda: time.monotonic() - started >= given.settle, given.settle + 1)
    given.out.mkdir(parents=True, exist_ok=True)
    warm(app, shell)
    overview, *others = scenes(shell)
    mode = Scene("mode", lambda: _mode(shell))
    if given.stages:
        loop = LoopTour(shell, app)
        others = [*loop.first(), *others, *loop.last()]
    code = take(app, shell, [overview, mode, *others, *last_scenes(shell)], given.out, faults)
    desk.stop()
    shell.close()
    shell.deleteLater()
    wait(app, lambda: False, 0.1)
    return code


def take(app: QApplication, shell: Shell, wanted: Sequence[Scene], out: Path, faults: list[str]) -> int:
    """Take the pictures one after the other; the outcome as an exit code."""
    code, number = OK, 0
    for scene in wanted:
        faults.clear()
        try:
            clear(shell)
            if not scene.go():
                continue
            settle(app, shell, scene.rest_s)
            picture = shell.grab().toImage()
        except Exception as err:  # whatever a screen raises while it is drawn
            log.debug("%s", scene.name, exc_info=True)
            code = _not_drawn(scene, str(err))
            continue
        number += 1
        file = out / f"{number:02d}-{scene.name}.png"
        if not picture.save(str(file), "PNG"):
            code = _not_drawn(scene, look().say("tour.not_written"))
            continue
        if faults or not drawn(picture):
            code = _not_drawn(scene, faults[0] if faults else look().say("tour.blank"))
        sys.stdout.write(f"{file}\n")
        sys.stdout.flush()
    return code


def clear(shell: Shell) -> None:
    """Take away what an earlier picture left lying over the window."""
    shell.close_faceplate()
    for plate in shell.findChildren(Dialog):
        plate.shut()


def _not_drawn(scene: Scene, why: str) -> int:
    sys.stderr.write(look().say("tour.not_drawn", screen=scene.name, why=why) + "\n")
    return NOT_DRAWN


def scenes(shell: Shell) -> list[Scene]:
    """Every screen in the order of the rail with what can be opened on it, the faceplate, the command dialog."""
    found: list[Scene] = []
    for spec in registry.screens():
        found.append(Scene(spec.key, _goer(shell, spec.key, {})))
        shown = shell.screen(spec.key)
        for name, place in getattr(shown, "scenes", dict)().items():
            found.append(Scene(f"{spec.key}-{name}", _goer(shell, spec.key, place)))
    found.append(Scene("faceplate", lambda: _faceplate(shell)))
    found.append(Scene("command", lambda: _command(shell)))
    return found


def last_scenes(shell: Shell) -> list[Scene]:
    """What others than the supervisor see, and what asks who it is."""
    return [
        Scene("people-administrator", lambda: _administrator(shell)),
        Scene("sign-in", lambda: _sign_in(shell)),
        Scene("tag-search", lambda: _search(shell)),
    ]


def warm(app: QApplication, shell: Shell) -> None:
    """Visit every screen once: some know only then what there is to be shown on them."""
    for spec in registry.screens():
        shell.go(spec.key)
        settle(app, shell, 0.0)
    shell.home()


def _goer(shell: Shell, key: str, place: dict[str, str]) -> Callable[[], bool]:
    def go() -> bool:
        shell.close_faceplate()
        shown = shell.screen(key)
        can = getattr(shown, "can_show", None)
        return (can is None or bool(can(place))) and shell.go(key, **place)

    return go


def _faceplate(shell: Shell) -> bool:
    """The station with the most to tell: one that stands, else the first with a main value."""
    plant = shell.desk.plant
    if registry.faceplate() is None or plant is None or not plant.stations:
        return False
    shell.home()
    station = next((s.id for s in plant.stations if s.kind == "oven"), plant.stations[0].id)
    shell.open_faceplate(standing(shell) or station)
    return True


def standing(shell: Shell) -> str | None:
    """A station that is down at the moment, by its state tag."""
    plant = shell.desk.plant
    for station in plant.stations if plant is not None else ():
        reading = shell.desk.reading(station.roles.get("state", ""))
        rule = station.states.get(str(reading.value))
        if rule is not None and reading.quality == 0 and time_class(rule.state, rule.waiting) is TimeClass.DOWN:
            return station.id
    return None


def _command(shell: Shell) -> bool:
    """The command dialog on the first set-point of the station whose faceplate is open."""
    plant = shell.desk.plant
    tag = next((t for t in (plant.tags if plant is not None else ()) if t.access is Access.SETPOINT), None)
    if tag is None:
        return False
    shell.home()
    shell.open_faceplate(tag.place)
    shell.command(tag.id)
    return True


def _mode(shell: Shell) -> bool:
    shell.close_faceplate()
    shell.home()
    shell.people.open_mode()
    return True


def _administrator(shell: Shell) -> bool:
    """The people screen as the demo's administrator sees it."""
    people = demopeople.read(shell.desk.data)
    known = None if people is None else next((p for p in people.users if p.role is Role.ADMINISTRATOR), None)
    app = QApplication.instance()
    if known is None or not isinstance(app, QApplication):
        return False
    shell.people.session.sign_in(known.user, known.password, lambda _who: None, lambda _why: None)
    shell.people.mode_plate.shut()
    return wait(app, lambda: shell.people.session.user == known.user, SCREEN_S) and shell.go("people")


def _sign_in(shell: Shell) -> bool:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    shell.people.session.sign_out()
    wait(app, lambda: not shell.people.session.user, SCREEN_S)
    shell.home()
    shell.people.sign_in()
    return True


def _search(shell: Shell) -> bool:
    shell.people.sign_in_plate.shut()
    shell.close_faceplate()
    shell.home()
    shell.open_search()
    shell.search.field.setText("ㅇㄷ" if look().lang is Lang.KO else "temp")
    return True


def settle(app: QApplication, shell: Shell, rest_s: float | None = None) -> None:
    """Wait until the shown screen has heard its first answers and has drawn them."""

    def heard() -> bool:
        shown: Screen | None = None if shell.here is None else shell.screen(shell.here)
        told = getattr(shown, "settled", None)
        return told is None or bool(told())

    wait(app, heard, SCREEN_S)
    rest = time.monotonic() + (REST_S if rest_s is None else rest_s)
    wait(app, lambda: time.monotonic() >= rest, REST_S + 1)


def drawn(picture: QImage) -> bool:
    """Whether there is anything on a picture: more than a few colours."""
    small = picture.scaled(160, 90)
    colours = {small.pixel(x, y) for x in range(0, small.width(), 2) for y in range(0, small.height(), 2)}
    return len(colours) > 8


def seconds(text: str) -> float:
    """A length of time as 25s, 1.5m or a number of seconds."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(s|m)?", text.strip())
    if match is None:
        raise argparse.ArgumentTypeError(f"{text!r}: 25s, 1.5m")
    return float(match[1]) * (60 if match[2] == "m" else 1)


def size(text: str) -> tuple[int, int]:
    """Width and height as 1920x1080."""
    match = re.fullmatch(r"(\d{3,5})[xX](\d{3,5})", text.strip())
    if match is None:
        raise argparse.ArgumentTypeError(f"{text!r}: 1920x1080")
    return int(match[1]), int(match[2])


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="ui.tour", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--lang", choices=[x.value for x in Lang], default="en")
    parser.add_argument("--theme", choices=NAMES, default="light")
    parser.add_argument("--size", type=size, default=(1920, 1080))
    parser.add_argument("--settle", type=seconds, default=25.0)
    parser.add_argument("--stages", action="store_true", help="play the loop: judge, sign and hold on a demo plant")
    return parser.parse_args(argv)


def _fail(text: Text, lang: Lang) -> int:
    sys.stderr.write(text.of(lang) + "\n")
    return NOTHING_THERE


if __name__ == "__main__":
    leave(main())
