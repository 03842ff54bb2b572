"""The controllers' own conditions (OPC UA Part 9) as they tell them: mirrored and shown, never decided here.

What a driver hands to ``Feed.event``, by key. A key that the server did not fill is left out. Without a
``condition_id`` the event is no condition and is not looked at here.

| key | holds |
|---|---|
| event_id | EventId as hexadecimal digits: what an acknowledgement names |
| event_type | node id as text; ``i=2787`` RefreshStart, ``i=2788`` RefreshEnd, ``i=2789`` RefreshRequired |
| condition_id | node id of the condition instance as text, given back as it came |
| condition_name, source_name, message | text |
| source_node | node id as text; by namespace URI, so that the tag is found |
| time_ns | ns since 1970 UTC |
| severity | 1 to 1000 |
| active, acked, confirmed, enabled, retain, suppressed_or_shelved | the state's Boolean; no ``confirmed``: none asked |
| branch_id | node id as text; missing, empty or ``i=0`` is the present state |
| comment | text of the last comment |

After a link is back the driver's subscription is new, so its conditions are asked for again (ConditionRefresh); until
RefreshEnd nobody says that there is no alarm.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Protocol

from hmi.alarms.book import Now
from hmi.model.alarm import AlarmEvent, AlarmState, EventKind, JournalRow, Priority
from hmi.model.plant import Plant, Tag
from hmi.model.text import Text

log = logging.getLogger(__name__)

MOST = 20_000
"""Conditions kept of one controller; a server that tells of more is faulty, or not a line controller."""
REFRESH_AGAIN_NS = 30 * 1_000_000_000
"""A refresh whose end did not come by then is asked for again."""
RETRY_NS = 5 * 1_000_000_000
_SEVERITY = ((900, Priority.URGENT), (667, Priority.HIGH), (334, Priority.MEDIUM), (0, Priority.DIAGNOSTIC))
_REFRESH_START, _REFRESH_END, _REFRESH_REQUIRED = "i=2787", "i=2788", "i=2789"
_LONGEST = 1000


class Knowledge(StrEnum):
    """What is known of a controller's own conditions."""

    UNKNOWN = "UNKNOWN"  # not since the link was last opened
    KNOWN = "KNOWN"
    NONE = "NONE"  # it keeps none, or its driver does not tell them


class ConditionActs(Protocol):
    """What is asked of a controller about its conditions; a driver that speaks Part 9 has it.

    The numbers returned are OPC UA status codes (0: done). ConnectionError without a link.
    """

    async def acknowledge(self, controller: str, condition: str, event_id: str, comment: str) -> int:
        """Call Acknowledge of the condition for the event that the person saw."""

    async def confirm(self, controller: str, condition: str, event_id: str, comment: str) -> int:
        """Call Confirm of the condition for the event that the person saw."""

    async def refresh(self, controller: str) -> bool:
        """Call ConditionRefresh for the event subscription; False: this controller tells no conditions."""


@dataclass(frozen=True, slots=True)
class ServerCondition:
    """A condition, or a branch of one, as its controller last told it."""

    controller: str
    condition: str
    branch: str
    event_id: str
    name: str
    source: str
    tag: str
    place: str
    message: str
    at_ns: int
    severity: int
    active: bool
    acked: bool
    confirmed: bool | None
    enabled: bool
    retain: bool
    put_aside: bool
    """Shelved or suppressed in the controller."""
    activated_ns: int = 0
    activation: int = 0
    acked_ns: int = 0
    comment: str = ""

    @property
    def key(self) -> str:
        """The condition's key among all alarms."""
        return key_of(self.controller, self.condition, self.branch)

    @property
    def priority(self) -> Priority:
        """Our priority for the controller's severity."""
        return next(p for least, p in _SEVERITY if self.severity >= least)

    @property
    def state(self) -> AlarmState:
        """Our letter for what the controller says; one that waits to be confirmed is still on the list."""
        if not self.enabled:
            return AlarmState.DISABLED
        if self.put_aside:
            return AlarmState.SHELVED
        if self.active:
            return AlarmState.ACKED if self.acked else AlarmState.UNACKED
        return AlarmState.RETURNED if self.retain and (not self.acked or self.confirmed is False) else AlarmState.NORMAL

    @property
    def label(self) -> Text:
        """What to call it: the controller's own words."""
        return Text.same(": ".join(x for x in (self.source, self.message or self.name) if x) or self.condition)


