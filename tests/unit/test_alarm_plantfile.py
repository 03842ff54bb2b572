"""The alarm sections of the plant file: read, refused with the line and what is right, written back equal."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hmi.alarms.rules import area_of, place_of, rules_of
from hmi.model.alarm import LIMIT_KINDS, OF_STATION, AlarmKind, AlarmRule, Priority, Suppression
from hmi.model.problem import ProblemsError
from hmi.model.text import Text
from hmi.runtime import plantfile

BASE = """
[plant]
id = "p"
timezone = "UTC"
[[site]]
id = "s"
[[area]]
id = "a"
site = "s"
[[line]]
id = "L2"
area = "a"
[[station]]
id = "L2.S3"
line = "L2"
order = 3
[[controller]]
id = "plc"
driver = "opcua"
endpoint = "opc.tcp://h:4840"
[[tag]]
id = "T"
controller = "plc"
node = "nsu=urn:x;s=T"
range = [0, 300]
limits = { low = 100, high = 250 }
place = "L2.S3"
[[tag]]
id = "State"
controller = "plc"
node = "nsu=urn:x;s=State"
type = "Int32"
place = "L2"
[[tag]]
id = "Name"
controller = "plc"
node = "nsu=urn:x;s=Name"
type = "String"
"""
ALARM = """
[[alarm]]
id = "hot"
tag = "T"
kind = "high"
limit = 220.0
deadband = 1.0
on_delay = 2.0
off_delay = "5 s"
priority = 2
latch = true
group = "oven2"
name = { en = "Oven too hot", ko = "오븐 과열" }
cause = { en = "Fan stopped", ko = "팬 정지" }
consequence = { en = "Boards burn", ko = "기판 손상" }
action = { en = "Open the hatch", ko = "덮개 열기" }
respond_within = "10 min"
[[suppression]]
id = "off"
when = "State"
values = [2, 4]
alarms = ["hot", "T.low"]
"""


def test_an_alarm_is_read_with_its_guidance():
    plant = plantfile.parse(BASE + ALARM)
    [hot] = plant.alarms
    assert hot == AlarmRule(
        "hot", Text("Oven too hot", "오븐 과열"), "T", AlarmKind.HI, Priority.HIGH, limit=220.0, deadband=1.0,
        on_delay=2.0, off_delay=5.0, latch=True, group="oven2", cause=Text("Fan stopped", "팬 정지"),
        consequence=Text("Boards burn", "기판 손상"), action=Text("Open the hatch", "덮개 열기"), respond_within=600.0,
    )  # fmt: skip
    assert plant.suppressions == (Suppression("off", Text.same("off"), "State", (2.0, 4.0), ("hot", "T.low")),)
    assert plantfile.parse(plantfile.render(plant)) == plant
    assert 'respond_within = "10 min"' in plantfile.render(plant)


def test_limits_imply_alarms_where_the_file_has_none_and_the_station_has_its_own():
    rules = {r.id: r for r in rules_of(plantfile.parse(BASE + ALARM))}
    assert set(rules) == {
        "hot", "T.low", "comm:plc", "system:history", "system:disk", "system:clock", "system:audit",
        "system:held_moved", "system:record", "system:lockout",
    }  # fmt: skip
    assert (rules["T.low"].priority, rules["T.low"].limit, rules["T.low"].deadband) == (Priority.MEDIUM, 100.0, 1.5)
    assert rules["system:audit"].priority is Priority.URGENT and rules["comm:plc"].priority is Priority.HIGH


def test_every_alarm_has_a_place():
    plant = plantfile.parse(BASE + ALARM)
    assert place_of(plant, plant.alarms[0]) == "L2.S3" and area_of(plant, "L2.S3") == area_of(plant, "L2") == "a"
    assert place_of(plant, dataclasses.replace(plant.alarms[0], place="L2")) == "L2"
    assert place_of(plant, rules_of(plant)[-1]) == "" and area_of(plant, "") == ""


@pytest.mark.parametrize("old, new, key, right", [
    ('tag = "T"', 'tag = "Tee"', "tag", "T"),
    ('tag = "T"', 'tag = "Name"', "tag", "number"),
    ('kind = "high"', 'kind = "hihg"', "kind", "high"),
    ('kind = "high"', 'kind = "comm"', "kind", ""),
    ('kind = "high"', 'kind = "quality"', "limit", "remove"),
    ('kind = "high"', 'kind = "discrete"', "values", "values"),
    ('kind = "high"', 'kind = "deviation"', "against", "against"),
    ("limit = 220.0", "limit = 400", "limit", "range"),
    ("limit = 220.0", "", "limit", "limit"),
    ("priority = 2", "priority = 5", "priority", "1 to 4"),
    ("priority = 2", "", "priority", "priority"),
    ("latch = true", "latch = true\nauto_ack = true", "auto_ack", "not both"),
    ('"10 min"', '"10 minutes"', "respond_within", "10 min"),
    ('"10 min"', "-3", "respond_within", "0"),
    ('"10 min"', '"nan s"', "respond_within", "10 min"),
    ('id = "hot"', 'id = "comm:hot"', "id", "another"),
    ('alarms = ["hot"', 'alarms = ["hott"', "alarms", "hot"),
    ("values = [2, 4]", "values = []", "values", "list"),
    ("values = [2, 4]", 'values = ["on"]', "values", "list"),
    ('when = "State"', 'when = "Nowhere"', "when", "State"),
    ('group = "oven2"', 'group = "oven2"\nplace = "L3"', "place", "L2"),
    ("deadband = 1.0", "deadband = -1.0", "deadband", "0"),
])  # fmt: skip
def test_what_is_wrong_is_named_with_its_line_and_what_is_right(old, new, key, right):
    text = (BASE + ALARM).replace(old, new) if old != 'tag = "T"' else BASE + ALARM.replace(old, new)
    with pytest.raises(ProblemsError) as found:
        plantfile.parse(text)
    problem = next(p for p in found.value.problems if key in p.key)
    assert right in problem.right.en and problem.right.ko and problem.wrong.ko
    assert problem.line > BASE.count("\n")


def test_an_id_stands_once():
    with pytest.raises(ProblemsError, match="hot"):
        plantfile.parse(BASE + ALARM + ALARM.split("[[suppression]]")[0])


_texts = st.builds(Text, st.text(max_size=8), st.text(max_size=8))
_seconds = st.floats(0, 1e5)


@st.composite
def _alarms(draw, name):
    kind = draw(st.sampled_from([k for k in AlarmKind if k not in OF_STATION]))
    more = {}
    if kind in LIMIT_KINDS:
        more["limit"] = draw(st.floats(0, 300))
    elif kind in (AlarmKind.ROC, AlarmKind.DEVIATION):
        more["limit"] = draw(st.floats(0.1, 1e6))
    if kind is AlarmKind.DEVIATION:
        more["against"] = "State"
    if kind is AlarmKind.DISCRETE:
        more["values"] = tuple(draw(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=3)))
    latch = draw(st.booleans())
    guide = st.one_of(st.none(), _texts)
    return AlarmRule(
        name, draw(_texts), "T", kind, draw(st.sampled_from(Priority)), deadband=draw(st.floats(0, 10)),
        on_delay=draw(_seconds), off_delay=draw(_seconds), window=draw(st.floats(0.1, 60)), latch=latch,
        ack=draw(st.booleans()), auto_ack=not latch and draw(st.booleans()), reset_acks=draw(st.booleans()),
        realarm=draw(st.one_of(_seconds, st.sampled_from([60.0, 3600.0, 5400.0]))), group=draw(st.text(max_size=5)),
        first_out=draw(st.booleans()), enabled=draw(st.booleans()), place=draw(st.sampled_from(["", "L2", "L2.S3"])),
        cause=draw(guide), consequence=draw(guide), action=draw(guide), respond_within=draw(_seconds), **more,
    )  # fmt: skip


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_what_is_written_reads_back_equal(data):
    names = data.draw(st.lists(st.text("abcde", min_size=1, max_size=5), max_size=3, unique=True))
    alarms = tuple(data.draw(_alarms(name)) for name in names)
    off = tuple(Suppression("x", data.draw(_texts), "State", (1.0,), tuple(names)) for _ in names[:1])
    plant = dataclasses.replace(plantfile.parse(BASE), alarms=alarms, suppressions=off)
    assert plantfile.parse(plantfile.render(plant)) == plant
