"""The plugins' door: the ports and the words a plugin may use, and nothing else of the core."""

from hmi.loop.advisor_port import Advisor, AdvisorView, HoldSketch, Later
from hmi.loop.detector_port import CannotLearnError, CannotRestoreError, Detector, DetectorKind, Row, Rows, Score
from hmi.model.camera import Subject
from hmi.model.decision import (
    AdviceKind,
    Alternative,
    Cause,
    Confidence,
    Deviation,
    Evidence,
    Expected,
    Recommendation,
    Write,
)
from hmi.model.flow import OptionKind, Plan, PlanOption, Range
from hmi.model.hold import HoldReason, HoldScope, ScopeKind
from hmi.model.inspection import DefectClass, Finding, Inspection, Verdict
from hmi.model.plant import Access, Controller, Plant, Security, Station, Tag, TagType
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
from hmi.vision.camera_port import CameraDevice, NoPictureError, TeachingCamera, Trigger
from hmi.vision.port import CannotTeachError, Image, Inspector, InspectorKind
from hmi.vision.recipe import Recipe

API_VERSION = 1

__all__ = [
    "API_VERSION", "Access", "AdviceKind", "Advisor", "AdvisorView", "Alternative", "Argument", "Batch", "CameraDevice",
    "CannotLearnError", "CannotRestoreError", "CannotTeachError", "Cause", "Confidence", "Controller",
    "ControllerWriter", "DefectClass", "Detector", "DetectorKind", "Deviation", "Discoverer", "Driver", "DriverContext",
    "Evidence", "Expected", "Feed", "Finding", "Health", "HoldReason", "HoldScope", "HoldSketch", "Image", "Inspection",
    "Inspector", "InspectorKind", "Lang", "Later", "LinkState", "NoAnswerError", "NoPictureError", "Node",
    "NotSentError", "OptionKind", "Plan", "PlanOption", "Plant", "Quality", "Range", "Reading", "Recipe",
    "Recommendation", "Row", "Rows", "ScopeKind", "Score", "Secrets", "Security", "Station", "Subject", "Tag",
    "TagType", "TeachingCamera", "Text", "Trigger", "Value", "Verdict", "Wanted", "Write", "quality_of", "say", "why",
]  # fmt: skip
