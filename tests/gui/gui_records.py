"""Records with the longest texts that the screens must hold."""

from dataclasses import replace

import numpy as np
from PyQt6.QtGui import QImage

from drivers.api.samples import ImageU8, Origin, PixelFormat, Stamp, VideoFrame
from guidance_app.domain.evidence import EvidenceField, EvidenceKind
from guidance_app.presentation.primitives import Band, Cross, Ink, Label, Line, Ring, Stroke
from guidance_app.presentation.view import (
    ChecklistRow,
    ChecklistView,
    GuidanceButton,
    LiveView,
    PictureView,
    ReadOut,
    StateStrip,
    Text,
    Tone,
)

PLAIN = PictureView(1.0, Text(""), "")

STRIP = StateStrip(
    state=Text("NOT LIVE · REPEATED", Tone.CAUTION),
    age=Text("age 9.9 s"),
    origin=Text("SIMULATED", Tone.CAUTION),
    procedure=Text("Sacroiliac joint injection R · P-0417"),
    recording=Text("REC 1:03:12 · 1214 min"),
    losses=Text("60/s, 20 new · lost 1234 · skipped 12345", Tone.CAUTION),
)

OVERLAY = (
    Band(((100.0, 90.0), (300.0, 200.0), (290.0, 220.0), (90.0, 110.0)), Ink.PLAN),
    Line(((95.0, 100.0), (300.0, 210.0)), Ink.PLAN),
    Line(((95.0, 104.0), (220.0, 170.0)), Ink.NEEDLE),
    Line(((220.0, 170.0), (310.0, 220.0)), Ink.PREDICTION, Stroke.DOTTED),
    Line(((280.0, 190.0), (340.0, 190.0), (310.0, 260.0)), Ink.NO_GO, closed=True, hatched=True),
    Cross((300.0, 210.0), 12.0, 18.0, Ink.PLAN),
    Ring((220.0, 170.0), 9.0, Ink.NEEDLE),
    Label((300.0, 210.0), "target", Ink.PLAN),
)


EXPLANATION = (
    "K-44  Record procedure, side, drug, volume, passes",
    "Required: it cannot be skipped, and it is signed.",
    "Ticked by the operator or assistant, signed by the operator and the assistant.",
    "P: from the points to consider.",
    "C: from a companion source.",
    "O: a proposal of this project, no source states it.",
    "Record in the notes: procedure, side, drug and its lot, volume, needle passes and what was "
    "seen of the needle, with the image before and after, as the site's rules ask for it.",
    "EULAR points to consider 2022, PTC-2: should / may; agreement 9.1 (SD 2.1), evidence level 3 "
    "(dagger, footnote not seen)",
    "EULAR intra-articular therapies 2021, IAT-10: agreement not known, evidence not known; "
    "wording not found",
    "WHO radiological interventions checklist 2010 (read in a secondary source)",
    "Proposal of this project; no source states it",
    "To note: agent, time.",
    "Who ticks and signs, and how strictly it holds: a proposal of this project.",
)

KIND = EvidenceKind
DAP = EvidenceField(
    "dap", "Dose-area product so far", KIND.NUMBER, "Gy cm²", 0, 5000, required=True
)
SIDE = EvidenceField(
    "side", "Side", KIND.CHOICE, choices=("left", "right", "both sides", "no side")
)
MODE = EvidenceField("mode", "Consent", KIND.CHOICE, choices=("written", "oral"), required=True)
WORN = EvidenceField("worn", "Radiographer wears both", KIND.TICK, required=True)
LOT = EvidenceField("lot", "Lot number", KIND.TEXT, required=True)
GIVEN = EvidenceField("given", "Consent given on", KIND.DATE)
LEFT_AT = EvidenceField("left", "Left at", KIND.TIME)
FIELDS = (DAP, SIDE, MODE, WORN, LOT, GIVEN, LEFT_AT)
"""One of each kind, with labels as long as any."""


def frame_of(pixels: ImageU8) -> VideoFrame:
    """A frame with these pixels; the format follows from their shape."""
    pixel_format = PixelFormat.GRAY8 if pixels.ndim == 2 else PixelFormat.BGR24
    return VideoFrame(pixels, pixel_format, Stamp(0, 1_234_567_890_123), Origin.DEVICE)


def rgb_of(image: QImage) -> ImageU8:
    """The pixels of an image, red first, without the padding of its rows."""
    converted = image.convertToFormat(QImage.Format.Format_RGB888)
    bits = converted.constBits()
    assert bits is not None
    rows = np.frombuffer(bits.asarray(converted.sizeInBytes()), np.uint8)
    rows = rows.reshape(converted.height(), converted.bytesPerLine())
    return rows[:, : 3 * converted.width()].reshape(converted.height(), -1, 3).copy()


def item_row(number: int, level: str = "required", mark: str = "open") -> ChecklistRow:
    note = "OP-01 09:14" if mark != "open" else ""
    return ChecklistRow(
        item=f"K-{number}",
        text="Record procedure, side, drug, volume, passes",
        level=level,
        origin="PCO",
        evidence="agent, time",
        mark=mark,
        note=note,
        explanation=EXPLANATION,
    )


def noting_row(number: int, *fields: EvidenceField) -> ChecklistRow:
    """An open item that asks for these."""
    return replace(item_row(number), fields=fields)


def checklist(*rows: ChecklistRow) -> ChecklistView:
    current = next((row.item for row in rows if row.mark == "open"), None)
    return ChecklistView("TIME-OUT", "5 of 12", rows, current, "OP-01 · operator")


def live_view(primitives: tuple = ()) -> LiveView:
    rows = [item_row(number, mark="done") for number in range(1, 6)]
    rows += [item_row(6, "reason to skip"), item_row(7, "advisory"), item_row(8)]
    return LiveView(
        strip=STRIP,
        picture=PictureView(1.0, Text(""), "", primitives),
        read_outs=(
            ReadOut("To target", Text("-3 mm PAST", Tone.ALARM), "± 0.5 mm"),
            ReadOut("Target depth", Text("131 mm"), "± 1 mm"),
            ReadOut("Needle length", Text("138 mm"), "± 1 mm"),
            ReadOut("Angle to skin", Text("31°")),
            ReadOut("Path to no-go", Text("6.5 mm"), "± 0.5 mm"),
            ReadOut("Warning", Text("corridor touches a no-go outline", Tone.ALARM)),
        ),
        guidance=GuidanceButton(
            "Start guidance",
            False,
            "Guidance stays off: checklist open at K-06, K-07, K-08 and 12 more.",
        ),
        checklist=checklist(*rows),
        injection=GuidanceButton("Injection", False, ""),
        message=Text("The two points are only 12 px apart. Choose marks at least 20 px apart."),
    )
