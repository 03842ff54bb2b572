"""Live pictures for windows: the frame ring of a camera, read without the engine.

::

    reader = FrameReader(data / row.ring)      # row: CameraRow
    frame = reader.newest()                    # (number, at_ns, (h, w) or (h, w, 3) uint8), or None
"""

from __future__ import annotations

from hmi.vision.ring import Frame, FrameReader

__all__ = ["Frame", "FrameReader"]
