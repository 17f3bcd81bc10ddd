"""Static files come compressed and stay in the browser; pages do neither."""

from __future__ import annotations

import zlib

from flask.testing import FlaskClient


def test_compresses_style_sheets_and_keeps_them(client: FlaskClient) -> None:
    plain = client.get("/static/css/xinyu.css").data
    packed = client.get("/static/css/xinyu.css?v=1", headers={"Accept-Encoding": "gzip, deflate"})
    assert packed.headers["Content-Encoding"] == "deflate"
    assert packed.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert len(packed.data) < len(plain) / 2
    assert zlib.decompress(packed.data) == plain


def test_keeps_pages_out_of_caches_and_uncompressed(client: FlaskClient) -> None:
    page = client.get("/login", headers={"Accept-Encoding": "gzip"})
    assert page.headers["Cache-Control"] == "no-store"
    assert "Content-Encoding" not in page.headers
