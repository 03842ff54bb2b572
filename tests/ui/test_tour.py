"""The tour: its words, its judgement of a picture, and pictures of screens on a desk that answers from a dictionary."""

import argparse

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

from tests.ui.openedscreen import silent_window
from ui import tour
from ui.app import load_screens
from ui.shell import registry
from ui.shell.registry import ScreenSpec
from ui.shell.screen import Screen


@pytest.mark.parametrize(("text", "length"), [("25s", 25), ("1.5m", 90), ("3", 3), (" 0.5 s", 0.5)])
def test_lengths_of_time_are_read(text, length):
    assert tour.seconds(text) == length


@pytest.mark.parametrize("text", ["", "s", "-3s", "1h", "1920"])
def test_nonsense_is_refused(text):
    with pytest.raises(argparse.ArgumentTypeError):
        tour.size(text)
    if text != "1920":
        with pytest.raises(argparse.ArgumentTypeError):
            tour.seconds(text)


def test_a_blank_picture_is_none(qapp):
    picture = QImage(320, 180, QImage.Format.Format_RGB32)
    picture.fill(QColor("#d9dbdd"))
    assert not tour.drawn(picture)
    for x in range(320):
        for y in range(180):
            picture.setPixelColor(x, y, QColor.fromHsv(x, 200, y + 50))
    assert tour.drawn(picture)


def test_without_an_engine_it_says_so(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(tour, "ATTACH_S", 0.05)
    monkeypatch.setattr(tour.guard, "install", lambda *_: None)
    assert tour.main(["--data", str(tmp_path), "--out", str(tmp_path / "p"), "--lang", "ko"]) == tour.NOTHING_THERE
    assert "엔진" in capsys.readouterr().err
    assert not (tmp_path / "p").exists()


class Broken(Screen):
    """A screen that cannot be drawn."""

    def paintEvent(self, event):
        raise RuntimeError("no ink")


@pytest.fixture
def shell(tmp_path, qtbot, monkeypatch):
    load_screens()
    monkeypatch.setattr(registry, "_screens", dict(registry._screens))
    with silent_window(tmp_path, qtbot) as made:
        yield made


def test_every_screen_is_a_scene_and_so_are_faceplate_and_search(shell):
    names = [s.name for s in [*tour.scenes(shell), *tour.last_scenes(shell)]]
    assert {"trends", "trends-lanes", "states", "states-stop-reason", "system", "system-browse", "system-about",
            "faceplate", "tag-search"} <= set(names)  # fmt: skip
    assert len(set(names)) == len(names)


@pytest.mark.qt_no_exception_capture
def test_pictures_are_written_and_a_broken_screen_fails_the_tour(shell, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(tour, "SCREEN_S", 0.05)
    monkeypatch.setattr(tour, "REST_S", 0.05)
    registry.register(ScreenSpec("broken", "note", "system.title", Broken, rail=False, order=99))
    faults: list[str] = []
    monkeypatch.setattr("sys.excepthook", lambda kind, error, trace: faults.append(str(error)))
    scenes = {s.name: s for s in [*tour.scenes(shell), *tour.last_scenes(shell)]}
    out = tmp_path / "pictures"
    out.mkdir()
    app = QApplication.instance()
    assert tour.take(app, shell, [scenes["system"], scenes["tag-search"]], out, faults) == tour.OK
    listed = capsys.readouterr().out.splitlines()
    assert listed == sorted(str(f) for f in out.iterdir())
    assert [f.name for f in sorted(out.iterdir())] == ["01-system.png", "02-tag-search.png"]
    assert tour.take(app, shell, [scenes["broken"], scenes["system"]], out, faults) == tour.NOT_DRAWN
    told = capsys.readouterr()
    assert "no ink" in told.err and [x[-13:] for x in told.out.splitlines()] == ["01-system.png"]
