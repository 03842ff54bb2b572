"""A camera's address with its user and password, and without them for people to read."""

from __future__ import annotations

from urllib.parse import quote, urlsplit, urlunsplit


def full(source: int | str, user: str, password: str) -> int | str:
    """What is opened: the number of a USB camera, or the address with user and password in it."""
    if isinstance(source, int) or source.isdigit():
        return int(source)
    if not user and not password:
        return source
    parts = urlsplit(source)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{quote(user, safe='')}:{quote(password, safe='')}@{host}"))


def bare(source: int | str) -> str:
    """The source as it may be shown and logged."""
    text = str(source)
    if "://" not in text:
        return text
    parts = urlsplit(text)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], query=""))
