"""Chinese first: whoever has chosen nothing reads Chinese, and who chose English keeps it."""

from __future__ import annotations

from flask.testing import FlaskClient


def test_speaks_chinese_to_a_stranger(client: FlaskClient) -> None:
    page = client.get("/login").text
    assert 'lang="zh-CN"' in page or 'lang="zh-Hans-CN"' in page
    assert "登录" in page


def test_speaks_english_to_who_chose_it(client: FlaskClient) -> None:
    client.post("/language", data={"language": "en"})
    page = client.get("/login").text
    assert 'lang="en"' in page
    assert "登录" not in page.split("<main", 1)[1].split("</main", 1)[0]
