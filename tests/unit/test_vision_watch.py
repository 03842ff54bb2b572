"""How a camera fares: whatever happens in whatever order, every trigger gets one answer and nothing bad looks well."""

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from hmi.model.camera import CameraState
from hmi.model.inspection import Verdict
from hmi.model.text import Text
from hmi.vision.messages import Seen
from hmi.vision.watch import BACKOFF_S, BEAT_LIMIT_S, GIVE_UP_S, MOST_PENDING, Watch

S = 1_000_000_000
WHY = Text("because", "이유")


def seen(number, **more):
    return Seen(number, Verdict.PASS, 0.0, 1.0, [], None, light=90.0, **more)


class Camera(RuleBasedStateMachine):
    """Facts in any order; the model counts which triggers were answered."""

    def __init__(self):
        super().__init__()
        self.watch, self.now, self.number = Watch(1.0), 1000 * S, 0
        self.sent: dict[int, int] = {}
        self.answered: set[int] = set()

    def answer(self, number):
        assert number not in self.answered, "one answer a trigger"
        self.answered.add(number)

    @rule(ms=st.integers(1, 2500), beats=st.booleans())
    def time_passes(self, ms, beats):
        self.now += ms * 1_000_000
        if beats:
            self.watch.beats(self.now)

    @rule()
    def process_starts(self):
        if not self.watch.off_for_good and not self.watch.pending:
            self.watch.starting(self.now)

    @rule()
    def camera_opens(self):
        if self.watch.started:
            self.watch.opened(self.now)

    @rule()
    def camera_is_lost(self):
        if self.watch.started:
            self.watch.lost_camera(WHY, self.now)

    @rule()
    def process_ends(self):
        for number in self.watch.ended(WHY, self.now):
            self.answer(number)

    @rule()
    def unit_comes(self):
        self.number += 1
        if self.watch.refuses(self.now) is not None:
            self.answer(self.number)
        else:
            self.watch.sent(self.number, self.now)
            self.sent[self.number] = self.now

    @precondition(lambda self: self.watch.pending or self.watch.owed)
    @rule(kind=st.sampled_from(["", "repeat", "black", "no_picture"]))
    def answer_comes(self, kind):
        number = next(iter({**self.watch.owed, **self.watch.pending}))
        in_time = self.watch.heard(seen(number, **({kind: True} if kind else {})), self.now)
        if in_time:
            self.answer(number)
            assert self.now - self.sent[number] <= S
        elif number not in self.answered:
            self.answer(number)  # its deadline passed and nobody had looked yet

    @rule()
    def look(self):
        for number in self.watch.overdue(self.now):
            self.answer(number)
            assert self.now - self.sent[number] > S

    @invariant()
    def nothing_is_forgotten(self):
        on_the_way = set(self.watch.pending)
        assert on_the_way | self.answered == set(range(1, self.number + 1))
        assert not on_the_way & self.answered
        assert len(on_the_way) + len(self.watch.owed) <= MOST_PENDING

    @invariant()
    def running_means_running(self):
        state, why = self.watch.state(self.now)
        if state is CameraState.RUNNING:
            assert not self.watch.owed and self.now - self.watch.beat <= BEAT_LIMIT_S * S
            assert why is None
        elif state is not CameraState.STARTING:
            assert why is None or why.ko


TestCamera = Camera.TestCase


def up(now=0):
    watch = Watch(1.0)
    watch.starting(now)
    watch.opened(now)
    return watch


def test_silence_is_said_within_a_second_and_ends_in_a_new_process():
    watch = up()
    assert watch.state(int(0.5 * S))[0] is CameraState.RUNNING
    assert watch.state(int(0.8 * S))[0] is CameraState.SILENT
    assert watch.refuses(int(0.8 * S)) is not None and not watch.hopeless(int(0.8 * S))
    assert watch.hopeless(int((GIVE_UP_S + 0.1) * S))
    watch.beats(2 * S)
    assert watch.state(2 * S)[0] is CameraState.RUNNING


def test_an_owed_picture_makes_it_silent_and_later_hopeless():
    watch = up()
    watch.sent(1, 0)
    watch.beats(int(1.1 * S))
    assert watch.overdue(int(1.1 * S)) == [1] and watch.state(int(1.1 * S))[0] is CameraState.SILENT
    assert watch.refuses(int(1.1 * S)) is None, "it is asked on, or it could never show that it is well"
    watch.beats(5 * S)
    assert watch.hopeless(5 * S)
    assert not watch.heard(seen(1), 5 * S)
    assert watch.state(5 * S)[0] is CameraState.RUNNING


def test_a_starved_process_that_works_off_its_pile_is_not_ended_for_being_slow():
    watch = up()
    for number in range(8):
        watch.sent(number, 0)
    assert len(watch.overdue(2 * S)) == 8
    for number in range(7):  # one late answer each 1.5 s
        now = 2 * S + number * 3 * S // 2
        watch.beats(now)
        assert not watch.heard(seen(number), now) and not watch.hopeless(now)
    last = 2 * S + 9 * S
    watch.beats(last + int(3.1 * S))
    assert not watch.hopeless(last + int(2.9 * S)) and watch.hopeless(last + int(3.1 * S)), "then it says nothing more"


def test_each_kind_of_bad_picture_has_its_state_and_a_good_one_ends_it():
    watch = up()
    for number, (kind, state) in enumerate(
        [("black", CameraState.BLACK), ("repeat", CameraState.FROZEN), ("no_picture", CameraState.SILENT)]
    ):
        watch.sent(number, 0)
        watch.heard(seen(number, **{kind: True}), 1)
        assert watch.state(1)[0] is state
        watch.sent(99, 0)
        watch.heard(seen(99), 2)
        assert watch.state(2)[0] is CameraState.RUNNING


@given(st.lists(st.floats(0.1, 100), min_size=1, max_size=12))
def test_the_waits_between_processes_grow_and_begin_anew_after_a_steady_one(lives):
    watch, now, before = Watch(1.0), S, 0.0
    for life in lives:
        watch.starting(now)
        now += int(life * S)
        watch.ended(WHY, now)
        assert watch.backoff_s in BACKOFF_S
        assert watch.backoff_s >= before or life > 30
        before = watch.backoff_s


def test_what_is_off_stays_off():
    watch = Watch(1.0)
    watch.starting(0)
    watch.off(WHY)
    watch.ended(Text("x", "x"), 1)
    assert watch.off_for_good and watch.state(2) == (CameraState.OFF, WHY) and watch.refuses(2) == WHY
