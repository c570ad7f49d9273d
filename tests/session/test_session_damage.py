"""Changed, damaged and hostile sessions are found out, quickly, and harm nothing."""

import io
import json
import os
import shutil
import struct
import tracemalloc
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import av
import msgspec
import pytest
from mcap.opcode import Opcode
from mcap.writer import MCAP0_MAGIC, CompressionType, Writer
from recordings import (
    GRAY,
    START_NS,
    Recorded,
    begin,
    every_command,
    make_frame,
    make_outcome,
    make_snapshot,
    record,
)

from drivers.api.samples import PictureGeometry, PixelFormat
from guidance_app.session.content import MAX_PROBLEMS, read_content
from guidance_app.session.disk import LOCAL_DISK, open_plain
from guidance_app.session.errors import DamagedSession, NewerFormat, SessionError
from guidance_app.session.format import (
    FORMAT_VERSION,
    FrameRecord,
    Topic,
    VideoPlace,
    encode_command,
    encode_snapshot,
)
from guidance_app.session.info import list_sessions
from guidance_app.session.journal import Ending, read_journal
from guidance_app.session.manifest import FileDigest, read_manifest
from guidance_app.session.reader import SessionReader
from guidance_app.session.recover import recover
from guidance_app.session.verify import verify
from guidance_app.session.video import open_muxer
from guidance_app.session.writer import seal_session

NO_PICTURE = b"\x80" * 50


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    return record(tmp_path_factory.mktemp("sealed"), 3, every_command())


@pytest.fixture
def session(sealed: Recorded, tmp_path: Path) -> Path:
    """A copy that may be damaged."""
    return Path(shutil.copytree(sealed.path, tmp_path / "copy.session"))


def flip(path: Path, position: int) -> None:
    content = bytearray(path.read_bytes())
    content[position] ^= 1
    path.write_bytes(content)


def is_found_out(path: Path) -> bool:
    try:
        return not verify(path)["ok"]
    except SessionError:
        return True


