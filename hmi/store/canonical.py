"""Canonical JSON: the one way in which a thing is written down before it is hashed or signed.

UTF-8, keys sorted by code point, no white space, characters above ASCII as they are. Whole numbers in digits, floats
by their shortest repr, so 90 and 90.0 differ and every float comes back as it was. What JSON cannot say is said as
text: ``"NaN"``, ``"Infinity"``, ``"-Infinity"``. Anybody can write the same bytes with any JSON library.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any


def canonical(thing: Any) -> bytes:
    """The bytes of a thing made of plain values, lists, mappings with text keys, enums and dataclasses.

    Raises TypeError for anything else.
    """
    plain = _plain(thing)
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8")


def digest(thing: Any) -> str:
    """SHA-256 over canonical(thing), in hex."""
    return hashlib.sha256(canonical(thing)).hexdigest()


def _plain(thing: Any) -> Any:
    if isinstance(thing, Enum):
        return _plain(thing.value)
    if thing is None or isinstance(thing, bool):
        return thing
    if isinstance(thing, int):
        return int(thing)
    if isinstance(thing, str):
        return thing.encode("utf-8", "replace").decode("utf-8")  # half a surrogate pair cannot be written down
    if isinstance(thing, float):
        if math.isfinite(thing):
            return float(thing)
        return "NaN" if math.isnan(thing) else "Infinity" if thing > 0 else "-Infinity"
    if isinstance(thing, Mapping):
        return {_key(key): _plain(value) for key, value in thing.items()}
    if isinstance(thing, list | tuple):
        return [_plain(one) for one in thing]
    if isinstance(thing, set | frozenset):
        return sorted(_plain(one) for one in thing)
    if is_dataclass(thing) and not isinstance(thing, type):
        return {f.name: _plain(getattr(thing, f.name)) for f in fields(thing)}
    raise TypeError(f"{type(thing).__name__} has no canonical form")


def _key(key: Any) -> str:
    if not isinstance(key, str):
        raise TypeError(f"a key must be text, not {type(key).__name__}")
    return str(_plain(key))
