"""DICOM pictures and cine loops: scales, times, colours, and what is said of broken ones."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import MPEG4HP41, UID, JPEGLSLossless, XRayAngiographicImageStorage
from sample_clips import HEIGHT_PX, WIDTH_PX, dicom_header, grey, noise, write_dicom

from drivers.api.clock import ManualClock
from drivers.api.errors import DeviceError, EndOfStream, NotFound, ProtocolViolation
from drivers.api.ports import VideoSource
from drivers.api.samples import PixelFormat, ScaledRegion, Stamp, VideoFrame

Create = Callable[..., VideoSource]
Refusal = Callable[[str], DeviceError]

COLOURS = np.dstack([noise(1), noise(2), noise(3)])
"""Red, green, blue."""


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


def first_frame(create: Create, path: Path) -> VideoFrame:
    source = create(f"dicom:{path}?pace=stepped")
    source.open()
    return source.read()


def cine(folder: Path, **elements: object) -> Path:
    """A loop of four pictures whose header carries these elements."""
    header = dicom_header(count=4)
    for name, value in elements.items():
        setattr(header, name, value)
    write_dicom(folder / "cine.dcm", header, np.stack([grey(n) for n in range(4)]))
    return folder / "cine.dcm"


def region(**changes: object) -> Dataset:
    """A tissue region in centimetres, altered."""
    item = Dataset()
    item.RegionSpatialFormat, item.RegionDataType = 1, 1
    item.PhysicalUnitsXDirection = item.PhysicalUnitsYDirection = 3
    item.PhysicalDeltaX, item.PhysicalDeltaY = 0.02, 0.03
    item.RegionLocationMinX0, item.RegionLocationMinY0 = 4, 5
    item.RegionLocationMaxX1, item.RegionLocationMaxY1 = 40, 45
    for name, value in changes.items():
        setattr(item, name, value)
    return item


@pytest.mark.parametrize(
    ("name", "scales"),
    [
        ("JPGLosslessP14SV1_1s_1f_8b.dcm", [0.25477]),
        ("OBXXXX1A_rle_2frame.dcm", [0.2623]),
        ("gdcm-US-ALOKA-16.dcm", [0.38265, 0.38265]),
        ("US1_J2KR.dcm", []),
    ],
)
def test_real_files_give_their_scales(
    name: str, scales: list[float], shared_data: Path, create: Create
) -> None:
    frame = first_frame(create, shared_data / "dicom" / name)
    assert [area.mm_per_px_x for area in frame.regions] == pytest.approx(scales, rel=1e-4)
    assert [area.mm_per_px_y for area in frame.regions] == pytest.approx(scales, rel=1e-4)
    for area in frame.regions:
        assert area.right_px < frame.geometry.width_px
        assert area.bottom_px < frame.geometry.height_px


@pytest.mark.parametrize(
    ("name", "pixel_format", "count"),
    [
        ("JPGLosslessP14SV1_1s_1f_8b.dcm", PixelFormat.GRAY8, 1),
        ("OBXXXX1A_rle_2frame.dcm", PixelFormat.BGR24, 2),
        ("gdcm-US-ALOKA-16.dcm", PixelFormat.BGR24, 1),
        ("US1_J2KR.dcm", PixelFormat.BGR24, 1),
    ],
)
def test_real_files_decode(
    name: str, pixel_format: PixelFormat, count: int, shared_data: Path, create: Create
) -> None:
    source = create(f"dicom:{shared_data / 'dicom' / name}?pace=stepped")
    assert source.open().still is (count == 1)
    frames = [source.read() for _ in range(count)]
    assert {frame.pixel_format for frame in frames} == {pixel_format}
    assert all(frame.pixels.std() > 10 for frame in frames)
    with pytest.raises(EndOfStream):
        source.read()


def test_only_tissue_in_centimetres_gives_a_scale(tmp_path: Path, create: Create) -> None:
    header = dicom_header()
    header.SequenceOfUltrasoundRegions = [
        region(),
        region(RegionSpatialFormat=3),  # spectral
        region(RegionDataType=10),  # an ECG trace
        region(PhysicalUnitsXDirection=4),  # seconds
        region(PhysicalDeltaY=0.0),
        region(RegionLocationMaxX1=WIDTH_PX, RegionLocationMaxY1=4000),
        region(RegionLocationMinX0=WIDTH_PX),
    ]
    write_dicom(tmp_path / "a.dcm", header, grey(1))
    assert first_frame(create, tmp_path / "a.dcm").regions == (
        ScaledRegion(4, 5, 40, 45, pytest.approx(0.2), pytest.approx(0.3)),
        ScaledRegion(4, 5, WIDTH_PX - 1, HEIGHT_PX - 1, pytest.approx(0.2), pytest.approx(0.3)),
    )


@pytest.mark.parametrize(
    ("elements", "times_ms"),
    [
        ({"FrameTime": 33.3}, [0, 33.3, 66.6, 99.9]),
        ({"FrameTimeVector": [0, 10, 20, 70], "FrameTime": 5}, [0, 10, 30, 100]),
        ({"FrameTimeVector": [0, 10], "FrameTime": 5}, [0, 5, 10, 15]),
        ({"CineRate": 50, "RecommendedDisplayFrameRate": 10}, [0, 20, 40, 60]),
        ({"FrameTime": 0, "RecommendedDisplayFrameRate": 10}, [0, 100, 200, 300]),
    ],
)
def test_a_cine_loop_plays_at_the_times_it_states(
    elements: dict[str, object],
    times_ms: list[float],
    tmp_path: Path,
    clock: ManualClock,
    create: Create,
) -> None:
    source = create(f"dicom:{cine(tmp_path, **elements)}", clock)
    info = source.open()
    stamps = [source.read().stamp for _ in range(4)]
    assert [stamp.arrival_ns for stamp in stamps] == [round(ms * 1e6) for ms in times_ms]
    assert [stamp.device_ns for stamp in stamps] == [stamp.arrival_ns for stamp in stamps]
    assert info.nominal_rate_hz == pytest.approx(3000 / times_ms[-1])


def test_a_cine_loop_that_states_no_rate_says_so(
    tmp_path: Path, clock: ManualClock, create: Create
) -> None:
    source = create(f"dicom:{cine(tmp_path)}", clock)
    info = source.open()
    stamps = [source.read().stamp for _ in range(4)]
    assert "states no rate" in info.name and info.nominal_rate_hz is None
    assert [stamp.arrival_ns for stamp in stamps] == [0, 40_000_000, 80_000_000, 120_000_000]
    assert {stamp.device_ns for stamp in stamps} == {None}


def test_pictures_of_a_loop_come_in_order(tmp_path: Path, create: Create) -> None:
    source = create(f"dicom:{cine(tmp_path, FrameTime=40)}?pace=stepped")
    source.open()
    for number in range(4):
        assert np.array_equal(source.read().pixels, grey(number))


def stored_as(
    photometric: str, stored: np.ndarray, **elements: object
) -> tuple[Dataset, np.ndarray]:
    """A header for these values, and the values."""
    header = dicom_header()
    header.PhotometricInterpretation = photometric
    if stored.ndim == 3:
        header.SamplesPerPixel, header.PlanarConfiguration = 3, 0
    header.BitsAllocated = header.BitsStored = stored.itemsize * 8
    for name, value in elements.items():
        setattr(header, name, value)
    header.HighBit = header.BitsStored - 1
    return header, stored


SIGNED = (noise(1).astype(np.int32) * 256 - 32768).astype(np.int16)
YCBCR = np.dstack([noise(1), np.full_like(noise(1), 128), np.full_like(noise(1), 128)])


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        (stored_as("MONOCHROME2", noise(1)), noise(1)),
        (stored_as("MONOCHROME1", noise(1)), 255 - noise(1)),
        (stored_as("RGB", COLOURS), COLOURS[..., ::-1]),
        (stored_as("YBR_FULL", YCBCR), np.dstack([noise(1)] * 3)),
        (stored_as("MONOCHROME2", noise(1).astype(np.uint16) << 4, BitsStored=12), noise(1)),
        (stored_as("MONOCHROME2", SIGNED, PixelRepresentation=1), noise(1)),
    ],
    ids=["grey", "inverted", "RGB", "YBR_FULL", "12 bits", "signed"],
)
def test_stored_values_become_eight_bits(
    stored: tuple[Dataset, np.ndarray], expected: np.ndarray, tmp_path: Path, create: Create
) -> None:
    write_dicom(tmp_path / "a.dcm", *stored)
    frame = first_frame(create, tmp_path / "a.dcm")
    assert np.array_equal(frame.pixels, expected.astype(np.uint8))
    wanted = PixelFormat.GRAY8 if expected.ndim == 2 else PixelFormat.BGR24
    assert frame.pixel_format is wanted


def test_a_palette_gives_its_colours(tmp_path: Path, create: Create) -> None:
    header, stored = stored_as("PALETTE COLOR", noise(1))
    levels = np.arange(256, dtype=np.uint16)
    for name, table in (("Red", levels), ("Green", levels[::-1]), ("Blue", levels // 2)):
        setattr(header, f"{name}PaletteColorLookupTableDescriptor", [256, 0, 16])
        setattr(header, f"{name}PaletteColorLookupTableData", (table * 257).tobytes())
    write_dicom(tmp_path / "a.dcm", header, stored)
    frame = first_frame(create, tmp_path / "a.dcm")
    expected = np.dstack([noise(1) // 2, 255 - noise(1), noise(1)])
    assert np.abs(frame.pixels.astype(int) - expected).max() <= 1
    assert frame.pixel_format is PixelFormat.BGR24


def xray(folder: Path, modality: str = "XA", **elements: object) -> Path:
    """A run of an X-ray device, which states these things."""
    return cine(folder, SOPClassUID=XRayAngiographicImageStorage, Modality=modality, **elements)


@pytest.mark.parametrize("modality", ["XA", "RF"])
def test_an_xray_run_states_its_dose_in_the_units_of_the_standard(
    modality: str, tmp_path: Path, clock: ManualClock, create: Create
) -> None:
    clock.advance(5)
    path = xray(tmp_path, modality, ImageAndFluoroscopyAreaDoseProduct="12.5", ExposureTime="7250")
    dose = create(f"dicom:{path}?pace=stepped", clock).open().dose
    assert dose is not None
    assert dose.dose_area_product_gy_cm2 == pytest.approx(1.25)  # dGy cm² in the file
    assert dose.fluoroscopy_s == pytest.approx(7.25)  # ms in the file
    assert dose.reference_point_gy is None
    assert dose.stamp == Stamp(0, clock.now_ns())
    assert dose.source == '"cine.dcm" for the acquisition in it'


@pytest.mark.parametrize(
    ("elements", "figures"),
    [
        ({}, None),
        ({"ImageAndFluoroscopyAreaDoseProduct": "", "ExposureTime": ""}, None),
        ({"ImageAndFluoroscopyAreaDoseProduct": "0", "ExposureTime": "0"}, None),
        ({"ExposureTime": "500"}, (None, 0.5)),
        ({"ImageAndFluoroscopyAreaDoseProduct": "3"}, (0.3, None)),
    ],
)
def test_what_an_xray_run_does_not_state_is_unknown(
    elements: dict[str, object],
    figures: tuple[float | None, float | None] | None,
    tmp_path: Path,
    create: Create,
) -> None:
    dose = create(f"dicom:{xray(tmp_path, **elements)}?pace=stepped").open().dose
    seen = None if dose is None else (dose.dose_area_product_gy_cm2, dose.fluoroscopy_s)
    assert seen == (None if figures is None else pytest.approx(figures))


def test_an_ultrasound_picture_states_no_dose(tmp_path: Path, create: Create) -> None:
    path = cine(tmp_path, ImageAndFluoroscopyAreaDoseProduct="12.5", ExposureTime="7250")
    assert create(f"dicom:{path}?pace=stepped").open().dose is None


def test_a_single_picture_is_a_still(tmp_path: Path, clock: ManualClock, create: Create) -> None:
    header = dicom_header()
    header.FrameTime = 40
    write_dicom(tmp_path / "a.dcm", header, grey(1))
    source = create(f"dicom:{tmp_path / 'a.dcm'}", clock)
    assert source.open().still
    assert [source.read().stamp.arrival_ns for _ in range(3)] == [0, 200_000_000, 400_000_000]


@pytest.mark.parametrize(
    ("elements", "words"),
    [
        ({"Rows": 9000}, "larger than 8192"),
        ({"Rows": 0}, "no size"),
        ({"NumberOfFrames": 2_000_000}, "states 2000000 pictures"),
        ({"Rows": 8000, "Columns": 8000, "NumberOfFrames": 40}, "larger than 2 GiB"),
        ({"NumberOfFrames": 3}, "damaged or missing"),
        ({"PhotometricInterpretation": "CMYK"}, "its colours (CMYK)"),
    ],
    ids=["too tall", "no rows", "too many", "too large", "cut", "unknown colours"],
)
def test_headers_that_cannot_be_true_are_refused(
    elements: dict[str, object], words: str, tmp_path: Path, refusal: Refusal
) -> None:
    header = dicom_header()
    for name, value in elements.items():
        setattr(header, name, value)
    write_dicom(tmp_path / "a.dcm", header, grey(1))
    error = refusal(f"dicom:{tmp_path / 'a.dcm'}?pace=stepped")
    assert isinstance(error, ProtocolViolation) and words in str(error)


@pytest.mark.parametrize(
    ("syntax", "words"),
    [(MPEG4HP41, "cannot be read here (MPEG-4"), (JPEGLSLossless, "damaged or missing")],
    ids=["no decoder", "damaged"],
)
def test_an_unknown_packing_is_told_from_damage(
    syntax: UID, words: str, tmp_path: Path, refusal: Refusal
) -> None:
    header = dicom_header()
    header.file_meta.TransferSyntaxUID = syntax
    header["PixelData"] = encapsulated(b"this is no picture")
    header.save_as(tmp_path / "a.dcm", enforce_file_format=True)
    error = refusal(f"dicom:{tmp_path / 'a.dcm'}?pace=stepped")
    assert isinstance(error, ProtocolViolation) and words in str(error)


def test_an_element_of_an_unknown_kind_makes_no_sense(tmp_path: Path, refusal: Refusal) -> None:
    path = tmp_path / "a.dcm"
    write_dicom(path, dicom_header(), grey(1))
    photometric = b"\x28\x00\x04\x00"
    content = path.read_bytes()
    assert photometric + b"CS" in content
    path.write_bytes(content.replace(photometric + b"CS", photometric + b"ZZ"))
    assert "makes no sense" in str(refusal(f"dicom:{path}"))


def encapsulated(data: bytes) -> object:
    from pydicom.dataelem import DataElement
    from pydicom.encaps import encapsulate

    element = DataElement("PixelData", "OB", encapsulate([data]))
    element.is_undefined_length = True
    return element


def test_a_dicom_file_without_a_picture_is_refused(tmp_path: Path, refusal: Refusal) -> None:
    header = dicom_header()
    del header.Rows, header.Columns
    header.save_as(tmp_path / "report.dcm", enforce_file_format=True)
    error = refusal(f"dicom:{tmp_path / 'report.dcm'}")
    assert isinstance(error, ProtocolViolation) and "no picture" in str(error)


def test_what_is_no_dicom_file_is_refused(tmp_path: Path, refusal: Refusal) -> None:
    (tmp_path / "text.dcm").write_text("This is a letter.")
    (tmp_path / "empty.dcm").touch()
    error = refusal(f"dicom:{tmp_path / 'text.dcm'}")
    assert isinstance(error, ProtocolViolation) and "not a DICOM file" in str(error)
    assert isinstance(refusal(f"dicom:{tmp_path / 'empty.dcm'}"), ProtocolViolation)
    assert isinstance(refusal(f"dicom:{tmp_path / 'missing.dcm'}"), NotFound)
    assert isinstance(refusal(f"dicom:{tmp_path / 'text.dcm'}?colour=gray"), NotFound)
