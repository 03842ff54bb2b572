"""Evidence and the recipe book on disk; full disks, broken books, and goldens against themselves."""

import errno
import json
import os
import time

import numpy as np
import pytest

from hmi.model.inspection import Verdict
from hmi.model.text import Text
from hmi.vision import evidence
from hmi.vision import messages as m
from hmi.vision.book import RecipeBook
from hmi.vision.evidence import Keeper, path_of, too_many
from hmi.vision.pictures import read_grey
from hmi.vision.port import CannotTeachError
from hmi.vision.recipes import Recipes
from hmi.vision.template.inspector import TemplateCompareKind
from tests.unit.template_board import as_camera, board, moved

DAY_NS = 86_400_000_000_000
T0 = 1_795_000_000_000_000_000


class Kept:
    def __init__(self, data, **options):
        self.words, self.troubles = {}, []
        self.keeper = Keeper(
            data, lambda n, path, why: self.words.update({n: (path, why)}), self.troubles.append, **options
        )

    def wait(self, condition):
        deadline = time.monotonic() + 10
        while not condition():
            assert time.monotonic() < deadline
            time.sleep(0.01)


@pytest.fixture
def kept(tmp_path):
    made = Kept(tmp_path, retry_s=0.05)
    yield made
    made.keeper.close()


def test_a_reject_is_kept_without_loss_and_a_good_one_small(tmp_path, kept):
    picture = as_camera(board())
    reject, good = path_of("cam 1/x", T0, 7, False), path_of("cam 1/x", T0, 8, True)
    assert reject.split("/")[:2] == ["evidence", "20261118"] and reject.count("/") == 2
    kept.keeper.keep(7, reject, picture)
    kept.keeper.keep(8, good, picture)
    kept.wait(lambda: len(kept.words) == 2)
    assert kept.words == {7: (reject, None), 8: (good, None)} and not kept.troubles
    assert (read_grey(tmp_path / reject) == picture).all()
    assert (tmp_path / good).stat().st_size < (tmp_path / reject).stat().st_size


def test_a_full_disk_is_said_once_and_rejects_wait_for_room(tmp_path, kept, monkeypatch):
    real, full = os.write, True

    def write(handle, content):
        if full:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(handle, content)

    monkeypatch.setattr(evidence.os, "write", write)
    for n in range(4):
        kept.keeper.keep(n, path_of("cam1", T0, n, n == 3), np.full((32, 32), n, np.uint8))
    kept.wait(lambda: 3 in kept.words)
    assert kept.words[3][0] == "" and kept.words[3][1].ko, "good pictures do not wait"
    assert len(kept.troubles) == 1 and "full" in kept.troubles[0].en
    assert not list(tmp_path.rglob("*.png")) and not list(tmp_path.rglob("*.new")), "nothing half-written stays"
    full = False
    kept.wait(lambda: len(kept.words) == 4)
    assert kept.troubles[1:] == [None] and all(kept.words[n][0] for n in range(3))
    assert all((tmp_path / kept.words[n][0]).exists() for n in range(3))


def test_memory_for_waiting_pictures_is_bounded_and_what_goes_is_said(tmp_path, kept, monkeypatch):
    monkeypatch.setattr(evidence, "WAITING_BYTES", 10_000)
    monkeypatch.setattr(evidence.os, "write", lambda *_: (_ for _ in ()).throw(OSError(errno.ENOSPC, "full")))
    noise = np.random.default_rng(1)
    for n in range(12):
        kept.keeper.keep(n, path_of("cam1", T0, n, False), noise.integers(0, 255, (60, 60), np.uint8))
    kept.wait(lambda: len(kept.words) >= 9)
    assert all(path == "" and why.en for path, why in kept.words.values())
    assert 11 not in kept.words, "the newest still waits"


