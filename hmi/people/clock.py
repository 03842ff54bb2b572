"""The two clocks of the people's rooms: the one on the wall for records, the steady one for durations."""

from __future__ import annotations

import time
from datetime import UTC, datetime, tzinfo
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


class Clock(Protocol):
    """What is asked of a clock; tests step their own."""

    def wall_ns(self) -> int:
        """Time of day, ns since 1970 UTC."""

    def mono_s(self) -> float:
        """Seconds that pass evenly, from an origin of this boot."""


class SystemClock:
    """This computer's clocks."""

    def wall_ns(self) -> int:
        """Time of day, ns since 1970 UTC."""
        return time.time_ns()

    def mono_s(self) -> float:
        """Seconds that pass evenly, from an origin of this boot."""
        return time.monotonic()


def local_iso(at_ns: int, zone: str) -> str:
    """An instant in local time with its offset from UTC, to the millisecond; zone "" is the computer's own."""
    moment = datetime.fromtimestamp(at_ns // 1_000_000 / 1000, UTC).astimezone(_zone(zone))
    return moment.isoformat(timespec="milliseconds")


def _zone(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError):
        return None
