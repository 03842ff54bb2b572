"""Addresses of nodes: by namespace URI in the plant file, by number on the wire, resolved afresh at every connect.

A number learnt from an earlier connection is never used again: a controller that was restarted may count its
namespaces differently, and the wrong variable would come with good quality.
"""

from __future__ import annotations

import base64
import re
import uuid
from collections.abc import Sequence
from urllib.parse import unquote

from asyncua import ua

_PLAIN = re.compile(r"nsu=([^;\s]+);s=(\S+)")
_FORM = re.compile(r"(?:nsu=(.+?);|ns=(\d{1,5});)?([sigb])=(.+)", re.DOTALL)


class AddressError(ValueError):
    """Not an address of OPC UA."""


def parse(address: str) -> tuple[str | None, ua.NodeId]:
    """Namespace URI (None where the address has a number instead) and the node id; its number is 0 with a URI."""
    found = _FORM.fullmatch(address.strip())
    if found is None:
        raise AddressError(address)
    uri, number, kind, identifier = found.groups()
    index = int(number or 0)
    try:
        if index > 0xFFFF:
            raise ValueError(number)
        node = _node(kind, identifier, index)
    except (ValueError, ua.UaError) as err:
        raise AddressError(address) from err
    return (None if uri is None else unquote(uri)), node


def _node(kind: str, identifier: str, index: int) -> ua.NodeId:
    match kind:
        case "i":
            if not identifier.isascii() or not identifier.isdigit() or int(identifier) >= 2**32:
                raise ValueError(identifier)
            return ua.NodeId(int(identifier), index)
        case "g":
            return ua.NodeId(uuid.UUID(identifier), index)
        case "b":
            return ua.NodeId(base64.b64decode(identifier, validate=True), index, ua.NodeIdType.ByteString)
    return ua.NodeId(identifier, index, ua.NodeIdType.String)


def resolve(address: str, namespaces: Sequence[str]) -> ua.NodeId | None:
    """The node id on this server as it is now; None when the server does not have the namespace.

    AddressError when it is no address.
    """
    plain = _PLAIN.fullmatch(address)
    if plain is not None:  # what nearly all are
        uri = unquote(plain[1])
        return ua.NodeId(plain[2], namespaces.index(uri), ua.NodeIdType.String) if uri in namespaces else None
    uri_, node = parse(address)
    if uri_ is None:
        return node
    if uri_ not in namespaces:
        return None
    index = namespaces.index(uri_)
    if isinstance(node.Identifier, int):
        return ua.NodeId(node.Identifier, index)
    return ua.NodeId(node.Identifier, index, node.NodeIdType)


def written(node: ua.NodeId, namespaces: Sequence[str]) -> str:
    """The address of a node for the plant file: with its namespace's URI, so that it survives a restart."""
    identifier: str = ua.NodeId(node.Identifier, 0, node.NodeIdType).to_string()
    if node.NamespaceIndex == 0:
        return identifier
    if node.NamespaceIndex < len(namespaces):
        uri = namespaces[node.NamespaceIndex].replace("%", "%25").replace(";", "%3B")
        return f"nsu={uri};{identifier}"
    return f"ns={node.NamespaceIndex};{identifier}"
