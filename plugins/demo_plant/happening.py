"""What the plant says of itself: facts for the demo's narrator, and the truth that tests judge findings by."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Happening:
    """Something happened in the plant; its sentence is the catalogue's ``demo.KEY``."""

    at_s: float
    scenario: str
    key: str
    place: str
    values: dict[str, object] = field(default_factory=dict)


@dataclass(slots=True)
class Truth:
    """What really goes on in a scenario: the cause, and when it began and ended in the plant's seconds."""

    scenario: str
    cause: str
    """``oven:L2.S3``, ``station:L3.S2`` or ``paste:PASTE-1B``."""
    place: str
    tag: str
    """The tag that shows the cause itself."""
    start_s: float
    end_s: float | None = None

    @property
    def named(self) -> str:
        """The cause as the station's analysis names one: by station, by tag or by material batch."""
        kind, _, name = self.cause.partition(":")
        return {"paste": f"batch:{name}", "oven": f"tag:{self.tag}"}.get(kind, self.cause)


class RefusedError(Exception):
    """The plant does not take a command; ``why`` is one of not_writable, type, range, state."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why
