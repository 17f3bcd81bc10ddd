"""A certificate on the measured server, and the address in its QR code."""

from __future__ import annotations

from urllib.parse import urlsplit

from sqlalchemy import select

from app import create_app
from app.config import read_settings
from app.core.db import db
from app.domain.certificates.facts import address_of
from app.domain.people.models import Person
from tests.issued_factories import make_certificate


def certificate_address(settings: dict[str, str]) -> str:
    """Path and query of the page that verifies one certificate."""
    app = create_app(read_settings(settings))
    with app.app_context():
        person = db.session.scalars(select(Person).order_by(Person.id)).first()
        if person is None:
            raise RuntimeError("the demonstration data has no people")
        certificate = make_certificate(person)
        parts = urlsplit(address_of(certificate, certificate.key.name))
    return f"{parts.path}?{parts.query}"
