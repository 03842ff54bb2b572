"""What stands in the demo plant: lines, stations and every point their controllers offer.

The simulation, the OPC UA server and the plant file are all made from these tables, so that they cannot disagree.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

NAMESPACE = "urn:linekeeper:demo-plant"
UTC_OFFSET_S = 9 * 3600
"""The plant stands in Incheon: Asia/Seoul, without summer time."""


class State(IntEnum):
    """Values of the State tag: PackML's numbers, and two of the builder's own that say why a station waits."""

    UNDEFINED = 0
    CLEARING = 1
    STOPPED = 2
    STARTING = 3
    IDLE = 4
    SUSPENDED = 5
    EXECUTE = 6
    STOPPING = 7
    ABORTING = 8
    ABORTED = 9
    HOLDING = 10
    HELD = 11
    UNHOLDING = 12
    SUSPENDING = 13
    UNSUSPENDING = 14
    RESETTING = 15
    COMPLETING = 16
    COMPLETE = 17
    BLOCKED = 18
    STARVED = 19


class Mode(IntEnum):
    """Values of the Mode tag: PackML's unit modes."""

    PRODUCTION = 1
    MAINTENANCE = 2
    MANUAL = 3


class Verdict(IntEnum):
    """Values of the camera controller's Verdict tag."""

    NONE = 0
    PASS = 1
    FAIL = 2


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a station or line: the last part of its node id, and how the plant file describes it."""

    name: str
    type: str = "Double"
    unit: str = ""
    range: tuple[float, float] | None = None
    digits: int | None = None
    role: str = ""
    access: str = "read"
    desired: tuple[float, float] | None = None
    limits: tuple[float | None, float | None, float | None, float | None] | None = None
    """low_low, low, high, high_high"""
    words: str = ""
    """Name of the enumeration that its values belong to."""
    trend: bool = True
    deadband: float = 0.0

    @property
    def writable(self) -> bool:
        """Whether the controller takes a value from outside."""
        return self.access != "read"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of station and the points that only it has."""

    name: str
    cycle_s: float
    """Ideal seconds a unit."""
    idle_kw: float
    busy_kw: float
    stops: tuple[int, ...]
    """Fault codes of its short stops."""
    failure: int
    """Fault code of its long failure."""
    points: tuple[Point, ...]
    main_sensor: str = ""
    """The sensor that Engineering.Drift and Engineering.BadSensor act on."""


@dataclass(frozen=True, slots=True)
class LineSpec:
    """A line as it is built: its pace, its products and its numbering."""

    number: int
    feed_per_h: float
    pace: float
    """Factor on the ideal cycle: older machines are a little slower."""
    products: tuple[str, ...]
    """Products it is qualified for, its usual one first."""
    order_base: int
    lot_base: int

    @property
    def id(self) -> str:
        """Its id in the plant file."""
        return f"L{self.number}"


BUFFER_CAPACITY = 8
RATE_BAND = (780.0, 880.0)

