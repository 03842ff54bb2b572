"""Checks an audit trail: every bit changed, every row removed, moved, inserted or cut off is found and named.

Works on a file at rest or in use, without the engine: rows against their hashes and their columns, rows against the
signed heads of the database and of every copy, signatures against what the trail tells of them. What no chain can
show is a row that somebody with the file, but without the keys, adds at the end before the next head is signed.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hmi.model.text import Text
from hmi.model.words import say
from hmi.people import heads
from hmi.people.keys import FOLDER, PUBLIC_FILE, key_id, signed_by
from hmi.store.audit import GENESIS, link
from hmi.store.canonical import digest

MOST_FLAWS = 1_000
_COLUMNS = ("at_ns", "user", "action", "object", "cause")
_KINDS = (int, int, str, str, str, str, bytes, str)


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that is wrong with a trail."""

    kind: str
    """changed, removed, moved, column, cut, head, copy, key, signature, file"""
    seq: int
    """The row it concerns; 0 where it concerns none."""
    text: Text


@dataclass(slots=True)
class TrailReport:
    """What a check found."""

    rows: int = 0
    heads: int = 0
    signed_to: int = 0
    """The last row that a valid head covers."""
    last_ns: int = 0
    keys: list[str] = field(default_factory=list)
    """Fingerprints of the keys that signed: compare them with what was written down elsewhere."""
    flaws: list[Flaw] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.flaws

    def note(self, kind: str, seq: int = 0, /, **values: object) -> None:
        """Add a flaw in the catalogue's words (audit.flaw.KIND)."""
        flaw = Flaw(kind, seq, say(f"audit.flaw.{kind}", seq=seq, **values))
        if len(self.flaws) < MOST_FLAWS and flaw not in self.flaws[-20:]:  # several heads tell of one cut
            self.flaws.append(flaw)


@dataclass(slots=True)
class _Walk:
    """What is kept of the rows while walking over them."""

    hash_at: dict[int, str] = field(default_factory=dict)
    signatures: dict[int, str] = field(default_factory=dict)
    keys: dict[str, tuple[int, dict[str, str]]] = field(default_factory=dict)
    last: int = 0


def verify(file: Path, copies: list[Path] | None = None) -> TrailReport:
    """Check the trail of a plant database; copies are files of signed heads (default: the one beside it)."""
    report = TrailReport()
    try:
        uri = f"{file.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True, timeout=5.0)) as c:
            c.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
            _verify(c, file, [file.with_name(heads.FILE)] if copies is None else copies, report)
    except (sqlite3.Error, UnicodeDecodeError) as err:  # a damaged file may not even be able to say what it is
        report.note("file", detail=str(err))
    return report


def _verify(c: sqlite3.Connection, file: Path, copies: list[Path], report: TrailReport) -> None:
    c.execute("BEGIN")  # one moment of a database that may be in use
    wrong = [str(row[0]) for row in c.execute("PRAGMA integrity_check(5)") if row[0] != "ok"]
    if wrong:
        report.note("file", detail="; ".join(wrong)[:300])
    kept = _heads(c, report)
    wanted = {seq for _, seq, _, _ in kept if isinstance(seq, int)}
    found = {name: heads.read_copies(name) for name in copies}
    wanted |= {_said(body).get("seq", 0) for copy in found.values() for body, _ in copy.heads}
    walk = _rows(c, report, wanted)
    keys = _public(file.parent, found)
    here = {}
    for number, seq, body, signatures in kept:
        here[number] = body
        if not _head(report, walk, keys, number, seq, body, signatures):
            report.note("head", seq if isinstance(seq, int) else 0, number=number)
    _chain_of_heads(c, report, kept)
    for name, copy in found.items():
        for line in copy.broken:
            report.note("copy", file=name.name, line=line)
        for body, signatures in copy.heads:
            said = _said(body)
            nth, at = said.get("number"), said.get("seq")
            if not _head(report, walk, keys, nth, at, body, signatures):
                report.note("copy_head", at if isinstance(at, int) else 0, file=name.name, number=nth)
            elif isinstance(nth, int) and isinstance(at, int) and here.get(nth) != body:
                report.note("head_gone", at, file=name.name, number=nth)
    _signatures(c, report, walk)


