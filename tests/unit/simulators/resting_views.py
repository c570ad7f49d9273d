"""What is asked of every site: views whose needles have a free way, and the pictures they give."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulators.anatomy.body import Body, Hold, View
from simulators.anatomy.materials import BONE
from simulators.anatomy.shapes import Point3, Points
from simulators.imaging.beams import Beams
from simulators.imaging.looks import Moment
from simulators.imaging.machine import Machine
from simulators.imaging.settings import usual_settings
from simulators.imaging.transducer import TRANSDUCERS
from simulators.probe import Mat4, ProbeShift, held

SIZE_PX = (640, 480)
SEEDS = range(20)


def pose(hold: Hold) -> Mat4:
    """Probe space to the body at rest."""
    return held(hold, ProbeShift())


def view_of(body: Body, word: str) -> View:
    """The view with this word in its name."""
    return next(view for view in body.views if word in view.name)


def beams_of(view: View) -> Beams:
    """As many samples deep as a picture of SIZE_PX is high."""
    return Beams(TRANSDUCERS[view.transducer], view.depth_mm, SIZE_PX[1])


def places(view: View) -> Points:
    """(3, lines, samples): where in the body each sample of a view lies, mm."""
    beams, probe_to_body = beams_of(view), pose(view.hold)
    depth_mm = (np.arange(beams.samples) + 0.5) * beams.step_mm
    x, z = beams.at(*np.meshgrid(np.arange(float(beams.lines)), depth_mm, indexing="ij"))
    here = np.stack([x, np.zeros_like(x), z])
    return np.asarray(probe_to_body[:3, :3] @ here.reshape(3, -1) + probe_to_body[:3, 3:]).reshape(
        here.shape
    )


def in_probe_space(view: View, point: Point3) -> tuple[float, float, float]:
    """A point of the body as the probe of this view sees it."""
    x, y, z, _ = (np.linalg.inv(pose(view.hold)) @ np.array([*point, 1.0])).tolist()
    return x, y, z


def distance_mm(body: Body, names: tuple[str, ...], points: Points) -> NDArray[np.float64]:
    """From the nearest of some structures, negative inside."""
    return np.asarray(
        np.minimum.reduce([body.structure(name).shape.distance_mm(points) for name in names])
    )


def clearances_mm(body: Body, view: View) -> dict[str, float]:
    """How near the straight way to the target comes to each bone and to all that is spared."""
    spared = {s.name for s in body.structures if s.material is BONE} | set(body.no_go)
    entry, target = np.array(view.entry_mm), np.array(body.targets[view.target])
    way = entry[:, None] + (target - entry)[:, None] * np.linspace(0.0, 1.0, 500)
    return {name: float(distance_mm(body, (name,), way).min()) for name in spared}


def name_at(body: Body, point: Point3) -> str:
    """The structure that is there."""
    at = np.array(point)[:, None]
    return [s.name for s in body.structures if s.shape.distance_mm(at)[0] < 0.0][-1]


def assert_good_view(body: Body, view: View) -> None:
    """In plane, in the picture, in at the skin beside the face, and free all the way."""
    beams = beams_of(view)
    x, y, z = in_probe_space(view, body.targets[view.target])
    assert abs(y) < 0.3, "the target lies in the image plane"
    line, sample = (float(one) for one in beams.locate(np.array(x), np.array(z)))
    assert 0.1 * beams.lines < line < 0.9 * beams.lines
    assert 0.2 * beams.samples < sample < 0.8 * beams.samples
    x, y, _ = in_probe_space(view, view.entry_mm)
    assert abs(y) < 0.3
    assert 0.45 * beams.transducer.width_mm < abs(x) < 0.75 * beams.transducer.width_mm
    assert abs(distance_mm(body, ("skin",), np.array(view.entry_mm)[:, None])[0]) < 0.3
    for name, apart_mm in clearances_mm(body, view).items():
        assert apart_mm > 0.5, f"seed {body.seed}: {name} is {apart_mm:.2f} mm from the way"


@dataclass(frozen=True, eq=False)
class Picture:
    """One view at rest."""

    envelope: NDArray[np.float32]
    place: Points

    def level_db(self, where: NDArray[np.bool_]) -> float:
        """Mean power there."""
        return float(10.0 * np.log10(np.mean(self.envelope[where].astype(float) ** 2)))


def machine_for(body: Body, view: View) -> Machine:
    """As a console is found."""
    settings = usual_settings(TRANSDUCERS[view.transducer], view.depth_mm)
    return Machine(body, TRANSDUCERS[view.transducer], settings, *SIZE_PX)


def moment_of(view: View, sweep_mm: float = 0.0, pulse: float = 0.0) -> Moment:
    """The probe as the view has it, moved across its image plane."""
    probe_to_body = pose(view.hold)
    probe_to_body[:3, 3] += sweep_mm * probe_to_body[:3, 1]
    return Moment(probe_to_body, pulse=pulse)


def take(body: Body, view: View, pulse: float = 0.0) -> Picture:
    """The picture of a view as a console is found."""
    envelope = machine_for(body, view).envelope(moment_of(view, pulse=pulse))
    return Picture(envelope, places(view))


def sweep(
    machine: Machine, view: View, sweeps_mm: tuple[float, ...], pulse: float = 0.0
) -> Picture:
    """The mean power of neighbouring slices, as if all of them lay in the view."""
    envelopes = [machine.envelope(moment_of(view, y_mm, pulse)) for y_mm in sweeps_mm]
    return Picture(np.sqrt(np.mean(np.square(envelopes), axis=0)), places(view))


def shadow_db(body: Body, view: View, names: tuple[str, ...]) -> float:
    """Level 4 to 9 mm below the first bone on each line against 4 to 9 mm above it."""
    picture = take(body, view)
    inside = distance_mm(body, names, picture.place) < 0.0
    step_mm = beams_of(view).step_mm
    near, far = round(4.0 / step_mm), round(9.0 / step_mm)
    above, below = np.zeros(inside.shape, bool), np.zeros(inside.shape, bool)
    for line, bone in enumerate(inside):
        first = int(np.argmax(bone))
        if far < first < bone.size - far:
            above[line, first - far : first - near] = True
            below[line, first + near : first + far] = True
    assert np.any(above, axis=1).mean() > 0.2, "bone is in the picture"
    return picture.level_db(below) - picture.level_db(above)
