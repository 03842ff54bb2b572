"""Whether a recommendation can be a card: everything in it readable, possible, and kept as it was said. Pure.

An advisor is a plugin and may say anything. What cannot be carried out as it stands is refused when it is made, so
that nobody is asked to sign it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import msgspec

from hmi.model.decision import AdviceKind, Recommendation
from hmi.model.flow import OptionKind
from hmi.model.hold import HoldReason, HoldScope, ScopeKind
from hmi.model.plant import Plant
from hmi.model.text import Text
from hmi.model.words import say

LONGEST_S = 86_400.0
"""The longest that a card may wait for its decision, or for its effect."""
_KEPT = msgspec.json.Decoder(Recommendation)


class UnsoundError(Exception):
    """A recommendation that cannot be a card; text says what is wrong with it."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def scope_of(hold: Mapping[str, Any]) -> tuple[HoldReason, HoldScope]:
    """Reason and scope of the hold that a card asks for (Recommendation.hold). Raises UnsoundError."""
    try:
        scope = hold["scope"]
        ids, since_ns, until_ns = scope["ids"], scope["since_ns"], scope["until_ns"]
        reason, kind = HoldReason(hold["reason"]), ScopeKind(scope["kind"])
    except (KeyError, TypeError, ValueError) as err:
        raise UnsoundError(say("decision.bad_hold", fault=f"{type(err).__name__}: {err}"[:200])) from err
    whole = all(isinstance(at, int) and not isinstance(at, bool) and at >= 0 for at in (since_ns, until_ns))
    named = isinstance(ids, list | tuple) and bool(ids) and all(isinstance(one, str) and one for one in ids)
    if not whole or not named:
        raise UnsoundError(say("decision.bad_hold", fault=f"{scope}"[:200]))
    return reason, HoldScope(kind, tuple(ids), since_ns, until_ns)


def check(advice: Any, plant: Plant) -> None:
    """Raises UnsoundError when a recommendation cannot be a card of this plant."""
    if not isinstance(advice, Recommendation):
        raise UnsoundError(say("decision.bad_advice", fault=type(advice).__name__))
    try:
        _KEPT.decode(msgspec.json.encode(advice))
    except (msgspec.MsgspecError, TypeError, ValueError, OverflowError, RecursionError) as err:
        raise UnsoundError(say("decision.bad_advice", fault=f"{err}"[:200])) from err
    if advice.place not in plant.station and advice.place not in plant.line:
        raise UnsoundError(say("decision.bad_advice", fault=f"place {advice.place}"[:200]))
    spans = [advice.expires_s] + ([] if advice.expected is None else [advice.expected.window_s])
    if not all(0 < s <= LONGEST_S for s in spans) or not 0 <= advice.confidence.value <= 1:
        raise UnsoundError(say("decision.bad_advice", fault=f"{[*spans, advice.confidence.value]}"))
    for write in advice.writes:
        if write.tag not in plant.tag:
            raise UnsoundError(say("decision.tag_gone", tag=write.tag[:200]))
        if write.value is None or not math.isfinite(write.tolerance) or write.tolerance < 0:
            raise UnsoundError(say("decision.bad_advice", fault=f"{write}"[:200]))
    if advice.kind is AdviceKind.HOLD:
        scope_of(advice.hold)
    if advice.kind is AdviceKind.REROUTE:
        _check_route(advice)
    if advice.returns and not advice.returns.removeprefix("reroute:").isdecimal():
        raise UnsoundError(say("decision.bad_advice", fault=f"returns {advice.returns}"[:200]))


def _check_route(advice: Recommendation) -> None:
    options = () if advice.plan is None else advice.plan.options
    if not 0 <= advice.option < len(options) or options[advice.option].kind is not OptionKind.REROUTE:
        raise UnsoundError(say("decision.bad_route", option=advice.option, options=len(options)))
