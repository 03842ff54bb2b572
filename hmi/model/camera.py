"""Cameras: how one is described in the plant file, how it fares, and what a picture is bound to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from hmi.model.reading import Value
from hmi.model.text import Text


class CameraTrigger(StrEnum):
    """What makes a camera take its picture."""

    UNIT = "unit"  # another unit at the station: the trigger tag changed
    INTERVAL = "interval"  # the camera's own clock


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera of a station, as the plant file describes it."""

    id: str
    name: Text
    station: str
    plugin: str
    """Name of the camera plugin."""
    trigger: CameraTrigger = CameraTrigger.UNIT
    trigger_tag: str = ""
    """Tag whose change is the trigger; empty: the tag of the station's role ``unit``."""
    interval_s: float = 0.1
    """Between two pictures, when the clock triggers."""
    timeout_s: float = 0.8
    """A picture that has not come by then is UNDECIDED, and the camera SILENT."""
    reads: tuple[str, ...] = ()
    """Tags whose values go along with every trigger; they are bound to the verdict as process values."""
    inspector: str = "template_compare"
    keep_good: int = 20
    """One in this many good pictures is kept as evidence; 0: none. Rejects and undecided ones are all kept."""
    settings: Mapping[str, object] = field(default_factory=dict)
    """The plugin's own."""


class CameraState(StrEnum):
    """How a camera fares; everything but RUNNING makes its verdicts UNDECIDED."""

    STARTING = "STARTING"
    RUNNING = "RUNNING"
    SILENT = "SILENT"  # no picture or no sign of life within the time
    BLACK = "BLACK"  # pictures without light
    FROZEN = "FROZEN"  # the same picture again and again
    DOWN = "DOWN"  # its process ended; it is started again
    OFF = "OFF"  # its plugin cannot be used; says why


@dataclass(frozen=True, slots=True)
class Subject:
    """What a picture was taken of: everything a verdict is bound to. Empty text is not known."""

    unit: str = ""
    lot: str = ""
    order: str = ""
    product: str = ""
    line: str = ""
    station: str = ""
    material_batch: str = ""
    operator: str = ""
    readings: Mapping[str, Value] = field(default_factory=dict)
    """The process values at that moment, by tag; None where the reading was not GOOD."""
