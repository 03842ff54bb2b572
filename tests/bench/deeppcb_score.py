"""DeepPCB by the scoring of vision.md: `python tests/bench/deeppcb_score.py [--groups] [--errors] [--setting k=v]`.

Greedy one-to-one match by descending score at IoU > 0.33; a truth is used up even when the class differs; correct only
when the class agrees; AP pooled over classes. Times are processor time of this process, one core: `inspect` with the
golden ready, `pair` with the golden prepared anew, both without reading the files.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hmi.model.inspection import Box, DefectClass, Finding
from hmi.vision.pictures import read_grey
from hmi.vision.template.inspector import TemplateCompareKind

SET = Path(__file__).resolve().parents[3] / "shared" / "data" / "DeepPCB"
LEAST_IOU = 0.33
_CLASSES = (
    DefectClass.OPEN,
    DefectClass.SHORT,
    DefectClass.MOUSEBITE,
    DefectClass.SPUR,
    DefectClass.COPPER,
    DefectClass.PIN_HOLE,
)
Truth = tuple[Box, DefectClass]


@dataclass(frozen=True)
class Match:
    """How one finding, or one truth that nobody found, fared."""

    score: float
    located: bool
    correct: bool
    text: str


@dataclass(frozen=True)
class Score:
    """The figures of a set of pictures."""

    f1: float
    location_f1: float
    ap: float
    truths: int
    findings: int


def iou(a: Box, b: Box) -> float:
    """Intersection over union of two boxes."""
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    both = width * height
    return both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both)


def match(findings: Iterable[Finding], truths: Sequence[Truth]) -> list[Match]:
    """One entry for each finding, in order of score."""
    left = list(truths)
    matches = []
    for finding in sorted(findings, key=lambda f: -f.score):
        best = max(left, key=lambda t: iou(finding.box, t[0]), default=None)
        if best is None or iou(finding.box, best[0]) <= LEAST_IOU:
            matches.append(Match(finding.score, False, False, f"not there: {finding.kind.value} {finding.box}"))
            continue
        left.remove(best)
        text = f"{best[1].value} called {finding.kind.value} {finding.box}"
        matches.append(Match(finding.score, True, best[1] is finding.kind, text))
    return matches


def score(matches: Sequence[Match], truths: int) -> Score:
    """F1 with class, F1 of location, AP over all matches of a set with so many truths."""
    ranked = sorted(matches, key=lambda m: -m.score)
    right = np.cumsum([m.correct for m in ranked]) if ranked else np.zeros(0)
    precision, recall = right / np.arange(1, len(ranked) + 1), right / max(truths, 1)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    ap = float(np.sum(np.diff(np.concatenate([[0.0], recall])) * envelope))
    whole = max(len(ranked) + truths, 1)
    correct, located = sum(m.correct for m in ranked), sum(m.located for m in ranked)
    return Score(2 * correct / whole, 2 * located / whole, ap, truths, len(ranked))


def pairs(folder: Path = SET) -> Iterator[tuple[str, str, Path, Path, list[Truth]]]:
    """name, board group, golden, image and truths of each pair."""
    with (folder / "manifest.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            name = row["name"]
            truths: list[Truth] = []
            for line in (folder / "images" / f"{name}.txt").read_text(encoding="ascii").splitlines():
                x1, y1, x2, y2, kind = (int(n) for n in line.split())
                truths.append(((x1, y1, x2, y2), _CLASSES[kind - 1]))
            images = folder / "images"
            yield name, row["board_group"], images / f"{name}_temp.jpg", images / f"{name}_test.jpg", truths


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=SET)
    parser.add_argument("--groups", action="store_true", help="the figures of each board group too")
    parser.add_argument("--errors", action="store_true", help="each wrong answer")
    parser.add_argument("--setting", action="append", default=[], help="a setting of the recipe, e.g. tolerance=2.5")
    options = parser.parse_args()
    settings = {k: float(v) for k, v in (s.split("=", 1) for s in options.setting)}
    kind = TemplateCompareKind()
    groups: dict[str, tuple[list[Match], int]] = {}
    prepared, inspected, undecided = [], [], 0
    for name, group, golden, image, truths in pairs(options.folder):
        golden_picture, picture = read_grey(golden), read_grey(image)
        begun = time.process_time()
        inspector = kind.ready(name, golden_picture, settings)
        ready = time.process_time()
        result = inspector.inspect(picture)
        inspected.append(time.process_time() - ready)
        prepared.append(ready - begun)
        undecided += result.why is not None
        found = match(result.findings, truths)
        matches, count = groups.get(group, ([], 0))
        groups[group] = (matches + found, count + len(truths))
        if options.errors:
            for wrong in (m for m in found if not m.correct):
                print(f"{name} {group} {wrong.text} {wrong.score:.2f}")
            if sum(m.located for m in found) < len(truths):
                print(f"{name} {group} missed {len(truths) - sum(m.located for m in found)}")
    if options.groups:
        for group, (matches, count) in sorted(groups.items()):
            _print(group, score(matches, count))
    _print("all", score([m for matches, _ in groups.values() for m in matches], sum(n for _, n in groups.values())))
    pair = np.array(prepared) + np.array(inspected)
    for label, times in (("inspect", np.array(inspected)), ("pair", pair)):
        print(f"{label}: p50 {np.median(times) * 1e3:.1f} ms, p95 {np.percentile(times, 95) * 1e3:.1f} ms")
    print(f"undecided: {undecided}")


def _print(label: str, figures: Score) -> None:
    print(
        f"{label}: F1 with class {figures.f1:.4f}, location F1 {figures.location_f1:.4f}, AP {figures.ap:.4f}, "
        f"{figures.truths} truths, {figures.findings} findings"
    )


if __name__ == "__main__":
    main()
