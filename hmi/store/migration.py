"""Brings plant.db to this version's schema: forward only, on a copy that is checked before it takes its place."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from hmi.model.text import Text
from hmi.model.words import say
from hmi.store.backup import copy_of, faults_in
from hmi.store.faults import DamagedFileError, Fault, NewerFileError, StoreError, fault_of, words_of
from hmi.store.plant_tables import HEAD
from hmi.store.sqlite import companions

if TYPE_CHECKING:
    from alembic.config import Config

SCRIPTS = Path(__file__).with_name("migrations")
_QUICK_CHECK_BYTES = 50_000_000


def prepare(file: Path, scripts: Path = SCRIPTS, head: str = HEAD) -> None:
    """Make the file, or bring an older one to ``head``; one that is there already costs a single read.

    An older file is first copied to ``NAME.before-REVISION``. Raises NewerFileError, DamagedFileError or StoreError;
    the file is then as it was.
    """
    try:
        if not file.exists() or file.stat().st_size == 0:
            _make(file, scripts)
            return
        found = _revision(file)
        if found == head:
            return
        if found not in _known(scripts):
            raise NewerFileError(say("store.newer", file=file.name, found=found, known=head))
        _migrate(file, found, scripts)
    except (sqlite3.Error, SQLAlchemyError, OSError) as error:
        if fault_of(error) is Fault.DAMAGED:
            raise DamagedFileError(say("store.damaged", file=file.name, what=str(error))) from error
        raise StoreError(words_of(error, file)) from error


def upgrade(connection: Connection, scripts: Path = SCRIPTS) -> None:
    """Run the migrations that are missing, within the connection's transaction."""
    from alembic import command  # slow to import, and needed only when there is something to migrate

    config = _config(scripts)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _config(scripts: Path) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _known(scripts: Path) -> set[str]:
    from alembic.script import ScriptDirectory

    return {script.revision for script in ScriptDirectory.from_config(_config(scripts)).walk_revisions()}


def _revision(file: Path) -> str:
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as c:
        if file.stat().st_size <= _QUICK_CHECK_BYTES and (wrong := faults_in(c, quick=True)):
            raise DamagedFileError(say("store.damaged", file=file.name, what=wrong))
        if not c.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone():
            raise DamagedFileError(say("store.damaged", file=file.name, what="alembic_version"))
        row = c.execute("SELECT version_num FROM alembic_version").fetchone()
        return str(row[0]) if row else ""


def _engine(file: Path) -> Engine:
    return create_engine("sqlite+pysqlite://", creator=lambda: sqlite3.connect(file), poolclass=NullPool)


def _make(file: Path, scripts: Path) -> None:
    fresh = file.with_name(file.name + ".new")
    _discard(fresh)
    _upgraded(fresh, scripts)
    fresh.replace(file)
    sync_folder(file.parent)


def _migrate(file: Path, found: str, scripts: Path) -> None:
    kept = file.with_name(f"{file.name}.before-{found}")
    work = file.with_name(file.name + ".migrating")
    _discard(work)
    copy_of(file, kept)
    copy_of(file, work)
    before = _rows(work)
    try:
        _upgraded(work, scripts)
        with closing(sqlite3.connect(work)) as c:
            wrong = faults_in(c, quick=False)
        fewer = [name for name, n in _rows(work).items() if n < before.get(name, 0)]
        if wrong or fewer:
            raise StoreError(_failed(file, kept, wrong or ", ".join(fewer)))
    except StoreError:
        _discard(work)
        raise
    except Exception as error:  # a migration is a program: whatever stops it must not cost the file
        _discard(work)
        raise StoreError(_failed(file, kept, str(error))) from error
    with closing(sqlite3.connect(file, timeout=2.0)) as c:  # an old log beside the new file would corrupt it
        if c.execute("PRAGMA journal_mode=DELETE").fetchone()[0] != "delete":
            raise StoreError(say("store.fault.locked", file=file.name))
    work.replace(file)
    sync_folder(file.parent)


def _failed(file: Path, kept: Path, what: str) -> Text:
    return say("store.migration_failed", file=file.name, what=what, copy=kept.name)


def _upgraded(file: Path, scripts: Path) -> None:
    engine = _engine(file)
    try:
        with engine.connect() as c:
            c.exec_driver_sql("PRAGMA synchronous=FULL")
            c.exec_driver_sql("PRAGMA journal_mode=DELETE")
            c.commit()
            with c.begin():
                upgrade(c, scripts)
    finally:
        engine.dispose()


def _rows(file: Path) -> dict[str, int]:
    with closing(sqlite3.connect(file)) as c:
        names = [
            n for (n,) in c.execute("SELECT name FROM sqlite_master WHERE type='table' AND name NOT LIKE 'sqlite%'")
        ]
        return {n: int(c.execute(f'SELECT count(*) FROM "{n}"').fetchone()[0]) for n in names}  # noqa: S608


def _discard(file: Path) -> None:
    for part in (file, *companions(file), file.with_name(file.name + "-journal")):
        part.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Let a renamed file survive a power cut (Windows does this by itself)."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
