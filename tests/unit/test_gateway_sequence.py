"""Sequences: in order, stop at the first step that is not verified, propose the way back, never take it alone."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.model.command import Command, CommandOutcome, CommandResult
from hmi.plant.gateway.sequence import Sequence, Step, run


def sequence(count, without_back=()):
    steps = []
    for i in range(count):
        back = None if i in without_back else Command(f"b{i}", f"T{i}", 0, "back")
        steps.append(Step(Command(f"k{i}", f"T{i}", i + 1, "test"), back))
    return Sequence("s", tuple(steps))


def carried_out(steps, outcomes):
    asked = []

    async def execute(command, actor):
        asked.append(command.key)
        return CommandResult(command, actor, outcomes[len(asked) - 1])

    told = []
    result = asyncio.run(run(steps, None, execute, told.append))
    return result, asked, told


@given(st.lists(st.sampled_from([o for o in CommandOutcome if o is not CommandOutcome.PENDING]), max_size=6))
def test_it_goes_on_only_after_what_is_verified(outcomes):
    result, asked, told = carried_out(sequence(len(outcomes)), outcomes)
    first_bad = next((i for i, o in enumerate(outcomes) if o is not CommandOutcome.VERIFIED), None)
    tried = len(outcomes) if first_bad is None else first_bad + 1
    assert asked == [f"k{i}" for i in range(tried)]
    assert len(told) == tried
    assert result.whole == (first_bad is None)
    back = result.proposed_back
    if first_bad:
        assert [s.command.tag for s in back.steps] == [f"T{i}" for i in reversed(range(first_bad))]
    else:
        assert back is None
    assert result.words().ko


def test_a_step_without_a_way_back_is_left_out_of_it():
    result, _, _ = carried_out(sequence(3, without_back={0}), [CommandOutcome.VERIFIED] * 2 + [CommandOutcome.REJECTED])
    assert [s.command.tag for s in result.proposed_back.steps] == ["T1"]


@pytest.mark.parametrize("outcome", [CommandOutcome.UNKNOWN, CommandOutcome.REFUSED])
def test_the_way_back_has_keys_of_its_own(outcome):
    result, asked, _ = carried_out(sequence(2), [CommandOutcome.VERIFIED, outcome])
    assert not {s.command.key for s in result.proposed_back.steps} & set(asked)
