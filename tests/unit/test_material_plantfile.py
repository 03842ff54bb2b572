"""Lanes, products and capabilities in the plant file: read, written back equal, faults told; and found by discovery."""

import re
from dataclasses import replace

import pytest

from hmi.model.flow import Lane, Product
from hmi.model.guard import Guard
from hmi.model.plant import Span
from hmi.model.problem import ProblemsError
from hmi.model.text import Lang, Text
from hmi.runtime import plantfile
from hmi.runtime.discovery import plant_from_nodes
from tests.unit.test_discovery import CONTROLLER, obj, plant_nodes, through_a_file, var

HEAD = """
[plant]
id = "p"
timezone = "UTC"
[[site]]
id = "s"
[[area]]
id = "a"
site = "s"
[[line]]
id = "L1"
area = "a"
[[line]]
id = "L2"
area = "a"
[[station]]
id = "L1.S1"
line = "L1"
order = 1
capabilities = ["print", "place"]
products = ["B1"]
[[station]]
id = "L2.S2"
line = "L2"
order = 2
[[controller]]
id = "c"
driver = "opcua"
endpoint = "opc.tcp://h:1"
[[tag]]
id = "Divert"
controller = "c"
node = "nsu=u;s=Divert"
place = "L1.S1"
type = "Int32"
writable = true
access = "diverter"
[[product]]
id = "B1"
name = { en = "Board", ko = "기판" }
operations = ["print", "place"]
"""
LANE = """
[[lane]]
id = "across"
from = "L1.S1"
to = "L2.S2"
diverter = "Divert"
value = 2
home = 1
transport_s = 8
"""


def faults(text: str) -> list[str]:
    with pytest.raises(ProblemsError) as caught:
        plantfile.parse(text)
    return [f"{p.key}: {p.wrong.of(Lang.EN)}" for p in caught.value.problems]


def test_lanes_products_and_capabilities_are_read_and_written_back() -> None:
    plant = plantfile.parse(HEAD + LANE)
    assert plant.lanes == (Lane("across", "L1.S1", "L2.S2", "Divert", 2, 1, 8.0),)
    assert plant.products == (Product("B1", Text("Board", "기판"), ("print", "place")),)
    assert plant.station["L1.S1"].capabilities == ("print", "place")
    assert plant.station["L1.S1"].products == ("B1",)
    assert plantfile.parse(plantfile.render(plant)) == plant


def test_a_lane_that_nobody_can_open_needs_no_value() -> None:
    text = HEAD + LANE.replace('diverter = "Divert"\nvalue = 2\n', "")
    plant = plantfile.parse(text)
    assert plant.lanes[0].diverter == ""
    assert plantfile.parse(plantfile.render(plant)) == plant


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('to = "L2.S2"', 'to = "L9.S2"', ".to"),
        ('to = "L2.S2"', 'to = "L1.S1"', ".to"),
        ('diverter = "Divert"', 'diverter = "Gone"', ".diverter"),
        ("value = 2\n", "", ".value"),
        ("transport_s = 8", "transport_s = -1", ".transport_s"),
        ('products = ["B1"]', 'products = ["B9"]', ".products"),
        ('capabilities = ["print", "place"]', "capabilities = [3]", ".capabilities"),
        ('operations = ["print", "place"]', "operations = []", ".operations"),
        ('access = "diverter"', 'access = "gate"', ".diverter"),
        ("writable = true\n", "", ".access"),
    ],
)
def test_faults_are_told_where_they_are(old: str, new: str, key: str) -> None:
    text = HEAD + LANE
    assert old in text
    assert any(key in fault for fault in faults(text.replace(old, new)))


def test_an_id_stands_once() -> None:
    assert len(faults(HEAD + LANE + LANE)) == 1


def two_lines(count: int = 3) -> list:
    nodes = plant_nodes(count)
    second = [
        replace(n, address=n.address.replace("=L1", "=L2"), path=n.path.replace("Line1", "Line2"))
        for n in nodes
        if "L1" in n.address
    ]
    return [*nodes, *(replace(n, name="Line2") if n.name == "Line1" else n for n in second)]


def test_diverters_become_lanes_and_are_read_back_and_signed_for() -> None:
    plant = through_a_file(two_lines())
    assert [(x.from_station, x.to_station, x.diverter, x.value, x.home) for x in plant.lanes] == [
        ("L1.S1", "L2.S2", "L1.S1.DivertTo", 2, 0), ("L1.S2", "L2.S3", "L1.S2.DivertTo", 2, 0),
        ("L2.S1", "L1.S2", "L2.S1.DivertTo", 1, 0), ("L2.S2", "L1.S3", "L2.S2.DivertTo", 1, 0),
    ]  # fmt: skip
    assert plant.guard["L1.S2.DivertTo"] == Guard(
        "L1.S2.DivertTo", read_back="L1.S2.RouteActive", deadline_s=5.0, signature=True
    )
    assert plant.guard["L2.S1.HoldGate"] == Guard("L2.S1.HoldGate", signature=True)
    assert "L1.S1.SpeedSetpoint" not in plant.guard


def test_a_diverter_that_cannot_name_the_other_line_makes_no_lane() -> None:
    narrow = [replace(n, range=(0.0, 1.0)) if n.name == "DivertTo" else n for n in two_lines()]
    assert {x.to_station for x in through_a_file(narrow).lanes} == {"L1.S2", "L1.S3"}
    assert through_a_file(plant_nodes()).lanes == ()


def test_many_lines_get_lanes_to_their_neighbours_only() -> None:
    nodes = [obj("s=P", "P")]
    for line in range(1, 41):
        nodes.append(obj(f"s=L{line}", f"P.L{line}"))
        for station in (1, 2, 3):
            at, path = f"s=L{line}.S{station}", f"P.L{line}.Press{station}"
            nodes += [obj(at, path), var(f"{at}.State", f"{path}.State", "Int32")]
            nodes.append(var(f"{at}.DivertTo", f"{path}.DivertTo", "Int32", writable=True))
    plant = plant_from_nodes(nodes, CONTROLLER)
    assert 1_000 < len(plant.lanes) <= 2_000
    jump = [abs(int(re.findall(r"\d+", x.from_station)[0]) - int(x.value)) for x in plant.lanes]
    assert max(jump) < 39
    assert plant.tag["L1.S1.DivertTo"].range is None or isinstance(plant.tag["L1.S1.DivertTo"].range, Span)
