"""E-mail addresses and telephone numbers are strings with one spelling."""

from __future__ import annotations

import pytest

from parse_orm.types import Email, File, Phone, Pointer


@pytest.mark.parametrize("text", ["ann@example.com", " Ann@Example.COM ", "a.b+c@mail.example.co.uk"])
def test_an_address_is_trimmed_and_lowered(text: str) -> None:
    assert Email(text) == text.strip().lower()
    assert "example" in Email(text).domain


@pytest.mark.parametrize("text", ["", "ann", "ann@", "@example.com", "ann@example", "a b@example.com", "a@b.c\nx"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="e-mail address"):
        Email(text)


@pytest.mark.parametrize("text", ["+4930901820", "+49 (30) 901820", "+49-30/90.18.20"])
def test_a_number_loses_its_punctuation(text: str) -> None:
    assert Phone(text) == "+4930901820"


@pytest.mark.parametrize("text", ["", "030 901820", "+0123456789", "+49", "+49 30 CALL ME", "+" + "9" * 16])
def test_what_is_no_international_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="international"):
        Phone(text)


def test_files_are_compared_by_name_because_the_server_makes_the_url() -> None:
    assert File("a.png", "http://one") == File("a.png", "http://two")
    assert hash(File("a.png")) == hash(File("a.png", "http://two"))
    assert File("a.png") != File("b.png")
    assert File("a.png") != "a.png"


def test_pointers_are_values() -> None:
    assert Pointer("Song", "a") == Pointer("Song", "a")
    assert Pointer("Song", "a") != Pointer("Tune", "a")
