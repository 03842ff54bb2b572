"""The audit trail at the desk: rows by filter and page, a check on demand, and a signed export."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from hmi.desk.people_rows import AuditPage, AuditRow, ExportRow, FlawRow, TrailRow
from hmi.desk.refused import RefusedError
from hmi.desk.server import Seat
from hmi.desk.sitting import Sitting
from hmi.model.permission import Action
from hmi.model.text import Text
from hmi.model.words import catalogue, say
from hmi.people import heads, trail
from hmi.people.clock import Clock
from hmi.people.export import Bundle, export
from hmi.people.keys import AuditKeys
from hmi.store import audit
from hmi.store.audit import Wanted
from hmi.store.database import Database

MOST_ROWS = 1_000


class AuditDesk:
    """The desk's questions audit and verify_audit and its actions export_audit and record_export."""

    def __init__(
        self,
        sitting: Sitting,
        database: Database,
        data: Path,
        copies: list[Path],
        keys: AuditKeys,
        clock: Clock,
        sign_head: Callable[[], object],
    ) -> None:
        """copies: the files of signed heads that the check compares with; sign_head signs the trail up to now."""
        self._sitting, self._database, self._data = sitting, database, data
        self._copies, self._keys, self._clock, self._sign_head = copies, keys, clock, sign_head

    async def audit(
        self,
        seat: Seat,
        user: str = "",
        actions: list[str] | None = None,
        object: str = "",
        cause: str = "",
        from_ns: int = 0,
        to_ns: int = 0,
        text: str = "",
        before_seq: int = 0,
        limit: int = 200,
    ) -> AuditPage:
        """Rows of the trail, newest first; empty filters let everything through."""
        self._sitting.require(seat, Action.READ_AUDIT)
        if to_ns and to_ns < from_ns:
            raise RefusedError(say("audit.bad_span"))
        wanted = Wanted(user, tuple(actions or ()), object, cause, from_ns, to_ns, text)
        most = max(1, min(limit, MOST_ROWS))

        def ask() -> AuditPage:
            with self._database.reader() as c:
                found = audit.rows(c, wanted, before_seq, most)
                total, head = audit.count(c, wanted), audit.last_head(c)
            left = found[-1].seq if len(found) == most else 0
            return AuditPage(total, [_row(r) for r in found], left, 0 if head is None else head.seq)

        return await self._sitting.work(ask)

    async def verify_audit(self, seat: Seat) -> TrailRow:
        """Check the whole trail against its hashes, its signed heads and their copies."""
        self._sitting.require(seat, Action.READ_AUDIT)
        report = await self._sitting.work(lambda: trail.verify(self._file(), self._copies))
        return trail_row(report)

    async def export_audit(self, seat: Seat, folder: str = "") -> ExportRow:
        """Write the whole trail, signed, into a new folder on the engine's computer."""
        self._sitting.require(seat, Action.EXPORT_AUDIT)
        stamp = datetime.fromtimestamp(self._clock.wall_ns() // 10**9, UTC).strftime("%Y%m%dT%H%M%SZ")
        out = Path(folder) if folder else self._data / "exports" / f"audit-{stamp}"
        # what cannot be put on record is not done: the row comes first, and the export holds it
        await self._sitting.record(self._sitting.actor(seat).entry("export", str(out), None, {"key": self._keys.id}))
        await self._sitting.work(self._sign_head)
        made: Bundle = await self._sitting.work(lambda: export(self._file(), out, self._keys, self._clock))
        return ExportRow(str(made.folder), made.rows, made.last_hash, self._keys.id)

    async def record_export(self, folder: str, os_user: str, seat: Seat) -> None:
        """The command line is about to read the trail from the file by itself: that goes on record as well."""
        told = {"os_user": os_user[:80], "key": self._keys.id}
        await self._sitting.record(self._sitting.actor(seat).entry("export", folder, None, told))
        await self._sitting.work(self._sign_head)

    def _file(self) -> Path:
        return self._database.file or self._data / "plant.db"


def words_of(action: str) -> Text:
    """An action of the trail in words; one that has none speaks for itself."""
    return catalogue().get(f"audit.action.{action}", Text.same(action))


def trail_row(report: trail.TrailReport) -> TrailRow:
    """What a check found, as it crosses to a window or a script."""
    flaws = [FlawRow(f.kind, f.seq, f.text) for f in report.flaws]
    return TrailRow(report.whole, report.rows, report.heads, report.signed_to, report.keys, flaws)


def copies_in(folders: list[Path]) -> list[Path]:
    """The files of signed heads in some folders."""
    return [folder / heads.FILE for folder in folders]


def _row(found: audit.AuditRow) -> AuditRow:
    said = found.row
    return AuditRow(
        found.seq, said["at_ns"], said["user"], said["role"], said["station"], said["action"],
        words_of(said["action"]), said["object"], said["old"], said["new"], said["why"], said["cause"],
        said["session"], found.hash,
    )  # fmt: skip
