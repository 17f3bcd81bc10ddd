"""User names, phones and mail addresses as keys."""

from __future__ import annotations

import pytest

from app.domain.accounts.identities import (
    email_key,
    email_of,
    is_username,
    mask_email,
    mask_phone,
    phone_of,
    suggest_username,
    username_key,
)


@pytest.mark.parametrize("name", ["li", "bureau-chuxiong", "li.taoyan2", "李桃艳", "a_b"])
def test_takes_a_user_name(name: str) -> None:
    assert is_username(name)


@pytest.mark.parametrize(
    "name",
    ["", "l", "x" * 41, "li taoyan", "li@example.cn", "-li", "li-", "13988001234", "a/b", "<b>"],
)
def test_refuses_what_is_no_user_name(name: str) -> None:
    assert not is_username(name)


def test_user_names_differ_neither_by_case_nor_by_width() -> None:
    assert username_key(" ＬｉTao ") == "litao"


@pytest.mark.parametrize(
    "text", ["13988001234", "139 8800 1234", "+86 139-8800-1234", "１３９８８００１２３４"]
)
def test_reads_a_phone_number_however_it_is_written(text: str) -> None:
    assert phone_of(text) == "13988001234"


@pytest.mark.parametrize(
    "text", ["", "1398800123", "12988001234", "139880012345", "0878-3123456", "li"]
)
def test_refuses_what_is_no_mobile_number(text: str) -> None:
    assert phone_of(text) is None


def test_reads_a_mail_address() -> None:
    assert email_of(" Li@Example.cn ") == "Li@Example.cn"
    assert email_key("Li@Example.cn") == "li@example.cn"


@pytest.mark.parametrize(
    "text", ["", "li", "li@", "@example.cn", "li@example", "li@a.cn, b@a.cn", "a b@c.cn"]
)
def test_refuses_what_is_no_mail_address(text: str) -> None:
    assert email_of(text) is None


def test_masks_show_enough_to_recognise_ones_own() -> None:
    assert mask_phone("13312343134") == "133****3134"
    assert mask_email("li.tao@example.cn") == "l***@example.cn"


def test_suggests_the_pinyin_of_the_name() -> None:
    assert suggest_username("李桃艳", set()) == "litaoyan"


def test_counts_on_when_the_name_is_taken() -> None:
    assert suggest_username("李桃艳", {"litaoyan", "litaoyan2"}) == "litaoyan3"


def test_suggests_a_user_name_for_names_in_any_script() -> None:
    assert suggest_username("阿木·尔古", set()) == "amuergu"
    assert is_username(suggest_username("𠮷", set()))
    assert is_username(suggest_username("é", set()))
