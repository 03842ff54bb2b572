"""Whom we trust: the station's own certificate, and server certificates accepted by an engineer, by fingerprint.

A certificate is accepted as a whole (its exact bytes), not by its issuer: a plant has few controllers and the
fingerprint is what an engineer can compare at the panel. Folder: own/, accepted/, waiting/.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import socket
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from plugins.opcua.refusal import SECRET_S, refused

OWN_KEY = "driver/opcua/own_key"
"""What our own private key is encrypted under; the key's file alone, in a backup or a copied folder, opens nothing."""
KEY_BITS = 2048
YEARS = 5
WARN = timedelta(days=30)
_making = threading.Lock()


class Vault(Protocol):
    """The secret store, as far as it is used here (DriverContext.secrets)."""

    def get(self, name: str) -> str | None:
        """A secret, None where there is none."""

    def set(self, name: str, value: str) -> str:
        """Keep a secret; returns where."""


class NotWaitingError(LookupError):
    """No server certificate with this fingerprint waits."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The station's own application certificate."""

    uri: str
    certificate: Path
    key: Path
    fingerprint: str
    expires: datetime
    password: str | None = None
    """What the key's file is encrypted under; None: it is not."""


def fingerprint_of(der: bytes) -> str:
    """SHA-256 of a certificate, lower-case hexadecimal."""
    return hashlib.sha256(der).hexdigest()


def plain(fingerprint: str) -> str:
    """A fingerprint as a person typed it, without pairs, colons and capitals."""
    return re.sub(r"[\s:.-]", "", fingerprint).lower()


def is_accepted(trust: Path, der: bytes) -> bool:
    """Whether an engineer accepted exactly this certificate."""
    try:
        return (trust / "accepted" / f"{fingerprint_of(der)}.der").read_bytes() == der
    except OSError:
        return False


def keep_waiting(trust: Path, der: bytes) -> str:
    """Put a server's certificate where an engineer can accept it; returns its fingerprint."""
    fingerprint = fingerprint_of(der)
    folder = trust / "waiting"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{fingerprint}.der"
    if not file.exists():
        _write(file, der, 0o644)
    return fingerprint


def waiting(trust: Path) -> list[str]:
    """Fingerprints that wait for an engineer."""
    return sorted(file.stem for file in (trust / "waiting").glob("*.der"))


def accept(trust: Path, fingerprint: str) -> None:
    """Accept a waiting server certificate: a driver that was refused for it connects by itself within 2 s.

    Raises NotWaitingError when none with this fingerprint waits.
    """
    name = plain(fingerprint)
    source = trust / "waiting" / f"{name}.der"
    if not re.fullmatch(r"[0-9a-f]{64}", name) or not source.is_file():
        raise NotWaitingError(fingerprint)
    target = trust / "accepted"
    target.mkdir(parents=True, exist_ok=True)
    source.replace(target / source.name)


def withdraw(trust: Path, fingerprint: str) -> None:
    """Trust a server certificate no longer. Raises NotWaitingError when it was not accepted."""
    name = plain(fingerprint)
    file = trust / "accepted" / f"{name}.der"
    if not re.fullmatch(r"[0-9a-f]{64}", name) or not file.is_file():
        raise NotWaitingError(fingerprint)
    file.unlink()


def fault_of(der: bytes, now: datetime) -> str | None:
    """What is wrong with a server's certificate itself: unreadable, early, expired, weak; None for nothing."""
    try:
        certificate = x509.load_der_x509_certificate(der)
        key = certificate.public_key()
    except ValueError:
        return "unreadable"
    if now < certificate.not_valid_before_utc:
        return "early"
    if now > certificate.not_valid_after_utc:
        return "expired"
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size < KEY_BITS:
        return "weak"
    return None


def names_application(der: bytes, uri: str | None) -> bool:
    """Whether a certificate was made for the application that the server says it is."""
    certificate = x509.load_der_x509_certificate(der)
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return False
    return uri in names.get_values_for_type(x509.UniformResourceIdentifier)


