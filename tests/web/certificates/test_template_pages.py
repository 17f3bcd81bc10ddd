"""Templates in pages: list, editor without scripts, live preview, versions, pictures, what others may do."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from app.core import files
from app.core.db import db
from app.domain.certificates.models import CertificateImage, CertificateTemplate
from app.domain.certificates.queries.templates import find_version
from app.domain.certificates.rules.designs import Design, from_data
from app.domain.certificates.rules.words import TemplateStatus
from tests import certificate_factories as certs
from tests import factories as make
from tests.pictures import HEIC

SignIn = Callable[[int], FlaskClient]
Count = Callable[[Callable[[], object]], int]


@pytest.fixture
def bureau(app: Flask, sign_in: SignIn) -> FlaskClient:
    with app.app_context():
        return sign_in(make.make_account("bureau", make.CHUXIONG, "设计员").id)


@pytest.fixture
def template_id(bureau: FlaskClient) -> int:
    form = {"title": "骨干证书", "kind": "completion", "orientation": "landscape"}
    answer = bureau.post("/certificates/templates/new", data=form)
    assert answer.status_code == 302, answer.text
    return int(answer.location.split("/")[-2])


def _shown(page: str) -> dict[str, str]:
    """What a browser would send back of the editor's form."""
    shown: dict[str, str] = {}
    form = page[page.index('id="design"') :]
    for tag in re.findall(r"<input[^>]*>", form[: form.index("</form>")]):
        name, value = _attribute(tag, "name"), _attribute(tag, "value")
        if 'type="checkbox"' not in tag or "checked" in tag:
            shown[name] = value or ("y" if 'type="checkbox"' in tag else "")
    for name, text in re.findall(r'<textarea[^>]*name="([\w-]+)"[^>]*>\r?\n?([^<]*)', form):
        shown[name] = text
    for name, options in re.findall(r'<select[^>]*name="([\w-]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'<option selected value="([^"]*)"', options)
        first = re.search(r'value="([^"]*)"', options)
        assert first is not None
        shown[name] = (chosen or first)[1]
    return shown


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return found[1] if found else ""


def _editor(client: FlaskClient, template_id: int) -> dict[str, str]:
    return _shown(client.get(f"/certificates/templates/{template_id}/edit").text)


def _edit(client: FlaskClient, template_id: int, form: dict[str, str], act: str) -> Any:
    return client.post(f"/certificates/templates/{template_id}/edit", data={**form, "act": act})


def _stored(app: Flask, template_id: int, status: TemplateStatus) -> Design | None:
    with app.app_context():
        found = find_version(template_id, status)
        return from_data(found.design) if found else None


def test_from_a_blank_sheet_to_a_choice_in_issuing_without_scripts(
    bureau: FlaskClient, app: Flask, template_id: int
) -> None:
    form = _editor(bureau, template_id)
    assert form["texts-0-text"] == "骨干证书"
    count = sum(name.endswith("-text") for name in form)
    grown = _shown(_edit(bureau, template_id, form, "add").text)
    assert sum(name.endswith("-text") for name in grown) == count + 1
    grown[f"insert-{count}"] = "unit"
    filled = _shown(_edit(bureau, template_id, grown, f"insert-{count}").text)
    assert filled[f"texts-{count}-text"] == "文字{unit}"
    twice = _shown(_edit(bureau, template_id, filled, f"copy-{count}").text)
    once = _shown(_edit(bureau, template_id, twice, f"remove-{count + 1}").text)
    assert once == filled | {name: once[name] for name in once if name.startswith("insert-")}
    design = _stored(app, template_id, TemplateStatus.DRAFT)
    assert design is not None
    assert len(design.texts) == count  # nothing was kept yet
    once |= {"texts-0-x": "41.5", "texts-0-colour": "#123456", "qr_size": "40"}
    assert _edit(bureau, template_id, once, "save").status_code == 302
    saved = _stored(app, template_id, TemplateStatus.DRAFT)
    assert saved is not None
    assert (saved.texts[0].x, saved.texts[0].colour) == (41.5, "#123456")
    assert (saved.texts[-1].text, saved.qr and saved.qr.size) == ("文字{unit}", 40)
    form = _editor(bureau, template_id)
    done = _edit(bureau, template_id, form, "publish")
    assert done.location == f"/certificates/templates/{template_id}"
    assert _stored(app, template_id, TemplateStatus.PUBLISHED) == saved
    choice = bureau.get("/certificates/batches/new?source=hand").text
    assert f'value="{template_id}">骨干证书 · 楚雄彝族自治州' in choice


