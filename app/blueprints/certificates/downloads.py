"""Papers to take along: one, a batch as ZIP, one file for the print shop, the sheet to sign at the handing out."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from tempfile import SpooledTemporaryFile
from typing import IO

from flask import Response
from flask_babel import gettext as _

from app.access.guards import acting, current_actor, requires, signed_in
from app.blueprints.certificates.blueprint import blueprint
from app.blueprints.certificates.words import KINDS
from app.blueprints.downloads import attachment, workbook
from app.core import files
from app.core.errors import DomainError, Forbidden
from app.core.spreadsheet import Column, write_table
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.certificates.facts import frozen_of
from app.domain.certificates.models import Certificate, CertificateBatch
from app.domain.certificates.operations.previewing import print_batch
from app.domain.certificates.queries.batches import get_batch
from app.domain.certificates.queries.issued import (
    get_certificate,
    get_own_certificate,
    list_valid_of_batch,
)
from app.domain.certificates.rules.words import BatchState

PDF = "application/pdf"
ZIP = "application/zip"
IN_MEMORY = 8 * 1024 * 1024
PIECE = 256 * 1024
_UNFIT = re.compile(r'[\\/:*?"<>|\x00-\x1f]')


@blueprint.get("/<int:certificate_id>/paper")
@signed_in
def paper(certificate_id: int) -> Response:
    """The digitally signed PDF, for its holder and for officers who may see the certificate."""
    actor = current_actor()
    certificate = _visible(certificate_id, actor)
    if certificate.file_key is None:
        raise DomainError(_("The paper is still being made. Try again in a moment."), "not_made")
    answer = attachment(files.load(certificate.file_key), paper_name(certificate), PDF)
    if actor.may("certificates.read"):
        _note_taken(certificate_id)
    return answer


def _note_taken(certificate_id: int) -> None:
    """A paper shows an identity number in full: who looks at it, other than its holder, is recorded."""
    with acting() as actor:
        certificate = get_certificate(certificate_id, scope=actor.unit_path)
        record(
            actor,
            "certificates.download",
            object_type="certificate",
            object_id=certificate.id,
            subject_id=certificate.person_id,
            unit_path=certificate.unit.path,
        )


def _visible(certificate_id: int, actor: Actor) -> Certificate:
    if actor.may("certificates.read"):
        return get_certificate(certificate_id, scope=actor.unit_path)
    if actor.may("certificates.hold") and actor.account_id is not None:
        return get_own_certificate(certificate_id, account_id=actor.account_id)
    raise Forbidden


def paper_name(certificate: Certificate) -> str:
    """What the file is called: number and holder, without what file systems refuse."""
    return _UNFIT.sub("_", f"{certificate.number} {certificate.holder}.pdf")


@blueprint.get("/batches/<int:batch_id>/papers.zip")
@requires("certificates.issue")
def batch_zip(batch_id: int) -> Response:
    """Every paper of a batch, digitally signed, in one ZIP."""
    batch, certificates = _issued(batch_id, "zip")
    spooled: IO[bytes] = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  closed once it is sent
    with zipfile.ZipFile(spooled, "w", zipfile.ZIP_STORED) as packed:
        for one in certificates:
            if one.file_key is not None:
                packed.writestr(paper_name(one), files.load(one.file_key))
    spooled.seek(0)
    answer = attachment(b"", f"{_file_name(batch)}.zip", ZIP)
    answer.response = _pieces(spooled)
    return answer


def _pieces(source: IO[bytes]) -> Iterator[bytes]:
    with source:
        while piece := source.read(PIECE):
            yield piece


@blueprint.get("/batches/<int:batch_id>/print.pdf")
@requires("certificates.issue")
def batch_print(batch_id: int) -> Response:
    """All papers of a batch in one PDF for the print shop, by number."""
    batch, _certificates = _issued(batch_id, "print")
    name = f"{_file_name(batch)}.pdf"
    return attachment(print_batch(batch), name, PDF)


@blueprint.get("/batches/<int:batch_id>/register.xlsx")
@requires("certificates.issue")
def batch_register(batch_id: int) -> Response:
    """The sheet that people sign when they are handed their certificate."""
    batch, certificates = _issued(batch_id, "register")
    columns = [
        Column("序号", 6),
        Column("证书编号", 30),
        Column("姓名", 12),
        Column("身份证号", 22),
        Column("单位", 30),
        Column("培训项目", 36),
        Column("培训时间", 26),
        Column("学时", 8),
        Column("发证日期", 12),
        Column("领取人签字", 16),
    ]
    rows = [_cells(number, one) for number, one in enumerate(certificates, 1)]
    title = f"{batch.title}证书发放登记表"
    data = write_table(
        title, columns, rows, subtitle=f"填报单位：{batch.unit.name}", sheet_name="证书发放登记表"
    )
    return workbook(data, f"{_UNFIT.sub('_', title)}.xlsx")


def _cells(number: int, one: Certificate) -> tuple[object, ...]:
    said = frozen_of(one)
    days = [day.strftime("%Y.%m.%d") for day in (said.started_on, said.ended_on) if day]
    period = "-".join(days)
    row = (number, one.number, said.name, said.id_number, said.unit, said.title, period)
    return (*row, one.hours, one.issued_on, None)


def _issued(batch_id: int, purpose: str) -> tuple[CertificateBatch, Sequence[Certificate]]:
    """A batch with what is valid of it. That somebody took it along, identity numbers and all, is recorded."""
    get_batch(batch_id, scope=current_actor().unit_path)
    with acting() as actor:
        batch = get_batch(batch_id, scope=actor.unit_path)
        if batch.state in {BatchState.DRAFT, BatchState.DISCARDED}:
            raise DomainError(_("Nothing of this batch is issued yet."), "not_issued")
        record(
            actor,
            "certificates.download",
            object_type="certificate_batch",
            object_id=batch_id,
            details={"as": purpose},
        )
    return get_batch(batch_id, scope=actor.unit_path), list_valid_of_batch(batch_id)


def _file_name(batch: CertificateBatch) -> str:
    return _UNFIT.sub("_", f"{batch.title} {KINDS[batch.kind]}")
