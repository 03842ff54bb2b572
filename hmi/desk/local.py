"""Questions that the asking process answers itself, from read-only database connections, without the engine.

They work while the engine is down: what was recorded can always be looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from hmi.desk.refused import RefusedError
from hmi.desk.rows import Series
from hmi.store.faults import StoreError
from hmi.store.history_reader import HistoryReader


def history(data: Path, tag: str, from_ns: int, to_ns: int, points: int = 1200, hold: bool = True) -> Series:
    """A tag's history, at most ``points`` points, gaps as None; hold adds the values held at both ends of the window.

    RefusedError with words when the history cannot be read.
    """
    try:
        found = HistoryReader(data / "history.db").query(tag, from_ns, to_ns, points, hold=hold)
    except StoreError as err:
        raise RefusedError(err.text) from err
    values = [None if not np.isfinite(v) else v for v in found.value.tolist()]
    return Series(tag, from_ns, to_ns, found.time_ns.tolist(), values, found.quality.tolist(), int(found.samples))


LOCAL_ANSWERS: dict[str, Callable[..., Any]] = {"history": history}
