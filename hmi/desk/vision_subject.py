"""What a picture is taken of: the trigger tags in the stream of readings, and everything a verdict is bound to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from hmi.model.camera import Camera, CameraTrigger, Subject
from hmi.model.genealogy import UnitPass
from hmi.model.plant import Plant
from hmi.model.quality import Quality, quality_of
from hmi.model.reading import Reading, Value
from hmi.plant.context import word_of
from hmi.plant.port import Batch
from hmi.plant.roles import Roles

Fire = Callable[[Camera, str, int], None]
"""Camera, unit, and the instant on the wall at which it came."""
LastPass = Callable[[str], UnitPass | None]


class Subjects:
    """Cameras' subjects, from the tags as they are now."""

    def __init__(self, plant: Plant, reading: Callable[[str], Reading], last_pass: LastPass) -> None:
        """reading gives a tag's reading now; last_pass what is known of a unit from earlier stations."""
        self._plant, self._reading, self._last_pass = plant, reading, last_pass

    def of(self, camera: Camera, unit: str | None = None) -> Subject:
        """The subject of a picture that is taken now; unit None: the one that the station's tag names."""
        station = self._plant.station[camera.station]
        roles = self._plant.line[station.line].roles
        unit = self._word(station.roles.get("unit")) if unit is None else unit
        found = Subject(
            unit, self._word(roles.get("lot")), self._word(roles.get("order")), self._word(roles.get("product")),
            station.line, station.id, self._word(roles.get("material_batch") or roles.get("batch")),
            self._word(roles.get("operator")), {tag: self._value(tag) for tag in camera.reads},
        )  # fmt: skip
        # the line's tags tell what is at its start; a unit keeps what it was made of there
        before = self._last_pass(unit) if unit else None
        if before is None:
            return found
        return replace(
            found,
            lot=before.lot or found.lot,
            order=before.order or found.order,
            product=before.product or found.product,
            material_batch=before.batch or found.material_batch,
        )

    def _value(self, tag: str) -> Value:
        reading = self._reading(tag)
        return reading.value if reading.quality is Quality.GOOD else None

    def _word(self, tag: str | None) -> str:
        value = self._value(tag) if tag else None
        return "" if value is None else word_of(value)


class TriggerTags:
    """Hears the trigger tags of all cameras: a change from one value to another is a trigger."""

    def __init__(self, plant: Plant, fire: Fire, known: Mapping[str, str]) -> None:
        """known is the unit that each camera saw last, before the station was started."""
        self._roles = Roles(plant)
        self._last: dict[str, str] = {}
        self.tag_of: dict[str, str] = {}
        for camera in plant.cameras:
            if camera.trigger is not CameraTrigger.UNIT:
                continue
            unit_tag = plant.station[camera.station].roles.get("unit", "")
            tag = self.tag_of[camera.id] = camera.trigger_tag or unit_tag
            if tag == unit_tag and camera.id in known:
                self._last[camera.id] = known[camera.id]
            self._roles.connect(tag, camera.id, self._taker(camera, tag == unit_tag, fire))

    def on_batch(self, batch: Batch, now_ns: int) -> None:
        """Take a batch of readings, which are in the tag table already."""
        for _ in self._roles.heard(batch, now_ns):
            pass

    def _taker(self, camera: Camera, names_unit: bool, fire: Fire) -> Callable[[Value, int, int], None]:
        def take(value: Value, status: int, at_ns: int) -> None:
            if quality_of(status) is not Quality.GOOD or value is None:
                return
            word = word_of(value)
            before, self._last[camera.id] = self._last.get(camera.id), word
            # a trigger of its own is a counter or a flag: its first reading tells of no change
            if word == before or (before is None and not names_unit) or word in ("", "False"):
                return
            fire(camera, word if names_unit else "", at_ns)

        return take
