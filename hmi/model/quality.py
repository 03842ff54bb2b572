"""How far a reading can be believed, and why not.

Quality is what a person sees; the status code (OPC UA Part 4, 7.39) says why. Codes that the station sets itself use
the standard's own numbers wherever one fits.
"""

from __future__ import annotations

from enum import IntEnum

from hmi.model.text import Text
from hmi.model.words import catalogue, say


class Quality(IntEnum):
    """How far a reading can be believed. Order is from best to worst; only GOOD may be acted upon."""

    GOOD = 0
    UNCERTAIN = 1
    STALE = 2
    BAD = 3


GOOD = 0x00000000
# set by the station, with the standard's numbers
BAD_NO_COMMUNICATION = 0x80310000
BAD_WAITING_FOR_INITIAL_DATA = 0x80320000
BAD_NODE_ID_UNKNOWN = 0x80340000
BAD_NODE_ID_INVALID = 0x80330000
BAD_OUT_OF_RANGE = 0x803C0000
BAD_TYPE_MISMATCH = 0x80740000
BAD_NO_DATA = 0x809B0000
BAD_NOT_SUPPORTED = 0x803D0000
BAD_ENCODING_LIMITS_EXCEEDED = 0x80080000
BAD_CONFIGURATION_ERROR = 0x80890000
BAD_NOT_CONNECTED = 0x808A0000
BAD_OUT_OF_SERVICE = 0x808D0000
UNCERTAIN_LAST_USABLE_VALUE = 0x40900000
# local: the source is reachable in name only (no answer within the watch time); severity bits say Bad
STALE_LINK_SILENT = 0x80A50001
STALE_ENGINE_SILENT = 0x80A50002
BAD_NOT_A_NUMBER = 0x803C0001
BAD_IMPLAUSIBLE = 0x803C0002

OVERFLOW_BITS = 0x00000480
"""InfoType DataValue plus Overflow: the server dropped values of this item from its queue."""

PLAUSIBLE = 1e30
"""No quantity on a factory line reaches this magnitude; what does is a fault of its source, and shown as BAD."""

_STALE = frozenset({STALE_LINK_SILENT, STALE_ENGINE_SILENT})


def quality_of(status: int) -> Quality:
    """The quality that a status code stands for (severity bits 30 and 31, our own stale codes apart)."""
    if status in _STALE:
        return Quality.STALE
    severity = status >> 30
    if severity == 0:
        return Quality.GOOD
    return Quality.UNCERTAIN if severity == 1 else Quality.BAD


def why(status: int) -> Text | None:
    """The reason in words a person can act on; None when the reading is GOOD without remark."""
    if quality_of(status) is Quality.GOOD:
        return say("status.overflow") if status & OVERFLOW_BITS == OVERFLOW_BITS else None
    code = f"status.x{status & 0xFFFF0000 if status not in _OWN else status:08X}"
    if code in catalogue():
        return say(code)
    family = ("good", "uncertain", "bad", "bad")[status >> 30]
    return say(f"status.other_{family}", code=f"0x{status & 0xFFFF0000:08X}")


_OWN = frozenset({STALE_LINK_SILENT, STALE_ENGINE_SILENT, BAD_NOT_A_NUMBER, BAD_IMPLAUSIBLE})


STATUS_NAMES = {
    0x00000000: "Good", 0x80010000: "BadUnexpectedError", 0x80020000: "BadInternalError",
    0x80050000: "BadCommunicationError", 0x800A0000: "BadTimeout", 0x801F0000: "BadUserAccessDenied",
    0x80310000: "BadNoCommunication", 0x80320000: "BadWaitingForInitialData", 0x80330000: "BadNodeIdInvalid",
    0x80340000: "BadNodeIdUnknown", 0x80350000: "BadAttributeIdInvalid", 0x803A0000: "BadNotReadable",
    0x803B0000: "BadNotWritable", 0x803C0000: "BadOutOfRange", 0x803D0000: "BadNotSupported",
    0x80730000: "BadWriteNotSupported", 0x80740000: "BadTypeMismatch", 0x80750000: "BadMethodInvalid",
    0x80890000: "BadConfigurationError", 0x808A0000: "BadNotConnected", 0x808B0000: "BadDeviceFailure",
    0x808C0000: "BadSensorFailure", 0x808D0000: "BadOutOfService", 0x80AB0000: "BadInvalidArgument",
    0x80AF0000: "BadInvalidState",
}  # fmt: skip
"""The standard's names of the codes that controllers answer with."""


def status_name(status: int) -> str:
    """The standard's name of a status code, or its number where it is a rare one."""
    return STATUS_NAMES.get(status & 0xFFFF0000, f"0x{status:08X}")
