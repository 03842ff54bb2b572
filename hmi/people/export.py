"""The audit trail as files for other eyes: JSON and CSV with the signatures and heads, a signed list of all of them.

``packaging/check_audit.py`` checks such a folder on a computer without the station.
"""

from __future__ import annotations

import csv
import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hmi.model.reading import iso
from hmi.model.words import say
from hmi.people.clock import Clock
from hmi.people.keys import AuditKeys
from hmi.people.refusal import PeopleRefusedError
from hmi.store.audit import GENESIS, station
from hmi.store.canonical import canonical

MANIFEST, MANIFEST_SIGNATURES = "manifest.json", "manifest.signatures.json"
_FIELDS = ("seq", "time", "user", "role", "station", "action", "object", "old", "new", "why", "cause", "session")


@dataclass(frozen=True, slots=True)
class Bundle:
    """What was written."""

    folder: Path
    rows: int
    last_hash: str


def export(database: Path, out: Path, keys: AuditKeys, clock: Clock) -> Bundle:
    """Write the whole trail of a database into a folder. PeopleRefusedError when it cannot be written or is not empty.

    Text cells that a spreadsheet would take for a formula get an apostrophe in front.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        if any(out.iterdir()):
            raise PeopleRefusedError(say("audit.export_not_empty", folder=str(out)))
        with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True, timeout=5.0)) as c:
            c.execute("BEGIN")
            rows, last = _rows(c, out)
            _table(c, out / "signatures.json", "SELECT * FROM signature ORDER BY number")
            _heads(c, out / "heads.jsonl", keys)
        body = canonical(
            {
                "made": iso(clock.wall_ns()), "station": station(), "rows": rows, "last_hash": last, "key": keys.id,
                "files": {f.name: _sha256(f) for f in sorted(out.iterdir())},
            }
        )  # fmt: skip
        (out / MANIFEST).write_bytes(body)
        signed = {"public": keys.public, "signatures": keys.sign(body)}
        (out / MANIFEST_SIGNATURES).write_text(json.dumps(signed, indent=1) + "\n", encoding="ascii")
    except (OSError, sqlite3.Error) as err:
        raise PeopleRefusedError(say("audit.export_failed", folder=str(out), detail=str(err))) from err
    return Bundle(out, rows, last)


def _rows(c: sqlite3.Connection, out: Path) -> tuple[int, str]:
    count, last = 0, GENESIS
    with (
        (out / "audit.json").open("w", encoding="utf-8") as kept,
        (out / "audit.csv").open("w", encoding="utf-8-sig", newline="") as table,
    ):
        sheet = csv.writer(table)
        sheet.writerow(_FIELDS)
        kept.write("[")
        for row, last in c.execute('SELECT "row", hash FROM audit ORDER BY seq'):
            kept.write(",\n" if count else "\n")
            json.dump({"row": row.decode("utf-8"), "hash": last}, kept, ensure_ascii=False)
            sheet.writerow(_cells(json.loads(row)))
            count += 1
        kept.write("\n]\n")
    return count, str(last)


def _cells(said: dict[str, Any]) -> Iterator[str]:
    said["time"] = iso(said.pop("at_ns"))
    for name in _FIELDS:
        value = said.get(name)
        if value is None:
            yield ""
        elif isinstance(value, str):
            yield cell(value)
        else:
            yield cell(json.dumps(value, ensure_ascii=False, sort_keys=True))


def cell(text: str) -> str:
    """A text as a spreadsheet may have it: never a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _table(c: sqlite3.Connection, file: Path, asked: str) -> None:
    cursor = c.execute(asked)
    names = [column[0] for column in cursor.description]
    found = [dict(zip(names, values, strict=True)) for values in cursor]
    file.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _heads(c: sqlite3.Connection, file: Path, keys: AuditKeys) -> None:
    with file.open("w", encoding="utf-8") as out:
        out.write(json.dumps({"public": keys.public}) + "\n")
        for body, signatures in c.execute("SELECT body, signatures FROM audit_head ORDER BY number"):
            said = {"body": body.decode("utf-8"), "signatures": json.loads(signatures)}
            out.write(json.dumps(said, ensure_ascii=False) + "\n")


def _sha256(file: Path) -> str:
    with file.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
