"""What an archive must be like to be unpacked as a package. Plain values in and out; sizes in bytes."""

from __future__ import annotations

import stat
from collections.abc import Iterable
from dataclasses import dataclass

MANIFEST = "imsmanifest.xml"
MOST_FILES = 10_000
LONGEST_PATH = 240
LONGEST_PART = 200  # bytes of one name between slashes; no file system takes more than 255
# Text shrinks to a tenth, drawings to a fiftieth; what grows more than this is made to fill the disk.
HIGHEST_RATIO = 100
RATIO_COUNTS_FROM = 10 * 1024 * 1024
_UNPACKED_TIMES = 3


@dataclass(frozen=True, slots=True)
class Member:
    """An entry of the archive as its directory states it. ``mode``: the Unix file mode, 0 where none is stated."""

    name: str
    size: int
    packed: int
    mode: int = 0
    encrypted: bool = False

    @property
    def is_folder(self) -> bool:
        return self.name.endswith("/")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why an archive is refused, and which entry it is."""

    code: str
    name: str = ""


def largest_unpacked(largest_archive: int) -> int:
    """How much a package may hold when unpacked, of the largest archive that is taken."""
    return largest_archive * _UNPACKED_TIMES


def plain_name(name: str) -> str:
    """An entry's name with forward slashes, as Windows programs do not always write it, and without ``./``."""
    plain = name.replace("\\", "/")
    while plain.startswith("./"):
        plain = plain[2:]
    return plain


def find_fault(members: Iterable[Member], largest: int) -> Fault | None:
    """The first thing that forbids to unpack these entries; ``largest``: what all of them may have together."""
    seen: set[str] = set()
    unpacked = packed = 0
    for count, member in enumerate(members, start=1):
        if count > MOST_FILES:
            return Fault("package_too_many_files")
        fault = _fault_of(member)
        if fault is None and member.name in seen:
            fault = "package_broken"
        if fault is not None:
            return Fault(fault, member.name)
        seen.add(member.name)
        unpacked, packed = unpacked + member.size, packed + member.packed
        if unpacked > largest:
            return Fault("package_too_large")
    if unpacked > RATIO_COUNTS_FROM and unpacked > packed * HIGHEST_RATIO:
        return Fault("package_bomb")
    return _manifest_fault(seen)


def _fault_of(member: Member) -> str | None:
    if leaves_folder(member.name):
        return "package_path_outside"
    kind = stat.S_IFMT(member.mode)
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        return "package_symlink"
    if member.encrypted:
        return "package_encrypted"
    parts = member.name.split("/")
    if len(member.name) > LONGEST_PATH or any(len(p.encode()) > LONGEST_PART for p in parts):
        return "package_long_name"
    return None


def leaves_folder(name: str) -> bool:
    """Whether a name (already plain) leads outside the folder it is unpacked to, or is no name at all."""
    parts = name.removesuffix("/").split("/")
    if not name or name.startswith("/") or ":" in parts[0]:
        return True
    return any(part in {"", ".", ".."} or not part.isprintable() for part in parts)


def _manifest_fault(names: set[str]) -> Fault | None:
    if MANIFEST in names:
        return None
    inside = sorted(name for name in names if name.endswith(f"/{MANIFEST}"))
    if inside:
        return Fault("package_manifest_deeper", inside[0].rpartition("/")[0])
    return Fault("package_without_manifest")
