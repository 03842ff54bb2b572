"""Vision at the desk: confirm, overrule, teach, page through; who may, and what is on record of it."""

import json

import pytest

from hmi.desk.refused import RefusedError
from hmi.model.inspection import Verdict
from tests.integration.people_site import WORD
from tests.integration.vision_site import VisionSite


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    running = VisionSite(tmp_path_factory.mktemp("vision"))
    running.found().close()
    running.add("lee", role="inspector")
    running.add("cho", role="engineer")
    running.add("oh", role="operator")
    running.context()
    running.running()
    for n, scene in enumerate(("", "open", "", "open")):
        running.unit(f"U-{n}", scene)
        running.verdict(f"U-{n}")
    running.kept()
    yield running
    running.stop()


def refused(seat, act, **given):
    with pytest.raises(RefusedError) as no:
        seat.call(act, **given)
    assert no.value.text.ko
    return no.value.text.en


def test_the_windows_get_cameras_verdicts_and_the_queue(site):
    with site.sit() as seat:
        (row,) = seat.call("cameras")
        assert row.camera == "cam1" and row.ring == "frames/cam1.ring" and row.inspected == 4
        newest = seat.call("inspections", camera="cam1", limit=2)
        assert [r.subject.unit for r in newest] == ["U-3", "U-2"]
        assert [r.subject.unit for r in seat.call("inspections", before=newest[-1].number)] == ["U-1", "U-0"]
        assert [r.subject.unit for r in seat.call("inspections", verdict="PASS")] == ["U-2", "U-0"]
        queue = seat.call("review")
        assert queue.total == len(queue.rows) and queue.rows[0].subject.unit == "U-1"
        assert seat.call("inspection", number=newest[0].number) == newest[0]
        assert "no inspection 999" in refused(seat, "inspection", number=999)


def test_an_inspector_overrules_with_a_reason_and_it_is_on_record(site):
    with site.sit("lee") as seat:
        number = seat.call("review").rows[0].number
        before = seat.call("cameras")[0].overruled
        assert "reason" in refused(seat, "judge", number=number, verdict="overrule")
        assert "reason" in refused(seat, "judge", number=number, verdict="overrule", reason="because")
        refused(seat, "judge", number=number, verdict="maybe")
        row = seat.call("judge", number=number, verdict="overrule", reason="dust")
        assert (row.judged, row.judged_by, row.judged_why) == ("overruled", "lee", "dust")
        assert row.verdict is Verdict.FAIL, "the verdict stays what it was; what was said stands beside it"
        assert seat.call("cameras")[0].overruled == before + 1
        assert number not in [r.number for r in seat.call("review").rows]
        again = seat.call("judge", number=number, verdict="confirm")
        assert again.judged == "confirmed" and seat.call("cameras")[0].overruled == before
    told = site.trail("verdict_judged")
    assert [(t["new"]["judged"], t["old"]) for t in told[-2:]] == [("overruled", None), ("confirmed", "overruled")]
    assert told[-2]["why"] == "dust" and told[-2]["user"] == "lee"


def test_who_may_not_judge_is_refused_and_on_record(site):
    before = len(site.trail("refused"))
    number = site.kept()[-1].number
    with site.sit("oh") as seat:
        assert refused(seat, "judge", number=number, verdict="confirm")
    with site.sit() as nobody:
        assert refused(nobody, "judge", number=number, verdict="confirm")
    assert len(site.trail("refused")) > before


@pytest.mark.parametrize("who", ["lee", "cho"])
def test_a_kept_picture_becomes_the_next_version_signed(site, who):
    good = next(r for r in site.kept() if r.evidence.endswith(".jpg"))
    with site.sit(who) as seat:
        before = seat.call("recipes", camera="cam1")
        asked = {"camera": "cam1", "number": good.number, "settings": {}, "reason": "new mask", "password": WORD}
        assert refused(seat, "teach", **asked | {"password": "wrong"})
        assert refused(seat, "teach", **asked | {"reason": " "})
        assert "no setting glow" in refused(seat, "teach", **asked | {"settings": {"glow": 3}})
        plain = next(r for r in site.kept() if not r.evidence)
        assert refused(seat, "teach", **asked | {"number": plain.number})
        made = seat.call("teach", **asked | {"settings": {"tolerance": 2.5}})
        after = seat.call("recipes", camera="cam1")
        assert made.version == before[0].version + 1 and made.active and made.by == who
        assert [r.active for r in after] == [True] + [False] * len(before), "one version is in use"
        assert after[0].hash == made.hash and (site.data / made.golden).exists()
    site.unit(f"T-{who}")
    assert site.verdict(f"T-{who}").recipe == f"template_compare A4 v{made.version}"
    told = site.trail("recipe_taught")[-1]
    assert told["new"]["version"] == made.version and told["new"]["signature"] and told["why"] == "new mask"


