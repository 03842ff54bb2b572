"""SKAB by its protocol: `python tests/bench/skab_score.py [--runs] [--around] [--free] [--tep] [--setting k=v]`.

Per run 400 rows to learn from (unlabelled), the rest scored causally and pooled: F1 = TP / (TP + (FN + FP) / 2),
FAR = FP / (FP + TN), MAR = FN / (FN + TP). An always-on alarm has F1 0.70, so events, delay and false onsets stand
beside it. An event is found when an alarm stands in it; its delay is 0 when one stood before ("early"). A false onset
is an alarm that begins outside every event. Settings are one set for all runs; --around moves each of them on its own
and tells which figures hold, and `held out` tells each group's figures with the settings that do best on the others.
Cost is processor time of one row, one core.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from hmi.loop.backtest import read_recording
from hmi.loop.detector_port import Rows
from plugins.ewma_t2.detector import EwmaT2
from plugins.ewma_t2.kind import EwmaT2Kind
from plugins.ewma_t2.settings import EwmaT2Settings

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
SET, TEP = DATA / "SKAB", DATA / "TEP"
GROUPS = ("valve1", "valve2", "other")
WARMUP = 400
LABELS = ("anomaly", "changepoint")
AROUND: Mapping[str, tuple[float, float]] = {
    "level": (0.07, 0.15), "fast": (0.2, 0.5), "slow": (0.03, 0.07), "recent": (100, 400), "lag": (20, 30),
    "horizon": (500, 2000), "follow": (100, 1000), "sigmas": (4.5, 6.5), "margin": (2.5, 4.5), "release": (0.7, 0.9),
}  # fmt: skip
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Run:
    """One experiment: its group, name, readings and labels."""

    group: str
    name: str
    rows: Rows
    truth: Flags


@dataclass(frozen=True)
class Figures:
    """The counts of some scored rows, and of the events among them."""

    tp: int = 0
    fp: int = 0
    fn: int = 0
    tn: int = 0
    events: int = 0
    early: int = 0
    delays: tuple[int, ...] = ()
    onsets: int = 0

    def __add__(self, more: Figures) -> Figures:
        return Figures(
            self.tp + more.tp, self.fp + more.fp, self.fn + more.fn, self.tn + more.tn, self.events + more.events,
            self.early + more.early, self.delays + more.delays, self.onsets + more.onsets,
        )  # fmt: skip

    @property
    def f1(self) -> float:
        """Point-wise F1."""
        return self.tp / max(self.tp + (self.fn + self.fp) / 2, 1)

    @property
    def far(self) -> float:
        """False alarm rate in percent of the normal rows."""
        return 100 * self.fp / max(self.fp + self.tn, 1)

    @property
    def mar(self) -> float:
        """Missed alarm rate in percent of the anomalous rows."""
        return 100 * self.fn / max(self.fn + self.tp, 1)

    def line(self) -> str:
        """All of them in one line; rows are seconds."""
        delays = np.array(self.delays or (np.nan,))
        hours = (self.fp + self.tn) / 3600
        return (
            f"F1 {self.f1:.3f}, FAR {self.far:.1f} %, MAR {self.mar:.1f} %, events {len(self.delays)}/{self.events} "
            f"({self.early} early), delay median {np.median(delays):.0f} s mean {np.mean(delays):.0f} s, "
            f"false onsets {self.onsets} ({self.onsets / max(hours, 1e-9):.1f} an hour)"
        )


def figures(alarm: Flags, truth: Flags) -> Figures:
    """The figures of one run's scored rows."""
    edges = np.diff(np.concatenate([[False], truth, [False]]).astype(int))
    begins, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    delays = [int(np.argmax(alarm[a:b])) for a, b in zip(begins, ends, strict=True) if alarm[a:b].any()]
    early = sum(bool(a > 0 and alarm[a - 1] and alarm[a]) for a in begins)
    starts = alarm & ~np.concatenate([[False], alarm[:-1]])
    return Figures(
        int(np.sum(alarm & truth)), int(np.sum(alarm & ~truth)), int(np.sum(~alarm & truth)),
        int(np.sum(~alarm & ~truth)), len(begins), early, tuple(delays), int(np.sum(starts & ~truth)),
    )  # fmt: skip


def runs(folder: Path = SET) -> list[Run]:
    """Every labelled run that is there."""
    found = []
    for group in GROUPS:
        for file in sorted((folder / group).glob("*.csv"), key=lambda f: int(f.stem)):
            recording = read_recording(file, sep=";", time_column="datetime", ignore=LABELS)
            truth = np.array([float(label) > 0 for label in recording.ignored["anomaly"]])
            found.append(Run(group, f"{group}/{file.stem}", recording.rows, truth))
    return found


def alarms(rows: Rows, settings: Mapping[str, float], warmup: int = WARMUP) -> Flags:
    """The alarm of each row after the warm-up."""
    detector = EwmaT2Kind().fresh(settings)
    detector.learn(rows[:warmup])
    return np.array([detector.score(row).alarm for row in rows[warmup:]], np.bool_)


