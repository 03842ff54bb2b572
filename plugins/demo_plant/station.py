"""One station: its PackML state machine, its stops, its buffer and the unit it works on. No clock, no wire."""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass

from plugins.demo_plant.layout import BUFFER_CAPACITY, Kind, LineSpec, Mode, State
from plugins.demo_plant.unit import Unit

WAIT_BEFORE_SUSPEND_S = 6.0
"""A machine calls itself Suspended only after a pause that is longer than the rhythm of the line."""
ROUTE_DELAY_S = 0.3
SELF_RESET_S = 15.0
"""After a repair the technician resets the machine, if nobody at the desk did before."""
MEAN_EXECUTE_BETWEEN_STOPS_S = 3000.0
RECIPE_CHANGE_S = 0.1
"""The feeders for every product of a line are mounted; another product costs the loading of its recipe."""

_WORKING = frozenset({State.EXECUTE, State.BLOCKED, State.STARVED})
_WAY_IN = {
    State.ABORTED: (State.ABORTING, 1.0),
    State.HELD: (State.HOLDING, 0.5),
    State.STOPPED: (State.STOPPING, 1.0),
}
_WAY_OUT = {
    State.ABORTED: (State.RESETTING, 2.0),
    State.STOPPED: (State.RESETTING, 2.0),
    State.HELD: (State.UNHOLDING, 0.5),
}
_PASSING = {State.ABORTING: State.ABORTED, State.HOLDING: State.HELD, State.STOPPING: State.STOPPED,
            State.RESETTING: State.EXECUTE, State.UNHOLDING: State.EXECUTE}  # fmt: skip


@dataclass(slots=True)
class Fault:
    """Why a station stands: a short stop (Held) or a failure (Aborted), and how long until it is put right."""

    code: int
    aborts: bool
    left_s: float
    waits_for_reset_s: float = 0.0


