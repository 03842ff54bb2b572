"""``python -m plugins.demo_plant``: runs the demo plant until SIGTERM, or until the parent closes standard input."""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import signal
import stat
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from plugins.demo_plant.certificate import make_identity
from plugins.demo_plant.happening import Happening
from plugins.demo_plant.layout import NAMESPACE
from plugins.demo_plant.scenarios import NAMES
from plugins.demo_plant.sim import DemoPlant

TICK_S = 0.25
LONGEST_PAST_S = 8 * 3600.0
CONNECTING_S = 0.6
"""An engine needs at least this long from its start to its first reading."""
PUBLISH_EACH_S = 1.0
"""At higher speed the plant still publishes once a second of its own time: no unit passes a station unseen."""


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m plugins.demo_plant", description="The demo plant behind OPC UA.")
    parser.add_argument("--port", type=int, default=0, help="TCP port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--seed", type=int, default=7, help="the same seed gives the same plant")
    parser.add_argument("--scenario", choices=[*NAMES, "none"], help="one story, or none; default: all in turn")
    parser.add_argument("--speed", type=float, default=1.0, help="plant seconds for each second (0.1 to 60)")
    parser.add_argument("--past", type=_seconds, default=0.0, help="hours to have run before the start, e.g. 4h")
    parser.add_argument("--past-out", type=Path, help="folder for the record of that past, in parts as they are made")
    parser.add_argument("--plant-out", type=Path, help="write the plant file with the true endpoint here")
    parser.add_argument("--certificate-out", type=Path, help="write the server's certificate (DER) here")
    parser.add_argument("--insecure", action="store_true", help="policy None instead of SignAndEncrypt (for tests)")
    arguments = parser.parse_args()
    if not 0.1 <= arguments.speed <= 60:
        parser.error("--speed: 0.1 to 60")
    if not 0 <= arguments.past <= LONGEST_PAST_S:
        parser.error("--past: 0s to 8h")
    return arguments


def _seconds(text: str) -> float:
    """Seconds from "90s", "10m", "4h" or a bare number. ValueError otherwise."""
    unit = {"s": 1.0, "m": 60.0, "h": 3600.0}.get(text[-1:])
    return float(text) if unit is None else float(text[:-1]) * unit


def _print(line: dict[str, object]) -> None:
    print(json.dumps(line, ensure_ascii=False), flush=True)  # noqa: T201 - the parent reads these lines


def _tell(happening: Happening, plant: DemoPlant, at: datetime, begin_s: float) -> None:
    from hmi.api import say  # not needed before the ready line, and it costs a tenth of a second

    values: dict[str, object] = dict(happening.values)
    what = say(f"demo.{happening.key}", **values)
    began = [t for t in plant.truths if t.scenario == happening.scenario and t.start_s == happening.at_s]
    truth = {"cause": began[0].named} if began else {}
    _print(
        {
            **truth, "t": round(happening.at_s - begin_s, 3), "time": at.isoformat(), "scenario": happening.scenario,
            "place": happening.place, "key": happening.key, "what": what.to_json(),
        }
    )  # fmt: skip


def _watch_parent(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """Standard input that is a pipe belongs to the parent: when it closes, the parent is gone."""
    mode = os.fstat(0).st_mode
    if not (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)):
        return

    def wait() -> None:
        while os.read(0, 4096):
            pass
        loop.call_soon_threadsafe(stop.set)

    threading.Thread(target=wait, daemon=True).start()


def _plant(arguments: argparse.Namespace) -> tuple[datetime, DemoPlant]:
    """The plant, and the moment at which it goes live: now, or a little later when it has a past to be taken in."""
    now_s = time.time_ns() // 1_000_000 / 1000.0
    if not arguments.past:
        return datetime.fromtimestamp(now_s, UTC), DemoPlant(arguments.seed, arguments.scenario, now_s)
    from plugins.demo_plant import past  # numpy is not needed without one

    past_s = past.reach(now_s, arguments.past)
    plant = DemoPlant(arguments.seed, "none", now_s - past_s)
    live_s = past.play(
        plant, past_s, arguments.past_out, time.time,
        lambda file, last: _print({"past": str(file), "last": last}),
    )  # fmt: skip
    plant.tell(arguments.scenario)
    return datetime.fromtimestamp(live_s, UTC), plant


async def _run(arguments: argparse.Namespace) -> None:
    gc.disable()  # nothing of what the start makes is garbage; the server freezes it
    from plugins.demo_plant.server import PlantServer, moment, quiet

    quiet()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(number, stop.set)
        except NotImplementedError:  # Windows has no signal handlers in the loop
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
    start, plant = _plant(arguments)
    begin_s = plant.now_s
    identity = None if arguments.insecure else make_identity()
    server = PlantServer(plant, arguments.port, identity)
    await server.start(moment(start, 0.0))
    gc.enable()
    if identity is not None and arguments.certificate_out:
        arguments.certificate_out.write_bytes(identity.der)
    if arguments.plant_out:
        from plugins.demo_plant import plantfile

        plantfile.write(arguments.plant_out, server.endpoint, secure=identity is not None)
    # an engine that is told now connects when the past is over, not before
    await asyncio.sleep((start - datetime.now(UTC)).total_seconds() - CONNECTING_S)
    _print(
        {
            "ready": True, "endpoint": server.endpoint, "namespace": NAMESPACE, "pid": os.getpid(),
            "seed": arguments.seed, "scenario": arguments.scenario or "all",
            "security": "SignAndEncrypt" if identity else "None",
            "fingerprint": identity.fingerprint if identity else None,
        }
    )  # fmt: skip
    _watch_parent(loop, stop)
    base = time.monotonic() + ((start - datetime.now(UTC)).total_seconds() if begin_s else 0.0)
    elapsed = 0.0
    tick = min(TICK_S, PUBLISH_EACH_S / arguments.speed)
    while not stop.is_set():
        behind = base + elapsed + tick - time.monotonic()
        if behind < -5.0:  # the machine slept, or the process was stopped: the plant stood still as well
            base, start, behind = base - behind, start - timedelta(seconds=behind), 0.0
        try:
            await asyncio.wait_for(stop.wait(), max(behind, 0.0))
        except TimeoutError:
            elapsed += tick
        else:
            break
        plant.step(tick * arguments.speed)
        at = moment(start, elapsed)
        await server.publish(at)
        for happening in plant.take_happenings():
            _tell(happening, plant, at, begin_s)
    await server.stop()


def main() -> int:
    """Run until told to end; 0 for a clean end."""
    try:
        asyncio.run(_run(_arguments()))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # the parent is gone: nobody reads what would be flushed
        return 0
    except OSError as error:
        _print({"ready": False, "why": str(error)})
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
