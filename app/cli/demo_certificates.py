"""Certificates of the demonstration data: batches of both prefectures, one revoked, one reissued, one still prepared.

The numbers are given here, as of the day they would have been; the worker makes the papers afterwards.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from app.cli.demo_courses_stage import account_of, acting
from app.core import clock
from app.core.db import atomic, db
from app.domain.accounts.rules import Actor
from app.domain.certificates.models import Certificate, CertificateTemplate
from app.domain.certificates.operations.batches import BatchFacts, draft_batch
from app.domain.certificates.operations.ending import reissue_certificate, revoke_certificate
from app.domain.certificates.operations.issuing import issue_batch
from app.domain.certificates.rules.issuing import EXCELLENT
from app.domain.certificates.rules.words import CertificateKind, SourceKind
from app.domain.people.models import Person, TrainingRecord
from app.domain.people.rules import TrainingKind
from app.domain.people.rules.trainings import placement_event_key
from app.domain.units.models import Unit

PREFIXES = {"chuxiong": "楚教培", "lincang": "临教培"}
LEAD_TEACHERS_FOR = 3 * 365  # days
LOST = "原证书遗失，本人书面申请补发"
MISTAKEN = "经复核，该学员实际到课未达到结业要求，撤销结业证书"


@dataclass(frozen=True)
class Issuer:
    """The bureau of a prefecture, and the prefix of its numbers."""

    actor: Actor
    prefix: str

    @contextmanager
    def on(self, days: int) -> Iterator[date]:
        """One act in a transaction of its own, on a day so many days before today."""
        day = clock.today() - timedelta(days=days)
        moment = datetime.combine(day, time(15), tzinfo=clock.zone())
        with clock.frozen(min(moment, clock.now())), atomic():
            yield day


def load_certificates() -> None:
    chuxiong, lincang = (
        Issuer(acting(account_of(f"bureau-{place}").id), prefix)
        for place, prefix in PREFIXES.items()
    )
    _of_lead_teachers(lincang)
    _of_a_cohort(lincang)
    for issuer, place in ((chuxiong, "chuxiong"), (lincang, "lincang")):
        _by_hand(issuer, account_of(f"teacher-{place}").id)
    _of_the_workshop(chuxiong)


def _of_the_workshop(issuer: Issuer) -> None:
    """Everybody's certificate of completion, an excellent participant's, and hours that are only prepared."""
    record = db.session.scalars(
        select(TrainingRecord)
        .join(Unit, Unit.id == TrainingRecord.unit_id)
        .where(
            Unit.path.startswith(issuer.actor.unit_path),
            TrainingRecord.kind == TrainingKind.TRAINING,
            TrainingRecord.result == EXCELLENT,
        )
        .order_by(TrainingRecord.ended_on.desc(), TrainingRecord.id)
        .limit(1)
    ).one()  # somebody excellent of the workshop held last
    facts = BatchFacts(
        template_id=_template(CertificateKind.COMPLETION),
        title=record.title,
        prefix=issuer.prefix,
        issued_on=clock.today(),
        source=SourceKind.TRAINING,
        source_key=record.event_key,
        cohort="第一期",
    )
    issued = _issue(issuer, 6, facts)
    excellent = replace(facts, template_id=_template(CertificateKind.EXCELLENT))
    _issue(issuer, 6, excellent, [record.person_id])
    with issuer.on(3) as day:
        revoke_certificate(issued[-1], on=day, reason=MISTAKEN, actor=issuer.actor)
    with issuer.on(2) as day:
        reissue_certificate(issued[1], on=day, reason=LOST, actor=issuer.actor)
    with issuer.on(1) as day:
        hours = replace(facts, template_id=_template(CertificateKind.HOURS), issued_on=day)
        draft_batch(hours, actor=issuer.actor)


def _of_lead_teachers(issuer: Issuer) -> None:
    """Whoever is designated, for three years; one lost the paper."""
    issued_on = clock.today() - timedelta(days=40)
    facts = BatchFacts(
        template_id=_template(CertificateKind.LEAD_TEACHER),
        title="心理健康教育带头人",
        prefix=issuer.prefix,
        issued_on=issued_on,
        source=SourceKind.DESIGNATION,
        valid_until=issued_on + timedelta(days=LEAD_TEACHERS_FOR),
    )
    issued = _issue(issuer, 40, facts)
    with issuer.on(9) as day:
        reissue_certificate(issued[2], on=day, reason=LOST, actor=issuer.actor)


def _of_a_cohort(issuer: Issuer) -> None:
    facts = BatchFacts(
        template_id=_template(CertificateKind.COMPLETION),
        title="规培基地跟岗培训",
        prefix=issuer.prefix,
        issued_on=clock.today(),
        source=SourceKind.TRAINING,
        source_key=placement_event_key("第二期"),
    )
    _issue(issuer, 30, facts)


def _by_hand(issuer: Issuer, account_id: int) -> None:
    """An honour that no training record stands for, to the teacher of the demonstration."""
    teacher = db.session.scalars(select(Person.id).where(Person.account_id == account_id)).one()
    facts = BatchFacts(
        template_id=_template(CertificateKind.EXCELLENT),
        title="心理健康教育优质课展评活动",
        prefix=issuer.prefix,
        issued_on=clock.today(),
    )
    _issue(issuer, 15, facts, [teacher])


def _template(kind: CertificateKind) -> int:
    """The ready-made one."""
    return db.session.scalars(
        select(CertificateTemplate.id).where(
            CertificateTemplate.unit_id.is_(None), CertificateTemplate.kind == kind
        )
    ).one()


def _issue(
    issuer: Issuer, days: int, facts: BatchFacts, person_ids: Collection[int] | None = None
) -> list[int]:
    """Prepared and issued on a day; the certificates by number."""
    with issuer.on(days) as day:
        known = replace(facts, issued_on=day)
        batch = draft_batch(known, actor=issuer.actor, person_ids=person_ids)
        issue_batch(batch.id, actor=issuer.actor)
        return list(
            db.session.scalars(
                select(Certificate.id)
                .where(Certificate.batch_id == batch.id)
                .order_by(Certificate.sequence)
            )
        )
