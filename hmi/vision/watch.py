"""How a camera fares, as a pure rule: facts in, state and why out. No clock, no process, no picture.

Only RUNNING lets a verdict stand. A trigger that cannot be served is UNDECIDED at once, one that was not served in time
is UNDECIDED from then on whatever comes later. Silence that lasts calls for a new process.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from hmi.model.camera import CameraState
from hmi.model.text import Text
from hmi.model.words import say
from hmi.vision.messages import Seen

BEAT_LIMIT_S = 0.7
"""Without a heartbeat for so long the process is stopped or starved; it beats ten times a second."""
GIVE_UP_S = 3.0
"""A process that is silent, or owes a picture and answers nothing at all, for so long is ended and started anew."""
START_LIMIT_S = 30.0
"""A process that has not found its camera's plugin by then is ended."""
BACKOFF_S = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
STEADY_S = 30.0
"""A process that lived this long starts the backoff from its beginning."""
MOST_PENDING = 64
"""Triggers on the way to one camera; further ones are refused rather than piled up."""
_S = 1_000_000_000


class _Process(Enum):
    NONE = "none"
    STARTING = "starting"
    UP = "up"
    OFF = "off"


@dataclass(slots=True)
class Watch:
    """One camera's facts; all times are ns on the steady clock."""

    timeout_s: float
    process: _Process = _Process.NONE
    why: Text | None = None
    """Why there is no process, or why it has no camera."""
    started: int = 0
    beat: int = 0
    spoke: int = 0
    """When it last answered a trigger, late or not: one that works off its pile is slow, not stuck."""
    closed: Text | None = None
    last: CameraState = CameraState.RUNNING
    """What the last picture was like: RUNNING, BLACK, FROZEN or SILENT."""
    last_why: Text | None = None
    pending: dict[int, int] = field(default_factory=dict)
    """Deadline by trigger number."""
    owed: dict[int, int] = field(default_factory=dict)
    """Deadlines that passed without an answer."""
    deaths: int = 0

    # facts

    def starting(self, now: int) -> None:
        """A process was started."""
        self.process, self.started, self.beat, self.spoke = _Process.STARTING, now, now, now
        self.closed = self.last_why = None
        self.last = CameraState.RUNNING

    def opened(self, now: int) -> None:
        """It has its camera."""
        self.process, self.closed, self.beat = _Process.UP, None, now
        self.last, self.last_why = CameraState.RUNNING, None

    def lost_camera(self, why: Text, now: int) -> None:
        """It lost its camera, or never found it; it tries again by itself."""
        self.process, self.closed, self.beat = _Process.UP, why, now

    def ended(self, why: Text, now: int) -> list[int]:
        """The process ended; returns the triggers it leaves behind."""
        left = list(self.pending)
        self.pending.clear()
        self.owed.clear()
        if now - self.started > STEADY_S * _S:
            self.deaths = 0
        self.deaths += 1
        if self.process is not _Process.OFF:
            self.process, self.why = _Process.NONE, why
        return left

    def off(self, why: Text) -> None:
        """Its plugin cannot be used: nothing is tried again."""
        self.process, self.why = _Process.OFF, why

    def beats(self, beat: int) -> None:
        """The heartbeat as it is read."""
        self.beat = max(self.beat, beat)

    def sent(self, number: int, at: int) -> None:
        """A trigger went to the process."""
        self.pending[number] = at + int(self.timeout_s * _S)

    def heard(self, seen: Seen, now: int) -> bool:
        """An answer came; True when it came in time and its verdict stands."""
        self.beat, self.spoke = max(self.beat, now), now
        self.owed.pop(seen.number, None)
        if seen.no_picture:
            self.last, self.last_why = CameraState.SILENT, seen.why
        elif seen.repeat:
            self.last, self.last_why = CameraState.FROZEN, seen.why
        elif seen.black:
            self.last, self.last_why = CameraState.BLACK, seen.why
        elif seen.light is not None:
            self.last, self.last_why = CameraState.RUNNING, None
        deadline = self.pending.pop(seen.number, None)
        return deadline is not None and now <= deadline

    def overdue(self, now: int) -> list[int]:
        """Triggers whose time has passed since the last look; they are UNDECIDED now."""
        late = [number for number, deadline in self.pending.items() if now > deadline]
        for number in late:
            self.owed[number] = self.pending.pop(number)
        return late

    # what follows from them

    @property
    def off_for_good(self) -> bool:
        """Whether no process is to be started."""
        return self.process is _Process.OFF

    @property
    def backoff_s(self) -> float:
        """How long to wait before the next process."""
        return BACKOFF_S[min(max(self.deaths - 1, 0), len(BACKOFF_S) - 1)]

    def silent(self, now: int) -> bool:
        """Whether the heartbeat is missing."""
        return self.process is not _Process.NONE and now - self.beat > BEAT_LIMIT_S * _S

    def refuses(self, now: int) -> Text | None:
        """Why a trigger cannot be sent now; None when it can."""
        state, why = self.state(now)
        if self.process is not _Process.UP or self.silent(now):
            return why or state_words(state)
        return say("vision.why.busy") if len(self.pending) + len(self.owed) >= MOST_PENDING else None

    def hopeless(self, now: int) -> bool:
        """Whether the process is to be ended so that a new one can do better."""
        if self.process is _Process.STARTING:
            return now - self.started > START_LIMIT_S * _S
        if self.process is not _Process.UP:
            return False
        oldest = max(min(self.owed.values(), default=now), self.spoke)
        return now - self.beat > GIVE_UP_S * _S or now - oldest > GIVE_UP_S * _S

    def state(self, now: int) -> tuple[CameraState, Text | None]:
        """How it fares, and why it is not RUNNING."""
        if self.process is _Process.OFF:
            return CameraState.OFF, self.why
        if self.process is _Process.NONE:
            return (CameraState.DOWN, self.why) if self.why is not None else (CameraState.STARTING, None)
        if self.process is _Process.STARTING:
            # a camera that went down stays down in words until it is back
            return (CameraState.DOWN, self.why) if self.why is not None else (CameraState.STARTING, None)
        if self.silent(now):
            return CameraState.SILENT, say("vision.why.silent")
        if self.closed is not None:
            return CameraState.SILENT, self.closed
        if self.owed:
            return CameraState.SILENT, say("vision.why.no_picture", seconds=f"{self.timeout_s:g}")
        return self.last, self.last_why


def state_words(state: CameraState) -> Text:
    """The state as the reason of an undecided verdict."""
    return say("vision.why.state", state=say(f"vision.state.{state.value}"))
