"""Which recipe version a camera judges by: an older one taken into use again, or a new one taught; signed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from hmi.desk.vision_rows import CameraRow, InspectionRow, RecipeRow
from hmi.model.permission import Action
from hmi.model.text import Text
from hmi.model.words import say
from ui.bridge.desk import Desk
from ui.command.signplate import SignPlate
from ui.equipment import verdicts
from ui.screens.vision import presenter
from ui.theme.look import look
from ui.widgets.chips import Chips
from ui.widgets.secret import NamedField

TEACH = "teach"
OFFERED = 8
"""Older versions that are offered, the newest first."""


class RecipePlate(SignPlate):
    """The versions of the product under a camera; the picture in sight can become the golden of a new one."""

    width_ = 640

    def __init__(self, over: QWidget, desk: Desk, tell: Callable[[Text], None], changed: Callable[[], None]) -> None:
        super().__init__(
            over, desk, say("recipeplate.title"), say("recipeplate.use"), act=Action.TEACH, meaning="use_recipe",
            tell=tell,
        )  # fmt: skip
        self._changed = changed
        self.camera: CameraRow | None = None
        self.row: InspectionRow | None = None
        self.versions: list[RecipeRow] = []
        self.heard = False
        self.choice = Chips(say("recipeplate.which"), self, across=3)
        self.note = NamedField(say("recipeplate.note"), self)
        self.own.addWidget(self.choice)
        self.own.addWidget(self.note)
        self.choice.changed.connect(self._chosen)
        self.note.field.textChanged.connect(self.ready)

    def ask(self, camera: CameraRow, row: InspectionRow | None) -> None:
        """Ask about this camera; row is the part whose kept picture is in sight, if there is one."""
        self.camera, self.row = camera, presenter.teachable(row, camera)
        self.versions, self.heard = [], False
        self.choice.offer([])
        self.note.field.clear()
        self.begin(say("recipeplate.of", product=camera.product or "–", camera=camera.name), self._facts())
        self.desk.ask("recipes", self._offer, self.refused, camera=camera.camera)

    def first(self) -> QWidget:
        return next(iter(self.choice.buttons.values()), self.note.field)

    def missing(self) -> Text | None:
        if not self.choice.key:
            return say("recipeplate.no_choice" if self.choice.buttons or not self.heard else "recipeplate.none")
        return None if self.note.text else say("recipeplate.no_note")

    def send(self, why: str, password: str) -> None:
        camera, key = self.camera, self.choice.key
        if camera is None or not key:
            return
        given = {"camera": camera.camera, "reason": self.note.text, "password": password}
        if key == TEACH and self.row is not None:
            self.desk.ask("teach", self._done, self.refused, number=self.row.number, settings=self._settings(), **given)
        else:
            self.desk.ask("use_recipe", self._done, self.refused, product=camera.product, version=int(key), **given)

    def _settings(self) -> dict[str, object]:
        """A new version is as strict as the one in use."""
        used = next((v for v in self.versions if v.active), None)
        return {} if used is None else dict(used.settings)

    def _offer(self, rows: Sequence[RecipeRow]) -> None:
        if self.camera is None:
            return
        self.heard = True
        self.versions = [r for r in rows if r.product == self.camera.product]
        older = [v for v in self.versions if not v.active][:OFFERED]
        options = [(str(v.version), say("recipeplate.version", n=v.version)) for v in older]
        if self.row is not None:
            options.append((TEACH, say("recipeplate.new", unit=verdicts.unit_words(self.row))))
        self.choice.offer(options)
        self._chosen()

    def _chosen(self) -> None:
        teaching = self.choice.key == TEACH
        self._meaning = "teach" if teaching else "use_recipe"
        self.confirm.set_text(say("recipeplate.teach" if teaching else "recipeplate.use"))
        self.facts.set_rows(self._facts())
        self.ready()
        self.fit()

    def _facts(self) -> list[tuple[Text, Text | str]]:
        zone = look().zone
        used = next((v for v in self.versions if v.active), None)
        chosen = next((v for v in self.versions if str(v.version) == self.choice.key), None)
        none = say("recipeplate.not_heard" if not self.heard else "visionscreen.no_recipe")
        facts: list[tuple[Text, Text | str]] = [
            (say("recipeplate.in_use"), none if used is None else presenter.version_words(used, zone))
        ]
        if chosen is not None:
            facts.append((say("recipeplate.instead"), presenter.version_words(chosen, zone)))
            facts.append((say("recipeplate.why"), chosen.why or "–"))
        elif self.choice.key == TEACH and self.row is not None:
            facts.append((say("recipeplate.golden"), presenter.head_words(self.row, True, False, zone)))
        facts.append((say("recipeplate.from_when"), say("recipeplate.next_picture")))
        return facts

    def _done(self, row: RecipeRow) -> None:
        self.done(say("recipeplate.done", product=row.product, n=row.version))
        self._changed()
