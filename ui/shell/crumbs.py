"""Where one is, in words: plant, area, screen and what the screen shows of them."""

from __future__ import annotations

from hmi.model.plant import Plant
from hmi.model.text import Text
from hmi.model.words import say
from ui.shell.registry import ScreenSpec
from ui.shell.screen import Screen


def path_words(plant: Plant | None, spec: ScreenSpec | None, shown: Screen | None) -> list[Text]:
    """The breadcrumbs from the outside in; a single site or area is named, of several none."""
    path: list[Text] = []
    if plant is not None:
        path.append(plant.sites[0].name if len(plant.sites) == 1 else plant.name)
        if len(plant.areas) == 1:
            path.append(plant.areas[0].name)
    if spec is not None and shown is not None:
        path += [say(spec.title_key), *shown.crumbs()]
    return path
