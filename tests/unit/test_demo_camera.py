"""The demo's camera: what the plant says lies under it is what the inspector finds on its picture."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator

import numpy as np
import pytest

from hmi.model.camera import Subject
from hmi.model.inspection import Inspection, Verdict
from hmi.vision.camera_port import NoPictureError, Trigger
from hmi.vision.template.inspector import TemplateCompare, TemplateCompareKind
from plugins.demo_camera import create
from plugins.demo_camera.device import DemoCamera, Scene
from plugins.demo_camera.flaw import KINDS
from plugins.demo_plant.names import PRODUCTS
from plugins.demo_plant.points import values
from plugins.demo_plant.scene import describe
from plugins.demo_plant.sim import DemoPlant
from plugins.demo_plant.unit import Defect, PasteBatch, Unit

STATION = "L1.S4"


@pytest.fixture(scope="module")
def camera() -> Iterator[DemoCamera]:
    device = create({}, logging.getLogger("demo_camera"))
    device.open()
    yield device
    device.close()


@pytest.fixture(scope="module")
def inspectors(camera: DemoCamera) -> dict[str, TemplateCompare]:
    made = {}
    for product in PRODUCTS:
        golden = camera.golden(product)
        assert golden is not None
        made[product] = TemplateCompareKind().ready(product, golden)
    return made


def asked(words: object, unit: str = "") -> Trigger:
    readings = {} if words is None else {f"{STATION}.Scene": words}
    return Trigger(1, 0, 0, Subject(unit=unit, station=STATION, readings=readings))


def scene(n: int, *kinds: str, light: float = 98.2, offset: float = 0.42) -> tuple[str, str]:
    """The words of a made-up unit, and its product."""
    product = list(PRODUCTS)[n % len(PRODUCTS)]
    unit = Unit(f"U9-{n:06d}", 1, "WO-1", "LOT-9", product, PasteBatch("PASTE-1A"), 0.0)
    unit.defects += [Defect(kind, "board") for kind in kinds]
    return describe(7, unit, light, offset), product


def inspected(camera: DemoCamera, inspectors: dict[str, TemplateCompare], words: str, product: str) -> Inspection:
    return inspectors[product].inspect(camera.grab(asked(words), 1.0))


def test_clean_boards_pass_and_flawed_ones_fail_with_their_class(
    camera: DemoCamera, inspectors: dict[str, TemplateCompare], capsys: pytest.CaptureFixture[str]
) -> None:
    clean, failed, right = Counter(), 0, 0
    for n in range(120):
        clean[inspected(camera, inspectors, *scene(n)).verdict] += 1
    flawed = [scene(1000 + n, KINDS[n // 3 % len(KINDS)]) for n in range(180)]
    for n, (words, product) in enumerate(flawed):
        found = inspected(camera, inspectors, words, product)
        failed += found.verdict is Verdict.FAIL
        right += bool(found.findings) and found.findings[0].kind.value == KINDS[n // 3 % len(KINDS)]
    with capsys.disabled():
        print(f"\ndemo camera: clean PASS {clean[Verdict.PASS]}/120, flawed FAIL {failed}/180, class right {right}/180")
    assert clean[Verdict.PASS] >= 0.99 * 120
    assert failed >= 0.97 * 180
    assert right >= 0.9 * 180


@pytest.mark.parametrize(("light", "offset"), [(92.0, 0.4), (98.2, 1.9), (86.0, 1.0)])
def test_a_drift_of_light_or_place_within_its_limits_changes_no_verdict(
    camera: DemoCamera, inspectors: dict[str, TemplateCompare], light: float, offset: float
) -> None:
    for n in range(9):
        assert inspected(camera, inspectors, *scene(n, light=light, offset=offset)).verdict is Verdict.PASS
        kind = KINDS[n % len(KINDS)]
        assert inspected(camera, inspectors, *scene(n, kind, light=light, offset=offset)).verdict is Verdict.FAIL


def test_without_light_nothing_passes(camera: DemoCamera, inspectors: dict[str, TemplateCompare]) -> None:
    for n in range(3):
        assert inspected(camera, inspectors, *scene(n, light=0.0)).verdict is Verdict.UNDECIDED


def test_the_same_scene_gives_the_same_picture_and_goldens_differ_by_product(camera: DemoCamera) -> None:
    words, _ = scene(3, "short")
    assert np.array_equal(camera.grab(asked(words), 1.0), camera.grab(asked(words), 1.0))
    goldens = [camera.golden(product) for product in PRODUCTS]
    assert all(g is not None and g.shape == (480, 640) and g.dtype == np.uint8 for g in goldens)
    assert len({g.tobytes() for g in goldens if g is not None}) == len(PRODUCTS)
    assert camera.golden("") is None


@pytest.mark.parametrize("words", [None, "", 3.0, "U1|A4|x||98|0|0|0", "U1|A4|1||98|0|0", "U1|A4|1||nan|0|0|0", "|"])
def test_a_scene_that_cannot_be_read_is_no_picture_and_says_so(camera: DemoCamera, words: object) -> None:
    with pytest.raises(NoPictureError) as refused:
        camera.grab(asked(words), 1.0)
    assert refused.value.why.ko
    assert "{" not in refused.value.why.en


def test_a_picture_of_another_unit_is_not_given_for_the_one_asked(camera: DemoCamera) -> None:
    words, _ = scene(5)
    assert camera.grab(asked(words, "U9-000005"), 1.0).shape == (480, 640)
    with pytest.raises(NoPictureError):
        camera.grab(asked(words, "U9-000006"), 1.0)


def test_the_plants_scene_is_of_its_last_unit_at_every_moment() -> None:
    plant = DemoPlant(7, "bad-batch", random_stops=False)
    seen: dict[str, tuple[str, ...]] = {}
    for _ in range(900):
        found = values(plant)
        for line in (1, 2, 3):
            told = Scene.parse(str(found[f"L{line}.S4.Scene"]))
            assert told.unit == found[f"L{line}.S4.UnitId"]
            assert plant.units[told.unit].product == told.product
            seen[told.unit] = told.defects
        plant.step(0.25)
    true = {name: tuple(d.kind for d in plant.units[name].defects) for name in seen}
    assert seen == true
    assert {kind for kinds in seen.values() for kind in kinds} & {"short", "spur"}


def test_the_scene_stands_before_the_unit_whose_change_triggers_the_camera() -> None:
    order = list(values(DemoPlant(7, "none")))
    for line in (1, 2, 3):
        assert order.index(f"L{line}.S4.Scene") < order.index(f"L{line}.S4.UnitId")
