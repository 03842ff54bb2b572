"""What the cameras that ship must do: pictures in time or a word why not, and never a crash."""

import logging
import time

import cv2
import numpy as np
import pytest

from hmi.api import NoPictureError, Trigger
from hmi.runtime import plugins
from plugins import camera_folder, camera_opencv
from plugins.camera_opencv.address import bare, full
from tests.unit.template_board import as_camera, board

LOG = logging.getLogger("test")


def trigger(number=1):
    return Trigger(number, time.time_ns(), time.monotonic_ns())


def write(file, picture):
    cv2.imwrite(str(file), picture)


@pytest.fixture
def folder(tmp_path):
    write(tmp_path / "b.png", as_camera(board(), seed=2))
    write(tmp_path / "a.png", as_camera(board(), seed=1))
    (tmp_path / "c.jpg").write_bytes(b"")
    (tmp_path / "d.png").write_bytes((tmp_path / "a.png").read_bytes()[:300])
    (tmp_path / "notes.txt").write_text("no picture")
    return tmp_path


def test_every_camera_that_ships_can_be_loaded():
    found = [p for p in plugins.find() if p.kind == "camera"]
    assert {"camera_folder", "camera_opencv"} <= {p.name for p in found}
    for plugin in found:
        assert plugin.refused is None and callable(plugins.load(plugin).create)


def test_a_folder_gives_its_pictures_by_name_and_says_what_is_broken(folder):
    camera = camera_folder.create({"folder": str(folder)}, LOG)
    camera.open()
    assert (camera.grab(trigger(), 1) == as_camera(board(), seed=1)).all()
    assert (camera.grab(trigger(), 1) == as_camera(board(), seed=2)).all()
    for words in ("0 bytes", "ends too early"):
        with pytest.raises(NoPictureError) as no:
            camera.grab(trigger(), 1)
        assert words in no.value.why.en and no.value.why.ko
    assert (camera.grab(trigger(), 1) == as_camera(board(), seed=1)).all(), "from the beginning again"
    camera.close()
    camera.close()


def test_a_folder_that_is_gone_through_once_says_so(folder):
    (folder / "c.jpg").unlink()
    (folder / "d.png").unlink()
    camera = camera_folder.create({"folder": str(folder), "loop": False, "golden": str(folder / "a.png")}, LOG)
    camera.open()
    camera.grab(trigger(), 1), camera.grab(trigger(), 1)
    with pytest.raises(NoPictureError):
        camera.grab(trigger(), 1)
    write(folder / "e.png", board())
    assert camera.grab(trigger(), 1).shape == board().shape, "a picture that came since"
    assert (camera.golden("A4") == as_camera(board(), seed=1)).all()


@pytest.mark.parametrize("settings", [{}, {"folder": ""}, {"folder": "/nothing/there"}])
def test_a_folder_that_is_not_there_is_said(settings):
    with pytest.raises(NoPictureError) as no:
        camera_folder.create(settings, LOG).open()
    assert no.value.why.ko


def test_a_picture_of_100_megapixels_is_refused_by_its_header(tmp_path):
    head = b"\x89PNG\r\n\x1a\n" + (13).to_bytes(4, "big") + b"IHDR" + (10_000).to_bytes(4, "big") * 2
    (tmp_path / "huge.png").write_bytes(head + b"\x08\x00\x00\x00\x00" + b"IEND")
    camera = camera_folder.create({"folder": str(tmp_path)}, LOG)
    with pytest.raises(NoPictureError) as no:
        camera.grab(trigger(), 1)
    assert "100 megapixels" in no.value.why.en


@pytest.fixture
def film(tmp_path):
    file = tmp_path / "film.avi"
    out = cv2.VideoWriter(str(file), cv2.VideoWriter_fourcc(*"MJPG"), 25, (320, 240))
    if not out.isOpened():
        pytest.skip("this OpenCV cannot write a film")
    for n in range(30):
        out.write(np.full((240, 320, 3), 8 * n, np.uint8))
    out.release()
    return file


def test_opencv_gives_a_picture_of_the_moment_and_says_when_it_is_over(film):
    camera = camera_opencv.create({"source": str(film)}, LOG)
    camera.open()
    with pytest.raises((ConnectionError, TimeoutError)):  # a film runs out, as a camera does that is unplugged
        for n in range(1_000):
            picture = camera.grab(trigger(n), 2)
            assert picture.shape == (240, 320, 3) and picture.dtype == np.uint8
    camera.close()
    camera.close()


@pytest.mark.parametrize("source", ["/nothing/there.avi", 97])
def test_opencv_says_when_nobody_answers(source):
    with pytest.raises(NoPictureError) as no:
        camera_opencv.create({"source": source}, LOG).open()
    assert str(source) in no.value.why.en and no.value.why.ko


@pytest.mark.parametrize("settings", [{}, {"source": ""}, {"source": True}, {"source": 0, "transport": "http"}])
def test_opencv_refuses_settings_that_cannot_be_meant(settings):
    with pytest.raises(NoPictureError):
        camera_opencv.create(settings, LOG)


def test_a_password_is_in_what_is_opened_and_in_nothing_that_is_shown():
    opened = full("rtsp://10.0.0.2:554/live?ch=1", "me", "p@ss/word")
    assert opened == "rtsp://me:p%40ss%2Fword@10.0.0.2:554/live?ch=1"
    assert full("rtsp://10.0.0.2/live", "", "") == "rtsp://10.0.0.2/live" and full("3", "", "") == 3
    assert bare(opened) == "rtsp://10.0.0.2:554/live" and bare(0) == "0"
