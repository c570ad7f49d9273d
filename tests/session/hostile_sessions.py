"""Sessions made to harm whoever opens them: each claims, hides or points to what it should not."""

import json
import shutil
import struct
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

import av
import msgspec
import zstandard
from mcap.opcode import Opcode
from mcap.writer import MCAP0_MAGIC
from recordings import GRAY, START_NS, make_frame

from drivers.api.samples import PictureGeometry, PixelFormat
from guidance_app.session.format import FrameRecord, Topic, VideoPlace
from guidance_app.session.video import open_muxer

MIB = 1 << 20
SYNC = bytes.fromhex("4e4be4adeeca4569")
STREAM = bytes.fromhex("4e5311405bf2f9db")
INDEX = bytes.fromhex("4e58dd672f23e64e")
"""Start codes of a NUT file: a synchronisation point, a stream header, the index."""
MAGIC_YUV_SIZE_AT = 16
"""Where a compressed picture says its width and height, and those of its slices."""
ENDLESS = 1 << 63


def raw(opcode: int, body: bytes, length: int | None = None) -> bytes:
    """A record of a journal, which may lie about its length."""
    return struct.pack("<BQ", opcode, len(body) if length is None else length) + body


def message(topic: int, payload: bytes) -> bytes:
    return raw(Opcode.MESSAGE, struct.pack("<HIQQ", topic, 0, START_NS, START_NS) + payload)


def frame(number: int, pts_ms: int, crc32: int, geometry: PictureGeometry = GRAY) -> bytes:
    facts = replace(make_frame(0)[1], number=number, geometry=geometry)
    place = VideoPlace(0, number, pts_ms, crc32)
    return message(Topic.FRAME, msgspec.json.encode(FrameRecord(facts, place)))


def set_journal(path: Path, content: bytes) -> None:
    (path / "journal.mcap").write_bytes(MCAP0_MAGIC + content)


def chunk(path: Path, compression: str, content: bytes, claims: int) -> None:
    """A chunk, which a reader of MCAP would have to unpack."""
    name = struct.pack("<I", len(compression)) + compression.encode()
    head = struct.pack("<QQQI", START_NS, START_NS, claims, 0) + name
    set_journal(path, raw(Opcode.CHUNK, head + struct.pack("<Q", len(content)) + content))


def bomb(path: Path) -> None:
    chunk(path, "zstd", zstandard.compress(bytes(64 * MIB)), 64 * MIB)


def endless_chunk(path: Path) -> None:
    chunk(path, "lz4", bytes(900), ENDLESS)


def endless_record(path: Path) -> None:
    set_journal(path, raw(Opcode.MESSAGE, bytes(900), ENDLESS))


def wrong_checksum(path: Path) -> None:
    content = bytearray((path / "video-000.nut").read_bytes())
    content[content.index(SYNC) + 400] ^= 1
    (path / "video-000.nut").write_bytes(content)


