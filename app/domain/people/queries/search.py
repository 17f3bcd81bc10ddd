"""What somebody typed into the search box, recognised by its shape."""

from __future__ import annotations

import re

from sqlalchemy import ColumnElement, and_, func, or_

from app.core.text import like_pattern, name_key
from app.domain.people.models import Person
from app.domain.people.rules.identity import (
    LENGTH,
    normalise_identity_number,
    normalise_phone,
    why_not_phone,
)
from app.domain.people.sealed import identity_index, phone_index

_IDENTITY = re.compile(r"\d{17}[\dX]", re.ASCII)
_LETTERS = re.compile(r"[a-zü' ]+")


def matching(text: str) -> ColumnElement[bool] | None:
    """The condition that a person is meant: by identity number or phone (exactly, full-width digits too), pinyin
    initials ("lty"), pinyin ("li taoyan"), or any part of the name. None for an empty text.
    """
    key = name_key(text)
    if not key:
        return None
    number = normalise_identity_number(text)
    if len(number) == LENGTH and _IDENTITY.fullmatch(number):
        return Person.id_number_index == identity_index(number)
    if why_not_phone(text) is None:
        return Person.phone_index == phone_index(normalise_phone(text))
    in_name = Person.name_key.like(like_pattern(key), escape="\\")
    letters = " ".join(text.casefold().split())
    if not _LETTERS.fullmatch(letters):
        return in_name
    return or_(_sounds_like(letters), in_name)


def _sounds_like(letters: str) -> ColumnElement[bool]:
    pinyin = letters.replace("'", "").replace("ü", "v").replace(" ", "").replace("lyu", "lv")
    spoken = func.replace(Person.sort_key, " ", "").like(like_pattern(pinyin, prefix=True))
    initials = and_(Person.initials >= pinyin, Person.initials < f"{pinyin}\U0010ffff")
    return or_(initials, spoken)
