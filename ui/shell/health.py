"""What the frame of the window says of links and engine: pure, from the desk's rows."""

from __future__ import annotations

from collections.abc import Sequence

from hmi.desk.rows import ControllerRow, EngineRow
from hmi.model.text import Text
from hmi.model.words import say
from ui.shell.strip import LinkHealth
from ui.widgets.figures import age_text


def health_of(controllers: Sequence[ControllerRow] | None, engine: EngineRow | None, alive: bool) -> LinkHealth:
    """Links up of all, whether the history can be written, the worst clock offset."""
    if not alive:
        return LinkHealth()
    store = None if engine is None else engine.history_why is None
    if controllers is None:
        return LinkHealth(store_ok=store, engine=True)
    offsets = [c.clock_offset_ms for c in controllers if c.clock_offset_ms is not None and c.state == "CONNECTED"]
    return LinkHealth(
        connected=sum(c.state == "CONNECTED" for c in controllers),
        controllers=len(controllers),
        store_ok=store,
        clock_offset_ms=max(offsets, key=abs) if offsets else None,
        engine=True,
    )


def unsecured(controllers: Sequence[ControllerRow]) -> Text | None:
    """The banner's words while a link has no security; None when all have."""
    bare = [c for c in controllers if c.unsecured]
    if not bare:
        return None
    if len(bare) == 1:
        return say("window.unsecured", name=bare[0].name)
    return say("window.unsecured_many", n=len(bare))


def doubt(engine: EngineRow | None, controllers: Sequence[ControllerRow] | None, alive: bool) -> Text | None:
    """The footer's warning: engine silent, links down, history not written, tags not believed; None when well."""
    if not alive:
        return say("window.doubt_engine")
    down = [c for c in controllers or [] if c.state != "CONNECTED"]
    if down:
        return say("window.doubt_link", name=down[0].name, n=len(down))
    if engine is not None and engine.history_why is not None:
        return say("window.doubt_history", why=engine.history_why)
    if engine is not None and engine.tags_not_good:
        return say("window.doubt_tags", n=engine.tags_not_good, all=engine.tags)
    return None


def silence(silent_s: float | None, starting: bool) -> Text:
    """The banner's words while the engine gives no heartbeat."""
    if silent_s is None:
        return say("window.starting" if starting else "window.no_engine")
    return say("window.silent", age=age_text(silent_s))
