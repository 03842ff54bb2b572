"""Copies of a database while it is written, checked before they count."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

_PAGES = 2_000
"""Pages copied at a time, so that the writer gets its turn."""


def faults_in(connection: sqlite3.Connection, quick: bool) -> str:
    """What SQLite finds wrong with the file, in its own words; empty when it is whole."""
    check = "quick_check" if quick else "integrity_check"
    wrong = [str(row[0]) for row in connection.execute(f"PRAGMA {check}(3)") if row[0] != "ok"]
    wrong += [f"foreign key: {row[0]}" for row in connection.execute("PRAGMA foreign_key_check").fetchmany(3)]
    return "; ".join(wrong)


def copy_of(file: Path, to: Path) -> None:
    """A whole, checked copy as of one moment; ``to`` appears only when it is complete.

    Raises sqlite3.Error (DatabaseError when the copy is not whole) or OSError.
    """
    partial = to.with_name(to.name + ".partial")
    partial.unlink(missing_ok=True)
    try:
        with (
            closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(partial)) as copy,
        ):
            source.backup(copy, pages=_PAGES, sleep=0.005)
            copy.execute("PRAGMA journal_mode=DELETE")
            if wrong := faults_in(copy, quick=False):
                raise sqlite3.DatabaseError(wrong)
        with partial.open("rb") as written:
            os.fsync(written.fileno())
        partial.replace(to)
    finally:
        partial.unlink(missing_ok=True)
