"""Files that arrive in pieces: nothing is lost, nothing comes twice, and what nobody finishes goes."""

from __future__ import annotations

import errno
import io
import os
import time
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock, resumable
from app.core.db import atomic
from app.core.errors import DomainError, NotFound
from app.core.resumable import ResumableUpload, arriving, storage
from tests.concurrency import at_once
from tests.conftest import TODAY

OWNER, OTHER = 7, 8


class Broken(io.BytesIO):
    """A connection that breaks after what it has sent."""

    def read(self, size: int | None = -1, /) -> bytes:
        piece = super().read(size)
        if not piece:
            raise ConnectionResetError
        return piece


def begin(size: int, largest: int = 1000, owner: int = OWNER) -> str:
    with atomic():
        return resumable.begin(
            account_id=owner,
            purpose="course:1",
            file_name="第一课.mp4",
            size=size,
            largest=largest,
            now=clock.now(),
        ).token


def send(token: str, data: bytes, offset: int = 0) -> resumable.Standing:
    return resumable.receive(
        token, io.BytesIO(data), account_id=OWNER, offset=offset, length=len(data)
    )


def code_of(error: pytest.ExceptionInfo[DomainError]) -> str:
    return error.value.code


def test_a_file_comes_in_pieces_and_is_whole(session: Session) -> None:
    token = begin(10)
    assert send(token, b"01234").received == 5
    assert send(token, b"56789", 5).finished
    found = resumable.arrived(token, account_id=OWNER, purpose="course:1")
    assert (found.path.read_bytes(), found.file_name, found.size) == (
        b"0123456789",
        "第一课.mp4",
        10,
    )
    row = session.scalars(select(ResumableUpload)).one()
    assert (row.received, row.finished_at) == (10, clock.now())


def test_what_came_before_the_connection_broke_is_kept(session: Session) -> None:
    token = begin(10)
    with pytest.raises(ConnectionResetError):
        resumable.receive(token, Broken(b"0123"), account_id=OWNER, offset=0, length=10)
    assert resumable.standing(token, account_id=OWNER).received == 4
    assert session.scalars(select(ResumableUpload.received)).one() == 4
    assert send(token, b"456789", 4).finished


def test_a_crash_between_the_file_and_its_row_loses_nothing(session: Session) -> None:
    token = begin(10)
    storage.append(token, 0, b"01234")
    assert resumable.standing(token, account_id=OWNER).received == 5
    assert send(token, b"56789", 5).finished


def test_a_piece_for_another_place_is_refused(session: Session) -> None:
    token = begin(10)
    send(token, b"01234")
    for offset in (0, 3, 6):
        with pytest.raises(DomainError) as error:
            send(token, b"xx", offset)
        assert code_of(error) == "upload_offset"
    assert storage.path_of(token).read_bytes() == b"01234"


def test_more_than_was_announced_is_refused(session: Session) -> None:
    token = begin(4)
    with pytest.raises(DomainError) as error:
        send(token, b"01234")
    assert code_of(error) == "upload_too_long"
    assert storage.length_of(token) == 0


