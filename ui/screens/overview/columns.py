"""Where the parts of a line's row stand: one place for rows and their headings. Pure."""

from __future__ import annotations

from dataclasses import dataclass

MARGIN = 14
GUTTER = 18
_EASE = (("name", 232, 1.0), ("rate", 150, 0.6), ("plan", 138, 0.6), ("oee", 150, 0.8), ("hour", 120, 1.4))
_LEAN = (("name", 206, 1.0), ("rate", 116, 0.5), ("plan", 116, 0.5), ("oee", 64, 0.1), ("hour", 96, 0.8))
TILE_PX = {False: 98, True: 74}
LEAST_TILE_PX = {False: 72, True: 66}
SHRINK = 0.85
"""Parts may shrink this far before the sparkline gives up its place."""
MOST_WITH_HOUR = 7
"""With more stations in one row their tiles need the sparkline's place."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A part's left edge and width in px."""

    left: int
    width: int


def tile_grid(count: int, lean: bool) -> tuple[int, int]:
    """Columns and rows of the station tiles: one row when lean, else at most two (from three stations on)."""
    if lean or count <= 2:
        return max(1, count), 1
    return -(-count // 2), 2


def columns(width: int, lean: bool, tiles: int) -> dict[str, Cell]:
    """The parts from left to right within a row's width.

    Where there is little room the tiles give way first, as far as their words allow; then the sparkline goes, in
    lean rows the plan after it, then all other parts shrink alike. A part that is left out has no width.
    """
    across, _ = tile_grid(tiles, lean)
    parts: tuple[tuple[str, int, float], ...] = _LEAN if lean else _EASE
    if lean and across > MOST_WITH_HOUR:
        parts = _without(parts, "hour")
    least, room, tile_px = _room(width, lean, across, parts)
    if (room - tile_px) / least < SHRINK:
        parts = _without(parts, "hour")
        least, room, tile_px = _room(width, lean, across, parts)
    if lean and (room - tile_px) / least < SHRINK:
        parts = _without(parts, "plan")
        least, room, tile_px = _room(width, lean, across, parts)
    spare = room - least - tile_px
    shares = sum(share for _, _, share in parts)
    found: dict[str, Cell] = {}
    left = MARGIN
    for name, px, share in parts:
        wide = round(px + spare * share / shares) if spare >= 0 else round(px * (room - tile_px) / least)
        found[name] = Cell(left, wide)
        left += wide + GUTTER
    for gone in ("plan", "hour"):
        found.setdefault(gone, Cell(left, 0))
    found["stations"] = Cell(left, width - MARGIN - left)
    return found


def _room(width: int, lean: bool, across: int, parts: tuple[tuple[str, int, float], ...]) -> tuple[int, int, int]:
    """Least width of the parts, width for parts and tiles together, and the tiles' share of it."""
    least = sum(px for _, px, _ in parts)
    room = width - 2 * MARGIN - GUTTER * len(parts)
    return least, room, max(LEAST_TILE_PX[lean] * across, min(TILE_PX[lean] * across, room - least))


def _without(parts: tuple[tuple[str, int, float], ...], gone: str) -> tuple[tuple[str, int, float], ...]:
    return tuple(part for part in parts if part[0] != gone)
