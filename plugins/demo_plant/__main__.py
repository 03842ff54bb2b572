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
PUBLISH_EACH_S = 1.0
"""At higher speed the plant still publishes once a second of its own time: no unit passes a station unseen."""


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m plugins.demo_plant", description="The demo plant behind OPC UA.")
    parser.add_argument("--port", type=int, default=0, help="TCP port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--seed", type=int, default=7, help="the same seed gives the same plant")
    parser.add_argument("--scenario", choices=[*NAMES, "none"], help="one story, or none; default: all in turn")
    parser.add_argument("--speed", type=float, default=1.0, help="plant seconds for each second (0.1 to 60)")
    parser.add_argument("--plant-out", type=Path, help="write the plant file with the true endpoint here")
    parser.add_argument("--certificate-out", type=Path, help="write the server's certificate (DER) here")
    parser.add_argument("--insecure", action="store_true", help="policy None instead of SignAndEncrypt (for tests)")
    arguments = parser.parse_args()
    if not 0.1 <= arguments.speed <= 60:
        parser.error("--speed: 0.1 to 60")
    return arguments


def _print(line: dict[str, object]) -> None:
    print(json.dumps(line, ensure_ascii=False), flush=True)  # noqa: T201 - the parent reads these lines


def _tell(happening: Happening, at: datetime) -> None:
    from hmi.api import say  # not needed before the ready line, and it costs a tenth of a second

    values: dict[str, object] = dict(happening.values)
    what = say(f"demo.{happening.key}", **values)
    _print(
        {
            "t": round(happening.at_s, 3), "time": at.isoformat(), "scenario": happening.scenario,
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
    start = datetime.now(UTC)
    plant = DemoPlant(arguments.seed, arguments.scenario, start.timestamp())
    identity = None if arguments.insecure else make_identity()
    server = PlantServer(plant, arguments.port, identity)
    await server.start(moment(start, 0.0))
    gc.enable()
    if identity is not None and arguments.certificate_out:
        arguments.certificate_out.write_bytes(identity.der)
    if arguments.plant_out:
        from plugins.demo_plant import plantfile

        plantfile.write(arguments.plant_out, server.endpoint, secure=identity is not None)
    _print(
        {
            "ready": True, "endpoint": server.endpoint, "namespace": NAMESPACE, "pid": os.getpid(),
            "seed": arguments.seed, "scenario": arguments.scenario or "all",
            "security": "SignAndEncrypt" if identity else "None",
            "fingerprint": identity.fingerprint if identity else None,
        }
    )  # fmt: skip
    _watch_parent(loop, stop)
    base = time.monotonic()
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
            _tell(happening, at)
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
