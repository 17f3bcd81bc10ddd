"""The translation catalogue keeps every word through careless use."""

import json
from pathlib import Path

import pytest

from tools import messages

PAGE = '<h1>{{ _("People") }}</h1>{{ ngettext("%(num)s row", "%(num)s rows", 3) }}'
VIEW = 'a = _("Hello %(name)s", name=1)\nraise DomainError("Not today", code="x")\n'


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "app").mkdir()
    (tmp_path / "templates" / "people").mkdir(parents=True)
    (tmp_path / "app" / "views.py").write_text(VIEW, encoding="utf-8")
    (tmp_path / "templates" / "people" / "list.html").write_text(PAGE, encoding="utf-8")
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    catalogue = tmp_path / "translations" / "zh_CN" / "LC_MESSAGES" / "messages.po"
    monkeypatch.setattr(messages, "CATALOGUE", catalogue)
    return tmp_path


def fill(project: Path, words: dict[str, str | list[str]]) -> int:
    file = project / "words.json"
    file.write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")
    return messages.main(["fill", str(file)])


ALL = {
    "People": "人员",
    "%(num)s row": ["%(num)s 行"],
    "Hello %(name)s": "你好，%(name)s",
    "Not today": "今天不行",
}


def test_fills_the_catalogue_and_finds_it_complete(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert messages.main(["check"]) == 1
    assert fill(project, ALL) == 0
    capsys.readouterr()
    assert messages.main(["check"]) == 0
    assert capsys.readouterr().out == "translations: complete\n"
    assert messages.CATALOGUE.with_suffix(".mo").exists()


def test_extracting_again_changes_nothing(project: Path) -> None:
    fill(project, ALL)
    before = messages.CATALOGUE.read_bytes()
    assert messages.main(["extract"]) == 0
    assert messages.CATALOGUE.read_bytes() == before


def test_lists_what_is_missing_under_a_folder(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert messages.main(["missing", "--under", str(project / "templates")]) == 0
    assert json.loads(capsys.readouterr().out) == {"%(num)s row": [""], "People": ""}


@pytest.mark.parametrize(
    ("text", "translation"),
    [
        ("Hello %(name)s", "你好"),
        ("Hello %(name)s", "你好，%(who)s"),
        ("No such text", "没有"),
        ("People", ["人员", "人员们"]),
    ],
)
def test_refuses_a_translation_that_does_not_fit(
    project: Path, text: str, translation: str | list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert fill(project, {text: translation, "Not today": "今天不行"}) == 1
    assert "1 filled, 1 refused" in capsys.readouterr().out


def test_a_text_that_comes_back_keeps_its_translation(project: Path) -> None:
    fill(project, ALL)
    page = project / "templates" / "people" / "list.html"
    page.write_text("<h1>half a page</h1>", encoding="utf-8")
    messages.main(["extract"])
    assert '#~ msgid "People"' in messages.CATALOGUE.read_text(encoding="utf-8")
    page.write_text(PAGE, encoding="utf-8")
    messages.main(["extract"])
    assert messages.main(["check"]) == 0


def test_prune_drops_what_no_source_uses(project: Path) -> None:
    fill(project, ALL)
    (project / "templates" / "people" / "list.html").unlink()
    messages.main(["extract", "--prune"])
    assert "People" not in messages.CATALOGUE.read_text(encoding="utf-8")


def test_one_unreadable_file_does_not_stop_the_others(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "templates" / "broken.html").write_text("{{ ) }}", encoding="utf-8")
    assert messages.main(["extract"]) == 1
    assert "broken.html" in capsys.readouterr().err
    assert 'msgid "People"' in messages.CATALOGUE.read_text(encoding="utf-8")
