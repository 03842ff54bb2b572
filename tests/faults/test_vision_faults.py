"""What can happen to a camera: said within a second, UNDECIDED and never PASS, and well again by itself."""

import os
import resource
import signal
import sys
import time

import pytest

from hmi.model.camera import CameraTrigger
from hmi.model.inspection import Verdict
from tests.integration.vision_site import VisionSite

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and limits of this system")


@pytest.fixture
def site(tmp_path):
    running = VisionSite(tmp_path)
    running.context()
    running.running()
    yield running
    running.stop()


@pytest.fixture
def clocked(tmp_path):
    running = VisionSite(
        tmp_path, camera={"trigger": CameraTrigger.INTERVAL, "interval_s": 0.1, "timeout_s": 0.8, "keep_good": 0}
    )
    running.context()
    running.unit("U-1")
    running.running()
    passing(running)
    yield running
    running.stop()


def passing(site):
    site.until(lambda: site.rows and site.rows[-1].verdict is Verdict.PASS, 20.0, "a PASS")


def after(site, moment_ns):
    return [r for r in list(site.rows) if r.at_ns > moment_ns]


def unbroken(site):
    """Every trigger has exactly one verdict; one whose picture is being written is on record a moment later."""
    last = max(r.frame for r in site.kept())

    def whole():
        frames = sorted(r.frame for r in site.kept() if r.frame <= last)
        return frames == list(range(frames[0], last + 1))

    site.until(whole, 3.0, "a verdict for each trigger")


def test_a_killed_camera_is_down_and_comes_back(clocked):
    os.kill(clocked.pid(), signal.SIGKILL)
    killed = time.time_ns()
    clocked.until(lambda: clocked.state() == "DOWN", 1.0, "DOWN")
    first = clocked.until(lambda: after(clocked, killed), 2.0)[0]
    assert first.verdict is Verdict.UNDECIDED and first.why is not None
    clocked.running()
    passing(clocked)
    assert clocked.row().restarts == 1
    told = [text.en for kind, _, text in clocked.notices if kind == "camera"]
    assert len(told) == 2 and "Down" in told[0] and "again" in told[1], "said once when it begins, once when it ends"
    stood = [(stands, why) for _, stands, why in clocked.alarms]
    assert [stands for stands, _ in stood] == [False, True, False], "the alarm stands as long as it lasts"
    assert "Down" in stood[1][1].en and "중단" in stood[1][1].ko
    unbroken(clocked)


def test_a_stopped_camera_is_silent_and_is_replaced(clocked):
    pid = clocked.pid()
    os.kill(pid, signal.SIGSTOP)
    stopped = time.time_ns()
    clocked.until(lambda: clocked.state() == "SILENT", 1.5, "SILENT")
    clocked.until(lambda: clocked.cameras.hosted["cam1"].process is None or clocked.pid() != pid, 8.0, "a new process")
    clocked.running()
    passing(clocked)
    between = [r for r in after(clocked, stopped) if r.frame <= clocked.rows[-1].frame]
    undecided = [r for r in between if r.verdict is Verdict.UNDECIDED]
    assert len(undecided) > 20 and all(r.why is not None for r in undecided)
    unbroken(clocked)


def test_a_stopped_camera_that_goes_on_in_time_is_running_again(clocked):
    pid = clocked.pid()
    os.kill(pid, signal.SIGSTOP)
    stopped = time.time_ns()
    clocked.until(lambda: clocked.state() == "SILENT", 1.5, "SILENT")
    asked = stopped + 300_000_000  # until then it was believed to run, and got its triggers
    clocked.until(lambda: any(r.at_ns < asked for r in after(clocked, stopped)), 1.5, "one whose time is up")
    os.kill(pid, signal.SIGCONT)
    clocked.running()
    passing(clocked)
    assert clocked.pid() == pid
    late = clocked.until(lambda: [r for r in clocked.kept() if r.late], 5.0, "the word that came too late")
    assert all(r.verdict is Verdict.UNDECIDED for r in late)
    unbroken(clocked)


@pytest.mark.parametrize(("mood", "state"), [("black", "BLACK"), ("frozen", "FROZEN")])
def test_a_blind_camera_never_passes(clocked, mood, state):
    clocked.mood(**{mood: True})
    clocked.until(lambda: clocked.state() == state, 2.0, state)
    since = time.time_ns()
    assert clocked.alarms[-1][1] is True
    clocked.until(lambda: len(after(clocked, since)) > 5)
    blind = after(clocked, since)
    assert all(r.verdict is Verdict.UNDECIDED and r.why.ko for r in blind)
    clocked.until(lambda: [r for r in clocked.kept() if r.at_ns > since and r.evidence])
    clocked.mood()
    clocked.running()
    passing(clocked)
    assert clocked.alarms[-1][1] is False


