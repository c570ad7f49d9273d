"""Probes: what they are called, how wide they are, and how sharp their beams.

Beam widths follow the textbook: across, 1.2 wavelengths times the f-number in the focus; along,
about 1.2 wavelengths, as two cycles and a little more give; the slice is as thick as a fixed lens
leaves it, 1 to 2 mm at its focus.
"""

from dataclasses import dataclass

SOUND_MM_US = 1.54
"""Speed of sound that consoles assume, mm a microsecond."""
SIGMA_OF_FWHM = 1.0 / 2.3548


@dataclass(frozen=True, slots=True)
class Transducer:
    """One kind of probe."""

    id: str
    title: str
    width_mm: float
    """Length of its face in the image plane, along the curve where it is curved."""
    radius_mm: float | None
    """Of the curved face; None for a flat one."""
    lines: int
    """Beams side by side."""
    mhz: float
    """Usual frequency."""
    band_mhz: tuple[float, float]
    """What it may be set to."""
    f_number: float
    slice_focus_mm: float
    """Depth at which the lens makes the slice thinnest."""
    slice_fwhm_mm: float
    """Its thickness there, at half height."""
    depths_mm: tuple[float, float]
    """Shallowest and deepest picture."""

    def wavelength_mm(self, mhz: float) -> float:
        """In soft tissue."""
        return SOUND_MM_US / mhz

    def axial_sigma_mm(self, mhz: float) -> float:
        """1 sigma of the echo of a point, along the beam."""
        return 1.2 * self.wavelength_mm(mhz) * SIGMA_OF_FWHM

    def focus_sigma_mm(self, mhz: float) -> float:
        """1 sigma across the beam, in the focus."""
        return 1.2 * self.wavelength_mm(mhz) * self.f_number * SIGMA_OF_FWHM


LINEAR = Transducer(
    "linear", "Linear 50 mm", 51.2, None, 224, 10.0, (5.0, 14.0), 1.9, 18.0, 1.4, (20.0, 90.0)
)
SMALL = Transducer(
    "small", "Small linear 25 mm", 25.6, None, 160, 14.0, (8.0, 18.0), 2.4, 10.0, 0.9, (15.0, 50.0)
)
CURVED = Transducer(
    "curved", "Curved 60 mm", 62.0, 60.0, 192, 4.0, (2.0, 6.0), 2.2, 65.0, 3.0, (50.0, 220.0)
)
TRANSDUCERS = {one.id: one for one in (LINEAR, SMALL, CURVED)}