def test_nobody_teaches_without_the_right(site):
    with site.sit("oh") as seat:
        assert refused(seat, "teach", camera="cam1", number=1, settings={}, reason="x", password=WORD)
        assert "no camera" in refused(seat, "teach", camera="cam9", number=1, settings={}, reason="x", password=WORD)


def test_an_older_version_is_taken_into_use_again_signed(site):
    with site.sit("cho") as seat:
        before = seat.call("recipes", camera="cam1")
        oldest = before[-1]
        asked = {
            "camera": "cam1", "product": "A4", "version": oldest.version, "reason": "the new mask is withdrawn",
            "password": WORD,
        }  # fmt: skip
        assert refused(seat, "use_recipe", **asked | {"password": "wrong"})
        assert "reason" in refused(seat, "use_recipe", **asked | {"reason": ""})
        assert "no version 99" in refused(seat, "use_recipe", **asked | {"version": 99})
        assert "no camera" in refused(seat, "use_recipe", **asked | {"camera": "cam9"})
        assert "already" in refused(seat, "use_recipe", **asked | {"version": before[0].version})
        used = seat.call("use_recipe", **asked)
        assert used.active and used.version == oldest.version and used.hash == oldest.hash
        after = seat.call("recipes", camera="cam1")
        assert [r.version for r in after if r.active] == [oldest.version]
        assert [r.version for r in after] == [r.version for r in before], "nothing is lost"
    told = site.trail("recipe_used")[-1]
    assert told["old"] == {"version": before[0].version} and told["new"]["version"] == oldest.version
    assert told["new"]["signature"] and told["user"] == "cho" and told["why"] == "the new mask is withdrawn"
    site.unit("T-back")
    assert site.verdict("T-back").recipe == f"template_compare A4 v{oldest.version}"
    site.run(lambda: site.cameras.kill("cam1"))
    site.until(lambda: site.state() == "DOWN", 5.0, "DOWN")
    with site.sit("cho") as seat:
        assert "process" in refused(seat, "use_recipe", **asked | {"version": before[0].version})
    site.running()
    site.unit("T-again")
    assert site.verdict("T-again").recipe.endswith(f"v{oldest.version}"), "the record tells a new process which one"


def test_who_may_not_teach_may_not_choose_a_version_either(site):
    for who in ("oh", None):
        with site.sit(who) as seat:
            assert refused(seat, "use_recipe", camera="cam1", product="A4", version=1, reason="why not", password=WORD)


def test_a_version_whose_file_was_changed_is_refused_and_the_one_in_use_stays(site):
    with site.sit("cho") as seat:
        versions = seat.call("recipes", camera="cam1")
        used = next(r for r in versions if r.active)
        other = next(r for r in versions if not r.active)
        file = site.data / other.golden.replace(".png", ".json")
        whole = file.read_text()
        form = json.loads(whole)
        form["settings"]["tolerance"] = 30.0
        form.pop("hash")
        file.write_text(json.dumps(form))
        asked = {
            "camera": "cam1", "product": "A4", "version": other.version, "reason": "try", "password": WORD
        }  # fmt: skip
        assert "changed" in refused(seat, "use_recipe", **asked)
        file.unlink()
        assert refused(seat, "use_recipe", **asked)
        file.write_text(whole)
        assert next(r for r in seat.call("recipes", camera="cam1") if r.active).version == used.version
    site.unit("T-still")
    assert site.verdict("T-still").recipe.endswith(f"v{used.version}")
