"""What an archive must be like to be unpacked as a package."""

from __future__ import annotations

import stat

import pytest

from app.domain.courses.rules.packages import (
    MOST_FILES,
    Fault,
    Member,
    find_fault,
    leaves_folder,
    plain_name,
)

MB = 1024 * 1024
MANIFEST = Member("imsmanifest.xml", 900, 400)


def fault(*members: Member, largest: int = 100 * MB) -> Fault | None:
    return find_fault([MANIFEST, *members], largest)


def test_takes_a_manifest_with_pages_beside_it_and_in_folders() -> None:
    assert (
        fault(Member("index.html", 10, 5), Member("媒体/", 0, 0), Member("媒体/1.mp4", 9, 9))
        is None
    )


@pytest.mark.parametrize(
    "name",
    [
        "../evil.html",
        "a/../../b",
        "/etc/passwd",
        "C:/windows/a",
        "a//b",
        ".",
        "a/./b",
        "a\x07b",
        "",
    ],
)
def test_refuses_names_that_lead_outside(name: str) -> None:
    assert leaves_folder(name)
    assert fault(Member(name, 1, 1)) == Fault("package_path_outside", name)


def test_reads_names_as_windows_writes_them() -> None:
    assert plain_name("data\\page.html") == "data/page.html"
    assert plain_name("./index.html") == "index.html"
    assert leaves_folder(plain_name("..\\..\\evil.exe"))
    assert leaves_folder(plain_name("\\\\server\\share"))


def test_refuses_symbolic_links_and_devices() -> None:
    assert fault(Member("a", 1, 1, mode=stat.S_IFLNK | 0o777)) == Fault("package_symlink", "a")
    assert fault(Member("b", 1, 1, mode=stat.S_IFCHR)) == Fault("package_symlink", "b")
    assert fault(Member("c", 1, 1, mode=stat.S_IFREG | 0o644)) is None


def test_refuses_what_is_encrypted() -> None:
    assert fault(Member("a", 1, 1, encrypted=True)) == Fault("package_encrypted", "a")


def test_refuses_a_name_twice() -> None:
    assert fault(Member("a", 1, 1), Member("a", 2, 2)) == Fault("package_broken", "a")


def test_refuses_names_that_no_file_system_takes() -> None:
    long = "课" * 70
    assert fault(Member(long, 1, 1)) == Fault("package_long_name", long)


def test_refuses_what_is_too_large_unpacked_to_the_byte() -> None:
    assert find_fault([MANIFEST, Member("a", 100, 50)], 1000) is None
    assert find_fault([MANIFEST, Member("a", 101, 50)], 1000) == Fault("package_too_large")


def test_refuses_an_archive_made_to_fill_the_disk() -> None:
    assert fault(Member("zeros", 50 * MB, 50_000)) == Fault("package_bomb")
    assert fault(Member("zeros", 9 * MB, 9_000)) is None


def test_refuses_too_many_files() -> None:
    many = [Member(f"{n}.html", 1, 1) for n in range(MOST_FILES)]
    assert fault(*many[:-1]) is None
    assert fault(*many) == Fault("package_too_many_files")


def test_says_that_the_manifest_is_missing_or_one_folder_deeper() -> None:
    assert find_fault([Member("index.html", 1, 1)], MB) == Fault("package_without_manifest")
    deeper = [Member("课件/imsmanifest.xml", 1, 1)]
    assert find_fault(deeper, MB) == Fault("package_manifest_deeper", "课件")
