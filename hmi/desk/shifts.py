"""Shift windows for the screens: the plant's own rules, at the desk's door."""

from hmi.plant.shifts import ShiftWindow, previous, window

__all__ = ["ShiftWindow", "previous", "window"]
