"""Cameras, verdicts and pictures of boards, for the tests of vision station and review."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np

from hmi.desk.vision_rows import CameraRow, InspectionRow, RecipeRow
from hmi.model.camera import CameraState, Subject
from hmi.model.inspection import DefectClass, Finding, Verdict
from hmi.model.text import Text
from hmi.model.words import say

S = 1_000_000_000
NOW = 1_790_000_000 * S
RECIPE = "template_compare board C1 v3"
SETTINGS = {"tolerance": 2.25, "smallest": 8}
SIDE = 640
SHORT = Finding((300, 180, 350, 230), DefectClass.SHORT, 0.94, 412)
MOUSEBITE = Finding((480, 330, 522, 372), DefectClass.MOUSEBITE, 0.81, 96)
SPUR = Finding((150, 420, 196, 460), DefectClass.SPUR, 0.58, 41)


def board(seed: int = 1, *, shift: tuple[int, int] = (0, 0), light: float = 1.0) -> np.ndarray:
    """A board of dark copper traces on a light ground, (640, 640) uint8."""
    draw = np.random.default_rng(seed)
    picture = np.full((SIDE, SIDE), 196, np.uint8)
    for y in range(40, SIDE - 20, 46):
        bend, drop = int(draw.integers(150, 480)), int(draw.integers(-14, 15))
        points = [(20, y), (bend, y), (bend + abs(drop), y + drop), (SIDE - 20, y + drop)]
        for start, end in pairwise(points):
            cv2.line(picture, start, end, 60, 9)
    for x, y in draw.integers(40, SIDE - 40, (36, 2)).tolist():
        cv2.circle(picture, (x, y), 10, 60, -1)
        cv2.circle(picture, (x, y), 4, 196, -1)
    down, right = shift
    picture = np.roll(picture, (down, right), (0, 1))
    return np.clip(picture * light, 0, 255).astype(np.uint8)


def flawed(picture: np.ndarray, findings=(SHORT, MOUSEBITE)) -> np.ndarray:
    """The same board with something wrong in each box."""
    made = picture.copy()
    for found in findings:
        left, top, right, bottom = found.box
        tone = 60 if found.kind in (DefectClass.SHORT, DefectClass.SPUR) else 196
        cv2.ellipse(made, ((left + right) // 2, (top + bottom) // 2), ((right - left) // 4, (bottom - top) // 3), 30, 0,
                    360, tone, -1)  # fmt: skip
    return made


def camera_row(camera: str = "C1", station: str = "L1.S4", **more) -> CameraRow:
    told = {
        "name": Text(f"Camera {camera[1:]}", f"카메라 {camera[1:]}"), "plugin": "demo_camera",
        "state": CameraState.RUNNING, "why": None, "since_ns": NOW - 3600 * S, "frames": 48211, "lost": 0,
        "per_s": 0.27,
        "frame_ms": 31.0, "frame_p99_ms": 58.0, "inspected": 2311, "failed": 31, "undecided": 6, "overruled": 2,
        "product": "board C1", "recipe": RECIPE, "light": 132.0, "shift_px": 0.4, "width": SIDE, "height": SIDE,
        "ring": f"ring-{camera}", "restarts": 0, "last": 199,
    }  # fmt: skip
    told.update(more)
    return CameraRow(camera=camera, station=station, **told)


def inspection(number: int = 199, verdict: Verdict = Verdict.PASS, findings=(), **more) -> InspectionRow:
    subject = Subject(
        unit=f"U2041-{number:06d}", lot="LOT-2041", order="WO-20031", product="board C1", line="L1", station="L1.S4",
        material_batch="PASTE-2B", operator="Kim",
        readings={"L1.S3.Zone3Temperature": 221.4, "L1.S1.Pressure": 1.92, "L1.S1.Speed": 100.0},
    )  # fmt: skip
    told = {
        "camera": "C1", "at_ns": NOW - (200 - number) * 4 * S, "frame": number,
        "score": max([f.score for f in findings], default=0.0), "ms": 14.2, "total_ms": 31.0, "subject": subject,
         "recipe": RECIPE, "why": None, "evidence": "",
        "golden": "recipes/C1/golden.png", "judged": "", "judged_by": "", "judged_ns": 0, "judged_why": "",
        "width": SIDE, "height": SIDE,
    }  # fmt: skip
    told.update(more)
    return InspectionRow(number=number, verdict=verdict, findings=list(findings), **told)


def undecided(number: int, why: Text | None = None, **more) -> InspectionRow:
    return inspection(number, Verdict.UNDECIDED, score=None, why=why or say("vision.contrast", contrast=18, least=25),
                      **more)  # fmt: skip


def parts(count: int = 12, last: int = 199) -> list[InspectionRow]:
    """The last parts, the newest first: some rejects, one undecided, one judged already."""
    rows = []
    for number in range(last, last - count, -1):
        file = f"evidence/{number}.png"
        if number == last:
            rows.append(inspection(number, Verdict.FAIL, (SHORT, MOUSEBITE), evidence=file))
        elif number == last - 2:
            rows.append(inspection(number, Verdict.FAIL, (SHORT,), evidence=file))
        elif number == last - 6:
            rows.append(undecided(number, evidence=file))
        elif number == last - 9:
            rows.append(inspection(number, Verdict.FAIL, (MOUSEBITE,), evidence=file, judged="overruled",
                                   judged_by="Choi Jiwoo", judged_ns=NOW, judged_why="dust"))  # fmt: skip
        else:
            rows.append(inspection(number, evidence=file if number % 3 == 0 else ""))
    return rows


def queue(count: int = 7) -> list[InspectionRow]:
    """What waits, the oldest first."""
    kinds = [(SHORT,), (MOUSEBITE, SPUR), (SHORT, MOUSEBITE, SPUR), (SPUR,)]
    rows = []
    for at in range(count):
        number = 140 + at * 9
        more = {"camera": f"C{1 + at % 2}", "evidence": f"evidence/{number}.png"}
        if at % 3 == 2:
            rows.append(undecided(number, **more))
        else:
            rows.append(inspection(number, Verdict.FAIL, kinds[at % len(kinds)], **more))
    return rows


def recipe_row(**more) -> RecipeRow:
    told = {"inspector": "template_compare", "product": "board C1", "version": 3, "camera": "C1", "active": True,
            "made_ns": NOW, "by": "Choi Jiwoo", "hash": "ab12", "settings": dict(SETTINGS),
            "golden": "recipes/C1/golden.png"}  # fmt: skip
    told.update(more)
    return RecipeRow(**told)


def lay_down(data: Path, rows) -> None:
    """Write the kept pictures and the golden of these rows into a data folder."""
    (data / "evidence").mkdir(exist_ok=True)
    (data / "recipes" / "C1").mkdir(parents=True, exist_ok=True)
    golden = board()
    cv2.imwrite(str(data / "recipes" / "C1" / "golden.png"), golden)
    for row in rows:
        if row.evidence:
            light = 0.35 if row.verdict is Verdict.UNDECIDED else 1.0
            picture = flawed(board(shift=(2, -3), light=light), row.findings)
            cv2.imwrite(str(data / row.evidence), picture)


def later(row, now_ns: int):
    """A row as it would be at another instant than NOW."""
    if isinstance(row, list):
        return [later(x, now_ns) for x in row]
    moved = {
        name: getattr(row, name) + now_ns - NOW for name in ("at_ns", "since_ns", "judged_ns") if getattr(row, name, 0)
    }
    return replace(row, **moved)
