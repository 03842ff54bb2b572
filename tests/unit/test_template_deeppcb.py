"""Template compare on real boards: a sixth of DeepPCB by the scoring of vision.md, and goldens against themselves."""

from __future__ import annotations

from itertools import islice

import pytest

from hmi.model.inspection import Verdict
from hmi.vision.pictures import read_grey
from hmi.vision.template.inspector import TemplateCompareKind
from tests.bench.deeppcb_score import SET, Match, match, pairs, score
from tests.unit.template_board import moved

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not SET.is_dir(), reason=f"DeepPCB is not beside the repository ({SET.parent.name})"),
]


def test_defects_of_real_boards_are_found_and_named() -> None:
    matches: list[Match] = []
    truths = 0
    for name, _, golden, image, true in islice(pairs(), 0, None, 6):
        result = TemplateCompareKind().ready(name, read_grey(golden)).inspect(read_grey(image))
        assert result.verdict is Verdict.FAIL, (name, result.why)
        matches += match(result.findings, true)
        truths += len(true)
    figures = score(matches, truths)
    assert figures.f1 >= 0.965, figures
    assert figures.ap >= 0.94, figures


def test_a_real_golden_against_itself_a_step_aside_passes() -> None:
    for name, _, golden, _, _ in islice(pairs(), 0, None, 25):
        picture = read_grey(golden)
        inspector = TemplateCompareKind().ready(name, picture)
        for step in (1.0, 0.5):
            for x, y in ((a * step, b * step) for a in (-1, 0, 1) for b in (-1, 0, 1)):
                result = inspector.inspect(moved(picture, x, y))
                assert result.verdict is Verdict.PASS, (name, x, y, result)


def test_another_real_board_is_undecided() -> None:
    sheets = list(islice(pairs(), 0, None, 31))
    for (name, _, golden, _, _), (_, _, _, other, _) in zip(sheets, sheets[1:] + sheets[:1], strict=True):
        result = TemplateCompareKind().ready(name, read_grey(golden)).inspect(read_grey(other))
        assert result.verdict is Verdict.UNDECIDED, name
