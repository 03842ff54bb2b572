"""A reading: value, quality and source time travel together from codec to pixel."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime

from hmi.model.quality import Quality, quality_of, why
from hmi.model.text import Text

Value = float | int | bool | str | None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a tag said, when its source said it, and how far to believe it.

    source_ns counts nanoseconds since 1970 UTC (OPC UA's 100 ns kept exactly); 0 means that there was no reading yet.
    """

    value: Value
    status: int
    source_ns: int

    @property
    def quality(self) -> Quality:
        """How far the value can be believed."""
        return quality_of(self.status)

    @property
    def why(self) -> Text | None:
        """The reason of a quality that is not GOOD, in words."""
        return why(self.status)

    def age_s(self, now_ns: int) -> float | None:
        """Seconds since the source said it; None without a reading."""
        return None if self.source_ns == 0 else (now_ns - self.source_ns) / 1e9

    def to_json(self, tag: str, now_ns: int) -> dict[str, object]:
        """The form scripts get: {tag, value, quality, source_time, age_s, why}."""
        age, reason = self.age_s(now_ns), self.why
        value = self.value
        if isinstance(value, float) and not math.isfinite(value):
            value = repr(value)  # JSON has no NaN: "nan", "inf", "-inf"
        return {
            "tag": tag,
            "value": value,
            "quality": self.quality.name,
            "status": f"0x{self.status:08X}",
            "source_time": iso(self.source_ns),
            "age_s": None if age is None else round(age, 3),
            "why": None if reason is None else reason.to_json(),
        }


def iso(ns: int) -> str | None:
    """A source time as ISO 8601 UTC with all of its 100 ns digits; None for 'never'."""
    if ns == 0:
        return None
    seconds, rest = divmod(ns, 1_000_000_000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest // 100:07d}Z"
