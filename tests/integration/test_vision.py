"""Cameras in processes of their own, from the unit tag to the verdict on record."""

from pathlib import Path

import pytest

from hmi.desk.pictures import FrameReader
from hmi.model.camera import CameraTrigger
from hmi.model.inspection import Verdict
from hmi.model.words import say
from hmi.runtime.secrets import SecretFault
from tests.integration.vision_site import VisionSite


@pytest.fixture
def site(tmp_path):
    running = VisionSite(tmp_path)
    running.context()
    yield running
    running.stop()


def test_a_unit_gets_a_verdict_bound_to_everything_that_is_known_of_it(site):
    site.running()
    site.unit("U-1")
    row = site.verdict("U-1")
    assert row.verdict is Verdict.PASS and row.recipe == "template_compare A4 v1"
    s = row.subject
    assert (s.lot, s.order, s.product, s.material_batch) == ("LOT-1", "O-1", "A4", "PASTE-1")
    assert (s.line, s.station) == ("L1", "L1.S4") and s.readings == {"L1.S4.Scene": "", "L1.S4.Light": 80.0}
    assert row.evidence == "" and row.total_ms > row.ms > 0, "one good picture in two is kept"
    site.unit("U-2", "open")
    bad = site.verdict("U-2")
    assert bad.verdict is Verdict.FAIL and [f.kind for f in bad.findings] == ["open"]
    assert (site.data / bad.evidence).read_bytes().startswith(b"\x89PNG")
    assert (site.data / bad.golden).exists()
    site.unit("U-3")
    good = site.verdict("U-3")
    assert good.evidence.endswith(".jpg") and (site.data / good.evidence).stat().st_mode & 0o777 == 0o600
    kept = site.kept()
    assert [k.subject.unit for k in kept] == ["U-1", "U-2", "U-3"] and kept == list(site.rows)
    shown = site.row()
    assert (shown.inspected, shown.failed, shown.undecided, shown.lost) == (3, 1, 0, 0)
    assert shown.state == "RUNNING" and shown.product == "A4" and shown.light > 50 and shown.shift_px < 1
    frame = FrameReader(site.data / shown.ring).newest()
    assert frame.number == kept[-1].frame and frame.image.shape == (240, 320)
    assert {"inspection": kept[-1]} in site.events and any("camera" in e for e in site.events)


def test_an_unknown_product_and_one_without_a_recipe_are_undecided(site):
    site.running()
    site.unit("U-1", Product="Z9")
    row = site.verdict("U-1")
    assert row.verdict is Verdict.UNDECIDED and "Z9" in row.why.en and "Z9" in row.why.ko
    assert (site.data / row.evidence).exists()
    site.unit("U-2", Product="")
    assert site.verdict("U-2").verdict is Verdict.UNDECIDED
    site.unit("U-3", Product="B2")  # not in the plant file, but the camera knows it
    assert site.verdict("U-3").verdict is Verdict.PASS


def test_the_same_unit_again_is_no_trigger_and_a_restart_asks_for_no_second_picture(site, tmp_path):
    site.running()
    for unit in ("U-1", "U-1", "U-2", ""):
        site.unit(unit)
    site.verdict("U-2")
    frames = [row.frame for row in site.kept()]
    site.stop()
    again = VisionSite(tmp_path)
    try:
        again.context()
        again.running()
        again.unit("U-2")
        again.unit("U-3")
        row = again.verdict("U-3")
        assert [r.subject.unit for r in again.kept()] == ["U-1", "U-2", "U-3"]
        assert row.frame > max(frames) and row.number == 3, "numbers go on after a restart"
        assert row.recipe == "template_compare A4 v1", "the recipe on record is used again"
        assert len(again.on_loop(again.vision.lists.recipes())) == 1
    finally:
        again.stop()


def test_units_before_the_camera_runs_are_undecided_and_said(tmp_path):
    site = VisionSite(tmp_path)
    try:
        site.context()
        site.unit("U-early")
        row = site.verdict("U-early", 3.0)
        assert row.verdict is Verdict.UNDECIDED and row.why is not None
        site.running()
    finally:
        site.stop()


def test_a_clocked_camera_takes_its_pictures_and_its_units_from_the_tags(tmp_path):
    site = VisionSite(tmp_path, camera={"trigger": CameraTrigger.INTERVAL, "interval_s": 0.1, "keep_good": 0})
    try:
        site.context()
        site.unit("U-7")
        site.running()
        passed = site.until(lambda: [r for r in list(site.rows) if r.verdict is Verdict.PASS][5:])
        assert all(r.subject.unit == "U-7" for r in passed)
        kept = site.kept()
        frames = [r.frame for r in kept]
        assert frames == list(range(frames[0], frames[0] + len(frames))), "every trigger has its verdict"
    finally:
        site.stop()


def test_a_plugin_that_is_not_there_is_off_with_words(tmp_path):
    site = VisionSite(tmp_path, camera={"plugin": "nothing_like_it"})
    try:
        site.context()
        site.until(lambda: site.state() == "OFF", 20.0, "an OFF camera")
        site.unit("U-1")
        row = site.verdict("U-1")
        assert row.verdict is Verdict.UNDECIDED and "nothing_like_it" in row.why.en
        assert any("nothing_like_it" in text.en for _, _, text in site.notices)
    finally:
        site.stop()


def test_a_camera_gets_its_password_from_the_secret_store_only(tmp_path):
    site = VisionSite(tmp_path, start=False)
    try:
        assert site.box.get("camera/cam1/password") is None
        site.box.set("camera/cam1/password", "hush-9")
        asked = []
        site.cameras._secret = lambda name: asked.append(name) or site.box.get(name)
        site.run(lambda: site.cameras.start(site.vision))
        site.running()
        assert asked == ["camera/cam1/password"]
        assert b"hush-9" not in Path(f"/proc/{site.pid()}/cmdline").read_bytes()
        assert b"hush-9" not in Path(f"/proc/{site.pid()}/environ").read_bytes()
    finally:
        site.stop()


def test_cr_4_1_a_camera_whose_secret_is_open_to_others_says_so_and_is_tried_again(tmp_path):
    site = VisionSite(tmp_path, start=False)
    locked = []

    def secret(name):
        if not locked:
            raise SecretFault(say("secrets.unreadable", file="x", detail=say("secrets.no_file")))
        return "hush"

    try:
        site.cameras._secret = secret
        site.run(lambda: site.cameras.start(site.vision))
        site.until(lambda: site.state() == "DOWN", 10.0, "DOWN")
        why = site.row().why
        assert "cannot be read (it is not a file)" in why.en and "일반 파일이 아님" in why.ko
        locked.append(True)
        site.running()
    finally:
        site.stop()
