"""USB cameras and network cameras (RTSP) through OpenCV.

Settings: ``source`` (required: number of a USB camera, or an address), ``user`` and, from the secret store,
``password``; ``width``, ``height``, ``fps`` (asked of a USB camera), ``transport`` (``tcp`` or ``udp``, of RTSP).
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from typing import Any

from hmi.api import NoPictureError, say
from plugins.camera_opencv.address import bare, full
from plugins.camera_opencv.device import OpenCvCamera

OPTIONS = "OPENCV_FFMPEG_CAPTURE_OPTIONS"


def create(settings: Mapping[str, Any], log: logging.Logger) -> OpenCvCamera:
    """A camera as the settings say. NoPictureError when they cannot be meant."""
    source, transport = settings.get("source"), settings.get("transport", "tcp")
    if isinstance(source, bool) or not isinstance(source, int | str) or source == "":
        raise NoPictureError(say("camera_opencv.no_source"))
    if transport not in ("tcp", "udp"):
        raise NoPictureError(say("camera_opencv.transport", value=transport))
    # read by OpenCV when it first opens an address; ffmpeg gives up by itself (microseconds)
    os.environ.setdefault(OPTIONS, f"rtsp_transport;{transport}|timeout;5000000|stimeout;5000000")
    target = full(source, str(settings.get("user", "")), str(settings.get("password", "")))
    wanted = {name: settings[name] for name in ("width", "height", "fps") if name in settings}
    return OpenCvCamera(target, bare(source), wanted)
