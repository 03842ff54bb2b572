"""Pictures for the window: files that are none, differences, zoom, and when they are no picture of now."""

import time

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QKeyEvent

from hmi.model.text import Text
from hmi.vision.ring import FrameRing
from tests.ui.plantrows import make_plant
from tests.ui.standin import Plantside, StandIn
from tests.ui.visionrows import MOUSEBITE, SHORT, board, flawed
from ui.bridge.desk import Desk
from ui.bridge.livepicture import LivePicture
from ui.bridge.pictures import difference, image_of, pictures_of, pixels_of, read_picture, slip
from ui.theme.look import look
from ui.widgets.letterkeys import letter
from ui.widgets.picturemarks import Edge, Marked, place_of
from ui.widgets.pictureview import PictureView
from ui.widgets.sight import Fit, Sight

_MODS = Qt.KeyboardModifier
PLAIN, SHIFT, CONTROL = _MODS.NoModifier, _MODS.ShiftModifier, _MODS.ControlModifier


@pytest.fixture
def desk(tmp_path, qapp):
    Plantside(tmp_path, make_plant(1, 4))
    made = Desk(tmp_path, StandIn({}))
    yield made
    pictures_of(made).close()
    made.stop()


def wait(desk, done):
    end = time.monotonic() + 10
    while not done() and time.monotonic() < end:
        for future, _ in list(pictures_of(desk)._under_way.values()):
            future.exception(timeout=10)
        desk.tick()
    assert done()


def test_a_kept_picture_comes_once_from_the_disk_and_then_from_memory(desk, tmp_path):
    cv2.imwrite(str(tmp_path / "a.png"), board())
    got = []
    pictures_of(desk).file("a.png", got.append)
    assert not got
    wait(desk, lambda: got)
    assert (got[0].width(), got[0].height()) == (640, 640)
    (tmp_path / "a.png").unlink()
    pictures_of(desk).file("a.png", got.append)
    assert got[1].size() == got[0].size()


def test_a_thumbnail_is_no_larger_than_asked_for(tmp_path):
    cv2.imwrite(str(tmp_path / "a.png"), board()[:320])
    small = read_picture(tmp_path, "a.png", 160)
    assert (small.width(), small.height()) == (160, 80)


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [("gone.png", None, "not there"), ("empty.png", b"", "broken"), ("text.png", b"no picture", "broken"),
     ("cut.png", "cut", "broken"), ("../outside.png", None, "data folder")],
)  # fmt: skip
def test_what_is_no_picture_says_so(tmp_path, name, content, word):
    data = tmp_path / "data"
    data.mkdir()
    if content == "cut":
        content = cv2.imencode(".png", board())[1].tobytes()[:900]
    if content is not None:
        (data / name).write_bytes(content)
    got = read_picture(data, name)
    assert isinstance(got, Text) and word in got.en and got.ko


def test_a_picture_of_a_hundred_megapixels_is_refused_by_its_header(tmp_path):
    small = cv2.imencode(".bmp", np.zeros((4, 4), np.uint8))[1].tobytes()
    large = small[:18] + (10_000).to_bytes(4, "little") + (10_000).to_bytes(4, "little") + small[26:]
    (tmp_path / "large.bmp").write_bytes(large)
    got = read_picture(tmp_path, "large.bmp")
    assert isinstance(got, Text) and "64 megapixels" in got.en


def test_nothing_kept_is_said_at_once(desk):
    got = []
    pictures_of(desk).file("", got.append)
    pictures_of(desk).difference("a.png", "", got.append)
    assert "kept" in got[0].en and "golden" in got[1].en


@pytest.mark.parametrize("shift", [(0, 0), (2, -3), (-7, 5), (0, 11)])
def test_the_difference_is_taken_after_laying_one_over_the_other(shift):
    golden = board()
    assert slip(np.roll(golden, shift, (0, 1)), golden) == shift
    same = difference(np.roll(golden, shift, (0, 1)), golden)
    inner = same[30:-30, 30:-30]
    assert int(inner.max()) == 0


