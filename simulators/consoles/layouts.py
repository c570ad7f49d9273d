"""Four invented scanners; none looks like a real one. Figures of output are made up and say so."""

from collections.abc import Mapping

from simulators.consoles.layout import (
    Bar,
    Box,
    Layout,
    OrientationMark,
    RulerStyle,
    Side,
    Text,
)

LIGHT, GREY, DIM = (228, 228, 228), (170, 170, 170), (120, 120, 120)
YELLOW, GREEN, ICE, AMBER = (90, 215, 235), (120, 215, 110), (235, 205, 150), (40, 150, 245)

HARBOUR = Layout(
    name="harbour",
    width_px=1280,
    height_px=720,
    background=(0, 0, 0),
    window=Box(190, 64, 800, 600),
    ruler=RulerStyle(Side.RIGHT, 5.0, 2, (7, 14), dots=False, numbers_px=0, colour=LIGHT),
    mark=OrientationMark(False, -18, 10, 8, "", GREEN),
    bars=(
        Bar(Box(0, 0, 1280, 44), (62, 48, 36), LIGHT),
        Bar(
            Box(1110, 64, 160, 400),
            (52, 44, 40),
            LIGHT,
            11,
            ("B", "Colour", "Doppler", "M", "Measure", "Write", "Store", "Review"),
        ),
        Bar(
            Box(190, 676, 800, 40),
            (52, 44, 40),
            GREY,
            10,
            ("Depth", "Gain", "Focus", "Range", "Invert", "Preset"),
        ),
    ),
    texts=(
        Text(18, 22, 13, LIGHT, ("SIMULATED",)),
        Text(200, 22, 11, GREY, ("ID SIM-0001    Training, no patient",)),
        Text(640, 22, 11, GREY, ("MI 0.7  TIS 0.2 simulated",)),
        Text(
            18,
            96,
            11,
            ICE,
            (
                "{probe}",
                "Frq  {mhz:.1f} MHz",
                "Gn  {gain_db:+.0f} dB",
                "D  {depth_cm:.1f} cm",
                "DR  {range_db:.0f}",
                "F  {focus_cm:.1f} cm",
                "Per  {persistence:.1f}",
                "Preset MSK",
            ),
            24,
        ),
    ),
    grey_bar=Box(20, 320, 14, 200),
    clock=Text(1150, 22, 13, LIGHT, ("{hours:02d}:{minutes:02d}:{seconds:02d}",)),
    frozen=Text(18, 640, 13, AMBER, ("FROZEN {frame}",)),
)

QUARRY = Layout(
    name="quarry",
    width_px=1280,
    height_px=1024,
    background=(0, 0, 0),
    window=Box(170, 110, 860, 780),
    ruler=RulerStyle(Side.LEFT, 10.0, 1, (7, 7), dots=True, numbers_px=12, colour=YELLOW),
    mark=OrientationMark(True, 22, 22, 11, "Q", YELLOW),
    bars=(
        Bar(
            Box(0, 964, 1280, 60),
            (70, 70, 70),
            LIGHT,
            12,
            ("B", "B/B", "M", "Depth", "Zoom", "Focus", "Text", "Print"),
        ),
    ),
    texts=(
        Text(20, 24, 15, YELLOW, ("NAME SIMULATED",)),
        Text(20, 52, 13, YELLOW, ("SEX -   AGE -   NO. 0001",)),
        Text(560, 24, 13, YELLOW, ("TRAINING ROOM",)),
        Text(560, 52, 13, YELLOW, ("MI 0.7 TI 0.2 (SIMULATED)",)),
        Text(
            1064,
            140,
            13,
            YELLOW,
            (
                "{probe}",
                "F {mhz:.1f}M",
                "G {gain_db:+.0f}DB",
                "D {depth_cm:.1f}CM",
                "R {range_db:.0f}DB",
                "FOC {focus_cm:.1f}CM",
            ),
            30,
        ),
        Text(1064, 400, 12, GREEN, ("PRESET 1", "  JOINTS", "PRESET 2", "  SPINE"), 26),
        Text(180, 930, 12, GREEN, ("B-MODE   ANGLE -   TRIG OFF",)),
    ),
    grey_bar=Box(1220, 560, 18, 256),
    clock=Text(1064, 52, 15, YELLOW, ("{hours:02d}-{minutes:02d}-{seconds:02d}",)),
    frozen=Text(1064, 880, 16, YELLOW, ("FRZ {frame}",)),
)

