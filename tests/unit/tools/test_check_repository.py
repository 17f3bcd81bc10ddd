"""What may not be committed is seen."""

from pathlib import Path

import pytest

from tools import check_repository


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "app").mkdir()
    lock = "flask==3.1.3 \\\n    --hash=sha256:00\n"
    (tmp_path / "requirements.lock").write_text(lock, encoding="utf-8")
    (tmp_path / "requirements-dev.lock").write_text(lock, encoding="utf-8")
    (tmp_path / "package-lock.json").write_text("{}", encoding="utf-8")
    monkeypatch.setattr(check_repository, "ROOT", tmp_path)
    return tmp_path


def test_accepts_a_lock_of_versions_and_hashes(project: Path) -> None:
    assert list(check_repository.lock_faults()) == []


@pytest.mark.parametrize(
    "line",
    [
        "--index-url " + "https:" + "//mirror.example/simple",
        "--extra-index-url file:" + "///srv/wheels",
        "--find-links wheels",
        "-f wheels",
        "flask @ https:" + "//mirror.example/flask.whl",
    ],
)
def test_refuses_an_address_in_a_lock(project: Path, line: str) -> None:
    with (project / "requirements.lock").open("a", encoding="utf-8") as lock:
        lock.write(line + "\n")
    assert len(list(check_repository.lock_faults())) == 1


def test_refuses_a_download_address_in_the_front_end_lock(project: Path) -> None:
    (project / "package-lock.json").write_text('{"resolved": "x"}', encoding="utf-8")
    assert len(list(check_repository.lock_faults())) == 1


def test_refuses_to_run_a_version_that_is_not_tested(project: Path) -> None:
    (project / "requirements-dev.lock").write_text("flask==3.0.0\n", encoding="utf-8")
    assert len(list(check_repository.lock_faults())) == 1


@pytest.mark.parametrize("lines", [350, 351])
def test_a_module_has_350_lines_at_most(project: Path, lines: int) -> None:
    (project / "app" / "long.py").write_text("x = 1\n" * lines, encoding="utf-8")
    assert len(list(check_repository.size_faults())) == (lines > 350)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see /" + "root/notes", True),
        ("'/" + "home/lin/xinyu/app'", True),
        ("/" + "Users/lin/xinyu", True),
        ("{{ base }}/home/page/", False),
        ("/home/", False),
        ("https://example.org/root/x", False),
    ],
)
def test_knows_a_path_of_one_machine(text: str, found: bool) -> None:
    assert bool(check_repository.HOME_PATH.search(text)) is found