def test_one_changed_bit_in_any_record_is_found(session: Path) -> None:
    journal = session / "journal.mcap"
    intact = journal.read_bytes()
    entries = list(read_journal(io.BytesIO(intact)))
    assert len(entries) == 17
    for entry in entries:
        flip(journal, entry.offset + len(entry.payload) // 2)
        assert is_found_out(session)
        journal.write_bytes(intact)
    assert verify(session)["ok"]


def test_one_changed_bit_in_the_video_is_found(session: Path) -> None:
    video = session / "video-000.nut"
    intact = video.read_bytes()
    for position in range(0, len(intact), 97):
        flip(video, position)
        assert is_found_out(session)
        video.write_bytes(intact)


def test_one_changed_bit_in_the_manifest_is_found(session: Path) -> None:
    manifest = session / "manifest.json"
    intact = manifest.read_bytes()
    for position in range(0, len(intact), 3):
        flip(manifest, position)
        assert is_found_out(session), intact[position - 20 : position + 20]
        manifest.write_bytes(intact)


def test_a_changed_picture_is_named_and_never_shown(session: Path) -> None:
    video = session / "video-000.nut"
    with av.open(video) as container:
        begins = next(container.demux(video=0)).pos
    assert begins is not None
    flip(video, begins + 300)
    with SessionReader(session) as reader:
        with pytest.raises(DamagedSession, match=r"video-000\.nut: the picture at 0 ms"):
            reader.picture(reader.frame(0))
        for number in (1, 2, 1):
            assert (reader.picture(reader.frame(number)) == make_frame(number)[0].pixels).all()
    problems = verify(session)["problems"]
    what = "1 of 3 pictures are not intact (frames 0)."
    assert problems[-1] == {"where": "video-000.nut", "what": what}


@pytest.mark.parametrize("name", ["journal.mcap", "video-000.nut"])
def test_a_missing_file_is_found(session: Path, name: str) -> None:
    (session / name).unlink()
    assert is_found_out(session)


def test_pictures_of_a_missing_file_are_one_problem(session: Path) -> None:
    (session / "video-000.nut").unlink()
    assert verify(session)["problems"] == [
        {"where": "video-000.nut", "what": "The file is missing."},
        {
            "where": "video-000.nut",
            "what": "3 of 3 pictures are not intact (frames 0, 1, 2).",
        },
    ]


def test_a_foreign_video_file_is_found(session: Path) -> None:
    shutil.copy(session / "video-000.nut", session / "video-001.nut")
    what = "The files are not those that were there when it was closed."
    assert {"where": "manifest.json", "what": what} in verify(session)["problems"]


def edit_manifest(path: Path, change: Callable[[dict], object]) -> None:  # type: ignore[type-arg]
    manifest = json.loads((path / "manifest.json").read_text())
    change(manifest)
    (path / "manifest.json").write_text(json.dumps(manifest))


@pytest.mark.parametrize(
    "change",
    [
        lambda manifest: manifest.update(simulated=False),
        lambda manifest: manifest["source"].update(origin="device"),
        lambda manifest: manifest["sealed"].update(ended_utc="2030-01-01T00:00:00+00:00"),
        lambda manifest: manifest["sealed"]["counts"].update(faults=1),
        lambda manifest: manifest["sealed"]["files"][0].update(name="../../etc/passwd"),
        lambda manifest: manifest["sealed"]["files"][1].update(chain="00"),
        lambda manifest: manifest["sealed"]["files"].reverse(),
        lambda manifest: manifest.update(note="added"),
    ],
)
def test_an_edited_manifest_is_found(session: Path, change: Callable[[dict], object]) -> None:  # type: ignore[type-arg]
    edit_manifest(session, change)
    assert not verify(session)["ok"]


LATER = FORMAT_VERSION + 1


def test_a_later_format_is_refused_with_a_sentence(session: Path) -> None:
    edit_manifest(session, lambda manifest: manifest.update(format=LATER, sealed="otherwise"))
    known = f"this program knows formats up to {FORMAT_VERSION}."
    sentence = f"has format {LATER}; {known} Open it with a newer version."
    for use in (SessionReader, verify, recover):
        with pytest.raises(NewerFormat, match=sentence):
            use(session)
    assert sentence in list_sessions(session.parent)[0].problem


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"\xff\xfe",
        b'{"format": 1}',
        b'{"format": NaN}',
        b"[" * 100_000,
        b'{"format": 1, "x": ' + b"[" * 100_000,
        b" " * (1 << 20) + b"{}",
    ],
)
def test_a_manifest_that_is_none_is_refused(session: Path, content: bytes) -> None:
    (session / "manifest.json").write_bytes(content)
    with pytest.raises(DamagedSession, match=r"manifest\.json cannot be read: .*Restore it"):
        SessionReader(session)


@pytest.mark.parametrize("moment", ["yesterday", "9999-12-31T23:00:00+00:00"])
def test_a_beginning_that_is_no_time_is_refused(session: Path, moment: str) -> None:
    edit_manifest(session, lambda manifest: manifest["started"].update(utc=moment))
    with pytest.raises(DamagedSession):
        SessionReader(session)


@pytest.mark.parametrize("name", ["manifest.json", "journal.mcap", "video-000.nut"])
@pytest.mark.parametrize("instead", ["link", "pipe", "folder"])
def test_only_plain_files_are_opened(session: Path, name: str, instead: str) -> None:
    path = session / name
    path.rename(session / "elsewhere")
    if instead == "link":
        path.symlink_to(session / "elsewhere")
    elif instead == "pipe":
        os.mkfifo(path)
    else:
        path.mkdir()
    assert is_found_out(session)


def raw(opcode: int, body: bytes, length: int | None = None) -> bytes:
    """A record, which may lie about its length."""
    return struct.pack("<BQ", opcode, len(body) if length is None else length) + body