def _rows(c: sqlite3.Connection, report: TrailReport, wanted: set[int]) -> _Walk:
    walk, before, trusted = _Walk(), GENESIS, True
    asked = 'SELECT seq, at_ns, user, action, object, cause, "row", hash FROM audit ORDER BY seq'
    for values in c.execute(asked):
        seq, row, told = values[0], values[6], values[7]
        report.rows += 1
        if any(type(v) is not kind for v, kind in zip(values, _KINDS, strict=True)):
            report.note("changed", seq)
            before, trusted, walk.last = str(told), False, seq
            continue
        if seq != walk.last + 1:
            report.note("removed", seq, first=walk.last + 1, last=seq - 1)
            trusted = False
        said, intact = _said(row), _linked(before, row) == told
        if not intact and trusted:
            report.note("changed", seq)
        if said.get("seq") != seq:
            report.note("moved", seq, said=said.get("seq"))
        elif intact:
            for name, value in zip(_COLUMNS, values[1:6], strict=True):
                if said.get(name) != value:
                    report.note("column", seq, column=name)
            _remember(walk, said, seq)
        if seq in wanted:
            walk.hash_at[seq] = told
        before, trusted, walk.last = told, True, seq
        report.last_ns = max(report.last_ns, values[1])
    _numbered_to(c, report, "audit", walk.last)
    return walk


def _linked(before: str, row: bytes) -> str:
    try:
        return link(before, row)
    except ValueError:  # the hash before is no longer one
        return ""


def _remember(walk: _Walk, said: dict[str, Any], seq: int) -> None:
    new = said.get("new")
    if said.get("action") == "signature" and isinstance(new, dict) and str(said.get("object")).isdigit():
        walk.signatures[int(said["object"])] = str(new.get("digest"))
    elif said.get("action") == "audit_keys" and isinstance(new, dict):
        public = {str(k): str(v) for k, v in new.items()}
        walk.keys[key_id(public)] = (seq, public)


def _numbered_to(c: sqlite3.Connection, report: TrailReport, table: str, last: int) -> None:
    """The database itself remembers the highest number it ever gave."""
    row = c.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)).fetchone()
    given = row[0] if row and isinstance(row[0], int) else 0
    if given > last:
        report.note("cut" if table == "audit" else "heads_cut", last, last=last, given=given)


def _heads(c: sqlite3.Connection, report: TrailReport) -> list[tuple[int, Any, bytes, dict[str, str]]]:
    found = []
    for number, seq, body, signatures in c.execute("SELECT * FROM audit_head ORDER BY number"):
        try:
            parsed = {str(k): str(v) for k, v in json.loads(signatures).items()}
        except (ValueError, AttributeError, TypeError):
            parsed = {}
        found.append((number, seq, body if isinstance(body, bytes) else b"", parsed))
    report.heads = len(found)
    return found


def _chain_of_heads(
    c: sqlite3.Connection, report: TrailReport, kept: list[tuple[int, Any, bytes, dict[str, str]]]
) -> None:
    before, last = GENESIS, 0
    for number, seq, body, _ in kept:
        if number != last + 1 or _said(body).get("before") != before:
            report.note("head_order", seq if isinstance(seq, int) else 0, number=number)
        before, last = link(GENESIS, body), number
    _numbered_to(c, report, "audit_head", last)


def _head(
    report: TrailReport,
    walk: _Walk,
    keys: dict[str, dict[str, str]],
    number: object,
    seq: object,
    body: bytes,
    signatures: dict[str, str],
) -> bool:
    """Whether a head is signed and says what its row says; tells of rows that disagree with a signed head."""
    said = _said(body)
    key = str(said.get("key"))
    public = keys.get(key) or walk.keys.get(key, (0, None))[1]
    if public is None or not signed_by(public, body, signatures):
        return False
    if not isinstance(seq, int) or said.get("seq") != seq or said.get("number") != number:
        return False
    if key not in walk.keys or walk.keys[key][0] > seq:
        report.note("key", seq, number=number, fingerprint=key[:16])
    if seq > walk.last:
        report.note("cut", walk.last, last=walk.last, given=seq)
    elif walk.hash_at.get(seq) != said.get("hash"):
        report.note("rewritten", seq, number=number)
    else:
        report.signed_to = max(report.signed_to, seq)
        if key not in report.keys:
            report.keys.append(key)
    return True


def _public(folder: Path, found: dict[Path, heads.Copies]) -> dict[str, dict[str, str]]:
    keys = {key: public for copy in found.values() for key, public in copy.keys.items()}
    try:
        public = json.loads((folder / FOLDER / PUBLIC_FILE).read_bytes())
        keys[key_id(public)] = public
    except (OSError, ValueError, TypeError, AttributeError):
        pass  # a copied database alone: the trail names the keys
    return keys


def _signatures(c: sqlite3.Connection, report: TrailReport, walk: _Walk) -> None:
    cursor = c.execute("SELECT * FROM signature ORDER BY number")
    names = [column[0] for column in cursor.description]
    there = set()
    for values in cursor:
        said = dict(zip(names, values, strict=True))
        said["text"] = {"en": said.pop("en"), "ko": said.pop("ko")}
        there.add(said["number"])
        try:
            now = digest(said)
        except TypeError:
            now = ""
        if walk.signatures.get(said["number"]) != now:
            report.note("signature", number=said["number"])
    for number in sorted(walk.signatures.keys() - there):
        report.note("signature_gone", number=number)


def _said(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
