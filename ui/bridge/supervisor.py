"""The engine this window started: begun when none runs, begun again when it dies or hangs, ended with a demo window.

An engine that somebody else runs (a service, another window) is left alone.
"""

from __future__ import annotations

import logging
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

log = logging.getLogger(__name__)

BACKOFF_S = (0.5, 1.0, 2.0, 5.0, 10.0)
HUNG_AFTER_S = 10.0
SETTLED_AFTER_S = 30.0
EXIT_TAKEN = 5
"""Exit code of an engine that finds another one at work on its data folder."""


def engine_command(data: Path, plant: Path | None) -> list[str]:
    """The command line of an engine on a data folder, installed or frozen."""
    frozen = bool(getattr(sys, "frozen", False))
    start = [sys.executable, "--module", "hmi.cli"] if frozen else [sys.executable, "-m", "hmi.cli"]
    return [*start, "engine", "--data", str(data), *(["--plant", str(plant)] if plant is not None else [])]


class EngineSupervisor(QObject):
    """Watches the engine once a second (connect ``watch`` to the desk's ``second``)."""

    restarted = Signal(int)
    """How often the engine had to be started again so far."""

    def __init__(
        self,
        command: Sequence[str],
        alive: Callable[[], bool],
        log_file: Path | None = None,
        clock: Callable[[], float] = time.monotonic,
        parent: QObject | None = None,
    ) -> None:
        """command starts the engine; alive tells its heartbeat; what it prints goes to log_file."""
        super().__init__(parent)
        self._command, self._alive, self._log_file, self._clock = list(command), alive, log_file, clock
        self._process: subprocess.Popen[bytes] | None = None
        self._started_s = self._dead_since = clock()
        self._fails = 0
        self._next_s: float | None = None
        self.restarts = 0

    @property
    def ours(self) -> bool:
        """Whether this window started the engine that runs."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start an engine unless one lives already."""
        if self._alive() or self.ours:
            return
        self._started_s = self._dead_since = self._clock()
        self._next_s = None
        output = subprocess.DEVNULL if self._log_file is None else self._log_file.open("ab")
        try:
            # a session of its own: a killed window or a Ctrl+C in its terminal does not take the engine with it
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
            )
        finally:
            if not isinstance(output, int):
                output.close()

    def watch(self) -> None:
        """Start the engine again if it has died or does not beat any more."""
        now = self._clock()
        if self._alive():
            self._dead_since = now
            if now - self._started_s > SETTLED_AFTER_S:
                self._fails = 0
            return
        if self._process is None:
            return  # not ours: whoever runs it starts it again
        if self._next_s is None:
            code = self._process.poll()
            if code is None:
                if now - self._dead_since < HUNG_AFTER_S:
                    return
                log.error(
                    "the engine (pid %d) has been silent for %.0f s and is ended", self._process.pid, HUNG_AFTER_S
                )
                self._process.kill()
                self._process.wait()
            elif code == EXIT_TAKEN:
                self._process = None
                return
            wait = BACKOFF_S[min(self._fails, len(BACKOFF_S) - 1)]
            self._fails += 1
            self._next_s = now + wait
            log.error("the engine ended with code %s; it is started again in %.1f s", code, wait)
        if now >= self._next_s:
            self.restarts += 1
            self.start()
            self.restarted.emit(self.restarts)

    def end(self, patience_s: float = 5.0) -> None:
        """Ask the engine to stop, if it is ours."""
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        process.terminate()
        try:
            process.wait(patience_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def leave(self) -> None:
        """Let the engine run on without this window."""
        self._process = None
