"""The theme files against screens.md 1.1: contrast, distance of priorities, reserved colours; the fonts."""

import itertools

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontDatabase, QImage, QPainter, QRawFont

import resources
from hmi.model.text import Lang
from ui.theme import icons, typeface
from ui.theme.contrast import VISIONS, contrast, distance, saturation
from ui.theme.look import look
from ui.theme.palette import NAMES, ThemeFileError, load
from ui.theme.typeface import Size

GROUNDS = ("ground", "panel", "inset", "button", "chosen")
ON = (("on_running", "running"), ("on_stopped", "stopped"), ("on_hold", "hold"), ("on_banner", "banner"),
      ("on_warning", "warning"), ("text", "button_down"))  # fmt: skip


def rgb(colour: QColor) -> tuple[int, int, int]:
    return colour.red(), colour.green(), colour.blue()


@pytest.mark.parametrize("name", NAMES)
def test_every_word_can_be_read(name):
    theme = load(name)
    pairs = [(w, g) for w in ("text", "second", "value", "hold") for g in GROUNDS] + list(ON)
    bad = {p: c for p in pairs if (c := contrast(rgb(theme.colour(p[0])), rgb(theme.colour(p[1])))) < 4.5}
    for number, priority in theme.priority.items():
        for ground in ("ground", "panel", "inset"):
            if (c := contrast(rgb(priority.text), rgb(theme.colour(ground)))) < 4.5:
                bad[f"p{number} word", ground] = c
        if (c := contrast(rgb(priority.digit), rgb(priority.fill))) < 4.5:
            bad[f"p{number} digit"] = c
    assert not bad


@pytest.mark.parametrize("name", NAMES)
def test_every_mark_and_edge_stands_out(name):
    theme = load(name)
    graphics = [(w, g) for w in ("focus", "outline", "done", "faint") for g in ("ground", "panel", "inset", "button")]
    bad = {p: c for p in graphics if (c := contrast(rgb(theme.colour(p[0])), rgb(theme.colour(p[1])))) < 3}
    for index, pen in enumerate(theme.pens):
        if (c := contrast(rgb(pen), rgb(theme.panel))) < 3:
            bad[f"pen {index}"] = c
    for number, priority in theme.priority.items():
        for ground in ("ground", "panel", "inset"):
            # a fill that is too pale for its ground (yellow on grey) is carried by its outline
            best = max(contrast(rgb(c), rgb(theme.colour(ground))) for c in (priority.fill, theme.mark_outline))
            if best < 3:
                bad[f"p{number}", ground] = best
    assert not bad


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("name", NAMES)
def test_priorities_are_told_apart_in_every_vision(name, vision):
    fills = [rgb(p.fill) for p in load(name).priority.values()]
    assert min(distance(a, b, vision) for a, b in itertools.combinations(fills, 2)) >= 15


@pytest.mark.parametrize("name", NAMES)
def test_what_is_no_alarm_is_grey_or_blue(name):
    theme = load(name)
    for colour in (theme.ground, theme.panel, theme.inset, theme.running, theme.stopped, theme.bar, theme.banner):
        assert saturation(rgb(colour)) < 0.3
    for pen in theme.pens:
        assert saturation(rgb(pen)) < 0.3 or 190 <= pen.hsvHue() <= 230  # never near an alarm's hue


def test_contrast_of_black_and_white_is_21():
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert distance((12, 34, 56), (12, 34, 56)) == 0


def test_a_broken_theme_file_names_its_fault(tmp_path):
    good = resources.path("themes", "light.toml").read_text(encoding="utf-8")
    (tmp_path / "light.toml").write_text(good.replace('"#E6E8EA"', '"grey-ish"'), encoding="utf-8")
    with pytest.raises(ThemeFileError, match=r"light\.toml.*grey-ish"):
        load("light", tmp_path)
    with pytest.raises(ThemeFileError, match=r"night\.toml"):
        load("night", tmp_path)


def test_the_family_is_shipped_with_hangul_and_equal_digits(dressed):
    assert typeface.FAMILY in QFontDatabase.families()
    face = QRawFont.fromFont(dressed.font(Size.BODY))
    assert face.familyName() == typeface.FAMILY
    assert all(face.supportsCharacter(ord(c)) for c in "가힣뷁온도■▲◆●°℃µ→")
    widths = {dressed.metrics(Size.LARGE, True, words=False).horizontalAdvance(d * 4) for d in "0123456789"}
    assert len(widths) == 1


def test_hangul_is_a_tenth_larger_and_figures_are_not(dressed):
    latin = dressed.font(Size.BODY).pixelSize()
    dressed.set_lang(Lang.KO)
    assert dressed.font(Size.BODY).pixelSize() >= latin * 1.05
    assert dressed.font(Size.BODY, words=False).pixelSize() == latin


def test_sizes_in_millimetres_take_the_stations_own_density(dressed):
    dressed.set_density(touch=True, dpi=96.0)
    assert dressed.mm(25.4) == 96
    assert dressed.target() == 57
    dressed.set_density(touch=False, glove=True, dpi=96.0)
    assert dressed.target() == 76
    dressed.set_density(touch=False)
    assert dressed.target() == 32


@pytest.mark.parametrize("name", icons.names())
def test_every_icon_draws_in_the_colour_asked_for(name, dressed):
    image = QImage(24, 24, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    icons.paint(painter, name, QRectF(0, 0, 24, 24), QColor("#FF0000"))
    painter.end()
    pixels = [image.pixelColor(x, y) for x in range(24) for y in range(24)]
    assert any(p.green() < 100 and p.red() > 200 for p in pixels)
    assert not any(p.red() < 200 for p in pixels)


def test_the_theme_switches_the_whole_application_and_says_so(dressed, qapp, qtbot):
    with qtbot.waitSignal(dressed.theme_changed):
        dressed.set_theme("dark")
    assert look().theme.dark
    assert qapp.palette().window().color() == look().theme.ground
