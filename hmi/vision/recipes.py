"""The recipes of one camera, ready to judge: taken from its book, or taught when a product comes for the first time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hmi.model.text import Text
from hmi.model.words import say
from hmi.vision import messages as m
from hmi.vision.book import RecipeBook
from hmi.vision.camera_port import NoPictureError
from hmi.vision.pictures import grey_of, read_grey
from hmi.vision.port import CannotTeachError, Image, Inspector, InspectorKind
from hmi.vision.recipe import Recipe


@dataclass(frozen=True, slots=True)
class ReadyRecipe:
    """An inspector with the words that its verdicts carry."""

    inspector: Inspector
    name: str
    """Inspector, product and version."""
    golden: str
    """Path of its golden, relative to the data folder."""


class Recipes:
    """What is ready, by product. ``found`` is for the inspecting thread; the others make it ready."""

    def __init__(
        self,
        data: Path,
        camera: str,
        kind: InspectorKind,
        active: Mapping[str, int],
        told: Callable[[m.Taught | m.NotTaught], None],
    ) -> None:
        """active is the version on record of each product; told hears of each recipe that the record may lack."""
        self._data, self._kind, self._active, self._told = data, kind, dict(active), told
        self._book = RecipeBook(data, camera)
        self._ready: dict[str, ReadyRecipe | Text] = {}
        self._lock = threading.Lock()
        self.golden: Callable[[str], Image | None] | None = None
        """The camera's own knowledge of a flawless product, if it has any."""

    def found(self, product: str) -> ReadyRecipe | Text:
        """The recipe of a product, or why there is none."""
        if not product:
            return say("vision.why.no_product")
        return self._ready.get(product) or say("vision.why.no_recipe", product=product)

    def ready(self, product: str) -> None:
        """Make a product's recipe ready, unless it is: from the book, else from the camera's own golden."""
        if product in self._ready:
            return
        with self._lock:
            if product not in self._ready:
                self._ready[product] = self._made(product)

    def teach_file(self, asked: m.Teach) -> None:
        """Teach from a kept picture; the new version is used from the next picture on."""
        try:
            golden = read_grey(self._data / asked.picture)
            with self._lock:
                self._taught(asked.ask, asked.product, golden, asked.settings)
        except (NoPictureError, CannotTeachError) as fault:
            self._told(m.NotTaught(asked.ask, fault.why))
        except OSError as fault:
            self._told(m.NotTaught(asked.ask, Text.same(fault.strerror or str(fault))))

    def use(self, asked: m.Use) -> None:
        """Judge by a version of the book again; one that is not what the record says is refused, nothing changes."""
        try:
            recipe, golden = self._book.read(asked.product, asked.version)
            if recipe.content_hash != asked.hash:
                raise CannotTeachError(say("vision.use_changed", product=asked.product, version=asked.version))
            ready = self._loaded(recipe, golden)
        except CannotTeachError as fault:
            self._told(m.NotTaught(asked.ask, fault.why))
            return
        with self._lock:
            self._ready[asked.product] = ready
            self._active[asked.product] = asked.version
        self._told(self._word(asked.ask, recipe))

    def _made(self, product: str) -> ReadyRecipe | Text:
        on_record = self._active.get(product, 0)
        version = on_record or self._book.newest(product)
        try:
            if version:
                recipe, golden = self._book.read(product, version)
                ready = self._loaded(recipe, golden)
                if not on_record:  # kept, and the station ended before it was on record
                    self._told(self._word(0, recipe))
                return ready
            flawless = self.golden(product) if self.golden is not None else None
            if flawless is None:
                return say("vision.why.no_recipe", product=product)
            return self._taught(0, product, grey_of(flawless), {})
        except CannotTeachError as fault:
            return say("vision.why.bad_recipe", product=product, why=fault.why)
        except OSError as fault:
            return say("vision.why.bad_recipe", product=product, why=fault.strerror or str(fault))

    def _taught(self, ask: int, product: str, golden: Image, settings: Mapping[str, Any]) -> ReadyRecipe:
        recipe = self._kind.teach(product, golden, settings)
        recipe = self._book.add(recipe, golden)
        ready = self._ready[product] = self._loaded(recipe, golden)
        self._active[product] = recipe.version
        self._told(self._word(ask, recipe))
        return ready

    def _loaded(self, recipe: Recipe, golden: Image) -> ReadyRecipe:
        name = f"{recipe.inspector} {recipe.product} v{recipe.version}"
        golden_path = self._book.golden_path(recipe.product, recipe.version)
        return ReadyRecipe(self._kind.load(recipe, golden), name, golden_path)

    def _word(self, ask: int, recipe: Recipe) -> m.Taught:
        golden = self._book.golden_path(recipe.product, recipe.version)
        return m.Taught(
            ask, recipe.product, recipe.version, recipe.inspector, recipe.content_hash, golden, dict(recipe.settings)
        )
