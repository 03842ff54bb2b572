"""OPC UA time (100 ns since 1601 UTC) as nanoseconds since 1970 and as words, nothing rounded."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

EPOCH_TICKS = 116_444_736_000_000_000
"""1970-01-01 in 100 ns since 1601-01-01."""
_SPAN = (2**63 - 1) // 100
"""Nanoseconds since 1970 fit into 63 bits from 1677 to 2262; what lies beyond is put at the border."""
_BEGIN = datetime(1601, 1, 1, tzinfo=UTC)
_LAST_SECOND = int((datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC) - _BEGIN).total_seconds())
"""9999-12-31T23:59:59, the standard's 'end of time', counted from 1601."""


def to_ns(ticks: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Nanoseconds since 1970 of ticks, exact; ticks of 0 or less (no time) stay 0."""
    ns: npt.NDArray[np.int64] = np.clip(ticks - EPOCH_TICKS, -_SPAN, _SPAN) * 100
    ns[ticks <= 0] = 0
    return ns


def from_ns(ns: int) -> int:
    """Ticks of a time in nanoseconds since 1970."""
    return ns // 100 + EPOCH_TICKS


def ns_of(ticks: int) -> int:
    """Nanoseconds since 1970 of one time; 0 for none."""
    return 0 if ticks <= 0 else max(-_SPAN, min(_SPAN, ticks - EPOCH_TICKS)) * 100


def words(ticks: int) -> str:
    """A time as ISO 8601 UTC with its seven digits; empty for the standard's 'no time'."""
    if ticks <= 0:
        return ""
    seconds, rest = divmod(ticks, 10_000_000)
    if seconds >= _LAST_SECOND:
        seconds, rest = _LAST_SECOND, 0
    return f"{_BEGIN + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%S}.{rest:07d}Z"