class Station:
    """A machine of a line with the buffer before it."""

    def __init__(self, line: LineSpec, order: int, kind: Kind, seed: int) -> None:
        self.id = f"{line.id}.S{order}"
        self.line = line.number
        self.order = order
        self.kind = kind
        self.pace = line.pace
        self.rng = random.Random(f"{seed}/{self.id}")
        self.stops_at_random = True
        self.state = State.EXECUTE
        self.mode = Mode.PRODUCTION
        self.buffer: deque[Unit] = deque()
        self.unit: Unit | None = None
        self.last_unit = ""
        self.progress = 0.0
        self.cycle_s = kind.cycle_s * line.pace
        self.measured_cycle_s = self.cycle_s
        self.speed = 100.0
        self.speed_setpoint = 100.0
        self.hold = False
        self.divert_to = 0
        self.route_active = 0
        self.fault: Fault | None = None
        self.good = 0
        self.reject = 0
        self.forced_reject_share: float | None = None
        self.recipe = ""
        self._route_due_s = 0.0
        self._passing_s = 0.0
        self._waited_s = 0.0
        self._until_stop_s = self.rng.expovariate(1 / MEAN_EXECUTE_BETWEEN_STOPS_S)

    @property
    def can_work(self) -> bool:
        """Whether units move through it now."""
        return self.state in _WORKING

    @property
    def has_room(self) -> bool:
        """Whether the buffer before it takes another unit."""
        return len(self.buffer) < BUFFER_CAPACITY

    @property
    def finished(self) -> bool:
        """Whether the unit in it is ready to leave."""
        return self.unit is not None and self.progress >= 1.0

    @property
    def fault_code(self) -> int:
        """What the FaultCode tag says."""
        return self.fault.code if self.fault else 0

    def fail(self, code: int, seconds: float, *, aborts: bool) -> None:
        """Stop it for a cause of its own; a failure takes the place of a short stop."""
        if self.fault is None or aborts or not self.fault.aborts:
            self.fault = Fault(code, aborts, seconds)

    def reset(self) -> bool:
        """What the Reset method does: clears a short stop, or a failure once it is repaired; False where it cannot."""
        if self.fault is None or (self.fault.aborts and self.fault.left_s > 0):
            return False
        self.fault = None
        return True

    def divert(self, line: int) -> None:
        """Ask for another lane; the gate follows ROUTE_DELAY_S later."""
        self.divert_to = line
        self._route_due_s = ROUTE_DELAY_S

    def advance(self, dt_s: float) -> None:
        """One step of faults, gate, speed, state and work; handing the unit on is the line's affair."""
        self._heal(dt_s)
        if self.route_active != self.divert_to:
            self._route_due_s -= dt_s
            if self._route_due_s <= 1e-9:
                self.route_active = self.divert_to
        self.speed += (self.speed_setpoint - self.speed) * min(1.0, dt_s / 2.0)
        self._turn(dt_s)
        if not self.can_work:
            return
        if self.unit is None and self.buffer:
            self._take()
        if self.unit is None or self.finished:
            self._waited_s += dt_s
            return
        self._waited_s = 0.0
        self.progress += dt_s / self.cycle_s * self.speed / 100.0

    def hand_on(self) -> Unit:
        """The finished unit leaves; what is left of the step goes into the next one."""
        unit, self.unit = self.unit, None
        assert unit is not None
        self.measured_cycle_s = self.cycle_s * 100.0 / max(self.speed, 1.0)
        self.last_unit = unit.id
        over = min(self.progress - 1.0, 0.3) if self._waited_s == 0.0 else 0.0
        self.progress = 0.0
        if self.buffer:
            self._take()
            self.progress = over
        return unit

    def _take(self) -> None:
        self.unit = self.buffer.popleft()
        self.progress = 0.0
        self.cycle_s = self.kind.cycle_s * self.pace * max(0.9, 1.0 + 0.015 * self.rng.gauss(0.0, 1.0))
        if self.kind.name == "placer" and self.recipe != self.unit.product:
            self.cycle_s += RECIPE_CHANGE_S
            self.recipe = self.unit.product

    def _heal(self, dt_s: float) -> None:
        if self.fault is None:
            if self.state is State.EXECUTE and self.stops_at_random:
                self._until_stop_s -= dt_s
                if self._until_stop_s <= 0:
                    self._until_stop_s = self.rng.expovariate(1 / MEAN_EXECUTE_BETWEEN_STOPS_S)
                    self.fault = Fault(self.rng.choice(self.kind.stops), False, self.rng.lognormvariate(2.9, 0.45))
            return
        self.fault.left_s -= dt_s
        if self.fault.left_s > 0:
            return
        self.fault.waits_for_reset_s += dt_s
        if not self.fault.aborts or self.fault.waits_for_reset_s >= SELF_RESET_S:
            self.fault = None

    def _target(self) -> State:
        if self.fault is not None and self.fault.aborts:
            return State.ABORTED
        if self.fault is not None or self.hold:
            return State.HELD
        if self.mode is not Mode.PRODUCTION:
            return State.STOPPED
        if self._waited_s >= WAIT_BEFORE_SUSPEND_S:
            return State.BLOCKED if self.finished else State.STARVED
        return State.EXECUTE

    def _turn(self, dt_s: float) -> None:
        target = self._target()
        if self.state in _PASSING:
            self._passing_s -= dt_s
            if self._passing_s > 0 and not (target is State.ABORTED and self.state is not State.ABORTING):
                return
            if _PASSING[self.state] is target or target not in _WAY_IN:
                self.state = _PASSING[self.state]
        if self.state is target:
            return
        if target in _WAY_IN:
            self.state, self._passing_s = _WAY_IN[target]
        elif self.state in _WAY_OUT:
            self.state, self._passing_s = _WAY_OUT[self.state]
            self._waited_s = 0.0
        else:
            self.state = target
