"""INSERT that meets a row which is there already: SQLite and PostgreSQL say it alike, under two names."""

from __future__ import annotations

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def upsert(connection: Connection, table: Table) -> sqlite.Insert:
    """An insert of the connection's kind that knows on_conflict_do_update and on_conflict_do_nothing."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)  # type: ignore[return-value]
    return sqlite.insert(table)
