"""Xinyu 心育: how an education bureau trains, certifies and counts its mental-health-education teachers."""

from __future__ import annotations

from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask
from flask_babel import Babel
from flask_mail import Mail
from sqlalchemy.orm import Session

from app.access.languages import reader_locale
from app.cli import register_commands
from app.config import PROJECT_ROOT, Settings, read_settings
from app.core import addresses, clock, crypto, files, media, resumable, wakeups
from app.core.db import db, prepare_engine
from app.core.documents import paper_keys
from app.core.errors import explain_late
from app.core.reading import ask_rested_connections, install_reading_events
from app.core.versions import install_version_events
from app.domain import registry as _registry  # noqa: F401  every table is known before the first query
from app.domain.outbox.channels import register_channel
from app.mailing import MailChannel

if TYPE_CHECKING:
    from flask_migrate import Migrate

install_version_events(Session)
install_reading_events(Session)
wakeups.install_wake_events(Session)


def create_app(settings: Settings | None = None, *, pages: bool = True) -> Flask:
    """Build the application: settings, extensions, commands and, unless it is for a command, pages and API."""
    settings = settings or read_settings()
    app = Flask(
        "app",
        root_path=str(PROJECT_ROOT / "app"),
        template_folder=str(PROJECT_ROOT / "templates"),
        static_folder=str(PROJECT_ROOT / "static"),
        instance_path=str(settings.instance.resolve()),
    )
    app.config.from_mapping(flask_configuration(settings))
    app.extensions["settings"] = settings
    Path(app.instance_path).mkdir(parents=True, exist_ok=True)
    _configure_core(settings)
    _start_extensions(app)
    load_everything = partial(_add_pages, app)
    register_commands(app, load_everything)
    explain_late(load_everything)
    if pages:
        _add_pages(app)
    return app


def _add_pages(app: Flask) -> None:
    # They are two thirds of all that there is to load, and most commands show none.
    from app.pages import add_pages

    add_pages(app)


class Migrations:
    """What ``flask db`` asks for. Alembic comes only then: no server and no other command needs it."""

    db = db
    directory = str(PROJECT_ROOT / "migrations")

    @cached_property
    def migrate(self) -> Migrate:
        from flask_migrate import Migrate

        return Migrate(db=db, directory=self.directory, render_as_batch=True)


def flask_configuration(settings: Settings) -> dict[str, Any]:
    """The settings under the names Flask and its extensions read."""
    return {
        "SECRET_KEY": settings.secret_key,
        "TESTING": settings.environment == "testing",
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": engine_options(settings.database_url),
        "MAX_CONTENT_LENGTH": (settings.upload_megabytes + 1) * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "SESSION_COOKIE_NAME": "xinyu",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.is_production,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_ENABLED": settings.environment != "testing",
        "BABEL_DEFAULT_LOCALE": "zh_CN",
        "BABEL_DEFAULT_TIMEZONE": settings.timezone,
        "BABEL_TRANSLATION_DIRECTORIES": str(PROJECT_ROOT / "translations"),
        "RATELIMIT_STORAGE_URI": settings.redis_url
        or f"machine://{settings.instance.resolve() / 'limits.db'}",
        "RATELIMIT_ENABLED": settings.environment != "testing",
        "MAIL_SERVER": settings.mail.host or "",
        "MAIL_PORT": settings.mail.port,
        "MAIL_USERNAME": settings.mail.username,
        "MAIL_PASSWORD": settings.mail.password,
        "MAIL_USE_TLS": settings.mail.use_tls,
        "MAIL_USE_SSL": settings.mail.use_ssl,
        "MAIL_DEFAULT_SENDER": settings.mail.sender,
        "MAIL_SUPPRESS_SEND": False,
        # Static files only: pages hold tokens, and compressing those beside what others send leaks them (BREACH).
        "COMPRESS_MIMETYPES": ["text/css", "text/javascript", "image/svg+xml"],
        "COMPRESS_ALGORITHM_STREAMING": ["br", "deflate"],
        "COMPRESS_REGISTER": False,  # blueprints.responses asks it for static files
    }


def engine_options(url: str) -> dict[str, Any]:
    """A connection for each thread of one worker, and some; SQLite waits in its own busy handler."""
    if url.startswith("sqlite"):
        return {
            "pool_size": 16,
            "pool_use_lifo": True,
            "connect_args": {"timeout": 15, "check_same_thread": False},
        }
    return {"pool_size": 16, "pool_use_lifo": True, "max_overflow": 4}


def _configure_core(settings: Settings) -> None:
    addresses.configure(settings.base_url)
    clock.configure(settings.timezone)
    crypto.configure(settings.field_keys, settings.secret_key)
    files.configure(settings.instance / "files")
    media.configure(settings.instance / "media")
    paper_keys.configure(settings.pdf_certificate, settings.pdf_certificate_password)
    resumable.configure(settings.instance / "uploads")
    testing = settings.environment == "testing"
    wakeups.configure(None if testing else settings.instance, settings.redis_url)


def _start_extensions(app: Flask) -> None:
    db.init_app(app)
    app.extensions["migrate"] = Migrations()
    Babel(app, locale_selector=reader_locale)
    Mail(app)
    register_channel(MailChannel())
    with app.app_context():
        for engine in db.engines.values():
            prepare_engine(engine)
            ask_rested_connections(engine)
