"""Templates from draft to published to retired, and the pictures they use; on both databases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock, files
from app.core.db import atomic, db
from app.core.errors import DomainError, InvalidInput, NotFound
from app.domain.accounts.rules import Actor
from app.domain.audit.models import AuditEntry
from app.domain.certificates.models import CertificateImage, CertificateTemplate, TemplateVersion
from app.domain.certificates.operations import templates as operations
from app.domain.certificates.operations.images import add_image, check_image, remove_image
from app.domain.certificates.operations.looking import paper_of
from app.domain.certificates.operations.templates import Seen
from app.domain.certificates.queries.batches import list_usable_templates
from app.domain.certificates.queries.templates import (
    TemplateFilter,
    find_version,
    get_template,
    list_templates,
    list_versions,
)
from app.domain.certificates.rules.designs import (
    Design,
    Orientation,
    Seal,
    Text,
    from_data,
)
from app.domain.certificates.rules.words import CertificateKind, ImagePurpose, TemplateStatus
from tests import certificate_factories as certs
from tests import factories as make
from tests.certificate_factories import DESIGN, make_template
from tests.concurrency import at_once
from tests.pictures import phone_photo


@pytest.fixture
def bureau(session: Session) -> Actor:
    return make.make_actor("bureau", make.CHUXIONG)


@pytest.fixture
def county(session: Session) -> Actor:
    return make.make_actor("county", make.LUFENG)


def _new(actor: Actor, title: str = "结业证书") -> int:
    with atomic():
        return operations.new_template(
            title, CertificateKind.COMPLETION, Orientation.LANDSCAPE, actor=actor
        ).id


def _draft(template_id: int) -> TemplateVersion:
    found = find_version(template_id, TemplateStatus.DRAFT)
    assert found is not None
    db.session.refresh(found)
    return found


def _seen(template_id: int) -> Seen:
    draft = _draft(template_id)
    return Seen(draft.id, draft.row_version)


def _save(template_id: int, design: Design, actor: Actor) -> None:
    seen = _seen(template_id)
    with atomic():
        operations.save_draft(template_id, design, seen=seen, actor=actor)


def _publish(template_id: int, actor: Actor) -> None:
    seen = _seen(template_id)
    with atomic():
        operations.publish(template_id, seen=seen, actor=actor)


def _picture(actor: Actor, purpose: ImagePurpose = ImagePurpose.SEAL) -> int:
    checked = check_image(phone_photo("red", (1200, 1200)), "章.jpg", purpose, "")
    key = files.store(checked.data)
    with atomic():
        return add_image(checked, key, actor=actor).id


def _with_seal(image_id: int) -> Design:
    return replace(DESIGN, seal=Seal(200, 140, 40, image_id))


def _code(act: Callable[[], object]) -> str:
    with pytest.raises(DomainError) as refused, atomic():
        act()
    return refused.value.code


def test_a_copy_of_a_ready_made_one_is_changed_published_and_offered(
    bureau: Actor, county: Actor
) -> None:
    ready = db.session.scalars(
        select(CertificateTemplate).where(CertificateTemplate.code == "completion")
    ).one()
    with atomic():
        template_id = operations.copy_template(ready.id, actor=bureau).id
    assert template_id not in {one.id for one in list_usable_templates(bureau.unit_path)}
    with pytest.raises(NotFound):
        get_template(template_id, scope=county.unit_path)  # a draft is nobody else's business
    _save(template_id, DESIGN, bureau)
    _publish(template_id, bureau)
    for unit in (bureau, county):
        assert template_id in {one.id for one in list_usable_templates(unit.unit_path)}
    elsewhere = make.make_actor("bureau", make.LINCANG)
    assert template_id not in {one.id for one in list_usable_templates(elsewhere.unit_path)}
    with pytest.raises(NotFound):
        get_template(template_id, scope=elsewhere.unit_path)
    actions = db.session.scalars(
        select(AuditEntry.action)
        .where(AuditEntry.object_type == "certificate_template")
        .order_by(AuditEntry.id)
    ).all()
    assert actions == [
        "certificates.copy_template",
        "certificates.save_template",
        "certificates.publish_template",
    ]


def test_what_is_published_stays_and_a_batch_keeps_its_version(bureau: Actor) -> None:
    template_id = _new(bureau)
    _publish(template_id, bureau)
    template = db.session.get_one(CertificateTemplate, template_id)
    people, _key = certs.make_trained()
    batch_id = certs.draft(bureau, template, person_ids=[people[0].id])
    first = certs.batch_of(batch_id).version
    before = first.design
    with atomic():
        assert operations.start_draft(template_id, actor=bureau).number == 2
    changed = replace(DESIGN, texts=(*DESIGN.texts, Text("新版", 20, 110, 50)))
    _save(template_id, changed, bureau)
    _publish(template_id, bureau)
    assert certs.batch_of(batch_id).version.number == 1
    assert [(row[0].number, row[0].status) for row in _versions(template, bureau)] == [
        (2, TemplateStatus.PUBLISHED),
        (1, TemplateStatus.RETIRED),
    ]
    db.session.refresh(first)
    assert first.design == before
    made = certs.issue(batch_id, bureau)
    assert made[0].version_id == first.id
    assert [row.issued for row in _versions(template, bureau)] == [0, 1]
    again = certs.draft(bureau, template, title="另一次", person_ids=[people[0].id])
    assert certs.batch_of(again).version.number == 2


def _versions(template: CertificateTemplate, actor: Actor) -> Sequence[Any]:
    return list_versions(template, scope=actor.unit_path)


def test_a_design_with_faults_is_kept_as_a_draft_and_not_published(bureau: Actor) -> None:
    template_id = _new(bureau)
    faulty = replace(DESIGN, texts=(*DESIGN.texts, Text("{age}\ue000", 290, 20, 50)))
    _save(template_id, faulty, bureau)
    seen = _seen(template_id)
    with pytest.raises(DomainError) as refused, atomic():
        operations.publish(template_id, seen=seen, actor=bureau)
    assert refused.value.code == "bad_design"
    told = str(refused.value.message)
    assert "{age}" in told
    assert "{id_number}" in told  # what exists
    assert "\ue000" in told
    assert from_data(_draft(template_id).design) == faulty
    endless = replace(DESIGN, texts=(Text("字", float("nan"), 20, 50),))
    assert _code(lambda: operations.save_draft(template_id, endless, seen=seen, actor=bureau)) == (
        "design_endless"
    )


def test_of_two_who_save_at_once_the_second_is_told_and_overwrites_nothing(
    app: Flask, bureau: Actor
) -> None:
    template_id = _new(bureau)
    seen = _seen(template_id)
    designs = [replace(DESIGN, texts=(*DESIGN.texts, Text(word, 20, 110, 50))) for word in "甲乙"]
    db.session.rollback()

    def saving(design: Design) -> Callable[[], object]:
        return lambda: operations.save_draft(template_id, design, seen=seen, actor=bureau)

    assert at_once(app, *(saving(one) for one in designs)) == ["done", "stale_version"]
    assert from_data(_draft(template_id).design) in designs
    loser = replace(DESIGN, texts=(*DESIGN.texts, Text("丙", 20, 110, 50)))
    with atomic():
        apart = operations.keep_apart(template_id, loser, actor=bureau)
        assert apart.title == "结业证书（2）"
    assert from_data(_draft(apart.id).design) == loser


def test_of_two_who_publish_or_begin_at_once_one_version_comes(app: Flask, bureau: Actor) -> None:
    template_id = _new(bureau)
    seen = _seen(template_id)
    db.session.rollback()

    def publish() -> None:
        operations.publish(template_id, seen=seen, actor=bureau)

    def begin() -> None:
        operations.start_draft(template_id, actor=bureau)

    assert at_once(app, publish, publish) == ["done", "no_draft"]
    assert at_once(app, begin, begin) == ["done", "done"]
    template = db.session.get_one(CertificateTemplate, template_id)
    assert [row[0].status for row in _versions(template, bureau)] == [
        TemplateStatus.DRAFT,
        TemplateStatus.PUBLISHED,
    ]


def test_a_draft_given_up_is_never_taken_for_the_next_one(bureau: Actor) -> None:
    template_id = _new(bureau)
    assert _code(lambda: operations.discard_draft(template_id, actor=bureau)) == "only_version"
    _publish(template_id, bureau)
    with atomic():
        operations.start_draft(template_id, actor=bureau)
    seen = _seen(template_id)
    with atomic():
        operations.discard_draft(template_id, actor=bureau)
    with atomic():
        assert operations.start_draft(template_id, actor=bureau).number == 3
    assert (
        _code(lambda: operations.save_draft(template_id, DESIGN, seen=seen, actor=bureau))
        == "stale_version"
    )
    template = db.session.get_one(CertificateTemplate, template_id)
    assert [row[0].number for row in _versions(template, bureau)] == [3, 1]


def test_a_county_reads_and_copies_what_the_prefecture_published_without_its_seal(
    bureau: Actor, county: Actor
) -> None:
    template_id = _new(bureau)
    seal = _picture(bureau)
    background = _picture(bureau, ImagePurpose.BACKGROUND)
    _save(template_id, replace(_with_seal(seal), background_id=background), bureau)
    _publish(template_id, bureau)
    for act in (
        lambda: operations.start_draft(template_id, actor=county),
        lambda: operations.discard_draft(template_id, actor=county),
        lambda: operations.retire(template_id, clock.today(), "不用了", actor=county),
    ):
        assert _code(act) == "not_own"
    with atomic():
        copied = operations.copy_template(template_id, actor=county).id
    design = from_data(_draft(copied).design)
    assert (design.background_id, design.seal) == (background, Seal(200, 140, 40))
    stolen = _with_seal(seal)
    seen = _seen(copied)
    assert (
        _code(lambda: operations.save_draft(copied, stolen, seen=seen, actor=county)) == "no_image"
    )
    rows = list_templates(TemplateFilter(county.unit_path)).items
    titles = [(row.CertificateTemplate.unit_id, row.current, row.draft) for row in rows]
    assert titles[:2] == [(county.unit_id, None, 1), (bureau.unit_id, 1, None)]
    assert {unit_id for unit_id, _current, _draft in titles[2:]} == {None}


def test_a_retired_template_is_offered_until_its_day_and_can_come_back(bureau: Actor) -> None:
    template = make_template(bureau.unit_id)

    def offered() -> bool:
        return template.id in {one.id for one in list_usable_templates(bureau.unit_path)}

    with pytest.raises(InvalidInput), atomic():
        operations.retire(template.id, clock.today() - timedelta(1), "迟了", actor=bureau)
    with pytest.raises(InvalidInput), atomic():
        operations.retire(template.id, clock.today(), "  ", actor=bureau)
    with atomic():
        operations.retire(template.id, clock.today() + timedelta(2), "换新样式", actor=bureau)
    assert offered()
    with clock.frozen(clock.now() + timedelta(2)):
        assert not offered()
        with pytest.raises(NotFound):
            certs.draft(bureau, template, person_ids=[])
        assert _code(lambda: operations.start_draft(template.id, actor=bureau)) == "retired"
        with atomic():
            operations.bring_back(template.id, actor=bureau)
        assert offered()
    assert _code(lambda: operations.bring_back(template.id, actor=bureau)) == "in_use"


def test_titles_of_a_unit_are_its_own_and_changes_are_not_lost(bureau: Actor) -> None:
    first, second = _new(bureau, "甲"), _new(bureau, "乙")
    kind = CertificateKind.HOURS
    assert (
        _code(
            lambda: operations.change_template(second, "甲", kind, row_version=None, actor=bureau)
        )
        == "title_taken"
    )
    with atomic():
        operations.change_template(first, "丙", kind, row_version=1, actor=bureau)
    assert (
        _code(lambda: operations.change_template(first, "丁", kind, row_version=1, actor=bureau))
        == "stale_version"
    )


def test_the_same_picture_is_kept_once_and_stays_while_a_template_uses_it(
    app: Flask, bureau: Actor
) -> None:
    seal = _picture(bureau)
    assert _picture(bureau) == seal
    template_id = _new(bureau)
    _publish(template_id, bureau)
    with atomic():
        operations.start_draft(template_id, actor=bureau)
    _save(template_id, _with_seal(seal), bureau)
    with pytest.raises(DomainError) as refused, atomic():
        remove_image(seal, actor=bureau)
    assert refused.value.code == "image_used"
    assert "结业证书" in str(refused.value.message)
    with atomic():
        operations.discard_draft(template_id, actor=bureau)
    with atomic():
        operations.start_draft(template_id, actor=bureau)
    seen = _seen(template_id)
    db.session.rollback()
    outcomes = at_once(
        app,
        lambda: remove_image(seal, actor=bureau),
        lambda: operations.save_draft(template_id, _with_seal(seal), seen=seen, actor=bureau),
    )
    removed = db.session.get_one(CertificateImage, seal).removed_at is not None
    used = from_data(_draft(template_id).design).image_ids == {seal}
    assert outcomes == ["done", "no_image" if removed else "image_used"]
    assert removed is not used


def test_a_preview_with_somebody_real_masks_their_identity_number(bureau: Actor) -> None:
    school = make.make_school(make.LUFENG, "和平小学")
    person = make.make_counselor(school, "李桃艳", number=make.id_number(7))
    make.make_training(person, school, hours=40)
    kind = CertificateKind.COMPLETION
    paper = paper_of(person.id, kind, bureau.unit_id, scope=bureau.unit_path)
    assert (paper.name, paper.unit, paper.hours) == ("李桃艳", "和平小学", Decimal(40))
    assert paper.id_number != make.id_number(7)
    assert "********" in paper.id_number
    elsewhere = make.make_actor("bureau", make.LINCANG)
    with pytest.raises(NotFound):
        paper_of(person.id, kind, elsewhere.unit_id, scope=elsewhere.unit_path)
