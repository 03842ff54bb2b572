"""Rights of a process that runs what others wrote: a camera's library may leak or crash, and takes nothing along."""

from __future__ import annotations

import os

MEMORY = 4 * 1024**3
"""Bytes: some hundred of the largest pictures; a leak ends its own process and not the engine's."""
FILES = 512


def confine(memory: int = MEMORY, files: int = FILES) -> None:
    """Bound this process: memory, open files, no core dump (it may hold a camera's password), files for its user only.

    What the system has no bound for (Windows) stays as it is.
    """
    os.umask(0o077)
    try:
        import resource
    except ImportError:
        return
    for what, most in (
        (resource.RLIMIT_DATA, memory),
        (resource.RLIMIT_NOFILE, files),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (bound, bound))
