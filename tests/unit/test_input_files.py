"""Which files of a folder are read, in which order, and under which address."""

from pathlib import Path

from guidance_app.input_files import address_of, pictures_in

DICOM_START = bytes(128) + b"DICM"


def test_a_folder_is_read_in_the_order_a_person_counts(tmp_path: Path) -> None:
    names = ["10.png", "2.PNG", "a.jpg", "1b.tif", "01.bmp", "image²9.png", "image²10.png"]
    for name in names:
        (tmp_path / name).touch()
    order = ["01.bmp", "1b.tif", "2.PNG", "10.png", "a.jpg", "image²9.png", "image²10.png"]
    assert [path.name for path in pictures_in(tmp_path)] == order


def test_what_is_no_picture_or_hidden_is_left_out(tmp_path: Path) -> None:
    for name in ("notes.txt", "clip.mp4", ".1.png", "needle.json"):
        (tmp_path / name).write_text("text")
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "IM0001").write_bytes(DICOM_START)
    (tmp_path / "IM0002.dcm").write_bytes(b"broken")
    assert [path.name for path in pictures_in(tmp_path)] == ["IM0001", "IM0002.dcm"]


def test_a_dicom_file_is_told_by_its_content(tmp_path: Path) -> None:
    (tmp_path / "IM0001").write_bytes(DICOM_START)
    (tmp_path / "a.png").write_bytes(b"picture")
    assert address_of(str(tmp_path / "IM0001")) == f"dicom:{tmp_path}/IM0001"
    assert address_of(str(tmp_path / "a.png")) == f"file:{tmp_path}/a.png"
    assert address_of("absent.png") == "file:absent.png"
    assert address_of("sim:knee") == "sim:knee"
