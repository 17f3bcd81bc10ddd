"""What answers requests: the pages, the API and the host of packages. A command loads none of it until it must."""

from __future__ import annotations

from importlib import import_module

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app.access import enrolling
from app.access.cookies import CookieSessions
from app.api import register_api
from app.blueprints import register_blueprints
from app.blueprints.package_site import PackageAddresses, PackageSite
from app.config import PROJECT_ROOT, Settings
from app.extensions import compress, csrf, limiter, login_manager

# Others import these late, for commands. Here no reader shall wait for them, and what is loaded now is never looked
# through for garbage (wsgi).
for _name in ("huey", "pypinyin"):
    import_module(_name)


def add_pages(app: Flask) -> None:
    """Put them on the application; what is there already stays."""
    if "package_addresses" in app.extensions:
        return
    settings: Settings = app.extensions["settings"]
    app.session_interface = CookieSessions()
    _keep_packages_apart(app, settings)
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies
        )
    for extension in (login_manager, csrf, limiter, compress):
        extension.init_app(app)
    register_blueprints(app)
    register_api(app)
    enrolling.install(app, settings)


def _keep_packages_apart(app: Flask, settings: Settings) -> None:
    """What is asked of the packages' host never reaches the pages (blueprints.package_site)."""
    addresses = PackageAddresses(settings)
    app.extensions["package_addresses"] = addresses
    app.wsgi_app = PackageSite(  # type: ignore[method-assign]
        app.wsgi_app,
        addresses,
        PROJECT_ROOT / "static",
        https=settings.is_production,
        accel=settings.accel,
    )
