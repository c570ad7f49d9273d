"""From the command to the first painted frame, against a bare window of the same toolkit.

Each start is a process of its own, after one that warms the disk's cache. The reference imports
numpy, OpenCV and Qt, and paints one grey picture.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

RUNS = 5

OURS = """
import sys, time
from guidance_app import bootstrap
desktop = bootstrap.Desktop(bootstrap.Path(sys.argv[1]))
def painted(arrival_ns):
    print(time.time(), flush=True)
    desktop.quit()
desktop.window.live.image.painted.connect(painted)
desktop.run(lambda: desktop.application.open_source("sim:knee", False))
"""

REFERENCE = """
import sys, time
import numpy as np
from drivers.opencv import cv2
from PyQt6.QtCore import QTimer
from PyQt6.QtGui import QImage, QPainter
from PyQt6.QtWidgets import QApplication, QWidget
class Window(QWidget):
    def paintEvent(self, event):
        pixels = cv2.resize(np.full((480, 640), 90, np.uint8), (self.width(), self.height()))
        grey = QImage.Format.Format_Grayscale8
        image = QImage(pixels.data, *pixels.shape[::-1], pixels.strides[0], grey)
        painter = QPainter(self)
        painter.drawImage(0, 0, image)
        painter.end()
        print(time.time(), flush=True)
        QTimer.singleShot(0, application.quit)
application = QApplication([])
window = Window()
window.resize(1600, 900)
window.show()
application.exec()
"""


def main() -> None:
    """Measure, and print one JSON document."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    ours_s, reference_s = _median_s(OURS), _median_s(REFERENCE)
    figures = {
        "benchmark": "startup",
        "first_frame_s": round(ours_s, 2),
        "reference": "a bare Qt window that paints one picture",
        "reference_s": round(reference_s, 2),
        "ratio": round(ours_s / reference_s, 2),
    }
    print(json.dumps(figures))


def _median_s(program: str) -> float:
    return statistics.median([_once_s(program) for _ in range(RUNS + 1)][1:])


def _once_s(program: str) -> float:
    with tempfile.TemporaryDirectory() as folder:
        began_s = time.time()
        command = [sys.executable, "-c", program, folder]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return float(done.stdout.split()[0]) - began_s


if __name__ == "__main__":
    main()
