"""A child of a fault test and its end: what it said before kill -9 is what the files are held to."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.conftest import ROOT


def killed(child: Path, *arguments: object, chance: random.Random, alive_s: tuple[float, float]) -> list[list[str]]:
    """Start a child, wait until it says ``ready``, kill it at a random moment; the words of each whole line it said.

    alive_s: the least and the longest time that it lives after ``ready``.
    """
    process = subprocess.Popen(
        [sys.executable, str(child), *map(str, arguments)], stdout=subprocess.PIPE, text=True,
        cwd=ROOT, env={"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    try:
        assert process.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(*alive_s))
    finally:
        process.send_signal(signal.SIGKILL)
        said = process.stdout.read()
        process.wait(10)
        process.stdout.close()
    # a line without an end was cut by the kill: nobody could have acted on it
    return [line.split() for line in said.splitlines(keepends=True) if line.endswith("\n")]
