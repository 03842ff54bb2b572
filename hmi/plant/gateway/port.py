"""The port that writes to a controller. Only the gateway, the drivers and the wiring may import it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from hmi.model.plant import TagType
from hmi.model.reading import Reading, Value


class NotSentError(ConnectionError):
    """The write certainly never left this station: there was no link to send it on."""


class NoAnswerError(TimeoutError):
    """The write may have been executed: it was sent, and no answer came in time."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a method call."""

    type: TagType
    value: Value


class ControllerWriter(Protocol):
    """The writing half of a driver. Each call goes on the wire at most once; nothing here retries."""

    async def write(self, address: str, type: TagType, value: Value, timeout_s: float) -> int:
        """Write one value; the controller's status code. NotSentError, or NoAnswerError when nobody can say."""

    async def call(self, object: str, method: str, arguments: Sequence[Argument], timeout_s: float) -> int:
        """Call a method; the controller's status code. Same errors."""

    async def read_now(self, address: str, timeout_s: float) -> Reading:
        """Read one value from the source for the read-back. Same errors."""
