"""The recipe book of a camera on disk: each version a written recipe and its golden picture, never changed."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

from hmi.model.words import say
from hmi.vision.camera_port import NoPictureError
from hmi.vision.evidence import write_file
from hmi.vision.pictures import as_file, read_grey
from hmi.vision.port import CannotTeachError, Image
from hmi.vision.recipe import Recipe, RecipeFormError

FOLDER = "recipes"


class RecipeBook:
    """The recipes of one camera, ``recipes/CAMERA/PRODUCT-vN.json`` with ``.png`` below the data folder."""

    def __init__(self, data: Path, camera: str) -> None:
        self._data = data
        self._folder = data / FOLDER / _within(camera)

    def newest(self, product: str) -> int:
        """The highest version of a product; 0 when there is none."""
        pattern = re.compile(re.escape(quote(product, safe="")) + r"-v(\d+)\.json")
        try:
            names = [file.name for file in self._folder.iterdir()]
        except FileNotFoundError:
            return 0
        return max((int(m[1]) for m in map(pattern.fullmatch, names) if m), default=0)

    def golden_path(self, product: str, version: int) -> str:
        """Where the golden of a version lies, relative to the data folder."""
        return self._file(product, version, "png").relative_to(self._data).as_posix()

    def add(self, recipe: Recipe, golden: Image) -> Recipe:
        """Keep a recipe as the next version of its product; returns it with its version. OSError as it comes."""
        recipe = replace(recipe, version=self.newest(recipe.product) + 1)
        write_file(self._file(recipe.product, recipe.version, "png"), as_file(golden))
        written = json.dumps(recipe.to_json(), ensure_ascii=False, indent=1)
        # the golden lies there already: a version is there as soon as its json is
        write_file(self._file(recipe.product, recipe.version, "json"), written.encode())
        return recipe

    def read(self, product: str, version: int) -> tuple[Recipe, Image]:
        """A version with its golden. Raises CannotTeachError with what is wrong with it."""
        file = self._file(product, version, "json")
        try:
            recipe = Recipe.from_json(json.loads(file.read_bytes()))
            return recipe, read_grey(self._file(product, version, "png"))
        except NoPictureError as fault:
            raise CannotTeachError(fault.why) from fault
        except (OSError, ValueError, RecipeFormError) as fault:
            why = say("vision.book_broken", name=file.name, detail=str(fault)[:200])
            raise CannotTeachError(why) from fault

    def _file(self, product: str, version: int, suffix: str) -> Path:
        return self._folder / f"{quote(product, safe='')}-v{version}.{suffix}"


def _within(name: str) -> str:
    """A name as one folder's, never the folder above."""
    return quote(name, safe="") if name.strip(".") else name.replace(".", "%2E")