def message(topic: int, payload: bytes) -> bytes:
    return raw(Opcode.MESSAGE, struct.pack("<HIQQ", topic, 0, START_NS, START_NS) + payload)


def frame_payload(**place: int) -> bytes:
    values = {"segment": 0, "index": 0, "pts_ms": 0, "crc32": 0, **place}
    return msgspec.json.encode(FrameRecord(make_frame(0)[1], VideoPlace(**values)))


def frame_of_size(width_px: int, height_px: int) -> bytes:
    geometry = PictureGeometry(width_px, height_px, PixelFormat.GRAY8)
    facts = replace(make_frame(0)[1], geometry=geometry)
    return msgspec.json.encode(FrameRecord(facts, VideoPlace(0, 0, 0, 0)))


GOOD = message(Topic.SNAPSHOT, encode_snapshot(make_snapshot(7)))


def snapshot_with(old: bytes, new: bytes) -> bytes:
    payload = encode_snapshot(make_snapshot(0))
    assert old in payload
    return message(Topic.SNAPSHOT, payload.replace(old, new))


def command_with(old: bytes, new: bytes) -> bytes:
    payload = encode_command(make_outcome(0, every_command()[-1]))
    assert old in payload
    return message(Topic.COMMAND, payload.replace(old, new))


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (snapshot_with(b'"sigma_percent":1.0', b'"sigma_percent":NaN'), "malformed"),
        (snapshot_with(b'"sigma_percent":1.0', b'"sigma_percent":1e999'), "out of range"),
        (snapshot_with(b'"LIVE"', b'"FINE"'), "Invalid enum value"),
        (snapshot_with(b'"index":0', b'"index":-1'), "out of range"),
        (snapshot_with(b'"index":0', b'"index":99999999999999999'), "out of range"),
        (command_with(b"SourceFailed", b"FormatDisk"), 'no command "FormatDisk"'),
        (command_with(b'"sentence"', b'"sentences"'), "sentence"),
        (command_with(b'"body":{', b'"body":' + b"[" * 9999), "recursion"),
        (message(Topic.FAULT, b'{"time_ns": 1, "text": "\xff"}'), "codec"),
        (message(Topic.PAINT, b'{"arrival_ns": 8, "painted_ns": 7}'), "before it came"),
        (message(Topic.PAINT, b'{"arrival_ns": -1, "painted_ns": 7}'), "before it came"),
        (message(Topic.FRAME, frame_of_size(40_000, 40_000)), "size is out of range"),
        (message(Topic.FRAME, frame_of_size(0, 8)), "size is out of range"),
        (message(Topic.FRAME, frame_payload(pts_ms=1 << 63)), "out of range"),
        (message(Topic.FRAME, frame_payload(segment=-1)), "out of range"),
    ],
)
def test_a_bad_record_is_named_and_passed_over(bad: bytes, says: str) -> None:
    content = read_content(io.BytesIO(MCAP0_MAGIC + bad + GOOD))
    assert content.ending is Ending.UNCLOSED
    assert len(content.problems) == 2
    assert says in content.problems[0].what
    assert content.counts.snapshots == content.counts.events == 1


@pytest.mark.parametrize(
    ("record_bytes", "says"),
    [
        (raw(Opcode.MESSAGE, b"x" * 30, 1 << 40), "longer than any can be"),
        (raw(Opcode.MESSAGE, b"x" * 30, (1 << 64) - 1), "longer than any can be"),
        (raw(Opcode.MESSAGE, b"x" * 21), "malformed"),
        (message(max(Topic) + 1, b"{}"), "malformed"),
        (raw(Opcode.CHUNK, b"anything"), "chunks are not accepted"),
        (bytes(64), "no record kind 0"),
        (raw(200, b""), "no record kind 200"),
        (raw(Opcode.DATA_END, b"1234") + raw(Opcode.FOOTER, b"1" * 20) + b"other", "end mark"),
    ],
)
def test_what_is_no_journal_is_followed_no_further(record_bytes: bytes, says: str) -> None:
    tracemalloc.start()
    content = read_content(io.BytesIO(MCAP0_MAGIC + GOOD + record_bytes + GOOD))
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert content.ending is Ending.DAMAGED
    assert [says in problem.what for problem in content.problems] == [True]
    assert content.counts.events == 1
    assert peak_bytes < 1 << 20


