"""The types of values that a controller's tags and methods know."""

from __future__ import annotations

from enum import StrEnum


class TagType(StrEnum):
    """The OPC UA built-in types a tag may have."""

    BOOLEAN = "Boolean"
    SBYTE = "SByte"
    BYTE = "Byte"
    INT16 = "Int16"
    UINT16 = "UInt16"
    INT32 = "Int32"
    UINT32 = "UInt32"
    INT64 = "Int64"
    UINT64 = "UInt64"
    FLOAT = "Float"
    DOUBLE = "Double"
    STRING = "String"
    DATETIME = "DateTime"

    @property
    def is_number(self) -> bool:
        """Whether the value goes on a trend."""
        return self not in (TagType.STRING, TagType.DATETIME)

    @property
    def is_integer(self) -> bool:
        """Whether the value has no fraction (Boolean apart)."""
        return "Int" in self.value or self in (TagType.SBYTE, TagType.BYTE)
