"""The plant file's reader: what it takes, and that it tells every fault with line, key, and what would be right."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hmi.model.machine import MachineState, Waiting
from hmi.model.plant import Access, Limits, Pause, Security, Span, StateRule, TagType
from hmi.model.problem import Problem, ProblemsError
from hmi.model.text import Lang, Text
from hmi.runtime import plantfile
from hmi.runtime.plantfile.lines import Lines

PAGE = Path(__file__).resolve().parents[2] / "resources" / "docs" / "plant-file.md"


def example() -> str:
    """The example of the documentation."""
    match = re.search(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert match is not None
    return match[1]


def problems(text: str) -> list[Problem]:
    with pytest.raises(ProblemsError) as caught:
        plantfile.parse(text)
    return caught.value.problems


def test_the_example_of_the_documentation_is_read() -> None:
    plant = plantfile.parse(example())
    assert plant.name == Text("Incheon plant", "인천 공장")
    assert plant.controller["plc1"].security is Security.SIGN_AND_ENCRYPT
    assert plant.line["L1"].rate == Span(780, 880)
    oven = plant.station["L1.S3"]
    assert oven.ideal_cycle_s == 4.0
    assert oven.states["21"] == StateRule(MachineState.SUSPENDED, Waiting.BLOCKED)
    temperature = plant.tag["L1.S3.Temperature"]
    assert temperature.type is TagType.DOUBLE
    assert temperature.limits == Limits(190, 205, 230, 245)
    assert plant.tag["L1.S3.SpeedSetpoint"].access is Access.SETPOINT
    assert plant.tag["L1.S3.GoodCount"].name == Text.same("L1.S3.GoodCount")
    assert plant.shifts[0].days == (0, 1, 2, 3, 4)
    assert plant.shifts[0].pauses == (Pause(600, 615),)
    assert [r.parent for r in plant.reasons] == ["", "oven"]


def test_the_example_survives_writing() -> None:
    plant = plantfile.parse(example())
    assert plantfile.parse(plantfile.render(plant)) == plant


def test_without_reasons_the_shipped_tree_is_there_in_both_languages() -> None:
    plant = plantfile.parse('[plant]\nid = "p"\ntimezone = "UTC"')
    ids = {r.id for r in plant.reasons}
    assert all(r.parent in ids or not r.parent for r in plant.reasons)
    assert any(r.planned for r in plant.reasons)
    assert all(r.name.en != r.name.ko for r in plant.reasons)
    assert plantfile.parse('reason = []\n[plant]\nid = "p"\ntimezone = "UTC"').reasons == ()


def test_packml_is_there_without_being_written() -> None:
    text = example().replace('states = "oven"', 'states = "packml"')
    assert plantfile.parse(text).station["L1.S3"].states["6"].state is MachineState.EXECUTE


# what stands in the example, what is written instead, the key told, words of the fault, words of what is right
FAULTS = [
    ('timezone = "Asia/Seoul"', 'timezone = "Asia/Seul"', "plant.timezone", "time zone", "Asia/Seoul"),
    ('timezone = "Asia/Seoul"', 'timezone = "xyzzy"', "plant.timezone", "time zone", "such as"),
    ('timezone = "Asia/Seoul"', 'timezone = "../../etc/passwd"', "plant.timezone", "time zone", "such as"),
    ('timezone = "Asia/Seoul"', "demo = 1", "plant.demo", "1 is not", "true or false"),
    ('timezone = "Asia/Seoul"', "demo = true", "plant.timezone", "missing", "add timezone"),
    ("[plant]", "[[plant]]", "plant", "does not stand", "[plant]"),
    ("[plant]", "[plnt]", "plnt", "unknown section", "plant?"),
    ('site = "incheon"', 'site = "seoul"', 'area "smt".site', "no site", "incheon"),
    ('area = "smt"', 'area = "smd"', 'line "L1".area', "no area", "smt?"),
    ('line = "L1"', 'line = "L2"', 'station "L1.S3".line', "no line", "one of: L1"),
    ('controller = "plc1"', 'controller = "plc2"', 'tag "L1.Order".controller', "no controller", "plc1?"),
    ('place = "L1"', 'place = "L9"', 'tag "L1.Order".place', "no line or station", "L1"),
    ('parent = "oven"', 'parent = "oben"', 'reason "oven.fan".parent', "no reason", "oven?"),
    ('parent = "oven"', 'parent = "oven.fan"', 'reason "oven.fan".parent', "below itself", "root"),
    ("rate = [780, 880]", "rate = [880, 780]", 'line "L1".rate', "880 is not below 780", "low below high"),
    ("rate = [780, 880]", "rate = 800", 'line "L1".rate', "800", "[low, high]"),
    ("rate = [780, 880]", 'rate = [780, "x"]', 'line "L1".rate[2]', '"x"', "number"),
    ("rate = [780, 880]", "rate = [nan, 880]", 'line "L1".rate[1]', "nan", "number"),
    ('order = "L1.Order" }', 'order = "L1.Oder" }', 'line "L1".roles.order', "no tag", "L1.Order?"),
    ('order = "L1.Order" }', 'ordr = "L1.Order" }', 'line "L1".roles.ordr', "unknown role", "order?"),
    ("order = 3", "order = 0", 'station "L1.S3".order', "0 is not allowed", "from 1"),
    ("order = 3", "order = true", 'station "L1.S3".order', "true is not allowed", "whole number"),
    ("ideal_cycle = 4.0", "ideal_cycle = 0", 'station "L1.S3".ideal_cycle', "0 is not allowed", "above 0"),
    ("ideal_cycle = 4.0", "idael_cycle = 4.0", 'station "L1.S3".idael_cycle', "unknown key", "ideal_cycle?"),
    ("ideal_cycle = 4.0", 'ideal_cycle = "4"', 'station "L1.S3".ideal_cycle', '"4"', "a number"),
    ('states = "oven"', 'states = "oben"', 'station "L1.S3".states', "no state map", "oven?"),
    ('states = "oven"', "", 'station "L1.S3".states', "no state map", "packml"),
    ('good = "L1.S3.GoodCount"', 'good = "L1.Order"', 'station "L1.S3".roles.good', "String", "number"),
    ('"6" = "EXECUTE"', '"6" = "EXECUT"', "state_map.oven.6", "PackML", "EXECUTE?"),
    ('"6" = "EXECUTE"', '"6" = "EXECUTE:BLOCKED"', "state_map.oven.6", "PackML", "SUSPENDED:BLOCKED"),
    ('"6" = "EXECUTE"', '"6" = 6', "state_map.oven.6", "6 is not", "text"),
    ("opc.tcp://192.168.0.10:4840", "192.168.0.10", 'controller "plc1".endpoint', "no address", "opc.tcp"),
    ("opc.tcp://192.168.0.10:4840", "opc.tcp://plc:99999", 'controller "plc1".endpoint', "no address", "opc.tcp"),
    ("opc.tcp://192.168.0.10:4840", "http://plc", 'controller "plc1".endpoint', "no address", "opc.tcp"),
    ("opc.tcp://192.168.0.10:4840", "opc.tcp://u:p@plc", 'controller "plc1".endpoint', "password", "secret store"),
    ('"SignAndEncrypt"', '"None"', 'controller "plc1".security', "without security", "allow_insecure"),
    ('"SignAndEncrypt"', '"SignEncrypt"', 'controller "plc1".security', "not allowed", "SignAndEncrypt?"),
    ('user = "linekeeper"', 'policy = "Basic256"', 'controller "plc1".policy', "not allowed", "Basic256Sha256"),
    ('user = "linekeeper"', 'password = "x"', 'controller "plc1".password', "password", "controller/plc1/password"),
    (
        'user = "linekeeper"',
        "settings = { a = { api_key = 1 } }",
        'controller "plc1".settings.a.api_key',
        "key",
        "secret",
    ),
    ('user = "linekeeper"', 'fingerprint = "0a0b"', 'controller "plc1".fingerprint', '"0a0b"', "64 digits"),
    ("nsu=urn:my-plant;s=L1.Order", "ns=2;s=L1.Order", 'tag "L1.Order".node', "by number", "nsu="),
    ("nsu=urn:my-plant;s=L1.Order", "L1.Order", 'tag "L1.Order".node', "no OPC UA address", "nsu="),
    ("s=L1.Order", "s=L1.S3.State", 'tag "L1.S3.State".node', "same address", "one tag"),
    ('type = "String"', 'type = "Strin"', 'tag "L1.Order".type', "not allowed", "String?"),
    ('type = "String"', 'type = "String"\nrange = [0, 1]', 'tag "L1.Order".range', "type String", "number type"),
    ("range = [0, 300]", "range = [0, 220]", 'tag "L1.S3.Temperature".desired', "outside", "wider"),
    ("high_high = 245", "high_high = 345", 'tag "L1.S3.Temperature".limits.high_high', "outside", "wider"),
    ("high_high = 245", "high_high = 220", 'tag "L1.S3.Temperature".limits.high_high', "not below", "low_low ≤"),
    ("high_high = 245", "peak = 245", 'tag "L1.S3.Temperature".limits.peak', "unknown key", "one of"),
    ("deadband = 0.05", "deadband = -1", 'tag "L1.S3.Temperature".deadband', "-1", "0 or"),
    ("digits = 1", "digits = 1.5", 'tag "L1.S3.Temperature".digits', "1.5", "from 0 to 9"),
    ("digits = 1", "queue = 0", 'tag "L1.S3.Temperature".queue', "0", "from 1"),
    ("digits = 1", "scale = 0", 'tag "L1.S3.Temperature".scale', "0", "other than 0"),
    ("writable = true", "", 'tag "L1.S3.SpeedSetpoint".access', "setpoint", "writable = true"),
    ('access = "setpoint"', 'access = "set"', 'tag "L1.S3.SpeedSetpoint".access', "not allowed", "setpoint"),
    ('id = "L1.S3.GoodCount"', 'id = "L1.S3.State"', "tag[3].id", "already", "of its own"),
    ('id = "L1.S3.GoodCount"', 'id = " x"', "tag[3].id", '" x"', "short word"),
    ('id = "L1.S3"', 'id = "L1"', "station[1].id", "already", "of its own"),
    ('ko = "작업 지시"', 'kr = "작업 지시"', 'tag "L1.Order".name.kr', "unknown key", "one of"),
    ('start = "06:00"', 'start = "6 h"', 'shift "day".start', '"6 h"', "00:00"),
    ('start = "06:00"', 'start = "24:30"', 'shift "day".start', '"24:30"', "00:00"),
    ('start = "06:00"', 'start = "14:00"', 'shift "day".end', "do not make a shift", "24:00"),
    ('start = "06:00"', 'start = "05:30"', 'shift "night".start', "overlaps", "one shift"),
    ('"thu", "fri"]', '"thu", "fry"]', 'shift "day".days[5]', '"fry"', "fri?"),
    ('"thu", "fri"]', '"thu", "mon"]', 'shift "day".days[5]', "twice", "once"),
    ("10:00-10:15", "14:30-14:45", 'shift "day".pauses[1]', "outside", "between"),
    ("10:00-10:15", "10:00", 'shift "day".pauses[1]', '"10:00"', "10:15"),
]


@pytest.mark.parametrize(("old", "new", "key", "wrong", "right"), FAULTS, ids=[f"{f[2]}: {f[1]}" for f in FAULTS])
def test_a_fault_is_told_with_its_line(old: str, new: str, key: str, wrong: str, right: str) -> None:
    before = example()
    assert old in before
    text = before.replace(old, new, 1)
    found = problems(text)
    told = [p for p in found if p.key == key]
    assert told, [p.sentence(Lang.EN) for p in found]
    problem = next(p for p in told if wrong in p.wrong.en)
    assert right in problem.right.en
    assert problem.wrong.ko != problem.wrong.en
    assert problem.right.ko != problem.right.en
    line = text.split("\n")[problem.line - 1]
    last = re.sub(r"\[\d+\]$", "", key.rsplit(".", 1)[-1]).rsplit('"', 1)[-1]
    written = any(word in line for word in (last, "[[", "[plant]", "[plnt]"))
    assert written, f"line {problem.line} is {line!r}"


def test_all_faults_at_once_in_the_order_of_the_file() -> None:
    text = example()
    for old, new in (("Asia/Seoul", "Asia/Seul"), ("rate = [780", "rate = [980"), ("digits = 1", "digits = 99")):
        text = text.replace(old, new, 1)
    found = problems(text)
    assert [p.key for p in found] == ["plant.timezone", 'line "L1".rate', 'tag "L1.S3.Temperature".digits']
    assert [p.line for p in found] == sorted(p.line for p in found)
    assert found[0].sentence(Lang.KO).startswith("plant.toml:4: plant.timezone: 알 수 없는 시간대")


def test_a_broken_table_does_not_make_its_references_look_broken() -> None:
    found = problems(example().replace("opc.tcp://192.168.0.10:4840", "nonsense"))
    assert [p.key for p in found] == ['controller "plc1".endpoint']


def test_an_own_role_passes() -> None:
    plant = plantfile.parse(example().replace("roles = { order", 'roles = { oven_recipe = "L1.Order", order'))
    assert plant.line["L1"].roles["oven_recipe"] == "L1.Order"


def test_no_security_needs_the_switch() -> None:
    text = example().replace('security = "SignAndEncrypt"', 'security = "None"\nallow_insecure = true')
    assert plantfile.parse(text).controller["plc1"].security is Security.NONE


SYNTAX = [
    ("a = 1\nb = 'x\n", 2, "closing quote"),
    ("a = 1\nb 2\n", 2, "no = after a key"),
    ("[plant\nid = 1", 1, "closing bracket"),
    ("a = yes", 1, "no value"),
    ('[plant]\nid = "a"\nid = "b"', 3, "twice"),
    ("a = [1, 2\n", 1, "closing ]"),
    ("a = { b = 1", 1, "closing }"),
    ('a = "\\q"', 1, "backslash"),
    ("a = 1 b = 2", 1, "follows"),
    ("= 1", 1, "begins like this"),
    ("[plant]\n[plant]", 2, "twice"),
    ("a = 2026-02-30", 1, "no value"),
]


@pytest.mark.parametrize(("text", "line", "wrong"), SYNTAX, ids=[s[2] + " " + s[0][:8] for s in SYNTAX])
def test_a_slip_of_syntax_is_told_in_both_languages(text: str, line: int, wrong: str) -> None:
    (problem,) = problems(text)
    assert problem.line == line
    assert wrong in problem.wrong.en
    assert "column" in problem.wrong.en
    assert "열에서" in problem.wrong.ko


@pytest.mark.parametrize("text", ["a = " + "[" * 5000, "a = " + "9" * 6000], ids=["deep", "long number"])
def test_text_that_breaks_parsers_is_told(text: str) -> None:
    (problem,) = problems(text)
    assert problem.wrong.ko


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    latin = tmp_path / "latin.toml"
    latin.write_bytes(b'[plant]\nid = "caf\xe9"')
    for path, line, words in (
        (tmp_path / "missing.toml", 1, "no file"),
        (tmp_path, 1, "cannot be read"),
        (latin, 2, "not UTF-8"),
    ):
        with pytest.raises(ProblemsError) as caught:
            plantfile.load(path)
        (problem,) = caught.value.problems
        assert (problem.file, problem.line) == (path.name, line)
        assert words in problem.wrong.en


def test_a_byte_order_mark_and_windows_line_ends_pass(tmp_path: Path) -> None:
    file = tmp_path / "plant.toml"
    file.write_bytes(b"\xef\xbb\xbf" + example().replace("\n", "\r\n").encode())
    assert plantfile.load(file) == plantfile.parse(example())
    file.write_bytes(file.read_bytes().replace(b"digits = 1", b"digits = 11"))
    with pytest.raises(ProblemsError) as caught:
        plantfile.load(file)
    assert caught.value.problems[0].line == example().split("\n").index("digits = 1") + 1


def test_an_empty_file_says_what_is_missing() -> None:
    (problem,) = problems("")
    assert problem.sentence(Lang.EN) == "plant.toml:1: plant: the section [plant] is missing -> add [plant]"


def test_lines_of_keys_in_every_notation() -> None:
    text = (
        "# head\n"
        "plant.id = 'a = [b]'\n"  # 2
        'plant."two words".x = """\n'  # 3
        "not = a key\n"
        '"quoted"""" # end\n'
        "[[tag]]\n"  # 6
        "id = 1\n"
        "[tag.words]\n"  # 8
        '"6" = { en = "}", ko = \'#\' }\n'
        "[[tag]]\n"  # 10
        "range = [ # low\n"
        "  0,\n"
        "  { a = 1, b = [2] },\n"
        "]\n"
        '"\\uD55C" = 2026-11-21 10:00:00\n'  # 15
    )
    lines = Lines(text)
    assert lines.of(("plant", "id")) == 2
    assert lines.of(("plant", "two words", "x")) == 3
    assert lines.of(("tag", 0)) == 6
    assert lines.of(("tag", 0, "words")) == 8
    assert lines.of(("tag", 0, "words", "6", "ko")) == 9
    assert lines.of(("tag", 1)) == 10
    assert lines.of(("tag", 1, "range", 0)) == 12
    assert lines.of(("tag", 1, "range", 1, "b", 0)) == 13
    assert lines.of(("tag", 1, "한")) == 15
    assert lines.of(("tag", 1, "not there")) == 10


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(example().split("\n")), max_size=30), st.text(max_size=20))
def test_any_file_gives_a_plant_or_problems(lines: list[str], noise: str) -> None:
    text = "\n".join([*lines[:15], noise, *lines[15:]])
    try:
        plantfile.parse(text)
    except ProblemsError as err:
        count = text.count("\n") + 1
        assert err.problems
        assert all(1 <= p.line <= count for p in err.problems)
        assert all(p.wrong.en and p.wrong.ko and p.right.en and p.right.ko for p in err.problems)


def _many(count: int, extra: str = "") -> str:
    tag = '[[tag]]\nid = "T{i}"\nname = {{ en = "T", ko = "티" }}\ncontroller = "plc1"\nplace = "L1.S3"\nunit = "°C"\n'
    tag += 'node = "nsu=urn:many;s=T{i}"\nrange = [0, 300]\nlimits = {{ low = 1, high = 2 }}\n' + extra
    return example() + "".join(tag.format(i=i) for i in range(count))


def test_ten_thousand_tags_are_read(record_property: Callable[[str, object], None]) -> None:
    begun = time.process_time()
    assert len(plantfile.parse(_many(10_000)).tags) == 10_005
    record_property("seconds", time.process_time() - begun)


def test_ten_thousand_faults_are_all_told() -> None:
    found = problems(_many(10_000).replace("place = ", "plaice = ").replace("L1.S3\n", "L1.S4\n"))
    assert sum("unknown key" in p.wrong.en for p in found) >= 10_000
