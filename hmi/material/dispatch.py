"""Dispatch rules: in which order a line makes its orders. The twin picks among them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hmi.model.network import WorkOrder

Rule = Callable[[Sequence[WorkOrder]], list[WorkOrder]]


def fifo(orders: Sequence[WorkOrder]) -> list[WorkOrder]:
    """As they came; the one in work stays first, as with every rule."""
    return sorted(orders, key=lambda o: not o.running)


def earliest_due(orders: Sequence[WorkOrder]) -> list[WorkOrder]:
    """The earliest date first; those without a date last."""
    return sorted(orders, key=lambda o: (not o.running, o.due_s is None, o.due_s or 0.0))


def shortest(orders: Sequence[WorkOrder]) -> list[WorkOrder]:
    """The smallest quantity first."""
    return sorted(orders, key=lambda o: (not o.running, o.left))


def least_changeover(orders: Sequence[WorkOrder]) -> list[WorkOrder]:
    """Orders of one product behind each other: the product in work first, then by the earliest date of a product."""
    rest = fifo(orders)
    if not rest:
        return []
    first = rest[0].product
    earliest: dict[str, float] = {}
    for order in rest:
        due = float("inf") if order.due_s is None else order.due_s
        earliest[order.product] = min(due, earliest.get(order.product, float("inf")))
    at = {order.id: i for i, order in enumerate(earliest_due(rest))}
    return sorted(
        rest, key=lambda o: (not o.running, o.product != first, earliest[o.product], o.product, at[o.id])
    )  # fmt: skip


RULES: dict[str, Rule] = {
    "edd": earliest_due,
    "spt": shortest,
    "changeover": least_changeover,
    "fifo": fifo,
}
"""By the name that plans carry; the catalogue's ``material.rule.NAME`` says it to people."""
