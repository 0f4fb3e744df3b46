"""One-time codes, against the test vectors of RFC 6238, appendix B."""

from __future__ import annotations

import base64

import pytest

from parse_orm.classes import totp

SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("at", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_the_rfc(at: int, code: str) -> None:
    assert totp.code(SECRET, at) == code


def test_a_code_holds_for_thirty_seconds() -> None:
    assert totp.code(SECRET, 60) == totp.code(SECRET, 89)
    assert totp.code(SECRET, 89) != totp.code(SECRET, 90)


def test_secrets_are_random_and_long_enough() -> None:
    assert totp.new_secret() != totp.new_secret()
    assert len(base64.b32decode(totp.new_secret())) == 20


def test_a_secret_without_padding_or_in_lower_case_will_do() -> None:
    assert totp.code("gezdgnbvgy3tqojqgezdgnbvgy3tqojq", 59) == "287082"
    assert len(totp.code("GEZDGNBVGY", 0)) == 6


def test_the_uri_quotes_what_it_names() -> None:
    uri = totp.provisioning_uri("ABCD", "ann:x@example.com", "My Music")

    assert uri.startswith("otpauth://totp/My%20Music:ann%3Ax%40example.com?secret=ABCD&issuer=My%20Music&")
