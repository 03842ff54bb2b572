"""What can be wrong with a database file, as words a person can act on."""

from __future__ import annotations

import errno
import sqlite3
from enum import Enum
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from hmi.model.text import Lang, Text
from hmi.model.words import say


class Fault(Enum):
    """The kinds of trouble that call for different acts."""

    FULL = "full"
    LOCKED = "locked"
    DAMAGED = "damaged"
    DENIED = "denied"
    OTHER = "other"


class StoreError(Exception):
    """The store cannot do what was asked; ``text`` says why and what to do, in both languages."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.of(Lang.EN))
        self.text = text


class NewerFileError(StoreError):
    """The file was made by a newer version of the station: it is left as it is."""


class DamagedFileError(StoreError):
    """The file is no whole database."""


_BY_CODE = {
    "SQLITE_FULL": Fault.FULL,
    "SQLITE_BUSY": Fault.LOCKED,
    "SQLITE_LOCKED": Fault.LOCKED,
    "SQLITE_CORRUPT": Fault.DAMAGED,
    "SQLITE_NOTADB": Fault.DAMAGED,
    "SQLITE_FORMAT": Fault.DAMAGED,
    "SQLITE_READONLY": Fault.DENIED,
    "SQLITE_CANTOPEN": Fault.DENIED,
    "SQLITE_PERM": Fault.DENIED,
    "SQLITE_AUTH": Fault.DENIED,
    "SQLITE_IOERR_WRITE": Fault.FULL,
    "SQLITE_IOERR_SHMSIZE": Fault.FULL,
    "SQLITE_IOERR_TRUNCATE": Fault.FULL,
}
_BY_ERRNO = {
    errno.ENOSPC: Fault.FULL, errno.EDQUOT: Fault.FULL, errno.EFBIG: Fault.FULL,
    errno.EACCES: Fault.DENIED, errno.EPERM: Fault.DENIED, errno.EROFS: Fault.DENIED, errno.ENOENT: Fault.DENIED,
}  # fmt: skip


def fault_of(error: BaseException) -> Fault:
    """Which kind of trouble an error of the database or the file system is."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, OSError):
        return _BY_ERRNO.get(cause.errno or 0, Fault.OTHER)
    if isinstance(cause, sqlite3.Error):
        name = getattr(cause, "sqlite_errorname", "") or ""
        for code in (name, "_".join(name.split("_")[:2])):
            if code in _BY_CODE:
                return _BY_CODE[code]
    return Fault.OTHER


def words_of(error: BaseException, file: Path) -> Text:
    """The trouble in a sentence that names the file."""
    fault = fault_of(error)
    cause = error.orig if isinstance(error, DBAPIError) else error
    if fault is Fault.OTHER:
        return say("store.fault.other", file=file.name, what=str(cause) or type(cause).__name__)
    return say(f"store.fault.{fault.value}", file=file.name)
