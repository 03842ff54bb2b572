"""Which variable tells a machine's state, and what its words mean in PackML's states."""

from __future__ import annotations

from hmi.model.machine import MachineState, Waiting
from hmi.model.plant import StateRule, TagType
from hmi.plant.port import Node
from hmi.runtime.discovery.names import plain, tag_type

_NAMES = frozenset({
    "state", "machinestate", "unitstate", "statecurrent", "currentstate", "packmlstate", "operatingstate",
    "stationstate", "상태", "설비상태",
})  # fmt: skip
_PERHAPS = frozenset({"status", "machinestatus", "mode", "unitmode", "phase"})
"""Names that tell a state only when their words do."""

_RULES: dict[str, StateRule] = {
    **{state.value.lower(): StateRule(state) for state in MachineState},
    "running": StateRule(MachineState.EXECUTE),
    "executing": StateRule(MachineState.EXECUTE),
    "completed": StateRule(MachineState.COMPLETE),
    "faulted": StateRule(MachineState.ABORTED),
    "fault": StateRule(MachineState.ABORTED),
    "blocked": StateRule(MachineState.SUSPENDED, Waiting.BLOCKED),
    "starved": StateRule(MachineState.SUSPENDED, Waiting.STARVED),
}


def rule_of(word: str) -> StateRule:
    """The meaning of one word; UNKNOWN for a word that is not PackML's: a person has to say."""
    return _RULES.get(plain(word), StateRule(MachineState.UNKNOWN))


def _telling(node: Node) -> int:
    return sum(plain(word) in _RULES for word in node.words)


def state_tag(variables: list[Node]) -> Node | None:
    """The variable of a group that tells its state; None when none does."""
    fits = [v for v in variables if _is_state(v)]
    return max(fits, key=_telling) if fits else None


def _is_state(node: Node) -> bool:
    kind = tag_type(node)
    if kind is None or not (kind.is_integer or kind is TagType.STRING):
        return False
    name = plain(node.name)
    return name in _NAMES or (name in _PERHAPS and _telling(node) >= 3)


def rules_of(node: Node) -> dict[str, StateRule]:
    """What the values of a state variable mean; empty when the server does not say."""
    if tag_type(node) is TagType.STRING:  # the value is the word itself
        names = [state.value for state in MachineState if state is not MachineState.UNKNOWN]
        return {form: rule_of(name) for name in names for form in (name, name.capitalize())}
    return {str(value): rule_of(word) for value, word in enumerate(node.words) if word}
