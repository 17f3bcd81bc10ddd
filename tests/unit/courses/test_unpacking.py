"""Unpack real packages, and refuse what is none or would do harm."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from app.core import media
from app.core.errors import DomainError
from app.domain.courses.rules.sequencing import Wish
from app.domain.courses.rules.words import PackageStandard
from app.domain.courses.unpacking import unpacked
from tests.packages import (
    archive_at,
    files_of_ordered_2004,
    files_of_scorm_12,
    files_of_scorm_2004,
    zipped,
)

MB = 1024 * 1024


@pytest.fixture(autouse=True)
def _media(tmp_path: Path) -> None:
    media.configure(tmp_path / "media")


def refusal(
    tmp_path: Path, files: Mapping[str, str | bytes] | bytes, largest: int = 10 * MB
) -> str:
    archive = archive_at(tmp_path, files)
    with pytest.raises(DomainError) as caught, unpacked(archive, largest_archive=largest):
        pass
    assert list((tmp_path / "media").iterdir()) == [], "nothing of it is left"
    assert str(caught.value.message)
    return caught.value.code


def test_unpacks_a_scorm_12_package(tmp_path: Path) -> None:
    archive = archive_at(tmp_path, files_of_scorm_12())
    with unpacked(archive, largest_archive=MB) as found:
        assert found.manifest.standard is PackageStandard.SCORM_12
        assert found.manifest.title == "心理健康教育入门"
        (item,) = found.manifest.items
        assert (item.identifier, item.title, item.href, item.kind) == (
            "i1",
            "第一讲",
            "index.html",
            "sco",
        )
        assert item.settings == {"mastery": 60.0, "launch_data": "chapter=1"}
        assert found.files == 4
        assert found.size == sum(len(text.encode()) for text in files_of_scorm_12().values())
        assert "LMSInitialize" in (found.folder / "lesson.js").read_text("utf-8")
        kept = media.keep_folder(found.folder)
    assert (media.path_of(kept) / "index.html").is_file()


def test_unpacks_a_scorm_2004_package_with_several_items(tmp_path: Path) -> None:
    archive = archive_at(tmp_path, files_of_scorm_2004())
    with unpacked(archive, largest_archive=MB) as found:
        assert found.manifest.standard is PackageStandard.SCORM_2004
        assert found.manifest.edition == "2004 4th Edition"
        a, b, c = found.manifest.items
        assert (a.href, a.settings) == ("a/index.html?part=a", {"threshold": 0.8})
        assert (b.href, b.settings) == ("b/index.html", {"passing": 0.7, "objectives": ["main"]})
        assert (c.href, c.kind) == ("read.html", "asset")


def test_names_what_of_the_order_of_its_parts_is_not_carried_out(tmp_path: Path) -> None:
    archive = archive_at(tmp_path, files_of_ordered_2004())
    with unpacked(archive, largest_archive=MB) as found:
        assert [item.under for item in found.manifest.items] == [("第一章",), ("第一章",), ()]
        assert [(one.wish, one.title) for one in found.manifest.unmet] == [
            (Wish.FORWARD_ONLY, "第一章"),
            (Wish.NO_CHOICE, "第一章"),
            (Wish.BEFORE, "练习"),
            (Wish.ATTEMPTS, "练习"),
        ]
    plain = archive_at(tmp_path, files_of_scorm_2004())
    with unpacked(plain, largest_archive=MB) as found:
        assert found.manifest.unmet == ()


def test_names_the_prerequisites_of_a_12_package(tmp_path: Path) -> None:
    stated = '<adlcp:prerequisites type="aicc_script">i0</adlcp:prerequisites><adlcp:masteryscore>'
    archive = archive_at(tmp_path, altered("<adlcp:masteryscore>", stated))
    with unpacked(archive, largest_archive=MB) as found:
        assert [(one.wish, one.title) for one in found.manifest.unmet] == [
            (Wish.PREREQUISITES, "第一讲")
        ]


def test_reads_names_and_a_manifest_in_gbk(tmp_path: Path) -> None:
    """As old programs on Chinese Windows write them: names in GBK, and no flag that says so."""

    class Gbk(zipfile.ZipInfo):
        def _encodeFilenameFlags(self) -> tuple[bytes, int]:
            return self.filename.encode("gb18030"), self.flag_bits & ~0x800

    manifest = files_of_scorm_12()["imsmanifest.xml"].replace("UTF-8", "GB2312")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(
            Gbk("imsmanifest.xml"), manifest.replace("index.html", "首页.html").encode("gb18030")
        )
        archive.writestr(Gbk("首页.html"), "<p>中")
    with unpacked(archive_at(tmp_path, buffer.getvalue()), largest_archive=MB) as found:
        assert found.manifest.title == "心理健康教育入门"
        assert (found.folder / "首页.html").is_file()
        assert found.manifest.items[0].href == "%E9%A6%96%E9%A1%B5.html"


def test_reads_names_with_backslashes(tmp_path: Path) -> None:
    files = files_of_scorm_12()
    files["imsmanifest.xml"] = files["imsmanifest.xml"].replace(
        'href="index.html"', 'href="web\\index.html"'
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("imsmanifest.xml", files["imsmanifest.xml"])
        archive.writestr("web\\index.html", "x")
    with unpacked(archive_at(tmp_path, buffer.getvalue()), largest_archive=MB) as found:
        assert (found.folder / "web" / "index.html").is_file()
        assert found.manifest.items[0].href == "web/index.html"


@pytest.mark.parametrize("name", ["../evil.html", "/etc/evil", "..\\evil.html", "C:\\evil.html"])
def test_refuses_paths_outside(tmp_path: Path, name: str) -> None:
    assert refusal(tmp_path, {**files_of_scorm_12(), name: "x"}) == "package_path_outside"
    assert not (tmp_path / "evil.html").exists()
    assert not (tmp_path / "media" / "evil.html").exists()


def test_refuses_symbolic_links(tmp_path: Path) -> None:
    buffer = io.BytesIO(zipped(files_of_scorm_12()))
    link = zipfile.ZipInfo("secrets")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    assert refusal(tmp_path, buffer.getvalue()) == "package_symlink"


def test_refuses_what_is_no_archive(tmp_path: Path) -> None:
    assert refusal(tmp_path, b"%PDF-1.7 not a package") == "package_not_zip"
    assert refusal(tmp_path, b"") == "package_not_zip"
    assert refusal(tmp_path, zipped(files_of_scorm_12())[:-30]) == "package_not_zip"


def test_refuses_a_damaged_archive(tmp_path: Path) -> None:
    files = {**files_of_scorm_12(), "plain.bin": bytes(range(256)) * 40}
    whole = zipped(files)
    at = whole.index(b"plain.bin") + 60
    broken = whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]
    assert refusal(tmp_path, broken) == "package_broken"


def test_refuses_a_file_that_is_also_a_folder(tmp_path: Path) -> None:
    assert refusal(tmp_path, {**files_of_scorm_12(), "a": "x", "a/b": "y"}) == "package_broken"


def test_refuses_an_archive_without_a_manifest_and_says_where_it_lies(tmp_path: Path) -> None:
    assert refusal(tmp_path, {"index.html": "x"}) == "package_without_manifest"
    deeper = {f"课件/{name}": text for name, text in files_of_scorm_12().items()}
    assert refusal(tmp_path, deeper) == "package_manifest_deeper"


def test_refuses_what_is_too_large_unpacked(tmp_path: Path) -> None:
    files = {**files_of_scorm_12(), "film.mp4": b"x" * (4 * MB)}
    assert refusal(tmp_path, files, largest=MB) == "package_too_large"


def test_refuses_what_is_larger_than_it_says(tmp_path: Path) -> None:
    """The directory states 10 bytes for the film; whoever believes it fills the disk."""
    whole = bytearray(zipped({**files_of_scorm_12(), "film.mp4": b"x" * (5 * MB)}))
    at = whole.rindex(b"film.mp4") - 46
    whole[at + 24 : at + 28] = struct.pack("<I", 10)
    assert refusal(tmp_path, bytes(whole), largest=MB) == "package_broken"


def test_refuses_a_bomb(tmp_path: Path) -> None:
    files = {**files_of_scorm_12(), "zeros": b"\0" * (12 * MB)}
    assert refusal(tmp_path, files) == "package_bomb"


def test_refuses_a_directory_that_would_fill_the_memory(tmp_path: Path) -> None:
    whole = bytearray(zipped(files_of_scorm_12()))
    at = whole.rindex(b"PK\x05\x06")
    whole[at + 12 : at + 16] = struct.pack("<I", 500 * MB)
    assert refusal(tmp_path, bytes(whole)) == "package_too_many_files"


def altered(old: str, new: str) -> dict[str, str]:
    files = files_of_scorm_12()
    assert old in files["imsmanifest.xml"]
    return {**files, "imsmanifest.xml": files["imsmanifest.xml"].replace(old, new)}


def test_refuses_manifests_that_cannot_be_used(tmp_path: Path) -> None:
    assert refusal(tmp_path, altered("</manifest>", "")) == "package_manifest_unreadable"
    assert refusal(tmp_path, altered('identifierref="r1"', "")) == "package_without_items"
    assert (
        refusal(tmp_path, altered('sco" href="index.html"', 'sco" href="gone.html"'))
        == "package_missing_file"
    )
    assert (
        refusal(tmp_path, altered('sco" href="index.html"', 'sco" href="https://x.cn/"'))
        == "package_external"
    )
    assert (
        refusal(tmp_path, altered('sco" href="index.html"', 'sco" href="../x.html"'))
        == "package_path_outside"
    )


def test_refuses_a_manifest_with_entities(tmp_path: Path) -> None:
    """A billion laughs, and files of the server read into the title."""
    laughs = '?>\n<!DOCTYPE m [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    assert refusal(tmp_path, altered("?>", laughs)) == "package_manifest_unreadable"
    outside = '?>\n<!DOCTYPE m [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    assert refusal(tmp_path, altered("?>", outside)) == "package_manifest_unreadable"


def test_refuses_a_package_of_another_kind(tmp_path: Path) -> None:
    files = altered("<schemaversion>1.2", "<schemaversion>1.1.4")
    files["imsmanifest.xml"] = files["imsmanifest.xml"].replace("adlcp_rootv1p2", "something")
    assert refusal(tmp_path, files) == "package_standard_unknown"
