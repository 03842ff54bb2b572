"""Orders, lots, material batches and shifts of a line: who makes what, of what, for when."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count

from plugins.demo_plant.layout import UTC_OFFSET_S, LineSpec
from plugins.demo_plant.unit import PasteBatch, Unit

LOT_SIZE = 200
ORDER_SIZES = (1600, 1200, 2000)
SHIFT_S = 8 * 3600
FIRST_SHIFT_S = 6 * 3600
SHIFTS = ("day", "evening", "night")
PRODUCTIVE_SHARE = 0.955
OPERATORS = {
    1: ("kim.jh", "choi.ms", "yoon.dh"),
    2: ("lee.sy", "jung.hw", "lim.ej"),
    3: ("park.sj", "kang.yr", "han.tw"),
}


@dataclass(frozen=True, slots=True)
class ShiftNow:
    """Which shift runs at a moment."""

    index: int
    """0 day, 1 evening, 2 night."""
    start_s: float
    """Its start, seconds since 1970 UTC."""
    elapsed_s: float


def shift_at(epoch_s: float) -> ShiftNow:
    """The shift at a moment (seconds since 1970 UTC), in the plant's local time."""
    since_first = (epoch_s + UTC_OFFSET_S - FIRST_SHIFT_S) % 86400
    index, elapsed = divmod(since_first, SHIFT_S)
    return ShiftNow(int(index), epoch_s - elapsed, elapsed)


@dataclass(slots=True)
class Order:
    """A production order of one product."""

    id: str
    product: str
    quantity: int
    due_s: float
    """Seconds since 1970 UTC."""
    started: int = 0
    done: int = 0


@dataclass
class OrderBook:
    """The line's orders in turn, its lots and its paste; hands every new board its papers."""

    line: LineSpec
    epoch_s: float
    """The moment the plant's time 0 stands for."""
    orders: dict[str, Order] = field(default_factory=dict)
    current: Order = field(init=False)
    lot: int = field(init=False)
    in_lot: int = 0
    batch: PasteBatch = field(init=False)
    _numbers: count[int] = field(init=False)

    def __post_init__(self) -> None:
        self._numbers = count(self.line.order_base)
        self.lot = self.line.lot_base
        self.batch = PasteBatch(f"PASTE-{self.line.number}A")
        self._next_order(0.0)

    def _next_order(self, now_s: float) -> None:
        number = next(self._numbers)
        turn = number - self.line.order_base
        product = self.line.products[1 if turn % 3 == 2 else 0]
        quantity = ORDER_SIZES[turn % len(ORDER_SIZES)]
        due = self.epoch_s + now_s + quantity / self.line.feed_per_h * 3600 * 1.15
        self.current = Order(f"WO-{number}", product, quantity, round(due / 1800 + 0.5) * 1800)
        self.orders[self.current.id] = self.current

    def next_unit(self, now_s: float) -> Unit:
        """A bare board enters the line: its id, order, lot and product; the paste is the line's of this moment."""
        if self.current.started >= self.current.quantity:
            self._next_order(now_s)
            self._next_lot()
        elif self.in_lot >= LOT_SIZE:
            self._next_lot()
        self.in_lot += 1
        self.current.started += 1
        name = f"U{self.lot}-{self.in_lot:06d}"
        return Unit(name, self.line.number, self.current.id, self.lot_id, self.current.product, self.batch, now_s)

    def _next_lot(self) -> None:
        self.lot += 1
        self.in_lot = 0

    @property
    def lot_id(self) -> str:
        """The lot that new boards belong to."""
        return f"LOT-{self.lot}"

    @property
    def plan(self) -> int:
        """Units planned for a whole shift."""
        return int(round(self.line.feed_per_h * SHIFT_S / 3600 * PRODUCTIVE_SHARE * 0.97, -2))
