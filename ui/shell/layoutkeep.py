"""From a layout to the window and back: place on the monitors, last screen, what each screen keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.shell.layoutfile import Layout
from ui.shell.placing import place_of

if TYPE_CHECKING:
    from ui.shell.window import Shell


def recall(shell: Shell, layout: Layout) -> None:
    """Take up the layout of an earlier session: place on the monitors that are there now, last screen."""
    shell.layout_ = layout
    shell.dock.wanted = layout.side_open
    shell.setGeometry(place_of(layout))
    shell.setFocus()
    shell.dock.fit()
    if not shell.go(layout.screen, **layout.place):
        shell.home()


def remember(shell: Shell) -> Layout:
    """The layout of now, for the layout file."""
    kept = shell.layout_
    kept.screen = shell.here or kept.screen
    shown = shell.made.get(kept.screen)
    kept.place = dict(shown.place) if shown is not None else {}
    kept.maximised, kept.side_open = shell.isMaximized(), shell.dock.wanted
    if not shell.isMaximized():
        g = shell.geometry()
        kept.geometry = [g.x(), g.y(), g.width(), g.height()]
    monitor = shell.screen_now()
    kept.monitor = "" if monitor is None else monitor.name()
    kept.screens = {**kept.screens, **{key: s.keep() for key, s in shell.made.items()}}
    return kept
