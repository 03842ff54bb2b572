"""Runs: on record before the first write, in order, stop where a step is not verified, no step's command twice."""

import asyncio
import json
from contextlib import contextmanager
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hmi.model.command import CommandOutcome, CommandResult, Grounds, Mode
from hmi.model.permission import Person, Role
from hmi.model.sequence import Run, RunState, RunStep
from hmi.model.text import Text
from hmi.plant.gateway.run_rules import command_of, refuse_order, second_signer, way_back
from hmi.plant.gateway.runs import RunRefusedError, Runs
from hmi.store.canonical import canonical, digest
from hmi.store.commands import CommandTable
from hmi.store.database import Database
from hmi.store.runs import RunTable, begin, find
from hmi.store.signatures import Signature, add

KIM = Person("kim", "Kim Minjun", Role.SUPERVISOR)
NOW = 1_790_000_000_000_000_000
V, R, J, U = CommandOutcome.VERIFIED, CommandOutcome.REFUSED, CommandOutcome.REJECTED, CommandOutcome.UNKNOWN


def ordered(count=3, **changes):
    steps = tuple(RunStep(f"L1.S{i}.HoldGate", True, False) for i in range(count))
    return replace(Run("hold:1:close", "hold:1", "bad paste", steps, "kim", 1, "hold"), **changes)


def signature(run, user="kim", meaning="hold", at_ns=NOW):
    record = {"writes": [{"tag": s.tag, "value": s.value} for s in run.steps]}
    shown = {}
    return Signature(
        1, user, "Kim Minjun", "supervisor", at_ns, "", meaning, Text("hold", "보류"), canonical(record).decode(),
        digest(record), "{}", digest(shown), None, "s", "here",
    )  # fmt: skip


class Wire:
    """What the gateway would do: gives outcomes in turn and counts what went out under each key."""

    def __init__(self, outcomes):
        self.outcomes, self.sent, self.known = list(outcomes), [], {}

    async def execute(self, command, actor):
        if command.key not in self.known:
            outcome = self.outcomes.pop(0) if self.outcomes else V
            if outcome is not R:
                self.sent.append(command.tag)
            self.known[command.key] = CommandResult(command, actor, outcome, number=len(self.known) + 1, done_ns=NOW)
        await asyncio.sleep(0)
        return self.known[command.key]


class Site:
    """A runner on a real database; ``again`` is the next engine on the same file."""

    def __init__(self, folder, wire, run, first=None):
        self.file, self.wire, self.mode = folder / "plant.db", wire, Mode.CONTROL
        self.database = Database(self.file)
        self.database.submit(lambda work: add(work, first or signature(run))).result()
        self.now = NOW + 1_000_000_000
        self.runs = self._runs()

    def _runs(self):
        return Runs(
            self.wire.execute, RunTable(self.database), lambda: self.mode, lambda user: KIM if user == "kim" else None,
            lambda: self.now,
        )  # fmt: skip

    def again(self):
        self.database.close()
        self.database = Database(self.file)
        self.runs = self._runs()
        self.runs.recover()

    def kept(self, id):
        with self.database.reader() as c:
            return find(c, id)


@contextmanager
def site_of(folder, outcomes, run=None, first=None):
    made = Site(folder, Wire(outcomes), run or ordered(), first)
    try:
        yield made
    finally:
        made.database.close()


@settings(max_examples=25)
@given(outcomes=st.lists(st.sampled_from([V, R, J, U]), min_size=3, max_size=3))
def test_it_goes_on_only_after_what_is_verified(tmp_path_factory, outcomes):
    with site_of(tmp_path_factory.mktemp("run"), outcomes) as site:
        run = asyncio.run(site.runs.start(ordered(), KIM))
        bad = next((i for i, o in enumerate(outcomes) if o is not V), None)
        assert run.done == (3 if bad is None else bad)
        state = {None: RunState.WHOLE, U: RunState.UNKNOWN}.get(
            None if bad is None else outcomes[bad], RunState.STOPPED
        )
        assert run.state is state
        assert site.kept(run.id).state is state
        back = way_back(run, "back", "kim", 2, "hold")
        assert [s.tag for s in back.steps] == [f"L1.S{i}.HoldGate" for i in reversed(range(run.done))]
        assert all(s.value is False for s in back.steps)


