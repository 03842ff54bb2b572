"""A window on a desk that knows cameras and verdicts, with a real frame ring and real files: for the vision screens."""

from __future__ import annotations

import time
from dataclasses import replace

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from hmi.desk.vision_rows import ReviewQueue
from hmi.model.inspection import Verdict
from hmi.model.permission import Role
from hmi.model.text import Text
from hmi.vision.ring import FrameRing
from tests.ui.peopledesk import PeopleDesk, person
from tests.ui.plantrows import make_plant
from tests.ui.visionrows import board, camera_row, flawed, later, lay_down, parts, queue, recipe_row
from ui.bridge.pictures import pictures_of


class VisionDesk(PeopleDesk):
    """``cameras``, ``rows`` and ``waiting`` are the engine's truth; ``judge`` puts a word of an inspector into them."""

    def __init__(self, folder, qtbot, role=Role.INSPECTOR, cameras=("C1", "C2")):
        self.now = time.time_ns()
        self.cameras = [later(camera_row(c, station=f"L{n}.S4"), self.now) for n, c in enumerate(cameras, 1)]
        self.rows, self.waiting = later(parts(), self.now), later(queue(), self.now)
        self.refuses: Text | None = None
        self.data = folder
        lay_down(folder, [*self.rows, *self.waiting])
        super().__init__(folder, qtbot, plant=make_plant(3, 6), who=person("choi", role, "Choi Jiwoo"))
        self.talk.answers.update({
            "cameras": lambda: self.cameras,
            "inspections": lambda camera="", limit=12, **_: [r for r in self.rows if r.camera == camera][:limit],
            "review": lambda camera="", limit=50: ReviewQueue(len(self.waiting), self.waiting[:limit]),
            "recipes": lambda camera="": [recipe_row()],
            "judge": self.judge,
            "add_note": lambda **_: object(),
        })  # fmt: skip
        self.ring = FrameRing(folder / "ring-C1")
        self.take(self.rows[0])

    def take(self, row, number=None):
        """The camera takes the picture of a row."""
        self.ring.put(number or row.frame, row.at_ns, flawed(board(shift=(2, -3)), row.findings))

    def judge(self, number, verdict, reason=""):
        if self.refuses is not None:
            return self.refuses
        said = {"judged": "confirmed" if verdict == "confirm" else "overruled", "judged_by": "Choi Jiwoo",
                "judged_ns": time.time_ns(), "judged_why": reason}  # fmt: skip
        found = next(r for r in [*self.rows, *self.waiting] if r.number == number)
        told = replace(found, **said)
        self.rows = [told if r.number == number else r for r in self.rows]
        self.waiting = [r for r in self.waiting if r.number != number]
        return told

    def see(self, times=4):
        """Let frames pass until every picture that was asked for has come."""
        for _ in range(times):
            self.turn(2)
            pictures = pictures_of(self.desk)
            for future, _waiting in list(pictures._under_way.values()):
                future.exception(timeout=10)
            self.turn(1)

    def go(self, screen, **place):
        self.shell.go(screen, **place)
        self.see()
        return self.shell.room(screen)

    def press(self, key):
        """Press a key where the focus is."""
        QTest.keyClick(QApplication.focusWidget() or self.shell, key)
        self.see(2)

    def pass_(self, number):
        """Let a part of the list be one that passed."""
        self.rows = [replace(r, verdict=Verdict.PASS, findings=[]) if r.number == number else r for r in self.rows]

    @property
    def told(self):
        return self.shell.footer._last
