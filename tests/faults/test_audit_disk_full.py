"""CR 2.10: when the record cannot be written, nothing is done that needs one, and the view stays."""

import sys
from contextlib import contextmanager
from dataclasses import replace

import pytest

from hmi.desk.refused import RefusedError
from hmi.model.command import Command, CommandOutcome, CommandResult
from hmi.people import trail
from hmi.runtime.acts import record_trouble
from hmi.store import audit
from hmi.store.commands import CommandTable, NotRecordedError
from hmi.store.database import Database
from hmi.store.faults import StoreError
from tests.integration.people_site import ADMIN, ADMIN_WORD, WORD, Site

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no file size limit on this system")
PENDING = CommandResult(Command("k1", "tag", 1.0, "why"), None, CommandOutcome.PENDING)


@contextmanager
def little_disk(folder):
    """No file may grow beyond what the largest one has, until the block ends."""
    import resource

    largest = max(f.stat().st_size for f in folder.rglob("*") if f.is_file())
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def site(tmp_path):
    running = Site(tmp_path)
    running.found().close()
    running.add("kim")
    yield running
    running.stop()


def test_cr_2_10_acts_are_refused_and_the_view_stays(site):
    table = CommandTable(site.database)
    seat, other = site.sit("kim"), site.sit()

    def refused(act, *arguments, **named):
        with pytest.raises(RefusedError) as no:
            act(*arguments, **named)
        return no.value.text.en

    try:
        with little_disk(site.data):
            while True:  # use up what the log has left
                try:
                    site.on_loop(site.people.record(None, "mode", "x" * 400))
                except RefusedError as err:
                    assert "disk is full" in err.text.en and "디스크" in err.text.ko
                    break
            before = len(site.trail_rows())
            assert "disk is full" in refused(
                seat.call, "sign", meaning_key="command", record={}, shown={}, password=WORD
            )
            # right and wrong passwords are not told apart by the disk either
            assert "disk is full" in refused(other.call, "sign_in", user="kim", password=WORD)
            assert "disk is full" in refused(other.call, "sign_in", user="kim", password="wrong")
            with pytest.raises(NotRecordedError) as no:
                site.on_loop(table.intend(PENDING))
            assert "disk is full" in no.value.text.en
            assert seat.call("who").user == "kim" and other.call("who").user == ""
            assert len(site.trail_rows()) == before
            seat.call("lock")  # locking and leaving always work, and are told when the disk can take it
            assert seat.call("who").locked
            site.on_loop(table.refused(replace(PENDING, outcome=CommandOutcome.REFUSED)))
        told = [r["action"] for r in site.trail()]
        assert "lock" in told and "command_refused" in told
        assert other.call("sign_in", user=ADMIN, password=ADMIN_WORD).user == ADMIN
    finally:
        seat.close()
        other.close()
    site.stop()
    report = trail.verify(site.data / "plant.db")
    assert report.whole and report.signed_to == report.rows


def test_cr_2_9_the_record_warns_at_80_percent_and_refuses_at_its_quota_while_the_view_stays(tmp_path):
    database = Database(tmp_path / "plant.db", most_mb=2.0)
    warned, kept = 0.0, 0
    try:
        assert record_trouble(database) is None
        with pytest.raises(StoreError) as full:
            while True:
                database.submit(lambda work: audit.append(work, audit.Entry("note", new="x" * 2_000))).result()
                kept += 1
                if (why := record_trouble(database)) is not None:
                    warned = warned or database.fills()
                    assert "%" in why.en and why.ko != why.en
        assert 0.8 <= warned < 0.9, "people hear of it in time"
        assert "2 MB" in full.value.text.en and record_trouble(database) == full.value.text
        assert sum(f.stat().st_size for f in tmp_path.glob("plant.db")) <= 2_000_000
        with database.reader() as c:
            assert audit.tip(c)[0] == kept, "what is on record can be read"
    finally:
        database.close()
    assert trail.verify(tmp_path / "plant.db").rows == kept
    roomier = Database(tmp_path / "plant.db", most_mb=4.0)
    try:
        roomier.submit(lambda work: audit.append(work, audit.Entry("note"))).result()
        assert record_trouble(roomier) is None
    finally:
        roomier.close()
