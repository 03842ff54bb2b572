"""As whom we sign in at the controller: nobody, a name with its password, or a certificate from the secret store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from hmi.api import DriverContext
from plugins.opcua.refusal import SECRET_S, refused


@dataclass(frozen=True, slots=True)
class UserToken:
    """What the controller is shown; all empty signs in as nobody."""

    name: str = ""
    password: str = ""
    certificate: x509.Certificate | None = None
    key: Any = None


def user_of(context: DriverContext) -> UserToken:
    """The token that the plant file asks for. LinkError (REFUSED) when its secret is missing or cannot be read."""
    controller = context.controller
    if controller.certificate_user:
        certificate = context.secrets.get(f"controller/{controller.id}/user_certificate")
        key = context.secrets.get(f"controller/{controller.id}/user_key")
        if not certificate or not key:
            raise refused("no_user_certificate", SECRET_S, controller=controller.id)
        try:
            return UserToken(
                certificate=x509.load_pem_x509_certificate(certificate.encode()),
                key=load_pem_private_key(key.encode(), password=None),
            )
        except (ValueError, TypeError) as err:
            raise refused("bad_user_certificate", SECRET_S, detail=err) from err
    if controller.user:
        password = context.secrets.get(f"controller/{controller.id}/password")
        if password is None:
            raise refused("no_password", SECRET_S, user=controller.user, controller=controller.id)
        return UserToken(controller.user, password)
    return UserToken()
