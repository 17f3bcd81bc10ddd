"""What is too weak for a password, and that one is known again."""

from __future__ import annotations

import pytest

from app.domain.accounts import passwords
from app.domain.accounts.passwords import weakness


@pytest.mark.parametrize(
    "password", ["lantern river", "horse12!", "一二三四五六七八九十", "Kunming2023"]
)
def test_takes_a_long_or_a_mixed_password(password: str) -> None:
    assert weakness(password, username="li", phone=None) is None


@pytest.mark.parametrize("password", ["", "kaixin", "lanternri", "ab12!x"])
def test_refuses_a_short_password(password: str) -> None:
    assert weakness(password) == "password_too_short"


def test_refuses_a_password_without_end() -> None:
    assert weakness("ab1" * 60) == "password_too_long"


def test_refuses_the_user_name_inside() -> None:
    assert weakness("Litaoyan2023", username="litaoyan") == "password_is_name"


def test_refuses_the_phone_number_inside() -> None:
    assert weakness("a13988001234", phone="13988001234") == "password_is_name"


@pytest.mark.parametrize(
    "password", ["1234567890", "Abc123456", "aaaaaaaaaa", "1212121212", "abcdefghijk", "jihgfedcba"]
)
def test_refuses_what_guessers_try_first(password: str) -> None:
    assert weakness(password) == "password_common"


def test_knows_a_password_again_and_no_other() -> None:
    stored = passwords.hash_password("lantern river")
    assert passwords.matches(stored, "lantern river")
    assert not passwords.matches(stored, "lantern rives")


def test_full_width_letters_are_the_plain_ones() -> None:
    stored = passwords.hash_password("lantern12")
    assert passwords.matches(stored, "ｌａｎｔｅｒｎ１２")


def test_nothing_matches_an_account_without_a_password() -> None:
    assert not passwords.matches(None, "lantern river")


def test_stores_argon2id_with_a_salt_of_its_own() -> None:
    one, two = passwords.hash_password("lantern river"), passwords.hash_password("lantern river")
    assert one.startswith("$argon2id$")
    assert one != two


def test_generated_passwords_are_strong() -> None:
    made = {passwords.generate_password() for _ in range(20)}
    assert len(made) == 20
    assert all(weakness(password) is None for password in made)
