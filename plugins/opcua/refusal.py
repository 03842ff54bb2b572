"""Why a link cannot stand, in words a person can act on, and how soon to try again."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass

from asyncua import ua

from hmi.api import LinkState, Text, say
from plugins.opcua.decoder import MalformedError

SLOW_S = 30.0
"""A refused user is not tried more often than this: accounts lock after a few wrong passwords."""
TRUST_S = 10.0
SECRET_S = 2.0
"""A secret that is missing or cannot be read is looked for again so soon; the controller is not asked meanwhile."""


@dataclass
class LinkError(Exception):
    """The link cannot be made or does not stand any longer."""

    state: LinkState
    why: Text | None
    retry_s: float | None = None
    """Wait exactly so long; None: the usual growing pause."""
    fingerprint: str = ""
    """The certificate that waits for an engineer; its acceptance ends the pause."""
    elsewhere: bool = False
    """The server is there, but offers other security than was asked for."""

    fault: BaseException | None = None
    """What neither network nor controller should be able to cause: told with its trace, so that it can be mended."""

    def __str__(self) -> str:
        return f"{self.state}: {self.why.en if self.why else ''}"


def refused(key: str, retry_s: float = TRUST_S, fingerprint: str = "", **values: object) -> LinkError:
    """A person has to act."""
    return LinkError(LinkState.REFUSED, say(f"opcua.{key}", **values), retry_s, fingerprint)


def down(key: str, **values: object) -> LinkError:
    """No connection; it is tried again by itself."""
    return LinkError(LinkState.DOWN, say(f"opcua.{key}", **values))


def silent() -> LinkError:
    """There is somebody, but no answer comes."""
    return LinkError(LinkState.SILENT, say("opcua.silent"))


_USER = frozenset({
    ua.StatusCodes.BadUserAccessDenied, ua.StatusCodes.BadIdentityTokenInvalid,
    ua.StatusCodes.BadIdentityTokenRejected, ua.StatusCodes.BadUserSignatureInvalid,
})  # fmt: skip
_OUR_CERTIFICATE = frozenset({
    ua.StatusCodes.BadSecurityChecksFailed, ua.StatusCodes.BadCertificateUntrusted,
    ua.StatusCodes.BadCertificateInvalid, ua.StatusCodes.BadCertificateTimeInvalid,
    ua.StatusCodes.BadCertificateUriInvalid, ua.StatusCodes.BadCertificateUseNotAllowed,
    ua.StatusCodes.BadCertificateRevoked, ua.StatusCodes.BadCertificateHostNameInvalid,
    ua.StatusCodes.BadCertificateChainIncomplete, ua.StatusCodes.BadApplicationSignatureInvalid,
    ua.StatusCodes.BadCertificateIssuerRevocationUnknown, ua.StatusCodes.BadCertificateRevocationUnknown,
    ua.StatusCodes.BadCertificatePolicyCheckFailed,
})  # fmt: skip
_FULL = frozenset({
    ua.StatusCodes.BadTooManySessions, ua.StatusCodes.BadTooManySubscriptions, ua.StatusCodes.BadOutOfMemory,
    ua.StatusCodes.BadResourceUnavailable, ua.StatusCodes.BadTcpNotEnoughResources,
})  # fmt: skip


def from_error(err: BaseException, own_fingerprint: str = "") -> LinkError:
    """Whatever stopped a connection, as a LinkError."""
    match err:
        case LinkError():
            return err
        case ua.UaStatusCodeError():
            return _from_status(err, own_fingerprint)
        case ConnectionRefusedError():
            return down("nobody")
        case socket.gaierror():
            return down("unknown_host")
        case asyncio.TimeoutError() | TimeoutError():
            return silent()
        case OSError():
            return down("lost", detail=err.strerror or type(err).__name__)
        case ua.UaError():
            return down("failed", detail=str(err) or type(err).__name__)
        case MalformedError():
            return down("malformed", detail=err)
    said = getattr(err, "text", None)
    if isinstance(said, Text):  # the secret store's own words: a person has to act
        return LinkError(LinkState.REFUSED, said, SECRET_S)
    strange = down("failed", detail=f"{type(err).__name__}: {err}")
    strange.fault = err
    return strange


def _from_status(err: ua.UaStatusCodeError, own_fingerprint: str) -> LinkError:
    code = int(err.code)
    name = ua.StatusCode(code).name
    if code in _USER:
        return refused("user_refused", SLOW_S, detail=name)
    if code in _OUR_CERTIFICATE:
        return refused("own_certificate_refused", detail=name, own=grouped(own_fingerprint) or "-")
    if code in (ua.StatusCodes.BadSecurityPolicyRejected, ua.StatusCodes.BadSecurityModeRejected):
        return refused("policy_refused", detail=name)
    if code in (ua.StatusCodes.BadTcpEndpointUrlInvalid, ua.StatusCodes.BadServerUriInvalid):
        return refused("endpoint_refused", detail=name)
    if code in _FULL:
        return down("full", detail=name)
    if code in (ua.StatusCodes.BadTimeout, ua.StatusCodes.BadRequestTimeout):
        return silent()
    return down("failed", detail=name)


def grouped(fingerprint: str) -> str:
    """A fingerprint as people compare it: capital digits in pairs."""
    upper = fingerprint.upper()
    return ":".join(upper[i : i + 2] for i in range(0, len(upper), 2))
