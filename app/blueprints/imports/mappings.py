"""Named layouts of platforms' exports: the list, make one from a sample, change it, retire it."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.access.guards import acting, current_actor, requires
from app.blueprints.imports.blueprint import blueprint
from app.blueprints.imports.forms import ReasonForm
from app.blueprints.imports.mapping_forms import MappingForm, SampleForm
from app.blueprints.imports.mapping_views import read_through
from app.blueprints.imports.words import MAPPED_NAMES, VALUE_NAMES
from app.blueprints.people.acts import form_page
from app.blueprints.units.acts import show_refusal
from app.core.errors import DomainError, Forbidden, NotFound
from app.domain.accounts.rules import Actor
from app.domain.exchange.mappings import get_mapping, list_mappings, may_edit
from app.domain.exchange.models import PlatformMapping
from app.domain.exchange.operations.mappings import (
    create_mapping,
    replace_mapping,
    retire_mapping,
)
from app.domain.exchange.queries import list_divisions
from app.domain.exchange.reading.headers import SEARCHED_ROWS
from app.domain.exchange.sampling import (
    Sample,
    guess_columns,
    guess_header_row,
    open_sample,
    seal_sample,
    take_sample,
)
from app.domain.units.queries import get_unit

SAVE = "save"
HEADERS_SHOWN = 6


@blueprint.get("/mappings/")
@requires("imports.use")
def mappings() -> str:
    """The mappings of the own units and of those above; ``retired``: those no longer in use."""
    actor = current_actor()
    retired = request.args.get("retired") == "1"
    return render_template(
        "imports/mappings.html",
        mappings=list_mappings(actor, retired=retired),
        retired=retired,
        level_names=VALUE_NAMES,
    )


@blueprint.get("/mappings/<int:mapping_id>")
@requires("imports.use")
def mapping(mapping_id: int) -> str:
    """One mapping: which column is which, and what holds for all rows."""
    actor = current_actor()
    found = get_mapping(mapping_id, actor=actor)
    return render_template(
        "imports/mapping.html",
        mapping=found,
        editable=may_edit(found, actor) and found.retired_at is None,
        field_names=MAPPED_NAMES,
        level_names=VALUE_NAMES,
    )


@blueprint.route("/mappings/new", methods=["GET", "POST"])
@requires("imports.use")
def new_mapping() -> ResponseReturnValue:
    """First a sample of the export; then which column is which."""
    form = SampleForm()
    if form.validate_on_submit():
        try:
            sample = _taken(form.file.data)
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            asked = MappingForm(formdata=None, unit=current_actor().unit_code)
            _begin(asked, sample)
            return _form_page(asked, sample, action=url_for("imports.create_mapping"))
    page = render_template("imports/mapping_sample.html", form=form)
    return page, 422 if form.errors else 200


@blueprint.post("/mappings/columns", endpoint="create_mapping")
@requires("imports.use")
def create_mapping_view() -> ResponseReturnValue:
    """Show what the sample says by the columns chosen, or keep the mapping."""
    form = MappingForm()

    def keep(actor: Actor) -> PlatformMapping:
        unit = get_unit(form.unit.data or actor.unit_code, scope=actor.unit_path)
        return create_mapping(form.facts(), unit_id=unit.id, actor=actor)

    return _columns(form, keep, url_for("imports.create_mapping"))


@blueprint.route("/mappings/<int:mapping_id>/edit", methods=["GET", "POST"])
@requires("imports.use")
def edit_mapping(mapping_id: int) -> ResponseReturnValue:
    """Change a mapping, if wished with a new sample; what was imported stays as it was read."""
    found = _editable(mapping_id, current_actor())
    form = MappingForm()
    address = url_for("imports.edit_mapping", mapping_id=mapping_id)
    if request.method == "GET":
        form.show(found)
        return _form_page(form, None, action=address, mapping=found)

    def keep(actor: Actor) -> PlatformMapping:
        return replace_mapping(mapping_id, form.facts(), actor=actor)

    return _columns(form, keep, address, mapping=found)


@blueprint.route(
    "/mappings/<int:mapping_id>/retire", methods=["GET", "POST"], endpoint="retire_mapping"
)
@requires("imports.use")
def retire_mapping_view(mapping_id: int) -> ResponseReturnValue:
    """Take a mapping out of use, with a reason."""
    found = _editable(mapping_id, current_actor())

    def act(actor: Actor) -> str:
        retire_mapping(mapping_id, form.reason.data or "", actor=actor)
        return url_for("imports.mappings")

    form = ReasonForm()
    done = _("Retired. What was imported with it stays.")
    return form_page(form, "imports/mapping_retire.html", act, done, lambda: {"mapping": found})


def _editable(mapping_id: int, actor: Actor) -> PlatformMapping:
    found = get_mapping(mapping_id, actor=actor)
    if not may_edit(found, actor):
        raise NotFound(_("There is no such mapping within your unit."))
    return found


def _taken(upload: Any) -> Sample:
    return take_sample(upload.read(), upload.filename or "")


def _begin(form: MappingForm, sample: Sample) -> None:
    """What is most likely meant: the header, and the columns whose words we know."""
    form.header_row.data = guess_header_row(sample)
    form.choose(guess_columns(sample.headers(form.header_row.data)))
    form.sample.data = seal_sample(sample)


def _columns(
    form: MappingForm, keep: Any, address: str, mapping: PlatformMapping | None = None
) -> ResponseReturnValue:
    try:
        sample = _sample_of(form)
    except DomainError as refusal:
        form.validate()
        show_refusal(form, refusal)
        return _form_page(form, None, action=address, mapping=mapping, status=422)
    wants_to_save = request.form.get("action") == SAVE
    if wants_to_save and form.validate():
        try:
            with acting() as actor:
                kept = keep(actor)
                target = url_for("imports.mapping", mapping_id=kept.id)
        except (Forbidden, NotFound):
            raise
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            flash(_("The mapping is kept. Choose it when you import an export."), "success")
            return redirect(target)
    status = 422 if wants_to_save else 200
    return _form_page(form, sample, action=address, mapping=mapping, status=status)


def _sample_of(form: MappingForm) -> Sample | None:
    """A sample that was just uploaded, else the one the form carries."""
    if form.file.data:
        sample = _taken(form.file.data)
        chosen = form.columns()
        _begin(form, sample)
        headers = sample.headers(form.header_row.data)
        form.choose({**form.columns(), **{n: h for n, h in chosen.items() if h in headers}})
        return sample
    if not form.sample.data:
        return None
    sample = open_sample(form.sample.data)
    headers = sample.headers(form.header_row.data or 1)
    if headers and not set(form.columns().values()) & set(headers):
        form.choose(guess_columns(headers))  # another row was said to be the header
    return sample


def _form_page(
    form: MappingForm,
    sample: Sample | None,
    *,
    action: str,
    mapping: PlatformMapping | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    header_row = form.header_row.data or 1
    form.offer(sample.headers(header_row) if sample is not None else ())
    form.header_row.choices = _header_rows(sample)
    form.unit.choices = [
        (unit.code, unit.name) for unit in list_divisions(current_actor().unit_path)
    ]
    page = render_template(
        "imports/mapping_form.html",
        form=form,
        sample=sample,
        action=action,
        mapping=mapping,
        reading=read_through(form.facts().layout(), sample, header_row) if sample else None,
        field_names=MAPPED_NAMES,
    )
    return page, status


def _header_rows(sample: Sample | None) -> list[tuple[int, str]]:
    """The rows that may be the header, with the beginning of what they say."""
    if sample is None:
        return []
    rows = []
    for number in range(1, min(len(sample.rows), SEARCHED_ROWS) + 1):
        headers = sample.headers(number)
        if headers:
            rows.append((number, f"{number}: {'、'.join(headers[:HEADERS_SHOWN])}"))
    return rows
