"""Check a certificate by the address in its QR code, or by its number and the holder's name."""

from __future__ import annotations

from urllib.parse import quote

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.access.guards import public
from app.blueprints.kept_pages import KeptPages
from app.blueprints.verify import words
from app.blueprints.verify.blueprint import blueprint, guesses
from app.core.reading import begin_reading
from app.domain.certificates.queries.verifying import find_by_name, find_known, find_public
from app.domain.certificates.rules.verifying import PublicFacts
from app.extensions import csrf

LONGEST = 80  # of what is typed
# Apart from the pages of those who work here: neither many certificates nor a stranger drive those out.
_pages = KeptPages(2000, 24 * 1024 * 1024)


@blueprint.get("/")
@public
def index() -> str:
    """The three ways to check a certificate."""
    return render_template("verify/index.html", number="", name="")


@blueprint.get("/<path:number>")
@public
def show(number: str) -> ResponseReturnValue:
    """What the address in a QR code proves. Without its code, the form with the number filled in.

    A right code is answered also while guesses from the same address are stopped: of 60 bits none is guessed, and
    those who stand beside the guesser hold genuine certificates.
    """
    code = request.args.get("code", "")
    if not code:
        return render_template("verify/index.html", number=number[:LONGEST], name="")
    begin_reading()
    known = find_known(number, code)
    if known is None:
        return unknown()

    def render() -> str:
        facts = find_public(number, code)
        return told(facts) if facts is not None else unknown()[0]

    place = f"{_here()}{quote(known.number, safe='')}?code={known.code}"
    return _pages.page(known.stamp, render, place=place)


@blueprint.post("/")
@csrf.exempt  # it changes nothing, and whoever asks needs no session
@public
def by_name() -> ResponseReturnValue:
    """What is known of a number, for whoever knows the holder's whole name. Posted: names stay out of addresses."""
    number = request.form.get("number", "").strip()[:LONGEST]
    name = request.form.get("name", "").strip()[:LONGEST]
    if not number or not name:
        page = render_template("verify/index.html", number=number, name=name, incomplete=True)
        return page, 422
    guesses.stop_if_spent()
    begin_reading()
    facts = find_by_name(number, name)
    return unknown() if facts is None else told(facts)


def _here() -> str:
    return url_for("verify.index").removeprefix(request.script_root)


def told(facts: PublicFacts) -> str:
    """The page of a certificate that was found."""
    return render_template("verify/certificate.html", facts=facts, **words.EVERYTHING)


def unknown() -> tuple[str, int]:
    """The same page for an unknown number, a wrong code and a wrong name: it tells nothing of what there is."""
    guesses.miss()
    return render_template("verify/unknown.html"), 404
