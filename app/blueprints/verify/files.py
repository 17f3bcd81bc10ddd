"""Check the PDF of a certificate: which one it is, and whether the file is as it was issued. The file is not kept."""

from __future__ import annotations

import enum
from urllib.parse import parse_qs, unquote, urlsplit

from asn1crypto import pem, x509
from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from app.access.guards import public
from app.blueprints.verify import words
from app.blueprints.verify.blueprint import blueprint
from app.blueprints.verify.routes import unknown
from app.core.documents.paper_room import paper_room
from app.core.documents.papers import PaperRead, PaperSignature, UnreadablePaper
from app.core.reading import begin_reading
from app.domain.certificates.operations.keys import list_keys
from app.domain.certificates.queries.verifying import find_by_digest, find_public
from app.domain.certificates.rules.verifying import PublicFacts
from app.domain.certificates.rules.words import KeyUse
from app.extensions import csrf, limiter

_MARK = "/verify/"


class Paper(enum.StrEnum):
    """What a file is worth beside what is recorded of the certificate it names."""

    SAME = "same"
    SIGNED = "signed"
    ALTERED = "altered"
    UNSIGNED = "unsigned"


TITLES = {
    Paper.SAME: lazy_gettext("This is the very file that was issued"),
    Paper.SIGNED: lazy_gettext("The digital signature is good"),
    Paper.ALTERED: lazy_gettext("This file was changed after it was signed: do not trust it"),
    Paper.UNSIGNED: lazy_gettext("This file was not signed here: do not trust what it says"),
}
WORDS = {
    Paper.SAME: lazy_gettext("Not a byte of it has changed since."),
    Paper.SIGNED: lazy_gettext("It was signed here, and nothing was changed since."),
    Paper.ALTERED: lazy_gettext(
        "It bears our digital signature, which does not cover what it says now. What is recorded of the certificate it "
        "names stands below: compare every line."
    ),
    Paper.UNSIGNED: lazy_gettext(
        "It bears no digital signature of ours: it was scanned, printed anew or made elsewhere. What is recorded of "
        "the certificate it names stands below: compare every line."
    ),
}
TONES = {
    Paper.SAME: "success",
    Paper.SIGNED: "success",
    Paper.ALTERED: "danger",
    Paper.UNSIGNED: "danger",
}
_SIGNED = {
    PaperSignature.WHOLE: Paper.SIGNED,
    PaperSignature.BROKEN: Paper.ALTERED,
    PaperSignature.FOREIGN: Paper.UNSIGNED,
    PaperSignature.NONE: Paper.UNSIGNED,
}


@blueprint.post("/file")
@csrf.exempt  # it changes nothing, and whoever asks needs no session
@public
@limiter.limit("20 per minute")
def file() -> ResponseReturnValue:
    """What the dropped PDF proves."""
    brought = request.files.get("file")
    data = brought.read() if brought is not None else b""
    if not data.startswith(b"%PDF-"):
        return _refused(_("This is not a PDF. For a photo or a print, type the number and name."))
    begin_reading()
    try:
        paper = paper_room.read(data, _signers())
    except UnreadablePaper:
        return _refused(_("This PDF cannot be read; it is damaged. Get it once more."))
    named = [address for address in paper.addresses if _MARK in address]
    if not named:
        return _refused(
            _("This PDF leads to no certificate of ours. A scan is checked by number and name.")
        )
    if len(named) > 1:
        return _refused(_("Several certificates are in this file. Check them one at a time."))
    facts = _find(named[0])
    return unknown() if facts is None else _told(facts, paper)


def _find(address: str) -> PublicFacts | None:
    """The certificate that an address in a stranger's file names; whatever is no address of ours names none."""
    try:
        parts = urlsplit(address)
        code = parse_qs(parts.query, max_num_fields=20).get("code", [""])[0]
    except ValueError:
        return None
    return find_public(unquote(parts.path.rpartition(_MARK)[2]), code)


def _told(facts: PublicFacts, paper: PaperRead) -> str:
    same = find_by_digest(facts.number, paper.digest)
    is_same = same is not None and same.certificate_id == facts.certificate_id
    return render_template(
        "verify/certificate.html",
        facts=facts,
        paper=Paper.SAME if is_same else _SIGNED[paper.signature],
        paper_titles=TITLES,
        paper_words=WORDS,
        paper_tones=TONES,
        **words.EVERYTHING,
    )


def _refused(problem: str) -> tuple[str, int]:
    return render_template("verify/index.html", number="", name="", file_problem=problem), 422


def _signers() -> list[x509.Certificate]:
    """The certificates that ever signed PDFs here."""
    texts = [key.certificate for key in list_keys(KeyUse.PAPER) if key.certificate]
    return [x509.Certificate.load(pem.unarmor(text.encode())[2]) for text in texts]
