"""How the station opens its SQLite files: WAL, explicit transactions, one writer, readers that cannot write."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.pool import NullPool, QueuePool

BUSY_MS = 2_000
"""How long a statement waits for a lock before it says so."""


def writing(file: Path, synchronous: Literal["NORMAL", "FULL"], busy_ms: int = BUSY_MS, most_mb: float = 0.0) -> Engine:
    """The writer's engine: every transaction takes the write lock at its beginning.

    most_mb bounds the file, in 10**6 bytes (0: nothing does); what does not fit is SQLITE_FULL, as on a full disk.
    """

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(file, timeout=busy_ms / 1000, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("PRAGMA auto_vacuum=INCREMENTAL")  # counts only before the first table is made
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute(f"PRAGMA synchronous={synchronous}")
            connection.execute("PRAGMA foreign_keys=ON")
            connection.execute("PRAGMA journal_size_limit=67108864")
            if most_mb:
                (page,) = connection.execute("PRAGMA page_size").fetchone()
                connection.execute(f"PRAGMA max_page_count={max(1, int(most_mb * 1e6) // page)}")
        except BaseException:
            connection.close()
            raise
        return connection

    return _engine(connect, "BEGIN IMMEDIATE", QueuePool, pool_size=1, max_overflow=0)


def reading(file: Path, busy_ms: int = BUSY_MS, pool_size: int = 4) -> Engine:
    """A reader's engine: works while a writer writes and without one; refuses to write."""

    def connect() -> sqlite3.Connection:
        # mode=ro: a reader must not make an empty file where the engine has not yet made one
        connection = sqlite3.connect(
            f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=busy_ms / 1000, isolation_level=None,
            check_same_thread=False,
        )  # fmt: skip
        connection.execute("PRAGMA query_only=ON")
        return connection

    if pool_size == 0:
        return _engine(connect, "BEGIN", NullPool)
    return _engine(connect, "BEGIN", QueuePool, pool_size=pool_size, max_overflow=4)


def _engine(connect: Any, begin: str, pool: Any, **sizes: int) -> Engine:
    engine = create_engine("sqlite+pysqlite://", creator=connect, poolclass=pool, **sizes)

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return engine


def companions(file: Path) -> tuple[Path, Path]:
    """The write-ahead log and its index beside a database file."""
    return file.with_name(file.name + "-wal"), file.with_name(file.name + "-shm")


def size_mb(file: Path) -> float:
    """What a database takes on the disk, its write-ahead log included, in 10**6 bytes."""
    total = 0
    for part in (file, *companions(file)):
        try:
            total += part.stat().st_size
        except OSError:
            continue  # the log comes and goes
    return total / 1e6