def many_lists(path: Path, size: int) -> None:
    head = b'{"index":0,"time_ns":1,"frames_seen":0,"kind":"PlanChanged","body":['
    set_journal(path, message(Topic.COMMAND, head + b"[]," * (size // 3) + b"[]]}"))


def many_points(path: Path) -> None:
    head = (
        b'{"index":0,"time_ns":1,"frames_seen":0,"kind":"PlanChanged","body":{"plan":{"geometry":'
        b'{"width_px":33,"height_px":17,"pixel_format":"gray8"},"no_go":[['
    )
    points = b"[0,0]," * (MIB // 6 - 100) + b"[0,0]]]}}}"
    set_journal(path, message(Topic.COMMAND, head + points))


def nesting(path: Path) -> None:
    (path / "manifest.json").write_bytes(b'{"format":' + b"[" * 1_000_000)


def nested_record(path: Path) -> None:
    set_journal(path, message(Topic.COMMAND, b"[" * 1_000_000))


def edit_manifest(path: Path, change: Callable[[dict[str, object]], object]) -> None:
    manifest = json.loads((path / "manifest.json").read_text())
    change(manifest)
    (path / "manifest.json").write_text(json.dumps(manifest))


def no_number(path: Path) -> None:
    edit_manifest(path, lambda manifest: manifest.update(format=float("nan")))


def foreign_names(path: Path, name: str) -> None:
    """A seal over files elsewhere."""
    sealed = {"name": name, "bytes": 1, "sha256": "00", "chain": "00"}
    counts = dict.fromkeys(("frames_offered", "frames_written", "commands"), 0)
    seal = {
        "ended_utc": "2026-05-05T10:00:00+00:00",
        "counts": {**counts, "snapshots": 0, "faults": 0},
        "files": [sealed],
        "head": "00",
    }
    edit_manifest(path, lambda manifest: manifest.update(sealed=seal))


def links(path: Path) -> None:
    """Everything that a repair writes or removes leads to a file of the user's."""
    names = ("journal.mcap.damaged", "journal.mcap.damaged.new", "manifest.json.new")
    for name in (*names, "journal.mcap.new", "video-000.nut.new", "closing.reserve"):
        (path / name).unlink(missing_ok=True)
        (path / name).symlink_to("../canary")
    journal = path / "journal.mcap"
    journal.write_bytes(journal.read_bytes().replace(b'{"index":0,', b'{"indeX":0,') + b"cut")


def linked_video(path: Path) -> None:
    (path / "video-000.nut").unlink()
    (path / "video-000.nut").symlink_to("../canary")


def huge_picture(path: Path) -> None:
    """A picture of 8192x8192, as small as it can be compressed."""
    with av.open(path / "video-000.nut", "w", format="nut") as container:
        stream = container.add_stream("magicyuv", rate=25)
        stream.width = stream.height = 8192
        stream.pix_fmt = "gbrp"
        picture = av.VideoFrame(8192, 8192, "gbrp")
        picture.pts = 0
        (packet,) = stream.encode(picture)
        crc32 = zlib.crc32(packet)
        container.mux_one(packet)
    geometry = PictureGeometry(8192, 8192, PixelFormat.BGR24)
    set_journal(path, frame(0, 0, crc32, geometry))


def liar(path: Path, side: int) -> None:
    """The second picture of a file says that it is larger than the first."""
    video = path / "video-000.nut"
    with av.open(video) as container:
        packets = [
            (bytes(packet), packet.pts) for packet in container.demux(video=0) if packet.size
        ]
        copy = path / "copy"
        second = bytearray(packets[1][0])
        struct.pack_into("<IIII", second, MAGIC_YUV_SIZE_AT, side, side, side, side)
        with copy.open("xb") as file:
            output = open_muxer(file)  # type: ignore[arg-type]
            stream = output.add_stream_from_template(container.streams.video[0])
            for content, pts in (packets[0], (bytes(second), packets[1][1])):
                packet = av.Packet(content)
                packet.stream = stream
                packet.pts = packet.dts = pts
                output.mux_one(packet)
            output.close()
    copy.replace(video)
    with av.open(video) as container:
        times = [round(p.pts * p.time_base * 1000) for p in container.demux(video=0) if p.size]
    first = frame(0, times[0], zlib.crc32(packets[0][0]))
    set_journal(path, first + frame(1, times[1], zlib.crc32(second)))


def large_head(path: Path) -> None:
    """A stream header that says that a gigabyte belongs to it; its checksum is right."""
    content = (path / "video-000.nut").read_bytes()
    begins = content.index(STREAM) + len(STREAM)
    length = content[begins]
    body = content[begins + 1 : begins + 1 + length - 4]
    size_at = body.index(b"\x20MAGY")
    claims = body[:size_at] + bytes.fromhex("83ffffff7f") + body[size_at + 1 :]
    checked = bytes([len(claims) + 4]) + claims + struct.pack(">I", nut_checksum(claims))
    rest = content[begins + 1 + length :]
    (path / "video-000.nut").write_bytes(content[:begins] + checked + rest)


def nut_checksum(content: bytes) -> int:
    """CRC-32 with the generator 0x04C11DB7, beginning with 0 (NUT, section 3.1)."""
    crc = 0
    for byte in content:
        crc ^= byte << 24
        for _ in range(8):
            crc = (crc << 1) ^ (0x04C11DB7 if crc & 0x80000000 else 0)
            crc &= 0xFFFFFFFF
    return crc


def wilderness(path: Path, pictures_first: bool, step_ms: int) -> None:
    """Thousands of pictures that are sought in megabytes of noise."""
    content = (path / "video-000.nut").read_bytes()
    head = content[: content.index(INDEX if pictures_first else SYNC)]
    (path / "video-000.nut").write_bytes(head + Random(1).randbytes(4 * MIB))
    count = 2000
    first = 0 if step_ms > 0 else -step_ms * count
    set_journal(path, b"".join(frame(n, first + n * step_ms, 2) for n in range(count)))


HOSTILE: dict[str, tuple[Callable[[Path], object], str]] = {
    "bomb": (bomb, "chunks are not accepted"),
    "endless chunk": (endless_chunk, "chunks are not accepted"),
    "endless record": (endless_record, "longer than any can be"),
    "wrong checksum": (wrong_checksum, "1 of 2 pictures are not intact (frames 0)"),
    "long record": (lambda path: many_lists(path, 15 * MIB), "longer than any can be"),
    "many lists": (lambda path: many_lists(path, MIB - 100), "A record cannot be read"),
    "many points": (many_points, "The recording was not closed"),
    "nesting": (nesting, "manifest.json cannot be read"),
    "nested record": (nested_record, "A record cannot be read"),
    "no number": (no_number, "manifest.json cannot be read"),
    "name above": (lambda path: foreign_names(path, "../canary"), "The files are not those"),
    "name elsewhere": (lambda path: foreign_names(path, "/etc/passwd"), "The files are not those"),
    "links": (links, "A record cannot be read"),
    "linked video": (linked_video, "2 of 2 pictures are not intact"),
    "huge picture": (huge_picture, "the picture's size is out of range"),
    "liar": (lambda path: liar(path, 8192), "1 of 2 pictures are not intact (frames 1)"),
    "great liar": (lambda path: liar(path, 16000), "1 of 2 pictures are not intact (frames 1)"),
    "large head": (large_head, "2 of 2 pictures are not intact"),
    "noise": (lambda path: wilderness(path, False, 700), "2000 of 2000 pictures"),
    "noise behind": (lambda path: wilderness(path, True, 700), "2000 of 2000 pictures"),
    "noise backwards": (lambda path: wilderness(path, True, -700), "2000 of 2000 pictures"),
}
"""What makes each of a session with two pictures that was not closed, and what verify says."""


def make_hostile(name: str, base: Path, folder: Path) -> Path:
    """One of them as a folder."""
    path = Path(shutil.copytree(base, folder / f"{name.replace(' ', '-')}.session", symlinks=True))
    HOSTILE[name][0](path)
    return path
