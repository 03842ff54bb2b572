"""The tables of vision in plant.db: inspections with what they were made of and what people said, and recipes."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, String, Table, Text, UniqueConstraint

from hmi.store.plant_tables import Id, metadata

inspection = Table(
    "inspection",
    metadata,
    Column("number", Id, primary_key=True, autoincrement=True),
    Column("camera", String(200), nullable=False),
    Column("at_ns", BigInteger, nullable=False),  # of the trigger
    Column("frame", BigInteger, nullable=False),
    Column("verdict", String(20), nullable=False),
    Column("score", Float),
    Column("ms", Float, nullable=False),
    Column("total_ms", Float, nullable=False),
    Column("unit", String(200), nullable=False),
    Column("lot", String(200), nullable=False),
    Column("order_id", String(200), nullable=False),
    Column("product", String(200), nullable=False),
    Column("line", String(200), nullable=False),
    Column("station", String(200), nullable=False),
    Column("batch", String(200), nullable=False),
    Column("operator", String(200), nullable=False),
    Column("readings", Text, nullable=False),  # JSON object: value by tag, null where it was not GOOD
    Column("recipe", String(400), nullable=False),
    Column("golden", String(600), nullable=False),
    Column("findings", Text, nullable=False),  # JSON list
    Column("why_en", String(1000)),
    Column("why_ko", String(1000)),
    Column("late", String(20), nullable=False),  # what a picture that came too late said; it changes nothing
    Column("evidence", String(600), nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("judged", String(20), nullable=False),
    Column("judged_by", String(200), nullable=False),
    Column("judged_ns", BigInteger, nullable=False),
    Column("judged_why", String(2000), nullable=False),
    Index(None, "camera", "number"),
    Index(None, "unit"),
    Index(None, "lot"),
    Index(None, "judged", "verdict", "number"),
    Index(None, "at_ns"),
    sqlite_autoincrement=True,
)

recipe = Table(
    "recipe",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("camera", String(200), nullable=False),
    Column("product", String(200), nullable=False),
    Column("version", Integer, nullable=False),
    Column("inspector", String(80), nullable=False),
    Column("hash", String(64), nullable=False),
    Column("golden", String(600), nullable=False),
    Column("settings", Text, nullable=False),  # JSON object
    Column("made_ns", BigInteger, nullable=False),
    Column("made_by", String(200), nullable=False),
    Column("why", String(2000), nullable=False),
    Column("active", Boolean, nullable=False),
    UniqueConstraint("camera", "product", "version"),
    sqlite_autoincrement=True,
)
