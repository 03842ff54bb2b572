"""A plant that was written loads back equal, whatever is in it."""

from __future__ import annotations

import string
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hmi.model.machine import MachineState, Waiting
from hmi.model.plant import (
    Access,
    Area,
    Controller,
    Limits,
    Line,
    Pause,
    Plant,
    Security,
    Shift,
    Site,
    Span,
    StateRule,
    Station,
    StopReason,
    Tag,
    TagType,
)
from hmi.model.text import Text
from hmi.runtime import plantfile
from hmi.runtime.plantfile.times import shipped_reasons

_visible = st.characters(codec="utf-8", exclude_categories=("Cc", "Zs", "Zl", "Zp"))
_idents = st.text(_visible, min_size=1, max_size=12).filter(lambda s: s == s.strip())
_any_text = st.text(st.characters(codec="utf-8"), max_size=20)
_names = st.builds(Text, _any_text, _any_text)
_floats = st.floats(-1e12, 1e12, allow_nan=False)
_positive = st.floats(0.001, 1e6)
_spans = st.tuples(_floats, _floats).filter(lambda p: p[0] < p[1]).map(lambda p: Span(*p))
_rules = st.one_of(
    st.sampled_from(MachineState).map(StateRule),
    st.builds(StateRule, st.just(MachineState.SUSPENDED), st.sampled_from([Waiting.BLOCKED, Waiting.STARVED])),
)
_settings = st.dictionaries(
    st.text(string.ascii_lowercase, min_size=1, max_size=4).filter(lambda k: k not in ("pin", "pwd", "pass")),
    st.one_of(st.booleans(), st.integers(), _any_text, st.lists(_floats, max_size=3), st.dates()),
    max_size=4,
)


def _unique(draw: st.DrawFn, most: int) -> list[str]:
    return draw(st.lists(_idents, max_size=most, unique=True))


@st.composite
def _tag(draw: st.DrawFn, name: str, controller: str, node: int, places: list[str]) -> Tag:
    kind = draw(st.sampled_from(TagType))
    writable = draw(st.booleans())
    low, high = 0.0, 100.0
    numeric: dict[str, Any] = {}
    if kind.is_number:
        inner = st.lists(st.floats(low, high), min_size=4, max_size=4, unique=True).map(sorted)
        numeric = {
            "range": draw(st.sampled_from([None, Span(low, high)])),
            "desired": draw(st.sampled_from([None, Span(20.5, 30)])),
            "limits": draw(st.one_of(st.just(Limits()), inner.map(lambda x: Limits(*x)))),
            "digits": draw(st.one_of(st.none(), st.integers(0, 9))),
        }
    return Tag(
        id=name,
        name=draw(_names),
        controller=controller,
        node=f"nsu=urn:test;s={node}{draw(_any_text)}",
        type=kind,
        unit=draw(_any_text),
        access=draw(st.sampled_from(Access)) if writable else Access.READ,
        writable=writable,
        deadband=abs(draw(_floats)),
        trend=draw(st.booleans()),
        place=draw(st.sampled_from(["", *places])),
        words=draw(st.dictionaries(_any_text, _names, max_size=5)),
        sampling_ms=draw(st.one_of(st.none(), _positive)),
        queue=draw(st.integers(1, 1000)),
        scale=draw(_positive),
        offset=draw(_floats),
        **numeric,
    )


