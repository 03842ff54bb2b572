"""Values that are not plain numbers, as words: what the library decodes for us when our own decoder does not."""

from __future__ import annotations

import json
import uuid
from datetime import datetime
from enum import Enum
from typing import Any

from asyncua import ua
from asyncua.common.utils import Buffer
from asyncua.ua.ua_binary import variant_from_binary

from plugins.opcua import ticks

VARIANT = 24
"""The kind of a value that has no single built-in type for us: arrays and what is nested."""


def decode(body: bytes, at: int) -> tuple[int, float | None, str | None, int]:
    """One Variant by the library's decoder: kind, number, text (one of both or neither), and where it ends."""
    buffer = Buffer(body, at)
    variant = variant_from_binary(buffer)
    kind, number, text = reading_of(variant)
    return kind, number, text, buffer.cur_pos


def reading_of(variant: ua.Variant | None) -> tuple[int, float | None, str | None]:
    """Kind, number and text of a library value; kind 0 when there is none."""
    if variant is None or variant.Value is None or variant.VariantType == ua.VariantType.Null:
        return 0, None, None
    if variant.is_array:
        return VARIANT, None, as_text(variant.Value)
    kind, value = int(variant.VariantType.value), variant.Value
    if isinstance(value, bool | int | float) or (isinstance(value, Enum) and isinstance(value.value, int)):
        number = value.value if isinstance(value, Enum) else value
        if isinstance(number, int) and abs(number) > 2**53:
            return kind, None, str(number)
        return kind, float(number), None
    if isinstance(value, ua.StatusCode):
        return kind, float(value.value), None
    return kind, None, as_text(value)


def as_text(value: Any) -> str:
    """Any library value in words: lists as JSON, structures as JSON objects, bytes as hexadecimal digits."""
    if isinstance(value, str):
        return value
    plain = as_plain(value)
    return plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False)


def as_plain(value: Any) -> Any:
    """Any library value as numbers, texts, lists and objects of JSON."""
    if value is None or (isinstance(value, bool | int | float | str) and not isinstance(value, Enum)):
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, list | tuple):
        return [as_plain(item) for item in value]
    return _plain_scalar(value)


def _plain_scalar(value: Any) -> Any:
    match value:
        case bytes():
            return value.hex()
        case datetime():
            return ticks.words(ua.datetime_to_win_epoch(value))
        case uuid.UUID():
            return str(value)
        case ua.LocalizedText():
            return value.Text or ""
        case ua.QualifiedName():
            return value.Name or ""
        case ua.StatusCode():
            return value.value
        case ua.NodeId():
            return value.to_string()
        case ua.Variant():
            return as_plain(value.Value)
        case ua.DataValue():
            return as_plain(value.Value)
        case ua.ExtensionObject():
            return (value.Body or b"").hex()
    if hasattr(value, "__dataclass_fields__"):
        return {name: as_plain(getattr(value, name)) for name in value.__dataclass_fields__ if name != "Encoding"}
    return str(value)
