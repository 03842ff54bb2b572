"""How the station starts its own further processes, and ends them."""

from __future__ import annotations

import subprocess
import sys


def own_command(module: str, *arguments: str) -> list[str]:
    """The command line that runs one of our modules as a process of its own, installed or frozen."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "--module", module, *arguments]
    return [sys.executable, "-m", module, *arguments]


def end(process: subprocess.Popen[bytes] | subprocess.Popen[str], patience_s: float = 5.0) -> None:
    """Ask a process to stop, and make it stop when it does not."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(patience_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    if process.stdin is not None:
        process.stdin.close()
