"""A theme: every colour of the window by what it means, read from a theme file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

from PySide6.QtGui import QColor

import resources

NAMES = ("light", "dark")


class ThemeFileError(ValueError):
    """A theme file that lacks a colour or holds something that is none; the text names file and key."""


@dataclass(frozen=True, slots=True)
class PriorityColours:
    """The colours of one alarm priority: mark, digit on it, and its word on a panel."""

    fill: QColor
    digit: QColor
    text: QColor


@dataclass(frozen=True, slots=True)
class Theme:
    """The palette of one room brightness. Names say the meaning; see resources/themes/*.toml for the remarks."""

    name: str
    dark: bool
    ground: QColor
    panel: QColor
    inset: QColor
    hairline: QColor
    frame: QColor
    text: QColor
    second: QColor
    faint: QColor
    value: QColor
    focus: QColor
    outline: QColor
    running: QColor
    on_running: QColor
    stopped: QColor
    on_stopped: QColor
    band: QColor
    bar: QColor
    done: QColor
    hold: QColor
    on_hold: QColor
    button: QColor
    button_down: QColor
    chosen: QColor
    banner: QColor
    on_banner: QColor
    warning: QColor
    on_warning: QColor
    mark_outline: QColor
    pens: tuple[QColor, ...]
    """Trend pens, greys and blues; a pen is told apart by its dashes too."""
    priority: dict[int, PriorityColours]
    """Alarm priorities 1 urgent, 2 high, 3 medium, 4 diagnostic."""

    def colour(self, name: str) -> QColor:
        """A colour by its name, e.g. the ground a widget stands on."""
        colour: QColor = getattr(self, name)
        return colour


def load(name: str, folder: Path | None = None) -> Theme:
    """Read a theme by name. ThemeFileError names what is missing or is no colour."""
    file = (folder or resources.path("themes")) / f"{name}.toml"
    try:
        raw = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as err:
        raise ThemeFileError(f"{file.name}: {err}") from err
    apart = {"name", "dark", "pens", "priority"}
    try:
        colours = {f.name: _colour(raw["colour"][f.name]) for f in fields(Theme) if f.name not in apart}
        priority = {
            int(k): PriorityColours(_colour(v["fill"]), _colour(v["digit"]), _colour(v["text"]))
            for k, v in raw["priority"].items()
        }
        return Theme(
            name=raw["name"],
            dark=raw["dark"],
            pens=tuple(_colour(c) for c in raw["pens"]["colours"]),
            priority=priority,
            **colours,
        )
    except (KeyError, TypeError, ValueError) as err:
        raise ThemeFileError(f"{file.name}: {err}") from err


def _colour(code: str) -> QColor:
    colour = QColor(code)
    if not colour.isValid():
        raise ValueError(f"{code!r} is no colour")
    return colour
