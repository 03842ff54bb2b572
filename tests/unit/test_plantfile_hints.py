"""A written plant file says what it does not tell yet, in comments that change nothing."""

from dataclasses import replace
from pathlib import Path

from hmi.model.flow import Product
from hmi.model.plant import Access, Area, Controller, Line, Plant, Site, Station, Tag, TagType
from hmi.model.text import Text
from hmi.runtime import plantfile
from hmi.runtime.plantfile.hints import hints

NAME = Text.same("x")


def bare() -> Plant:
    """Two lines of a station, as a controller tells that names little."""
    lines = tuple(Line(f"L{n}", NAME, "a", {}) for n in (1, 2))
    stations = tuple(Station(f"L{n}.S1", NAME, f"L{n}", 1) for n in (1, 2))
    asked = Tag("L1.S1.Asked", NAME, "plc", "nsu=urn:x;s=a", access=Access.SETPOINT, writable=True, place="L1.S1")
    return Plant(
        "p", NAME, "UTC", (Site("s", NAME),), (Area("a", NAME, "s"),), lines, stations,
        (Controller("plc", NAME, "opcua", "opc.tcp://127.0.0.1:4840"),), (asked,),
    )  # fmt: skip


def test_what_is_missing_is_asked_for_in_both_languages() -> None:
    said = hints(bare())
    for word in (
        "ideal_cycle",
        "buffer_capacity",
        "[[product]]",
        "[[lane]]",
        "hold_gate",
        "material_batch",
        "[[guard]]",
    ):
        assert word in said, word
    assert all(line.startswith("#") for line in said.splitlines())
    assert said.count("\n# - ") * 2 + 2 == len(said.splitlines())


def test_what_is_there_is_not_asked_for() -> None:
    plant = bare()
    gate = Tag("L1.S1.Gate", NAME, "plc", "nsu=urn:x;s=g", TagType.BOOLEAN, access=Access.GATE, writable=True)
    stations = tuple(
        replace(s, ideal_cycle_s=4.0, buffer_capacity=8, kind="oven", roles={"hold_gate": gate.id})
        for s in plant.stations
    )
    told = replace(plant, stations=stations, tags=(gate,), products=(Product("A", NAME, ("oven",)),))
    said = hints(told)
    for word in ("ideal_cycle", "buffer_capacity", "[[product]]", "hold_gate", "[[guard]]"):
        assert word not in said, word
    assert "[[lane]]" in said


def test_the_file_reads_back_the_same(tmp_path: Path) -> None:
    plantfile.write(bare(), tmp_path / "plant.toml")
    assert "# What this file does not say yet" in (tmp_path / "plant.toml").read_text(encoding="utf-8")
    assert plantfile.load(tmp_path / "plant.toml").stations == bare().stations


def test_an_id_with_a_line_break_stays_in_its_comment() -> None:
    plant = bare()
    (asked,) = plant.tags
    said = hints(replace(plant, tags=(replace(asked, id="a\nid = 1"),)))
    assert all(line.startswith("#") for line in said.splitlines())
