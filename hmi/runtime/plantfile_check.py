"""What `linekeeper check` finds: faults of the file, then, controller by controller, what the plant says to it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np

from hmi.model import quality as q
from hmi.model.plant import Access, Controller, Plant, Security, Tag, TagType
from hmi.model.problem import Problem, ProblemsError
from hmi.model.text import Text
from hmi.model.words import say
from hmi.plant.port import Batch, Driver, DriverContext, LinkState, Node, Secrets, Wanted
from hmi.runtime import plantfile, plugins

log = logging.getLogger("linekeeper.check")

_log_of_drivers = log.getChild("driver")
_log_of_drivers.setLevel(logging.ERROR)  # what a driver warns of is told as a finding

WAIT_S = 5.0
DOWN_S = 2.0
"""A controller that is down that long is told as down."""
DISCOVER_S = 30.0
_KINDS = dict(enumerate(TagType, start=1))
"""Tag types by OPC UA built-in type id."""
_MISSING = frozenset({q.BAD_NODE_ID_UNKNOWN, q.BAD_NODE_ID_INVALID})


class Level(StrEnum):
    """How much a finding matters."""

    FINE = "fine"
    NOTE = "note"  # works, but worth knowing
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One finding about a controller or a tag."""

    level: Level
    subject: str
    """Id of the controller or tag."""
    text: Text

    def to_json(self) -> dict[str, object]:
        """The form scripts get."""
        return {"level": self.level.value, "subject": self.subject, "text": self.text.to_json()}


@dataclass(frozen=True, slots=True)
class Report:
    """All that a check found; plant is None when the file itself has problems."""

    plant: Plant | None
    problems: list[Problem]
    rows: list[CheckRow]

    @property
    def fine(self) -> bool:
        """Whether nothing is at fault."""
        return not self.problems and all(row.level is not Level.FAULT for row in self.rows)

    def to_json(self) -> dict[str, object]:
        """The form scripts get."""
        problems = [p.to_json() for p in self.problems]
        return {"fine": self.fine, "problems": problems, "rows": [r.to_json() for r in self.rows]}


async def check(
    path: Path,
    connect: bool,
    trust: Path,
    secrets: Secrets,
    found: list[plugins.Plugin],
    wait_s: float = WAIT_S,
) -> Report:
    """Read a plant file and, if connect, try each of its controllers for up to wait_s seconds, all at the same time."""
    try:
        plant = plantfile.load(path)
    except ProblemsError as err:
        return Report(None, err.problems, [])
    rows: list[CheckRow] = []
    if connect:
        visits = [_visit(plant, c, trust, secrets, found, wait_s) for c in plant.controllers]
        rows = [row for part in await asyncio.gather(*visits) for row in part]
    return Report(plant, [], rows)


class _Ears:
    """A feed that keeps the last word about each row and about the link."""

    def __init__(self) -> None:
        self.kinds: dict[int, int] = {}
        self.status: dict[int, int] = {}
        self.state = LinkState.CONNECTING
        self.why: Text | None = None
        self.since = time.monotonic()

    def readings(self, batch: Batch) -> None:
        rows = batch.rows.tolist()
        self.status.update(zip(rows, np.asarray(batch.status).tolist(), strict=True))
        self.kinds.update(zip(rows, batch.kinds.tolist(), strict=True))

    def link(self, state: LinkState, why: Text | None = None) -> None:
        if state is not self.state:
            self.since = time.monotonic()
        self.state, self.why = state, why

    def item(self, row: int, status: int) -> None:
        self.status[row] = status

    def event(self, event: dict[str, Any]) -> None:
        """Events are not part of a check."""


async def _visit(
    plant: Plant, controller: Controller, trust: Path, secrets: Secrets, found: list[plugins.Plugin], wait_s: float
) -> list[CheckRow]:
    """Everything found out about one controller."""
    tags = {row: tag for row, tag in enumerate(plant.tags) if tag.controller == controller.id}
    rows = _security(controller)
    ears = _Ears()
    wanted = [Wanted(row, tag) for row, tag in tags.items()]
    context = DriverContext(controller, wanted, ears, _log_of_drivers, trust, secrets)
    try:
        module = plugins.load(plugins.by_name(controller.driver, "driver", found))
        driver: Driver = module.create(context)
    except plugins.PluginFault as fault:
        return [*rows, CheckRow(Level.FAULT, controller.id, fault.text)]
    except Exception as err:
        log.exception("driver of %s cannot be made", controller.id)
        return [*rows, CheckRow(Level.FAULT, controller.id, say("check.driver", detail=f"{type(err).__name__}: {err}"))]
    task = asyncio.create_task(driver.run(), name=f"check-{controller.id}")
    try:
        ended = await _listen(task, ears, set(tags), wait_s)
        if ears.state is LinkState.CONNECTED and not task.done():
            await _ask_for_silent(driver, ears, tags)
    finally:
        state, why = ears.state, ears.why  # before the driver says good-bye
        task.cancel()
        with contextlib.suppress(BaseException):
            await asyncio.wait({task}, timeout=3.0)
    if ended is not None:
        return [*rows, CheckRow(Level.FAULT, controller.id, say("check.driver", detail=ended))]
    if state is not LinkState.CONNECTED:
        return [*rows, CheckRow(Level.FAULT, controller.id, _not_connected(controller, state, why))]
    told = say("check.connected", endpoint=controller.endpoint, security=driver.health.security or "-", tags=len(tags))
    rows.append(CheckRow(Level.FINE, controller.id, told))
    rows += _tags(tags, ears)
    return rows + await _writable(module, context, tags)


