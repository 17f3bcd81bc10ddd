"""Settings come from the environment; production refuses to start half configured."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from app.config import MissingSettings, read_settings

COMPLETE = {
    "XINYU_ENV": "production",
    "XINYU_SECRET_KEY": "s" * 40,
    "XINYU_FIELD_KEY": "f" * 40,
    "XINYU_BASE_URL": "https://xinyu.example.edu.cn/",
}


@pytest.mark.parametrize("name", ["XINYU_SECRET_KEY", "XINYU_FIELD_KEY", "XINYU_BASE_URL"])
def test_production_names_what_is_missing(name: str, tmp_path: Path) -> None:
    environ = {**COMPLETE, "XINYU_INSTANCE": str(tmp_path)}
    del environ[name]
    with pytest.raises(MissingSettings, match=name):
        read_settings(environ)
    assert not (tmp_path / "secrets.json").exists()


def test_production_refuses_plain_http(tmp_path: Path) -> None:
    environ = {**COMPLETE, "XINYU_BASE_URL": "http://xinyu.example.edu.cn"}
    with pytest.raises(MissingSettings, match="https"):
        read_settings(environ)


def test_production_starts_with_everything_given() -> None:
    settings = read_settings(COMPLETE)
    assert settings.base_url == "https://xinyu.example.edu.cn"
    assert settings.is_production


def test_a_single_machine_makes_and_keeps_its_own_secrets(tmp_path: Path) -> None:
    environ = {"XINYU_INSTANCE": str(tmp_path)}
    first, again = read_settings(environ), read_settings(environ)
    assert (first.secret_key, first.field_keys) == (again.secret_key, again.field_keys)
    assert len(first.secret_key) >= 40
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600


def test_refuses_an_unknown_environment() -> None:
    with pytest.raises(MissingSettings, match="XINYU_ENV"):
        read_settings({"XINYU_ENV": "prod"})


def test_reads_several_field_keys_newest_first(tmp_path: Path) -> None:
    settings = read_settings({**COMPLETE, "XINYU_FIELD_KEY": "new,old"})
    assert settings.field_keys == ["new", "old"]


@pytest.mark.parametrize(
    ("url", "host", "port", "tls", "ssl"),
    [
        ("smtp://mail.example:587", "mail.example", 587, False, False),
        ("smtp+tls://mail.example", "mail.example", 25, True, False),
        ("smtps://mail.example", "mail.example", 465, False, True),
    ],
)
def test_reads_where_mail_goes(url: str, host: str, port: int, tls: bool, ssl: bool) -> None:
    mail = read_settings({**COMPLETE, "XINYU_MAIL_URL": url}).mail
    assert (mail.host, mail.port, mail.use_tls, mail.use_ssl) == (host, port, tls, ssl)


def test_unquotes_the_mail_password() -> None:
    url = "smtp://user%40example:p%3Ass@mail.example"
    mail = read_settings({**COMPLETE, "XINYU_MAIL_URL": url}).mail
    assert (mail.username, mail.password) == ("user@example", "p:ss")


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("http://packages.example.cn", "https"),
        ("https://xinyu.example.edu.cn", "another host"),
        ("https://xinyu.example.edu.cn:8443", "another host"),
        ("packages.example.cn", "an address like"),
        ("https://packages.example.cn/scorm", "an address like"),
    ],
)
def test_refuses_an_address_of_packages_that_is_not_apart(address: str, told: str) -> None:
    with pytest.raises(MissingSettings, match=told):
        read_settings({**COMPLETE, "XINYU_PACKAGES_URL": address})


def test_takes_an_address_of_packages_on_another_host() -> None:
    environ = {**COMPLETE, "XINYU_PACKAGES_URL": "https://packages.example.cn/"}
    assert read_settings(environ).packages_url == "https://packages.example.cn"
    assert read_settings(COMPLETE).packages_url is None


def test_takes_the_certificate_that_signs_pdfs(tmp_path: Path) -> None:
    named = {
        **COMPLETE,
        "XINYU_PDF_CERTIFICATE": str(tmp_path / "bureau.p12"),
        "XINYU_PDF_CERTIFICATE_PASSWORD": "口令",
    }
    settings = read_settings(named)
    assert settings.pdf_certificate == tmp_path / "bureau.p12"
    assert settings.pdf_certificate_password == "口令"
    assert read_settings(COMPLETE).pdf_certificate is None
