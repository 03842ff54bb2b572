"""The alarm tone: one for each of three priorities, again and again until silenced, played beside the window.

Qt's multimedia module is not shipped, so the system's own player is asked: a small program on Linux, a system call on
Windows. Where there is none the window stays silent and says so once.
"""

from __future__ import annotations

import logging
import queue
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import resources
from hmi.model.text import Text
from hmi.model.words import say

log = logging.getLogger(__name__)

Play = Callable[[Path], None]
EVERY_S = {1: 2.0, 2: 4.0, 3: 8.0}
"""How long after its beginning a tone is heard again. Priority 4 has none: it can wait for the next look."""
PLAYERS = (
    ("pw-play", ()), ("paplay", ()), ("aplay", ("-q",)), ("afplay", ()),
    ("ffplay", ("-nodisp", "-autoexit", "-v", "0")),
)  # fmt: skip
TIMEOUT_S = 5.0
GIVEN_UP_AFTER = 3
"""So many failures in a row, and the player is thought to have no loudspeaker."""
AGAIN_S = 300.0


def tone_file(priority: int) -> Path:
    """The tone of a priority 1 to 3."""
    return resources.path("sounds", f"p{priority}.wav")


def find_player(which: Callable[[str], str | None] = shutil.which, platform: str = sys.platform) -> Play | None:
    """What plays a file on this system and waits for its end; None where nothing does."""
    if platform == "win32":
        return _on_windows
    for name, options in PLAYERS:
        found = which(name)
        if found is not None:
            return _program([found, *options])
    return None


def _program(command: list[str]) -> Play:
    def play(file: Path) -> None:
        subprocess.run([*command, str(file)], check=True, timeout=TIMEOUT_S, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip

    return play


def _on_windows(file: Path) -> None:
    import winsound  # exists on Windows only

    winsound.PlaySound(str(file), winsound.SND_FILENAME | winsound.SND_NODEFAULT)  # type: ignore[attr-defined,unused-ignore]


class Sound:
    """``want`` says which tone is due; ``tick`` starts it. Playing and waiting happen on a thread of its own."""

    def __init__(self, player: Play | None, clock: Callable[[], float] = time.monotonic) -> None:
        """player: see find_player."""
        self._player, self._clock = player, clock
        self.priority = 0
        self._next_s = 0.0
        self._failed = 0
        self._off_until_s = 0.0
        self._queue: queue.SimpleQueue[int | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    @property
    def note(self) -> Text | None:
        """Why nothing is heard; None while the tone works as far as is known."""
        if self._player is None:
            return say("alarmlist.no_player")
        return say("alarmlist.no_sound") if self._failed >= GIVEN_UP_AFTER else None

    def want(self, priority: int) -> None:
        """From now on this priority's tone; 0 is silence. A more urgent one does not wait for its turn."""
        if priority != self.priority:
            if priority and (not self.priority or priority < self.priority):
                self._next_s = 0.0
            self.priority = priority

    def tick(self) -> None:
        """Start the tone when it is due; call a few times a second."""
        now = self._clock()
        if self.priority in EVERY_S and now >= self._next_s and now >= self._off_until_s:
            self._next_s = now + EVERY_S[self.priority]
            self.play(self.priority)

    def play(self, priority: int) -> None:
        """One tone, e.g. to test it."""
        if self._player is None or not self._queue.empty():
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="alarm-tone", daemon=True)
            self._thread.start()
        self._queue.put(priority)

    def close(self) -> None:
        """No more tones; one that sounds is heard to its end."""
        self.priority = 0
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join(TIMEOUT_S + 1)
            self._thread = None

    def _run(self) -> None:
        assert self._player is not None
        while (priority := self._queue.get()) is not None:
            try:
                self._player(tone_file(priority))
            except (OSError, RuntimeError, subprocess.SubprocessError) as err:
                self._failed += 1
                if self._failed == GIVEN_UP_AFTER:
                    log.warning("alarm tones cannot be heard: %s; tried again every %.0f s", err, AGAIN_S)
                if self._failed >= GIVEN_UP_AFTER:
                    self._off_until_s = self._clock() + AGAIN_S
            else:
                if self._failed >= GIVEN_UP_AFTER:
                    log.info("alarm tones can be heard again")
                self._failed = 0
