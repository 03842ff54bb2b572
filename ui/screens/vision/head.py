"""The row over the picture: which camera, what is seen of it, the ways to look."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from hmi.desk.vision_rows import CameraRow
from hmi.model.plant import Plant
from hmi.model.words import say
from ui.screens.vision import presenter
from ui.widgets.controls import Button, Choice
from ui.widgets.label import Caption


class VisionHead(QWidget):
    """Camera chooser at the left, buttons at the right; where there is one camera only its name."""

    camera_wanted = Signal(str)
    overlay_wanted = Signal(bool)
    pause_wanted = Signal(bool)
    live_wanted = Signal()
    review_wanted = Signal()
    recipe_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self._known: list[tuple[str, object]] = []
        self.choice: Choice | None = None
        self.place = Caption("", ground="ground", tone="second")
        self.mode = Caption("", ground="ground", bold=True)
        self.live = Button(say("visionscreen.to_live"), self, icon="live", ground="ground")
        self.overlay = Button(say("visionscreen.overlay"), self, icon="eye", checkable=True, ground="ground")
        self.pause = Button(say("visionscreen.pause"), self, icon="pause", checkable=True, ground="ground")
        self.review = Button(say("visionscreen.review"), self, icon="check", ground="ground")
        self.recipe = Button(say("visionscreen.recipe"), self, icon="settings", ground="ground")
        self.recipe.setToolTip("T")
        self.overlay.setToolTip("Space")
        self.pause.setToolTip("P")
        self.live.setToolTip("Esc")
        self.review.setToolTip("R")
        self.overlay.setChecked(True)
        row.addWidget(self.place, 1)
        for part in (self.mode, self.live, self.overlay, self.pause, self.recipe, self.review):
            row.addWidget(part)
        self.overlay.clicked.connect(self.overlay_wanted)
        self.pause.clicked.connect(self.pause_wanted)
        self.live.clicked.connect(self.live_wanted)
        self.review.clicked.connect(self.review_wanted)
        self.recipe.clicked.connect(self.recipe_wanted)
        self.live.hide()
        self.mode.hide()
        self._narrow = False

    def set_narrow(self, narrow: bool) -> None:
        """Little width: the ways to look are icons, their words are told on hovering and by screen readers."""
        if narrow is not self._narrow:
            self._narrow = narrow
            for key, button in (("to_live", self.live), ("overlay", self.overlay), ("pause", self.pause)):
                word = say(f"visionscreen.{key}")
                button.set_text(None if narrow else word, word)

    def show_cameras(self, cameras: Sequence[CameraRow], chosen: CameraRow, plant: Plant | None) -> None:
        """Offer these cameras."""
        known: list[tuple[str, object]] = [(c.camera, c.name) for c in cameras]
        if known != self._known:
            self._known = known
            if self.choice is not None:
                self.choice.deleteLater()
                self.choice = None
            if len(cameras) > 1:
                options = [(c.camera, c.name) for c in cameras]
                self.choice = Choice(options, self, name=say("visionscreen.cameras"), ground="ground")
                self.choice.changed.connect(self.camera_wanted)
                self._row.insertWidget(0, self.choice)
        if self.choice is not None:
            self.choice.choose(chosen.camera)
        where = presenter.camera_words(chosen, plant)
        self.place.set_text(where if self.choice is not None else say("visionscreen.at", camera=chosen.name, at=where))

    def show_waiting(self, waiting: int | None) -> None:
        """Say how many wait for an inspector."""
        self.review.set_text(say("visionscreen.review_n", n=waiting) if waiting else say("visionscreen.review"))

    def show_overlay(self, on: bool) -> None:
        """Whether the findings are drawn."""
        self.overlay.setChecked(on)

    def show_mode(self, record: bool, paused: bool) -> None:
        """What is seen: live, standing still, or kept."""
        self.live.setVisible(record or paused)
        self.mode.setVisible(record)
        if record:
            self.mode.set_text(say("visionscreen.record"))
        self.pause.setChecked(paused)
