"""What is sealed opens only with its key and for its purpose; an index finds without revealing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.core import crypto
from tests.databases import TEST_FIELD_KEY, TEST_SECRET

NUMBER = "53239819850304001X"


@pytest.fixture(autouse=True)
def keys() -> Iterator[None]:
    crypto.configure([TEST_FIELD_KEY], TEST_SECRET)
    yield
    crypto.configure([TEST_FIELD_KEY], TEST_SECRET)


def test_opens_what_it_sealed() -> None:
    assert crypto.unseal(crypto.seal(NUMBER, "people.id_number"), "people.id_number") == NUMBER


def test_never_seals_the_same_twice() -> None:
    assert crypto.seal(NUMBER, "a") != crypto.seal(NUMBER, "a")


def test_refuses_to_open_for_another_purpose() -> None:
    sealed = crypto.seal(NUMBER, "people.id_number")
    with pytest.raises(crypto.CannotDecrypt):
        crypto.unseal(sealed, "people.phone")


def test_refuses_changed_bytes() -> None:
    sealed = bytearray(crypto.seal(NUMBER, "a"))
    sealed[-1] ^= 1
    with pytest.raises(crypto.CannotDecrypt):
        crypto.unseal(bytes(sealed), "a")


def test_opens_old_values_and_finds_them_after_a_key_rotation() -> None:
    sealed, index = crypto.seal(NUMBER, "a"), crypto.blind_index(NUMBER, "a")
    crypto.configure(["a-newer-key", TEST_FIELD_KEY], TEST_SECRET)
    assert crypto.unseal(sealed, "a") == NUMBER
    assert crypto.blind_index(NUMBER, "a") == index
    assert crypto.seal(NUMBER, "a")[0] == 2


def test_cannot_open_without_the_old_key() -> None:
    crypto.configure(["a-newer-key", TEST_FIELD_KEY], TEST_SECRET)
    sealed = crypto.seal(NUMBER, "a")
    crypto.configure([TEST_FIELD_KEY], TEST_SECRET)
    with pytest.raises(crypto.CannotDecrypt):
        crypto.unseal(sealed, "a")


def test_index_depends_on_value_and_purpose() -> None:
    found = {
        crypto.blind_index(NUMBER, "a"),
        crypto.blind_index(NUMBER, "b"),
        crypto.blind_index("530998198112194669", "a"),
    }
    assert len(found) == 3
    assert all(len(index) == 32 for index in found)
