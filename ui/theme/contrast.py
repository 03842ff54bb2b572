"""How well two colours can be told apart: WCAG 2 contrast, CIE76 distance, colour-blind simulation (Machado 2009).

Colours are (r, g, b) with 0..255 each; pure functions, used to judge a theme file.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

RGB = tuple[int, int, int]

# Machado, Oliveira, Fernandes 2009, severity 1.0, on linear RGB
_VISION: dict[str, list[list[float]]] = {
    "normal": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
VISIONS = tuple(_VISION)
_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
_WHITE = np.array([0.95047, 1.0, 1.08883])


def _linear(colour: RGB) -> npt.NDArray[np.float64]:
    c = np.asarray(colour, float) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def luminance(colour: RGB) -> float:
    """Relative luminance 0..1 (WCAG 2)."""
    return float(_linear(colour) @ np.array([0.2126, 0.7152, 0.0722]))


def contrast(a: RGB, b: RGB) -> float:
    """Contrast ratio 1..21 (WCAG 2): words need 4.5, graphics 3."""
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


def distance(a: RGB, b: RGB, vision: str = "normal") -> float:
    """CIE76 distance of two colours as one of VISIONS sees them."""
    return float(np.linalg.norm(_lab(a, vision) - _lab(b, vision)))


def saturation(colour: RGB) -> float:
    """HSV saturation 0..1; above 0.3 a colour is reserved for alarms and hold/AI marks."""
    high, low = max(colour), min(colour)
    return 0.0 if high == 0 else (high - low) / high


def _lab(colour: RGB, vision: str) -> npt.NDArray[np.float64]:
    seen = np.clip(np.array(_VISION[vision]) @ _linear(colour), 0, 1)
    ratio = _TO_XYZ @ seen / _WHITE
    f = np.where(ratio > 216 / 24389, np.cbrt(ratio), (24389 / 27 * ratio + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])
