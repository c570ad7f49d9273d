"""Test objects: a block of gel with targets, wires, cysts and contrasts, and nothing at all.

Wires are echoes of their own and no structures; `WIRES_MM` says where they run through the image
plane of the resting probe.
"""

from simulators.anatomy.body import Body, Hold, Structure, View
from simulators.anatomy.materials import (
    CYST_WALL,
    DARK_CYST,
    GEL_BLOCK,
    NO_EDGE,
    Material,
)
from simulators.anatomy.shapes import Below, Ellipsoid, Point3, Surface, Tube

WIRES_MM: tuple[tuple[float, float], ...] = (
    *((0.0, z) for z in (5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 35.0)),
    *((x, 20.0) for x in (-20.0, -15.0, -10.0, -5.0, 5.0, 10.0, 15.0, 20.0)),
)
"""(x, z) of wires that run across the image plane: a column and a row, 5 mm apart."""
CYST_MM: Point3 = (-10.0, 0.0, 20.0)
CYST_RADIUS_MM = 5.0
CONTRASTS_DB = (-9.0, -3.0, 3.0, 9.0)
"""Of the grey discs against the block."""
TARGETS: dict[str, Point3] = {"shallow": (6.0, 0.0, 12.0), "deep": (-4.0, 0.0, 27.0)}
BEAD_MM = 1.5
_VIEW = View("block", "linear", Hold(), 38.4, "shallow", (-24.0, 0.0, 0.0))


def _block(material: Material = GEL_BLOCK) -> Structure:
    return Structure("block", material, Below(Surface(-50.0)))


def even_block(seed: int) -> Body:
    """The same everywhere."""
    return Body("even", seed, (_block(),), {"shallow": TARGETS["shallow"]}, (), (_VIEW,))


def cyst_block(seed: int) -> Body:
    """A cyst without echoes, and four discs that are darker or brighter than the block."""
    x, _, z = CYST_MM
    cyst = Tube(((x, -30.0, z), (x, 30.0, z)), (CYST_RADIUS_MM, CYST_RADIUS_MM))
    discs = [
        Structure(f"disc {db:+.0f} dB", _grey(db), _disc(place), NO_EDGE)
        for place, db in enumerate(CONTRASTS_DB)
    ]
    structures = (_block(), *discs, Structure("cyst", DARK_CYST, cyst, CYST_WALL))
    return Body("cyst", seed, structures, {"cyst": CYST_MM}, (), (_view_of("cyst"),))


def gel_block(seed: int) -> Body:
    """Bright beads to be hit with a needle."""
    bead = Material("bead", -28.0, 0.5)
    beads = [Structure(name, bead, Ellipsoid(at, (BEAD_MM,) * 3)) for name, at in TARGETS.items()]
    return Body("gel", seed, (_block(), *beads), TARGETS, (), (_VIEW, _view_of("deep")))


def _view_of(target: str) -> View:
    return View(f"block, {target}", "linear", Hold(), 38.4, target, (-24.0, 0.0, 0.0))


def _grey(db: float) -> Material:
    return Material(f"grey {db:+.0f}", GEL_BLOCK.level_db + db, GEL_BLOCK.loss_db_cm_mhz)


def _disc(place: int) -> Tube:
    x, z = 4.0 + 9.0 * (place % 2), 12.0 + 14.0 * (place // 2)
    return Tube(((x, -30.0, z), (x, 30.0, z)), (3.5, 3.5))
