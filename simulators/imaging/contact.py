"""Where the face of a probe touches the skin: beside that, beams run into air and bring nothing."""

import numpy as np

from drivers.opencv import cv2
from simulators.imaging.beams import Beams
from simulators.imaging.march import CELL_LINES, Floats

GIVES = 0.057
"""Gap that skin and gel fill, as a share of the face's length: 3 mm at one of 5 cm. Set by eye."""
FADES = 0.008
"""Further gap over which the last of it is lost."""


def touching(gap_mm: Floats, beams: Beams, focus_mm: float) -> Floats:
    """Share of each line's amplitude that is left, 0 to 1, for the gap between face and skin at
    every CELL_LINES-th line.

    It is the square of the share of the aperture that touches, as that sends and receives. The
    aperture is as wide as the f-number asks for half way to the focus.
    """
    transducer = beams.transducer
    beyond = gap_mm / transducer.width_mm - GIVES
    touches = 1.0 - np.clip(beyond / FADES, 0.0, 1.0)
    nodes = CELL_LINES * np.arange(touches.size)
    here = np.interp(np.arange(beams.lines), nodes, touches).astype(np.float32)
    half_mm = 0.25 * focus_mm / transducer.f_number
    wide = 2 * round(half_mm * beams.lines / transducer.width_mm) + 1
    share = cv2.blur(here[:, None], (1, wide), borderType=cv2.BORDER_REPLICATE).ravel()
    return np.asarray(share * share, np.float32)
