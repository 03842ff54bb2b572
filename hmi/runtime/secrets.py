"""Passwords and keys of the station: in the operating system's store, else in files that only its user can read.

The plant file and the database never hold them. A name is a path of words, such as ``controller/plc1/password``.
"""

from __future__ import annotations

import hashlib
import logging
import os
import stat
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar
from urllib.parse import quote

from hmi.model.text import Text
from hmi.model.words import say

log = logging.getLogger("linekeeper.secrets")

STORE_WAIT_S = 4.0
"""A store that asks for its unlocking on a screen nobody sees must not hold up the engine."""

_SAFE_BACKENDS = frozenset({
    "keyring.backends.Windows", "keyring.backends.macOS", "keyring.backends.SecretService",
    "keyring.backends.libsecret", "keyring.backends.kwallet",
})  # fmt: skip
"""Stores that encrypt what they are given; all others (plain text files, none at all) are never used."""

_OPEN = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_T = TypeVar("_T")


class SecretFault(Exception):  # noqa: N818 - the word of the trade
    """A secret cannot be read or kept; text says why and what to do."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


class Backend(Protocol):
    """What is used of a keyring backend."""

    def get_password(self, service: str, username: str) -> str | None:
        """The secret of a name."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a secret."""

    def delete_password(self, service: str, username: str) -> None:
        """Forget a secret."""


def system_store() -> Backend | None:
    """The operating system's own secret store; None where there is none that encrypts (kiosks, services)."""
    import keyring.backend

    best: Any = None
    for backend in keyring.backend.get_all_keyring():
        if type(backend).__module__ not in _SAFE_BACKENDS:
            continue
        if best is None or backend.priority > best.priority:
            best = backend
    return None if best is None else _Named(best)


class _Named:
    """A keyring backend whose own errors are all OSErrors."""

    def __init__(self, backend: Any) -> None:
        self._backend = backend

    def get_password(self, service: str, username: str) -> str | None:
        found = self._call(self._backend.get_password, service, username)
        return None if found is None else str(found)

    def set_password(self, service: str, username: str, password: str) -> None:
        self._call(self._backend.set_password, service, username, password)

    def delete_password(self, service: str, username: str) -> None:
        import keyring.errors

        try:
            self._call(self._backend.delete_password, service, username)
        except OSError as err:
            if not isinstance(err.__cause__, keyring.errors.PasswordDeleteError):
                raise

    @staticmethod
    def _call(act: Callable[..., _T], *args: str) -> _T:
        try:
            return act(*args)
        except Exception as err:  # D-Bus and vaults raise what they like
            raise OSError(str(err)) from err


class SecretStore:
    """The secrets of one data folder; implements hmi.plant.port.Secrets."""

    def __init__(self, data: Path, store: Backend | str | None = "system") -> None:
        """Use a data folder; store is the operating system's, or None for files only."""
        self._folder = data / "secrets"
        self._service = f"linekeeper {data.resolve()}"
        self._store = system_store() if isinstance(store, str) else store

    def get(self, name: str) -> str | None:
        """A secret, None where there is none. SecretFault when its file could be read by others."""
        if self._store is not None:
            store = self._store
            found = self._ask(lambda: store.get_password(self._service, name))
            if found is not None:
                return found
        return self._read(self._file(name))

    def set(self, name: str, value: str) -> str:
        """Keep a secret; returns where: ``system`` or the path of the file. SecretFault when it cannot be kept."""
        file = self._file(name)
        if self._store is not None:
            store = self._store

            def keep() -> bool:
                store.set_password(self._service, name, value)
                return True

            if self._ask(keep):
                file.unlink(missing_ok=True)  # an older copy must not come back when the system's store is gone
                return "system"
        try:
            self._write(file, value)
        except OSError as err:
            raise SecretFault(say("secrets.unwritable", file=str(file), detail=err.strerror or str(err))) from err
        return str(file)

    def delete(self, name: str) -> None:
        """Forget a secret, wherever it is kept."""
        if self._store is not None:
            store = self._store
            self._ask(lambda: store.delete_password(self._service, name))
        self._file(name).unlink(missing_ok=True)

    def drawer(self, *names: str) -> SecretDrawer:
        """What a plugin gets: the secrets whose names begin so, and no others."""
        return SecretDrawer(self, names)

    def _file(self, name: str) -> Path:
        safe = quote(name, safe="")
        if len(safe) > 200:
            safe = hashlib.sha256(name.encode()).hexdigest()
        return self._folder / f"{safe}.secret"

    def _ask(self, act: Callable[[], _T]) -> _T | None:
        """Ask the system's store, for a few seconds at most; one that fails is not asked again."""
        answer: list[_T] = []
        fault: list[BaseException] = []

        def work() -> None:
            try:
                answer.append(act())
            except OSError as err:
                fault.append(err)

        thread = threading.Thread(target=work, name="secrets", daemon=True)
        thread.start()
        thread.join(STORE_WAIT_S)
        if answer:
            return answer[0]
        log.warning("the system's secret store is not used: %s", fault[0] if fault else "no answer")
        self._store = None
        return None

    @staticmethod
    def _read(file: Path) -> str | None:
        try:
            handle = os.open(file, os.O_RDONLY | _OPEN)
        except FileNotFoundError:
            return None
        except OSError as err:
            raise SecretFault(say("secrets.unreadable", file=str(file), detail=err.strerror or str(err))) from err
        with os.fdopen(handle, "rb") as source:
            facts = os.fstat(source.fileno())
            if os.name == "posix" and not stat.S_ISREG(facts.st_mode):
                raise SecretFault(say("secrets.unreadable", file=str(file), detail=say("secrets.no_file")))
            if os.name == "posix" and (facts.st_mode & 0o077 or facts.st_uid != os.geteuid()):
                raise SecretFault(say("secrets.open_to_others", file=str(file), mode=f"{facts.st_mode & 0o777:04o}"))
            try:
                return source.read().decode("utf-8")
            except UnicodeDecodeError as err:
                raise SecretFault(say("secrets.unreadable", file=str(file), detail=say("secrets.no_text"))) from err

    def _write(self, file: Path, value: str) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder.chmod(0o700)
        handle, fresh = tempfile.mkstemp(dir=self._folder, suffix=".new")  # 0600 from its first moment
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(value.encode("utf-8"))
                out.flush()
                os.fsync(out.fileno())
            Path(fresh).replace(file)
        except BaseException:
            Path(fresh).unlink(missing_ok=True)
            raise


class SecretDrawer:
    """Some of the secrets of a station: a driver needs its controller's password, not its neighbour's, nor people's."""

    def __init__(self, store: SecretStore, names: tuple[str, ...]) -> None:
        """names: how the names begin that may be asked for."""
        self._store, self._names = store, names

    def get(self, name: str) -> str | None:
        """A secret of this drawer; None where there is none, and for every other name."""
        return self._store.get(name) if name.startswith(self._names) else None

    def set(self, name: str, value: str) -> str:
        """Keep a secret of this drawer; where. SecretFault for every other name, and when it cannot be kept."""
        if not name.startswith(self._names):
            raise SecretFault(say("secrets.not_yours", name=name))
        return self._store.set(name, value)