def test_the_live_preview_names_what_is_wrong_where_it_is(
    bureau: FlaskClient, app: Flask, template_id: int
) -> None:
    form = _editor(bureau, template_id)
    before = _stored(app, template_id, TemplateStatus.DRAFT)
    address = f"/certificates/templates/{template_id}/look"
    good = bureau.post(address, data=form).text
    assert "data:image/jpeg;base64," in good
    assert "data-finding" not in good
    form |= {"texts-0-text": "{age}", "texts-1-text": "编号", "texts-2-x": "200", "seal_x": "40"}
    bad = bureau.post(address, data={**form, "seal_y": "158"}).text
    assert 'data-finding="text-0"' in bad
    assert "{age}" in bad
    assert "{issued_on}" in bad
    assert 'data-finding="text-2"' in bad
    assert 'data-finding="qr"' in bad
    assert 'data-finding="page"' in bad
    assert "data:image/jpeg" in bad
    unread = bureau.post(address, data={**form, "texts-0-width": "宽", "qr_x": "nan"}).text
    assert "data:image/jpeg" not in unread
    assert "文字 1 · 宽度（毫米）：请填写数字。" in unread
    assert _stored(app, template_id, TemplateStatus.DRAFT) == before


def test_who_saves_later_is_told_keeps_what_they_typed_and_overwrites_nothing(
    bureau: FlaskClient, app: Flask, template_id: int
) -> None:
    mine = _editor(bureau, template_id)
    theirs = {**mine, "texts-0-text": "他人的标题"}
    assert _edit(bureau, template_id, theirs, "save").status_code == 302
    mine["texts-0-text"] = "我的标题"
    refused = _edit(bureau, template_id, mine, "save")
    assert refused.status_code == 409
    assert "没有覆盖任何内容" in refused.text
    assert _shown(refused.text)["texts-0-text"] == "我的标题"
    again = _edit(bureau, template_id, _shown(refused.text), "publish")
    assert again.status_code == 409
    kept = _stored(app, template_id, TemplateStatus.DRAFT)
    assert kept is not None
    assert kept.texts[0].text == "他人的标题"
    apart = _edit(bureau, template_id, mine, "apart")
    other = int(apart.location.split("/")[-2])
    assert other != template_id
    assert _editor(bureau, other)["texts-0-text"] == "我的标题"


def test_a_faulty_draft_is_kept_on_request_and_not_published(
    bureau: FlaskClient, app: Flask, template_id: int
) -> None:
    form = {**_editor(bureau, template_id), "texts-0-text": "{age}"}
    refused = _edit(bureau, template_id, form, "publish")
    assert refused.status_code == 422
    assert "{age}" in refused.text
    assert _shown(refused.text)["texts-0-text"] == "{age}"
    assert _edit(bureau, template_id, form, "save").status_code == 302
    for wrong in ({"texts-0-x": "1e9"}, {"orientation": "round"}, {"background_id": "x"}):
        assert _edit(bureau, template_id, {**form, **wrong}, "save").status_code == 422
    assert _edit(bureau, template_id, _editor(bureau, template_id), "remove-99").status_code == 400
    gone = {**_editor(bureau, template_id), "background_id": "4711"}
    assert _edit(bureau, template_id, gone, "save").status_code == 422
    assert _stored(app, template_id, TemplateStatus.PUBLISHED) is None


def test_pictures_are_brought_used_seen_and_removed_when_unused(
    bureau: FlaskClient, app: Flask, template_id: int
) -> None:
    page = bureau.get(f"/certificates/templates/images?template={template_id}").text
    assert "10 MB" in page

    def bring(data: bytes, purpose: str) -> Any:
        form = {"purpose": purpose, "title": "", "file": (io.BytesIO(data), "图.png")}
        return bureau.post(
            "/certificates/templates/images", data=form, content_type="multipart/form-data"
        )

    refused = bring(HEIC, "seal")
    assert refused.status_code == 422
    assert "JPG 或 PNG" in refused.text
    assert bring(b"", "seal").status_code == 422
    out = io.BytesIO()
    Image.new("RGBA", (300, 300), (255, 0, 0, 80)).save(out, "PNG")
    assert bring(out.getvalue(), "seal").status_code == 302
    with app.app_context():
        image = db.session.query(CertificateImage).one()
        image_id, key = image.id, image.file_key
        assert files.load(key).startswith(b"\x89PNG")
    picture = bureau.get(f"/certificates/templates/images/{image_id}")
    assert picture.mimetype == "image/png"
    assert "sandbox" in picture.headers["Content-Security-Policy"]
    form = {**_editor(bureau, template_id), "seal_id": str(image_id)}
    saved = _edit(bureau, template_id, form, "pictures")
    assert saved.location == f"/certificates/templates/images?template={template_id}"
    remove = f"/certificates/templates/images/{image_id}/remove"
    assert "骨干证书" in bureau.post(remove, follow_redirects=True).text
    form = {**_editor(bureau, template_id), "seal_id": "0"}
    assert _edit(bureau, template_id, form, "save").status_code == 302
    bureau.post(remove)
    assert bureau.get(f"/certificates/templates/images/{image_id}").status_code == 404


