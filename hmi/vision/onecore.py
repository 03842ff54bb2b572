"""One core for each inspecting process: cameras are spread over processes, and threads inside one only spin.

OpenCV's own threads and those of the two linear algebra libraries (numpy's and OpenCV's) are told so; without it a
picture costs the same time and twice the processor.
"""

from __future__ import annotations

from functools import cache

import cv2
from threadpoolctl import threadpool_limits


@cache
def use_one_core() -> None:
    """Limit this process to one thread of computing, once and for good."""
    cv2.setNumThreads(1)
    threadpool_limits(limits=1, user_api="blas")
