"""What is told of cameras: each trouble once when it begins and once when it ends, and an alarm while it lasts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.alarms.rules import camera_alarm, place_of, rules_of, system_alarm
from hmi.desk.vision_news import CameraNews
from hmi.model.alarm import AlarmKind, Priority
from hmi.model.camera import Camera, CameraState
from hmi.model.text import Text
from tests.integration.vision_site import small_plant

EYE = Camera("cam1", Text("Eye", "눈"), "L1.S4", "drawn")
OTHER = Camera("cam2", Text("Ear", "귀"), "L1.S4", "drawn")
FINE = (CameraState.RUNNING, CameraState.STARTING)


class Listener:
    """A room full of people and an alarm lamp for each camera."""

    def __init__(self) -> None:
        self.told: list[Text] = []
        self.lamp: dict[str, bool] = {}
        self.causes: list[Text] = []
        self.news = CameraNews(
            {c.id: c for c in (EYE, OTHER)}, lambda kind, place, text: self.told.append(text), self.alarm
        )

    def alarm(self, camera: str, stands: bool, why: Text | None) -> None:
        self.lamp[camera] = stands
        if why is not None:
            self.causes.append(why)


@given(st.lists(st.sampled_from(CameraState), max_size=30))
def test_the_lamp_burns_from_the_first_trouble_until_it_runs(states: list[CameraState]) -> None:
    room = Listener()
    bad = False
    for state in states:
        room.news.state("cam1", state, None)
        bad = state not in FINE or (bad and state is not CameraState.RUNNING)
        assert room.lamp.get("cam1", False) is bad
    assert "cam2" not in room.lamp


def test_a_trouble_that_changes_its_face_is_told_once_and_its_cause_follows() -> None:
    room = Listener()
    for state in (CameraState.RUNNING, CameraState.SILENT, CameraState.SILENT, CameraState.DOWN, CameraState.STARTING):
        room.news.state("cam1", state, Text("no light", "빛 없음"))
    assert len(room.told) == 1 and "Eye" in room.told[0].en and "눈" in room.told[0].ko
    assert len(room.causes) == 2 and "Down" in room.causes[1].en and "빛 없음" in room.causes[1].ko
    assert room.lamp["cam1"]
    room.news.state("cam1", CameraState.RUNNING, None)
    assert len(room.told) == 2 and not room.lamp["cam1"]


def test_an_alarm_that_stood_before_the_start_is_cleared_by_the_first_picture() -> None:
    room = Listener()
    room.news.state("cam1", CameraState.STARTING, None)
    assert room.lamp == {}
    room.news.state("cam1", CameraState.RUNNING, None)
    assert room.lamp == {"cam1": False} and room.told == []


def test_a_full_disk_is_told_once_whichever_camera_finds_out() -> None:
    room = Listener()
    room.news.wrote("cam1")
    for camera in ("cam1", "cam2", "cam1"):
        room.news.disk(camera, Text("full", "가득"))
    assert len(room.told) == 1
    room.news.wrote("cam1")
    assert len(room.told) == 1
    room.news.disk("cam2", None)
    assert len(room.told) == 2


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_every_camera_has_an_alarm_at_its_station_with_guidance(lang: str) -> None:
    plant = small_plant(EYE, OTHER)
    rules = {r.id: r for r in rules_of(plant)}
    rule = rules[system_alarm(camera_alarm("cam1"))]
    assert (rule.kind, rule.priority, place_of(plant, rule)) == (AlarmKind.SYSTEM, Priority.HIGH, "L1.S4")
    for words in (rule.name, rule.cause, rule.consequence, rule.action):
        assert words is not None and getattr(words, lang)
    assert system_alarm(camera_alarm("cam2")) in rules
