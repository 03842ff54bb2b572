"""A camera's process from its start to its end: its first order, its last words, and an end that is waited for."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress
from pathlib import Path

from hmi.runtime.camera_hosted import HostedCamera
from hmi.runtime.processes import own_command
from hmi.vision import messages as m

log = logging.getLogger(__name__)

MODULE = "hmi.runtime.camera_process"


async def spawn(
    hosted: HostedCamera, data: Path, password: str | None, active: dict[str, int], products: list[str]
) -> asyncio.subprocess.Process:
    """Start the process and tell it which camera it is; active and products are those of messages.Start.

    OSError as it comes.
    """
    camera, pipe = hosted.camera, asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *own_command(MODULE), stdin=pipe, stdout=pipe, stderr=pipe, limit=m.LARGEST
    )
    hosted.process = process
    hosted.watch.starting(time.monotonic_ns())
    settings = dict(camera.settings) | ({} if password is None else {"password": password})
    hosted.send(
        m.Start(
            camera.id, camera.plugin, camera.inspector, str(data), str(data / hosted.ring), camera.timeout_s,
            camera.keep_good, settings, active, products,
        )
    )  # fmt: skip
    return process


async def listen(hosted: HostedCamera, errors: asyncio.StreamReader) -> None:
    """Keep what the process grumbles until its standard error ends."""
    while line := await errors.readline():
        text = line.decode("utf-8", "replace").strip()
        if text:
            hosted.said.append(text[:200])
            log.info("camera %s: %s", hosted.camera.id, text)


async def ended(process: asyncio.subprocess.Process) -> None:
    """Let go of the pipe, which ends the process; make it end when it does not."""
    if process.stdin is not None:
        process.stdin.close()
    try:
        await asyncio.wait_for(process.wait(), 2.5)
    except (TimeoutError, asyncio.CancelledError):
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def last_words(hosted: HostedCamera, code: int | None) -> str:
    """How the process ended, with the last line it said."""
    words = hosted.said[-1] if hosted.said else ""
    hosted.said.clear()
    ending = f"signal {-code}" if code is not None and code < 0 else f"code {code}"
    return f"{ending}: {words}" if words else ending
