"""Signed heads of the audit trail: how far it had come, said every 100 rows, every 60 s and at every stop.

Copies go to ``audit-heads.jsonl`` in the data folder and to a second folder if there is one, because a chain on one
disk does not show that its end was cut off, or that all of it was written anew.
"""

from __future__ import annotations

import json
import logging
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path

from hmi.people.clock import Clock
from hmi.people.keys import AuditKeys, key_id
from hmi.store import audit
from hmi.store.audit import GENESIS, Entry, Head
from hmi.store.canonical import canonical
from hmi.store.database import Database, Work
from hmi.store.faults import StoreError

log = logging.getLogger("linekeeper.audit")

FILE = "audit-heads.jsonl"
EVERY_ROWS = 100
EVERY_S = 60.0


class HeadKeeper:
    """Signs the heads of one trail and copies them off the database."""

    def __init__(self, database: Database, keys: AuditKeys, folders: list[Path], clock: Clock) -> None:
        """folders: where copies go, the data folder first. Writes the copies that a crash left out."""
        self._database, self._keys, self._folders, self._clock = database, keys, folders, clock
        self._due_s = 0.0
        self._seen: int | None = None
        self._busy: Future[Head | None] | None = None
        self._sick: set[Path] = set()
        with database.reader() as c:
            kept = audit.heads(c)
        for folder in folders:
            self._catch_up(folder, kept)

    def tick(self) -> None:
        """Sign when it is time; call about once a second. Returns at once."""
        if self._busy is not None and not self._busy.done():
            return
        now = self._clock.mono_s()
        try:
            with self._database.reader() as c:
                tip, _ = audit.tip(c)
                head = audit.last_head(c)
        except StoreError:
            return  # told by the database itself
        signed = 0 if head is None else head.seq
        if tip == signed:
            self._seen = None
            return
        if self._seen is None:
            self._seen, self._due_s = tip, now + EVERY_S
        if tip - signed >= EVERY_ROWS or now >= self._due_s:
            self._seen = None
            self._busy = self._database.submit(self._sign)
            self._busy.add_done_callback(self._signed)

    def sign_now(self) -> Head | None:
        """Sign what is not yet signed, copies and all; None when there is nothing to sign. Raises StoreError."""
        future = self._database.submit(self._sign)
        head = future.result()
        self._signed(future)  # here, so that the copies are written when this returns
        return head

    def _sign(self, work: Work) -> Head | None:
        seq, chain = audit.tip(work.connection)
        last = audit.last_head(work.connection)
        if seq == 0 or (last is not None and last.seq == seq):
            return None
        named = audit.rows(work.connection, audit.Wanted(actions=("audit_keys",)), limit=1)
        if not named or named[0].row["new"] != self._keys.public:
            # a head counts only when the trail itself says whose key signs it
            audit.append(work, Entry("audit_keys", self._keys.id, new=self._keys.public, at_ns=self._clock.wall_ns()))
            seq, chain = audit.tip(work.connection)
        body = canonical(
            {
                "number": 1 if last is None else last.number + 1, "seq": seq, "hash": chain,
                "before": GENESIS if last is None else audit.link(GENESIS, last.body),
                "at_ns": self._clock.wall_ns(), "station": audit.station(), "key": self._keys.id,
            }
        )  # fmt: skip
        return audit.save_head(work, seq, body, self._keys.sign(body))

    def _signed(self, future: Future[Head | None]) -> None:
        if future.cancelled() or future.exception() is not None:
            return  # the next tick tries again
        head = future.result()
        if head is None:
            return
        for folder in self._folders:
            self._write(folder, [_line(head)])

    def _catch_up(self, folder: Path, kept: list[Head]) -> None:
        copies = read_copies(folder / FILE)
        there = {body for body, _ in copies.heads}
        key = [] if self._keys.id in copies.keys else [json.dumps({"public": self._keys.public}) + "\n"]
        self._write(folder, key + [_line(head) for head in kept if head.body not in there])

    def _write(self, folder: Path, lines: list[str]) -> None:
        try:
            with (folder / FILE).open("a", encoding="utf-8") as out:
                out.write("".join(lines))
        except OSError as err:
            if folder not in self._sick:
                self._sick.add(folder)
                log.warning("signed heads cannot be copied to %s: %s", folder, err.strerror or err)
        else:
            if folder in self._sick:
                self._sick.discard(folder)
                log.info("signed heads are copied to %s again", folder)


def _line(head: Head) -> str:
    return json.dumps({"body": head.body.decode("utf-8"), "signatures": head.signatures}, ensure_ascii=False) + "\n"


@dataclass(slots=True)
class Copies:
    """What a file of copies holds."""

    heads: list[tuple[bytes, dict[str, str]]] = field(default_factory=list)
    """Bodies and their signatures by algorithm."""
    keys: dict[str, dict[str, str]] = field(default_factory=dict)
    """Public keys by their fingerprint."""
    broken: list[int] = field(default_factory=list)
    """Lines that cannot be read, from 1."""


def read_copies(file: Path) -> Copies:
    """A file of copies; empty when it is not there."""
    found = Copies()
    try:
        lines = file.read_bytes().splitlines()
    except OSError:
        return found
    for number, line in enumerate(lines, 1):
        try:
            said = json.loads(line)
            if "public" in said:
                public = {str(k): str(v) for k, v in said["public"].items()}
                found.keys[key_id(public)] = public
            else:
                body = said["body"].encode("utf-8")
                found.heads.append((body, {str(k): str(v) for k, v in said["signatures"].items()}))
        except (ValueError, KeyError, TypeError, AttributeError):
            found.broken.append(number)
    return found
