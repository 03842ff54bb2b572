"""How long containment takes on a million passes: `python -m tests.bench.genealogy_time`."""

import time

from hmi.model.genealogy import UnitPass
from hmi.model.hold import HoldScope, ScopeKind
from hmi.quality.genealogy import Genealogy
from tests.unit.quality_flow import PLANT, SECOND

UNITS = 170_000


def timed(name, act, times=5):
    took = []
    for _ in range(times):
        start = time.process_time()
        found = act()
        took.append((time.process_time() - start) * 1000)
    print(f"{name:40} {len(found):7} units  {sorted(took)[times // 2]:8.2f} ms CPU")


def main():
    index = Genealogy(PLANT)
    start = time.process_time()
    for n in range(UNITS):
        line = f"L{n % 3 + 1}"
        for s in range(1, 7):
            index.add(
                UnitPass(
                    f"U{3000 + n // 200}-{n % 200:06d}", f"{line}.S{s}", line, (n * 4 + s * 30) * SECOND,
                    f"LOT-{3000 + n // 200}", f"WO-{n // 1600}", "p", f"PASTE-{n // 1000}", "kim",
                )
            )  # fmt: skip
    print(f"{len(index)} passes in {time.process_time() - start:.1f} s CPU")
    timed("lot", lambda: index.affected(HoldScope(ScopeKind.LOT, ("LOT-3700",))))
    timed("batch", lambda: index.affected(HoldScope(ScopeKind.BATCH, ("PASTE-100",))))
    timed("20 batches", lambda: index.affected(HoldScope(ScopeKind.BATCH, tuple(f"PASTE-{n}" for n in range(20, 40)))))
    since = UNITS * 4 * SECOND - 8 * 3600 * SECOND
    timed("station, 8 h", lambda: index.affected(HoldScope(ScopeKind.STATION, ("L1.S3",), since)))
    timed("station, all", lambda: index.affected(HoldScope(ScopeKind.STATION, ("L1.S3",), 1)))
    timed("unit", lambda: index.affected(HoldScope(ScopeKind.UNITS, ("U3700-000007",))))
    timed("trace", lambda: index.passes("U3700-000007"))


if __name__ == "__main__":
    main()
