"""The bodies that can be scanned, by name."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from simulators.anatomy.body import Body, View
from simulators.anatomy.growth import make_growth
from simulators.anatomy.hip import make_hip
from simulators.anatomy.knee import make_knee
from simulators.anatomy.lumbar import make_lumbar
from simulators.anatomy.persons import vary
from simulators.anatomy.phantom import cyst_block, even_block, gel_block
from simulators.anatomy.sacroiliac import make_sacroiliac
from simulators.anatomy.shoulder import make_shoulder
from simulators.anatomy.wrist import make_wrist

_PERSONS: Mapping[str, Callable[[int], Body]] = {
    "knee": make_knee,
    "shoulder": make_shoulder,
    "wrist": make_wrist,
    "hip": make_hip,
    "lumbar": make_lumbar,
    "sacroiliac": make_sacroiliac,
}
_TEST_OBJECTS: Mapping[str, Callable[[int], Body]] = {
    "gel": gel_block,
    "cyst": cyst_block,
    "even": even_block,
}
SITES = (*_PERSONS, *_TEST_OBJECTS)


class SiteRefused(ValueError):
    """There is no such site or view; `str()` says which there are."""


def make_body(site: str, seed: int) -> Body:
    """The person, or the test object, with this number; raises SiteRefused."""
    if site not in SITES:
        raise SiteRefused(f'there is no site "{site}". Sites that exist: {", ".join(SITES)}')
    if site in _TEST_OBJECTS:
        return _TEST_OBJECTS[site](seed)
    return _grown(_PERSONS[site](seed))


def _grown(drawing: Body) -> Body:
    """A person made from a drawing: uneven, more or less bright in each tissue, and hazy."""
    rng = np.random.default_rng([drawing.seed, 31])
    growth = make_growth(rng)
    return replace(
        drawing,
        growth=growth,
        targets={name: growth.grown(point) for name, point in drawing.targets.items()},
        structures=tuple(vary(rng, drawing.structures)),
        haze=float(rng.lognormal(0.0, 0.35)),
    )


def view_id(view: View) -> str:
    """What a view is called in an address: "suprapatellar-long-axis"."""
    return view.name.replace(",", "").replace(" ", "-")


def find_view(body: Body, wanted: str) -> View:
    """The view of this id, the first one where it is empty; raises SiteRefused."""
    views = {view_id(view): view for view in body.views}
    if wanted and wanted not in views:
        raise SiteRefused(f'there is no view "{wanted}". Views that exist: {", ".join(views)}')
    return views[wanted] if wanted else body.views[0]
