"""Which plugins are in use, and which were switched off: drivers, cameras, inspectors, detectors and advisors alike."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from hmi.desk.decisions import Decisions
from hmi.model.camera import CameraState
from hmi.model.text import Text
from hmi.model.words import say
from hmi.runtime.plugin_use import PluginUse, of_cameras, of_drivers, of_loop, plugin_rows
from hmi.runtime.plugins import find
from tests.unit.loop_site import KIM, PLANT, Site

WHY = Text("it raised", "오류")


def cameras(*told):
    """Cameras by name, inspector and state."""
    hosted = {name: SimpleNamespace(camera=SimpleNamespace(plugin="eye", inspector=by)) for name, by, _ in told}
    state = {name: (state, None if state is CameraState.RUNNING else WHY) for name, _, state in told}
    return SimpleNamespace(hosted=hosted, state=state.get)


def rows(*uses, kinds=("driver", "camera", "inspector", "detector", "advisor")):
    found = [SimpleNamespace(name="it", kind=kind, version="1", refused=None) for kind in kinds]
    return {row.kind: (row.state, row.why) for row in plugin_rows(found, uses)}


@pytest.mark.parametrize("kind", ["driver", "camera", "inspector", "detector", "advisor"])
def test_every_kind_is_counted_and_only_by_its_own_users(kind):
    now = rows(PluginUse(kind, "it"), PluginUse(kind, "another", True, WHY))
    assert now.pop(kind) == ("RUNNING", None)
    assert set(now.values()) == {("IDLE", None)}
    assert rows(PluginUse(kind, "it"), PluginUse(kind, "it", True, WHY))[kind] == ("OFF", WHY)


def test_a_plugin_that_was_never_imported_is_refused_whoever_names_it():
    refused = SimpleNamespace(name="it", kind="advisor", version="1", refused=WHY)
    assert [(r.state, r.why) for r in plugin_rows([refused], [PluginUse("advisor", "it")])] == [("REFUSED", WHY)]


def test_an_inspector_is_off_only_when_no_camera_looks_through_it_any_more():
    off, runs = CameraState.OFF, CameraState.RUNNING
    uses = of_cameras(cameras(("a", "one", off), ("b", "one", runs), ("c", "two", off), ("d", "one", CameraState.DOWN)))
    assert {(u.kind, u.name, u.off) for u in uses} == {
        ("camera", "eye", True), ("camera", "eye", False), ("inspector", "one", False), ("inspector", "two", True),
    }  # fmt: skip


def test_drivers_are_counted_by_their_controllers():
    hosted = {
        "a": SimpleNamespace(controller=SimpleNamespace(driver="opcua"), state="RUNNING", why=None),
        "b": SimpleNamespace(controller=SimpleNamespace(driver="sick"), state="OFF", why=WHY),
    }
    uses = of_drivers(SimpleNamespace(hosted=hosted))
    assert uses == [PluginUse("driver", "opcua"), PluginUse("driver", "sick", True, WHY)]


class Advisor:
    """An advisor that can be told to fail."""

    def __init__(self, name):
        self.name = name


def fails():
    raise OSError("no model")


def loop_of(site, makes):
    return Decisions(
        PLANT, site.database, SimpleNamespace(person=lambda seat: KIM), site.doors.runner, site.reading,
        lambda tag: 0.1, lambda person, tag, value: None, None, site.states.get, site.doors.holds, site.doors.routes,
        lambda kind: makes.get(kind, []), lambda: site.now,
    )  # fmt: skip


def test_the_loop_tells_its_advisors_and_its_detector_and_which_are_off(tmp_path):
    site, raises = Site(tmp_path), Advisor("raises")
    raises.takes = lambda deviation, causes: fails()
    makes = {
        "advisor": [("one", lambda: Advisor("1")), ("two", lambda: raises), ("three", fails)],
        "detector": [("broken", fails), ("first", lambda: SimpleNamespace(name="d")), ("second", fails)],
    }
    loop = loop_of(site, makes)
    try:
        assert {use.name for use in of_loop(loop.plugins()) if use.off} == {"three", "broken"}
        hosted = next(h for h in loop._recommend.hosted if h.advisor is raises)
        hosted.off = say("decision.advisor_off", name="two", fault="x")
        told = {(use.kind, use.name): use.off for use in of_loop(loop.plugins())}
        assert told == {
            ("advisor", "one"): False, ("advisor", "two"): True, ("advisor", "three"): True,
            ("detector", "broken"): True, ("detector", "first"): False,
        }  # fmt: skip
    finally:
        loop.close()
        site.database.close()


def test_the_shipped_plugins_are_found_under_the_kinds_that_are_counted(tmp_path):
    kinds = {plugin.kind for plugin in find(Path(tmp_path))}
    assert kinds == {"driver", "plant", "camera", "inspector", "detector", "advisor"}
