"""What a program holds is read from the kernel."""

import mmap
import os
import threading
from pathlib import Path

from lab.guest.resources import count_descriptors, count_threads, read_resident_kib


def test_an_open_file_is_a_descriptor_more(tmp_path: Path) -> None:
    before = count_descriptors(os.getpid())
    with (tmp_path / "file").open("w"):
        assert count_descriptors(os.getpid()) == before + 1


def test_a_thread_is_one_more() -> None:
    before, end = count_threads(), threading.Event()
    other = threading.Thread(target=end.wait)
    other.start()
    try:
        assert count_threads() == before + 1
    finally:
        end.set()
        other.join()


def test_memory_that_is_used_is_resident() -> None:
    before_kib = read_resident_kib()
    with mmap.mmap(-1, 64 << 20) as fresh:  # an array might get what others have freed
        fresh.write(b"1" * len(fresh))
        assert read_resident_kib() - before_kib > 60 << 10