def test_a_camera_that_hangs_is_silent_and_its_late_picture_changes_nothing(tmp_path):
    site = VisionSite(tmp_path, camera={"timeout_s": 0.3})
    try:
        site.context()
        site.running()
        site.mood(hang=0.9)
        site.unit("U-1")
        row = site.verdict("U-1")
        assert row.verdict is Verdict.UNDECIDED and row.evidence == ""
        assert site.state() == "SILENT"
        site.mood()
        noted = site.until(lambda: next((r for r in site.kept() if r.late), None))
        assert noted.verdict is Verdict.UNDECIDED and noted.subject.unit == "U-1"
        site.unit("U-2")
        assert site.verdict("U-2").verdict is Verdict.PASS
        assert site.state() == "RUNNING"
    finally:
        site.stop()


def test_a_camera_that_hangs_for_good_is_replaced(site):
    pid = site.pid()
    site.mood(hang=60)
    site.unit("U-1")
    site.until(lambda: site.state() == "SILENT", 3.0, "SILENT")
    site.mood()
    site.until(lambda: site.cameras.hosted["cam1"].process is None or site.pid() != pid, 10.0, "a new process")
    site.running()
    site.unit("U-2")
    assert site.verdict("U-2").verdict is Verdict.PASS


@pytest.mark.parametrize("mood", [{"huge": True}, {"nothing": True}, {"raise": "lens fell off"}, {"size": [64, 64]}])
def test_a_bad_picture_is_undecided_and_the_next_one_is_judged(site, mood):
    site.mood(**mood)
    site.unit("U-1")
    row = site.verdict("U-1")
    assert row.verdict is Verdict.UNDECIDED and row.why.en and row.why.ko
    if "huge" in mood:
        assert "100 megapixels" in row.why.en
    pid = site.pid()
    site.mood()
    site.running()
    site.unit("U-2")
    assert site.verdict("U-2").verdict is Verdict.PASS
    assert site.pid() == pid, "a bad picture ends no process"


def test_a_camera_that_cannot_be_opened_says_so_and_is_tried_again(tmp_path):
    (tmp_path / "mood.json").write_text('{"shut": true}')
    site = VisionSite(tmp_path)
    try:
        site.context()
        site.until(lambda: site.state() == "SILENT", 20.0, "SILENT")
        site.unit("U-1")
        row = site.verdict("U-1")
        assert row.verdict is Verdict.UNDECIDED and "nobody answers" in row.why.en
        site.mood()
        site.running()
        site.unit("U-2")
        assert site.verdict("U-2").verdict is Verdict.PASS
    finally:
        site.stop()


def test_pictures_that_are_overwritten_before_they_are_inspected_are_lost_and_said(tmp_path):
    site = VisionSite(
        tmp_path,
        camera={"trigger": CameraTrigger.INTERVAL, "interval_s": 0.02, "timeout_s": 5.0, "inspector": "slow"},
    )
    try:
        site.context()
        site.unit("U-1")
        site.running()
        lost = site.until(lambda: [r for r in list(site.rows) if r.why and "overwritten" in r.why.en])
        assert all(r.verdict is Verdict.UNDECIDED for r in lost)
        assert site.row().lost >= len(lost)
    finally:
        site.stop()


def test_a_full_evidence_disk_costs_no_verdict_and_no_reject(site):
    site.unit("U-1")
    assert site.verdict("U-1").verdict is Verdict.PASS
    soft, hard = resource.prlimit(site.pid(), resource.RLIMIT_FSIZE)
    resource.prlimit(site.pid(), resource.RLIMIT_FSIZE, (0, hard))
    for n in range(3):
        site.unit(f"F-{n}", "open")
        row = site.verdict(f"F-{n}")
        assert row.verdict is Verdict.FAIL and row.evidence == ""
    said = [text for kind, _, text in site.notices if kind == "camera"]
    assert len(said) == 1 and "full" in said[0].en and "가득" in said[0].ko
    resource.prlimit(site.pid(), resource.RLIMIT_FSIZE, (soft, hard))
    rejects = lambda: [r for r in site.kept() if r.verdict is Verdict.FAIL]  # noqa: E731
    site.until(lambda: all(r.evidence and (site.data / r.evidence).exists() for r in rejects()), 10.0, "pictures")
    assert len(rejects()) == 3
    said = [text for kind, _, text in site.notices if kind == "camera"]
    assert len(said) == 2 and "again" in said[1].en


def test_the_process_ends_when_its_engine_is_gone(site):
    pid = site.pid()
    site.run(lambda: site.cameras.hosted["cam1"].process.stdin.close())
    site.until(lambda: not os.path.exists(f"/proc/{pid}") or site.pid() != pid, 10.0, "its end")
    site.running()