def test_versions_as_picture_and_pdf_with_nobodys_or_somebodys_facts(
    bureau: FlaskClient, app: Flask, template_id: int
) -> None:
    with app.app_context():
        person = make.make_counselor(make.make_school(make.LUFENG, "和平小学"), "李桃艳").id
        outside = make.make_counselor(make.make_school(make.LINCANG, "别处小学"), "外人").id
    version = f"/certificates/templates/{template_id}/versions/1"
    assert bureau.get(f"{version}/preview.png").data.startswith(b"\x89PNG")
    sample = bureau.get(f"{version}/preview.pdf?person_id={person}")
    assert sample.data.startswith(b"%PDF")
    assert "filename*=UTF-8''" in sample.headers["Content-Disposition"]
    assert bureau.get(f"{version}/preview.png?person_id={outside}").status_code == 404
    assert (
        bureau.get(f"/certificates/templates/{template_id}/versions/2/preview.png").status_code
        == 404
    )
    assert "姓名" in bureau.get(f"{version}/try").text
    shown = bureau.get(f"{version}/try?person_id={person}").text
    assert f"preview.png?person_id={person}" in shown.replace("&amp;", "&")


def test_copy_retire_and_bring_back(bureau: FlaskClient, app: Flask, template_id: int) -> None:
    with app.app_context():
        ready = certs.make_template().id
        published = certs.make_template(make.get_unit(make.CHUXIONG).id).id
    copied = bureau.post(f"/certificates/templates/{ready}/copy")
    assert copied.location.endswith("/edit")
    assert bureau.get(copied.location).status_code == 200
    own = bureau.get(f"/certificates/templates/{ready}").text
    assert f"/certificates/templates/{ready}/retire" not in own
    assert bureau.get(f"/certificates/templates/{ready}/edit").status_code == 302
    address = f"/certificates/templates/{published}"
    form = {"on": "2020-01-01", "reason": "换新样式"}
    assert bureau.post(f"{address}/retire", data=form).status_code == 422
    form["on"] = "2023-08-17"
    assert bureau.post(f"{address}/retire", data=form).status_code == 302
    assert "换新样式" in bureau.get(address).text
    assert f'{address}"' not in bureau.get("/certificates/templates/").text
    assert f'{address}"' in bureau.get("/certificates/templates/?show=retired").text
    bureau.post(f"{address}/bring-back")
    assert "换新样式" not in bureau.get(address).text
    bureau.post(f"{address}/draft")
    assert bureau.get(f"{address}/edit").status_code == 200
    bureau.post(f"{address}/discard")
    assert bureau.get(f"{address}/edit").status_code == 302
    renamed = {"title": "优秀证书", "kind": "excellent", "row_version": "9999"}
    assert bureau.post(f"{address}/change", data=renamed).status_code == 422
    assert "优秀证书" not in bureau.get(address).text


def test_the_list_takes_as_many_queries_for_many_and_schools_design_nothing(
    bureau: FlaskClient, app: Flask, sign_in: SignIn, count_queries: Count
) -> None:
    few = count_queries(lambda: bureau.get("/certificates/templates/"))
    with app.app_context():
        unit_id = make.get_unit(make.CHUXIONG).id
        for _number in range(12):
            certs.make_template(unit_id)
        school = make.make_school(make.LUFENG)
        teacherish = sign_in(make.make_account("school", school).id)
        assert db.session.query(CertificateTemplate).count() >= 12
    many = count_queries(lambda: bureau.get("/certificates/templates/"))
    assert few == many <= 8
    assert teacherish.get("/certificates/templates/").status_code == 403