async def _listen(task: asyncio.Task[None], ears: _Ears, rows: set[int], wait_s: float) -> str | None:
    """Wait until every row was heard of, the link is refused or down, or the time is over; why the driver ended."""
    until = time.monotonic() + wait_s
    while time.monotonic() < until and not task.done():
        heard = ears.state is LinkState.CONNECTED and rows <= ears.status.keys()
        down = ears.state is LinkState.DOWN and time.monotonic() - ears.since > DOWN_S
        if heard or down or ears.state is LinkState.REFUSED:
            break
        await asyncio.sleep(0.05)
    if task.done() and not task.cancelled():
        err = task.exception()
        return "ended" if err is None else f"{type(err).__name__}: {err}"
    return None


async def _ask_for_silent(driver: Driver, ears: _Ears, tags: dict[int, Tag]) -> None:
    """Read the tags that nothing was heard of."""
    silent = [row for row in tags if row not in ears.status]
    if not silent:
        return
    try:
        readings = await asyncio.wait_for(driver.read([tags[row].node for row in silent]), WAIT_S)
    except (OSError, TimeoutError):
        return
    ears.status.update({row: reading.status for row, reading in zip(silent, readings, strict=True)})


def _security(controller: Controller) -> list[CheckRow]:
    if controller.security is not Security.NONE:
        return []
    return [CheckRow(Level.NOTE, controller.id, say("check.insecure"))]


def _not_connected(controller: Controller, state: LinkState, why: Text | None) -> Text:
    reason = why or say("check.no_answer")
    key = "check.refused" if state is LinkState.REFUSED else "check.not_connected"
    return say(key, endpoint=controller.endpoint, why=reason)


def _tags(tags: dict[int, Tag], ears: _Ears) -> list[CheckRow]:
    """What is wrong with the tags of a controller that is connected."""
    return [row for at, tag in tags.items() for row in judge(tag, ears.status.get(at), ears.kinds.get(at, 0))]


def judge(tag: Tag, status: int | None, kind: int) -> Iterable[CheckRow]:
    """What the controller's answer says of one tag; status None: nothing was heard, kind 0: no value came."""
    if status is None:
        yield CheckRow(Level.FAULT, tag.id, say("check.silent"))
        return
    if status in _MISSING:
        yield CheckRow(Level.FAULT, tag.id, say("check.missing", node=tag.node))
        return
    theirs = _KINDS.get(kind)
    if kind and theirs is not tag.type:
        same = theirs is not None and _family(theirs) == _family(tag.type)
        name = theirs.value if theirs else f"#{kind}"
        text = say("check.type", theirs=name, ours=tag.type.value)
        yield CheckRow(Level.NOTE if same else Level.FAULT, tag.id, text)
    why = q.why(status)
    if why is not None:
        yield CheckRow(Level.NOTE, tag.id, say("check.not_good", why=why))


def _family(kind: TagType) -> str:
    if kind in (TagType.BOOLEAN, TagType.STRING, TagType.DATETIME):
        return kind.value
    return "number"


async def _writable(module: Any, context: DriverContext, tags: dict[int, Tag]) -> list[CheckRow]:
    """Tags that are meant to be written but that the controller does not let us write."""
    meant = [tag for tag in tags.values() if tag.access is not Access.READ]
    discover: Callable[[DriverContext], Any] | None = getattr(module, "discover", None)
    if not meant or discover is None:
        return []
    try:
        nodes: list[Node] = await asyncio.wait_for(discover(context), DISCOVER_S)
    except (OSError, TimeoutError) as err:
        told = getattr(err, "text", None)
        why = told if isinstance(told, Text) else Text.same(str(err) or type(err).__name__)
        return [CheckRow(Level.NOTE, context.controller.id, say("check.not_discovered", why=why))]
    locked = {n.address for n in nodes if n.kind == "variable" and not n.writable}
    return [
        CheckRow(Level.FAULT, t.id, say("check.not_writable", access=t.access.value)) for t in meant if t.node in locked
    ]
