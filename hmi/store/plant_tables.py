"""The tables of plant.db as this version knows them; migrations/versions says how a file gets there."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, String, Table, UniqueConstraint

HEAD = "0009"
"""The newest schema that this version knows."""

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=_NAMES)

# SQLite numbers rows by itself only in a column that is exactly INTEGER
Id = BigInteger().with_variant(Integer, "sqlite")

meta = Table("meta", metadata, Column("name", String(80), primary_key=True), Column("value", String(2000)))

state_span = Table(
    "state_span",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("station", String(200), nullable=False),
    Column("state", String(20), nullable=False),
    Column("waiting", String(20), nullable=False),
    Column("start_ns", BigInteger, nullable=False),
    Column("end_ns", BigInteger),
    Column("cause", String(200)),
    Column("reason", String(200)),
    Column("origin", BigInteger),  # the stretch that a person cut this one from
    UniqueConstraint("station", "start_ns"),
    Index(None, "station", "end_ns"),
    sqlite_autoincrement=True,
)

production = Table(
    "production",
    metadata,
    Column("station", String(200), primary_key=True),
    Column("minute_ns", BigInteger, primary_key=True, autoincrement=False),
    Column("good", BigInteger, nullable=False),
    Column("reject", BigInteger, nullable=False),
)

event = Table(
    "event",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("at_ns", BigInteger, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("place", String(200), nullable=False),
    Column("en", String(4000), nullable=False),
    Column("ko", String(4000), nullable=False),
    Index(None, "at_ns"),
    sqlite_autoincrement=True,
)
