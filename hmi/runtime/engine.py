"""The engine process: one asyncio loop that connects, records, answers; it lives without a window."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path

from hmi.model.plant import Plant
from hmi.runtime import datafolder
from hmi.runtime.wiring import Wired, wire

log = logging.getLogger("linekeeper.engine")


class Engine:
    """One plant on one data folder, from start to stop."""

    def __init__(self, data: Path, plant: Plant, plant_file: str) -> None:
        """data must be usable (see datafolder); plant was checked by the plant file's reader."""
        self.data, self.plant, self.plant_file = data, plant, plant_file
        self.wired: Wired | None = None

    async def run(self, stop: asyncio.Event, ready: Callable[[Wired], None] | None = None) -> None:
        """Work until stop is set; ready is called once the desk is open."""
        with ExitStack() as stack:
            datafolder.prepare(self.data)
            stack.callback(datafolder.take(self.data).release)
            wired = self.wired = wire(self.data, self.plant, self.plant_file)
            stack.callback(wired.close)
            await wired.server.start()
            beat = asyncio.create_task(wired.meter.run(), name="beat")
            tick = asyncio.create_task(_tick(wired), name="tick")
            wired.drivers.start()
            wired.loop.start()
            # what exists now lives as long as the engine: keep the collector from walking it again and again
            gc.collect()
            gc.freeze()
            if ready is not None:
                ready(wired)
            waiter = asyncio.create_task(stop.wait(), name="stop")
            try:
                done, _ = await asyncio.wait({waiter, beat, tick}, return_when=asyncio.FIRST_COMPLETED)
                for task in done - {waiter}:
                    task.result()  # a heart that stopped ends the engine: its supervisor starts another
            finally:
                for task in (waiter, tick):
                    task.cancel()
                wired.acquisition.close()
                await wired.loop.stop()
                await wired.drivers.stop()
                await wired.server.stop()
                beat.cancel()
                with suppress(asyncio.CancelledError, Exception):
                    await asyncio.gather(waiter, tick, beat, return_exceptions=True)


async def _tick(wired: Wired) -> None:
    while True:
        wired.tick()
        await asyncio.sleep(0.25)


def run_engine(
    data: Path, plant: Plant, plant_file: str, seconds: float | None, ready: Callable[[Wired], None]
) -> None:
    """Run an engine in this process until SIGTERM, SIGINT or the given seconds are over."""

    async def main() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            try:
                loop.add_signal_handler(number, stop.set)
            except NotImplementedError:  # Windows: no signal handlers on the loop
                signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
        if seconds is not None:
            loop.call_later(seconds, stop.set)
        await Engine(data, plant, plant_file).run(stop, ready)

    asyncio.run(main())
