"""Small MP4 files built box by box: what the headers of a real one say, without a picture."""

from __future__ import annotations

import struct

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", len(body) + 8, kind) + body


def header(seconds: float, *, scale: int = 1000, long: bool = False) -> bytes:
    """The movie header (mvhd), in its short or long form."""
    duration = round(seconds * scale)
    if long:
        times = struct.pack(">QQIQ", 0, 0, scale, duration)
        return box(b"mvhd", b"\x01\0\0\0", times, b"\0" * 80)
    return box(b"mvhd", b"\0\0\0\0", struct.pack(">IIII", 0, 0, scale, duration), b"\0" * 80)


def track(handler: bytes = b"vide", codec: bytes = b"avc1") -> bytes:
    entry = struct.pack(">I4s", 16, codec) + b"\0" * 8
    table = box(b"stbl", box(b"stsd", b"\0\0\0\0", struct.pack(">I", 1), entry))
    told = box(b"hdlr", b"\0\0\0\0", b"\0\0\0\0", handler, b"\0" * 13)
    return box(b"trak", box(b"tkhd", b"\0" * 84), box(b"mdia", told, box(b"minf", table)))


def make_movie(seconds: float = 90, *, codec: bytes = b"avc1", extra: bytes = b"") -> bytes:
    """An MP4 with sound and picture; ``extra`` makes another content of the same length in time."""
    tracks = track(b"soun", b"mp4a") + track(codec=codec)
    return (
        box(b"ftyp", b"isom", b"\0\0\x02\0", b"isommp42")
        + box(b"mdat", b"\0" * 64, extra)
        + box(b"moov", header(seconds), tracks)
    )