def test_the_difference_shows_where_a_part_is_wrong():
    golden = board()
    found = difference(flawed(golden), golden)
    boxes = [found[top:bottom, left:right] for left, top, right, bottom in (SHORT.box, MOUSEBITE.box)]
    assert all(box.max() > 100 for box in boxes)
    assert np.count_nonzero(found) == sum(np.count_nonzero(box) for box in boxes)


def test_pictures_of_other_sizes_are_not_compared(desk, tmp_path):
    cv2.imwrite(str(tmp_path / "a.png"), board())
    cv2.imwrite(str(tmp_path / "b.png"), board()[:400])
    got = []
    pictures_of(desk).difference("a.png", "b.png", got.append)
    wait(desk, lambda: got)
    assert "differ in size" in got[0].en


def test_pixels_keep_their_place_and_colour():
    grey = np.arange(12, dtype=np.uint8).reshape(3, 4)
    assert np.array_equal(pixels_of(image_of(grey)), grey)
    blue = np.zeros((2, 2, 3), np.uint8)
    blue[..., 0] = 255
    assert image_of(blue).pixelColor(0, 0).name() == "#0000ff"


# -- live -------------------------------------------------------------------------------------------------------------


def test_only_the_newest_picture_is_shown_and_the_judged_one_stays_for_a_moment(desk, tmp_path, qtbot):
    view = PictureView(live=True)
    qtbot.addWidget(view)
    view.show()
    live, came = LivePicture(desk, view), []
    live.came.connect(came.append)
    live.watch(tmp_path / "ring")
    ring = FrameRing(tmp_path / "ring")
    for number in (1, 2):
        ring.put(number, time.time_ns(), board(number))
    live.judged = 1
    wait(desk, lambda: came)
    assert came[-1].number == 1, "the newest has no verdict yet"
    live.judged = 2
    live.again()
    wait(desk, lambda: came[-1].number == 2)
    ring.put(9, time.time_ns() - 3_000_000_000, board(9))
    live.again()
    wait(desk, lambda: came[-1].number == 9)
    assert (came[-1].width, came[-1].height) == (640, 640)


def test_a_ring_that_cannot_be_read_is_said_once(desk, tmp_path, qtbot):
    view = PictureView(live=True)
    qtbot.addWidget(view)
    view.show()

    def no_ring(path):
        raise OSError(str(path))

    live, said = LivePicture(desk, view, no_ring), []
    live.failed.connect(said.append)
    live.watch(tmp_path / "none")
    for _ in range(3):
        live.again()
        wait(desk, lambda: not live._busy or said)
    wait(desk, lambda: said)
    assert len(said) == 1 and "cannot be read" in said[0].en


# -- what is drawn ----------------------------------------------------------------------------------------------------


def inked(view, colour):
    picture = view.grab().toImage()
    return sum(picture.pixelColor(x, y) == colour for x in range(picture.width()) for y in range(picture.height()))


@pytest.fixture
def view(qtbot):
    made = PictureView(live=True)
    qtbot.addWidget(made)
    made.resize(240, 200)
    made.show_image(image_of(np.full((100, 100), 128, np.uint8)))
    made.show()
    return made


def test_a_reject_wears_the_second_priority_and_what_is_undecided_the_teal(view):
    ng, teal = look().theme.priority[2].fill, look().theme.hold
    assert inked(view, ng) == inked(view, teal) == 0
    view.show_verdict(Edge.FAIL, Text.same("NG"))
    assert inked(view, ng) > 1000
    view.show_verdict(Edge.UNDECIDED, Text.same("?"))
    assert inked(view, ng) == 0 and inked(view, teal) > 500
    view.show_verdict(Edge.PASS, Text.same("OK"))
    assert inked(view, ng) == inked(view, teal) == 0