def test_a_compressed_bomb_is_not_opened() -> None:
    bomb = io.BytesIO()
    writer = Writer(bomb, compression=CompressionType.LZ4, chunk_size=1 << 40)
    writer.start()
    writer.register_channel("frame", "json", 0)
    writer.add_message(1, 0, bytes(200 << 20), 0)
    writer.finish()
    assert len(bomb.getvalue()) < 2 << 20
    bomb.seek(0)
    tracemalloc.start()
    content = read_content(bomb)
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "chunks are not accepted" in content.problems[0].what
    assert peak_bytes < 4 << 20


def test_a_file_that_is_no_journal_is_called_so() -> None:
    for content in (b"", b"\x89PNG\r\n\x1a\n" * 9):
        (problem,) = read_content(io.BytesIO(content)).problems
        assert problem.what == "It is readable up to byte 0: it does not begin as a journal."


def test_endless_damage_fills_no_memory() -> None:
    bad = message(Topic.FAULT, b"{}") * (MAX_PROBLEMS + 50)
    assert len(read_content(io.BytesIO(MCAP0_MAGIC + bad)).problems) == MAX_PROBLEMS


def test_frames_in_a_wrong_order_are_put_in_order() -> None:
    payloads = [msgspec.json.encode(FrameRecord(make_frame(n)[1], None)) for n in (2, 0, 1)]
    journal = b"".join(message(Topic.FRAME, payload) for payload in payloads)
    content = read_content(io.BytesIO(MCAP0_MAGIC + journal))
    assert [entry.facts.number for entry in content.frames] == [0, 1, 2]


def test_counts_that_were_sealed_wrongly_are_found(tmp_path: Path) -> None:
    path = record(tmp_path, 2, every_command()).path
    manifest = read_manifest(path)
    assert manifest.sealed is not None
    counts = replace(manifest.sealed.counts, commands=10)
    files = [FileDigest(path / file.name) for file in manifest.sealed.files]
    unsealed = replace(manifest, sealed=None)
    seal_session(LOCAL_DISK, path, unsealed, manifest.sealed.ended_utc, counts, files)
    (problem,) = verify(path)["problems"]
    assert problem["what"] == "It does not hold as many records as when it was closed."


def test_a_manifest_beyond_all_size_is_not_read(session: Path) -> None:
    with (session / "manifest.json").open("ab") as file:
        file.write(b" " * (1 << 20))
    with pytest.raises(DamagedSession, match="it is larger than any can be"):
        SessionReader(session)


@pytest.mark.parametrize("instead", ["link", "pipe", "folder"])
def test_what_is_not_a_plain_file_is_named(tmp_path: Path, instead: str) -> None:
    path = tmp_path / "journal.mcap"
    if instead == "link":
        path.symlink_to(tmp_path)
    elif instead == "pipe":
        os.mkfifo(path)
    else:
        path.mkdir()
    with pytest.raises(DamagedSession, match=r"is not a plain file|cannot be opened"):
        open_plain(path)


def test_records_under_one_number_are_named() -> None:
    content = read_content(io.BytesIO(MCAP0_MAGIC + GOOD + GOOD))
    assert content.problems[-1].what == "There is more than one event 7."


