"""What a worker does once before it answers: the first reader need not wait for statements to be built."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from app.core import clock
from app.core.db import db
from app.domain.statistics.ledger import read_ledger
from app.domain.units.models import Unit


def warm(app: Flask) -> None:
    """Compute one ledger, so that its statements are built and compiled. A database that does not answer is no reason
    not to start: /healthz says so.
    """
    with app.app_context():
        try:
            root = db.session.scalar(select(Unit.id).order_by(Unit.id).limit(1))
            if root is not None:
                read_ledger(root, as_of=clock.today())
        except SQLAlchemyError as error:
            app.logger.warning("the database does not answer yet: %s", type(error).__name__)
        finally:
            db.session.rollback()
            db.engine.dispose()
