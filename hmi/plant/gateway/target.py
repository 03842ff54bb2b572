"""What a command is aimed at: a tag that is written or a method that is called, and the tag that proves either."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from hmi.model.command import Command
from hmi.model.guard import Guard
from hmi.model.method import Method
from hmi.model.plant import Plant, Tag
from hmi.model.reading import Reading, Value
from hmi.plant.gateway.port import Argument, ControllerWriter

WRITE_TIMEOUT_S = 2.0


@dataclass(frozen=True, slots=True)
class Target:
    """One command's aim."""

    tag: Tag
    """What is written; of a method a stand-in with its id, name and controller."""
    guard: Guard
    reported: Tag
    """The tag that tells what was done."""
    method: Method | None = None

    async def send(self, writer: ControllerWriter, command: Command) -> int:
        """Put it on the wire, once; the controller's status code. Errors as the port has them."""
        if self.method is None:
            return await writer.write(self.tag.node, self.tag.type, _raw(self.tag, command.value), WRITE_TIMEOUT_S)
        values = command.arguments or ()
        arguments = [Argument(a.type, v) for a, v in zip(self.method.arguments, values, strict=True)]
        return await writer.call(self.method.object, self.method.method, arguments, WRITE_TIMEOUT_S)

    def scaled(self, reading: Reading) -> Reading:
        """A raw reading of the proving tag in its unit."""
        value, tag = reading.value, self.reported
        if isinstance(value, bool | str) or value is None or (tag.scale == 1.0 and tag.offset == 0.0):
            return reading
        return replace(reading, value=value * tag.scale + tag.offset)


def target_of(plant: Plant, guards: Mapping[str, Guard], command: Command) -> Target | None:
    """The aim of a command; None when the plant file knows no such tag or method."""
    if command.arguments is not None:
        method = plant.method.get(command.tag)
        reported = None if method is None else plant.tag.get(method.read_back)
        if method is None or reported is None:
            return None
        stand_in = Tag(method.id, method.name, method.controller, method.method, writable=True, place=method.place)
        return Target(stand_in, method.guard, reported, method)
    tag = plant.tag.get(command.tag)
    if tag is None:
        return None
    guard = guards.get(tag.id, Guard(tag.id))
    return Target(tag, guard, plant.tag.get(guard.read_back or tag.id, tag))


def _raw(tag: Tag, value: Value) -> Value:
    if isinstance(value, bool | str) or not isinstance(value, int | float):
        return value
    if tag.scale == 1.0 and tag.offset == 0.0:
        return int(value) if tag.type.is_integer else value
    raw = (value - tag.offset) / tag.scale
    return round(raw) if tag.type.is_integer else raw
