"""The length of an MP4 and the coding of its picture, from headers as cameras and programs write them."""

from __future__ import annotations

import io
import struct

import pytest

from app.core.movies import BrokenMovie, Movie, read_movie
from tests.movies import box, header, make_movie, track

FTYP = box(b"ftyp", b"isom\0\0\x02\0isom")


def read(data: bytes) -> Movie:
    return read_movie(io.BytesIO(data))


def test_reads_seconds_and_codec() -> None:
    assert read(make_movie(1234.5)) == Movie(1234.5, "avc1")
    assert read(make_movie(60, codec=b"hvc1")).codec == "hvc1"


def test_reads_headers_before_and_after_the_picture_and_in_the_long_form() -> None:
    moov = box(b"moov", header(7200.25, scale=90_000, long=True), track())
    mdat = box(b"mdat", b"\0" * 100)
    assert read(FTYP + moov + mdat).seconds == 7200.25
    assert read(FTYP + mdat + moov).seconds == 7200.25


def test_reads_past_a_picture_with_a_64_bit_size_and_up_to_the_end() -> None:
    mdat = struct.pack(">I4sQ", 1, b"mdat", 16 + 10) + b"\0" * 10
    moov = box(b"moov", header(5), track())
    assert read(FTYP + mdat + moov).seconds == 5
    open_ended = struct.pack(">I4s", 0, b"moov") + header(5) + track()
    assert read(FTYP + mdat + open_ended).seconds == 5


def test_reads_the_length_of_a_fragmented_movie() -> None:
    mehd = box(b"mehd", b"\0\0\0\0", struct.pack(">I", 42_000))
    moov = box(b"moov", header(0), track(), box(b"mvex", mehd))
    assert read(FTYP + moov).seconds == 42


def test_sound_alone_has_no_codec() -> None:
    assert read(FTYP + box(b"moov", header(5), track(b"soun", b"mp4a"))) == Movie(5, None)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        FTYP,
        FTYP + box(b"mdat", b"\0" * 10),
        make_movie()[:-30],
        FTYP + box(b"moov", track()),
        FTYP + box(b"moov", header(0), track()),
        FTYP + box(b"moov", header(5, scale=1).replace(struct.pack(">I", 1), b"\0\0\0\0"), track()),
        FTYP + struct.pack(">I4s", 4, b"moov"),
        box(b"free") * 20_001,
    ],
)
def test_what_is_cut_off_or_senseless_is_broken(data: bytes) -> None:
    with pytest.raises(BrokenMovie):
        read(data)
