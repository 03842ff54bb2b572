"""The check of a plant file: its faults, then what each controller says to it, through the driver's port only."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from hmi.api import API_VERSION
from hmi.model.plant import Tag, TagType
from hmi.model.text import Text
from hmi.runtime import plugins
from hmi.runtime.plantfile_check import Level, Report, check, judge
from hmi.runtime.secrets import SecretStore

FILE = """\
[plant]
id = "p"
timezone = "UTC"
[[controller]]
id = "plc1"
driver = "probe"
endpoint = "test://plc1"
[[tag]]
id = "speed"
controller = "plc1"
node = "speed"
[[tag]]
id = "gate"
controller = "plc1"
node = "gate"
type = "Boolean"
access = "gate"
writable = true
"""

DRIVER = '''
import asyncio
import numpy as np
from hmi.api import Batch, Health, LinkState, Node, Reading, Text

NODES = {nodes}


class Probe:
    """Knows the nodes above: address -> (type id, writable); None: known, but it says nothing by itself."""

    def __init__(self, context):
        self.context, self.health = context, Health(security="test")

    async def run(self):
        self.context.feed.link(LinkState.{state}, Text("because", "이유"))
        for wanted in self.context.wanted:
            fact = NODES.get(wanted.tag.node, "missing")
            if fact == "missing":
                self.context.feed.item(wanted.row, 0x80340000)
            elif fact is not None:
                self.context.feed.readings(
                    Batch(
                        np.array([wanted.row], np.int32), np.ones(1), np.zeros(1, np.uint32), np.ones(1, np.int64),
                        np.array([fact[0]], np.uint8),
                    )
                )
        {end}
        await asyncio.Event().wait()

    async def read(self, addresses):
        return [Reading(None, 0x808C0000, 1) for _ in addresses]


def create(context):
    {make}
    return Probe(context)


async def discover(context):
    {discover}
    return [Node(a, a, "variable", False, writable=f[1]) for a, f in NODES.items() if f]
'''
GOOD = {"speed": (11, False), "gate": (1, True)}


async def run(
    tmp_path: Path,
    nodes: dict[str, object] | None = None,
    state: str = "CONNECTED",
    end: str = "",
    make: str = "",
    discover: str = "",
    text: str = FILE,
    connect: bool = True,
) -> Report:
    folder = tmp_path / "plugins" / "probe"
    folder.mkdir(parents=True)
    (folder / "plugin.toml").write_text(
        f'name = "probe"\nkind = "driver"\nversion = "1"\napi = {API_VERSION}\nmodule = "driver"\n'
        'description = { en = "Probe", ko = "시험" }\n',
        encoding="utf-8",
    )
    words = {"nodes": nodes or GOOD, "state": state, "end": end, "make": make, "discover": discover}
    code = DRIVER
    for key, value in words.items():
        code = code.replace("{" + key + "}", str(value))
    (folder / "driver.py").write_text(code, encoding="utf-8")
    file = tmp_path / "plant.toml"
    file.write_text(text, encoding="utf-8")
    return await check(
        file, connect, tmp_path / "trust", SecretStore(tmp_path, None), plugins.find(tmp_path), wait_s=0.3
    )


def told(report: Report) -> list[tuple[str, str]]:
    return [(row.level.value, row.subject) for row in report.rows]


def test_a_plant_that_answers_as_described_is_fine(tmp_path: Path) -> None:
    report = asyncio.run(run(tmp_path))
    assert report.fine
    assert told(report) == [("fine", "plc1")]
    assert "2 tags" in report.rows[0].text.en
    assert report.to_json()["fine"] is True


def test_without_connecting_only_the_file_is_read(tmp_path: Path) -> None:
    report = asyncio.run(run(tmp_path, connect=False, state="DOWN"))
    assert report.fine
    assert report.rows == []


def test_problems_of_the_file_end_the_check(tmp_path: Path) -> None:
    report = asyncio.run(run(tmp_path, text=FILE.replace("UTC", "UTZ")))
    assert not report.fine
    assert [p.line for p in report.problems] == [3]
    assert report.rows == []


def test_missing_wrong_and_locked_tags_are_named(tmp_path: Path) -> None:
    report = asyncio.run(run(tmp_path, nodes={"gate": (12, False)}))
    assert not report.fine
    assert told(report) == [("fine", "plc1"), ("fault", "speed"), ("fault", "gate"), ("fault", "gate")]
    words = [row.text.en for row in report.rows[1:]]
    assert "no node speed" in words[0]
    assert "String" in words[1]
    assert "Boolean" in words[1]
    assert "does not let" in words[2]
    assert all(row.text.ko != row.text.en for row in report.rows)


def test_a_silent_tag_is_read(tmp_path: Path) -> None:
    report = asyncio.run(run(tmp_path, nodes={"speed": None, "gate": (1, True)}))
    assert told(report) == [("fine", "plc1"), ("note", "speed")]
    assert "sensor has failed" in report.rows[1].text.en


@pytest.mark.parametrize(("state", "words"), [("REFUSED", "refuse"), ("DOWN", "no connection"), ("SILENT", "because")])
def test_a_link_that_does_not_stand_is_told_with_its_reason(tmp_path: Path, state: str, words: str) -> None:
    report = asyncio.run(run(tmp_path, state=state))
    assert told(report) == [("fault", "plc1")]
    assert words in report.rows[0].text.en
    assert "이유" in report.rows[0].text.ko


@pytest.mark.parametrize("fault", [{"end": "raise ValueError('odd')"}, {"make": "raise ValueError('odd')"}])
def test_a_driver_that_raises_is_told(tmp_path: Path, fault: dict[str, str]) -> None:
    report = asyncio.run(run(tmp_path, **fault))
    assert told(report) == [("fault", "plc1")]
    assert "ValueError: odd" in report.rows[0].text.en


def test_a_driver_that_is_not_there_is_told(tmp_path: Path) -> None:
    report = asyncio.run(run(tmp_path, text=FILE.replace('"probe"', '"prob"')))
    assert told(report) == [("fault", "plc1")]
    assert "probe" in report.rows[0].text.en


def test_when_discovery_fails_the_rest_stands(tmp_path: Path) -> None:
    report = asyncio.run(run(tmp_path, discover="raise ConnectionError('gone')"))
    assert report.fine
    assert told(report) == [("fine", "plc1"), ("note", "plc1")]


def test_a_link_without_security_is_noted(tmp_path: Path) -> None:
    text = FILE.replace("test://plc1", 'test://plc1"\nsecurity = "None"\nallow_insecure = true\nuser = "x')
    report = asyncio.run(run(tmp_path, text=text))
    assert told(report) == [("note", "plc1"), ("fine", "plc1")]


@pytest.mark.parametrize(
    ("kind", "theirs", "level"),
    [
        (TagType.DOUBLE, 10, Level.NOTE),
        (TagType.DOUBLE, 6, Level.NOTE),
        (TagType.DOUBLE, 1, Level.FAULT),
        (TagType.BOOLEAN, 12, Level.FAULT),
        (TagType.INT32, 13, Level.FAULT),
        (TagType.STRING, 21, Level.FAULT),
    ],
)
def test_a_type_of_another_family_is_a_fault(kind: TagType, theirs: int, level: Level) -> None:
    tag = Tag("t", Text.same("t"), "plc1", "n", kind)
    assert [row.level for row in judge(tag, 0, theirs)] == [level]
    assert list(judge(tag, 0, list(TagType).index(kind) + 1)) == []