def test_findings_are_drawn_while_they_are_wanted(view):
    ng = look().theme.priority[2].fill
    view.show_marks([Marked((20, 20, 60, 60), "")])
    assert inked(view, ng) > 100
    view.set_overlay(False)
    assert inked(view, ng) == 0


def test_a_picture_that_is_none_of_now_shows_neither_verdict_nor_findings(view):
    ng = look().theme.priority[2].fill
    view.show_verdict(Edge.FAIL, Text.same("NG"))
    view.show_marks([Marked((20, 20, 60, 60), "")])
    view.doubt(Text.same("SILENT"), Text.same("no picture"))
    assert inked(view, ng) == 0 and view.accessibleDescription() == "SILENT. no picture"
    view.doubt(None)
    assert inked(view, ng) > 1000


@given(st.lists(st.tuples(st.floats(0, 180), st.floats(0, 130)), max_size=6))
def test_names_of_findings_stay_within_the_picture(places):
    rect, taken = QRectF(0, 0, 200, 160), []
    for x, y in places:
        plate = place_of(QRectF(x, y, 20, 20), 80, rect, taken)
        taken.append(plate)
        assert rect.contains(plate)


# -- zoom -------------------------------------------------------------------------------------------------------------


@given(st.floats(-8, 20), st.floats(0, 1), st.floats(0, 1))
def test_zoom_never_leaves_the_picture(steps, x, y):
    sight = Sight()
    sight.step(steps, QPointF(x, y))
    half = 0.5 / sight.zoom
    assert 1 <= sight.zoom <= 32
    assert half - 1e-9 <= sight.centre.x() <= 1 - half + 1e-9 and half - 1e-9 <= sight.centre.y() <= 1 - half + 1e-9


@given(st.floats(20, 4000), st.floats(20, 4000), st.floats(1, 32), st.floats(0, 1), st.floats(0, 1))
def test_a_point_of_the_picture_is_found_where_it_is_drawn(width, height, zoom, x, y):
    rect = QRectF(10, 20, 300, 200)
    fit = Fit(QSizeF(width, height), rect, zoom, QPointF(x, y))
    box = fit.to_rect(width * 0.25, height * 0.5, width * 0.25, height * 0.5)
    share = fit.share(box.topLeft())
    assert share.x() == pytest.approx(0.25, abs=1e-6) and share.y() == pytest.approx(0.5, abs=1e-6)
    ratio = fit.target.width() / fit.target.height()
    assert ratio == pytest.approx(width / height)


def test_pictures_with_one_sight_move_together(qtbot):
    sight = Sight()
    views = [PictureView(sight=sight) for _ in range(2)]
    for one in views:
        qtbot.addWidget(one)
    sight.look_at(QRectF(0.4, 0.4, 0.1, 0.1), 2.0)
    assert sight.zoom == pytest.approx(5) and views[0].sight is views[1].sight
    sight.whole()
    assert sight.zoom == 1


@pytest.mark.parametrize(
    ("text", "key", "mods", "sign"),
    [("c", Qt.Key.Key_C, PLAIN, "C"), ("ㅊ", 0x314A, PLAIN, "C"), ("ㅐ", 0x3150, PLAIN, "O"),
     ("ㅖ", 0x3156, SHIFT, "P"), ("3", Qt.Key.Key_3, PLAIN, "3"), ("c", Qt.Key.Key_C, CONTROL, ""),
     ("+", Qt.Key.Key_Plus, SHIFT, "+"), ("", Qt.Key.Key_F5, PLAIN, "")],
)  # fmt: skip
def test_letters_are_the_same_keys_on_a_korean_keyboard(text, key, mods, sign):
    assert letter(QKeyEvent(QKeyEvent.Type.KeyPress, key, mods, text)) == sign


def test_an_image_that_fits_is_not_scaled_again(view):
    image = QImage(10, 10, QImage.Format.Format_RGB32)
    image.fill(0)
    view.show_image(image, (640, 640))
    assert view.room.width() == pytest.approx(240 - 24) and view.has_image
