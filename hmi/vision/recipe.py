"""A recipe: what an inspection of one product compares against and how strictly, versioned and provable by hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

RECIPE_FORM = 1
"""The version of the written form below; a newer form is refused rather than guessed at."""


class RecipeFormError(ValueError):
    """A written recipe that this station cannot read."""


def picture_hash(picture: npt.NDArray[Any]) -> str:
    """SHA-256 over shape, type and pixels: the same picture has the same hash however its file was packed."""
    head = f"{picture.shape} {picture.dtype.str}".encode()
    return hashlib.sha256(head + np.ascontiguousarray(picture).tobytes()).hexdigest()


@dataclass(frozen=True)
class Recipe:
    """One version of how a product is inspected; never changed once used, a new version follows it.

    golden is the picture_hash of the golden picture, which is kept beside the recipe as a file of its own.
    """

    inspector: str
    product: str
    version: int
    golden: str
    size: tuple[int, int]
    """Width and height of the golden in pixels."""
    settings: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The written form, with its content hash."""
        return {**self._content(), "hash": self.content_hash}

    def _content(self) -> dict[str, Any]:
        return {
            "form": RECIPE_FORM,
            "inspector": self.inspector,
            "product": self.product,
            "version": self.version,
            "golden": self.golden,
            "size": list(self.size),
            "settings": dict(self.settings),
        }

    @property
    def content_hash(self) -> str:
        """SHA-256 of the canonical written form: two recipes that decide alike have one hash."""
        text = json.dumps(self._content(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    @classmethod
    def from_json(cls, form: Mapping[str, Any]) -> Recipe:
        """The reverse of to_json. Raises RecipeFormError: newer form, missing parts, a hash not its own."""
        if form.get("form") != RECIPE_FORM:
            raise RecipeFormError(f"recipe form {form.get('form')!r}, this station reads {RECIPE_FORM}")
        try:
            width, height = (int(n) for n in form["size"])
            recipe = cls(
                str(form["inspector"]),
                str(form["product"]),
                int(form["version"]),
                str(form["golden"]),
                (width, height),
                dict(form["settings"]),
            )
        except (KeyError, TypeError, ValueError) as fault:
            raise RecipeFormError(f"recipe is incomplete: {fault!r}") from fault
        if form.get("hash", recipe.content_hash) != recipe.content_hash:
            raise RecipeFormError("recipe was changed after it was written: its hash does not fit")
        return recipe
