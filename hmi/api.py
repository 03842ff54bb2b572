"""The plugins' door: the ports and the words a plugin may use, and nothing else of the core."""

from hmi.model.plant import Controller, Security, Tag, TagType
from hmi.model.quality import Quality, quality_of, why
from hmi.model.reading import Reading
from hmi.model.text import Lang, Text
from hmi.model.words import say
from hmi.plant.port import (
    Batch,
    Discoverer,
    Driver,
    DriverContext,
    Feed,
    Health,
    LinkState,
    Node,
    Secrets,
    Wanted,
)

API_VERSION = 1

__all__ = [
    "API_VERSION", "Batch", "Controller", "Discoverer", "Driver", "DriverContext", "Feed", "Health", "Lang",
    "LinkState", "Node", "Quality", "Reading", "Secrets", "Security", "Tag", "TagType", "Text", "Wanted",
    "quality_of", "say", "why",
]  # fmt: skip
