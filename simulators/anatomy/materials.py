"""What tissues do to ultrasound.

Levels are in dB below full white at the console's middle gain and are set by eye beside clinical
pictures. Attenuation is a textbook's order of magnitude, dB a cm and MHz one way: soft tissue 0.5
to 0.7, fat 0.5 to 0.6, muscle 0.7 to 1.3, blood 0.2, tendon 2 to 5, bone 7 to 15; the values here
lie where a 10 MHz picture of a limb keeps its depth.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Edge:
    """The surface of a structure as a reflector."""

    level_db: float
    """Echo where it faces the beam, below full white."""
    sharpness: float = 2.0
    """How fast the echo falls as it turns away from the beam: 2 fascia, 4 bone."""
    width_mm: float = 0.06
    """Half of its thickness in the picture, before the pulse widens it."""
    passes_db: float = 0.0
    """What is lost of a beam that goes in, both ways together."""
    grazing_db_mm: float = 0.0
    """Loss a mm where the beam runs along it: the shadow at the sides of cysts and vessels."""
    rough_db: float = 10.0
    """Standard deviation of its echo from place to place."""


@dataclass(frozen=True, slots=True)
class Material:
    """One kind of tissue."""

    name: str
    level_db: float
    """Scattering that is not resolved: it becomes speckle."""
    loss_db_cm_mhz: float
    mottle_db: float = 0.0
    """Standard deviation of slow changes of the level."""
    mottle_mm: tuple[float, float] = (2.0, 0.8)
    """Size of such patches, along the fibres and across."""
    strand_db: float | None = None
    """Echo of the brightest strands; None without any."""
    strand_mm: tuple[float, float] = (4.0, 0.5)
    """Length of strands, and their distance from each other."""
    upright_deg: float | None = None
    """Anisotropy: turned by this from facing the beam, what runs along the fibres has fallen to
    1/e; None where direction does not matter."""
    rigid: bool = False
    """Neither a needle nor an injection moves it."""


GEL = Material("gel", -80.0, 0.02)
SKIN = Material("skin", -37.0, 0.9, 3.0, (1.5, 0.25))
FAT = Material("fat", -47.0, 0.55, 4.5, (3.0, 1.1), -21.0, (2.0, 0.7))
MUSCLE = Material("muscle", -50.0, 0.7, 4.5, (4.0, 1.0), -17.0, (1.8, 0.6), 22.0)
FAT_PAD = Material("fat pad", -42.0, 0.6, 5.0, (2.5, 1.2), -24.0, (1.2, 0.6))
TENDON = Material("tendon", -40.0, 1.1, 4.0, (4.0, 0.3), -17.0, (3.0, 0.25), 9.0)
FLAT_TENDON = Material("flat tendon", -41.0, 1.0, 4.0, (4.0, 0.3), -9.0, (3.0, 0.2), 14.0)
LIGAMENT = Material("ligament", -39.0, 1.0, 3.0, (4.0, 0.3), -19.0, (6.0, 0.3), 11.0)
NERVE_FASCICLE = Material("nerve fascicle", -55.0, 0.6)
NERVE = Material("nerve", -38.0, 0.7, 2.5, (3.0, 0.4), -22.0, (6.0, 0.5), 18.0)
VESSEL_WALL = Material("vessel wall", -34.0, 0.5)
BLOOD = Material("blood", -66.0, 0.18)
FLUID = Material("fluid", -68.0, 0.05)
SYNOVIUM = Material("synovium", -36.0, 0.6, 3.0, (0.9, 0.4))
TENOSYNOVIUM = Material("tendon sheath", -49.0, 0.6, 3.0, (3.0, 0.5))
CARTILAGE = Material("cartilage", -62.0, 0.5, rigid=True)
FIBROCARTILAGE = Material("fibrocartilage", -34.0, 1.0, 3.0, (1.5, 0.6))
BONE = Material("bone", -46.0, 22.0, 2.5, (0.8, 0.4), rigid=True)
GEL_BLOCK = Material("gel block", -44.0, 0.5)
DARK_CYST = Material("cyst", -80.0, 0.5)
CEREBROSPINAL_FLUID = Material(
    "cerebrospinal fluid with nerve roots", -64.0, 0.3, 0.0, (2.0, 0.8), -34.0, (20.0, 2.2)
)
LAYERED_FAT = Material("layered fat", -47.0, 0.55, 4.5, (4.0, 0.9), -25.0, (12.0, 1.0))
FINE_MUSCLE = Material("fine muscle", -52.0, 0.7, 4.0, (5.0, 0.7), -27.0, (10.0, 0.9), 24.0)
DEEP_MUSCLE = Material("deep muscle", -50.0, 0.7, 4.0, (6.0, 0.9), -27.0, (14.0, 1.4), 24.0)

FASCIA = Edge(-24.0)
THIN_WALL = Edge(-29.0)
CORTEX = Edge(-7.0, 4.0, 0.10, 30.0, rough_db=3.0)
CYST_WALL = Edge(-30.0, 2.0, 0.08, 0.0, 3.0, 0.0)
VESSEL = Edge(-22.0, 3.0, 0.08, 0.0, 2.0)
NO_EDGE = Edge(-120.0)
SHEET = Edge(-18.0, 2.0, 0.18)
SEPTUM = Edge(-24.0, 2.0, 0.2)
ROUGH_CORTEX = Edge(-5.0, 2.0, 0.22, 30.0, rough_db=3.0)
