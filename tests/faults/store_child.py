"""The process that tests/faults/test_store_kill.py kills: writes history and decisions as fast as they come.

Beside each put it notes in a mapped file how far it got: number, time in ns, longest stall of its own loop in ns.
Each decision that the database acknowledged goes to standard output, one number a line.
"""

import mmap
import struct
import sys
import time
from pathlib import Path

import numpy as np

from hmi.model.text import Text
from hmi.store import events
from hmi.store.database import Database
from hmi.store.history_tables import HistoryTag
from hmi.store.history_writer import HistoryWriter

NOTE = struct.Struct("<qqq")


def main() -> None:
    folder, number = Path(sys.argv[1]), int(sys.argv[2])
    with (folder / "note").open("r+b") as file:
        note = mmap.mmap(file.fileno(), NOTE.size)
    history = HistoryWriter(folder / "history.db", [HistoryTag(f"t{n}") for n in range(50)])
    database = Database(folder / "plant.db")
    rows, good = np.arange(50, dtype=np.int32), np.zeros(50, np.uint32)
    print("ready", flush=True)
    before, stall = time.time_ns(), 0
    while True:
        number += 1
        now = time.time_ns()
        stall, before = max(stall, now - before), now
        history.put(rows, np.full(50, float(number)), good, np.full(50, now))
        note[:] = NOTE.pack(number, now, stall)
        if number % 10 == 0:
            asked = number
            done = database.submit(lambda work, n=asked: events.add(work, n, "test", "here", Text.same(str(n))))
            done.add_done_callback(lambda _, n=asked: print(n, flush=True))
        time.sleep(0.003)


main()