@st.composite
def plants(draw: st.DrawFn) -> Plant:
    """Any plant that the model and the file's rules allow."""
    site_ids, area_ids, controller_ids = _unique(draw, 2), _unique(draw, 2), _unique(draw, 2)
    places = _unique(draw, 6)
    line_ids, station_ids = places[:2], places[2:]
    if not site_ids:
        area_ids = []
    if not area_ids:
        line_ids = []
    if not line_ids:
        station_ids = []
    tag_ids = _unique(draw, 5) if controller_ids else []
    tags = tuple(
        draw(_tag(t, draw(st.sampled_from(controller_ids)), i, line_ids + station_ids)) for i, t in enumerate(tag_ids)
    )
    numbers = [t.id for t in tags if t.type.is_number]
    roles: dict[str, Any] = {r: st.sampled_from(numbers) for r in ("state", "good", "hold_gate") if numbers}
    maps = [draw(st.dictionaries(_any_text, _rules, max_size=4)) for _ in range(2)]
    reason_ids = _unique(draw, 4)
    day_shift = Shift("day", draw(_names), 360, 840, (0, 1, 2), (Pause(600, 615), Pause(700, 720)))
    night = Shift("night", draw(_names), 1320, 360, (0, 2, 6), (Pause(1430, 10), Pause(30, 45)))
    return Plant(
        id=draw(_idents),
        name=draw(_names),
        timezone=draw(st.sampled_from(["Asia/Seoul", "UTC", "Europe/Berlin"])),
        sites=tuple(Site(i, draw(_names)) for i in site_ids),
        areas=tuple(Area(i, draw(_names), draw(st.sampled_from(site_ids))) for i in area_ids),
        lines=tuple(
            Line(
                i,
                draw(_names),
                draw(st.sampled_from(area_ids)),
                draw(st.fixed_dictionaries({}, optional={"rate": st.sampled_from(tag_ids)} if tag_ids else {})),
                draw(st.one_of(st.none(), _spans)),
            )
            for i in line_ids
        ),
        stations=tuple(
            Station(
                id=x,
                name=draw(_names),
                line=draw(st.sampled_from(line_ids)),
                order=i + 1,
                kind=draw(_any_text),
                ideal_cycle_s=draw(st.one_of(st.none(), _positive)),
                buffer_capacity=draw(st.one_of(st.none(), st.integers(0, 99))),
                roles=draw(st.fixed_dictionaries({}, optional=roles)),
                states=draw(st.sampled_from(maps)),
            )
            for i, x in enumerate(station_ids)
        ),
        controllers=tuple(
            Controller(
                id=i,
                name=draw(_names),
                driver=draw(st.sampled_from(["opcua", "other"])),
                endpoint=draw(st.sampled_from(["opc.tcp://10.0.0.1:4840", "opc.tcp://[::1]:4840/a/b"])),
                security=draw(st.sampled_from(Security)),
                user=draw(st.one_of(st.none(), _idents)),
                certificate_user=draw(st.booleans()),
                fingerprint=draw(st.sampled_from(["", "0a" * 32, ":".join(["AB"] * 32)])),
                publishing_ms=draw(_positive),
                settings=draw(_settings),
            )
            for i in controller_ids
        ),
        tags=tags,
        shifts=draw(st.sampled_from([(), (day_shift,), (day_shift, night)])),
        reasons=draw(
            st.sampled_from(
                [
                    (),
                    shipped_reasons(),
                    tuple(StopReason(r, Text("a", "가"), "", i > 1) for i, r in enumerate(reason_ids)),
                ]
            )
        ),
        demo=draw(st.booleans()),
    )


@settings(max_examples=150, deadline=None)
@given(plants())
def test_what_is_written_loads_back_equal(plant: Plant) -> None:
    assert plantfile.parse(plantfile.render(plant)) == plant


def test_the_file_is_replaced_in_one_step_and_keeps_its_mode(tmp_path: Path) -> None:
    file = tmp_path / "plant.toml"
    plant = plantfile.parse('[plant]\nid = "a"\ntimezone = "UTC"')
    file.write_text("old")
    file.chmod(0o640)
    plantfile.write(plant, file)
    assert plantfile.load(file) == plant
    assert file.stat().st_mode & 0o777 == 0o640
    assert [f.name for f in tmp_path.iterdir()] == ["plant.toml"]


def test_a_folder_that_is_not_there_leaves_nothing_behind(tmp_path: Path) -> None:
    plant = plantfile.parse('[plant]\nid = "a"\ntimezone = "UTC"')
    with pytest.raises(OSError, match="nowhere"):
        plantfile.write(plant, tmp_path / "nowhere" / "plant.toml")


def test_tags_stand_below_their_station() -> None:
    plant = plantfile.parse(
        """
        station = [{ id = "S1", line = "L", order = 1 }, { id = "S2", line = "L", order = 2 }]
        line = [{ id = "L", area = "A" }]
        area = [{ id = "A", site = "X" }]
        site = [{ id = "X" }]
        controller = [{ id = "c", driver = "opcua", endpoint = "opc.tcp://h:1" }]
        tag = [
          { id = "S1.a", controller = "c", node = "nsu=u;s=1", place = "S1" },
          { id = "S2.a", controller = "c", node = "nsu=u;s=2", place = "S2" },
        ]
        plant = { id = "p", timezone = "UTC" }
        """
    )
    text = plantfile.render(plant)
    order = [text.index(f'id = "{name}"') for name in ("L", "S1", "S1.a", "S2", "S2.a")]
    assert order == sorted(order)
