"""Acquisition: what drivers hear becomes readings of tags: scaled, checked, written to the tag table, passed on.

A bad link makes every tag of it not GOOD at once; a value that cannot be what its tag says is BAD with a reason. What
reaches the table, the history and the machine states is the same batch, so none of them can tell another story.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from hmi.model import quality as q
from hmi.model.plant import Plant, TagType
from hmi.model.text import Text
from hmi.plant.port import Batch, LinkState, Wanted
from hmi.plant.tagtable import TagTableWriter

BatchConsumer = Callable[[Batch, int], None]
LinkConsumer = Callable[[str, LinkState, Text | None], None]
EventConsumer = Callable[[str, dict[str, Any]], None]

TEXT_LIMIT = 65_536
_FAMILY_NONE, _BOOLEAN, _NUMBER, _TEXT, _TIME = 0, 1, 2, 3, 4
_FAMILY = np.zeros(256, np.uint8)
_FAMILY[1] = _BOOLEAN
_FAMILY[2:12] = _NUMBER
_FAMILY[12] = _TEXT
_FAMILY[13] = _TIME
_FAMILY[[21, 17, 18, 20, 14, 16, 15]] = _TEXT  # LocalizedText, NodeId and the like come as text
_KIND = {t: i for i, t in enumerate(TagType, start=1)}
_LINK_STATUS = {
    LinkState.SILENT: q.STALE_LINK_SILENT,
    LinkState.CONNECTING: q.BAD_NO_COMMUNICATION,
    LinkState.DOWN: q.BAD_NO_COMMUNICATION,
    LinkState.REFUSED: q.BAD_NO_COMMUNICATION,
    LinkState.STOPPED: q.BAD_NO_COMMUNICATION,
}


def kind_of(tag_type: TagType) -> int:
    """The OPC UA built-in type id of a tag type (Boolean 1 ... DateTime 13)."""
    return _KIND[tag_type]


@dataclass
class Consumers:
    """Who hears what acquisition hears; each is called on the engine's loop and must not block."""

    batches: list[BatchConsumer] = field(default_factory=list)
    links: list[LinkConsumer] = field(default_factory=list)
    events: list[EventConsumer] = field(default_factory=list)


class Acquisition:
    """All controllers' feeds into one tag table."""

    def __init__(self, plant: Plant, table: TagTableWriter, clock: Callable[[], int] = time.time_ns) -> None:
        """clock gives ns since 1970 UTC; tests step it."""
        self.plant, self.table, self.clock = plant, table, clock
        self.consumers = Consumers()
        count = len(plant.tags)
        self.family = np.array([_FAMILY[_KIND[t.type]] for t in plant.tags], np.uint8)
        self.scale = np.array([t.scale for t in plant.tags], np.float64)
        self.offset = np.array([t.offset for t in plant.tags], np.float64)
        self.scaled = (self.scale != 1.0) | (self.offset != 0.0)
        self.any_scaled = bool(self.scaled.any())
        self.full_text: dict[int, str] = {}
        self.readings = 0
        self.mistyped: npt.NDArray[np.bool_] = np.zeros(count, np.bool_)
        self.closed = False
        self._rows_of: dict[str, npt.NDArray[np.int32]] = {}
        owner = [t.controller for t in plant.tags]
        for controller in plant.controllers:
            rows = [i for i, name in enumerate(owner) if name == controller.id]
            self._rows_of[controller.id] = np.array(rows, np.int32)

    def feed(self, controller: str) -> ControllerFeed:
        """The feed that the driver of a controller gets."""
        return ControllerFeed(self, controller, self._rows_of[controller])

    def rows_of(self, controller: str) -> npt.NDArray[np.int32]:
        """The table rows of a controller's tags."""
        return self._rows_of[controller]

    def wanted(self, controller: str) -> Sequence[Wanted]:
        """What the station wants from a controller."""
        return [Wanted(int(row), self.plant.tags[row]) for row in self._rows_of[controller]]

    def pass_on(self, batch: Batch) -> None:
        """Write a checked batch to the table and give it to everyone who listens."""
        now = self.clock()
        self.table.write(batch.rows, batch.values, batch.status, batch.source_ns, batch.kinds, batch.texts, now)
        self.readings += len(batch)
        for consumer in self.consumers.batches:
            consumer(batch, now)

    def close(self) -> None:
        """The engine is about to stop: no tag may look alive from here on, and what drivers still say is not heard."""
        good = np.flatnonzero((self.table.status[: len(self.plant.tags)] >> 30) == 0).astype(np.int32)
        self.doubt(good, q.STALE_ENGINE_SILENT)
        self.closed = True

    def doubt(self, rows: npt.NDArray[np.int32], status: int) -> None:
        """Put rows in doubt: the table keeps the last value, everyone else hears that there is none now."""
        if len(rows) == 0:
            return
        now = self.clock()
        self.table.set_status(rows, status)
        after = np.maximum(self.table.source_ns[rows] + 100, now)
        count = len(rows)
        gap = Batch(
            rows,
            np.full(count, np.nan),
            np.full(count, status, np.uint32),
            after,
            np.zeros(count, np.uint8),
        )
        for consumer in self.consumers.batches:
            consumer(gap, now)


