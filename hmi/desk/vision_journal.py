"""Verdicts on their way to record: the picture's file first, then the row; no verdict waits long for its picture."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace

from hmi.store import vision as store
from hmi.store.database import Database, Work
from hmi.store.vision import KeptInspection
from hmi.vision.messages import Kept, Seen

PATIENCE_S = 0.25
"""How long a verdict waits for its picture to be on disk; the picture is named later when it takes longer."""
_RECENT = 1_000

_Key = tuple[str, int]
"""Camera and frame."""


class VisionJournal:
    """Takes verdicts as they are made; publishes each once, and again when something is added to it."""

    def __init__(self, database: Database, publish: Callable[[KeptInspection, bool], None]) -> None:
        """publish hears of each inspection, with whether it is new."""
        self._database, self._publish = database, publish
        self._waiting: dict[_Key, tuple[float, KeptInspection]] = {}
        self._recent: OrderedDict[_Key, KeptInspection] = OrderedDict()
        self._early: OrderedDict[_Key, str] = OrderedDict()

    def add(self, made: KeptInspection, keeping: bool) -> None:
        """Take a verdict; keeping: its picture is being written."""
        key = (made.camera, made.frame)
        early = self._early.pop(key, "")
        if early:
            self._write(key, replace(made, evidence=early))
        elif keeping:
            self._waiting[key] = (time.monotonic() + PATIENCE_S, made)
        else:
            self._write(key, made)

    def kept(self, camera: str, word: Kept) -> None:
        """A picture is on disk, or never will be."""
        key = (camera, word.number)
        waiting = self._waiting.pop(key, None)
        if waiting is not None:
            self._write(key, replace(waiting[1], evidence=word.path))
        elif key in self._recent:
            if word.path:
                number = self._recent[key].number
                self._change(key, lambda work: store.name_evidence(work, number, word.path), evidence=word.path)
        elif word.path:
            self._early[key] = word.path
            while len(self._early) > _RECENT:
                self._early.popitem(last=False)

    def late(self, camera: str, answer: Seen) -> None:
        """Note what a picture that came too late says; the verdict stays."""
        key = (camera, answer.number)
        found = self._recent.get(key)
        if found is not None:
            self._change(
                key, lambda work: store.note_late(work, found.number, answer.verdict), late=answer.verdict.value
            )

    def tick(self, everything: bool = False) -> None:
        """Let no verdict wait longer than it should."""
        now = time.monotonic()
        for key in [k for k, (due, _) in self._waiting.items() if everything or due <= now]:
            self._write(key, self._waiting.pop(key)[1])

    def _write(self, key: _Key, made: KeptInspection) -> None:
        # patient: what was seen waits for a sick disk, and no camera waits for it
        self._database.submit(lambda work: store.add(work, made), patient=True)
        self._remember(key, made)
        self._publish(made, True)

    def _change(self, key: _Key, run: Callable[[Work], None], **values: str) -> None:
        self._database.submit(run, patient=True)
        changed = replace(self._recent[key], **values)  # type: ignore[arg-type]
        self._remember(key, changed)
        self._publish(changed, False)

    def _remember(self, key: _Key, made: KeptInspection) -> None:
        self._recent[key] = made
        while len(self._recent) > _RECENT:
            self._recent.popitem(last=False)

    def judged(self, made: KeptInspection) -> None:
        """What a person said of it is part of it from now on."""
        key = (made.camera, made.frame)
        if key in self._recent:
            self._recent[key] = made
