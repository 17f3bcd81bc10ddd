"""Choose whom an act is about: search, tick, go on; the choice travels in the address, so no script is needed."""

from __future__ import annotations

from collections.abc import Sequence

from flask import abort, render_template, request
from flask_babel import gettext as _

from app.blueprints.asking import asked_text
from app.domain.accounts.rules import Actor
from app.domain.people.queries.candidates import Candidate, get_candidates, search_candidates

MOST_PEOPLE = 150
SEARCHING = "search"


def chosen_people(actor: Actor) -> list[Candidate]:
    """The people named in the address; 404 when one is out of scope, 400 when no number or too many."""
    texts = request.args.getlist("person_id")
    if not all(text.isascii() and text.isdecimal() and len(text) < 10 for text in texts):
        abort(400)
    ids = {int(text) for text in texts}
    if len(ids) > MOST_PEOPLE:
        abort(400, _("Choose at most %(count)s people at once.", count=MOST_PEOPLE))
    return get_candidates(ids, scope=actor.unit_path)


def is_choosing(chosen: Sequence[Candidate]) -> bool:
    """Whether the chooser is to be shown: nobody chosen yet, or a search among its pages."""
    return not chosen or request.args.get("go") == SEARCHING


def chooser_page(
    actor: Actor,
    title: str,
    back: tuple[str, str],
    *,
    chosen: Sequence[Candidate] = (),
    several: bool = False,
) -> str:
    """The page that searches people of the scope; ``back``: label and address of the list it came from."""
    text = asked_text()
    found = search_candidates(text, scope=actor.unit_path) if text else []
    known = {person.id for person in chosen}
    return render_template(
        "choosing/people.html",
        title=title,
        back=back,
        chosen=chosen,
        found=[person for person in found if person.id not in known],
        searched=text,
        several=several,
    )
