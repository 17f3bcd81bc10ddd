"""A real browser against a real server with the demonstration data."""

from __future__ import annotations

import os
import shutil
import threading
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from flask import Flask
from flask_migrate import upgrade
from playwright.sync_api import Browser, Page, expect, sync_playwright
from werkzeug.serving import make_server

from app import create_app
from app.cli.demo import PASSWORD
from app.config import PROJECT_ROOT, MailSettings, Settings
from app.core.db import atomic, db
from app.domain.accounts.models import Account
from app.domain.accounts.passwords import hash_password
from app.domain.accounts.rules import PRIVACY_VERSION, Actor
from tests.databases import TEST_FIELD_KEY, TEST_SECRET

CHROMIUM = next(
    (path for path in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if path),
    None,
)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=zh-CN",
]
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1366, "height": 900}
# A busy machine is slow, and what never comes fails as well after half a minute.
expect.set_options(timeout=30_000)
AXE = PROJECT_ROOT / "node_modules" / "axe-core" / "axe.min.js"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A missing browser is told loudly, and in CI it is a failure."""
    if CHROMIUM is not None or os.environ.get("CI"):
        return
    warnings.warn("No Chromium on this machine: the browser tests are skipped.", stacklevel=1)
    for item in items:
        if "/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.skip(reason="no Chromium on this machine"))


def _settings(database: Path, instance: Path) -> Settings:
    return Settings(
        environment="single",
        instance=instance,
        database_url=f"sqlite:///{database}",
        secret_key=TEST_SECRET,
        field_keys=[TEST_FIELD_KEY],
        base_url="http://127.0.0.1",
        mail=MailSettings(),
    )


@pytest.fixture(scope="session")
def demo_template(shared_folder: Path) -> Path:
    """An instance folder with a database of the demonstration data, made once for all workers."""
    folder = shared_folder / "demo-instance"
    with FileLock(shared_folder / "demo-instance.lock"):
        if not (folder / "ready").exists():
            folder.mkdir(exist_ok=True)
            app = create_app(_settings(folder / "demo.db", folder))
            with app.app_context():
                upgrade()
                result = app.test_cli_runner().invoke(args=["demo", "load"])
                assert result.exit_code == 0, result.output
                db.engine.dispose()
            (folder / "ready").touch()
    return folder


@dataclass(frozen=True)
class Live:
    """A running server: its address, and its application for looking into the database."""

    address: str
    app: Flask


@pytest.fixture
def live(demo_template: Path, tmp_path: Path) -> Iterator[Live]:
    """The application with its own copy of the demonstration data, served on a free port."""
    instance = tmp_path / "instance"
    shutil.copytree(demo_template, instance)
    app = create_app(_settings(instance / "demo.db", instance))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Live(f"http://127.0.0.1:{server.server_port}", app)
    finally:
        server.shutdown()
        thread.join(timeout=10)
        with app.app_context():
            db.engine.dispose()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, live: Live) -> Iterator[OpenPage]:
    """Open a page in a context of its own; a script error on it fails the test."""
    contexts = []
    errors: list[str] = []

    def open_one(size: dict[str, int] = DESKTOP, **options: Any) -> Page:
        mobile = size["width"] < 600
        context = browser.new_context(
            viewport=size,
            base_url=live.address,
            locale="zh-CN",
            is_mobile=mobile,
            has_touch=mobile,
            **options,  # type: ignore[arg-type]
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert errors == []


def let_sign_in(*actors: Actor) -> None:
    """Accounts of factories get the demonstration's password, and have read what becomes of their data."""
    password = hash_password(PASSWORD)
    with atomic():
        for actor in actors:
            account = db.session.get_one(Account, actor.account_id)
            account.password_hash = password
            account.privacy_version = PRIVACY_VERSION


def sign_in(page: Page, username: str) -> None:
    """Sign in as a demonstration account, as a person does."""
    page.goto("/login")
    page.fill("#username", username)
    page.fill("#password", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_load_state()
    if "privacy" in page.url:
        page.click("main button[type=submit]")
        page.wait_for_load_state()


def check_accessibility(page: Page, part: str = "") -> None:
    """No serious or critical violation that axe-core can find; with ``part`` (a selector) only in there."""
    page.evaluate(
        AXE.read_text()
    )  # not as a script tag: our own pages refuse scripts from elsewhere
    result = page.evaluate(
        "part => axe.run(part || document, {resultTypes: ['violations'], preload: false})", part
    )
    found = [
        f"{item['id']}: {item['help']} ({item['nodes'][0]['html'][:160]})"
        for item in result["violations"]
        if item["impact"] in {"serious", "critical"}
    ]
    assert found == [], f"{page.url}: {found}"
