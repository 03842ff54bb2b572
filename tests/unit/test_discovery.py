"""A plant from an address space: lines, stations, roles, access; and any address space gives a valid plant file."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from hmi.model.machine import MachineState, Waiting
from hmi.model.plant import Access, Controller, Plant, Security, Span, TagType
from hmi.model.text import Text
from hmi.plant.port import Node
from hmi.runtime import plantfile
from hmi.runtime.discovery import left_out, plant_from_nodes

CONTROLLER = Controller("plc1", Text.same("plc1"), "opcua", "opc.tcp://127.0.0.1:4840", Security.NONE)
STATES = ("Undefined", "Clearing", "Stopped", "Starting", "Idle", "Suspended", "Execute", "Waiting for moon")


def obj(address: str, path: str) -> Node:
    return Node(f"nsu=urn:t;{address}", path.rpartition(".")[2], "object", True, path=path)


def var(address: str, path: str, kind: str = "Double", **more: object) -> Node:
    return replace(Node(f"nsu=urn:t;{address}", path.rpartition(".")[2], "variable", False, kind, path=path), **more)


def plant_nodes(stations: int = 3, twins: bool = False) -> list[Node]:
    """An address space such as a line builder makes; parents first, level by level."""
    names = ["Printer", "Oven", "Packer"]
    nodes = [obj("s=Plant", "Plant"), obj("s=L1", "Plant.Line1"), var("s=L1.Order", "Plant.Line1.Order", "String")]
    nodes.append(var("s=L1.UnitsPerHour", "Plant.Line1.UnitsPerHour"))
    seen: dict[str, int] = {}
    for number in range(1, stations + 1):
        name = names[(number - 1) % 3] if twins else f"{names[(number - 1) % 3]}{'' if number < 4 else number}"
        path = f"Plant.Line1.{name}"
        seen[path] = seen.get(path, 0) + 1
        node = obj(f"s=L1.S{number}", path)
        nodes.append(node if seen[path] == 1 else replace(node, path=f"{path}#{seen[path]}"))
    for number in range(1, stations + 1):
        path = next(n.path for n in nodes if n.address == f"nsu=urn:t;s=L1.S{number}").partition("#")[0]
        at = f"s=L1.S{number}"
        nodes += [
            var(f"{at}.State", f"{path}.State", "UInt32", words=STATES),
            var(f"{at}.GoodCount", f"{path}.GoodCount", "UInt32"),
            var(f"{at}.RejectCount", f"{path}.RejectCount", "UInt32"),
            var(f"{at}.InBuffer", f"{path}.InBuffer", "Int32", range=(0.0, 8.0)),
            var(f"{at}.UnitId", f"{path}.UnitId", "String"),
            var(f"{at}.CycleTime", f"{path}.CycleTime", range=(0.0, 60.0), unit="s"),
            var(f"{at}.Temperature", f"{path}.Temperature", range=(0.0, 300.0), unit="°C"),
            var(f"{at}.SpeedSetpoint", f"{path}.SpeedSetpoint", range=(20.0, 120.0), unit="%", writable=True),
            var(f"{at}.HoldGate", f"{path}.HoldGate", "Boolean", writable=True),
            var(f"{at}.DivertTo", f"{path}.DivertTo", "Int32", writable=True),
            var(f"{at}.RouteActive", f"{path}.RouteActive", "Int32"),
            var(f"{at}.Picture", f"{path}.Picture", "ByteString"),
        ]
    return nodes


def through_a_file(nodes: list[Node], controller: Controller = CONTROLLER) -> Plant:
    """The plant of an address space, after it went through a file."""
    plant = plant_from_nodes(nodes, controller, "Asia/Seoul")
    assert plantfile.parse(plantfile.render(plant)) == plant
    return plant


def test_a_line_with_stations_is_recognised() -> None:
    plant = through_a_file(plant_nodes())
    assert [x.id for x in plant.lines] == ["L1"]
    assert plant.line["L1"].name == Text("Line1", "라인 1")
    assert plant.line["L1"].roles == {"order": "L1.Order", "rate": "L1.UnitsPerHour"}
    assert [(s.id, s.name.ko, s.kind) for s in plant.stations_of("L1")] == [
        ("L1.S1", "프린터", "printer"), ("L1.S2", "오븐", "oven"), ("L1.S3", "포장기", "packer"),
    ]  # fmt: skip
    oven = plant.station["L1.S2"]
    assert oven.roles == {
        "state": "L1.S2.State", "good": "L1.S2.GoodCount", "reject": "L1.S2.RejectCount",
        "in_buffer": "L1.S2.InBuffer", "unit": "L1.S2.UnitId", "cycle": "L1.S2.CycleTime",
        "hold_gate": "L1.S2.HoldGate", "divert_to": "L1.S2.DivertTo", "route_active": "L1.S2.RouteActive",
        "speed_setpoint": "L1.S2.SpeedSetpoint",
    }  # fmt: skip
    assert oven.buffer_capacity == 8
    assert oven.states["6"].state is MachineState.EXECUTE
    assert oven.states["7"].state is MachineState.UNKNOWN
    assert plant.tag["L1.S2.State"].words["6"] == Text("Execute", "가동")
    assert [t.place for t in plant.tags_of("L1.S2")] == ["L1.S2"] * 11


def test_units_ranges_and_what_may_be_written() -> None:
    plant = through_a_file(plant_nodes())
    temperature, setpoint = plant.tag["L1.S2.Temperature"], plant.tag["L1.S2.SpeedSetpoint"]
    assert (temperature.unit, temperature.range, temperature.digits) == ("°C", Span(0, 300), 1)
    assert temperature.name == Text("Temperature", "온도")
    assert (temperature.access, temperature.writable) == (Access.READ, False)
    assert (setpoint.access, setpoint.writable) == (Access.SETPOINT, True)
    assert plant.tag["L1.S2.HoldGate"].access is Access.GATE
    assert plant.tag["L1.S2.DivertTo"].access is Access.DIVERTER
    assert plant.tag["L1.S2.RouteActive"].access is Access.READ
    assert plant.tag["L1.S2.GoodCount"].type is TagType.UINT32


def test_a_server_that_lets_anybody_write_anything() -> None:
    nodes = [replace(n, writable=n.kind == "variable") for n in plant_nodes()]
    nodes += [
        var(f"s=L1.S1.{name}", f"Plant.Line1.Printer.{name}", writable=True) for name in ("Locked", "TempSetpoint")
    ]
    plant = through_a_file(nodes)
    assert all(t.writable for t in plant.tags)
    assert {t.id.removeprefix("L1.S1.") for t in plant.tags_of("L1.S1") if t.access is not Access.READ} == {
        "SpeedSetpoint", "HoldGate", "DivertTo", "Locked", "TempSetpoint",
    }  # fmt: skip
    assert all(t.access is Access.READ for t in plant.tags_of("L1"))


def test_what_cannot_be_a_tag_is_counted() -> None:
    nodes = plant_nodes()
    assert left_out(nodes, through_a_file(nodes)) == {"ByteString": 3}


def test_twelve_stations_stand_in_the_order_of_their_numbers() -> None:
    nodes = plant_nodes(12)
    plant = through_a_file([*nodes[:4], *reversed(nodes[4:16]), *nodes[16:]])
    assert [s.id for s in plant.stations_of("L1")] == [f"L1.S{i}" for i in range(1, 13)]


def test_stations_of_one_name_stay_apart() -> None:
    plant = through_a_file(plant_nodes(11, twins=True))
    assert len(plant.stations) == 11
    for station in plant.stations:
        assert station.roles["good"] == f"{station.id}.GoodCount"
        assert len(plant.tags_of(station.id)) == 11


def test_twins_without_string_ids_are_told_apart_by_their_order() -> None:
    nodes = [obj("i=1", "Line"), obj("i=2", "Line.Cell"), replace(obj("i=3", "Line.Cell"), path="Line.Cell#2")]
    for number, mark in ((10, ""), (20, "#2")):
        nodes.append(replace(var(f"i={number}", "Line.Cell.State", "Int32"), path=f"Line.Cell.State{mark}"))
        nodes.append(replace(var(f"i={number + 1}", "Line.Cell.Speed"), path=f"Line.Cell.Speed{mark}"))
    plant = through_a_file(nodes)
    assert [s.id for s in plant.stations] == ["Line.Cell", "Line.Cell#2"]
    assert [plant.tag[s.roles["speed"]].node[-4:] for s in plant.stations] == ["i=11", "i=21"]


def test_an_order_of_sorts_by_number_needs_all_numbers() -> None:
    nodes = [obj("s=Z", "Z"), obj("s=Press", "Z.Press"), obj("s=Anvil2", "Z.Anvil2")]
    nodes += [var("s=Press.State", "Z.Press.State", "Int32"), var("s=Anvil2.State", "Z.Anvil2.State", "Int32")]
    assert [s.id for s in through_a_file(nodes).stations_of("Z")] == ["Press", "Anvil2"]


def test_a_state_inside_a_station_does_not_make_another_one() -> None:
    nodes = [*plant_nodes(1), obj("s=L1.S1.Motor", "Plant.Line1.Printer.Motor")]
    nodes.append(var("s=L1.S1.Motor.State", "Plant.Line1.Printer.Motor.State", "Int32"))
    plant = through_a_file(nodes)
    assert [s.id for s in plant.stations] == ["L1.S1"]
    assert plant.station["L1.S1"].roles["state"] == "L1.S1.State"
    assert plant.tag["L1.S1.Motor.State"].place == "L1.S1"


def test_a_line_with_a_state_of_its_own_stays_a_line() -> None:
    plant = through_a_file([*plant_nodes(3), var("s=L1.State", "Plant.Line1.State", "Int32")])
    assert [x.id for x in plant.lines] == ["L1"]
    assert len(plant.stations) == 3
    assert plant.tag["L1.State"].place == "L1"


def test_alarm_conditions_are_not_tags() -> None:
    at = "Plant.Line1.Printer.TemperatureLimit"
    nodes = [*plant_nodes(1), obj("s=A", at), var("s=A.EventId", f"{at}.EventId", "String")]
    nodes += [var("s=A.ConditionName", f"{at}.ConditionName", "String"), var("s=A.High", f"{at}.HighLimit")]
    assert "A.High" not in through_a_file(nodes).tag


def test_state_words_of_other_builders() -> None:
    words = ("Running", "BLOCKED", "starved", "Faulted", "execute")
    nodes = [obj("s=L", "L"), obj("s=M", "L.M"), var("s=M.Status", "L.M.Status", "Int32", words=words)]
    rules = through_a_file(nodes).station["M"].states
    assert [rules[str(i)].state for i in range(5)] == [
        MachineState.EXECUTE, MachineState.SUSPENDED, MachineState.SUSPENDED, MachineState.ABORTED,
        MachineState.EXECUTE,
    ]  # fmt: skip
    assert (rules["1"].waiting, rules["2"].waiting) == (Waiting.BLOCKED, Waiting.STARVED)


def test_a_state_without_words_is_not_guessed() -> None:
    nodes = [obj("s=L", "L"), obj("s=M", "L.M"), var("s=M.State", "L.M.State", "Int32")]
    station = through_a_file(nodes).station["M"]
    assert station.roles == {"state": "M.State"}
    assert station.states == {}


def test_flat_variables_with_numeric_ids() -> None:
    nodes = [var(f"i={i}", f"Value {i % 5000}") for i in range(10_000)]
    plant = through_a_file(nodes)
    assert len(plant.tags) == 10_000
    assert not plant.lines
    assert plant.tags[7].id == "Value 7"
    assert plant.tags[5007].id == "Value 7~2"


def test_one_string_id_in_two_namespaces_gives_way_to_the_paths() -> None:
    nodes = [
        Node("nsu=urn:a;s=Speed", "Speed", "variable", False, "Double", path="A.Speed"),
        Node("nsu=urn:b;s=Speed", "Speed", "variable", False, "Double", path="B.Speed"),
        Node("nsu=urn:b;s=Other", "Other", "variable", False, "Double", path="B.Other"),
    ]
    assert [t.id for t in through_a_file(nodes).tags] == ["A.Speed", "B.Speed", "Other"]


def test_hangul_names_and_states_without_objects_listed() -> None:
    nodes = [var("i=1", "공장.라인.프린터.상태", "Int32"), var("i=2", "공장.라인.프린터.온도")]
    plant = through_a_file([obj("i=10", "공장"), obj("i=11", "공장.라인"), obj("i=12", "공장.라인.프린터"), *nodes])
    assert [s.id for s in plant.stations] == ["공장.라인.프린터"]
    assert plant.tag["공장.라인.프린터.온도"].name == Text("온도", "온도")
    assert [t.place for t in through_a_file(nodes).tags] == ["", ""]


def test_a_node_that_is_reached_twice_is_one_tag() -> None:
    nodes = [obj("s=A", "A"), var("s=A.x", "A.x"), replace(var("s=A.x", "B.x"))]
    assert [t.id for t in through_a_file(nodes).tags] == ["A.x"]


def test_addresses_that_would_not_survive_a_restart_are_left_out() -> None:
    nodes = [replace(var("s=A", "A"), address="ns=4;s=A"), replace(var("s=B", "B"), address="nsu=urn:t;s=\ud800")]
    assert through_a_file(nodes).tags == ()


_chars = st.text(st.characters(), max_size=12)
_names = st.one_of(
    _chars, st.sampled_from(["State", "Line1", "EURange", "EventId", "ConditionName", "GoodCount", "", "a.b"])
)
_ids = st.one_of(st.integers(0, 30).map(lambda i: f"i={i}"), _chars.map(lambda s: f"s={s}"), _chars)


@st.composite
def _nodes(draw: st.DrawFn) -> list[Node]:
    paths, nodes = [""], []
    for _ in range(draw(st.integers(0, 14))):
        parent, name = draw(st.sampled_from(paths)), draw(_names)
        kind = draw(st.sampled_from(["object", "variable", "method"]))
        path = f"{parent}.{name}" if parent else name
        if kind == "object":
            paths.append(path)
        nodes.append(
            Node(
                address=draw(st.sampled_from(["nsu=urn:t;", "nsu=urn:u;", "ns=3;", ""])) + draw(_ids),
                name=name,
                kind=kind,
                has_children=kind == "object",
                type=draw(
                    st.sampled_from(["Double", "Int32", "Boolean", "String", "DateTime", "Double[]", "", "Enumeration"])
                ),
                unit=draw(_chars),
                range=draw(st.sampled_from([None, (0.0, 1.0), (5.0, 5.0), (-1e30, 1e30)])),
                writable=draw(st.booleans()),
                words=tuple(draw(st.lists(st.one_of(_chars, st.sampled_from(STATES)), max_size=4))),
                path=path + draw(st.sampled_from(["", "", "#2"])),
            )
        )
    return draw(st.permutations(nodes))


@settings(max_examples=300, deadline=None)
@given(_nodes())
def test_any_address_space_gives_a_valid_plant_file(nodes: list[Node]) -> None:
    plant = through_a_file(nodes)
    variables = {n.address for n in nodes if n.kind == "variable"}
    assert {t.node for t in plant.tags} <= variables
    assert all(t.access is Access.READ or t.writable for t in plant.tags)
