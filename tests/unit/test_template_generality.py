"""Template compare on boards that nobody tuned it for: drawn by chance, in many sizes, seen in many ways.

What is planted is found and named, and a board that is only moved, turned, soft, dim or packed is no reject.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hmi.model.inspection import Verdict
from hmi.vision.template.inspector import TemplateCompare, TemplateCompareKind
from tests.bench.deeppcb_score import Match, Truth, match, score
from tests.unit.generated_board import Flaw, Picture, flawed, generated
from tests.unit.template_board import as_camera, moved

KIND = TemplateCompareKind()
SIZES = [(330, 250), (400, 300), (640, 480), (640, 640), (800, 600), (1280, 960), (1600, 1200)]
MARGIN = 10
"""Pixels around a flaw that its box has, as the finding's has."""


def truths(flaws: list[Flaw], picture: Picture) -> list[Truth]:
    height, width = picture.shape[:2]
    return [
        (
            (
                max(0, f.box[0] - MARGIN),
                max(0, f.box[1] - MARGIN),
                min(width, f.box[2] + MARGIN),
                min(height, f.box[3] + MARGIN),
            ),
            f.kind,
        )
        for f in flaws
    ]


def as_jpeg(picture: Picture, quality: int) -> Picture:
    packed = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_UNCHANGED), np.uint8)


def in_falling_light(picture: Picture) -> Picture:
    fall = np.linspace(1.0, 0.6, picture.shape[1])
    return np.clip(as_camera(picture, seed=4) * fall, 0, 255).astype(np.uint8)


def in_colour(picture: Picture) -> Picture:
    """Green board, copper-coloured tracks: both channels carry the pattern, the third hardly."""
    grey = as_camera(picture)
    return np.dstack([grey // 3, grey, np.clip(grey.astype(np.int16) - 20, 0, 255).astype(np.uint8)])


def stretched(picture: Picture, share: float) -> Picture:
    height, width = picture.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), 0, share)
    return np.asarray(cv2.warpAffine(picture, turn, (width, height), borderMode=cv2.BORDER_REPLICATE), np.uint8)


SEEN: dict[str, tuple[Callable[[Picture], Picture], Callable[[Picture], Picture], str]] = {
    "film": (lambda p: p, lambda p: p, "dark"),
    "camera": (as_camera, lambda p: as_camera(p, seed=7), "dark"),
    "bright copper": (lambda p: 255 - as_camera(p), lambda p: 255 - as_camera(p, seed=7), "bright"),
    "dim": (as_camera, lambda p: as_camera(p, 45, 125, seed=5), "dark"),
    "falling light": (as_camera, in_falling_light, "dark"),
    "noise": (as_camera, lambda p: as_camera(p, noise=10, seed=3), "dark"),
    "jpeg": (lambda p: p, lambda p: as_jpeg(p, 40), "dark"),
    "colour": (in_colour, in_colour, "dark"),
    "blur": (lambda p: p, lambda p: np.asarray(cv2.GaussianBlur(p, (0, 0), 1.5), np.uint8), "dark"),
    "turn": (lambda p: p, lambda p: moved(p, 0, 0, 0.3), "dark"),
    "stretch": (lambda p: p, lambda p: stretched(p, 1.004), "dark"),
}
"""How the golden is seen, how the board is, and which level is copper."""


@pytest.mark.parametrize("way", SEEN)
def test_what_is_planted_on_an_unknown_board_is_found_and_named(way: str) -> None:
    taught, looked, copper = SEEN[way]
    matches: list[Match] = []
    count = 0
    for number, (width, height) in enumerate(SIZES[:5]):
        golden = generated(50 + number, width, height)
        inspector = KIND.ready("board", taught(golden), {"copper": copper})
        for size in (0.85, 1.0, 1.6, 2.4):
            faulty, flaws = flawed(golden, 10 * number + round(10 * size), size)
            result = inspector.inspect(looked(faulty))
            assert result.verdict is Verdict.FAIL, (way, width, size, result.why)
            matches += match(result.findings, truths(flaws, golden))
            count += len(flaws)
    figures = score(matches, count)
    assert count > 100
    assert figures.f1 >= 0.98, (figures, [m.text for m in matches if not m.correct])


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_six_classes_in_each_size_of_picture(width: int, height: int) -> None:
    golden = generated(7, width, height)
    faulty, flaws = flawed(golden, 3)
    found = match(
        KIND.ready("board", as_camera(golden)).inspect(as_camera(faulty, seed=2)).findings, truths(flaws, golden)
    )
    assert len(flaws) == 6
    assert sorted(m.text.split()[0] for m in found if m.correct) == sorted(f.kind.value for f in flaws)
    assert all(m.correct for m in found)


