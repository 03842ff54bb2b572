"""The keys that sign the audit trail's heads: Ed25519, and ML-DSA-65 against the computers to come.

Private keys lie in ``<data>/keys``, readable by their owner alone; public ones beside them and in every export. Each
signature names its algorithm, so that one can be replaced without touching what was signed before.
"""

from __future__ import annotations

import base64
import json
import os
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from hmi.model.words import say
from hmi.people.refusal import PeopleRefusedError
from hmi.store.canonical import digest

FOLDER = "keys"
PUBLIC_FILE = "audit-public.json"
ED25519, ML_DSA_65 = "Ed25519", "ML-DSA-65"


def _ml_dsa() -> Any | None:
    try:
        from cryptography.hazmat.primitives.asymmetric import mldsa
    except ImportError:  # an older library
        return None
    try:
        mldsa.MLDSA65PrivateKey.generate()
    except UnsupportedAlgorithm:  # an older OpenSSL behind it
        return None
    return mldsa


class AuditKeys:
    """The signing keys of one data folder."""

    def __init__(self, data: Path) -> None:
        """Load the keys, or make them when there are none yet. PeopleRefusedError when they cannot be used safely."""
        folder = data / FOLDER
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            folder.chmod(0o700)
            ed = Ed25519PrivateKey.from_private_bytes(
                _seed(folder / "audit-ed25519.key", lambda: Ed25519PrivateKey.generate().private_bytes_raw())
            )
            self._sign: dict[str, Callable[[bytes], bytes]] = {ED25519: ed.sign}
            self.public = {ED25519: ed.public_key().public_bytes_raw().hex()}
            mldsa = _ml_dsa()
            if mldsa is not None:
                make = mldsa.MLDSA65PrivateKey.generate
                seed = _seed(folder / "audit-ml-dsa-65.key", lambda: bytes(make().private_bytes_raw()))
                ml = mldsa.MLDSA65PrivateKey.from_seed_bytes(seed)
                self._sign[ML_DSA_65] = ml.sign
                self.public[ML_DSA_65] = ml.public_key().public_bytes_raw().hex()
            shown = json.dumps(self.public, indent=1) + "\n"
            public = folder / PUBLIC_FILE
            if not public.exists() or public.read_text(encoding="ascii") != shown:
                public.write_text(shown, encoding="ascii")
        except (OSError, ValueError) as err:
            raise PeopleRefusedError(say("audit.keys_unusable", folder=str(folder), detail=str(err))) from err

    @property
    def id(self) -> str:
        """Fingerprint of the public keys: what a paper copy or another station holds to know them again."""
        return key_id(self.public)

    def sign(self, body: bytes) -> dict[str, str]:
        """Signatures in base64 by algorithm."""
        return {name: base64.b64encode(sign(body)).decode("ascii") for name, sign in self._sign.items()}


def key_id(public: Mapping[str, str]) -> str:
    """The fingerprint of a set of public keys: SHA-256 over its canonical JSON."""
    return digest(dict(public))


def signed_by(public: Mapping[str, str], body: bytes, signatures: Mapping[str, str]) -> bool:
    """Whether every key that this computer can check signed these bytes, Ed25519 at least."""
    if ED25519 not in public or set(public) - set(signatures):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public[ED25519])).verify(
            base64.b64decode(signatures[ED25519]), body
        )
        mldsa = _ml_dsa() if ML_DSA_65 in public else None
        if mldsa is not None:
            key = mldsa.MLDSA65PublicKey.from_public_bytes(bytes.fromhex(public[ML_DSA_65]))
            key.verify(base64.b64decode(signatures[ML_DSA_65]), body)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def _seed(file: Path, make: Callable[[], bytes]) -> bytes:
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        facts = file.stat()
        if os.name == "posix" and (stat.S_IMODE(facts.st_mode) & 0o077 or facts.st_uid != os.geteuid()):
            raise PermissionError(f"{file.name}: mode {stat.S_IMODE(facts.st_mode):04o}, must be 0600") from None
        found = file.read_bytes()
        if found:
            return found
        handle = os.open(file, os.O_WRONLY)  # a power cut between making and writing it
    with os.fdopen(handle, "wb") as out:
        seed = make()
        out.write(seed)
        out.flush()
        os.fsync(out.fileno())
    return seed
