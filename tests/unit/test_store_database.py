"""Units of work: one commit each, told after it, together when they wait."""

import asyncio
import sqlite3
import threading
from contextlib import closing

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from hmi.model.text import Text
from hmi.store import events
from hmi.store.database import Database
from hmi.store.faults import StoreError
from hmi.store.plant_tables import meta


@pytest.fixture
def heard():
    return []


@pytest.fixture
def database(tmp_path, heard):
    db = Database(f"sqlite:///{tmp_path / 'plant.db'}", on_event=heard.append)
    yield db
    db.close()


def names(database):
    with database.reader() as c:
        return set(c.scalars(select(meta.c.name)))


def note(*words, event=None, fail=None):
    def run(work):
        for word in words:
            work.connection.execute(insert(meta), {"name": word, "value": "1"})
        if event:
            work.tell(event)
        if fail:
            raise fail
        return len(words)

    return run


def test_a_unit_is_kept_whole_and_told_after_the_commit(database, heard):
    def seen(event):
        heard.append((event, names(database)))

    database._on_event = seen
    assert database.submit(note("a", "b", event="both")).result(10) == 2
    database.submit(note("c")).result(10)
    assert heard == [("both", {"a", "b"})]


def test_a_unit_that_fails_leaves_nothing_and_takes_no_other_with_it(database, heard):
    gate = threading.Event()
    first = database.submit(lambda work: gate.wait(10))  # so that the rest waits and is committed together
    futures = [
        database.submit(note("good")),
        database.submit(note("half", event="never", fail=ValueError("no"))),
        database.submit(note("good")),  # there is one already
        database.submit(note("last", event="heard")),
    ]
    gate.set()
    assert first.result(10)
    assert futures[0].result(10) == 1 and futures[3].result(10) == 1
    with pytest.raises(ValueError, match="no"):
        futures[1].result(10)
    with pytest.raises(IntegrityError):
        futures[2].result(10)
    assert names(database) == {"good", "last"}
    database.submit(note()).result(10)
    assert heard == ["heard"]


def test_what_waits_goes_into_one_commit(database, tmp_path):
    begun, gate = threading.Event(), threading.Event()
    database.submit(lambda work: (begun.set(), gate.wait(10)))
    assert begun.wait(10)  # alone: what is queued from here on waits for its commit
    futures = [database.submit(note(f"n{n}")) for n in range(300)]
    with closing(sqlite3.connect(tmp_path / "plant.db")) as c:
        gate.set()
        futures[0].result(10)
        assert c.execute("select count(*) from meta").fetchone()[0] == 300


def test_a_cancelled_unit_is_not_carried_out(database):
    gate = threading.Event()
    first = database.submit(lambda work: gate.wait(10))
    second = database.submit(note("unwanted"))
    assert second.cancel()
    gate.set()
    first.result(10)
    database.submit(note("wanted")).result(10)
    assert names(database) == {"wanted"}


def test_it_can_be_awaited(database):
    async def ask():
        return await asyncio.wrap_future(database.submit(note("x")))

    assert asyncio.run(ask()) == 1


def test_a_hearer_that_fails_costs_nothing(database):
    def deaf(event):
        raise RuntimeError(event)

    database._on_event = deaf
    assert database.submit(note("a", event="e")).result(10) == 1
    assert database.submit(note("b")).result(10) == 1


def test_a_reader_cannot_write(database):
    with pytest.raises(StoreError), database.reader() as c:
        c.execute(insert(meta), {"name": "x", "value": "1"})
    assert names(database) == set()


def test_after_closing_nothing_is_taken_and_what_waited_is_kept(tmp_path):
    database = Database(tmp_path / "plant.db")
    futures = [database.submit(note(f"n{n}"), patient=True) for n in range(100)]
    database.close()
    assert all(f.done() and f.exception() is None for f in futures)
    with pytest.raises(StoreError) as refused:
        database.submit(note("late")).result(1)
    assert refused.value.text.ko
    assert database.lost == 0


def test_too_much_waiting_is_refused_and_counted(tmp_path):
    database = Database(tmp_path / "plant.db", limit=5)
    gate, inside = threading.Event(), threading.Event()
    try:
        database.submit(lambda work: inside.set() or gate.wait(10))
        inside.wait(10)
        futures = [database.submit(note(f"n{n}"), patient=True) for n in range(8)]
        refused = [f for f in futures if f.done()]
        assert len(refused) == 3 and database.lost == 3 and database.waiting() == 5
        assert all(isinstance(f.exception(), StoreError) for f in refused)
    finally:
        gate.set()
        database.close()


def test_decisions_are_synced_at_each_commit(database, tmp_path):
    pragmas = database.submit(
        lambda work: [work.connection.exec_driver_sql(f"PRAGMA {p}").scalar() for p in ("synchronous", "journal_mode")]
    ).result(10)
    assert pragmas == [2, "wal"]


def test_a_backup_while_writing_is_whole_and_of_one_moment(database, tmp_path):
    stop = threading.Event()

    def write():
        n = 0
        while not stop.is_set():
            database.submit(note(f"a{n}", f"b{n}")).result(10)
            n += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for n in range(5):
            database.backup(tmp_path / f"copy{n}.db")
    finally:
        stop.set()
        writer.join()
    for n in range(5):
        with closing(sqlite3.connect(tmp_path / f"copy{n}.db")) as c:
            assert c.execute("pragma integrity_check").fetchone()[0] == "ok"
            kept = {name for (name,) in c.execute("select name from meta")}
            assert {x[1:] for x in kept if x[0] == "a"} == {x[1:] for x in kept if x[0] == "b"}
    assert not list(tmp_path.glob("*.partial"))


def test_a_backup_that_fails_says_so_and_leaves_nothing(database, tmp_path):
    with pytest.raises(StoreError) as failed:
        database.backup(tmp_path / "nowhere" / "copy.db")
    assert "copy.db" in failed.value.text.en and "copy.db" in failed.value.text.ko


def test_events_are_told_newest_first(database):
    for n in (5, 9, 7):
        database.submit(lambda work, n=n: events.add(work, n, "link", "PLC1", Text(f"en {n}", f"ko {n}"))).result(10)
    with database.reader() as c:
        assert [(e.at_ns, e.text.ko) for e in events.since(c, 6, 10)] == [(9, "ko 9"), (7, "ko 7")]
        assert [e.at_ns for e in events.since(c, 0, 1)] == [9]