COMMON: tuple[Point, ...] = (
    Point("State", "UInt32", range=(0, 19), role="state", words="state", trend=False),
    Point("Mode", "UInt32", range=(1, 3), role="mode", words="mode", trend=False),
    Point("FaultCode", "UInt32", range=(0, 99), role="fault", words="fault", trend=False),
    Point("GoodCount", "UInt32", digits=0, role="good"),
    Point("RejectCount", "UInt32", digits=0, role="reject"),
    Point("InBuffer", "Int32", "", (0, BUFFER_CAPACITY), 0, role="in_buffer"),
    Point("UnitId", "String", role="unit", trend=False),
    Point("CycleTime", "Double", "s", (0, 20), 2, role="cycle", desired=(3.0, 4.0), deadband=0.02),
    Point("Speed", "Double", "%", (0, 150), 1, role="speed", desired=(95, 105), deadband=0.1),
    Point("SpeedSetpoint", "Double", "%", (20, 120), 0, role="speed_setpoint", access="setpoint"),
    Point("HoldGate", "Boolean", role="hold_gate", access="gate"),
    Point("Power", "Double", "kW", (0, 80), 1, role="power", deadband=0.1),
    Point("Energy", "Double", "kWh", digits=2, role="energy", deadband=0.01),
)
DIVERTER: tuple[Point, ...] = (
    Point("DivertTo", "Int32", "", (0, 3), 0, role="divert_to", access="diverter", words="lane"),
    Point("RouteActive", "Int32", "", (0, 3), 0, role="route_active", words="lane"),
)
LINE_POINTS: tuple[Point, ...] = (
    Point("Order", "String", role="order", trend=False),
    Point("OrderQuantity", "UInt32", "pcs", digits=0, role="order_quantity", trend=False),
    Point("OrderDone", "UInt32", "pcs", digits=0, role="order_done"),
    Point("OrderDue", "DateTime", role="due", trend=False),
    Point("Product", "String", role="product", trend=False),
    Point("Lot", "String", role="lot", trend=False),
    Point("MaterialBatch", "String", role="material_batch", trend=False),
    Point("Operator", "String", role="operator", trend=False),
    Point("UnitsPerHour", "Double", "pcs/h", (0, 1200), 0, role="rate", desired=RATE_BAND, deadband=1),
    Point("Plan", "UInt32", "pcs", digits=0, role="plan", trend=False),
    Point("Made", "UInt32", "pcs", digits=0, role="made"),
)

ZONE_NOMINAL = {1: 150.0, 2: 182.0, 3: 216.0, 4: 245.0}
ZONE_WINDOW = (212.0, 224.0)
"""The recipe window of oven zone 3: solder joints suffer outside of it, and a little before."""

