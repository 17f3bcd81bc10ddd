"""Papers of a placement itself: who adds, who sees, what is refused."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.core.db import atomic, db
from app.domain.accounts.rules import Actor, Role
from app.domain.audit.models import AuditEntry
from app.domain.placements.models import Placement, PlacementFile
from app.domain.placements.operations.paper_files import MOST_PAPERS
from app.domain.placements.rules.words import PlacementStatus
from tests import factories
from tests.semester_factories import Term, make_term
from tests.web.workshops.test_teacher_pages import in_english

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
def term(app: Flask) -> Term:
    with app.app_context():
        return make_term()


@pytest.fixture
def enter(sign_in: Callable[[int], FlaskClient]) -> Callable[[Actor], FlaskClient]:
    return lambda actor: in_english(sign_in(actor.account_id))


def bring(client: FlaskClient, term: Term, name: str = "协议.pdf", data: bytes = PDF):
    return client.post(
        f"/placements/{term.id}/files",
        data={"file": (io.BytesIO(data), name)},
        content_type="multipart/form-data",
    )


def test_trainee_mentor_and_base_school_add_papers_that_the_nominating_county_sees(
    app, term, enter
):
    for actor, name in (
        (term.trainee, "总结.pdf"),
        (term.guide, "协议.pdf"),
        (term.host, "函.pdf"),
    ):
        assert bring(enter(actor), term, name).location == f"/placements/{term.id}/files"
    county = enter(term.county)
    page = county.get(f"/placements/{term.id}/files").get_data(as_text=True)
    addresses = re.findall(rf'href="(/placements/{term.id}/files/\d+)"', page)
    assert len(addresses) == 3
    assert county.get(addresses[0]).data == PDF
    assert 'name="file"' not in page
    with app.app_context():
        assert db.session.query(AuditEntry).filter_by(action="placements.add_paper").count() == 3


def test_county_and_bureau_add_nothing_and_strangers_find_nothing(app, term, enter):
    assert bring(enter(term.county), term).status_code == 403
    assert bring(enter(term.bureau), term).status_code == 403
    with app.app_context():
        stranger = factories.make_actor(Role.COUNTY, "530923")
    assert bring(enter(stranger), term).status_code == 404
    assert enter(stranger).get(f"/placements/{term.id}/files").status_code == 404
    with app.app_context():
        assert db.session.query(PlacementFile).count() == 0


def test_only_who_added_a_paper_takes_it_away(app, term, enter):
    trainee = enter(term.trainee)
    bring(trainee, term)
    with app.app_context():
        number = db.session.query(PlacementFile.id).scalar()
    address = f"/placements/{term.id}/files/{number}"
    assert enter(term.guide).post(f"{address}/remove").status_code == 404
    assert trainee.post(f"{address}/remove").status_code == 302
    assert trainee.get(address).status_code == 404


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("程序.exe", b"MZ\x90\x00" * 40, "not taken"),
        ("录音.mp3", b"ID3\x04\x00\x00" + b"\0" * 64, "Photos and papers are taken here"),
        ("空.pdf", b"", "The file is empty"),
    ],
)
def test_refuses_a_file_of_another_kind(app, term, enter, name, data, words):
    answer = bring(enter(term.trainee), term, name, data)
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)


def test_refuses_more_than_twenty_and_any_once_the_placement_is_over(app, term, enter):
    trainee = enter(term.trainee)
    for number in range(MOST_PAPERS):
        bring(trainee, term, f"{number}.pdf")
    full = bring(trainee, term)
    assert (full.status_code, "at most 20 papers" in full.get_data(as_text=True)) == (422, True)
    with app.app_context(), atomic():
        db.session.get_one(Placement, term.id).status = PlacementStatus.WITHDRAWN
    over = bring(trainee, term)
    assert over.status_code == 422
    assert 'name="file"' not in over.get_data(as_text=True)
    with app.app_context():
        assert db.session.query(PlacementFile).count() == MOST_PAPERS
