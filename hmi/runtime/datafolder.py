"""The data folder of a station: owner-only, one engine at a time."""

from __future__ import annotations

import os
from pathlib import Path

import filelock

from hmi.model import disk
from hmi.model.text import Text
from hmi.model.words import say


class DataFolderError(Exception):
    """The data folder cannot be used; text says why and what to do."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


class SecondInstanceError(DataFolderError):
    """Another engine works on this data folder."""


def prepare(data: Path) -> None:
    """Make the folder (0700) and see that it can be written. DataFolderError with words otherwise."""
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = data / f".probe-{os.getpid()}"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as err:
        raise DataFolderError(say("datafolder.unusable", folder=str(data), detail=disk.why(err))) from err


def take(data: Path) -> filelock.BaseFileLock:
    """Take the folder for one engine; the system releases it even after SIGKILL. SecondInstanceError if taken."""
    lock = filelock.FileLock(data / "engine.lock", mode=0o600)
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        raise SecondInstanceError(say("datafolder.taken", folder=str(data), pid=_owner(data))) from None
    (data / "engine.pid").write_text(str(os.getpid()), encoding="ascii")
    return lock


def _owner(data: Path) -> str:
    try:
        return (data / "engine.pid").read_text(encoding="ascii").strip() or "?"
    except OSError:
        return "?"
