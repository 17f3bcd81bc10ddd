"""Credentials that the demonstration's people brought: in every state, with pictures of papers that never were.

None of those verified here is of a nationally recognised kind, so no published figure moves by them.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from PIL import Image, ImageDraw, ImageFont
from sqlalchemy import or_, select

from app.cli.demo_courses_stage import account_of, acting
from app.core import clock, files
from app.core.db import atomic, db
from app.core.documents.glyphs import FONT
from app.domain.accounts.rules import Actor
from app.domain.certificates.models import CredentialKind
from app.domain.certificates.operations.bringing import bring_credential
from app.domain.certificates.operations.credentials import CredentialFacts, add_credential
from app.domain.certificates.operations.pictures import StoredPicture, check_picture, digest_of
from app.domain.certificates.operations.revoking import revoke_credential
from app.domain.certificates.operations.verification import (
    reject_credential,
    send_back_credential,
    verify_credential,
)
from app.domain.people.models import Person, Posting
from app.domain.units.models import Unit
from app.domain.units.queries import in_subtree

OTHERS = 6
REGISTERED, TRAINED, QUALIFIED = "cps_registration", "cas_training", "teaching_qualification"
SKILLED, LEVELLED = "counseling_skill", "vocational_level"
ISSUERS = {
    REGISTERED: "中国心理学会",
    TRAINED: "中国科学院心理研究所",
    QUALIFIED: "云南省教育厅",
    SKILLED: "云南省职业技能鉴定中心",
    LEVELLED: "云南省职业技能等级评价中心",
}
SEEN = "官网查询一致，已核对原件。"
SIZE = (640, 440)


@dataclass
class Desk:
    """A county that verifies, the teacher of the demonstration who belongs to it, and others of it."""

    county: Actor
    teacher: Actor
    people: Sequence[Person]  # the teacher first
    kinds: dict[str, CredentialKind]
    serial: int

    def bring(self, who: int, kind: str, issued: int, **facts: Any) -> int:
        """A credential of the person at this place (0: the teacher, by themselves), issued so many days ago; its id."""
        self.serial += 7
        known: dict[str, Any] = {
            "number": f"{self.serial:08d}",
            "issuer": ISSUERS[kind],
            "issued_on": _before(issued),
        } | facts
        person, found = self.people[who], self.kinds[kind]
        credential = CredentialFacts(kind_id=found.id, **known)
        pictures = [_picture(found.name, person.name, known["number"], _before(issued))]
        with atomic():
            if who == 0:
                return bring_credential(credential, pictures, actor=self.teacher).id
            return add_credential(person.id, credential, actor=self.county, pictures=pictures).id

    def verify(self, credential_id: int) -> int:
        with atomic():
            verify_credential(credential_id, evidence=SEEN, actor=self.county)
        return credential_id


def load_credentials() -> None:
    for place, serial in (("chuxiong", 30218844), ("lincang", 50713309)):
        _fill(_read_desk(place, serial))


def _fill(desk: Desk) -> None:
    """The teacher's own: verified and about to expire, sent back, waiting. The others' show what else there is."""
    desk.verify(desk.bring(0, REGISTERED, 5 * 365 - 55, expires_on=_before(-55)))
    _send_back(desk, desk.bring(0, TRAINED, 800))
    desk.bring(0, SKILLED, 400)
    desk.bring(1, LEVELLED, 300, number=f"Y0012530{desk.serial}")  # two signs short of its pattern
    shared = f"20235353142{desk.serial % 1_000_000:06d}"  # the same number at two people
    desk.bring(2, QUALIFIED, 900, number=shared)
    desk.bring(3, QUALIFIED, 900, number=shared)
    _reject(desk, desk.bring(4, SKILLED, 200))
    _revoke(desk, desk.verify(desk.bring(4, TRAINED, 1500)))
    desk.verify(desk.bring(5, REGISTERED, 5 * 365 + 20, expires_on=_before(20)))  # ran out
    earlier = desk.verify(desk.bring(6, REGISTERED, 5 * 365 + 40, expires_on=_before(40)))
    desk.verify(desk.bring(6, REGISTERED, 45, expires_on=_before(45 - 5 * 365), renews_id=earlier))


def _send_back(desk: Desk, credential_id: int) -> None:
    with atomic():
        reason = "照片反光，编号看不清，请重新拍照"
        send_back_credential(credential_id, reason=reason, actor=desk.county)


def _reject(desk: Desk, credential_id: int) -> None:
    with atomic():
        reason = "发证机构网站查无此证"
        reject_credential(credential_id, reason=reason, actor=desk.county)


def _revoke(desk: Desk, credential_id: int) -> None:
    with atomic():
        reason = "发证机构已公告作废"
        revoke_credential(credential_id, on=_before(10), reason=reason, actor=desk.county)


def _before(days: int) -> date:
    return clock.today() - timedelta(days=days)


def _read_desk(place: str, serial: int) -> Desk:
    county, teacher = (acting(account_of(f"{role}-{place}").id) for role in ("county", "teacher"))
    people = db.session.scalars(
        select(Person)
        .join(Posting, Posting.person_id == Person.id)
        .join(Unit, Unit.id == Posting.unit_id)
        .where(in_subtree(county.unit_path), Posting.valid_until.is_(None))
        .where(or_(Person.account_id.is_(None), Person.account_id == teacher.account_id))
        .order_by(Person.account_id.is_(None), Person.id.desc())
        .limit(OTHERS + 1)
    ).all()
    kinds = {kind.code: kind for kind in db.session.scalars(select(CredentialKind))}
    return Desk(county, teacher, people, kinds, serial)


def _picture(title: str, name: str, number: str, day: date) -> StoredPicture:
    """A paper as a phone sees it, kept like one that somebody brings."""
    checked = check_picture(_draw(title, name, number, day), "证书.jpg")
    kind, data = checked.kind.content_type, checked.data
    return StoredPicture(checked.name, kind, len(data), digest_of(data), files.store(data))


def _draw(title: str, name: str, number: str, day: date) -> bytes:
    picture = Image.new("RGB", SIZE, "#f6efdd")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((16, 16, SIZE[0] - 16, SIZE[1] - 16), outline="#9c2f2f", width=4)
    pen.ellipse((470, 290, 590, 410), outline="#c02a2a", width=4)
    _write(pen, SIZE[0] // 2, 60, title, 28, "#7a1c1c")
    lines = (name, f"证书编号：{number}", f"发证日期：{day.isoformat()}", "演示数据，并非真实证书")
    for line, text in enumerate(lines):
        _write(pen, SIZE[0] // 2, 150 + 48 * line, text, 22, "#2b2b2b")
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=80)
    return out.getvalue()


def _write(pen: ImageDraw.ImageDraw, x: int, y: int, text: str, size: int, colour: str) -> None:
    pen.text((x, y), text, fill=colour, font=_font(size), anchor="ma")


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONT), size)
