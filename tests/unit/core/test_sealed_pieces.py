"""Large files are sealed piece by piece: nothing can be changed, left out, put elsewhere or cut off."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core import crypto, files
from app.core.errors import NotFound
from app.core.sealed_pieces import PIECE, seal_pieces, unseal_pieces
from tests.databases import TEST_FIELD_KEY, TEST_SECRET

SEALED = PIECE + 16


@pytest.fixture(autouse=True)
def store(tmp_path: Path) -> Iterator[Path]:
    before = files._root
    crypto.configure([TEST_FIELD_KEY], TEST_SECRET)
    files.configure(tmp_path)
    yield tmp_path
    files._root = before


class Dripping(io.BytesIO):
    """Gives less than it is asked for, as a connection does."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(min(size or 0, 65_537))


def sealed(data: bytes, purpose: str = "file:a") -> bytes:
    target = io.BytesIO()
    seal_pieces(Dripping(data), target, purpose)
    return target.getvalue()


def unsealed(data: bytes, purpose: str = "file:a") -> bytes:
    return b"".join(unseal_pieces(io.BytesIO(data[1:]), purpose))


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_opens_what_it_sealed(size: int) -> None:
    data = bytes(range(256)) * (size // 256 + 1)
    assert unsealed(sealed(data[:size])) == data[:size]


def test_what_is_changed_left_out_cut_off_or_put_elsewhere_is_refused() -> None:
    whole = sealed(bytes(3 * PIECE))
    head, one, two, three = (
        whole[:2],
        whole[2 : 2 + SEALED],
        whole[2 + SEALED : 2 + 2 * SEALED],
        whole[2 + 2 * SEALED :],
    )
    for faulty in (
        head + one + two,
        head + two + one + three,
        head + one + three,
        head + one + two + three + three,
        head + one + two + three[:-1],
        whole[:100] + b"x" + whole[101:],
        head,
        head[:1],
        b"\0\x63" + whole[2:],
    ):
        with pytest.raises(crypto.CannotDecrypt):
            unsealed(faulty)
    with pytest.raises(crypto.CannotDecrypt):
        unsealed(whole, "file:b")


def test_opens_after_the_key_was_changed() -> None:
    data = b"x" * (PIECE + 1)
    before = sealed(data)
    crypto.configure(["another secret of thirty-two bytes", TEST_FIELD_KEY], TEST_SECRET)
    assert unsealed(before) == data
    assert sealed(data)[1] != before[1]


def test_a_file_is_kept_and_given_back_piece_by_piece(store: Path) -> None:
    data = b"x" * (2 * PIECE + 5)
    key = files.store_stream(Dripping(data))
    assert [len(piece) for piece in files.pieces(key)] == [PIECE, PIECE, 5]
    assert files.load(key) == data
    assert b"xxxx" not in (store / key[:2] / key).read_bytes()


def test_opens_files_that_were_sealed_as_a_whole(store: Path) -> None:
    key = "ab" * 16
    path = store / key[:2] / key
    path.parent.mkdir()
    path.write_bytes(crypto.seal_bytes(b"earlier", f"file:{key}"))
    assert files.load(key) == b"earlier"


def test_nothing_is_left_of_a_source_that_breaks_off(store: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError("lost")

    with pytest.raises(OSError, match="lost"):
        files.store_stream(Broken())
    assert [path for path in store.rglob("*") if path.is_file()] == []


def test_a_file_that_is_not_there_says_so_before_the_first_piece() -> None:
    with pytest.raises(NotFound):
        files.pieces("cd" * 16)
