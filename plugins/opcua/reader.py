"""Reading now, from the source: by our own decoder, so that it equals what a subscription tells."""

from __future__ import annotations

import time
from collections.abc import Sequence

from asyncua import ua

from hmi.api import Reading
from plugins.opcua import address
from plugins.opcua.ahead import in_batches
from plugins.opcua.decoder import Columns
from plugins.opcua.session import Session

_BAD_NODE = int(ua.StatusCodes.BadNodeIdInvalid)
_NO_NODE = int(ua.StatusCodes.BadNodeIdUnknown)
_BOOLEAN, _INTEGERS = 1, frozenset(range(2, 10))


async def read(session: Session, addresses: Sequence[str]) -> list[Reading]:
    """Values of nodes, in order, in as many calls as the server wants; a failed node carries its status."""
    readings: list[Reading | None] = [None] * len(addresses)
    wanted: list[tuple[int, ua.NodeId]] = []
    for place, text in enumerate(addresses):
        try:
            node = address.resolve(text, session.namespaces)
        except address.AddressError:
            readings[place] = Reading(None, _BAD_NODE, 0)
            continue
        if node is None:
            readings[place] = Reading(None, _NO_NODE, 0)
        else:
            wanted.append((place, node))

    async def part_of(part: Sequence[tuple[int, ua.NodeId]]) -> list[Reading]:
        columns = await session.read([(node, ua.AttributeIds.Value) for _, node in part])
        return to_readings(columns, time.time_ns())

    answers = await in_batches(wanted, session.limits.read, part_of)
    for (place, _), reading in zip(wanted, (r for part in answers for r in part), strict=True):
        readings[place] = reading
    return [r for r in readings if r is not None]


def to_readings(columns: Columns, received_ns: int) -> list[Reading]:
    """Decoded values one by one, as a person or script gets them."""
    readings = []
    rows = zip(
        columns.values.tolist(), columns.status.tolist(), columns.source_ns(received_ns).tolist(),
        columns.kinds.tolist(), strict=True,
    )  # fmt: skip
    for place, (number, status, source_ns, kind) in enumerate(rows):
        value: float | int | bool | str | None = number
        if kind == 0:
            value = None
        elif place in columns.texts:
            text = columns.texts[place]
            value = int(text) if kind in _INTEGERS else text
        elif kind == _BOOLEAN:
            value = bool(number)
        elif kind in _INTEGERS:
            value = int(number)
        readings.append(Reading(value, status, source_ns))
    return readings