def test_the_same_order_again_is_the_same_run(tmp_path):
    async def twice(site):
        return await asyncio.gather(site.runs.start(ordered(), KIM), site.runs.start(ordered(), KIM))

    with site_of(tmp_path, []) as site:
        first, second = asyncio.run(twice(site))
        assert first == second
        assert len(site.wire.sent) == 3
        site.again()
        assert asyncio.run(site.runs.start(ordered(), KIM)).state is RunState.WHOLE
        assert len(site.wire.sent) == 3


async def rested(site):
    """All that was set going has come to where it waits or ends."""
    await asyncio.gather(*site.runs._tasks.values())


def watch(site, look):
    """look(command) is called for each command on its way out."""
    execute = site.runs._execute

    async def looked(command, actor):
        look(command)
        return await execute(command, actor)

    site.runs._execute = looked


class Died(BaseException):
    """The engine was killed here."""


@pytest.mark.parametrize("at", range(7))
def test_killed_at_every_boundary_it_goes_on_where_it_stood_and_writes_nothing_twice(tmp_path, at):
    """Boundaries: after the order is on disk, then before and after each step's result is kept."""
    with site_of(tmp_path, []) as site:
        steps = 0
        journal, wire = site.runs._journal, site.wire
        begin, keep, execute = journal.begin, journal.keep, wire.execute

        def dies():
            nonlocal steps
            steps += 1
            if steps > at:
                raise Died

        async def begun(run):
            await begin(run)
            dies()

        async def executed(command, actor):
            found = await execute(command, actor)
            dies()
            return found

        async def kept(run):
            await keep(run)
            dies()

        journal.begin, site.runs._execute, journal.keep = begun, executed, kept

        async def first():
            try:
                await site.runs.start(ordered(), KIM)
            except Died:
                return

        try:
            asyncio.run(first())
        except Died:
            pass
        site.again()
        site.mode = Mode.MONITOR

        async def later():
            site.runs.tick()
            await rested(site)
            waited = [r.state for r in site.runs.open]
            site.mode = Mode.CONTROL
            site.runs.tick()
            await rested(site)
            return waited

        waited = asyncio.run(later())
        assert waited in ([RunState.INTERRUPTED], [])
        assert site.kept("hold:1:close").state is RunState.WHOLE
        assert site.wire.sent == ["L1.S0.HoldGate", "L1.S1.HoldGate", "L1.S2.HoldGate"]


def test_an_unknown_step_waits_for_its_read_back_and_goes_on(tmp_path):
    async def story(site):
        run = await site.runs.start(ordered(), KIM)
        assert run.state is RunState.UNKNOWN
        unknown = next(r for r in site.wire.known.values() if r.outcome is U)
        settled = replace(unknown, outcome=V, notes=(Text("settled", "확인"),))
        site.wire.known[unknown.command.key] = settled
        site.runs.on_command(settled)
        await rested(site)
        return site.kept(run.id)

    with site_of(tmp_path, [V, U, V]) as site:
        assert asyncio.run(story(site)).state is RunState.WHOLE
        assert len(site.wire.sent) == 3


def test_an_unknown_step_that_was_not_done_stops_the_run(tmp_path):
    async def story(site):
        run = await site.runs.start(ordered(), KIM)
        unknown = next(r for r in site.wire.known.values() if r.outcome is U)
        site.runs.on_command(replace(unknown, notes=(Text("not done", "실행 안 됨"),)))
        await rested(site)
        return site.kept(run.id)

    with site_of(tmp_path, [V, U]) as site:
        stopped = asyncio.run(story(site))
        assert stopped.state is RunState.STOPPED
        assert stopped.done == 1


def test_a_refused_step_may_be_tried_again_and_the_verified_ones_are_not(tmp_path):
    async def story(site):
        assert (await site.runs.start(ordered(), KIM)).state is RunState.STOPPED
        return await site.runs.go_on("hold:1:close", KIM)

    with site_of(tmp_path, [V, R, V, V]) as site:
        assert asyncio.run(story(site)).state is RunState.WHOLE
        assert site.wire.sent == ["L1.S0.HoldGate", "L1.S1.HoldGate", "L1.S2.HoldGate"]


def test_a_stopped_run_goes_on_by_a_fresh_signature_of_another_meaning(tmp_path):
    async def story(site):
        assert (await site.runs.start(ordered(), KIM)).state is RunState.STOPPED
        fresh = replace(signature(ordered(), meaning="release"), number=2)
        site.database.submit(lambda work: add(work, fresh)).result()
        with pytest.raises(RunRefusedError):
            await site.runs.go_on("hold:1:close", KIM, 2)
        return await site.runs.go_on("hold:1:close", KIM, 2, "release")

    with site_of(tmp_path, [V, R, V, V]) as site:
        run = asyncio.run(story(site))
        assert run.state is RunState.WHOLE
        assert (site.kept(run.id).signature, site.kept(run.id).meaning) == (2, "release")
        assert site.wire.sent == ["L1.S0.HoldGate", "L1.S1.HoldGate", "L1.S2.HoldGate"]


