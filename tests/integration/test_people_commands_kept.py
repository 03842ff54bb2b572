"""The record of commands: intent before the wire, outcome after, open intents at start, and the gateway upon it."""

import asyncio
import itertools
import json
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hmi.model.command import Command, CommandOutcome, CommandResult, Grounds, Seen
from hmi.model.permission import Person, Role
from hmi.model.text import Text
from hmi.people import trail
from hmi.store import audit
from hmi.store.commands import CommandTable, NotRecordedError
from hmi.store.database import Database

KEYS = itertools.count()
KIM = Person("kim", "김지혜", Role.SUPERVISOR)
ASKED = Command("k1", "L1.PRT.Speed", 90.0, "order 17", seen=(Seen("L1.PRT.Speed", 80.0, 0.5),), signature="1")
PENDING = CommandResult(ASKED, KIM, CommandOutcome.PENDING, old=80.0, intent_ns=100)


@pytest.fixture
def database(tmp_path):
    opened = Database(tmp_path / "plant.db")
    yield opened
    opened.close()


@pytest.fixture
def table(database):
    return CommandTable(database, lambda user: f"session of {user}")


def rows(database):
    with database.reader() as c:
        return [r.row for r in reversed(audit.rows(c, audit.Wanted(), limit=100_000))]


def test_an_intent_is_on_disk_with_its_audit_row_before_it_returns(table, database, tmp_path):
    number = asyncio.run(table.intend(PENDING))
    with closing(sqlite3.connect(f"file:{tmp_path / 'plant.db'}?mode=ro", uri=True)) as c:
        assert c.execute("select number, outcome, settled from command").fetchone() == (number, "PENDING", 0)
        told = json.loads(c.execute("select row from audit").fetchone()[0])
    assert (told["user"], told["object"], told["old"], told["new"]["value"], told["why"], told["cause"]) == (
        "kim", "L1.PRT.Speed", 80.0, 90.0, "order 17", "k1"
    )  # fmt: skip
    assert told["session"] == "session of kim" and told["new"]["signatures"] == ["1"]
    assert table.open_intents() == [replace(PENDING, number=number)]


values = (
    st.none()
    | st.booleans()
    | st.integers(-(2**62), 2**62)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
)
seen = st.lists(st.builds(Seen, st.text(max_size=5), values), max_size=2)
text = st.builds(Text, st.text(max_size=10), st.text(max_size=10))


@given(
    st.builds(
        CommandResult,
        st.builds(
            Command, st.just(""), st.text(max_size=20), values, st.text(max_size=20), st.sampled_from(Grounds),
            st.none() | st.text(max_size=5), seen.map(tuple),
            st.none() | st.just("7"), st.none() | st.just("8"),
        ),
        st.none() | st.just(KIM),
        st.sampled_from([o for o in CommandOutcome if o is not CommandOutcome.PENDING]),
        st.none() | text, st.none() | st.integers(0, 2**32 - 1), values, values,
        st.just(5), st.just(6), st.just(7), st.just(8), st.just(0), st.lists(text, max_size=2).map(tuple),
    )
)  # fmt: skip
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_command_comes_back_as_it_was_kept(table, result):
    result = replace(result, command=replace(result.command, key=f"k{next(KEYS)}"))

    async def live():
        if result.outcome is CommandOutcome.REFUSED:
            await table.refused(result)
        else:
            number = await table.intend(replace(result, outcome=CommandOutcome.PENDING))
            await table.conclude(replace(result, number=number))
        return await table.known(result.command.key)

    found = asyncio.run(live())
    assert found == replace(result, number=found.number)
    assert table.recent(1)[0] == found
    is_open = result.outcome is CommandOutcome.UNKNOWN and not result.notes
    assert (found in table.open_intents()) == is_open


def test_an_unknown_outcome_stays_open_until_a_read_back_settles_it(table, database):
    async def live():
        number = await table.intend(PENDING)
        unknown = replace(PENDING, number=number, outcome=CommandOutcome.UNKNOWN, sent_ns=110, done_ns=120)
        await table.conclude(unknown)
        assert table.open_intents() == [unknown]
        settled = replace(unknown, outcome=CommandOutcome.VERIFIED, notes=(Text("settled", "확인"),))
        await table.conclude(settled)
        assert table.open_intents() == [] and await table.known("k1") == settled

    asyncio.run(live())
    assert [r["action"] for r in rows(database)] == ["command_intent", "command_unknown", "command_settled"]


def test_a_key_is_written_once(table):
    async def live():
        await table.intend(PENDING)
        with pytest.raises(NotRecordedError) as twice:
            await table.intend(PENDING)
        assert isinstance(twice.value, OSError) and twice.value.text.ko
        await table.refused(replace(PENDING, outcome=CommandOutcome.REFUSED))
        return await table.known("k1")

    assert asyncio.run(live()).outcome is CommandOutcome.PENDING, "a refusal does not take the place of what went out"


def test_nothing_is_kept_by_halves(table, database):
    """An intent whose audit row cannot be made is no intent."""
    strange = replace(PENDING, old=object())
    with pytest.raises(NotRecordedError):
        asyncio.run(table.intend(strange))
    assert table.recent() == [] and rows(database) == []


def test_recent_commands_by_tag_and_page(table):
    async def live():
        for n in range(7):
            asked = replace(ASKED, key=f"k{n}", tag="a" if n % 2 else "b")
            await table.intend(replace(PENDING, command=asked))

    asyncio.run(live())
    assert [r.number for r in table.recent(3)] == [7, 6, 5]
    assert [r.number for r in table.recent(3, before=5)] == [4, 3, 2]
    assert [r.number for r in table.recent(10, tag="a")] == [6, 4, 2]


def test_a_closed_database_keeps_nothing_and_says_so(table, database):
    database.close()
    with pytest.raises(NotRecordedError) as no:
        asyncio.run(table.intend(PENDING))
    assert "shutting down" in no.value.text.en

    async def live():
        await table.conclude(replace(PENDING, number=1, outcome=CommandOutcome.VERIFIED))
        await table.refused(replace(PENDING, outcome=CommandOutcome.REFUSED))

    asyncio.run(live())  # neither hangs nor raises: nothing went out, or it did and is open at the next start


def test_commands_leave_a_whole_trail(table, database, tmp_path):
    async def live():
        for n in range(20):
            asked = replace(ASKED, key=f"k{n}")
            number = await table.intend(replace(PENDING, command=asked))
            await table.conclude(replace(PENDING, command=asked, number=number, outcome=CommandOutcome.VERIFIED))

    asyncio.run(live())
    report = trail.verify(tmp_path / "plant.db")
    assert report.whole and report.rows == 40
