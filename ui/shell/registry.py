"""Which screens there are. A screen registers itself; the window shows what is registered and no empty rooms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ui.shell.screen import Faceplate, Screen, Window


@dataclass(frozen=True, slots=True)
class ScreenSpec:
    """A screen that can be gone to."""

    key: str
    """Short stable name: in the layout file, on the command line, in ``Window.go``."""
    icon: str
    title_key: str
    """Catalogue key of its name."""
    factory: Callable[[Window], Screen]
    """Makes the screen at its first visit; it is kept from then on."""
    rail: bool = True
    """Whether it has a place on the rail (a level-3 screen has none)."""
    order: int = 50
    parent: str | None = None
    """The rail entry that is lit while this screen shows, for screens without a place of their own."""


_screens: dict[str, ScreenSpec] = {}
_faceplate: list[Callable[[Window], Faceplate]] = []


def register(spec: ScreenSpec) -> None:
    """Make a screen known; the same key again replaces it."""
    _screens[spec.key] = spec


def register_faceplate(factory: Callable[[Window], Faceplate]) -> None:
    """Say what makes the faceplate that docks in the right column."""
    _faceplate[:] = [factory]


def screens() -> list[ScreenSpec]:
    """All screens in the order of the rail."""
    return sorted(_screens.values(), key=lambda s: s.order)


def screen(key: str) -> ScreenSpec | None:
    """A screen by its key."""
    return _screens.get(key)


def faceplate() -> Callable[[Window], Faceplate] | None:
    """What makes the faceplate, once somebody has said so."""
    return _faceplate[0] if _faceplate else None
