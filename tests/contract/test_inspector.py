"""What every kind of inspector must do: teach, load, judge; and never pass what it cannot see."""

from __future__ import annotations

import json

import numpy as np
import pytest

from hmi.model.inspection import Verdict
from hmi.vision.port import CannotTeachError, Image, InspectorKind
from hmi.vision.recipe import Recipe
from hmi.vision.template.inspector import TemplateCompareKind
from plugins import template_compare
from tests.unit.template_board import board, with_defects

KINDS = {"core": TemplateCompareKind(), "plugin": template_compare.create()}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> InspectorKind:
    return KINDS[request.param]


@pytest.fixture
def golden() -> Image:
    return board()


def test_a_taught_recipe_survives_its_file_and_judges(kind: InspectorKind, golden: Image) -> None:
    taught = kind.teach("A4", golden, version=3)
    assert (taught.inspector, taught.product, taught.version) == (kind.name, "A4", 3)
    assert taught.size == (golden.shape[1], golden.shape[0])
    recipe = Recipe.from_json(json.loads(json.dumps(taught.to_json())))
    inspector = kind.load(recipe, golden)
    assert inspector.recipe == recipe
    assert inspector.inspect(golden).verdict is Verdict.PASS
    failed = inspector.inspect(with_defects(golden, "open"))
    assert failed.verdict is Verdict.FAIL
    assert failed.findings and 0 < (failed.score or 0) <= 1 and failed.ms > 0


def test_teaching_twice_gives_one_hash_and_another_setting_another(kind: InspectorKind, golden: Image) -> None:
    first, second = kind.teach("A4", golden), kind.teach("A4", golden.copy())
    assert first.content_hash == second.content_hash
    assert kind.teach("A4", golden, {"margin": 3}).content_hash != first.content_hash
    assert kind.teach("A4", with_defects(golden, "spur")).content_hash != first.content_hash


def test_another_golden_or_another_inspectors_recipe_is_refused(kind: InspectorKind, golden: Image) -> None:
    recipe = kind.teach("A4", golden)
    foreign = Recipe("another", "A4", 1, recipe.golden, recipe.size, recipe.settings)
    for given, picture in ((recipe, with_defects(golden, "spur")), (foreign, golden)):
        with pytest.raises(CannotTeachError) as refused:
            kind.load(given, picture)
        assert refused.value.why.en and refused.value.why.ko


def test_a_golden_without_a_pattern_is_refused(kind: InspectorKind, golden: Image) -> None:
    for useless in (np.zeros_like(golden), np.full_like(golden, 255), np.zeros((0, 0), np.uint8), golden[:8, :8]):
        with pytest.raises(CannotTeachError):
            kind.teach("A4", useless)


@pytest.mark.parametrize("fill", [0, 128, 255])
def test_a_blind_camera_is_undecided(kind: InspectorKind, golden: Image, fill: int) -> None:
    inspector = kind.load(kind.teach("A4", golden), golden)
    for picture in (np.full_like(golden, fill), np.zeros((0, 0), np.uint8), golden[:, :-2]):
        result = inspector.inspect(picture)
        assert result.verdict is Verdict.UNDECIDED
        assert result.why is not None and result.why.ko
