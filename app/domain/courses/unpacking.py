"""Unpack a SCORM package: its names are checked before anything is written, its sizes while it is."""

from __future__ import annotations

import re
import secrets
import shutil
import stat
import time
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from app.core import media
from app.core.errors import DomainError
from app.core.i18n import gettext as _
from app.domain.courses.package_refusals import archive_refusal
from app.domain.courses.rules.manifests import Manifest, ManifestFault, read_manifest
from app.domain.courses.rules.packages import (
    MANIFEST,
    MOST_FILES,
    Fault,
    Member,
    find_fault,
    largest_unpacked,
    plain_name,
)
from app.domain.courses.rules.sequencing import Element

LARGEST_MANIFEST = 8 * 1024 * 1024
LARGEST_DIRECTORY = 32 * 1024 * 1024
ROOM_TO_LEAVE = 256 * 1024 * 1024
_PIECE = 256 * 1024
_A_DAY = 86_400
_TWICE = (FileExistsError, NotADirectoryError, IsADirectoryError)  # a file that is a folder too
_WORKING = "unpacking-"
_UTF8 = 0x800
_END, _END_64_LOCATOR = b"PK\x05\x06", b"PK\x06\x07"
_TAIL = 66_000  # the end record with the longest comment, and what stands before it
_ENCODING = re.compile(rb"""^\s*<\?xml[^>]*encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_DECLARATION = re.compile(r"^\s*<\?xml.*?\?>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A package in a folder of its own, not kept yet; ``size``: bytes of its files; ``digest``: of the archive."""

    folder: Path
    manifest: Manifest
    files: int
    size: int
    digest: str


@contextmanager
def unpacked(archive: Path, *, largest_archive: int) -> Iterator[Unpacked]:
    """The package, unpacked. The folder goes at the end unless somebody took it over (core.media.keep_folder).

    Slow: called outside any transaction. Raises InvalidInput with the codes of ``package_refusals``, and ``no_room``.
    """
    largest = largest_unpacked(largest_archive)
    folder = _working_folder()
    try:
        yield _unpack(archive, folder, largest)
    except ManifestFault as fault:
        raise archive_refusal(Fault(fault.code, fault.name), largest=largest) from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _working_folder() -> Path:
    """A folder beside what is kept, so that taking it over is renaming it; away with what a crash left."""
    root = media.root()
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    for old in root.glob(f"{_WORKING}*"):
        if old.stat().st_mtime < time.time() - _A_DAY:
            shutil.rmtree(old, ignore_errors=True)
    folder = root / f"{_WORKING}{secrets.token_hex(8)}"
    folder.mkdir(mode=0o700)
    return folder


def _unpack(archive: Path, folder: Path, largest: int) -> Unpacked:
    if _directory_bytes(archive) > LARGEST_DIRECTORY:
        raise archive_refusal(Fault("package_too_many_files"), largest=largest)
    try:
        with zipfile.ZipFile(archive) as opened:
            members = _members(opened)
            fault = find_fault((member for member, _info in members), largest)
            if fault is not None:
                raise archive_refusal(fault, largest=largest)
            _refuse_without_room(sum(member.size for member, _info in members))
            names = frozenset(member.name for member, _info in members if not member.is_folder)
            manifest = read_manifest(_manifest_of(opened, members), names)
            size = _write_all(opened, members, folder, largest)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as error:
        code = "package_broken" if zipfile.is_zipfile(archive) else "package_not_zip"
        raise archive_refusal(Fault(code, ""), largest=largest) from error
    return Unpacked(folder, manifest, len(names), size, media.digest_of(archive))


def _directory_bytes(archive: Path) -> int:
    """How long the archive says its directory is: zipfile would read all of it into memory, however long."""
    length = archive.stat().st_size
    with archive.open("rb") as handle:
        handle.seek(max(0, length - _TAIL))
        tail = handle.read()
    longest, place = 0, tail.find(_END)
    while place >= 0:
        longest = max(longest, int.from_bytes(tail[place + 12 : place + 16], "little"))
        if tail[max(0, place - 20) :].startswith(_END_64_LOCATOR) and place >= 76:
            longest = max(longest, int.from_bytes(tail[place - 36 : place - 28], "little"))
        place = tail.find(_END, place + 1)
    return longest


_Members = list[tuple[Member, zipfile.ZipInfo]]


def _members(opened: zipfile.ZipFile) -> _Members:
    """The entries with the names they are unpacked under; no more than tell that there are too many."""
    return [
        (
            Member(
                name=_name_of(info),
                size=info.file_size,
                packed=info.compress_size,
                mode=info.external_attr >> 16,
                encrypted=bool(info.flag_bits & 1),
            ),
            info,
        )
        for info in opened.infolist()[: MOST_FILES + 1]
    ]


def _name_of(info: zipfile.ZipInfo) -> str:
    """The name in plain form. Chinese Windows writes names in GBK without saying so; zipfile read them as cp437."""
    if info.flag_bits & _UTF8:
        return plain_name(info.orig_filename)
    try:
        raw = info.orig_filename.encode("cp437")
    except UnicodeEncodeError:
        return plain_name(info.orig_filename)
    for encoding in ("utf-8", "gb18030"):
        try:
            return plain_name(raw.decode(encoding))
        except UnicodeDecodeError:
            continue
    return plain_name(info.orig_filename)


def _refuse_without_room(size: int) -> None:
    if shutil.disk_usage(media.root()).free < size + ROOM_TO_LEAVE:
        raise DomainError(
            _("The server has no room for this file. Tell who runs it."), "no_room", "file"
        )


def _manifest_of(opened: zipfile.ZipFile, members: _Members) -> Element:
    info = next(info for member, info in members if member.name == MANIFEST)
    if info.file_size > LARGEST_MANIFEST:
        raise ManifestFault("package_manifest_unreadable")
    with opened.open(info) as source:
        data = source.read(LARGEST_MANIFEST + 1)
    try:
        root: Element = fromstring(_decoded(data))
    except (ParseError, DefusedXmlException, UnicodeDecodeError, LookupError) as error:
        raise ManifestFault("package_manifest_unreadable") from error
    return root


def _decoded(data: bytes) -> str:
    """The text of an XML file, also in GBK (which the parser cannot read), without its declaration."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16")
    else:
        stated = _ENCODING.match(data.removeprefix(b"\xef\xbb\xbf"))
        encoding = stated.group(1).decode().lower() if stated else "utf-8"
        known = "gb18030" if encoding.startswith("gb") else encoding
        text = data.decode("utf-8-sig" if known == "utf-8" else known)
    return _DECLARATION.sub("", text, count=1)


def _write_all(opened: zipfile.ZipFile, members: _Members, folder: Path, largest: int) -> int:
    """Write the files; zipfile gives no more of each than its size says, and refuses one whose content is another."""
    for member, info in members:
        target = folder / member.name
        try:
            if member.is_folder:
                target.mkdir(parents=True, exist_ok=True, mode=0o700)
                continue
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with opened.open(info) as source, target.open("xb") as handle:
                shutil.copyfileobj(source, handle, _PIECE)
        except (*_TWICE, zlib.error, zipfile.BadZipFile, EOFError) as error:
            raise archive_refusal(Fault("package_broken", member.name), largest=largest) from error
        target.chmod(stat.S_IRUSR | stat.S_IWUSR)
    return sum(member.size for member, _info in members)