class ControllerFeed:
    """Where one controller's driver puts what it hears (hmi.plant.port.Feed)."""

    def __init__(self, acquisition: Acquisition, controller: str, rows: npt.NDArray[np.int32]) -> None:
        self._acquisition = acquisition
        self._controller = controller
        self._rows = rows
        self._state: LinkState | None = None

    def readings(self, batch: Batch) -> None:
        """Check a batch and pass it on; while the link is in doubt nothing of it may look alive."""
        if len(batch) == 0:
            return
        if self._state is not LinkState.CONNECTED or self._acquisition.closed:
            return  # a late message of a link that was already given up
        self._check(batch)
        self._acquisition.pass_on(batch)

    def link(self, state: LinkState, why: Text | None = None) -> None:
        """Take a change of the link: anything but CONNECTED puts all tags of the controller in doubt."""
        if self._acquisition.closed:
            return
        if state is not LinkState.CONNECTED:
            status = _LINK_STATUS[state]
            # a tag that is refused on its own keeps its reason only while the link stands
            self._acquisition.doubt(self._rows, status)
        self._state = state
        for consumer in self._acquisition.consumers.links:
            consumer(self._controller, state, why)

    def item(self, row: int, status: int) -> None:
        """Take that one tag cannot be had."""
        if (
            not self._acquisition.closed
            and self._state is LinkState.CONNECTED
            and int(self._acquisition.table.status[row]) != status
        ):
            self._acquisition.doubt(np.array([row], np.int32), status)

    def event(self, event: dict[str, Any]) -> None:
        """Pass an event of the controller on; one of a link that is not up says nothing of now."""
        if self._state is not LinkState.CONNECTED or self._acquisition.closed:
            return
        for consumer in self._acquisition.consumers.events:
            consumer(self._controller, event)

    def _check(self, batch: Batch) -> None:
        acquisition = self._acquisition
        rows, values, status = batch.rows, batch.values, batch.status
        family = _FAMILY[batch.kinds]
        good = status >> 30 == 0
        strange = (family != acquisition.family[rows]) & (batch.kinds != 0)
        if strange.any():
            status[strange & good] = q.BAD_TYPE_MISMATCH
            values[strange] = np.nan
        acquisition.mistyped[rows] = strange
        if acquisition.any_scaled:
            which = acquisition.scaled[rows]
            if which.any():
                values[which] = values[which] * acquisition.scale[rows[which]] + acquisition.offset[rows[which]]
        number = (batch.kinds == 10) | (batch.kinds == 11)
        with np.errstate(invalid="ignore"):
            fine = np.abs(values) < q.PLAUSIBLE  # False for NaN too
        if not fine.all():
            odd = number & good & ~fine & ~strange
            finite = np.isfinite(values)
            status[odd & ~finite] = q.BAD_NOT_A_NUMBER
            status[odd & finite] = q.BAD_IMPLAUSIBLE
        if batch.texts:
            self._check_texts(batch)

    def _check_texts(self, batch: Batch) -> None:
        kept = self._acquisition.full_text
        for position, text in batch.texts.items():
            row = int(batch.rows[position])
            if len(text) > TEXT_LIMIT:
                batch.status[position] = q.BAD_ENCODING_LIMITS_EXCEEDED
                text = text[:TEXT_LIMIT]
                batch.texts[position] = text
            if len(text) > 24:
                kept[row] = text
            else:
                kept.pop(row, None)