KINDS: tuple[Kind, ...] = (
    Kind(
        "printer", 3.40, 0.6, 2.1, (11, 12), 19,
        (
            Point("SqueegeePressure", "Double", "bar", (0, 4), 2, desired=(1.7, 1.9),
                  limits=(1.5, 1.6, 2.0, 2.1), deadband=0.01),
            Point("PasteHeight", "Double", "µm", (80, 220), 0, desired=(140, 160),
                  limits=(115, 125, 175, 185), deadband=1),
            Point("StencilTemperature", "Double", "°C", (10, 50), 1, desired=(22, 26),
                  limits=(18, 20, 28, 30), deadband=0.1),
            Point("FeedRate", "Double", "pcs/h", (500, 950), 0, role="feed", access="setpoint"),
        ),
        "StencilTemperature",
    ),
    Kind(
        "placer", 3.50, 1.4, 4.6, (21, 22), 29,
        (
            Point("Vacuum", "Double", "kPa", (-100, 0), 1, desired=(-65, -58),
                  limits=(-75, -70, -52, -48), deadband=0.1),
            Point("PlacementOffset", "Double", "µm", (0, 120), 0, desired=(0, 40),
                  limits=(None, None, 50, 60), deadband=1),
            Point("FeederLevel", "Double", "%", (0, 100), 0, desired=(10, 100),
                  limits=(2, 5, None, None), deadband=1),
            Point("Recipe", "String", role="recipe", trend=False),
            Point("Qualified", "String", role="qualified", trend=False),
        ),
    ),
    Kind(
        "oven", 3.40, 14.0, 34.0, (31,), 39,
        (
            Point("Zone1Temperature", "Double", "°C", (0, 300), 1, desired=(146, 154),
                  limits=(140, 143, 157, 160), deadband=0.1),
            Point("Zone2Temperature", "Double", "°C", (0, 300), 1, desired=(178, 186),
                  limits=(172, 175, 189, 192), deadband=0.1),
            Point("Zone3Temperature", "Double", "°C", (0, 300), 1, role="temperature", desired=(213, 219),
                  limits=(208, 212, 220, 224), deadband=0.1),
            Point("Zone4Temperature", "Double", "°C", (0, 300), 1, desired=(241, 249),
                  limits=(235, 238, 252, 255), deadband=0.1),
            Point("Zone3Setpoint", "Double", "°C", (200, 235), 1, role="target_temperature", access="setpoint"),
            Point("ConveyorSpeed", "Double", "m/min", (0, 2), 2, desired=(0.85, 0.95), deadband=0.01),
            Point("Oxygen", "Double", "ppm", (0, 5000), 0, desired=(700, 1000),
                  limits=(None, None, 1500, 2000), deadband=5),
        ),
        "Zone3Temperature",
    ),
    Kind(
        "camera", 3.30, 0.3, 0.7, (41, 42), 49,
        (
            Point("LightLevel", "Double", "%", (0, 110), 1, desired=(95, 100),
                  limits=(85, 90, None, None), deadband=0.1),
            Point("PositionOffset", "Double", "px", (0, 10), 2, desired=(0, 1),
                  limits=(None, None, 2, 4), deadband=0.01),
            Point("RejectShare", "Double", "%", (0, 50), 1, role="reject_share", desired=(0, 2),
                  limits=(None, None, 3, 8), deadband=0.1),
            Point("Verdict", "UInt32", range=(0, 2), role="verdict", words="verdict", trend=False),
            Point("LastDefect", "String", role="defect", trend=False),
            Point("Scene", "String", trend=False),
        ),
        "LightLevel",
    ),
    Kind(
        "tester", 3.35, 0.4, 1.1, (51,), 59,
        (
            Point("Yield", "Double", "%", (50, 100), 1, role="yield", desired=(98, 100),
                  limits=(90, 95, None, None), deadband=0.1),
            Point("ContactResistance", "Double", "mΩ", (0, 200), 1, desired=(35, 55),
                  limits=(None, None, 70, 90), deadband=0.1),
            Point("SupplyCurrent", "Double", "mA", (0, 400), 1, desired=(180, 190),
                  limits=(165, 172, 196, 205), deadband=0.1),
        ),
    ),
    Kind(
        "packer", 3.20, 0.5, 1.6, (61, 62), 69,
        (
            Point("SealTemperature", "Double", "°C", (0, 250), 1, desired=(160, 170),
                  limits=(150, 155, 175, 180), deadband=0.1),
            Point("BoxCount", "UInt32", digits=0, role="boxes"),
        ),
        "SealTemperature",
    ),
)  # fmt: skip
STATION_COUNT = len(KINDS)
OPERATIONS = {
    "printer": "print", "placer": "place", "oven": "reflow", "camera": "aoi", "tester": "test", "packer": "pack",
}  # fmt: skip
"""What each kind of station does, in the order of the line; every product goes through all of it."""

LINES: tuple[LineSpec, ...] = (
    LineSpec(1, 850.0, 1.00, ("A4", "B2"), 10077, 1057),
    LineSpec(2, 812.0, 1.03, ("C1", "A4"), 20031, 2041),
    LineSpec(3, 838.0, 1.01, ("B2", "C1"), 30012, 3007),
)


def points_of(order: int) -> tuple[Point, ...]:
    """The points of the station at a place of the line (from 1); the last station has no diverter behind it."""
    kind = KINDS[order - 1]
    return COMMON + (DIVERTER if order < STATION_COUNT else ()) + kind.points


def all_points() -> dict[str, Point]:
    """Every point by tag id, e.g. ``L1.S3.Zone3Temperature``, in the plant file's order."""
    points: dict[str, Point] = {}
    for line in LINES:
        points |= {f"{line.id}.{p.name}": p for p in LINE_POINTS}
        for order in range(1, STATION_COUNT + 1):
            points |= {f"{line.id}.S{order}.{p.name}": p for p in points_of(order)}
    return points
