"""Password hashes: argon2id with a pepper from the secret store, the same work for a name that does not exist."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import Protocol

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from hmi.model.words import say
from hmi.people.password import LONGEST, prepared
from hmi.people.refusal import PeopleRefusedError

PEPPER = "people/pepper"


class Secrets(Protocol):
    """The secret store, as far as it is used here (hmi.runtime.secrets.SecretStore)."""

    def get(self, name: str) -> str | None:
        """A secret, None where there is none."""

    def set(self, name: str, value: str) -> str:
        """Keep a secret; returns where."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one hash costs: passes, KiB of memory, lanes."""

    passes: int = 3
    memory_kib: int = 64 * 1024
    lanes: int = 4


class Hasher:
    """Makes and checks password hashes (PHC strings). Slow on purpose: never on the engine's loop."""

    def __init__(self, pepper: bytes, cost: Cost | None = None) -> None:
        """pepper: 32 random bytes that are kept apart from the database."""
        self._pepper, self._cost = pepper, cost or Cost()
        self._nobody = self.hash(secrets.token_urlsafe(32))

    @property
    def mark(self) -> str:
        """Tells one pepper from another without giving it away."""
        return hashlib.sha256(b"linekeeper pepper" + self._pepper).hexdigest()[:16]

    def hash(self, password: str) -> str:
        """A fresh salted hash."""
        kdf = Argon2id(
            salt=secrets.token_bytes(16), length=32, iterations=self._cost.passes, lanes=self._cost.lanes,
            memory_cost=self._cost.memory_kib, secret=self._pepper,
        )  # fmt: skip
        return kdf.derive_phc_encoded(prepared(password))

    def matches(self, password: str, phc: str | None) -> bool:
        """Whether a password is the one behind a hash; None (nobody) takes as long and is never so."""
        known = phc is not None and len(password) <= LONGEST
        try:
            Argon2id.verify_phc_encoded(
                prepared(password if known else "-"), phc if known and phc else self._nobody, self._pepper
            )
        except InvalidKey:
            return False
        return known


def pepper_of(secrets_: Secrets, mark: str) -> bytes:
    """The pepper of this station, made when there are no passwords yet (mark is empty).

    Raises PeopleRefusedError when passwords exist and their pepper is not there, or is another one.
    """
    found = secrets_.get(PEPPER)
    if found is None:
        if mark:
            raise PeopleRefusedError(say("people.pepper_missing"))
        found = secrets.token_hex(32)
        secrets_.set(PEPPER, found)
    try:
        pepper = bytes.fromhex(found)
    except ValueError:
        pepper = b""
    if len(pepper) != 32:
        raise PeopleRefusedError(say("people.pepper_missing"))
    return pepper
