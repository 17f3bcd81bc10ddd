"""Word documents from templates, for officers who change a letter before they send it."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, StrictUndefined

from app.core.documents.facts import on_paper, template_path

# Values are escaped as XML, and a fact that is missing is a fault, not a gap in a letter.
_ENVIRONMENT = Environment(autoescape=True, undefined=StrictUndefined)


def render_docx(template: str, facts: Mapping[str, Any]) -> bytes:
    """The template ``templates/documents/<template>.docx`` with these facts, as a Word document.

    Facts are put in as text. A fact that the template needs and does not get raises
    ``jinja2.UndefinedError``. Not inside a transaction.
    """
    # It brings lxml and python-docx: 0.2 s that only a letter should cost.
    from docxtpl import DocxTemplate

    document = DocxTemplate(template_path(template, ".docx"))
    document.render(on_paper(facts), _ENVIRONMENT)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()
