"""The plugins' door: the ports and the words a plugin may use, and nothing else of the core."""

from hmi.model.plant import Controller, Security, Tag, TagType
from hmi.model.quality import Quality, quality_of, why
from hmi.model.reading import Reading, Value
from hmi.model.text import Lang, Text
from hmi.model.words import say
from hmi.plant.gateway.port import Argument, ControllerWriter, NoAnswerError, NotSentError
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
    "API_VERSION", "Argument", "Batch", "Controller", "ControllerWriter", "Discoverer", "Driver", "DriverContext",
    "Feed", "Health", "Lang", "LinkState", "NoAnswerError", "Node", "NotSentError", "Quality", "Reading", "Secrets",
    "Security", "Tag", "TagType", "Text", "Value", "Wanted", "quality_of", "say", "why",
]  # fmt: skip
