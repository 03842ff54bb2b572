"""The inspector ``template_compare``: golden prepared once, then a verdict for each picture."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from hmi.model.inspection import Finding, Inspection
from hmi.model.words import say
from hmi.vision.onecore import use_one_core
from hmi.vision.port import CannotTeachError, Image
from hmi.vision.recipe import Recipe, picture_hash
from hmi.vision.template.binarise import (
    Levels,
    Mask,
    UnusableError,
    above,
    copper_map,
    find_levels,
    local_threshold,
    rough_threshold,
    to_grey,
)
from hmi.vision.template.difference import Place, TooManyError, find_places
from hmi.vision.template.golden import Field, Golden, prepare
from hmi.vision.template.register import Placement, register, warp
from hmi.vision.template.settings import TemplateSettings

NAME = "template_compare"
_CHANGED = 0.01
"""Share of pixels that the corrected light has to change before the picture is registered again."""
_TURNS = 2
_MOST_WRONG = 0.2
"""Share of wrong pixels above which the picture is not of a faulty board but of something else, or inverted."""


class TemplateCompare:
    """One recipe of template compare, ready to judge pictures of its product."""

    def __init__(self, recipe: Recipe, golden: Golden, settings: TemplateSettings) -> None:
        self._recipe, self._golden, self._settings = recipe, golden, settings
        self.shift_px: float | None = None
        """How far the last picture lay from its golden; None when it could not be placed."""

    @property
    def recipe(self) -> Recipe:
        """The recipe that every verdict of this inspector names."""
        return self._recipe

    def inspect(self, picture: npt.NDArray[Any]) -> Inspection:
        """The verdict of one picture, boxes in its own pixels; UNDECIDED when it cannot be compared."""
        begun = time.perf_counter()
        self.shift_px = None
        try:
            findings = self._findings(to_grey(picture))
        except UnusableError as fault:
            return Inspection.undecided(fault.why, _ms(begun))
        except (cv2.error, np.linalg.LinAlgError) as fault:
            return Inspection.undecided(say("vision.failed", fault=str(fault).strip()[:200]), _ms(begun))
        return Inspection.decided(findings, _ms(begun))

    def _findings(self, grey: Mask) -> tuple[Finding, ...]:
        height, width = self._golden.size
        if grey.shape != (height, width):
            sizes = {"width": grey.shape[1], "height": grey.shape[0], "golden_width": width, "golden_height": height}
            raise UnusableError(say("vision.size", **sizes))
        copper, placement, distance = self._place(grey)
        self.shift_px = math.hypot(*placement.shift)
        if placement.agreement < self._settings.agreement:
            raise UnusableError(say("vision.not_this", share=round(100 * placement.agreement)))
        try:
            places = find_places(copper, distance, placement.bias, self._golden.fine, self._settings)
        except TooManyError:
            raise UnusableError(say("vision.everywhere")) from None
        if sum(place.area for place in places) > _MOST_WRONG * grey.size:
            raise UnusableError(say("vision.everywhere"))
        return tuple(self._finding(place) for place in places)

    def _place(self, grey: Mask) -> tuple[Mask, Placement, Field]:
        """Copper map, placement, and the golden's distance as it lies under the picture."""
        levels = find_levels(grey, self._settings.contrast)
        copper = copper_map(grey, levels.threshold, self._settings.copper)
        placement = register(copper, self._golden)
        if not levels.even and (placement is None or placement.agreement < 0.8):
            again = copper_map(grey, rough_threshold(grey), self._settings.copper)
            second = register(again, self._golden)
            if second is not None and (placement is None or second.agreement > placement.agreement):
                copper, placement = again, second
        if placement is None:
            raise UnusableError(say("vision.no_edges"))
        distance = warp(self._golden.judged, placement)
        for _ in range(0 if levels.even else _TURNS):
            evened = self._even_out(grey, distance, levels)
            changed = cv2.countNonZero(cv2.bitwise_xor(copper, evened))
            copper = evened
            if changed <= _CHANGED * copper.size:
                break
            placement = register(copper, self._golden) or placement
            distance = warp(self._golden.judged, placement)
        return copper, placement, distance

    def _even_out(self, grey: Mask, distance: Field, levels: Levels) -> Mask:
        """The copper map again, by the light that golden-known copper and gap have in each part of the picture."""
        inside = cv2.bitwise_not(above(distance, -1.5))
        outside = above(distance, 1.5)
        dark, bright = (inside, outside) if self._settings.copper == "dark" else (outside, inside)
        threshold = local_threshold(grey, dark, bright, levels, self._golden.levels.share)
        return copper_map(grey, threshold, self._settings.copper)

    def _finding(self, place: Place) -> Finding:
        height, width = self._golden.size
        margin = self._settings.margin
        left, top, right, bottom = place.box
        box = (max(0, left - margin), max(0, top - margin), min(width, right + margin), min(height, bottom + margin))
        return Finding(box, place.kind, self._score(place), place.area)

    def _score(self, place: Place) -> float:
        """How sure: depth beyond the tolerance and area beyond a speck each make a doubt smaller."""
        deep = place.depth / self._settings.tolerance
        large = place.area / self._settings.smallest
        return 1 - 1 / ((1 + deep) * (1 + 0.05 * large))


class TemplateCompareKind:
    """Makes recipes of template compare, and inspectors of recipes."""

    name = NAME

    def teach(self, product: str, golden: Image, settings: Mapping[str, Any] | None = None, version: int = 1) -> Recipe:
        """A recipe for a product. Raises CannotTeachError when golden or settings do not serve."""
        chosen = TemplateSettings.from_json(settings or {})
        ready = _prepared(golden, chosen)
        return Recipe(NAME, product, version, picture_hash(golden), (ready.size[1], ready.size[0]), chosen.to_json())

    def load(self, recipe: Recipe, golden: Image) -> TemplateCompare:
        """The inspector of a recipe. Raises CannotTeachError when the golden is not the recipe's own."""
        if recipe.inspector != NAME:
            raise CannotTeachError(say("vision.other_inspector", name=recipe.inspector))
        if picture_hash(golden) != recipe.golden:
            raise CannotTeachError(say("vision.other_golden", product=recipe.product, version=recipe.version))
        chosen = TemplateSettings.from_json(recipe.settings)
        return TemplateCompare(recipe, _prepared(golden, chosen), chosen)

    def ready(self, product: str, golden: Image, settings: Mapping[str, Any] | None = None) -> TemplateCompare:
        """Teach and load in one, preparing the golden once; for comparing without a stored recipe."""
        chosen = TemplateSettings.from_json(settings or {})
        prepared = _prepared(golden, chosen)
        size = (prepared.size[1], prepared.size[0])
        return TemplateCompare(Recipe(NAME, product, 1, picture_hash(golden), size, chosen.to_json()), prepared, chosen)


def _prepared(golden: Image, settings: TemplateSettings) -> Golden:
    use_one_core()
    try:
        return prepare(golden, settings)
    except UnusableError as fault:
        raise CannotTeachError(say("vision.golden", why=fault.why)) from fault


def _ms(begun: float) -> float:
    return (time.perf_counter() - begun) * 1000
