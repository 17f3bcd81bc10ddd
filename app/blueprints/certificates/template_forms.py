"""Forms of templates and their designs: shape only. What a number must be is told by the findings of a design."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    ColorField,
    DateField,
    FieldList,
    FloatField,
    Form,
    FormField,
    HiddenField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange

from app.blueprints.certificates.words import KINDS
from app.blueprints.choice_fields import SelectField
from app.blueprints.people.forms import needed
from app.domain.certificates.models import CertificateImage
from app.domain.certificates.operations.templates import LONGEST_REASON, LONGEST_TITLE, Seen
from app.domain.certificates.rules.designs import (
    LONGEST_TEXT,
    MOST_TEXTS,
    Align,
    Design,
    Frame,
    Orientation,
    QrCode,
    Seal,
    Text,
    Weight,
)
from app.domain.certificates.rules.drafting import LONGEST_COLOUR, MOST_MILLIMETRES
from app.domain.certificates.rules.words import CertificateKind, ImagePurpose

NO_IMAGE = 0
ORIENTATIONS = {
    Orientation.LANDSCAPE: _l("A4 landscape"),
    Orientation.PORTRAIT: _l("A4 portrait"),
}
ALIGNS = {
    Align.LEFT: _l("to the left"),
    Align.CENTER: _l("centred"),
    Align.RIGHT: _l("to the right"),
    Align.JUSTIFY: _l("both sides even"),
}
WEIGHTS = {Weight.REGULAR: _l("regular type"), Weight.BOLD: _l("bold type")}
FRAMES = {
    Frame.NONE: _l("no border"),
    Frame.LINES: _l("double line"),
    Frame.ENGRAVED_RED: _l("engraved, red"),
    Frame.ENGRAVED_GOLD: _l("engraved, gold"),
    Frame.ENGRAVED_BLUE: _l("engraved, blue"),
    Frame.ENGRAVED_GREEN: _l("engraved, green"),
}
PURPOSES = {
    ImagePurpose.BACKGROUND: _l("Background picture"),
    ImagePurpose.SEAL: _l("Official seal"),
}


class NumberField(FloatField):
    """A number with up to two places, shown without idle zeros."""

    def __init__(self, label: Any, *, step: str = "0.5", **options: Any) -> None:
        checks = [
            InputRequired(_l("Give a number.")),
            NumberRange(-MOST_MILLIMETRES, MOST_MILLIMETRES, _l("This number is far too large.")),
        ]
        keys = {"inputmode": "decimal", "step": step}
        super().__init__(label, checks, render_kw=keys, **options)
        self.type = "DecimalField"

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data:g}"

    def process_formdata(self, valuelist: list[Any]) -> None:
        if not valuelist:
            return
        try:
            self.data = round(float(str(valuelist[0]).strip().replace("，", ".")), 2)
        except (ValueError, OverflowError) as error:
            self.data = None  # type: ignore[assignment]
            raise ValueError(_("Give a number.")) from error


def _select(label: Any, words: dict[Any, Any]) -> SelectField:
    return SelectField(label, choices=[(one.value, text) for one, text in words.items()])


class TextForm(Form):
    """One text of a design."""

    text = TextAreaField(
        _l("Words on the paper"), [Length(max=LONGEST_TEXT)], render_kw={"rows": 2}
    )
    x = NumberField(_l("From the left, mm"))
    y = NumberField(_l("From the top, mm"))
    width = NumberField(_l("Width, mm"))
    height = NumberField(_l("Height, mm"))
    size = NumberField(_l("Type, pt"))
    align = _select(_l("Alignment"), ALIGNS)
    weight = _select(_l("Boldness"), WEIGHTS)
    colour = ColorField(_l("Colour"), [Length(max=LONGEST_COLOUR)])
    spacing = NumberField(_l("Letter spacing"), step="0.05")
    leading = NumberField(_l("Line spacing"), step="0.05")
    indent = BooleanField(_l("First line indented by two characters"))


class DesignForm(FlaskForm):
    """A whole design, and which draft it is a change of."""

    version_id = HiddenField()
    row_version = HiddenField()
    orientation = _select(_l("Format of the sheet"), ORIENTATIONS)
    frame = _select(_l("Border"), FRAMES)
    background_id = SelectField(_l("Background picture"), coerce=int)
    has_seal = BooleanField(_l("Leave room for a seal"))
    seal_id = SelectField(_l("Picture of the seal"), coerce=int)
    seal_x = NumberField(_l("From the left, mm"))
    seal_y = NumberField(_l("From the top, mm"))
    seal_size = NumberField(_l("Size, mm"))
    qr_x = NumberField(_l("From the left, mm"))
    qr_y = NumberField(_l("From the top, mm"))
    qr_size = NumberField(_l("Size, mm"))
    texts = FieldList(FormField(TextForm), _l("Texts"), max_entries=MOST_TEXTS)

    def offer(self, images: Iterable[CertificateImage]) -> None:
        """The pictures to choose from. One that is not there any more stays chosen and is told as a finding."""
        for item, purpose, none in (
            (self.background_id, ImagePurpose.BACKGROUND, _("no picture")),
            (self.seal_id, ImagePurpose.SEAL, _("no picture, stamped by hand")),
        ):
            choices = [(one.id, one.title) for one in images if one.purpose is purpose]
            if item.data and item.data not in dict(choices):
                choices.append((item.data, _("a picture that is not there any more")))
            item.choices = [(NO_IMAGE, none), *choices]

    def design(self) -> Design:
        """What the form says, when it is valid."""
        seal = Seal(
            self.seal_x.data, self.seal_y.data, self.seal_size.data, self.seal_id.data or None
        )
        return Design(
            orientation=Orientation(self.orientation.data),
            texts=tuple(_text(entry.form) for entry in self.texts),
            frame=Frame(self.frame.data),
            background_id=self.background_id.data or None,
            seal=seal if self.has_seal.data else None,
            qr=QrCode(self.qr_x.data, self.qr_y.data, self.qr_size.data),
        )

    def seen(self) -> Seen:
        """Which draft, and which state of it, somebody had before their eyes."""
        return seen_draft(
            {"version_id": self.version_id.data, "row_version": self.row_version.data}
        )

    def told(self) -> list[str]:
        """What keeps the form from being read, each once, with the text it is in."""
        told = [
            f"{item.label.text}：{item.errors[0]}"
            for item in self
            if item is not self.texts and item.errors
        ]
        for number, entry in enumerate(self.texts, 1):
            told += [
                f"{_('Text %(number)s', number=number)} · {item.label.text}：{item.errors[0]}"
                for item in entry.form
                if item.errors
            ]
        if isinstance(self.texts.errors, list):
            told += [str(one) for one in self.texts.errors if isinstance(one, str)]
        return list(dict.fromkeys(told))


def _text(form: Form) -> Text:
    said = {item.short_name: item.data for item in form}
    said["text"] = (said["text"] or "").replace("\r\n", "\n")
    return Text(**{**said, "align": Align(said["align"]), "weight": Weight(said["weight"])})


def seen_draft(said: Mapping[str, Any]) -> Seen:
    """The draft that a form names; one that there is not where it names none."""
    return Seen(_whole(said.get("version_id")), _whole(said.get("row_version")))


def _whole(text: Any) -> int:
    shown = str(text or "")
    return int(shown) if shown.isascii() and shown.isdecimal() and len(shown) < 10 else 0


def form_data(design: Design) -> dict[str, Any]:
    """What the form shows of a design; where the seal would go when there is none."""
    width, height = design.page
    seal = design.seal or Seal(width - 100.0, height - 70.0)
    qr = design.qr or QrCode(30.0, height - 65.0)
    return {
        "orientation": design.orientation.value,
        "frame": design.frame.value,
        "background_id": design.background_id or NO_IMAGE,
        "has_seal": design.seal is not None,
        "seal_id": seal.image_id or NO_IMAGE,
        "seal_x": seal.x,
        "seal_y": seal.y,
        "seal_size": seal.size,
        "qr_x": qr.x,
        "qr_y": qr.y,
        "qr_size": qr.size,
        "texts": [_line(one) for one in design.texts],
    }


def _line(text: Text) -> dict[str, Any]:
    return {**asdict(text), "align": text.align.value, "weight": text.weight.value}


def _kind() -> SelectField:
    return SelectField(_l("Kind"), choices=[(one.value, words) for one, words in KINDS.items()])


class TemplateForm(FlaskForm):
    """What a template is called and for what it is."""

    row_version = HiddenField()
    title = StringField(_l("Title of the template"), [needed(), Length(max=LONGEST_TITLE)])
    kind = _kind()

    def chosen_kind(self) -> CertificateKind:
        return CertificateKind(self.kind.data)


class NewTemplateForm(TemplateForm):
    orientation = _select(_l("Format of the sheet"), ORIENTATIONS)


class RetireForm(FlaskForm):
    on = DateField(_l("From this day on"), [needed()])
    reason = TextAreaField(_l("Reason"), [needed(), Length(max=LONGEST_REASON)])


class ImageForm(FlaskForm):
    purpose = _select(_l("What it is for"), PURPOSES)
    title = StringField(_l("What it is called"), [Length(max=80)])
    file = FileField(_l("Picture"))