def test_a_disk_that_cannot_read_on_is_named() -> None:
    class Scratched(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() > len(MCAP0_MAGIC):
                raise OSError(5, "Input/output error")
            return super().read(size)

    content = read_content(Scratched(MCAP0_MAGIC + GOOD))
    assert content.ending is Ending.DAMAGED
    assert "the disk cannot read on (Input/output error)" in content.problems[0].what


def video_of_another_kind(path: Path) -> None:
    with av.open(path, "w", format="nut") as container:
        stream = container.add_stream("mjpeg", rate=25)
        stream.width, stream.height, stream.pix_fmt = 16, 16, "yuvj420p"
        picture = av.VideoFrame(16, 16, "yuvj420p")
        picture.pts = 0
        container.mux(stream.encode(picture))
        container.mux(stream.encode(None))


def test_a_picture_that_cannot_be_decoded_is_refused(tmp_path: Path) -> None:
    template = record(tmp_path, 1).path / "video-000.nut"
    writer = begin(tmp_path)
    place = VideoPlace(0, 0, 0, zlib.crc32(NO_PICTURE))
    writer._append_frame(FrameRecord(make_frame(0)[1], place))
    writer.abandon()
    with av.open(template) as video, (writer.path / "video-000.nut").open("xb") as file:
        copy = open_muxer(file)  # type: ignore[arg-type]
        packet = av.Packet(NO_PICTURE)
        packet.stream = copy.add_stream_from_template(video.streams.video[0])
        packet.pts = packet.dts = 0
        copy.mux_one(packet)
        copy.close()
    with SessionReader(writer.path) as reader, pytest.raises(DamagedSession) as refused:
        reader.picture(reader.frame(0))
    assert "not intact" not in str(refused.value)
    assert not verify(writer.path)["ok"]


def sound_only(path: Path) -> None:
    with av.open(path, "w", format="nut") as container:
        stream = container.add_stream("pcm_s16le", rate=8000, layout="mono")
        sound = av.AudioFrame("s16", "mono", 160)
        sound.rate = 8000
        sound.pts = 0
        container.mux(stream.encode(sound))


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (video_of_another_kind, "not of the size and kind recorded"),
        (sound_only, "it holds no video"),
        (lambda path: path.write_bytes(b""), "video-000.nut: "),
        (lambda path: path.write_bytes(os.urandom(5000)), "video-000.nut: "),
        (lambda path: path.write_text("#EXTM3U\n#EXTINF:1,\n/etc/passwd\n"), "video-000.nut: "),
        (lambda path: path.unlink(), "has no video-000.nut"),
    ],
)
def test_another_file_in_place_of_the_video_is_refused(
    session: Path, make: Callable[[Path], None], says: str
) -> None:
    (session / "video-000.nut").unlink()
    (session / "video-000.nut").touch()
    make(session / "video-000.nut")
    with SessionReader(session) as reader:
        for entry in reader.frames:
            with pytest.raises(SessionError, match=says):
                reader.picture(entry)


def test_a_size_that_the_video_does_not_have_is_refused(tmp_path: Path) -> None:
    path = record(tmp_path, 2, seal=False).path
    other = record(tmp_path, 2, frame=lambda n: make_frame(n, replace(GRAY, width_px=35))).path
    shutil.copy(other / "video-000.nut", path / "video-000.nut")
    with SessionReader(path) as reader, pytest.raises(DamagedSession, match="size and kind"):
        reader.picture(reader.frame(0))
    done = recover(path)
    assert not done["ok"]
    assert done["frames"] == 0


def test_the_repair_drops_what_is_damaged_and_keeps_the_old_journal(tmp_path: Path) -> None:
    path = record(tmp_path, 3, every_command(), seal=False).path
    journal = path / "journal.mcap"
    content = bytearray(journal.read_bytes())
    broken_at = content.index(b'{"index":2,')
    content[broken_at] = 0
    journal.write_bytes(content)
    done = recover(path)
    assert not done["ok"]
    assert done["events"] == len(every_command()) + 3 - 1
    assert done["problems"][0]["what"].startswith(f"At byte {broken_at}: ")
    assert (path / "journal.mcap.damaged").read_bytes() == content
    assert verify(path)["problems"] == done["problems"]
