"""The way to what a search found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.shell.tagsearch import Found

if TYPE_CHECKING:
    from ui.shell.window import Shell


def go_to(shell: Shell, found: Found) -> None:
    """Go where a screen, line, station or tag is looked at."""
    if found.kind == "screen":
        shell.go(found.id)
    elif found.kind == "line":
        shell.go("lines", line=found.id)
    elif found.kind == "station":
        shell.open_faceplate(found.id)
    elif not shell.go("trends", tag=found.id):
        tag, plant = shell.desk.tag(found.id), shell.desk.plant
        if tag is not None and plant is not None and tag.place in plant.station:
            shell.open_faceplate(tag.place)
