"""Values on their way out: a tag's value as its declared OPC UA type and nothing else. Pure.

A controller that is sent an Int64 where it keeps a Double refuses it, or worse, takes it: the type is never guessed.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from asyncua import ua
from asyncua.ua.ua_binary import variant_to_binary

from hmi.api import TagType, Value

_TYPES: dict[TagType, ua.VariantType] = {kind: ua.VariantType[kind.value] for kind in TagType}
_FINER_THAN_WE_SEND = re.compile(r"\.\d{6}0*[1-9]")


class OutgoingError(ValueError):
    """The value cannot be sent as this type; status is the code that a controller would answer."""

    def __init__(self, status: int, value: object) -> None:
        super().__init__(f"{ua.StatusCode(status).name}: {value!r}")
        self.status = status


def variant(kind: TagType, value: Value) -> ua.Variant:
    """The value as its type, exact. OutgoingError when it is of another kind (BadTypeMismatch) or does not fit."""
    try:
        made = ua.Variant(_plain(kind, value), _TYPES[kind])
        variant_to_binary(made)
    except (OverflowError, ua.UaError) as err:  # the library's word for a number beyond its type
        raise OutgoingError(ua.StatusCodes.BadOutOfRange, value) from err
    except (TypeError, ValueError) as err:
        raise OutgoingError(ua.StatusCodes.BadTypeMismatch, value) from err
    return made


def _plain(kind: TagType, value: Value) -> bool | int | float | str | datetime:
    match kind:
        case TagType.BOOLEAN if isinstance(value, bool):
            return value
        case TagType.STRING if isinstance(value, str):
            value.encode()  # half a character is no text
            return value
        case TagType.DATETIME if isinstance(value, str) and not _FINER_THAN_WE_SEND.search(value):
            moment = datetime.fromisoformat(value)
            return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        case TagType.FLOAT | TagType.DOUBLE if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
    if kind.is_integer and isinstance(value, int | float) and not isinstance(value, bool) and value == int(value):
        return int(value)
    raise TypeError(value)