def validity(der: bytes) -> tuple[str, str]:
    """First and last day of a certificate, as ISO dates."""
    certificate = x509.load_der_x509_certificate(der)
    return f"{certificate.not_valid_before_utc:%Y-%m-%d}", f"{certificate.not_valid_after_utc:%Y-%m-%d}"


def identity(trust: Path, now: datetime | None = None, vault: Vault | None = None) -> Identity:
    """The station's own certificate; made on first use and again when it has expired. OSError: cannot be kept.

    With a vault the private key is encrypted at rest, one of an earlier version as well. LinkError (REFUSED) when the
    vault no longer has what opens it: a new key would be a stranger to every controller, so a person decides.
    """
    now = now or datetime.now(UTC)
    folder = trust / "own"
    certificate, key = folder / "linekeeper.der", folder / "linekeeper.pem"
    with _making:  # several controllers start at the same time and share one identity
        password = None if vault is None else vault.get(OWN_KEY)
        if not (certificate.is_file() and key.is_file()) or _expires(certificate) <= now:
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o700)
            password = _kept(vault, password)
            _make(certificate, key, now, password)
        elif _MARK in key.read_bytes():
            _opened(key, password)
        elif vault is not None:
            password = _kept(vault, password)
            _write(key, _packed(_opened(key, None), password), 0o600)
        else:
            password = None
    der = certificate.read_bytes()
    san = x509.load_der_x509_certificate(der).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    uri = san.get_values_for_type(x509.UniformResourceIdentifier)[0]
    return Identity(uri, certificate, key, fingerprint_of(der), _expires(certificate), password)


_MARK = b"-----BEGIN ENCRYPTED PRIVATE KEY-----"


def _kept(vault: Vault | None, password: str | None) -> str | None:
    """What the key is to be encrypted under; in the vault before the key is on disk."""
    if vault is None or password:
        return password
    password = secrets.token_hex(32)
    vault.set(OWN_KEY, password)
    return password


def _opened(key: Path, password: str | None) -> rsa.RSAPrivateKey:
    try:
        found = serialization.load_pem_private_key(key.read_bytes(), None if password is None else password.encode())
    except (ValueError, TypeError) as err:
        raise refused("own_key_locked", SECRET_S, file=str(key)) from err
    if not isinstance(found, rsa.RSAPrivateKey):
        raise refused("own_key_locked", SECRET_S, file=str(key))
    return found


def _packed(key: rsa.RSAPrivateKey, password: str | None) -> bytes:
    how: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if password is not None:
        how = serialization.BestAvailableEncryption(password.encode())
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, how)


def _expires(certificate: Path) -> datetime:
    try:
        return x509.load_der_x509_certificate(certificate.read_bytes()).not_valid_after_utc
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)


def _make(certificate: Path, key_file: Path, now: datetime, password: str | None = None) -> None:
    key = rsa.generate_private_key(65537, KEY_BITS)
    host = socket.gethostname() or "station"
    name = x509.Name([
        x509.NameAttribute(NameOID.COMMON_NAME, "Linekeeper"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, host[:64]),
    ])  # fmt: skip
    # the application's name must tell two stations of one plant apart, even where both have the same host name
    uri = f"urn:{host}:linekeeper:{os.urandom(4).hex()}"
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=365 * YEARS))
        .add_extension(
            x509.SubjectAlternativeName([x509.UniformResourceIdentifier(uri), x509.DNSName(host)]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True, content_commitment=True, key_encipherment=True, data_encipherment=True,
                key_agreement=False, key_cert_sign=True, crl_sign=False, encipher_only=False, decipher_only=False,
            ),
            critical=True,
        )
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH]), critical=False
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    _write(key_file, _packed(key, password), 0o600)
    _write(certificate, made.public_bytes(serialization.Encoding.DER), 0o644)


def _write(file: Path, content: bytes, mode: int) -> None:
    fresh = file.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as out:
        out.write(content)
    fresh.replace(file)
