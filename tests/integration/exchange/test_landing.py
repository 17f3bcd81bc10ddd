"""Nothing but the confirmed preview lands, once, also when several confirm at the same moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import clock, files
from app.core.db import atomic, db
from app.core.errors import DomainError, Forbidden, NotFound
from app.core.jobs import RETRY_PAUSE, run_pending
from app.core.turns import Busy
from app.domain.accounts.rules import Actor, system_actor
from app.domain.exchange import background, operations
from app.domain.exchange.models import Import, ImportRow, ImportState, RowState
from app.domain.exchange.operations.landing import DataChanged
from app.domain.outbox.models import Notice
from app.domain.people.models import Person, Posting
from tests.conftest import TODAY
from tests.factories import (
    actor_of,
    get_unit,
    id_number,
    make_account,
    make_actor,
    make_counselor,
    make_school,
)
from tests.integration.exchange.workbooks import (
    ROSTER,
    SCHOOLS,
    as_system,
    plan_of,
    submission,
    teacher,
    workbook,
)


def previewed(data: bytes, actor: Actor | None = None, *, unit: str = "532300") -> int:
    """An import at its preview, as the upload page leaves it."""
    actor = actor or system_actor()
    brought = submission("counselors", data, unit=unit)
    plan = operations.preview(brought, get_unit(unit), actor=actor)
    with atomic():
        batch = operations.submit(brought, files.store(data), actor=actor)
        operations.check(batch.id, plan, actor=actor)
        return batch.id


def as_actor(actor: Actor) -> Callable[[], AbstractContextManager[Actor]]:
    """The transactions of somebody, as the pages begin them."""

    @contextmanager
    def transaction() -> Iterator[Actor]:
        with atomic():
            yield actor

    return transaction


def at_once(app: Flask, acts: list[Callable[[], object]]) -> list[str]:
    """Run the acts in threads that start together; what became of each: done, or the code of its refusal."""
    barrier = Barrier(len(acts))
    results: list[str] = []

    def run(act: Callable[[], object]) -> None:
        with app.app_context(), clock.frozen(TODAY):
            barrier.wait()
            try:
                act()
                results.append("done")
            except DomainError as refusal:
                results.append(refusal.code)
            finally:
                db.session.remove()

    threads = [Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(results)


def test_a_confirmed_preview_lands(session: Session) -> None:
    school = make_school()
    import_id = previewed(workbook(ROSTER, [teacher(1, school.name)]))
    assert session.scalar(select(func.count()).select_from(Person)) == 0
    operations.confirm(import_id, as_system, actor=system_actor())
    assert session.get_one(Import, import_id).state is ImportState.LANDED
    assert session.scalar(select(func.count()).select_from(Posting)) == 1


def test_a_change_elsewhere_meanwhile_does_not_matter(session: Session) -> None:
    school = make_school()
    import_id = previewed(workbook(ROSTER, [teacher(1, school.name)]))
    make_counselor(make_school("530902"), "外人")
    operations.confirm(import_id, as_system, actor=system_actor())
    assert session.get_one(Import, import_id).state is ImportState.LANDED


def test_what_is_no_longer_the_preview_is_shown_again_instead(session: Session) -> None:
    school = make_school()
    import_id = previewed(workbook(ROSTER, [teacher(1, school.name, 姓名="李甲", 职称="高级教师")]))
    make_counselor(school, "李甲", number=id_number(1))
    with pytest.raises(DataChanged):
        operations.confirm(import_id, as_system, actor=system_actor())
    batch = session.get_one(Import, import_id)
    assert (batch.state, batch.counts["created"], batch.counts["changed"]) == (
        ImportState.PREVIEW,
        0,
        1,
    )
    operations.confirm(import_id, as_system, actor=system_actor())
    assert session.get_one(Import, import_id).state is ImportState.LANDED


def test_a_rejected_import_cannot_land(session: Session) -> None:
    import_id = previewed(workbook(ROSTER, [teacher(1, "没有的学校")]))
    assert session.get_one(Import, import_id).state is ImportState.REJECTED
    with pytest.raises(DomainError) as refusal:
        operations.confirm(import_id, as_system, actor=system_actor())
    assert refusal.value.code == "import_settled"


def test_two_officers_confirm_at_once_and_it_lands_once(app: Flask, session: Session) -> None:
    school = make_school()
    import_id = previewed(workbook(ROSTER, [teacher(n, school.name) for n in range(1, 6)]))
    session.rollback()

    def act() -> None:
        operations.confirm(import_id, as_system, actor=system_actor())

    assert at_once(app, [act, act]) == ["done", "import_settled"]
    assert session.scalar(select(func.count()).select_from(Person)) == 5


def test_two_overlapping_imports_at_once_make_nobody_twice(app: Flask, session: Session) -> None:
    school = make_school()
    data = workbook(ROSTER, [teacher(n, school.name) for n in range(1, 6)])
    ids = [previewed(data), previewed(data)]
    session.rollback()

    def act(import_id: int) -> Callable[[], object]:
        return lambda: operations.confirm(import_id, as_system, actor=system_actor())

    assert at_once(app, [act(one) for one in ids]) == ["data_changed", "done"]
    assert session.scalar(select(func.count()).select_from(Person)) == 5
    assert session.scalar(select(func.count()).select_from(Posting)) == 5


def test_a_county_does_not_import_for_another(session: Session) -> None:
    officer = make_actor("county", "532322")
    school = make_school()
    with pytest.raises(Forbidden):
        previewed(workbook(ROSTER, [teacher(1, school.name)]), officer)


def test_a_county_takes_nobody_away_from_another_the_bureau_does(session: Session) -> None:
    old, new = make_school("532322"), make_school()
    person = make_counselor(old, "李甲", number=id_number(1), valid_from=date(2018, 3, 1)).id
    bureau, county = make_actor("bureau", "532300"), make_actor("county", "532301")
    data = workbook(ROSTER, [teacher(1, new.name, 姓名="李甲", 职称="高级教师")])
    import_id = previewed(data, county, unit="532301")
    operations.confirm(import_id, as_actor(county), actor=county)
    assert session.scalars(select(Posting.unit_id)).all() == [old.id]
    row = session.scalars(select(ImportRow)).one()
    assert (row.state, row.warned) == (RowState.UNRESOLVED, True)
    with pytest.raises(NotFound):
        operations.resolve(row.id, person, as_actor(county), actor=county)
    with pytest.raises(DomainError) as refusal:
        operations.resolve(row.id, None, as_actor(county), actor=county)
    assert refusal.value.code == "row_refused"
    operations.resolve(row.id, person, as_actor(bureau), actor=bureau)
    units = session.scalars(select(Posting.unit_id).order_by(Posting.valid_from)).all()
    assert units == [old.id, new.id]


def test_the_keeper_of_the_unit_tree_imports_schools_alone(session: Session) -> None:
    keeper = make_actor("admin", "532300")
    rows = [[1, "楚雄市", "青山小学", "5323010999", "完小", 300, 2, 40.5]]
    brought = submission("schools", workbook(SCHOOLS, rows))
    plan = plan_of(brought)
    with atomic():
        batch = operations.submit(brought, files.store(brought.data), actor=keeper)
        operations.check(batch.id, plan, actor=keeper)
    roster = workbook(ROSTER, [teacher(1, "青山小学")])
    with pytest.raises(Forbidden):
        previewed(roster, keeper)


def test_what_is_kept_of_a_row_is_not_readable_in_the_database(session: Session) -> None:
    school = make_school()
    previewed(workbook(ROSTER, [teacher(1, school.name)]))
    sealed = session.scalars(select(ImportRow.sealed)).one()
    assert "李".encode() not in sealed
    assert id_number(1).encode() not in sealed


@contextmanager
def _later(data: bytes, actor: Actor) -> Iterator[int]:
    brought = submission("counselors", data)
    with atomic():
        batch = operations.submit(brought, files.store(data), actor=actor)
        background.check_later(batch, actor)
        import_id = batch.id
    yield import_id


def test_a_large_workbook_is_checked_and_lands_in_the_background(session: Session) -> None:
    school = make_school()
    officer = actor_of(make_account("bureau", "532300"))
    with _later(workbook(ROSTER, [teacher(1, school.name)]), officer) as import_id:
        assert session.get_one(Import, import_id).state is ImportState.CHECKING
        run_pending()
        assert session.get_one(Import, import_id).state is ImportState.PREVIEW
        with atomic():
            background.confirm_later(import_id, actor=officer)
        run_pending()
        assert session.get_one(Import, import_id).state is ImportState.LANDED
    kinds = session.scalars(select(Notice.kind).order_by(Notice.id)).all()
    assert kinds == ["imports.checked", "imports.landed"]


def test_a_workbook_is_checked_a_little_later_when_others_were_writing(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_arguments: object, **_options: object) -> None:
        raise Busy

    school = make_school()
    officer = actor_of(make_account("bureau", "532300"))
    with _later(workbook(ROSTER, [teacher(1, school.name)]), officer) as import_id:
        with monkeypatch.context() as others:
            others.setattr(background, "think", busy)
            run_pending()
        session.rollback()
        assert session.get_one(Import, import_id).state is ImportState.CHECKING
        with clock.frozen(clock.now() + RETRY_PAUSE):
            run_pending()
        session.rollback()
        assert session.get_one(Import, import_id).state is ImportState.PREVIEW


def test_an_import_and_the_notice_of_it_land_together_or_not_at_all(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    school = make_school()
    officer = actor_of(make_account("bureau", "532300"))
    with _later(workbook(ROSTER, [teacher(1, school.name)]), officer) as import_id:
        run_pending()
        with atomic():
            background.confirm_later(import_id, actor=officer)

        def fail(*_arguments: object, **_options: object) -> None:
            raise OSError("the machine stops here")

        monkeypatch.setattr(background, "notify", fail)
        run_pending()
        assert session.scalar(select(func.count()).select_from(Person)) == 0
        assert session.get_one(Import, import_id).state is not ImportState.LANDED


def test_data_that_changed_before_it_landed_lead_to_a_new_preview_and_a_notice(
    session: Session,
) -> None:
    school, other = make_school(), make_school()
    officer = actor_of(make_account("bureau", "532300"))
    data = workbook(ROSTER, [teacher(1, school.name, 姓名="李甲")])
    with _later(data, officer) as import_id:
        run_pending()
        make_counselor(other, "李甲", number=id_number(1), valid_from=date(2018, 3, 1))
        with atomic():
            background.confirm_later(import_id, actor=officer)
        run_pending()
        assert session.get_one(Import, import_id).state is ImportState.PREVIEW
    kinds = session.scalars(select(Notice.kind).order_by(Notice.id)).all()
    assert kinds == ["imports.checked", "imports.checked"]


def test_a_file_that_is_no_workbook_fails_with_its_reason(session: Session) -> None:
    officer = actor_of(make_account("bureau", "532300"))
    with _later(b"not a workbook", officer) as import_id:
        run_pending()
        batch = session.get_one(Import, import_id)
        assert batch.state is ImportState.FAILED
        assert batch.error
