"""The tables of history.db and the constants that give its rows their meaning."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, String, Table

SCHEMA = 1
"""The form of the file; one that is higher was made by a newer version."""

MINUTE_NS = 60_000_000_000
HOUR_NS = 60 * MINUTE_NS


class Kind(IntEnum):
    """What a block holds."""

    SAMPLES = 0
    MINUTES = 1
    HOURS = 2
    ANCHORS = 3  # the last sample of every tag at the time of the block


TIER_WIDTH = {Kind.MINUTES: MINUTE_NS, Kind.HOURS: HOUR_NS}
TIERED_FROM = 3
"""Samples of this generation and later stand in the tiers too."""


@dataclass(frozen=True, slots=True)
class HistoryTag:
    """A tag whose history is kept; values within the deadband of the last kept one are left out (0: none are)."""

    id: str
    is_text: bool = False
    deadband: float = 0.0


@dataclass(frozen=True, slots=True)
class Retention:
    """How long history is kept: samples for so many days and while the file is below max_mb, tiers for tier_days."""

    days: float = 90.0
    max_mb: float = 20_000.0
    tier_days: float = 730.0


metadata = MetaData()

about = Table("about", metadata, Column("name", String(40), primary_key=True), Column("value", String(200)))

tag = Table(
    "tag", metadata,
    Column("key", Integer, primary_key=True),
    Column("id", String(400), nullable=False, unique=True),
)  # fmt: skip

run = Table(  # one row for each time the engine ran; between two of them nothing is known
    "run", metadata,
    Column("id", Integer, primary_key=True),
    Column("start_ns", BigInteger, nullable=False),
    Column("end_ns", BigInteger, nullable=False),
)  # fmt: skip

tail = Table(  # everything received in about half a second, as it came
    "tail", metadata,
    Column("id", Integer, primary_key=True),
    Column("first_ns", BigInteger, nullable=False),
    Column("last_ns", BigInteger, nullable=False),
    Column("samples", Integer, nullable=False),
    Column("data", LargeBinary, nullable=False),
)  # fmt: skip

block = Table(
    "block", metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", Integer, nullable=False),
    Column("gen", Integer, nullable=False),
    Column("batch", Integer, nullable=False),
    Column("tag_lo", Integer, nullable=False),
    Column("tag_hi", Integer, nullable=False),
    Column("first_ns", BigInteger, nullable=False),
    Column("last_ns", BigInteger, nullable=False),
    Column("samples", Integer, nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("data", LargeBinary, nullable=False),
    # covers every question but the last one (the data), so that no overflow page is walked to find a block
    Index("block_place", "kind", "last_ns", "first_ns", "tag_lo", "tag_hi", "gen", "batch", "samples", "bytes"),
)  # fmt: skip

text_change = Table(
    "text_change", metadata,
    Column("tag", Integer, primary_key=True, autoincrement=False),
    Column("at_ns", BigInteger, primary_key=True, autoincrement=False),
    Column("status", BigInteger, primary_key=True, autoincrement=False),
    Column("text", String(2_100), nullable=False),
    Index("text_change_at", "at_ns"),
)  # fmt: skip