def judged(found: Iterable[Run], settings: Mapping[str, float]) -> dict[str, Figures]:
    """The figures of each run by name."""
    return {run.name: figures(alarms(run.rows, settings), run.truth[WARMUP:]) for run in found}


def pooled(each: Mapping[str, Figures], groups: Sequence[str] = GROUPS) -> Figures:
    """The figures of some groups' runs together."""
    return sum((f for name, f in each.items() if name.split("/")[0] in groups), Figures())


def tep(settings: Mapping[str, float]) -> None:
    """Tennessee Eastman with the same settings: learned on d00, by the set's threshold and by the detector's own."""
    normal = np.loadtxt(TEP / "d00.dat").T
    scores, own = {}, {}
    for file in sorted(TEP.glob("d??_te.dat")):
        detector = EwmaT2Kind().fresh(settings)
        detector.learn(normal)
        said = [detector.score(row) for row in np.loadtxt(file)]
        scores[file.name[1:3]] = np.array([s.statistic for s in said])
        own[file.name[1:3]] = np.array([s.alarm for s in said], np.bool_)
    limit = float(np.quantile(scores["00"][:480], 0.99))
    by_set = {name: statistic > limit for name, statistic in scores.items()}
    for label, flags in ((f"threshold of the set ({limit:.2f} of own limit)", by_set), ("own limit", own)):
        faults = {name: 100 * float(a[160:].mean()) for name, a in flags.items() if name != "00"}
        clear = [rate for name, rate in faults.items() if name not in ("03", "09", "15")]
        print(f"TEP {label}: FAR {100 * float(flags['00'][480:].mean()):.2f} %, detected {np.mean(clear):.1f} %,")
        print("   ", ", ".join(f"IDV{name} {rate:.0f}" for name, rate in faults.items()))


def free(settings: Mapping[str, float]) -> None:
    """The long run without anomalies: how often it cries wolf."""
    rows = read_recording(SET / "anomaly-free" / "anomaly-free.csv", sep=";", time_column="datetime").rows
    for warmup in (WARMUP, 3 * WARMUP):
        alarm = alarms(rows, settings, warmup)
        onsets = int(np.sum(np.diff(alarm.astype(int), prepend=0) == 1))
        print(f"anomaly-free, {warmup} rows to learn: in alarm {100 * alarm.mean():.1f} %, ", end="")
        print(f"onsets {3600 * onsets / len(alarm):.1f} an hour")


def around(found: Sequence[Run], settings: Mapping[str, float]) -> None:
    """Each setting moved on its own; and each group by the settings that do best on the other groups."""
    tried: list[tuple[str, dict[str, Figures]]] = [("as shipped", judged(found, settings))]
    for name, values in AROUND.items():
        tried += [(f"{name} {value:g}", judged(found, {**settings, name: value})) for value in values]
    for label, each in tried:
        whole = pooled(each)
        print(f"{label:14} F1 {whole.f1:.3f}, FAR {whole.far:.1f} %, MAR {whole.mar:.1f} %")
    rest = Figures()
    for group in GROUPS:
        others = [other for other in GROUPS if other != group]
        worth = [_worth(pooled(each, others)) for _, each in tried]
        label, each = tried[worth.index(max(worth))]
        held = pooled(each, [group])
        rest += held
        print(f"held out {group} by the others' best ({label}): F1 {held.f1:.3f}, FAR {held.far:.1f} %")
    print(f"held out, all: F1 {rest.f1:.3f}, FAR {rest.far:.1f} %, MAR {rest.mar:.1f} %")


def _worth(whole: Figures) -> float:
    return whole.f1 - max(0.0, whole.far - 14) / 100


def cost(rows: Rows) -> float:
    """Microseconds of processor time for one row."""
    detector = EwmaT2(EwmaT2Settings())
    detector.learn(rows[:WARMUP])
    begun = time.process_time()
    for row in rows[WARMUP:]:
        detector.score(row)
    return 1e6 * (time.process_time() - begun) / len(rows[WARMUP:])


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=SET)
    parser.add_argument("--runs", action="store_true", help="the figures of each run too")
    parser.add_argument("--around", action="store_true", help="each setting moved, and groups held out (minutes)")
    parser.add_argument("--free", action="store_true", help="the long run without anomalies")
    parser.add_argument("--tep", action="store_true", help="Tennessee Eastman with the same settings")
    parser.add_argument("--setting", action="append", default=[], help="a setting of the detector, e.g. margin=3")
    options = parser.parse_args()
    settings = {k: float(v) for k, v in (s.split("=", 1) for s in options.setting)}
    found = runs(options.folder)
    each = judged(found, settings)
    if options.runs:
        for name, run in each.items():
            print(f"{name}: {run.line()}")
    for group in GROUPS:
        print(f"{group}: {pooled(each, [group]).line()}")
    print(f"all: {pooled(each).line()}")
    print(f"cost: {min(cost(run.rows) for run in found[:5]):.1f} us a row of 8 readings")
    if options.free:
        free(settings)
    if options.tep:
        tep(settings)
    if options.around:
        around(found, settings)


if __name__ == "__main__":
    main()
