"""Makes the alarm tones p1.wav, p2.wav, p3.wav beside this file: ``python -m resources.sounds.make_tones``.

After the pattern of IEC 60601-1-8 bursts: the more urgent, the more and the faster pulses. 16 bit, mono, 22,050 Hz;
each pulse is a note with three overtones, because a pure sine is hard to find in a room and easily masked by machines.
"""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import numpy.typing as npt

RATE = 22_050
OVERTONES = (1.0, 0.5, 0.33, 0.2)
LOUD = 0.6
EDGE_S = 0.012
TONES: dict[str, tuple[tuple[float, float, float], ...]] = {
    "p1": ((880, 0.12, 0.06), (880, 0.12, 0.06), (880, 0.12, 0.2), (1175, 0.12, 0.06), (1175, 0.2, 0.1)),
    "p2": ((740, 0.18, 0.12), (740, 0.18, 0.12), (740, 0.18, 0.1)),
    "p3": ((587, 0.22, 0.18), (494, 0.3, 0.1)),
}
"""By file: pulses of frequency in Hz, length in s, pause after it in s."""


def pulse(hertz: float, length_s: float) -> npt.NDArray[np.float64]:
    """One note with soft edges, shape (samples,), within -1..1."""
    t = np.arange(round(length_s * RATE)) / RATE
    note = sum(a * np.sin(2 * np.pi * hertz * (k + 1) * t) for k, a in enumerate(OVERTONES)) / sum(OVERTONES)
    edge = np.minimum(1.0, np.minimum(t, length_s - t) / EDGE_S)
    return np.asarray(note * edge, np.float64)


def tone(pulses: tuple[tuple[float, float, float], ...]) -> npt.NDArray[np.int16]:
    """All pulses with their pauses as samples."""
    parts = [part for hz, long, rest in pulses for part in (pulse(hz, long), np.zeros(round(rest * RATE)))]
    return np.asarray(np.concatenate(parts) * LOUD * 32_767, np.int16)


def main() -> None:
    """Write the files."""
    for name, pulses in TONES.items():
        with wave.open(str(Path(__file__).with_name(f"{name}.wav")), "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(RATE)
            out.writeframes(tone(pulses).astype("<i2").tobytes())


if __name__ == "__main__":
    main()
