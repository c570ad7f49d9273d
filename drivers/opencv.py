"""OpenCV, imported once, without what its wheel does to the environment of Qt."""

import os

_LEAKED = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR", "LD_LIBRARY_PATH")
_LIMITS = {"OPENCV_IO_MAX_IMAGE_WIDTH": "8192", "OPENCV_IO_MAX_IMAGE_HEIGHT": "8192"}
"""Read by OpenCV while it loads: larger pictures are refused before memory is taken."""
_before = {name: os.environ.get(name) for name in (*_LEAKED, *_LIMITS)}
os.environ.update(_LIMITS)

import cv2  # noqa: E402

for _name, _value in _before.items():
    if _value is None:
        os.environ.pop(_name, None)
    else:
        os.environ[_name] = _value
cv2.setNumThreads(1)  # against 2: the same median, the 99th percentile up to a third lower
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)  # drivers raise, in words

__all__ = ["cv2"]
