"""The checksum of OpenIGTLink against its definition and published values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.codecs.crc64 import POLYNOMIAL, crc64


def bit_by_bit(data: bytes) -> int:
    """As the standard defines it: a register of 64 bits, the highest bit first."""
    register = 0
    for byte in data:
        register ^= byte << 56
        for _ in range(8):
            carry = register >> 63
            register = (register << 1 & 0xFFFFFFFFFFFFFFFF) ^ (POLYNOMIAL if carry else 0)
    return register


@pytest.mark.parametrize(
    ("data", "checksum"),
    [
        (b"", 0),
        (b"\x01", POLYNOMIAL),
        (b"123456789", 0x6C40DF5F0B497347),  # the check value under which this CRC is catalogued
    ],
)
def test_known_values(data: bytes, checksum: int) -> None:
    assert crc64(data) == checksum


@given(st.binary(max_size=400))
def test_it_is_what_the_standard_defines(data: bytes) -> None:
    assert crc64(data) == bit_by_bit(data)


@given(st.binary(max_size=100), st.integers(0, 20))
def test_zeros_in_front_change_nothing_and_zeros_behind_do(data: bytes, zeros: int) -> None:
    assert crc64(bytes(zeros) + data) == crc64(data)
    assert crc64(data + bytes(zeros)) == bit_by_bit(data + bytes(zeros))
