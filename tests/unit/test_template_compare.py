"""Template compare on a drawn board: it finds what was planted, names it, and claims nothing when it cannot see."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hmi.model.inspection import Inspection, Verdict
from hmi.vision.template.inspector import TemplateCompare, TemplateCompareKind
from tests.unit.template_board import DEFECTS, Picture, as_camera, board, centre, moved, with_defects

KIND = TemplateCompareKind()
GOLDEN = board()
DRAWN = KIND.ready("board", GOLDEN)
FILMED = KIND.ready("board", as_camera(GOLDEN))


def kinds(result: Inspection) -> list[str]:
    return sorted(f.kind.value for f in result.findings)


def holds(result: Inspection, x: float, y: float) -> bool:
    return any(b[0] <= x < b[2] and b[1] <= y < b[3] for b in (f.box for f in result.findings))


@pytest.mark.parametrize("name", DEFECTS)
@pytest.mark.parametrize(("inspector", "film"), [(DRAWN, False), (FILMED, True)], ids=["drawn", "filmed"])
def test_each_defect_is_found_where_it_is_and_named(name: str, inspector: TemplateCompare, film: bool) -> None:
    picture = moved(with_defects(GOLDEN, name), 2.5, -1.5)
    result = inspector.inspect(as_camera(picture, seed=5) if film else picture)
    assert result.verdict is Verdict.FAIL
    assert kinds(result) == [name]
    x, y = centre(name)
    assert holds(result, x + 2.5, y - 1.5)


def test_all_defects_at_once_the_worst_first() -> None:
    result = DRAWN.inspect(with_defects(GOLDEN, *DEFECTS))
    assert kinds(result) == sorted(DEFECTS)
    scores = [f.score for f in result.findings]
    assert scores == sorted(scores, reverse=True) and result.score == scores[0]


@settings(max_examples=40, deadline=None)
@given(x=st.floats(-6, 6), y=st.floats(-6, 6), degrees=st.floats(-0.3, 0.3), defect=st.sampled_from([None, *DEFECTS]))
def test_shift_and_slight_turn_neither_hide_nor_invent(x: float, y: float, degrees: float, defect: str | None) -> None:
    picture = with_defects(GOLDEN, defect) if defect else GOLDEN
    assert kinds(DRAWN.inspect(moved(picture, x, y, degrees))) == ([defect] if defect else [])


@pytest.mark.parametrize("step", [1.0, 0.5])
def test_golden_against_itself_a_step_aside(step: float) -> None:
    for x in (-step, 0, step):
        for y in (-step, 0, step):
            assert DRAWN.inspect(moved(GOLDEN, x, y)).verdict is Verdict.PASS


@pytest.mark.parametrize("share", [0.8, 0.9, 1.1, 1.2])
@pytest.mark.parametrize("name", [None, "mousebite", "spur"])
def test_brightness_changes_nothing(share: float, name: str | None) -> None:
    picture = as_camera(with_defects(GOLDEN, name) if name else GOLDEN, 60 * share, 170 * share, seed=3)
    assert kinds(FILMED.inspect(picture)) == ([name] if name else [])


@pytest.mark.parametrize("name", [None, *DEFECTS])
def test_uneven_light_changes_nothing(name: str | None) -> None:
    picture = as_camera(with_defects(GOLDEN, name) if name else GOLDEN)
    fall = np.linspace(1.0, 0.55, picture.shape[1])
    dim = np.clip(picture * fall, 0, 255).astype(np.uint8)
    assert kinds(FILMED.inspect(dim)) == ([name] if name else [])


@pytest.mark.parametrize("name", [None, *DEFECTS])
def test_blur_changes_nothing(name: str | None) -> None:
    picture = cv2.GaussianBlur(with_defects(GOLDEN, name) if name else GOLDEN, (0, 0), 1)
    assert kinds(DRAWN.inspect(picture)) == ([name] if name else [])


def test_an_even_etch_bias_is_no_defect_but_a_bite_in_it_is() -> None:
    etched = cv2.dilate(GOLDEN, np.ones((3, 3), np.uint8))  # bright grows: every edge a pixel back
    assert DRAWN.inspect(etched).verdict is Verdict.PASS
    assert kinds(DRAWN.inspect(with_defects(etched, "mousebite"))) == ["mousebite"]


def test_a_cut_of_a_line_finer_than_the_tolerance_is_found() -> None:
    picture = GOLDEN.copy()
    picture[280:292, 150:160] = 255
    assert kinds(DRAWN.inspect(picture)) == ["open"]


def test_a_speck_is_no_defect() -> None:
    picture = GOLDEN.copy()
    picture[230:232, 200:202] = 0
    assert DRAWN.inspect(picture).verdict is Verdict.PASS


def test_a_slip_of_one_track_is_no_defect_a_bite_in_the_slipped_track_is() -> None:
    picture = GOLDEN.copy()
    picture[276:296, :] = np.roll(picture[276:296, :], 3, axis=0)
    assert DRAWN.inspect(picture).verdict is Verdict.PASS


def test_bright_copper_gives_the_same_answers() -> None:
    bright = KIND.ready("board", 255 - GOLDEN, {"copper": "bright"})
    assert kinds(bright.inspect(255 - with_defects(GOLDEN, *DEFECTS))) == sorted(DEFECTS)


def test_colour_and_sixteen_bits_are_taken() -> None:
    faulty = with_defects(GOLDEN, "short")
    for picture in (cv2.cvtColor(faulty, cv2.COLOR_GRAY2BGR), faulty[:, :, None], faulty.astype(np.uint16) << 8):
        assert kinds(DRAWN.inspect(picture)) == ["short"]


def test_boxes_stay_inside_the_picture() -> None:
    picture = GOLDEN.copy()
    picture[100:112, 4:9] = 0
    (finding,) = DRAWN.inspect(picture).findings
    assert finding.box[0] == 0 and finding.box[2] <= picture.shape[1]


def another_board() -> Picture:
    other = np.full_like(GOLDEN, 255)
    for x in range(15, 350, 35):
        cv2.line(other, (x, 10), (x, 300), 0, 9)
    return other


NOISE = np.random.default_rng(2).integers(0, 256, GOLDEN.shape).astype(np.uint8)
UNUSABLE = {
    "empty": np.zeros((0, 0), np.uint8),
    "no picture": np.zeros(5, np.uint8),
    "five channels": np.zeros((320, 360, 5), np.uint8),
    "wrong size": GOLDEN[:-1],
    "tiny": GOLDEN[:8, :8],
    "float": GOLDEN.astype(np.float64),
    "black": np.zeros_like(GOLDEN),
    "white": np.full_like(GOLDEN, 255),
    "grey": np.full_like(GOLDEN, 128),
    "lens cap with noise": (NOISE // 32).astype(np.uint8),
    "overexposed": (255 - NOISE // 32).astype(np.uint8),
    "low contrast": as_camera(GOLDEN, 100, 112, 1),
    "noise": NOISE,
    "inverted": 255 - GOLDEN,
    "upside down": np.ascontiguousarray(GOLDEN[::-1, ::-1]),
    "another board": another_board(),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_what_cannot_be_compared_is_undecided_with_a_why(name: str) -> None:
    result = DRAWN.inspect(UNUSABLE[name])
    assert result.verdict is Verdict.UNDECIDED
    assert result.score is None and not result.findings
    assert result.why is not None and result.why.en and result.why.ko and result.why.en != result.why.ko


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    form=st.sampled_from(["noise", "blocks", "rows", "cut"]),
    shape=st.sampled_from([GOLDEN.shape, (33, 40), (360, 320)]),
)
def test_no_rubbish_ever_passes_or_raises(seed: int, form: str, shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(seed)
    picture = rng.integers(0, 256, shape).astype(np.uint8)
    if form == "blocks":
        picture = cv2.resize(rng.integers(0, 2, (9, 9)).astype(np.uint8) * 255, shape[::-1])
    elif form == "rows":
        picture[:] = rng.integers(0, 256, (shape[0], 1))
    elif form == "cut" and shape == GOLDEN.shape:
        picture = GOLDEN.copy()
        picture[int(rng.integers(0, 250)) :] = rng.integers(0, 256)
    assert DRAWN.inspect(picture).verdict is not Verdict.PASS


def test_the_answer_is_the_same_each_time() -> None:
    picture = as_camera(moved(with_defects(GOLDEN, *DEFECTS), 3, 2), seed=9)
    first, second = FILMED.inspect(picture), FILMED.inspect(picture.copy())
    assert first.findings == second.findings and first.score == second.score


def test_the_picture_is_left_as_it_was() -> None:
    picture = with_defects(GOLDEN, "open")
    picture.setflags(write=False)
    assert kinds(DRAWN.inspect(picture)) == ["open"]
