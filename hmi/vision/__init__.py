"""Capture, inspection, verdicts, evidence, recipes."""

import os

# OpenCV reads it once, when it is first imported: a header that promises more is refused, whatever the kind of file
os.environ["OPENCV_IO_MAX_IMAGE_PIXELS"] = str(64_000_000)
