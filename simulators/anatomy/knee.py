"""The knee: the suprapatellar recess in a long-axis view, its proximal end on the left.

x runs from proximal to distal, so that the patella lies on the right; y from medial to lateral. A
little outside the midline the left half shows the vastus muscle and the right half the quadriceps
tendon, so that a needle from the left reaches the recess below the tendon without crossing it.
Depths and thicknesses are those of textbook adult knees with a moderate effusion; they vary with
the seed.
"""

import numpy as np

from simulators.anatomy.body import Body, Hold, Motion, Structure, View
from simulators.anatomy.materials import (
    BONE,
    CORTEX,
    FASCIA,
    FAT,
    FAT_PAD,
    FLUID,
    GEL,
    MUSCLE,
    SKIN,
    SYNOVIUM,
    TENDON,
    THIN_WALL,
    Edge,
)
from simulators.anatomy.shapes import (
    Below,
    Between,
    Ellipsoid,
    Grown,
    Surface,
    make_ripple,
)

SKIN_MM = 1.5
"""Thickness of the skin."""
BRIGHT_WALL = Edge(-24.0, 3.0)


def make_knee(seed: int) -> Body:
    """The knee of the person with this number."""
    rng = np.random.default_rng([seed, 1])
    fat_mm, tendon_mm = rng.uniform(2.2, 4.2), rng.uniform(4.6, 5.6)
    half_mm, middle_mm = rng.uniform(2.6, 3.5), rng.uniform(12.4, 13.6)
    tilt = rng.uniform(-0.04, 0.05)
    top = SKIN_MM + fat_mm
    femur_mm = top + middle_mm + half_mm + rng.uniform(3.4, 4.8)
    skin = Surface(SKIN_MM, ripple=make_ripple(rng, 0.08))
    fascia = Surface(top, (-0.01, 0.0), ripple=make_ripple(rng, 0.2))
    muscle = Surface(top + 5.2, (-0.27, 0.0), ripple=make_ripple(rng, 0.3, 6.0))
    femur = Surface(femur_mm, (-tilt, 0.0), (0.0022, 0.011), make_ripple(rng, 0.15, 8.0))
    recess = Ellipsoid(
        (rng.uniform(2.0, 5.0), 0.0, top + middle_mm),
        (rng.uniform(15.5, 17.5), 19.0, half_mm),
        tip_rad=-tilt,
        ripple=make_ripple(rng, 0.18, 6.0),
    )
    tendon = Ellipsoid((15.0, 0.0, top + 0.5 * tendon_mm + 0.3), (25.0, 17.0, 0.5 * tendon_mm))
    patella = Ellipsoid((31.0, 0.0, top + 8.5), (rng.uniform(11.5, 13.0), 20.0, 8.0))
    return Body(
        site="knee",
        seed=seed,
        structures=(
            Structure("gel", GEL, Below(Surface(-60.0))),
            Structure("skin", SKIN, Below(Surface(0.0)), THIN_WALL),
            Structure("subcutaneous fat", FAT, Below(skin), THIN_WALL),
            Structure("fat pads", FAT_PAD, Below(fascia), FASCIA),
            Structure("vastus muscle", MUSCLE, Between(fascia, muscle), FASCIA, (0.96, 0.0, 0.28)),
            Structure("quadriceps tendon", TENDON, tendon, FASCIA),
            Structure("synovium", SYNOVIUM, Grown(recess, 0.5)),
            Structure("suprapatellar recess", FLUID, recess, BRIGHT_WALL),
            Structure("femur", BONE, Below(femur), CORTEX),
            Structure("patella", BONE, patella, CORTEX),
        ),
        targets={"suprapatellar recess": recess.centre},
        no_go=("quadriceps tendon", "femur", "patella"),
        views=(
            View(
                "suprapatellar, long axis",
                "linear",
                Hold(),
                38.4,
                "suprapatellar recess",
                (-24.7, 0.0, 0.0),
                "suprapatellar recess",
            ),
            View(
                "suprapatellar, short axis",
                "linear",
                Hold(turn_deg=90.0),
                38.4,
                "suprapatellar recess",
                (0.0, -24.0, 0.0),
                "suprapatellar recess",
            ),
        ),
        motion=Motion(),
    )