def rolled(picture: Picture, x: int, y: int) -> Picture:
    return np.roll(picture, (y, x), (0, 1))


def filled(level: int) -> Callable[[Picture, int, int], Picture]:
    def shift(picture: Picture, x: int, y: int) -> Picture:
        there = np.array([[1, 0, x], [0, 1, y]], np.float64)
        size = (picture.shape[1], picture.shape[0])
        return np.asarray(cv2.warpAffine(picture, there, size, borderValue=level), np.uint8)

    return shift


@pytest.mark.parametrize(
    "shift", [rolled, filled(0), filled(255), moved], ids=["rolled", "black", "white", "continued"]
)
@pytest.mark.parametrize("way", ["film", "camera", "bright copper"])
def test_a_golden_against_itself_a_pixel_aside_passes_however_its_rim_is_filled(
    way: str, shift: Callable[[Picture, int, int], Picture]
) -> None:
    taught, _, copper = SEEN[way]
    for seed, (width, height) in enumerate(SIZES[:4]):
        golden = taught(generated(seed, width, height))
        inspector = KIND.ready("board", golden, {"copper": copper})
        for x in (-1, 0, 1):
            for y in (-1, 0, 1):
                result = inspector.inspect(shift(golden, x, y))
                assert result.verdict is Verdict.PASS, (width, x, y, result)


BOARDS: dict[int, tuple[Picture, TemplateCompare]] = {}


def ready(seed: int) -> tuple[Picture, TemplateCompare]:
    if seed not in BOARDS:
        width, height = SIZES[seed % 5]
        golden = generated(seed, width, height)
        BOARDS[seed] = (golden, KIND.ready("board", golden))
    return BOARDS[seed]


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 9),
    x=st.floats(-6, 6),
    y=st.floats(-6, 6),
    degrees=st.floats(-0.3, 0.3),
    blur=st.floats(0.3, 1.4),
    quality=st.integers(40, 100),
)
def test_a_good_board_passes_wherever_it_lies(
    seed: int, x: float, y: float, degrees: float, blur: float, quality: int
) -> None:
    golden, inspector = ready(seed)
    picture = np.asarray(cv2.GaussianBlur(moved(golden, x, y, degrees), (0, 0), blur), np.uint8)
    result = inspector.inspect(as_jpeg(picture, quality))
    assert result.verdict is Verdict.PASS, result


@pytest.mark.parametrize("degrees", [-1.5, -1.0, -0.5, 0.5, 1.0, 1.5])
@pytest.mark.parametrize(("width", "height"), [(640, 480), (1600, 1200)])
def test_a_turn_that_carries_the_rim_onto_the_next_track_neither_hides_nor_invents(
    width: int, height: int, degrees: float
) -> None:
    golden = generated(1, width, height)
    faulty, flaws = flawed(golden, 1, 1.5)
    inspector = KIND.ready("board", golden)
    kinds = [f.kind.value for f in inspector.inspect(moved(faulty, 2, -3, degrees)).findings]
    assert sorted(kinds) == sorted(f.kind.value for f in flaws)
    assert inspector.inspect(moved(golden, 2, -3, degrees)).verdict is Verdict.PASS


@pytest.mark.parametrize("seed", range(4))
def test_another_board_of_the_same_size_never_passes(seed: int) -> None:
    _, inspector = ready(3 + 5 * (seed % 2))
    assert inspector.inspect(generated(40 + seed, *SIZES[3])).verdict is not Verdict.PASS
