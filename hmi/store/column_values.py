"""Value columns: whole numbers under a decimal scale when that is lossless, else the XOR with the predecessor.

A sensor with a resolution of 0.1 sends 23.4 as a double or as a float whose double is 23.399999618530273: both become
the whole number 234. Of steps and offsets the cheaper one is kept, group by group.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hmi.store.columns import F8, I8, U8, ColumnReader, ColumnWriter, Index, unzigzag, zigzag

_SCALES = np.array([1.0, 10.0, 100.0, 1e3, 1e4, 1e5, 1e6])
_EXACT = float(2**53)
_SCALE_BITS, _SINGLE, _STEPS, _XOR = 0x0F, 0x10, 0x20, 0x40
_NAN = np.float64(np.nan)
Bools = npt.NDArray[np.bool_]


def put_values(out: ColumnWriter, starts: Index, values: F8) -> None:
    """Any doubles; every NaN comes back as the one quiet NaN."""
    counts = np.diff(np.append(starts, len(values)))
    missing = np.isnan(values)
    if missing.any():
        values = _filled(values, missing, starts, counts)
        out.put_bytes(np.packbits(missing).tobytes())
    else:
        out.put_bytes(b"")
    with np.errstate(all="ignore"):
        mode = _scales(starts, counts, values)
        column, base = _whole(starts, counts, values, mode)
    exact = mode & _XOR != 0
    if exact.any():
        _xor(starts, counts, values, exact, column, base)
    out.put_bytes(mode.tobytes())
    out.put_ints(base)
    out.put_uints(column)


def take_values(source: ColumnReader, starts: Index, samples: int, lo: int, hi: int) -> F8:
    """Values of the groups lo..hi of a pack with ``samples`` samples."""
    missing = source.take_bytes()
    mode = np.frombuffer(source.take_bytes(), np.uint8)[lo:hi]
    base = source.take_ints(lo, hi, len(starts))
    first, end = int(starts[lo]), int(starts[hi]) if hi < len(starts) else samples
    column = source.take_uints(first, end, samples)
    own = starts[lo:hi] - first
    counts = np.diff(np.append(own, end - first))
    values = _from_whole(column, base, mode, own, counts)
    exact = mode & _XOR != 0
    if exact.any():
        mask = np.repeat(exact, counts)
        bits = np.where(mask, column, np.uint64(0))
        running = np.bitwise_xor.accumulate(bits)
        before = np.where(own > 0, running[own - 1], np.uint64(0)) ^ base.view(np.uint64)
        values[mask] = (running ^ np.repeat(before, counts)).view(np.float64)[mask]
    if missing:
        values[np.unpackbits(np.frombuffer(missing, np.uint8), count=samples)[first:end].astype(bool)] = _NAN
    return values


def _filled(values: F8, missing: Bools, starts: Index, counts: Index) -> F8:
    """Each NaN replaced by the number before it in its group, so that it costs nothing."""
    place = np.arange(len(values))
    last = np.maximum.accumulate(np.where(missing, -1, place))
    none = last < np.repeat(starts, counts)
    return np.where(none, 0.0, values[np.where(none, 0, last)])


def _fits(values: F8, scale: float, single: bool) -> Bools:
    whole = np.rint(values * scale) + 0.0  # -0.0 is no whole number: it would come back as 0.0
    back = whole / scale
    if single:
        back = back.astype(np.float32).astype(np.float64)
    same: Bools = (back.view(np.int64) == values.view(np.int64)) & (np.abs(whole) < _EXACT)
    return same


def _scales(starts: Index, counts: Index, values: F8) -> npt.NDArray[np.uint8]:
    """The mode of each group: the smallest decimal scale that is lossless for all of it, or XOR."""
    mode = np.full(len(starts), _XOR, np.uint8)
    open_groups = np.arange(len(starts))
    at, own, size = values, starts, counts
    for single in (False, True):
        for k, scale in enumerate(_SCALES.tolist()):
            if not len(open_groups) or (single and k == 0):
                continue
            solved = np.logical_and.reduceat(_fits(at, scale, single), own)
            mode[open_groups[solved]] = k | (_SINGLE if single else 0)
            keep = ~solved
            if k == 0 and not single:  # no scale will do for a group whose first value does not fit the finest
                head = values[starts[open_groups]]
                keep &= _fits(head, _SCALES[-1], False) | _fits(head, _SCALES[-1], True)
            if not keep.all():
                at = at[np.repeat(keep, size)]
                open_groups, size = open_groups[keep], size[keep]
                own = np.cumsum(size) - size
    return mode


def _whole(starts: Index, counts: Index, values: F8, mode: npt.NDArray[np.uint8]) -> tuple[U8, I8]:
    """Steps or offsets of the scaled whole numbers, with the number that each group starts from."""
    scaled = values * np.repeat(_SCALES[mode & _SCALE_BITS], counts)
    decimal = mode & _XOR == 0
    if not decimal.all():
        scaled[np.repeat(~decimal, counts)] = 0.0
    whole = np.rint(scaled).astype(np.int64)
    step = np.empty_like(whole)
    step[:1] = 0
    np.subtract(whole[1:], whole[:-1], out=step[1:])
    step[starts] = 0
    steps = zigzag(step)
    low = np.minimum.reduceat(whole, starts)
    offsets = (whole - np.repeat(low, counts)).view(np.uint64)
    by_steps = np.add.reduceat(np.log2(1.0 + steps), starts) <= np.add.reduceat(np.log2(1.0 + offsets), starts)
    mode |= np.where(by_steps & decimal, _STEPS, 0).astype(np.uint8)
    return np.where(np.repeat(by_steps, counts), steps, offsets), np.where(by_steps, whole[starts], low)


def _xor(starts: Index, counts: Index, values: F8, exact: Bools, column: U8, base: I8) -> None:
    bits = values.view(np.uint64)
    change = np.empty_like(bits)
    change[:1] = 0
    np.bitwise_xor(bits[1:], bits[:-1], out=change[1:])
    change[starts] = 0
    mask = np.repeat(exact, counts)
    column[mask] = change[mask]
    base[exact] = bits[starts[exact]].view(np.int64)


def _from_whole(column: U8, base: I8, mode: npt.NDArray[np.uint8], own: Index, counts: Index) -> F8:
    by_steps = mode & _STEPS != 0
    if by_steps.all():
        whole = np.cumsum(unzigzag(column))
        whole += np.repeat(base - whole[own], counts)
    elif by_steps.any():
        mask = np.repeat(by_steps, counts)
        running = np.cumsum(np.where(mask, unzigzag(column), 0))
        whole = np.where(mask, running - np.repeat(running[own], counts), column.view(np.int64))
        whole += np.repeat(base, counts)
    else:
        whole = column.view(np.int64) + np.repeat(base, counts)
    values: F8 = whole / np.repeat(_SCALES[mode & _SCALE_BITS], counts)
    single = mode & _SINGLE != 0
    if single.any():
        mask = np.repeat(single, counts)
        values[mask] = values[mask].astype(np.float32)
    return values