def key_of(controller: str, condition: str, branch: str = "") -> str:
    """The key of a condition among all alarms."""
    return "|".join(("server", controller, condition, branch) if branch else ("server", controller, condition))


@dataclass
class _Site:
    """One controller's conditions."""

    known: Knowledge = Knowledge.UNKNOWN
    linked: bool = False
    ask: bool = False
    asked_mono: int | None = None
    told: set[str] | None = None
    """Keys that came since RefreshStart."""
    conditions: dict[str, ServerCondition] = field(default_factory=dict)
    too_many: bool = False


class ServerConditions:
    """The conditions of all controllers."""

    def __init__(self, plant: Plant) -> None:
        self._sites = {c.id: _Site() for c in plant.controllers}
        self._tags: dict[tuple[str, str], Tag | None] = {}
        for tag in plant.tags:
            for name in {(tag.controller, _plain(tag.node)), (tag.controller, f"?;{_bare(tag.node)}")}:
                self._tags[name] = None if name in self._tags else tag
        self.revision = 0

    def on_link(self, controller: str, up: bool) -> None:
        """The link opened or closed: what was known is in doubt until a refresh is through."""
        site = self._sites.get(controller)
        if site is None or site.linked is up:
            return
        site.linked, site.known, site.told = up, Knowledge.UNKNOWN, None
        site.ask, site.asked_mono = up, None
        self.revision += 1

    def to_refresh(self, mono_ns: int) -> list[str]:
        """Controllers whose conditions are to be asked for now; each is named once until it is due again."""
        due = []
        for controller, site in self._sites.items():
            late = site.asked_mono is not None and mono_ns - site.asked_mono >= REFRESH_AGAIN_NS
            if site.linked and (site.ask or (site.known is Knowledge.UNKNOWN and late)):
                site.ask, site.asked_mono = False, mono_ns
                due.append(controller)
        return due

    def refreshed(self, controller: str, tells: bool) -> None:
        """The controller took the call; ``tells`` False: it has no conditions to tell."""
        site = self._sites[controller]
        if not tells and site.linked:
            site.known = Knowledge.NONE
            site.conditions.clear()
            self.revision += 1

    def not_refreshed(self, controller: str) -> None:
        """The call failed: it is made again soon, the subscription may not have been there yet."""
        site = self._sites[controller]
        if site.asked_mono is not None:
            site.asked_mono += RETRY_NS - REFRESH_AGAIN_NS

    def known(self, controller: str) -> Knowledge:
        """What is known of a controller's conditions."""
        return self._sites[controller].known

    def unknown(self) -> list[str]:
        """Controllers of which nobody may say that they have no alarm."""
        return [c for c, site in self._sites.items() if site.known is Knowledge.UNKNOWN]

    def all(self) -> list[ServerCondition]:
        """Every condition that is kept on the list by its controller."""
        return [one for site in self._sites.values() for one in site.conditions.values()]

    def get(self, key: str) -> ServerCondition | None:
        """One condition by its key."""
        controller = key.split("|")[1] if key.count("|") > 1 else ""
        site = self._sites.get(controller)
        return None if site is None else site.conditions.get(key)

    def on_event(self, controller: str, event: Mapping[str, Any], now: Now) -> JournalRow | None:
        """Take an event; the journal row when a condition's letter changed."""
        site = self._sites.get(controller)
        if site is None:
            return None
        kind = str(event.get("event_type", "")).rsplit(";", 1)[-1]
        if kind == _REFRESH_START:
            site.told = set()
        elif kind == _REFRESH_END:
            self._refresh_end(site)
        elif kind == _REFRESH_REQUIRED:
            site.ask = True
        elif event.get("condition_id"):
            return self._condition(site, controller, event, now)
        return None

    def _refresh_end(self, site: _Site) -> None:
        for key in [k for k in site.conditions if site.told is not None and k not in site.told]:
            del site.conditions[key]
        site.told, site.known = None, Knowledge.KNOWN
        self.revision += 1

    def _condition(self, site: _Site, controller: str, event: Mapping[str, Any], now: Now) -> JournalRow | None:
        fresh = self._read(controller, event, now)
        if site.told is not None:
            site.told.add(fresh.key)
        before = site.conditions.get(fresh.key)
        was = AlarmState.NORMAL if before is None else before.state
        if before is not None:
            fresh = replace(
                fresh, activated_ns=before.activated_ns, activation=before.activation, acked_ns=before.acked_ns
            )
        if fresh.active and (before is None or not before.active):
            fresh = replace(fresh, activated_ns=fresh.at_ns, activation=fresh.activation + 1)
        if fresh.acked and (before is None or not before.acked):
            fresh = replace(fresh, acked_ns=fresh.at_ns)
        if fresh.retain and fresh.enabled and fresh.state is not AlarmState.NORMAL:
            if before is None and len(site.conditions) >= MOST:
                if not site.too_many:
                    site.too_many = True
                    log.warning("%s tells of more than %d conditions; further ones are left out", controller, MOST)
                return None
            site.conditions[fresh.key] = fresh
        else:
            site.conditions.pop(fresh.key, None)
        self.revision += 1
        after = fresh.state if fresh.key in site.conditions else AlarmState.NORMAL
        if after is was:
            return None
        return JournalRow(
            fresh.key, AlarmEvent(EventKind.SERVER, fresh.at_ns, why=fresh.comment, source=fresh.event_id), "s", was,
            after, fresh.activation, fresh.priority, now.ns, fresh.label, fresh.tag, fresh.place, "server",
        )  # fmt: skip

    def _read(self, controller: str, event: Mapping[str, Any], now: Now) -> ServerCondition:
        def text(name: str) -> str:
            value = event.get(name)
            return "" if value is None else str(value)[:_LONGEST]

        def number(name: str, otherwise: int) -> int:
            value = event.get(name)
            return int(value) if isinstance(value, int | float) and value == value else otherwise

        tag = self._tags.get((controller, _plain(text("source_node"))))
        retain = bool(event.get("retain", True))
        confirmed = event.get("confirmed")
        branch = text("branch_id")
        return ServerCondition(
            controller, text("condition_id"), "" if branch in ("i=0", "ns=0;i=0") else branch, text("event_id"),
            text("condition_name"), text("source_name"), tag.id if tag else "", tag.place if tag else "",
            text("message"), number("time_ns", now.ns), number("severity", 1), bool(event.get("active", retain)),
            bool(event.get("acked", True)), None if confirmed is None else bool(confirmed),
            bool(event.get("enabled", True)), retain, bool(event.get("suppressed_or_shelved", False)),
            comment=text("comment"),
        )  # fmt: skip


def _plain(node: str) -> str:
    """A node id as it is compared: by its namespace's URI, or ``?`` where nothing but a number of this moment is known.

    Two namespaces may have the same identifier, so a tag is found without its namespace only where the driver could not
    tell which one it was.
    """
    head, _, _ = node.partition(";")
    if head == "ns=0":
        return _bare(node)
    return f"?;{_bare(node)}" if head.startswith("ns=") else node


def _bare(node: str) -> str:
    """A node id without its namespace."""
    head, _, rest = node.partition(";")
    return rest if rest and head.startswith(("ns=", "nsu=")) else node
