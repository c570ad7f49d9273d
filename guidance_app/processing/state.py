"""What the pipeline remembers from one evaluation to the next."""

from dataclasses import dataclass, field

from drivers.api.ports import SourceInfo
from drivers.api.samples import DoseReading, VideoFrame
from guidance_app.domain.calibration import PixelScale, largest_region
from guidance_app.domain.checklist import Checklist
from guidance_app.domain.commands import ProcedureStarted
from guidance_app.domain.modality import Modality
from guidance_app.domain.picture_area import PictureArea, area_of_region
from guidance_app.domain.plan import Plan
from guidance_app.domain.scale_proposal import ScaleProposal
from guidance_app.domain.snapshot import FrameFacts
from guidance_app.domain.stored_image import StoredImage
from guidance_app.processing.area import AreaWatch
from guidance_app.processing.needle_guide import NeedleMemory


class CommandRefused(ValueError):
    """A command cannot be carried out now; `str()` says why and what to do."""


@dataclass(frozen=True, slots=True)
class PipelineState:
    """Everything the pipeline remembers between two evaluations, apart from the frames."""

    source: SourceInfo | None = None
    source_fault: str = ""
    source_ended: bool = False
    procedure: ProcedureStarted | None = None
    checklist: Checklist | None = None
    plan: Plan = field(default_factory=Plan)
    scale: PixelScale | None = None
    """Given by a person; a scale stated by the source comes with each frame."""
    switched_on: bool = False
    must_confirm: bool = False
    """The picture had gone while a plan stood on it."""
    held: FrameFacts | None = None
    held_live: bool = False
    """The picture that is held was live when it was taken."""
    modality: Modality = Modality.ULTRASOUND
    area: PictureArea | None = None
    """Where the ultrasound picture lies in the frame; None: the whole frame counts."""
    watch: AreaWatch | None = None
    """What happens inside and outside `area`; there is one as long as there is an area."""
    layout_number: int = 0
    """Counts the layouts of the console, so that what belongs to one before is told apart."""
    dropped: str = ""
    """Why scale and plan are gone; empty once one of them is set again."""
    proposals: tuple[ScaleProposal, ...] = ()
    """Scales read off this layout, for a person to confirm."""
    stored: tuple[StoredImage, ...] = ()
    """Pictures of this procedure that a person stored, in order."""
    injected: bool = False
    """The injection has been marked."""
    dose: DoseReading | None = None
    """What the source stated last."""
    needle: NeedleMemory = field(default_factory=NeedleMemory)
    """What the searches of the newest pictures gave."""


def known_area(state: PipelineState, frame: VideoFrame) -> PictureArea | None:
    """Where the picture lies in a frame, as far as that was found or the source states it."""
    if state.area and state.watch and state.watch.geometry == frame.geometry:
        return state.area
    return area_of_region(largest_region(frame.regions)) if frame.regions else None
