"""Two records of a person are merged between the moment somebody applies and the moment of the seat."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.db import atomic, db
from app.core.errors import NotFound
from app.domain.accounts.rules import system_actor
from app.domain.personal_data.operations.merging import merge_people
from app.domain.workshops.models import Enrolment
from app.domain.workshops.operations import enrolling_together
from app.domain.workshops.operations.enrolling import enrol
from app.domain.workshops.queries.candidates import Application, read_application
from tests import factories as make
from tests.workshop_factories import make_session, make_wish, make_workshop


def _applied_and_merged(*, planned: bool) -> Application:
    school = make.make_school()
    kept, merged = make.make_counselor(school), make.make_counselor(school)
    ids = kept.id, merged.id
    workshop = make_workshop()
    if planned:
        make_session(workshop, clock.now() + timedelta(days=20))
    application = read_application(workshop, merged.id)
    db.session.rollback()
    with atomic():
        merge_people(*ids, take=(), reason="同一人", actor=system_actor("test"))
    return application


@pytest.mark.parametrize("planned", [True, False], ids=["with sessions", "without"])
def test_a_record_that_was_merged_away_gets_no_seat(
    session: Session, monkeypatch: pytest.MonkeyPatch, planned: bool
) -> None:
    application = _applied_and_merged(planned=planned)
    with pytest.raises(NotFound), atomic():
        enrol(application, actor=system_actor("test"))
    actor = make.actor_of(make.make_account("teacher", make.LUFENG))
    read_before = {actor.account_id: application}
    monkeypatch.setattr(enrolling_together, "list_own_applications", lambda *_asked: read_before)
    with atomic():
        wish = make_wish(application.workshop_id, actor)
        assert enrolling_together.enrol_together([wish]) == [None]
    assert session.scalar(select(func.count()).select_from(Enrolment)) == 0
