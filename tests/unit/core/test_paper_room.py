"""A stranger's PDF is read in a process apart: whatever it does, the next one is read."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from app.core.documents import paper_room
from app.core.documents.paper_room import PaperRoom
from app.core.documents.papers import PaperRead, PaperSignature, UnreadablePaper, read_paper

PAGES = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
PAGE = b"<</Type/Page/Annots[4 0 R]>>"
LINK = b"<</A<</URI(https://x/verify/1)>>>>"
ROOT = b"<</Type/Catalog/Pages 2 0 R>>"


def pdf(*objects: bytes) -> bytes:
    """A file of these objects; the first is its root."""
    data, places = b"%PDF-1.7\n", []
    for number, one in enumerate(objects, 1):
        places.append(b"%010d 00000 n \n" % len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (number, one)
    table = b"xref\n0 %d\n0000000000 65535 f \n%b" % (len(places) + 1, b"".join(places))
    end = b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(places) + 1,
        len(data),
    )
    return data + table + end


@pytest.fixture(scope="module")
def room() -> Iterator[PaperRoom]:
    made = PaperRoom()
    yield made
    made.close()
    gc.collect()


def assert_it_reads(room: PaperRoom) -> None:
    read = room.read(pdf(ROOT, PAGES, PAGE, LINK), [])
    assert isinstance(read, PaperRead)
    assert read.addresses == ("https://x/verify/1",)
    assert read.signature is PaperSignature.NONE


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(pdf(ROOT, b"<</Kids[" + b"2 0 R " * 30 + b"]>>"), id="pages in pages"),
        pytest.param(
            pdf(ROOT, PAGES, b"<</Annots[" + b"4 0 R " * 5000 + b"]>>", LINK), id="many links"
        ),
        pytest.param(
            pdf(
                b"<</Pages 2 0 R/AcroForm<</Fields[" + b"4 0 R " * 30 + b"]>>>>",
                PAGES, b"<<>>", b"<</Kids[" + b"4 0 R " * 30 + b"]>>",
            ),
            id="fields in fields",
        ),
    ],
)  # fmt: skip
def test_a_file_without_end_is_unreadable_at_once(data: bytes) -> None:
    with pytest.raises(UnreadablePaper):
        read_paper(data, [])


def test_a_file_that_takes_too_long_ends_its_process_and_no_other_file(
    room: PaperRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert_it_reads(room)
    slow = pdf(b"<</Pages 2 0 R/X[" + b"9 0 R " * 99999 + b"]>>", PAGES, PAGE, LINK)
    monkeypatch.setattr(paper_room, "WAIT_SECONDS", 0.01)
    with pytest.raises(UnreadablePaper):
        room.read(slow, [])
    monkeypatch.undo()
    assert_it_reads(room)


def test_a_damaged_file_leaves_the_process_alone(room: PaperRoom) -> None:
    with pytest.raises(UnreadablePaper):
        room.read(b"%PDF-1.7\nnothing", [])
    process = room._process
    assert_it_reads(room)
    assert room._process is process
