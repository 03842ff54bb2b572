"""The metrics page: the figures of the journal beside what is asked of them (after EEMUA 191 and ISA-18.2)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hmi.alarms.metrics import Load, Metrics
from hmi.desk.alarm_rows import AlarmLoad, AlarmMetric, AlarmMetrics
from hmi.model.alarm import Priority
from hmi.model.text import Text

_Name = Callable[[str], tuple[Text, str]]
_NUMBER, _SHARE = "", "share"
_AT_MOST: dict[str, tuple[str, float, float]] = {
    "average": ("per_10min", 1, 2), "per_day": ("per_day", 144, 288), "flood_time": (_SHARE, 0.01, 0.01),
    "busy_periods": (_SHARE, 0.01, 0.01), "busy_hours": (_SHARE, 0.01, 0.01), "peak": (_NUMBER, 10, 10),
    "medium_share": (_SHARE, 0.15, 0.15), "high_share": (_SHARE, 0.05, 0.05), "top_ten": (_SHARE, 0.01, 0.05),
    "chattering": (_NUMBER, 0, 0), "fleeting": (_NUMBER, 0, 0), "stale": (_NUMBER, 4, 4), "unapproved": (_NUMBER, 0, 0),
}  # fmt: skip
"""Unit, target and action limit: the value may be as high as the target."""
_AT_LEAST: dict[str, tuple[str, float]] = {"low_share": (_SHARE, 0.8)}


def metrics_page(found: Metrics, name: _Name, stale_known: bool) -> AlarmMetrics:
    """The page of some figures. name tells an alarm's name and place. stale_known: the window ends now."""
    split = found.split
    values: dict[str, float | None] = {
        "average": found.per_10min,
        "per_day": found.per_day,
        "floods": found.floods,
        "flood_time": found.flood_share,
        "busy_periods": found.busy_periods,
        "busy_hours": found.busy_hours,
        "peak": found.peak,
        "low_share": split.get(Priority.MEDIUM),
        "medium_share": split.get(Priority.HIGH),
        "high_share": split.get(Priority.URGENT),
        "top_ten": found.top_share,
        "chattering": len(found.chattering),
        "fleeting": len(found.fleeting),
        "stale": len(found.stale) if stale_known else None,
        "unapproved": found.unapproved,
    }
    top, chattering, fleeting = (
        _loads(some, name, found.annunciated) for some in (found.top, found.chattering, found.fleeting)
    )
    stale = _loads([Load(alarm, 1) for alarm in found.stale] if stale_known else [], name, 0)
    metrics = [_judged(key, value) for key, value in values.items()]
    return AlarmMetrics(found.from_ns, found.to_ns, found.annunciated, metrics, top, chattering, fleeting, stale)


def _judged(key: str, value: float | None) -> AlarmMetric:
    if key in _AT_LEAST:
        unit, least = _AT_LEAST[key]
        met = "" if value is None else "target" if value >= least else "action"
        return AlarmMetric(key, value, unit, _target("≥", unit, least), met)
    if key not in _AT_MOST:
        return AlarmMetric(key, value, _NUMBER)
    unit, target, action = _AT_MOST[key]
    met = "" if value is None else "target" if value <= target else "between" if value <= action else "action"
    return AlarmMetric(key, value, unit, _target("≤", unit, target), met)


def _target(sign: str, unit: str, value: float) -> Text:
    return Text.same(f"{sign} {value * 100:g} %" if unit == _SHARE else f"{sign} {value:g}")


def _loads(found: Sequence[Load], name: _Name, total: int) -> list[AlarmLoad]:
    return [AlarmLoad(x.alarm, *name(x.alarm), x.count, x.count / total if total else 0.0) for x in found]
