"""A list of pairs: one answer a row, whatever a row is worth; and the recipe's written form."""

from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.model.inspection import DefectClass, Finding, Inspection, Verdict
from hmi.model.problem import ProblemsError
from hmi.model.text import Text
from hmi.vision.pairs import inspect_pairs
from hmi.vision.pictures import MOST_MEGAPIXELS, NoPictureError, decode_grey, told_size
from hmi.vision.port import CannotTeachError
from hmi.vision.recipe import Recipe, RecipeFormError
from hmi.vision.template.inspector import TemplateCompareKind
from tests.unit.template_board import DEFECTS, board, with_defects


def huge_png(width: int, height: int) -> bytes:
    """A small file that unpacks to a huge grey picture."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    packer = zlib.compressobj(9)
    rows = b"".join([*(packer.compress(bytes(width + 1)) for _ in range(height)), packer.flush()])
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    golden = board()
    faulty = with_defects(golden, *DEFECTS)
    (tmp_path / "shots").mkdir()
    cv2.imwrite(str(tmp_path / "golden.png"), golden)
    cv2.imwrite(str(tmp_path / "shots" / "good.png"), golden)
    cv2.imwrite(str(tmp_path / "shots" / "faulty.jpg"), faulty)
    cv2.imwrite(str(tmp_path / "turned.bmp"), np.ascontiguousarray(faulty.T))
    jpeg = (tmp_path / "shots" / "faulty.jpg").read_bytes()
    png = (tmp_path / "golden.png").read_bytes()
    (tmp_path / "cut.jpg").write_bytes(jpeg[: len(jpeg) // 2])
    (tmp_path / "cut.png").write_bytes(png[: len(png) // 2])
    (tmp_path / "empty.png").write_bytes(b"")
    (tmp_path / "text.png").write_text("no picture", encoding="utf-8")
    (tmp_path / "huge.png").write_bytes(huge_png(10_000, 10_000))
    return tmp_path


def run(folder: Path, *rows: str) -> list[dict[str, object]]:
    (folder / "pairs.csv").write_text("\n".join(["golden,image", *rows]) + "\n", encoding="utf-8")
    return list(inspect_pairs(folder / "pairs.csv"))


BAD = ["missing.png", "empty.png", "text.png", "cut.jpg", "cut.png", "huge.png", "turned.bmp", "shots", "", "a\0b.png"]


def test_good_faulty_and_every_bad_picture_are_answered_in_order(folder: Path) -> None:
    images = ["shots/good.png", *BAD, "shots/faulty.jpg"]
    answers = run(folder, *(f"golden.png,{name}" for name in images))
    assert [a["image"] for a in answers] == images
    assert answers[0]["verdict"] == "PASS" and answers[0]["findings"] == []
    for answer in answers[1:-1]:
        assert answer["verdict"] == "UNDECIDED", answer
        assert isinstance(answer["why"], dict) and answer["why"]["en"] and answer["why"]["ko"]
    assert answers[-1]["verdict"] == "FAIL"
    found = answers[-1]["findings"]
    assert isinstance(found, list)
    assert sorted(f["class"] for f in found) == sorted(DEFECTS)
    assert all(0 <= f["score"] <= 1 and len(f["box"]) == 4 for f in found)
    assert json.loads(json.dumps(answers)) == answers


@pytest.mark.parametrize("golden", ["missing.png", "empty.png", "huge.png", "", "blank.png"])
def test_a_bad_golden_leaves_its_rows_undecided_and_the_rest_goes_on(folder: Path, golden: str) -> None:
    cv2.imwrite(str(folder / "blank.png"), np.full((320, 360), 255, np.uint8))
    answers = run(folder, f"{golden},shots/good.png", f"{golden},shots/faulty.jpg", "golden.png,shots/good.png")
    assert [a["verdict"] for a in answers] == ["UNDECIDED", "UNDECIDED", "PASS"]
    assert all("why" in a for a in answers[:2])


def test_a_golden_of_consecutive_rows_is_prepared_once(folder: Path) -> None:
    class Counting(TemplateCompareKind):
        prepared = 0

        def ready(self, product, golden, settings=None):
            self.prepared += 1
            return super().ready(product, golden, settings)

    rows = ["golden,image", *["golden.png,shots/good.png"] * 3, "shots/good.png,golden.png"]
    (folder / "pairs.csv").write_text("\n".join(rows), encoding="utf-8")
    kind = Counting()
    assert len(list(inspect_pairs(folder / "pairs.csv", kind=kind))) == 4
    assert kind.prepared == 2


def test_the_list_may_have_a_mark_more_columns_and_blank_lines(folder: Path) -> None:
    text = "\ufeffserial, Image ,golden\r\n1,shots/good.png,golden.png\r\n\r\n,,\r\n"
    (folder / "pairs.csv").write_text(text, encoding="utf-8", newline="")
    assert [a["verdict"] for a in inspect_pairs(folder / "pairs.csv")] == ["PASS"]


@pytest.mark.parametrize(
    "content", [b"", b"golden;image\na;b\n", b"image\na\n", b"\xff\xfe\x00g", b'golden,image\n"' + b"x" * 200_000]
)
def test_a_list_that_is_none_is_refused_before_the_first_answer(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "pairs.csv").write_bytes(content)
    with pytest.raises(ProblemsError) as refused:
        inspect_pairs(tmp_path / "pairs.csv")
    assert all(p.wrong.en and p.wrong.ko and p.right.ko for p in refused.value.problems)


def test_a_list_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError):
        inspect_pairs(tmp_path / "nowhere.csv")


@pytest.mark.parametrize("ending", [".png", ".jpg", ".bmp"])
def test_headers_tell_the_size_before_unpacking(ending: str) -> None:
    packed = cv2.imencode(ending, np.zeros((37, 91), np.uint8))[1].tobytes()
    assert told_size(packed) == (91, 37)


def test_a_hundred_megapixels_are_refused_with_numbers() -> None:
    with pytest.raises(NoPictureError) as refused:
        decode_grey(huge_png(10_000, 10_000), "huge.png")
    assert "100" in refused.value.why.en and str(MOST_MEGAPIXELS) in refused.value.why.ko


@given(st.binary(max_size=400), st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"BM", b"II*\0"]))
def test_no_bytes_crash_the_reader(body: bytes, start: bytes) -> None:
    try:
        assert decode_grey(start + body, "x").ndim == 2
    except NoPictureError as refused:
        assert refused.why.ko


names = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=20)


@given(
    product=names,
    version=st.integers(1, 10**6),
    size=st.tuples(st.integers(1, 9999), st.integers(1, 9999)),
    chosen=st.dictionaries(names, st.one_of(st.integers(-5, 5), st.floats(allow_nan=False), names), max_size=4),
)
def test_a_recipe_survives_writing(
    product: str, version: int, size: tuple[int, int], chosen: dict[str, object]
) -> None:
    recipe = Recipe("template_compare", product, version, "ab" * 32, size, chosen)
    again = Recipe.from_json(json.loads(json.dumps(recipe.to_json())))
    assert again == recipe and again.content_hash == recipe.content_hash


def test_a_changed_newer_or_torn_recipe_is_refused() -> None:
    form = Recipe("template_compare", "A4", 1, "ab", (640, 480), {"tolerance": 2.0}).to_json()
    for wrong in (
        {**form, "settings": {"tolerance": 9.0}},
        {**form, "form": 99},
        {k: v for k, v in form.items() if k != "golden"},
        {**form, "size": [1]},
        {},
    ):
        with pytest.raises(RecipeFormError):
            Recipe.from_json(wrong)


@pytest.mark.parametrize(
    "chosen",
    [
        {"nonsense": 1},
        {"tolerance": "wide"},
        {"tolerance": float("nan")},
        {"smallest": 1.5},
        {"join": True},
        {"noise": 3.0},
        {"noise": 0},
        {"copper": "green"},
        {"margin": -1},
    ],
)
def test_settings_that_make_no_sense_are_refused_with_words(chosen: dict[str, object]) -> None:
    with pytest.raises(CannotTeachError) as refused:
        TemplateCompareKind().teach("A4", board(), chosen)
    assert refused.value.why.en and refused.value.why.ko


def test_an_inspection_is_undecided_failed_or_passed() -> None:
    small = Finding((0, 0, 4, 4), DefectClass.SPUR, 0.4, 9)
    large = Finding((5, 5, 9, 9), DefectClass.OPEN, 0.9, 16)
    failed = Inspection.decided((small, large), 3.0)
    assert failed.verdict is Verdict.FAIL and failed.findings == (large, small) and failed.score == 0.9
    assert Inspection.decided((), 1.0).verdict is Verdict.PASS
    undecided = Inspection.undecided(Text("dark", "어둡습니다"))
    assert undecided.to_json() == {
        "verdict": "UNDECIDED", "score": None, "ms": 0.0, "findings": [], "why": {"en": "dark", "ko": "어둡습니다"},
    }  # fmt: skip


@pytest.mark.parametrize("word", [*Verdict, *DefectClass])
def test_every_verdict_and_class_has_a_word_in_both_languages(word: Verdict | DefectClass) -> None:
    assert word.label.en and word.label.ko
