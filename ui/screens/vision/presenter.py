"""Cameras and inspections as the vision station says them. No Qt but the names of frames."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo

from hmi.desk.vision_rows import CameraRow, InspectionRow, RecipeRow
from hmi.model.camera import CameraState
from hmi.model.inspection import Verdict
from hmi.model.plant import Plant
from hmi.model.text import Lang, Text
from hmi.model.words import say
from ui.equipment import verdicts
from ui.equipment.words import length_words, since_words, station_name
from ui.widgets.figures import NONE, age_text, day_time_text, number, time_text
from ui.widgets.filmstrip import FilmShown
from ui.widgets.picturemarks import Edge, Marked

FILMS = 12
SAME_MOMENT_NS = 10_000_000_000
"""A frame number counts anew after a camera's restart: a verdict belongs to a picture of about its own time."""
INSPECTING_NS = 2_000_000_000
DARK, BRIGHT = 40.0, 225.0
"""Mean brightness (0 to 255) beyond which the light is worth a look."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A large figure with its name and what it means."""

    name: Text
    figure: str
    below: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A word of the camera's health."""

    name: Text
    value: str
    bad: bool = False


def fine_age(seconds: float) -> Text:
    """An age with a tenth of a second while it is short."""
    return say("visionscreen.seconds", n=number(max(0.0, seconds), 1)) if seconds < 10 else age_text(seconds)


def chosen_camera(cameras: Sequence[CameraRow], wanted: str, station: str = "") -> CameraRow | None:
    """The camera that is wanted, else one of the station, else the first."""
    for fits in (lambda c: c.camera == wanted, lambda c: station and c.station == station, lambda c: True):
        found = next((c for c in cameras if fits(c)), None)
        if found is not None:
            return found
    return None


def doubt(camera: CameraRow, alive: bool, framed: bool, now_ns: int, zone: tzinfo | None) -> tuple[Text, ...] | None:
    """Why what is seen is no picture of now: a word, the reason, since when; None while it is one."""
    if not alive:
        return say("visionscreen.engine_silent"), say("visionscreen.engine_silent_why")
    if camera.state is CameraState.RUNNING:
        return None if framed else (say("visionscreen.no_frame"), say("visionscreen.no_frame_why"))
    lines = [say(f"visionscreen.doubt.{camera.state.value}")]
    if camera.why is not None:
        lines.append(camera.why)
    since = since_words(camera.since_ns, now_ns, zone)
    if since.en:
        lines.append(since)
    lines.append(say("visionscreen.never_pass"))
    return tuple(lines)


def verdict_of(rows: Sequence[InspectionRow], frame: int, at_ns: int) -> InspectionRow | None:
    """The verdict on exactly the picture that is seen; None while there is none."""
    return next((r for r in rows if r.frame == frame and abs(r.at_ns - at_ns) < SAME_MOMENT_NS), None)


def frame_words(frame: int, at_ns: int, row: InspectionRow | None, now_ns: int) -> Text:
    """Number and age of the picture in sight, and how long its verdict took."""
    told = say("visionscreen.frame", n=number(frame, 0), age=fine_age((now_ns - at_ns) / 1e9))
    if row is None:
        return told
    took = say("visionscreen.took", ms=number(row.total_ms, 0))
    return Text(f"{told.en} · {took.en}", f"{told.ko} · {took.ko}")


def record_words(row: InspectionRow, now_ns: int, zone: tzinfo | None) -> Text:
    """That a kept picture is seen, and of when."""
    age = age_text((now_ns - row.at_ns) / 1e9)
    return say("visionscreen.record_foot", n=number(row.frame, 0), time=time_text(row.at_ns, zone), age=age)


def waiting_word(at_ns: int, now_ns: int) -> Text:
    """What is said of a picture without a verdict."""
    return say("visionscreen.inspecting" if now_ns - at_ns < INSPECTING_NS else "visionscreen.no_verdict")


def marks(row: InspectionRow, lang: Lang, chosen: int = -1) -> list[Marked]:
    """The findings of a verdict, to be drawn over its picture."""
    sure = row.verdict is not Verdict.UNDECIDED
    return [Marked(box, label, sure, at == chosen) for at, (box, label) in enumerate(verdicts.places(row, lang))]


def film(row: InspectionRow, zone: tzinfo | None) -> FilmShown:
    """A part on the film strip."""
    word, unit = verdicts.verdict_word(row.verdict), verdicts.unit_words(row)
    what = verdicts.outcome_words(row)
    judged = verdicts.judged_words(row)
    told = say("visionscreen.film", unit=unit, word=word, what=what, time=time_text(row.at_ns, zone), judged=judged)
    short = say(f"visionscreen.film_{row.judged}") if row.judged in ("confirmed", "overruled") else None
    told = Text(told.en.replace(" · · ", " · ").strip(" ·"), told.ko.replace(" · · ", " · ").strip(" ·"))
    return FilmShown(row.number, Edge.of(row.verdict), word, tail(row.subject.unit), told, row.evidence, short)


