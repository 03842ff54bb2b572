"""Guards in the plant file: read, written back equal, and their faults told."""

import pytest

from hmi.model.guard import Compare
from hmi.model.problem import ProblemsError
from hmi.model.text import Lang
from hmi.runtime import plantfile

PLANT = """
[plant]
id = "p"
timezone = "UTC"
[[site]]
id = "s"
[[area]]
id = "a"
site = "s"
[[line]]
id = "L"
area = "a"
[[station]]
id = "L.S"
line = "L"
order = 1
[[controller]]
id = "c"
driver = "opcua"
endpoint = "opc.tcp://h:1"
[[tag]]
id = "Set"
controller = "c"
node = "nsu=u;s=Set"
place = "L.S"
writable = true
access = "setpoint"
[[tag]]
id = "State"
controller = "c"
node = "nsu=u;s=State"
place = "L.S"
type = "UInt32"
"""
GUARD = """
[[guard]]
tag = "Set"
limits = [20, 120]
max_step = 15
max_rate_per_min = 30.5
permissives = [
  { tag = "State", is = "==", value = 6, name = { en = "the station runs", ko = "설비 가동 중" } },
  { tag = "State", is = "in", value = [4, 6] },
]
read_back = "State"
tolerance = 0.5
deadline = 2
signature = true
two_persons = true
"""


def test_a_guard_is_read_and_written_back_equal():
    plant = plantfile.parse(PLANT + GUARD)
    guard = plant.guard["Set"]
    assert guard.limits.low == 20
    assert guard.max_step == 15
    assert [p.compare for p in guard.permissives] == [Compare.EQ, Compare.IN]
    assert guard.permissives[1].value == (4, 6)
    assert guard.two_persons
    assert plantfile.parse(plantfile.render(plant, "x")) == plant


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('tag = "Set"\nlimits', 'tag = "Sett"\nlimits', "Set"),
        ('tag = "Set"\nlimits', 'tag = "State"\nlimits', "access"),
        ("[4, 6]", "4", "in"),
        ('read_back = "State"', 'read_back = "Stat"', "State"),
        ("max_step = 15", "max_step = -1", "max_step"),
        ("signature = true", "signature = false", "signature"),
    ],
)
def test_faults_are_told(old, new, words):
    text = GUARD.replace(old, new)
    assert text != GUARD
    with pytest.raises(ProblemsError) as err:
        plantfile.parse(PLANT + text)
    assert any(words in p.sentence(Lang.EN) for p in err.value.problems)
