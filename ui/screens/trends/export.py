"""Writes the window of the trend to a CSV file: asks for all that was recorded, writes on a thread of its own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from hmi.desk.rows import Series
from hmi.model.plant import Tag
from hmi.model.text import Text
from hmi.model.words import say
from ui.screens.trends import csvfile
from ui.screens.trends.feed import Asks
from ui.theme.look import look


class DataDesk(Asks, Protocol):
    """The desk with the folder that it looks at."""

    data: Path


class Export:
    """One export at a time; says in the footer where the file is, or why there is none."""

    def __init__(self, desk: DataDesk, tell: Callable[[Text], None]) -> None:
        self._desk, self._tell = desk, tell
        self._worker: ThreadPoolExecutor | None = None
        self._tags: list[Tag] = []
        self._found: dict[str, Series] = {}
        self._writing: Future[int] | None = None
        self._file: Path | None = None
        self._open = 0

    @property
    def busy(self) -> bool:
        """Whether an export is on its way."""
        return self._open > 0 or self._writing is not None

    def start(self, tags: list[Tag], from_ns: int, to_ns: int) -> None:
        """Export these tags over a window."""
        if self.busy:
            self._tell(say("trends.csv_busy"))
            return
        self._tags, self._found, self._open = list(tags), {}, len(tags)
        self._tell(say("trends.csv_began"))
        for tag in tags:
            self._desk.ask(
                "history", self._took, self._refused, tag=tag.id, from_ns=from_ns, to_ns=to_ns, points=csvfile.POINTS
            )

    def _took(self, series: Series) -> None:
        self._found[series.tag] = series
        self._one_less()

    def _refused(self, why: Text) -> None:
        self._tell(why)
        self._one_less()

    def _one_less(self) -> None:
        self._open -= 1
        if self._open:
            return
        if len(self._found) < len(self._tags):
            return  # why was said when it was refused
        here = look()
        self._file = csvfile.file_for(self._desk.data, datetime.now(UTC).astimezone(here.zone))
        found = [(self._found[t.id], t) for t in self._tags]
        if self._worker is None:
            self._worker = ThreadPoolExecutor(1, thread_name_prefix="trend-csv")
        self._writing = self._worker.submit(csvfile.write, self._file, found, here.lang, here.zone)

    def look_after(self) -> None:
        """Tell the outcome once it is there; call now and then."""
        if self._writing is None or not self._writing.done():
            return
        writing, self._writing = self._writing, None
        try:
            count = writing.result()
        except OSError as err:
            self._tell(say("trends.csv_failed", why=err.strerror or str(err)))
            return
        self._tell(say("trends.csv_done", n=f"{count:,}", file=str(self._file)))
