"""The packages' host: nothing but packages, for nobody in particular; and no package on the pages' host."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import Client, TestResponse

from app.blueprints.package_site import PackageAddresses, PackageSite
from app.blueprints.package_site.files import type_of
from app.core import clock, media
from app.domain.accounts.rules import Role
from tests import factories as make
from tests.conftest import TODAY

SignIn = Callable[[int], FlaskClient]
PAGES, PACKAGES = "http://localhost", "http://127.0.0.1"
FILM = bytes(range(256)) * 20_000  # 5 MB


@pytest.fixture
def token(app: Flask, tmp_path: Path) -> str:
    """Opens a package with a page, a film, and files that would be harmful elsewhere."""
    folder = tmp_path / "made"
    (folder / "媒体").mkdir(parents=True)
    (folder / "index.html").write_text("<h1>课件</h1>")
    (folder / "媒体" / "film.mp4").write_bytes(FILM)
    (folder / "run.php").write_text("<?php echo 1 ?>")
    (folder / "link.html").symlink_to("/etc/passwd")
    return addresses(app).token(media.keep_folder(folder))


def addresses(app: Flask) -> PackageAddresses:
    found = app.extensions["package_addresses"]
    assert isinstance(found, PackageAddresses)
    return found


@pytest.fixture
def ask(app: Flask) -> Callable[..., TestResponse]:
    """Ask the packages' host."""
    client = app.test_client()
    return lambda path, method="GET", **more: client.open(
        path, method=method, base_url=PACKAGES, **more
    )


def test_gives_the_files_of_a_package(ask: Callable[..., TestResponse], token: str) -> None:
    answer = ask(f"/packages/files/{token}/index.html")
    assert (answer.status_code, answer.content_type, answer.text) == (
        200,
        "text/html",
        "<h1>课件</h1>",
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    policy = answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'self' http://localhost" in policy
    assert "form-action 'none'" in policy
    assert "object-src 'none'" in policy
    assert "connect-src 'self' data: blob:" in policy
    assert "Set-Cookie" not in answer.headers


def test_gives_types_by_the_name_and_runs_nothing(
    ask: Callable[..., TestResponse], token: str
) -> None:
    assert type_of("A.JS") == "text/javascript"
    assert type_of("x.exe") == "application/octet-stream"
    answer = ask(f"/packages/files/{token}/run.php")
    assert (answer.content_type, answer.text) == ("application/octet-stream", "<?php echo 1 ?>")


def test_gives_large_files_in_stretches(ask: Callable[..., TestResponse], token: str) -> None:
    address = f"/packages/files/{token}/媒体/film.mp4"
    part = ask(address, headers={"Range": "bytes=1000-"})
    assert part.status_code == 206
    assert part.headers["Content-Range"] == f"bytes 1000-{1000 + 2 * 1024 * 1024 - 1}/{len(FILM)}"
    assert part.data == FILM[1000 : 1000 + 2 * 1024 * 1024]
    whole = ask(address)
    assert (whole.status_code, whole.data) == (200, FILM)
    again = ask(address, headers={"If-None-Match": whole.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    "name",
    [
        "",
        "gone.html",
        "../index.html",
        "%2e%2e/index.html",
        "媒体",
        "link.html",
        "a\\b",
        "/etc/passwd",
        "index.html/",
    ],
)
def test_gives_nothing_but_files_of_the_package(
    ask: Callable[..., TestResponse], token: str, name: str
) -> None:
    assert ask(f"/packages/files/{token}/{name}").status_code == 404


def test_gives_nothing_without_a_token_that_is_good(
    app: Flask, ask: Callable[..., TestResponse], token: str
) -> None:
    # Not the last character: some of its bits mean nothing.
    changed = token[:-9] + ("A" if token[-9] != "A" else "B") + token[-8:]
    for forged in ("x", changed, "WzEsMl0.abc", ""):
        assert ask(f"/packages/files/{forged}/index.html").status_code == 404
        assert ask(f"/packages/frame/{forged}?standard=scorm12").status_code == 404
    with clock.frozen(TODAY + timedelta(hours=13)):
        assert ask(f"/packages/files/{token}/index.html").status_code == 404
    with clock.frozen(TODAY + timedelta(hours=5)):
        assert ask(f"/packages/files/{token}/index.html").status_code == 200


def test_refuses_service_workers_which_would_stay(
    ask: Callable[..., TestResponse], token: str
) -> None:
    headers = {"Service-Worker": "script"}
    assert ask(f"/packages/files/{token}/index.html", headers=headers).status_code == 404


def test_gives_the_frame_with_the_run_time(ask: Callable[..., TestResponse], token: str) -> None:
    answer = ask(f"/packages/frame/{token}?standard=scorm2004")
    assert answer.status_code == 200
    assert 'data-pages="http://localhost"' in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert policy.endswith("frame-ancestors http://localhost")
    assert ask(f"/packages/frame/{token}?standard=other").status_code == 404
    for part in ("scorm12.js", "scorm2004.js", "frame.js", "frame.css"):
        assert ask(f"/packages/run-time/{part}").status_code == 200
    for other in ("../js/xinyu.js", "xinyu.js", ""):
        assert ask(f"/packages/run-time/{other}").status_code == 404


def test_shows_no_page_and_takes_no_act_on_the_packages_host(
    app: Flask, sign_in: SignIn, client: FlaskClient
) -> None:
    with app.app_context():
        account_id = make.make_account(Role.BUREAU, make.LINCANG).id
    client = sign_in(account_id)
    framed = {"Sec-Fetch-Dest": "iframe"}
    for path in (
        "/",
        "/people/",
        "/login",
        "/healthz",
        "/static/js/xinyu.js",
        "/api/v1/me",
        "/courses/",
    ):
        assert client.get(path, base_url=PACKAGES, headers=framed).status_code == 404, path
        assert client.post(path, base_url=PACKAGES).status_code == 404, path
        answer = client.get(path, base_url=PACKAGES)
        assert (answer.status_code, answer.headers["Location"]) == (302, PAGES + path)
        assert "Set-Cookie" not in answer.headers


def test_shows_no_package_on_the_pages_host(client: FlaskClient, token: str) -> None:
    for path in (
        f"/packages/files/{token}/index.html",
        f"/packages/frame/{token}?standard=scorm12",
        "/packages/run-time/frame.js",
    ):
        assert client.get(path, base_url=PAGES).status_code == 404


def test_lets_pages_show_frames_of_the_packages_host_only(client: FlaskClient) -> None:
    policy = client.get("/login").headers["Content-Security-Policy"]
    assert policy.endswith("; frame-src 'self' http://127.0.0.1:*")
    assert "script-src 'self';" in policy


def test_hands_films_to_the_server_in_front_but_never_pages(app: Flask, token: str) -> None:
    static = Path(app.static_folder or "")
    site = PackageSite(app.wsgi_app, addresses(app), static, https=True, accel="/kept")
    client = Client(site)
    film = client.get(f"/packages/files/{token}/媒体/film.mp4", base_url=PACKAGES)
    assert film.headers["X-Accel-Redirect"].startswith("/kept/")
    assert film.headers["X-Accel-Redirect"].endswith("/%E5%AA%92%E4%BD%93/film.mp4")
    assert (film.data, film.content_type) == (b"", "video/mp4")
    page = client.get(f"/packages/files/{token}/index.html", base_url=PACKAGES)
    assert "X-Accel-Redirect" not in page.headers
    assert page.text == "<h1>课件</h1>"
    assert page.headers["Strict-Transport-Security"] == "max-age=31536000"