def tail(unit: str) -> str:
    """The end of a unit's name, which tells it from its neighbours."""
    return re.split(r"[-_./ ]", unit)[-1]


def counters(camera: CameraRow) -> list[Figure]:
    """The shift's counts, with their shares."""
    done = camera.inspected

    def share(count: int, of: int) -> str:
        return NONE if of <= 0 else f"{number(100 * count / of, 1)} %"

    judged = camera.failed + camera.undecided
    return [
        Figure(say("visionscreen.inspected"), number(done, 0), f"{number(camera.per_s, 2)} /s"),
        Figure(say("visionscreen.failed"), number(camera.failed, 0), share(camera.failed, done)),
        Figure(say("visionscreen.undecided"), number(camera.undecided, 0), share(camera.undecided, done)),
        Figure(say("visionscreen.overruled"), number(camera.overruled, 0), share(camera.overruled, judged)),
    ]


def health(camera: CameraRow, now_ns: int, alive: bool, lang: Lang) -> list[Cell]:
    """How camera, light, position, trigger and recipe are."""
    state = say(f"visionscreen.state.{camera.state.value}").of(lang)
    if camera.state is not CameraState.RUNNING and camera.since_ns:
        state += f" · {length_words((now_ns - camera.since_ns) / 1e9).of(lang)}"
    running = alive and camera.state is CameraState.RUNNING
    size = f"{camera.width} × {camera.height} px" if camera.width else NONE
    light = NONE if camera.light is None else say("visionscreen.of_255", n=number(camera.light, 0)).of(lang)
    dim = camera.light is not None and not DARK <= camera.light <= BRIGHT
    shift = NONE if camera.shift_px is None else f"{number(camera.shift_px, 1)} px"
    took = NONE if camera.frame_ms is None else f"{number(camera.frame_ms, 0)} ms"
    if camera.frame_p99_ms is not None:
        took += f" (p99 {number(camera.frame_p99_ms, 0)} ms)"
    lost = say("visionscreen.lost_of", lost=number(camera.lost, 0), frames=number(camera.frames, 0)).of(lang)
    return [
        Cell(say("visionscreen.cell_camera"), state if alive else say("visionscreen.not_known").of(lang), not running),
        Cell(say("visionscreen.cell_recipe"), camera.recipe or say("visionscreen.no_recipe").of(lang),
             not camera.recipe),
        Cell(say("visionscreen.cell_light"), light, dim),
        Cell(say("visionscreen.cell_shift"), shift),
        Cell(say("visionscreen.cell_trigger"), took),
        Cell(say("visionscreen.cell_lost"), lost, camera.lost > 0),
        Cell(say("visionscreen.cell_size"), size),
        Cell(say("visionscreen.cell_restarts"), number(camera.restarts, 0), camera.restarts > 0),
    ]  # fmt: skip


def fitting(cells: Sequence[Cell], widths: Sequence[float], room: float) -> list[int]:
    """Which cells there is room for: the last ones give way, those that are not as they should be last of all."""
    kept = list(range(len(cells)))
    while len(kept) > 1 and sum(widths[i] for i in kept) > room:
        calm = [i for i in kept if not cells[i].bad]
        kept.remove(calm[-1] if calm else kept[-1])
    return kept


def camera_words(camera: CameraRow, plant: Plant | None) -> Text:
    """The camera's station and line."""
    station = station_name(plant, camera.station)
    found = None if plant is None else plant.station.get(camera.station)
    if plant is None or found is None or found.line not in plant.line:
        return station
    line = plant.line[found.line].name
    return Text(f"{line.en} · {station.en}", f"{line.ko} · {station.ko}")


def teachable(row: InspectionRow | None, camera: CameraRow) -> InspectionRow | None:
    """The part whose kept picture can become a golden: of this camera and its product, and its file is there."""
    fits = row is not None and bool(row.evidence) and row.camera == camera.camera
    return row if fits and row is not None and row.subject.product == camera.product else None


def version_words(version: RecipeRow, zone: tzinfo | None) -> Text:
    """A recipe version: its number, when it was taught and by whom."""
    by = Text.same(version.by) if version.by else say("recipeplate.by_itself")
    return say("recipeplate.taught", n=version.version, time=day_time_text(version.made_ns, zone), by=by)


def head_words(row: InspectionRow, chosen: bool, newest: bool, zone: tzinfo | None) -> Text:
    """Which part the plate at the right is about."""
    key = "chosen" if chosen else "last" if newest and not verdicts.waits(row) else "to_judge"
    return say(f"visionscreen.part_{key}", time=time_text(row.at_ns, zone))


def again_words(row: InspectionRow, rows: Sequence[InspectionRow]) -> Text:
    """Whether the same defect lies at the same place on other parts; empty when not."""
    n = verdicts.same_place(row, rows)
    others = sum(1 for r in rows if r.number != row.number)
    return say("visionscreen.same_place", n=n, of=others) if n else Text.same("")