def test_the_way_back_is_a_run_of_its_own_and_marks_the_first(tmp_path):
    run = ordered()
    both = replace(run, steps=(*run.steps, *(RunStep(s.tag, s.back, s.value) for s in run.steps)))

    async def story(site):
        await site.runs.start(run, KIM)
        return await site.runs.take_back(run.id, KIM, "paste is fine", 1, "hold")

    with site_of(tmp_path, [], both) as site:
        assert asyncio.run(story(site)).state is RunState.WHOLE
        assert site.kept(run.id).state is RunState.TAKEN_BACK
        assert site.kept(run.id + ":back").back_of == run.id
        assert len(site.wire.sent) == 6


@pytest.mark.parametrize(
    ("changes", "at_ns"),
    [({}, NOW - 3_600_000_000_000), ({"user": "lee"}, NOW), ({"meaning": "release"}, NOW), ({"steps": ()}, NOW)],
)
def test_what_was_not_signed_does_not_start(changes, at_ns):
    assert refuse_order(ordered(**changes), signature(ordered(), at_ns=at_ns), NOW + 1) is not None


def test_a_write_that_was_not_signed_does_not_start(tmp_path):
    more = replace(ordered(), steps=(*ordered().steps, RunStep("L9.S9.HoldGate", True, False)))
    with site_of(tmp_path, []) as site:
        with pytest.raises(RunRefusedError):
            asyncio.run(site.runs.start(more, KIM))
        assert site.kept(more.id) is None
        assert json.loads(signature(more).record)["writes"][-1]["tag"] == "L9.S9.HoldGate"


def test_only_the_step_that_is_due_is_covered(tmp_path):
    seen = []

    async def story(site):
        def look(command):
            seen.append(site.runs.covers(command))
            seen.append(site.runs.covers(replace(command, value=False)))
            seen.append(site.runs.covers(replace(command, key=command.key + "x")))
            assert site.runs.meaning(command) == "hold"

        watch(site, look)
        await site.runs.start(ordered(1), KIM)

    with site_of(tmp_path, []) as site:
        asyncio.run(story(site))
    assert seen == [("kim",), (), ()]


LEE = Person("lee", "Lee Sora", Role.SUPERVISOR)


@pytest.mark.parametrize(
    ("changes", "covered"),
    [
        ({}, ("lee", "kim")), ({"meaning": "release"}, ("lee",)), ({"user": "lee"}, ("lee",)),
        ({"record_sha": "other"}, ("lee",)),
    ],
)  # fmt: skip
def test_two_persons_order_a_run_when_both_signed_the_same(tmp_path, changes, covered):
    run, seen = ordered(1, user="lee", signature=2), []

    async def story(site):
        second = replace(signature(run, "lee"), number=2, first=1)
        site.database.submit(lambda work: add(work, second)).result()
        site.people = {"kim": KIM, "lee": LEE}

        def look(command):
            seen.append(site.runs.covers(command))
            del site.people["kim"]
            seen.append(site.runs.covers(command))

        watch(site, look)
        site.runs._person = lambda user: site.people.get(user)
        await site.runs.start(run, LEE)

    with site_of(tmp_path, [], first=replace(signature(run), **changes)) as site:
        asyncio.run(story(site))
    assert seen == [covered, ("lee",)], "a first person who may not sign in any more signs nothing"


def test_a_second_of_a_second_or_of_another_signature_is_nobody_else():
    kim, lee = signature(ordered()), replace(signature(ordered(), "lee"), number=2, first=1)
    assert second_signer(lee, kim) == "kim"
    assert second_signer(lee, None) == ""
    assert second_signer(lee, replace(kim, number=3)) == ""
    assert second_signer(lee, replace(kim, first=3)) == ""


def test_the_next_engine_knows_both_who_ordered_a_run(tmp_path):
    run = ordered(2, user="lee", signature=2)

    async def story(site):
        site.database.submit(lambda work: add(work, replace(signature(run, "lee"), number=2, first=1))).result()
        site.database.submit(lambda work: begin(work, run)).result()
        site.again()
        (left,) = site.runs.open
        site.runs._live[run.id] = replace(left, state=RunState.RUNNING)
        site.runs._person = {"kim": KIM, "lee": LEE}.get
        return site.runs.covers(command_of(run))

    with site_of(tmp_path, [], first=signature(run)) as site:
        assert asyncio.run(story(site)) == ("lee", "kim")


