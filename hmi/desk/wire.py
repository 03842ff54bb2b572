"""How desk messages travel: a local socket, frames of length and JSON, and a proof of knowing the data folder's key.

The socket is a Unix socket inside an owner-only folder, or where the system has none a port of the loopback address.
Whoever connects must prove knowledge of a key that lives in a 0600 file of the data folder, and the engine proves it
back, so that neither a stranger's process nor a stranger's socket at the same path is believed.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import socket
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

MAX_FRAME = 64 * 1024 * 1024
FILE = "desk.json"
_PATH_LIMIT = 100  # sun_path holds 108 bytes


class DeskUnreachableError(ConnectionError):
    """No engine answers for this data folder."""


@dataclass(frozen=True, slots=True)
class Door:
    """Where the engine of a data folder listens, and the key that opens."""

    key: str
    path: str | None = None
    port: int | None = None

    def connect(self, timeout: float) -> socket.socket:
        """A connected blocking socket; DeskUnreachableError when nobody listens."""
        try:
            if self.path is None:
                return socket.create_connection(("127.0.0.1", self.port or 0), timeout)
            plug = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                plug.settimeout(timeout)
                plug.connect(self.path)
            except OSError:
                plug.close()
                raise
        except OSError as err:
            raise DeskUnreachableError(str(err)) from err
        return plug


def new_door(data: Path) -> Door:
    """A fresh door for an engine that starts; the caller listens first and then calls publish_door."""
    key = secrets.token_hex(32)
    if not hasattr(socket, "AF_UNIX"):
        return Door(key, port=0)
    inside = data.absolute() / "desk.sock"  # asked for from any folder, whatever way the engine was told of it
    if len(os.fsencode(inside)) <= _PATH_LIMIT:
        return Door(key, path=str(inside))
    folder = Path(tempfile.gettempdir()) / f"linekeeper-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    state = folder.lstat()
    if state.st_uid != os.getuid() or not stat.S_ISDIR(state.st_mode) or state.st_mode & 0o077:
        raise PermissionError(f"{folder} must be a folder of this user alone")
    name = hashlib.sha256(os.fsencode(data.resolve())).hexdigest()[:24]
    return Door(key, path=str(folder / f"{name}.sock"))


def publish_door(data: Path, door: Door) -> None:
    """Write the door's file (0600) so that this user's windows and scripts find it."""
    fresh = data / (FILE + ".new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(msgspec.json.encode(door))
    fresh.replace(data / FILE)


def find_door(data: Path) -> Door:
    """The door of the engine of a data folder; DeskUnreachableError when no engine ever opened one."""
    try:
        return msgspec.json.decode((data / FILE).read_bytes(), type=Door)
    except (OSError, msgspec.MsgspecError) as err:
        raise DeskUnreachableError(str(err)) from err


def proof(key: str, who: str, nonce: str) -> str:
    """The answer of one side ("window" or "engine") to the other's nonce."""
    return hmac.new(bytes.fromhex(key), f"{who}:{nonce}".encode(), hashlib.sha256).hexdigest()


def proven(key: str, who: str, nonce: str, answer: object) -> bool:
    """Whether an answer proves knowledge of the key."""
    return isinstance(answer, str) and hmac.compare_digest(proof(key, who, nonce), answer)


def frame(message: Any) -> bytes:
    """A message as it goes on the wire: 4 bytes length, JSON."""
    body = msgspec.json.encode(message)
    return len(body).to_bytes(4, "little") + body


def receive(plug: socket.socket) -> bytes:
    """The next frame's body from a blocking socket. DeskUnreachableError when the other side is gone."""
    size = int.from_bytes(_exactly(plug, 4), "little")
    if size > MAX_FRAME:
        raise DeskUnreachableError("frame too large")
    return _exactly(plug, size)


def _exactly(plug: socket.socket, count: int) -> bytes:
    parts = bytearray()
    while len(parts) < count:
        piece = plug.recv(min(count - len(parts), 1 << 20))
        if not piece:
            raise DeskUnreachableError("closed")
        parts += piece
    return bytes(parts)


def greet(plug: socket.socket, door: Door) -> None:
    """The window's half of the handshake on a fresh connection. DeskUnreachableError when it fails."""
    opening = msgspec.json.decode(receive(plug))
    mine = secrets.token_hex(16)
    plug.sendall(frame({"proof": proof(door.key, "window", str(opening.get("nonce"))), "nonce": mine}))
    answer = msgspec.json.decode(receive(plug))
    if not proven(door.key, "engine", mine, answer.get("proof")):
        raise DeskUnreachableError("the engine did not prove itself")
