"""The live tags of a data folder as a window or a script sees them: attaches, follows restarts, tells the truth."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
import numpy as np

from hmi.model import quality as q
from hmi.model.plant import Plant
from hmi.model.reading import Reading
from hmi.plant.tagtable import Snapshot, TableGoneError, TagTableReader

PLANT_FILE = "plant.json"
TABLE_FILE = "tags.table"
_EMPTY = Snapshot(np.empty(0, np.intp), np.empty(0), np.empty(0, np.uint32), np.empty(0, np.int64))

__all__ = ["PLANT_FILE", "TABLE_FILE", "LiveTags", "Snapshot", "revision_of"]


def revision_of(described: bytes) -> int:
    """The number that ties a tag table to the plant description that names its rows."""
    return int.from_bytes(hashlib.sha256(described).digest()[:8], "little")


class LiveTags:
    """The engine's tag table with the plant that names its rows.

    A new engine makes a new table: ``follow`` notices, attaches again and says so, because rows may mean other tags.
    """

    def __init__(self, data: Path) -> None:
        """Look at a data folder; nothing needs to run there yet."""
        self._data = data
        self._reader: TagTableReader | None = None
        self._identity: int | None = None
        self.plant: Plant | None = None
        self.follow()

    def follow(self) -> bool:
        """Attach to the table that is there now; True when it is another one than before."""
        try:
            identity = (self._data / TABLE_FILE).stat().st_ino
            if self._reader is not None and identity == self._identity:
                return False  # the mapped file keeps its inode from being used again
            reader = TagTableReader(self._data / TABLE_FILE)
            described = (self._data / PLANT_FILE).read_bytes()
            if reader.revision != revision_of(described):
                return False  # an engine is just starting: both files come within a moment
            plant = msgspec.json.decode(described, type=Plant)
        except (OSError, TableGoneError, msgspec.MsgspecError):
            return False
        self._reader, self._identity, self.plant = reader, identity, plant
        return True

    @property
    def attached(self) -> bool:
        """Whether there is a table to read at all."""
        return self._reader is not None

    @property
    def alive(self) -> bool:
        """Whether the engine behind the table lives."""
        return self._reader is not None and self._reader.alive

    @property
    def silent_s(self) -> float | None:
        """Seconds since the engine's last heartbeat; None without a table."""
        return None if self._reader is None else self._reader.beat_age_s()

    @property
    def revision(self) -> int:
        """Which plant file the rows belong to."""
        return 0 if self._reader is None else self._reader.revision

    @property
    def writes(self) -> int:
        """Readings that the engine put into the table since it started."""
        return 0 if self._reader is None else self._reader.writes

    def changed(self) -> Snapshot:
        """All rows written since the last call."""
        return _EMPTY if self._reader is None else self._reader.changed()

    def forget(self) -> None:
        """Let the next ``changed`` return every row."""
        if self._reader is not None:
            self._reader.forget()

    def reading(self, tag: str) -> Reading:
        """The last reading of a tag; BAD when the plant has no such tag, STALE when the engine is silent."""
        row = None if self.plant is None else self.plant.row.get(tag)
        if row is None or self._reader is None:
            return Reading(None, q.BAD_NODE_ID_UNKNOWN if self._reader else q.STALE_ENGINE_SILENT, 0)
        return self._reader.reading(row)

    def reading_of_row(self, row: int) -> Reading:
        """The last reading of a table row."""
        return Reading(None, q.STALE_ENGINE_SILENT, 0) if self._reader is None else self._reader.reading(row)
