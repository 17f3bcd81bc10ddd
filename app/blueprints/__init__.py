"""How the system meets a browser. An area is registered by its line in ``AREAS``."""

from __future__ import annotations

from importlib import import_module

from flask import Flask

from app.access.session import before_request
from app.blueprints.impossible import BoundedJSON, refuse_the_impossible
from app.blueprints.responses import register_error_pages, register_security
from app.blueprints.template_helpers import register_template_helpers

# blueprint module -> where it lives in the address space
AREAS: dict[str, str] = {
    "pages": "",
    "health": "",
    "home": "",
    "accounts": "",
    "inbox": "/inbox",
    "jobs": "/jobs",
    "units": "/units",
    "people": "/people",
    "posting_changes": "/posting-changes",
    "studios": "/studios",
    "designations": "/designations",
    "trainings": "/trainings",
    "duties": "/duties",
    "credentials": "/credentials",
    "certificates": "/certificates",
    "gaps": "/gaps",
    "imports": "/imports",
    "counties": "/counties",
    "workshops": "/workshops",
    "placements": "/placements",
    "courses": "/courses",
    "calendar": "/calendar",
    "check_in": "/check-in",
    "uploads": "/uploads",
    "slips": "/slips",
    "verify": "/verify",
    "well_known": "",
    "signing_keys": "/signing-keys",
    "users": "/users",
    "audit": "/audit",
}


def register_blueprints(app: Flask) -> None:
    """Every area's pages, the error pages, the security headers and what templates may call."""
    app.json = BoundedJSON(app)
    app.before_request(before_request)
    app.before_request(refuse_the_impossible)
    register_template_helpers(app)
    register_error_pages(app)
    register_security(app)
    for area, prefix in AREAS.items():
        module = import_module(f"app.blueprints.{area}")
        app.register_blueprint(module.blueprint, url_prefix=prefix or None)
