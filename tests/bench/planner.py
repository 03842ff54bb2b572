"""Card-ready time of the planner: 50 stations, 8 operations, 6 products, 200 lots; `python tests/bench/planner.py [N]`.

Prints p50 and p95 of wall and CPU milliseconds over N seeded failures, in this process (warm), and what came of them.
"""

import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))


def main(count: int) -> None:
    import numpy as np

    from hmi.loop.replan import replan
    from tests.unit.flow_case import failure

    replan(failure(0))
    wall, cpu, kinds, replications = [], [], Counter(), []
    for seed in range(1, count + 1):
        request = failure(seed)
        began, used = time.perf_counter(), time.process_time()
        plan = replan(request)
        wall.append((time.perf_counter() - began) * 1e3)
        cpu.append((time.process_time() - used) * 1e3)
        kinds[sum(o.kind == "reroute" for o in plan.options)] += 1
        replications.append(plan.replications)
    for name, found in (("wall ms", wall), ("cpu ms", cpu), ("replications", replications)):
        p50, p95, worst = np.quantile(found, [0.5, 0.95, 1.0])
        print(f"{name}: p50 {p50:.0f}  p95 {p95:.0f}  max {worst:.0f}")
    print("routes a failure:", dict(sorted(kinds.items())))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