def test_cr_2_1_a_command_by_hand_is_never_a_step_of_a_run_whatever_it_claims(tmp_path):
    """A run on the way would lend its rights and signature to whoever names its key and cause."""
    seen = []

    async def story(site):
        def look(command):
            forged = replace(command, grounds=Grounds.MANUAL)
            other = replace(command, key="hold:1:close:9:9", tag="L9.S9.HoldGate")
            seen.extend([site.runs.meaning(forged), site.runs.covers(forged)])
            seen.extend([site.runs.meaning(other), site.runs.covers(other)])

        watch(site, look)
        await site.runs.start(ordered(1), KIM)

    with site_of(tmp_path, []) as site:
        asyncio.run(story(site))
    assert seen == ["", (), "", ()]


def test_an_outcome_that_was_settled_while_nobody_listened_is_looked_up(tmp_path):
    run = ordered(2)

    async def story(site):
        table = CommandTable(site.database)
        command = command_of(run)
        number = await table.intend(CommandResult(command, KIM, CommandOutcome.PENDING, intent_ns=NOW))
        assert (await site.runs.start(run, KIM)).state is RunState.UNKNOWN
        site.runs.tick()
        await rested(site)
        assert site.kept(run.id).state is RunState.UNKNOWN, "nobody has settled it yet"
        settled = CommandResult(command, KIM, V, number=number, notes=(Text("settled", "확인"),), done_ns=NOW)
        await table.conclude(settled)
        site.runs.tick()
        await rested(site)
        return site.kept(run.id)

    with site_of(tmp_path, [U, V], run) as site:
        assert asyncio.run(story(site)).state is RunState.WHOLE
        assert len(site.wire.sent) == 2


def test_a_way_back_that_went_on_after_a_kill_marks_the_first_run_too(tmp_path):
    run = ordered(1)
    both = replace(run, steps=(*run.steps, *(RunStep(s.tag, s.back, s.value) for s in run.steps)))

    async def first(site):
        await site.runs.start(run, KIM)
        execute = site.runs._execute

        async def dies(command, actor):
            await execute(command, actor)
            raise Died

        site.runs._execute = dies
        await site.runs.take_back(run.id, KIM, "paste is fine", 1, "hold")

    async def later(site):
        heard = []
        site.runs.heard.append(lambda run: heard.append((run.id, run.state)))
        site.runs.tick()
        await rested(site)
        return heard

    with site_of(tmp_path, [], both) as site:
        with pytest.raises(Died):
            asyncio.run(first(site))
        assert site.kept(run.id).state is RunState.WHOLE
        site.again()
        heard = asyncio.run(later(site))
        assert heard[-1] == (run.id, RunState.TAKEN_BACK)
        assert site.kept(run.id).state is RunState.TAKEN_BACK
        assert len(site.wire.sent) == 2


def test_a_run_whose_carrier_failed_goes_on_where_it_stands(tmp_path, caplog):
    async def story(site):
        execute, failed = site.runs._execute, []

        async def fails_once(command, actor):
            if not failed:
                failed.append(command)
                raise ValueError("nobody foresaw this")
            return await execute(command, actor)

        site.runs._execute = fails_once
        with pytest.raises(ValueError, match="foresaw"):
            await site.runs.start(ordered(), KIM)
        await asyncio.sleep(0)
        assert [r.state for r in site.runs.open] == [RunState.INTERRUPTED]
        site.runs.tick()
        await rested(site)
        return site.kept("hold:1:close")

    with site_of(tmp_path, []) as site:
        assert asyncio.run(story(site)).state is RunState.WHOLE
        assert len(site.wire.sent) == 3


def test_who_may_not_act_any_more_leaves_what_is_left_to_somebody_else(tmp_path):
    async def story(site):
        run = await site.runs.start(ordered(), KIM)
        assert run.state is RunState.UNKNOWN
        unknown = next(r for r in site.wire.known.values() if r.outcome is U)
        site.runs._person = lambda user: None
        site.runs.on_command(replace(unknown, outcome=V, notes=(Text("settled", "확인"),)))
        await rested(site)
        site.runs.tick()
        return site.runs.open

    with site_of(tmp_path, [U]) as site:
        (left,) = asyncio.run(story(site))
        assert (left.state, left.done) == (RunState.INTERRUPTED, 1)
        assert len(site.wire.sent) == 1
