"""The process that tests/faults/test_alarm_kill.py kills: alarms come and go, a person acknowledges them.

Each acknowledgement that was answered goes to standard output as ``ALARM ACTIVATION``, one a line.
"""

import asyncio
import sys
import time
from pathlib import Path

from hmi.desk.alarm_rows import NamedAlarm
from tests.faults.alarm_rules import RULES
from tests.integration.alarm_site import Bench, plant


async def main() -> None:
    bench = Bench(Path(sys.argv[1]), plant(*RULES))
    for i in range(4):
        bench.say(f"t{i}", 0.0)
    print("ready", flush=True)
    number = 0
    while True:
        number += 1
        alarm = f"r{number % 4}"
        bench.now, bench.mono = time.time_ns(), time.monotonic_ns()
        bench.say(f"t{number % 4}", 200.0)
        activation = bench.facts(alarm).activation
        [done] = await bench.alarms.answers()["acknowledge"](None, [NamedAlarm(alarm, str(activation))], "seen")
        if done.done:
            print(alarm, activation, flush=True)
        bench.say(f"t{number % 4}", 0.0)
        await asyncio.sleep(0)


asyncio.run(main())
