"""The sections of the live link: controllers and tags."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from hmi.model.plant import Access, Security, TagType
from hmi.model.words import say
from hmi.runtime.plantfile import kinds
from hmi.runtime.plantfile.form import BAD, Field, Problems, Section, Shape
from hmi.runtime.plantfile.lines import Path

OPCUA = "opcua"
POLICIES = ("Basic256Sha256", "Aes128Sha256RsaOaep", "Aes256Sha256RsaPss")
"""The security policies that are still held to be safe; older ones are refused."""

_NODE = re.compile(
    r"(?:nsu=[^;]+;|ns=(?P<index>\d+);)?"
    r"(?:i=\d+|s=.+|g=[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}|b=[A-Za-z0-9+/]+={0,2})",
    re.DOTALL,
)


def endpoint(value: Any, problems: Problems, path: Path) -> Any:
    """The URL of a controller, e.g. ``opc.tcp://192.168.0.10:4840``; never with a password in it."""
    if not isinstance(value, str):
        return kinds.filled(value, problems, path)
    try:
        parts = urlsplit(value)
        good = bool(parts.scheme and parts.hostname) and parts.port != 0 and not re.search(r"[\s\x00-\x1f]", value)
    except ValueError:  # a port that is no number, a broken IPv6 address
        good = False
    if not good:
        problems.add(path, say("plantfile.endpoint", value=kinds.shown(value)), say("plantfile.endpoint_right"))
        return BAD
    if "@" in parts.netloc:
        problems.add(path, say("plantfile.endpoint_user"), say("plantfile.endpoint_user_right"))
        return BAD
    return value


def policy(value: Any, problems: Problems, path: Path) -> Any:
    """The security policy's short name."""
    if value in POLICIES:
        return value
    problems.add(path, say("plantfile.value", value=kinds.shown(value)), problems.meant(kinds.shown(value), POLICIES))
    return BAD


def fingerprint(value: Any, problems: Problems, path: Path) -> Any:
    """The SHA-256 of a server's certificate: 64 hexadecimal digits, pairs apart or not."""
    if isinstance(value, str) and re.fullmatch(r"[0-9a-fA-F]{64}", re.sub(r"[\s:.-]", "", value)):
        return value
    problems.add(path, say("plantfile.value", value=kinds.shown(value)), say("plantfile.want_fingerprint"))
    return BAD


def _controller_rules(values: Mapping[str, Any], problems: Problems, path: Path) -> None:
    if values.get("security") is Security.NONE and not values.get("allow_insecure", False):
        problems.add((*path, "security"), say("plantfile.insecure"), say("plantfile.insecure_right"))
    url = values.get("endpoint", "")
    if values.get("driver") == OPCUA and url and urlsplit(url).scheme != "opc.tcp":
        wrong = say("plantfile.endpoint", value=kinds.shown(url))
        problems.add((*path, "endpoint"), wrong, say("plantfile.endpoint_right"))


def node_problem(node: str) -> str:
    """Why an OPC UA address will not do: ``node`` (not an address), ``node_index`` (by namespace index), or empty."""
    match = _NODE.fullmatch(node)
    if match is None:
        return "node"
    return "node_index" if match["index"] not in (None, "0") else ""


def _tag_rules(values: Mapping[str, Any], problems: Problems, path: Path) -> None:
    access, writable = values.get("access", Access.READ), values.get("writable", False)
    if access is not Access.READ and not writable:
        wrong = say("plantfile.access", access=access.value)
        problems.add((*path, "access"), wrong, say("plantfile.access_right"))
    if not values.get("type", TagType.DOUBLE).is_number:
        for key in ("range", "desired", "limits", "digits"):
            if key in values:
                wrong = say("plantfile.not_a_number", name=key, type=values["type"].value)
                problems.add((*path, key), wrong, say("plantfile.not_a_number_right", name=key))
        return
    _inside(values, problems, path)


def _inside(values: Mapping[str, Any], problems: Problems, path: Path) -> None:
    outer = values.get("range")
    if outer is None:
        return
    desired = values.get("desired")
    inner = [] if desired is None else [("desired", desired.low, desired.high)]
    limits = values.get("limits")
    if limits is not None:
        inner += [(f"limits.{k}", x, x) for k in kinds.LIMITS if (x := getattr(limits, k)) is not None]
    for key, low, high in inner:
        if low < outer.low or high > outer.high:
            wrong = say("plantfile.outside", low=outer.low, high=outer.high)
            problems.add((*path, *key.split(".")), wrong, say("plantfile.outside_right"))


CONTROLLER = Section(
    "controller",
    Shape.ARRAY,
    {
        "id": Field(kinds.ident, required=True),
        "name": Field(kinds.names),
        "driver": Field(kinds.filled, required=True),
        "endpoint": Field(endpoint, required=True),
        "security": Field(kinds.choice(Security)),
        "allow_insecure": Field(kinds.flag),
        "policy": Field(policy),
        "user": Field(kinds.filled),
        "certificate_user": Field(kinds.flag),
        "fingerprint": Field(fingerprint),
        "publishing_ms": Field(kinds.positive),
        "settings": Field(kinds.settings),
    },
    rules=_controller_rules,
)
TAG = Section(
    "tag",
    Shape.ARRAY,
    {
        "id": Field(kinds.ident, required=True),
        "name": Field(kinds.names),
        "controller": Field(kinds.filled, required=True),
        "node": Field(kinds.filled, required=True),
        "type": Field(kinds.choice(TagType)),
        "unit": Field(kinds.text),
        "range": Field(kinds.span),
        "desired": Field(kinds.span),
        "limits": Field(kinds.limits),
        "access": Field(kinds.choice(Access)),
        "writable": Field(kinds.flag),
        "deadband": Field(kinds.not_negative),
        "trend": Field(kinds.flag),
        "digits": Field(kinds.whole(0, 9)),
        "place": Field(kinds.reference),
        "words": Field(kinds.words),
        "sampling_ms": Field(kinds.not_negative),
        "queue": Field(kinds.whole(1, 100_000)),
        "scale": Field(kinds.not_zero),
        "offset": Field(kinds.number),
    },
    rules=_tag_rules,
)
