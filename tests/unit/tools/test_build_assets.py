"""Icons become one file of symbols; a misspelt name is told."""

from pathlib import Path

import pytest

from tools import build_assets

USER = (
    '<svg xmlns="http://www.w3.org/2000/svg" class="icon">\n'
    f'  {build_assets.BOUNDS}\n  <path d="M8 7" />\n  <path d="M6 21" />\n</svg>'
)


@pytest.fixture
def icons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "@tabler" / "icons" / "icons"
    for kind in ("outline", "filled"):
        (folder / kind).mkdir(parents=True)
    (folder / "outline" / "user.svg").write_text(USER, encoding="utf-8")
    (folder / "filled" / "star.svg").write_text(USER, encoding="utf-8")
    monkeypatch.setattr(build_assets, "PACKAGES", tmp_path)
    return folder


def test_an_icon_becomes_a_symbol_without_its_invisible_bounds(icons: Path) -> None:
    sheet = build_assets.icon_sheet(["user", "star-filled"])
    assert '<symbol id="user" viewBox="0 0 24 24" fill="none" stroke="currentColor"' in sheet
    assert '<path d="M8 7" /> <path d="M6 21" /></symbol>' in sheet
    assert '<symbol id="star-filled" viewBox="0 0 24 24" fill="currentColor"' in sheet
    assert "M0 0h24" not in sheet


def test_refuses_an_unknown_icon_and_names_the_nearest(icons: Path) -> None:
    with pytest.raises(build_assets.BuildError, match="no icon 'users'; there is: user"):
        build_assets.symbol("users")
