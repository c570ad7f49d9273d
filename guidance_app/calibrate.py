"""`guidance calibrate`: measures what must be known before anything is shown in millimetres."""

import argparse
import json
import sys
from dataclasses import asdict, dataclass

from drivers.api.errors import EndOfStream
from drivers.api.samples import VideoFrame
from guidance_app.domain.calibration import largest_region, scale_from_region
from guidance_app.input_files import address_of

DONE, DONE_IN_PART = 0, 3
FRAMES = 8
"""Read of a moving source: what is dark in one may be lit in another."""
NO_AREA = "no image area found"
NO_RULER = "no ruler found"
ADVICE = {
    NO_AREA: "Show the ultrasound picture on the console's screen and try again.",
    NO_RULER: "Set the scale with two clicks on the console's ruler (key R).",
}
CONFIRM = "Confirm it against the ruler before use."
CHOOSE = "The ruler can be read in more than one way: choose the one that the console shows."


@dataclass(frozen=True, slots=True)
class ScaleDocument:
    """What `calibrate scale --json` says; null is what was not found."""

    area_px: tuple[int, int, int, int] | None = None
    """Left, top, width, height."""
    shape: str | None = None
    mm_per_px: float | None = None
    """Along the depth; the likeliest where the ruler can be read in several ways."""
    sigma_percent: float | None = None
    how: str = NO_AREA
    ambiguous: bool = False
    candidates_mm_per_px: tuple[float, ...] = ()


def add_actions(parser: argparse.ArgumentParser) -> None:
    """Add the actions of `guidance calibrate` to its parser."""
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    scale = actions.add_parser("scale", help="find the picture and its scale on a screen")
    scale.add_argument("image", metavar="IMAGE", help="a picture, video or DICOM file, or address")
    scale.add_argument("--json", action="store_true", help="one JSON document")
    scale.set_defaults(handler=_scale)


def measure_scale(frames: list[VideoFrame]) -> ScaleDocument:
    """Area and scale of the newest frame; what its source states is taken as it is."""
    from guidance_app.processing.ruler import find_ruler  # noqa: PLC0415 - loads OpenCV
    from guidance_app.processing.sector import find_area  # noqa: PLC0415

    newest = frames[-1]
    if newest.regions:
        return _stated(newest)
    area = find_area(newest.pixels, [frame.pixels for frame in frames[:-1]])
    if area is None:
        return ScaleDocument()
    area_px = area.left_px, area.top_px, *area.size_px
    ruler = find_ruler(newest.pixels, area)
    if ruler is None:
        return ScaleDocument(area_px, area.shape, how=NO_RULER)
    return ScaleDocument(
        area_px,
        area.shape,
        ruler.mm_per_px,
        ruler.sigma_percent,
        ruler.how,
        ruler.ambiguous,
        ruler.readings_mm_per_px,
    )


def _stated(frame: VideoFrame) -> ScaleDocument:
    """The largest region whose scale the source states."""
    region = largest_region(frame.regions)
    scale = scale_from_region(region, frame.geometry)
    return ScaleDocument(
        (region.left_px, region.top_px, *region.size_px),
        mm_per_px=scale.mm_per_px_y,
        sigma_percent=scale.sigma_percent,
        how=scale.how,
        candidates_mm_per_px=(scale.mm_per_px_y,),
    )


def _scale(options: argparse.Namespace) -> int:
    document = measure_scale(_first_frames(address_of(options.image)))
    found = document.mm_per_px is not None
    if options.json:
        print(json.dumps(asdict(document), indent=2))
    elif found:
        print("\n".join(_lines(document)))
    if not found:
        sentence = document.how[0].upper() + document.how[1:]
        print(f"guidance: {sentence}. {ADVICE[document.how]}", file=sys.stderr)
    return DONE if found else DONE_IN_PART


def _lines(document: ScaleDocument) -> list[str]:
    """The result for a person, who can check the depth of the picture on the console."""
    left, top, width, height = document.area_px or (0, 0, 0, 0)
    sigma = f" ± {document.sigma_percent:.2g} %" if document.sigma_percent else ""
    scales = [
        f"{'scale ' if n == 0 else 'or    '}  {mm:.4g} mm a pixel{sigma}:"
        f" the picture is then {mm * height:.3g} mm deep"
        for n, mm in enumerate(document.candidates_mm_per_px)
    ]
    shape = f", {document.shape}" if document.shape else ""
    return [
        f"area    {width} × {height} px, its corner at {left}, {top}{shape}",
        *scales,
        f"how     {document.how}",
        *_advice(document),
    ]


def _advice(document: ScaleDocument) -> tuple[str, ...]:
    if document.ambiguous:
        return (CHOOSE,)
    return (CONFIRM,) if document.sigma_percent else ()


def _first_frames(address: str) -> list[VideoFrame]:
    """The first frames of a source, one of a still; raises DeviceError."""
    from guidance_app.bootstrap import create_source  # noqa: PLC0415 - loads Qt

    source = create_source(address)
    frames: list[VideoFrame] = []
    try:
        still = source.open().still
        while len(frames) < (1 if still else FRAMES):
            frames.append(source.read())
    except EndOfStream:
        if not frames:
            raise
    finally:
        source.close()
    return [frame for frame in frames if frame.pixels.shape == frames[-1].pixels.shape]
