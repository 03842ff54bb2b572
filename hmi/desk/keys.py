"""Keys that windows and scripts choose, by which the same request twice is one act."""

from __future__ import annotations

from hmi.desk.refused import RefusedError
from hmi.model.words import say

LONGEST = 64


def check_key(key: str) -> None:
    """Refuse a key that could be one of the engine's own: ``hold:7:close:0:0`` belongs to the run of a hold.

    A stranger who took such a key first would have the engine believe that its gate was told already.
    """
    if not key or len(key) > LONGEST or ":" in key:
        raise RefusedError(say("desk.bad_key", most=LONGEST))
