"""A debrief as one page for a browser, and as pages for paper.

The page for a browser asks nothing of any other place: its policy lets it load nothing, and run
and style itself only by what stands in it, by digest.
"""

import base64
import hashlib
from dataclasses import dataclass
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from guidance_app import PURPOSE, __version__
from guidance_app.debriefing.content import Debrief
from guidance_app.debriefing.gather import headline, trainer_span
from guidance_app.debriefing.recorded_clip import RecordedClip
from guidance_app.debriefing.time_line import clock, height_px, in_page

PAGE, PAPER = "debrief.html.j2", "debrief_pages.html.j2"
STYLE, SCRIPT = "debrief.css", "debrief.js"
PICTURES_A_ROW, PICTURES_A_PAGE = 2, 6
PICTURE_BOX_PX = (320, 240)
"""What a picture on paper is fitted into."""


@dataclass(frozen=True, slots=True)
class ClipWords:
    """What the page says of its clip."""

    size: str
    thinned: str
    """Empty where no picture was left out."""
    missing: str


def browser_page(found: Debrief, clip: RecordedClip) -> str:
    """The whole page, with its clip in it."""
    style, script = _asset(STYLE), _asset(SCRIPT)
    return (
        _environment()
        .get_template(PAGE)
        .render(
            found=found,
            headline=headline(found),
            purpose=PURPOSE,
            version=__version__,
            clip=clip,
            clip_words=clip_words(clip),
            pictures_ms=",".join(map(str, clip.pictures_ms)),
            drawing=Markup(in_page(found.lanes, found.length_s)),
            height_px=height_px(found.lanes),
            style=Markup(style),
            script=Markup(script),
            policy=_policy(style, script),
        )
    )


def paper_pages(found: Debrief, time_line_png: bytes) -> str:
    """The same without the clip, in the tables and styles that Qt's text engine knows."""
    return (
        _environment()
        .get_template(PAPER)
        .render(
            found=found,
            headline=headline(found),
            purpose=PURPOSE,
            version=__version__,
            time_line_png=time_line_png,
        )
    )


def clip_words(clip: RecordedClip) -> ClipWords:
    """How large it is, and what is not in it."""
    width, height = clip.size_px
    thinned = (
        f"The session is long: pictures that came within {clip.apart_ms} ms behind another are "
        "left out of the clip."
        if clip.apart_ms
        else ""
    )
    missing = (
        f"{clip.missing} pictures of the clip are not in the recording." if clip.missing else ""
    )
    return ClipWords(
        f"{len(clip.pictures_ms)} pictures of {width} × {height} pixels, "
        f"{len(clip.mp4) / 1e6:.1f} MB; each stands at its own time of the session, to the "
        "millisecond. It is smaller than the recording, and compressed with losses: measure "
        "nothing in it.",
        thinned,
        missing,
    )


def _policy(style: str, script: str) -> str:
    """Content Security Policy, level 2: digests of the text between the tags."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {_digest(script)}",
            f"style-src {_digest(style)}",
            "img-src data:",
            "media-src data: blob:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _asset(name: str) -> str:
    return files("guidance_app.debriefing").joinpath(name).read_text("utf-8")


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("guidance_app.debriefing", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"base64": _base64, "clock": clock, "span": trainer_span}
    environment.globals |= {
        "pictures_a_row": PICTURES_A_ROW,
        "pictures_a_page": PICTURES_A_PAGE,
        "fitted": _fitted,
    }
    return environment


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _fitted(width_px: int, height_px: int) -> int:
    width, height = PICTURE_BOX_PX
    return round(min(width, height * width_px / height_px))
