"""The questions and actions on runs: sequences of commands that were signed as a whole."""

from __future__ import annotations

from typing import Any

from hmi.model.sequence import Run

RUN_ANSWERS: dict[str, Any] = {
    "runs": list[Run],  # no arguments: runs that have not ended
    "run": Run,  # id: str
    # actions
    "run_go_on": Run,  # id: str, reason: str, password: str
    "run_take_back": Run,  # id: str, reason: str, password: str
}
"""The engine pushes ``{"run": Run}`` to every window when one changes."""