def test_refuses_before_anything_travels(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    for size, largest, code in ((0, 10, "empty_file"), (11, 10, "file_too_large")):
        with pytest.raises(DomainError) as error:
            begin(size, largest)
        assert code_of(error) == code
    monkeypatch.setattr(storage, "free_bytes", lambda: arriving.ROOM_TO_LEAVE + 9)
    with pytest.raises(DomainError) as error:
        begin(10)
    assert code_of(error) == "no_room"


def test_a_disk_that_fills_up_meanwhile_refuses_and_keeps_what_came(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = begin(10)
    send(token, b"01234")

    def full(_token: str, _offset: int, _piece: bytes) -> bool:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(storage, "append", full)
        with pytest.raises(DomainError) as refused:
            send(token, b"56789", 5)
    assert refused.value.code == "no_room"
    assert send(token, b"56789", 5).finished


def test_one_account_cannot_fill_the_disk_with_beginnings(session: Session) -> None:
    for _number in range(arriving.MOST_AT_ONCE):
        begin(5)
    with pytest.raises(DomainError) as error:
        begin(5)
    assert code_of(error) == "too_many_uploads"
    begin(5, owner=OTHER)


def test_nobody_else_sees_or_feeds_an_upload(session: Session) -> None:
    token = begin(10)
    with pytest.raises(NotFound):
        resumable.standing(token, account_id=OTHER)
    with pytest.raises(NotFound):
        resumable.receive(token, io.BytesIO(b"x"), account_id=OTHER, offset=0, length=1)
    with pytest.raises(NotFound), atomic():
        resumable.give_up(token, account_id=OTHER)
    with pytest.raises(NotFound):
        resumable.standing("../secrets", account_id=OWNER)


def test_only_a_whole_file_is_used_only_for_its_purpose_and_once(session: Session) -> None:
    token = begin(5)
    send(token, b"012")
    with pytest.raises(DomainError) as error:
        resumable.arrived(token, account_id=OWNER, purpose="course:1")
    assert code_of(error) == "upload_unfinished"
    send(token, b"34", 3)
    with pytest.raises(DomainError) as error:
        resumable.arrived(token, account_id=OWNER, purpose="course:2")
    assert code_of(error) == "upload_purpose"
    with atomic():
        resumable.use(token, account_id=OWNER, now=clock.now())
    with pytest.raises(DomainError) as error, atomic():
        resumable.use(token, account_id=OWNER, now=clock.now())
    assert code_of(error) == "upload_used"
    with pytest.raises(NotFound):
        resumable.standing(token, account_id=OWNER)


def test_of_two_acts_at_once_one_uses_the_file(app: Flask) -> None:
    with app.app_context():
        token = begin(3)
        send(token, b"012")
    use = lambda: resumable.use(token, account_id=OWNER, now=clock.now())  # noqa: E731
    assert at_once(app, use, use, use) == ["done", "upload_used", "upload_used"]


def test_of_two_connections_with_the_same_file_one_goes_on(app: Flask) -> None:
    data = os.urandom(3_000_000)
    with app.app_context():
        token = begin(len(data), len(data))
    outcomes = two_senders(app, token, data)
    assert outcomes == ["done", "upload_offset"]
    with app.app_context():
        found = resumable.arrived(token, account_id=OWNER, purpose="course:1")
        assert found.path.read_bytes() == data


def two_senders(app: Flask, token: str, data: bytes) -> list[str]:
    """What becomes of two that send the whole file in one moment (outside any transaction, as pieces come)."""
    start, outcomes = Barrier(2), list[str]()

    def run() -> None:
        with app.app_context(), clock.frozen(TODAY):
            start.wait()
            try:
                send(token, data)
            except DomainError as error:
                outcomes.append(error.code)
            else:
                outcomes.append("done")

    threads = [Thread(target=run) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


class Overtaken(io.BytesIO):
    """A connection that its sender has forgotten: while it sleeps, another one brings the rest."""

    def __init__(self, token: str) -> None:
        super().__init__()
        self.token, self.pieces = token, [b"01", b"XX"]

    def read(self, _size: int | None = -1, /) -> bytes:
        if len(self.pieces) == 1:
            send(self.token, b"2345", 2)
        return self.pieces.pop(0)


def test_a_forgotten_connection_that_wakes_up_changes_nothing(session: Session) -> None:
    token = begin(6)
    with pytest.raises(DomainError) as error:
        resumable.receive(token, Overtaken(token), account_id=OWNER, offset=0, length=6)
    assert code_of(error) == "upload_offset"
    assert storage.path_of(token).read_bytes() == b"012345"


def test_a_second_name_lets_the_first_stay(session: Session) -> None:
    token = begin(3)
    send(token, b"012")
    came = resumable.arrived(token, account_id=OWNER, purpose="course:1")
    second = resumable.link_to(came.path)
    second.rename(second.with_suffix(".moved"))
    assert came.path.read_bytes() == b"012"
    second.with_suffix(".moved").unlink()


def test_what_nobody_finishes_goes_after_a_week_and_what_is_used_at_once(session: Session) -> None:
    old, used, young = begin(5), begin(2), begin(5)
    for token in (old, young):
        send(token, b"01")
    send(used, b"01")
    with atomic():
        resumable.use(used, account_id=OWNER, now=clock.now())
        row = session.scalars(select(ResumableUpload).where(ResumableUpload.token == old)).one()
        row.updated_at = clock.now() - resumable.LIFETIME
    with pytest.raises(NotFound):
        resumable.standing(old, account_id=OWNER)
    assert resumable.forget_abandoned(clock.now()) == 2
    assert session.scalars(select(ResumableUpload.token)).all() == [young]
    assert [storage.path_of(token).exists() for token in (old, used, young)] == [False, False, True]


def test_files_that_belong_to_nothing_go_after_a_day(session: Session) -> None:
    def left(name: str, age: timedelta) -> Path:
        path = storage.root() / name
        path.write_bytes(b"x")
        moment = time.time() - age.total_seconds()
        os.utime(path, (moment, moment))
        return path

    old, young = left("a.form", timedelta(days=2)), left("b.form", timedelta(hours=2))
    resumable.forget_abandoned(clock.now())
    assert (old.exists(), young.exists()) == (False, True)
    young.unlink()
