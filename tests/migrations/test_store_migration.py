"""plant.db from version to version: real old files, copies first, newer files refused, nothing lost on the way."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, pool

from hmi.model.machine import MachineState
from hmi.store import events, migration
from hmi.store.database import Database
from hmi.store.faults import DamagedFileError, NewerFileError, StoreError
from hmi.store.machine_time import MachineTimeTable
from hmi.store.plant_tables import HEAD, metadata

HERE = Path(__file__).parent
T0 = 1_790_000_000_000_000_000
HOUR = 3_600_000_000_000

NEXT = '''"""A schema that is not there yet."""
import sqlalchemy as sa
from alembic import op
revision = "9999"
down_revision = "HEAD"
def upgrade():
    op.add_column("event", sa.Column("weight", sa.Integer, server_default="7"))
    op.create_table("next_thing", sa.Column("id", sa.Integer, primary_key=True))
    {more}
'''


def _next(more):
    return NEXT.replace("HEAD", HEAD).format(more=more)


@pytest.fixture
def old(tmp_path):
    """A copy of the real file of schema 0001."""
    return Path(shutil.copy(HERE / "plant_v1.db", tmp_path / "plant.db"))


@pytest.fixture
def scripts(tmp_path):
    """The migrations and one more, whose last statement the test chooses."""

    def make(more="pass"):
        folder = tmp_path / "scripts 100%"
        shutil.copytree(migration.SCRIPTS, folder, ignore=shutil.ignore_patterns("__pycache__"))
        (folder / "versions" / "v9999_next.py").write_text(_next(more), encoding="utf-8")
        return folder

    return make


def revision(file):
    with closing(sqlite3.connect(file)) as c:
        return c.execute("select version_num from alembic_version").fetchone()[0]


def dump(file):
    with closing(sqlite3.connect(file)) as c:
        return list(c.iterdump())


def test_the_head_is_the_one_the_scripts_end_in_and_they_only_go_forward():
    directory = ScriptDirectory(str(migration.SCRIPTS))
    assert directory.get_current_head() == HEAD
    assert all(not hasattr(script.module, "downgrade") for script in directory.walk_revisions())


def test_every_released_schema_has_its_file():
    known = [s.revision for s in ScriptDirectory(str(migration.SCRIPTS)).walk_revisions()]
    kept = {revision(file) for file in HERE.glob("plant_v*.db")}
    # 0005 to 0008 are steps towards 0009: they came in one release, and no file ever stood at them
    assert set(known) - {"0005", "0006", "0007", "0008"} == kept


@pytest.mark.parametrize("file", sorted(HERE.glob("plant_v*.db")), ids=lambda f: f.stem)
def test_a_released_file_opens_and_tells_all_it_held(file, tmp_path):
    copy = Path(shutil.copy(file, tmp_path / "plant.db"))
    database = Database(copy)
    try:
        table = MachineTimeTable(database)
        spans = table.spans(["L1.PRT", "L1.PLC", "L1.OVN"], T0, T0 + HOUR)
        assert len(spans) == 37 and sum(s.end_ns is None for s in spans) == 3
        assert any(s.state is MachineState.HELD and s.reason == "jam" for s in spans)
        assert sum(m.good for m in table.production(["L1.OVN"], 0, T0 + 2 * HOUR)) == 300
        assert table.last_seen() == T0 + HOUR
        with database.reader() as c:
            assert [e.text.ko for e in events.since(c, 0, 9)] == ["로트가 바뀌었습니다", "엔진이 시작되었습니다"]
    finally:
        database.close()
    assert revision(copy) == HEAD


def test_a_migrated_file_is_what_the_tables_say(tmp_path):
    file = tmp_path / "plant.db"
    migration.prepare(file)
    engine = create_engine(f"sqlite:///{file}", poolclass=pool.NullPool)
    with engine.connect() as c:
        assert compare_metadata(MigrationContext.configure(c), metadata) == []
    engine.dispose()
    migration.prepare(file)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["plant.db"]


def test_an_older_file_is_copied_migrated_and_keeps_everything(old, scripts):
    before = dump(old)
    migration.prepare(old, scripts(), "9999")
    assert revision(old) == "9999"
    kept = old.with_name("plant.db.before-0001")
    assert revision(kept) == "0001" and dump(kept) == before
    with closing(sqlite3.connect(old)) as c:
        assert c.execute("select count(*), min(weight) from event").fetchone() == (2, 7)
        assert c.execute("select count(*) from state_span").fetchone()[0] == 37
        assert c.execute("pragma integrity_check").fetchone()[0] == "ok"
    assert sorted(p.name for p in old.parent.glob("plant.db*")) == ["plant.db", "plant.db.before-0001"]


def test_what_stands_in_the_log_is_migrated_too(old, scripts):
    with closing(sqlite3.connect(old)) as c:
        c.execute("pragma journal_mode=wal")
        c.execute("pragma wal_autocheckpoint=0")
        c.execute("insert into meta values ('in the log', '1')")
        c.commit()
        # as a killed engine leaves it: the row is in the log only
        files = {f: f.read_bytes() for f in old.parent.glob("plant.db*")}
    for f, content in files.items():
        f.write_bytes(content)
    assert (old.parent / "plant.db-wal").stat().st_size > 0
    migration.prepare(old, scripts(), "9999")
    with closing(sqlite3.connect(old)) as c:
        assert c.execute("select value from meta where name = 'in the log'").fetchone() == ("1",)
    assert not (old.parent / "plant.db-wal").exists()


@pytest.mark.parametrize("more", ["op.execute('delete from event')", "op.execute('no sql')", "1 / 0"])
def test_a_migration_that_fails_or_loses_rows_leaves_the_file_as_it_was(old, scripts, more):
    before = dump(old)
    with pytest.raises(StoreError) as failed:
        migration.prepare(old, scripts(more), "9999")
    assert "plant.db.before-0001" in failed.value.text.en and "plant.db.before-0001" in failed.value.text.ko
    assert dump(old) == before and revision(old) == "0001"
    assert not list(old.parent.glob("*.migrating*"))
    migration.prepare(old)  # the old version still starts


def test_a_migration_that_was_killed_is_done_anew(old, scripts):
    for name in ("plant.db.migrating", "plant.db.migrating-journal", "plant.db.before-0001.partial"):
        (old.parent / name).write_bytes(b"half of something")
    migration.prepare(old, scripts(), "9999")
    assert revision(old) == "9999" and revision(old.with_name("plant.db.before-0001")) == "0001"
    assert not list(old.parent.glob("*.migrating*")) and not list(old.parent.glob("*.partial"))


def test_a_newer_file_is_refused_and_not_touched(old, scripts):
    folder = scripts()
    migration.prepare(old, folder, "9999")
    before = old.read_bytes()
    with pytest.raises(NewerFileError) as refused:
        Database(old)
    assert "9999" in refused.value.text.en and "9999" in refused.value.text.ko
    assert old.read_bytes() == before


def test_a_database_of_something_else_is_refused(tmp_path):
    file = tmp_path / "plant.db"
    with closing(sqlite3.connect(file)) as c:
        c.execute("create table recipes (name)")
        c.commit()
    with pytest.raises(DamagedFileError):
        migration.prepare(file)


def test_an_empty_file_is_made_new(tmp_path):
    file = tmp_path / "plant.db"
    file.touch()
    migration.prepare(file)
    assert revision(file) == HEAD
