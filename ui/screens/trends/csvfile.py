"""The window of a trend as a CSV file, one reading a row: for spreadsheets and for other programs. No Qt."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from hmi.desk.rows import Series
from hmi.model.plant import Tag
from hmi.model.quality import Quality
from hmi.model.reading import iso
from hmi.model.text import Lang

FOLDER = "exports"
POINTS = 50_000
"""Readings of one pen in a file; beyond that smallest and largest of each stretch of time."""
HEAD = ("time_utc", "time_local", "tag", "name", "value", "unit", "quality")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def rows(series: Series, tag: Tag | None, lang: Lang, zone: tzinfo | None) -> Iterator[Sequence[str]]:
    """The rows of one pen in time order; a gap has an empty value and says its quality."""
    name = safe("" if tag is None else tag.name.of(lang))
    unit = safe("" if tag is None else tag.unit)
    for at, value, quality in zip(series.time_ns, series.value, series.quality, strict=True):
        local = datetime.fromtimestamp(at // 1_000_000_000, UTC).astimezone(zone)
        word = Quality(quality).name if 0 <= quality <= Quality.BAD else Quality.BAD.name
        if value is None and word == Quality.GOOD.name:
            word = Quality.BAD.name
        yield (
            iso(at) or "", f"{local:%Y-%m-%d %H:%M:%S}.{at // 1_000_000 % 1000:03d}", safe(series.tag), name,
            "" if value is None else repr(value), unit, word,
        )  # fmt: skip


def safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def file_for(data: Path, now: datetime) -> Path:
    """Where an export of this moment goes."""
    return data / FOLDER / f"trend-{now:%Y%m%d-%H%M%S}.csv"


def write(file: Path, found: Iterable[tuple[Series, Tag | None]], lang: Lang, zone: tzinfo | None) -> int:
    """Write the pens one after the other; returns the rows written. OSError when the disk refuses.

    A half-written file never keeps the name; a mark of UTF-8 stands first so that spreadsheets read Hangul.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(".part")
    count = 0
    try:
        with fresh.open("w", encoding="utf-8-sig", newline="") as out:
            pen = csv.writer(out)
            pen.writerow(HEAD)
            for series, tag in found:
                for row in rows(series, tag, lang, zone):
                    pen.writerow(row)
                    count += 1
        fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)
    return count