def test_only_good_pictures_are_thinned_out_oldest_first(tmp_path):
    for n, (good, age_days) in enumerate([(True, 40), (True, 3), (True, 1), (False, 400)]):
        file = tmp_path / path_of("cam1", T0, n, good)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"x" * 1000)
        os.utime(file, ns=(T0 - age_days * DAY_NS,) * 2)

    def names(**most):
        return [p.rpartition("-")[2] for p in too_many(tmp_path, T0, **most)]

    assert names(days=30, most_bytes=10_000) == ["0.jpg"]
    assert names(days=30, most_bytes=1_500) == ["0.jpg", "1.jpg"]
    assert names(days=100, most_bytes=10_000) == []


# recipes


@pytest.fixture
def book(tmp_path):
    return RecipeBook(tmp_path, "cam1")


def test_versions_follow_each_other_and_are_never_changed(tmp_path, book):
    kind, golden = TemplateCompareKind(), as_camera(board())
    assert book.newest("A/4") == 0
    first = book.add(kind.teach("A/4", golden), golden)
    second = book.add(kind.teach("A/4", golden, {"tolerance": 3}), golden)
    assert (first.version, second.version, book.newest("A/4"), book.newest("A")) == (1, 2, 2, 0)
    recipe, picture = book.read("A/4", 1)
    assert recipe == first and (picture == golden).all()
    assert kind.load(recipe, picture).inspect(golden).verdict is Verdict.PASS


@pytest.mark.parametrize("harm", ["cut", "changed", "no golden", "other golden", "newer"])
def test_a_harmed_book_is_refused_with_words(tmp_path, book, harm):
    golden = as_camera(board())
    book.add(TemplateCompareKind().teach("A4", golden), golden)
    file = next(tmp_path.rglob("*.json"))
    form = json.loads(file.read_text())
    if harm == "cut":
        file.write_text(file.read_text()[:40])
    elif harm == "changed":
        file.write_text(json.dumps(form | {"settings": form["settings"] | {"tolerance": 9.0}}))
    elif harm == "newer":
        file.write_text(json.dumps(form | {"form": 99}))
    elif harm == "no golden":
        (tmp_path / book.golden_path("A4", 1)).unlink()
    else:
        (tmp_path / book.golden_path("A4", 1)).write_bytes(b"no picture")
    with pytest.raises(CannotTeachError) as refused:
        book.read("A4", 1)
    assert refused.value.why.ko
    told = []
    recipes = Recipes(tmp_path, "cam1", TemplateCompareKind(), {"A4": 1}, told.append)
    recipes.ready("A4")
    assert isinstance(recipes.found("A4"), Text) and not told


def test_a_camera_teaches_its_own_golden_once_and_the_record_hears_of_it(tmp_path):
    told = []
    recipes = Recipes(tmp_path, "cam1", TemplateCompareKind(), {}, told.append)
    recipes.golden = lambda product: as_camera(board()) if product == "A4" else None
    recipes.ready("A4")
    recipes.ready("A4")
    recipes.ready("Z9")
    assert [(t.ask, t.product, t.version) for t in told] == [(0, "A4", 1)]
    assert isinstance(recipes.found("Z9"), Text) and isinstance(recipes.found(""), Text)
    later = Recipes(tmp_path, "cam1", TemplateCompareKind(), {}, told.append)
    later.ready("A4")  # the station ended before it was on record
    assert [t.version for t in told] == [1, 1]
    later.teach_file(m.Teach(5, "A4", "recipes/cam1/A4-v1.png", {}))
    later.teach_file(m.Teach(6, "A4", "recipes/cam1/nothing.png", {}))
    assert told[-2].ask == 5 and told[-2].version == 2
    assert isinstance(told[-1], m.NotTaught) and told[-1].ask == 6 and told[-1].why.ko


@pytest.mark.parametrize(("x", "y"), [(1, 0), (0, 1), (-1, -1), (0.5, -0.5)])
def test_a_golden_against_itself_shifted_by_a_pixel_finds_nothing(tmp_path, x, y):
    recipes = Recipes(tmp_path, "cam1", TemplateCompareKind(), {}, lambda word: None)
    golden = as_camera(board())
    recipes.golden = lambda product: golden
    recipes.ready("A4")
    found = recipes.found("A4").inspector
    assert found.inspect(moved(golden, x, y)).verdict is Verdict.PASS
    assert found.shift_px == pytest.approx(np.hypot(x, y), abs=0.3)
