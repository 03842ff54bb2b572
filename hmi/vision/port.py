"""What an inspector is given and must do: the seeing half of the plugins' door."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from hmi.model.inspection import Inspection
from hmi.model.text import Text
from hmi.vision.recipe import Recipe

Image = npt.NDArray[np.uint8]
"""A picture as (height, width) grey or (height, width, 3) BGR, 8 bits."""


class CannotTeachError(Exception):
    """A golden or a setting that no recipe can be made of; says why to the person who teaches."""

    def __init__(self, why: Text) -> None:
        super().__init__(why.en)
        self.why = why


class Inspector(Protocol):
    """One recipe made ready: what a camera's process holds while a product runs."""

    @property
    def recipe(self) -> Recipe:
        """The recipe that every verdict of this inspector names."""

    def inspect(self, picture: npt.NDArray[Any]) -> Inspection:
        """The verdict of one picture. Never raises on a bad picture: that is UNDECIDED with a why."""


class InspectorKind(Protocol):
    """One way of inspecting: makes recipes, and inspectors of recipes."""

    @property
    def name(self) -> str:
        """The name that recipes carry, e.g. ``template_compare``."""

    def teach(self, product: str, golden: Image, settings: Mapping[str, Any] | None = None, version: int = 1) -> Recipe:
        """A recipe for a product. Raises CannotTeachError when golden or settings do not serve."""

    def load(self, recipe: Recipe, golden: Image) -> Inspector:
        """The inspector of a recipe, prepared once. Raises CannotTeachError when the golden is not the recipe's own."""
