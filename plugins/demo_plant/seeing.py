"""The demo's cameras in its plant file: one over each line's inspection, with the figures bound to its verdicts."""

from __future__ import annotations

import json
from collections.abc import Iterator

from plugins.demo_plant.layout import LINES

READS = (
    "S4.Scene", "S4.LightLevel", "S4.PositionOffset", "S1.PasteHeight", "S1.SqueegeePressure", "S2.PlacementOffset",
    "S3.Zone3Temperature", "S3.ConveyorSpeed",
)  # fmt: skip
"""The scene is what the camera draws; the others are the process values that a verdict is kept with."""
KEEP_GOOD = 20


def cameras() -> Iterator[str]:
    """A camera for each line, triggered by the unit that leaves the inspection."""
    for line in LINES:
        reads = json.dumps([f"{line.id}.{each}" for each in READS])
        name = f'{{ en = "Camera of line {line.number}", ko = "{line.number}라인 카메라" }}'
        yield (
            f'[[camera]]\nid = "cam{line.number}"\nname = {name}\nstation = "{line.id}.S4"\nplugin = "demo_camera"\n'
            f'trigger = "unit"\ntrigger_tag = "{line.id}.S4.UnitId"\ntimeout_s = 0.8\nreads = {reads}\n'
            f'inspector = "template_compare"\nkeep_good = {KEEP_GOOD}\n'
        )
