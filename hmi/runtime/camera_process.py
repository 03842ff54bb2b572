"""The process of one camera: ``python -m hmi.runtime.camera_process``; its orders come on standard input."""

from __future__ import annotations

import logging
import os
import signal
import sys
from pathlib import Path

from hmi.runtime import plugins
from hmi.runtime.confine import confine
from hmi.vision import messages as m
from hmi.vision.worker import Outgoing, Worker


def main() -> int:
    """Be the camera that the first message names, until the engine's pipe ends."""
    confine()
    # what a plugin or its library prints must not end up between our messages
    out = Outgoing(os.fdopen(os.dup(1), "wb"))
    os.dup2(2, 1)
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(name)s: %(message)s")
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C at the engine's terminal: the engine ends us in order
    orders = os.fdopen(os.dup(0), "rb")
    body = m.read(orders)
    start = None if body is None else m.to_camera(body)
    if not isinstance(start, m.Start):
        return 0
    try:
        found = plugins.find(Path(start.data))
        camera = plugins.load(plugins.by_name(start.plugin, "camera", found))
        kind = plugins.load(plugins.by_name(start.inspector, "inspector", found)).create()
    except plugins.PluginFault as fault:
        out.say(m.Off(fault.text))
        return 0
    Worker(start, camera.create, kind, out).run(orders)
    return 0


if __name__ == "__main__":
    code = main()
    sys.stderr.flush()
    os._exit(code)  # a thread may hang in a camera's library for good