MEADOW = Layout(
    name="meadow",
    width_px=1920,
    height_px=1080,
    background=(0, 0, 0),
    window=Box(330, 70, 1280, 900),
    ruler=RulerStyle(Side.INSIDE, 5.0, 2, (8, 16), dots=False, numbers_px=14, colour=GREEN),
    mark=OrientationMark(False, 26, 24, 12, "", ICE),
    bars=(
        Bar(
            Box(0, 0, 300, 1080),
            (44, 38, 32),
            LIGHT,
            15,
            (
                "Patient",
                "Probe",
                "Knee",
                "Shoulder",
                "Wrist",
                "Hip",
                "Spine",
                "Nerve",
                "Guide",
                "Store",
            ),
        ),
        Bar(Box(1640, 0, 280, 1080), (44, 38, 32), LIGHT),
        Bar(
            Box(330, 1010, 1280, 56),
            (44, 38, 32),
            GREY,
            14,
            ("2D", "Colour", "Power", "Split", "Measure", "Label", "Left/right", "Freeze"),
        ),
    ),
    texts=(
        Text(340, 36, 18, LIGHT, ("SIMULATED",)),
        Text(560, 36, 15, GREY, ("SIM-0001   training, no patient",)),
        Text(1200, 36, 15, GREY, ("MI 0.7   TIs 0.2   simulated",)),
        Text(
            1664,
            120,
            15,
            LIGHT,
            (
                "{probe}",
                "{mhz:.1f} MHz",
                "Depth {depth_cm:.1f} cm",
                "Gain {gain_db:+.0f} dB",
                "Range {range_db:.0f} dB",
                "Focus {focus_cm:.1f} cm",
                "Persist {persistence:.1f}",
            ),
            36,
        ),
        Text(1664, 480, 14, DIM, ("Preset", "General", "Resolution", "Penetration"), 34),
    ),
    grey_bar=Box(1664, 640, 22, 280),
    clock=Text(1700, 36, 18, LIGHT, ("{hours:02d}:{minutes:02d}:{seconds:02d}",)),
    frozen=Text(1664, 980, 20, ICE, ("Frozen  {frame}",)),
)

LANTERN = Layout(
    name="lantern",
    width_px=1280,
    height_px=720,
    background=(38, 33, 30),
    window=Box(170, 56, 880, 650),
    ruler=None,
    mark=OrientationMark(True, -22, 14, 10, "L", LIGHT),
    bars=(
        Bar(
            Box(1130, 0, 150, 720),
            (206, 206, 202),
            (60, 50, 40),
            13,
            ("Depth", "Gain", "Flip", "Freeze", "Save", "Clips", "More"),
        ),
    ),
    texts=(
        Text(20, 28, 15, LIGHT, ("SIMULATED",)),
        Text(190, 28, 12, GREY, ("{probe}   MSK   output figures simulated: MI 0.7 TIS 0.2",)),
        Text(
            20,
            110,
            12,
            LIGHT,
            ("Depth", "{depth_cm:.1f} cm", "Gain", "{gain_db:+.0f} dB", "{mhz:.1f} MHz"),
            26,
        ),
    ),
    grey_bar=Box(1092, 110, 10, 180),
    clock=Text(960, 28, 15, LIGHT, ("{hours}:{minutes:02d}:{seconds:02d}",)),
    frozen=Text(20, 640, 14, ICE, ("Held {frame}",)),
)

CONSOLES: Mapping[str, Layout] = {one.name: one for one in (HARBOUR, QUARRY, MEADOW, LANTERN)}
"""All of them by name."""
