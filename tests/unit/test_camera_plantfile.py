"""[[camera]] in the plant file: read, checked, written again."""

import pytest

from hmi.model.camera import CameraTrigger
from hmi.model.problem import ProblemsError
from hmi.runtime.plantfile.load import parse
from hmi.runtime.plantfile.write import render

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
[[station]]
id = "L1.S4"
line = "L1"
order = 4
roles = { unit = "L1.S4.UnitId" }
[[station]]
id = "L1.S5"
line = "L1"
order = 5
[[controller]]
id = "c"
driver = "opcua"
endpoint = "opc.tcp://h:4840"
security = "None"
allow_insecure = true
[[tag]]
id = "L1.S4.UnitId"
controller = "c"
node = "nsu=urn:p;s=u"
type = "String"
place = "L1.S4"
"""


def camera(**keys):
    keys = {"id": "cam1", "station": "L1.S4", "plugin": "camera_folder"} | keys
    lines = [f"{k} = {v}" if k != "settings" and not isinstance(v, str) else f'{k} = "{v}"' for k, v in keys.items()]
    return HEAD + "[[camera]]\n" + "\n".join(lines) + "\n"


def test_a_camera_has_safe_defaults_and_survives_being_written():
    plain = parse(camera())
    found = plain.cameras[0]
    assert (found.trigger, found.timeout_s, found.keep_good) == (CameraTrigger.UNIT, 0.8, 20)
    assert found.name.en == "cam1" and found.inspector == "template_compare"
    full = HEAD + (
        '[[camera]]\nid = "cam1"\nname = { en = "Eye", ko = "눈" }\nstation = "L1.S5"\nplugin = "camera_opencv"\n'
        'trigger = "interval"\ninterval_s = 0.25\ntimeout_s = 2\nreads = ["L1.S4.UnitId"]\nkeep_good = 0\n'
        'inspector = "other"\nsettings = { source = "rtsp://user@10.0.0.2/x", fps = 10 }\n'
    )
    described = parse(full)
    assert described.cameras[0].reads == ("L1.S4.UnitId",)
    for plant in (plain, described):
        assert parse(render(plant)) == plant


@pytest.mark.parametrize(
    ("wrong", "key"),
    [
        ({"station": "L1.S9"}, "station"),
        ({"station": "L1.S5"}, "trigger"),
        ({"trigger": "sometimes"}, "trigger"),
        ({"timeout_s": 0}, "timeout_s"),
        ({"keep_good": -1}, "keep_good"),
        ({"reads": ["L1.S4.Nothing"]}, "reads"),
        ({"trigger_tag": "L1.S4.Nothing"}, "trigger_tag"),
        ({"plugin": ""}, "plugin"),
        ({"shutter": 3}, "shutter"),
    ],
)
def test_what_is_wrong_with_a_camera_is_told_at_its_key(wrong, key):
    with pytest.raises(ProblemsError) as told:
        parse(camera(**wrong))
    assert any(key in problem.key for problem in told.value.problems)
    assert all(p.wrong.ko and p.right.ko for p in told.value.problems)


@pytest.mark.parametrize("settings", ['{ password = "x" }', '{ source = "rtsp://me:pw@10.0.0.2/x" }'])
def test_cr_4_1_a_secret_does_not_stand_in_the_file(settings):
    with pytest.raises(ProblemsError) as told:
        parse(camera() + f"settings = {settings}\n")
    assert "pw" not in str(told.value.problems)


def test_two_cameras_do_not_share_an_id():
    with pytest.raises(ProblemsError):
        parse(camera() + camera().removeprefix(HEAD))
