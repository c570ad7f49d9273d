"""Between receiving and decoding: a burst is kept whole, and a slow reader gets the newest."""

import threading

import pytest
from av.packet import Packet

from drivers.api.clock import ManualClock
from drivers.media.backlog import MOST_BYTES, PATIENCE_NS, Backlog, Interrupted, Overrun

MS = 1_000_000


class Line:
    """A backlog on a manual clock, whose packets are told apart by their size."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.backlog = Backlog(self.clock)
        self.sent = 0

    def send(self, count: int, key: bool = True) -> None:
        for _ in range(count):
            self.sent += 1
            self.send_bytes(self.sent, key)

    def send_bytes(self, size: int, key: bool = True) -> None:
        packet = Packet(size)
        packet.is_keyframe = key
        self.backlog.put(packet, self.clock.now_ns())

    def take(self) -> tuple[int, bool]:
        received = self.backlog.take(0)
        return received.packet.size, received.overtaken


@pytest.fixture
def line() -> Line:
    return Line()


def test_a_burst_is_kept_whole_and_only_its_last_picture_is_not_overtaken(line: Line) -> None:
    line.send(200)
    taken = [line.take() for _ in range(200)]
    assert taken == [(number, number < 200) for number in range(1, 201)]
    assert line.backlog.left_out == 0


def test_who_was_held_up_gets_the_times_at_which_the_pictures_came(line: Line) -> None:
    for _ in range(3):
        line.send(1)
        line.clock.advance(700 * MS)
    arrivals = [line.backlog.take(0).arrival_ns for _ in range(3)]
    assert arrivals == [0, 700 * MS, 1400 * MS]


def run_behind(line: Line, takes: int, key: bool = True) -> list[tuple[int, bool]]:
    """Two pictures come in the time in which one is decoded."""
    taken = []
    for _ in range(takes):
        line.send(2, key)
        taken.append(line.take())
        line.clock.advance(50 * MS)
    return taken


def test_who_is_slower_than_the_sender_gets_the_newest_after_a_second(line: Line) -> None:
    takes = PATIENCE_NS // (50 * MS) + 2
    *before, last = run_behind(line, takes)
    assert all(overtaken for _, overtaken in before)
    assert last == (line.sent, False)
    assert line.backlog.left_out + takes == line.sent
    assert run_behind(line, 30) == [(line.sent - 58 + 2 * n, False) for n in range(30)]


def test_who_keeps_up_again_for_a_second_gets_every_picture_again(line: Line) -> None:
    run_behind(line, PATIENCE_NS // (50 * MS) + 2)
    for _ in range(PATIENCE_NS // (50 * MS)):
        line.send(1)
        line.take()
        line.clock.advance(50 * MS)
    left_out = line.backlog.left_out
    line.send(3)
    assert [line.take()[1] for _ in range(3)] == [True, True, False]
    assert line.backlog.left_out == left_out


def test_nothing_is_left_out_with_which_decoding_cannot_go_on(line: Line) -> None:
    taken = run_behind(line, 60, key=False)
    assert [number for number, _ in taken] == list(range(1, 61))
    assert not taken[-1][1]  # it cannot get newer, so it is shown with its age


def test_a_slow_reader_goes_on_with_the_newest_key_picture(line: Line) -> None:
    run_behind(line, 60, key=False)
    line.send(1)
    key = line.sent
    line.send(2, key=False)
    assert line.take()[0] == key


def test_a_reader_that_never_comes_costs_no_more_than_the_limit(line: Line) -> None:
    for _ in range(20):
        line.send_bytes(MOST_BYTES // 4)
    assert line.backlog.left_out >= 15
    with pytest.raises(Overrun):
        for _ in range(20):
            line.send_bytes(MOST_BYTES // 4, key=False)


def test_what_has_come_is_delivered_before_the_end_is_told(line: Line) -> None:
    line.send(2)
    line.backlog.end(EOFError())
    assert [line.take()[0] for _ in range(2)] == [1, 2]
    for _ in range(2):
        with pytest.raises(EOFError):
            line.take()


def test_silence_is_a_timeout(line: Line) -> None:
    with pytest.raises(TimeoutError):
        line.take()


def test_an_interruption_comes_first_and_wakes_who_waits(line: Line) -> None:
    def wait() -> None:
        with pytest.raises(Interrupted):
            line.backlog.take(60)

    reader = threading.Thread(target=wait)
    reader.start()
    line.backlog.interrupt()
    reader.join()
    line.send(1)
    with pytest.raises(Interrupted):
        line.take()
