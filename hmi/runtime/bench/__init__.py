"""`linekeeper bench`: what this machine does, each figure as a ratio against a raw baseline taken in the same run."""

from hmi.runtime.bench.figure import Figure, interleaved

__all__ = ["Figure", "interleaved"]
