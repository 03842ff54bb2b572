"""What the window remembers between sessions: layout.json in the data folder, with a schema version."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

FILE = "layout.json"
SCHEMA = 1


@dataclass
class Layout:
    """One station's window. Unknown or broken content is left out, never an error."""

    lang: str = ""
    """Empty until a person has chosen."""
    theme: str = ""
    screen: str = "overview"
    place: dict[str, str] = field(default_factory=dict)
    geometry: list[int] = field(default_factory=list)
    """x, y, width, height; empty for the default."""
    monitor: str = ""
    maximised: bool = True
    side_open: bool = True
    touch: bool = False
    glove: bool = False
    dpi: float | None = None
    scale: float = 1.0
    screens: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What each screen keeps."""


def load(data: Path) -> Layout:
    """The remembered layout, or the default one."""
    try:
        raw = json.loads((data / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Layout()
    except (OSError, ValueError) as err:
        log.warning("%s cannot be read and is begun anew: %s", FILE, err)
        return Layout()
    if not isinstance(raw, dict) or raw.get("schema") != SCHEMA:
        return Layout()
    made, plain = Layout(), Layout()
    for each in fields(Layout):
        value, like = raw.get(each.name), getattr(plain, each.name)
        if value is None:
            continue
        if each.name == "dpi" or isinstance(like, float):
            fits = isinstance(value, int | float) and not isinstance(value, bool)
        else:
            fits = isinstance(value, type(like))
        if fits:
            setattr(made, each.name, value)
    if len(made.geometry) != 4 or not all(isinstance(x, int) for x in made.geometry):
        made.geometry = []
    made.place = {k: v for k, v in made.place.items() if isinstance(v, str)}
    made.screens = {k: v for k, v in made.screens.items() if isinstance(v, dict)}
    made.scale = min(3.0, max(0.75, made.scale))
    return made


def save(data: Path, layout: Layout) -> None:
    """Write the layout, whole or not at all; a full disk costs the layout, not the window."""
    fresh = data / (FILE + ".new")
    try:
        fresh.write_text(
            json.dumps({"schema": SCHEMA, **asdict(layout)}, ensure_ascii=False, indent=1), encoding="utf-8"
        )
        fresh.replace(data / FILE)
    except OSError as err:
        log.warning("%s cannot be written: %s", FILE, err)
