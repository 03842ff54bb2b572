"""A desk with people and the rooms that a handover is gathered from; only the gateway is left out."""

from hmi.desk.alarms import Alarms
from hmi.desk.command_rows import CommandRow, ModeRow
from hmi.desk.machine_time import MachineTime
from hmi.desk.shiftlog import ShiftLog
from hmi.model.command import CommandOutcome
from hmi.store import audit
from hmi.store.alarms import AlarmTable
from hmi.store.machine_time import MachineTimeTable
from tests.integration.people_site import Site, Steps
from tests.integration.test_machine_time import START, small_plant

PENDING = CommandRow(
    7, "k7", "L1.plan", 80.0, 90.0, None, CommandOutcome.UNKNOWN, None, None, None, "kim", "Kim Jihye", "order 17",
    START, START, 0, 0,
)  # fmt: skip


class Switched:
    """The mode and what is not settled, as the desk's Control tells it."""

    def __init__(self):
        self.row = ModeRow("CONTROL", START, "Kim Jihye", [PENDING])

    def mode(self):
        return self.row


class ShiftSite(Site):
    """People, machine time, alarms and the shift log on one clock."""

    def __init__(self, data, plant=None, **options):
        clock = Steps()
        clock.offset_s = START / 1e9 + 3600 - clock.s  # an hour into the day
        self.plant, self.switch, self.handed = plant or small_plant(), Switched(), []
        super().__init__(data, more=self._more, clock=clock, **options)

    def _more(self, people):
        now = self.clock.wall_ns
        self.machine_time = MachineTime(self.plant, MachineTimeTable(self.database), now)
        self.alarms = Alarms(
            self.plant, AlarmTable(self.database), require=people.require, audit=audit.append,
            submit=self.database.submit, clock=now, monotonic=lambda: int(self.clock.s * 1e9),
        )  # fmt: skip
        self.log = ShiftLog(
            self.plant, self.database, people, self.machine_time, self.alarms, self.switch, self.clock,
            lambda *said: self.handed.append(said),
        )  # fmt: skip
        return self.log.answers() | self.alarms.answers()

    def stop(self):
        if not self.loop.is_closed():
            self.run(self.alarms.close)
        super().stop()
