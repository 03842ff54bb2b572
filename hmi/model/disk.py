"""Why a file or folder could not be used, in the reader's language: the system words it in its own."""

from __future__ import annotations

import errno

from hmi.model.text import Text
from hmi.model.words import say

_KNOWN = {
    errno.ENOENT: "missing",
    errno.EISDIR: "is_folder",
    errno.ENOTDIR: "no_folder",
    errno.EEXIST: "exists",
    errno.EACCES: "no_right",
    errno.EPERM: "no_right",
    errno.EROFS: "read_only",
    errno.ENOSPC: "full",
    errno.EDQUOT: "full",
    errno.EFBIG: "full",
    errno.ENAMETOOLONG: "name_too_long",
    errno.EMFILE: "too_many_open",
    errno.ENFILE: "too_many_open",
    errno.EIO: "device",
}


def why(fault: OSError) -> Text:
    """What is wrong with the disk, the folder or the file."""
    key = _KNOWN.get(fault.errno or 0)
    return Text.same(fault.strerror or type(fault).__name__) if key is None else say(f"disk.{key}")
