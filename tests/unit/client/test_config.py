"""Settings: where they come from, and what is refused."""

from __future__ import annotations

import warnings

import pytest

from parse_orm.client.config import UNSET, Settings, read_settings
from parse_orm.errors import ConfigurationError, NotConnected, ParseOrmWarning

ENV = {
    "PARSE_SERVER_URL": "https://env.example/parse/",
    "PARSE_APP_ID": "env-app",
    "PARSE_REST_API_KEY": "env-rest",
    "PARSE_MASTER_KEY": "env-master",
}


def read(*args: object, **options: object) -> Settings:
    return read_settings(*args, **{"environ": ENV, **options})  # type: ignore[arg-type]


def keys_of(settings: Settings) -> tuple[str, str]:
    assert settings.rest_key is not None
    assert settings.master_key is not None
    return settings.rest_key.reveal(), settings.master_key.reveal()


def test_the_environment_fills_what_is_not_given() -> None:
    settings = read()

    assert settings.server_url == "https://env.example/parse"
    assert (settings.app_id, *keys_of(settings)) == ("env-app", "env-rest", "env-master")


def test_arguments_win_over_the_environment() -> None:
    settings = read("https://a.example/1", "app", "rest", "master")

    assert (settings.app_id, *keys_of(settings)) == ("app", "rest", "master")


def test_an_explicit_none_means_no_master_key() -> None:
    assert read(master_key=None).master_key is None


def test_a_blank_variable_counts_as_absent() -> None:
    settings = read(environ={**ENV, "PARSE_MASTER_KEY": " ", "PARSE_REST_API_KEY": ""})

    assert (settings.master_key, settings.rest_key) == (None, None)


@pytest.mark.parametrize(("missing", "setting"), [("PARSE_SERVER_URL", "server_url"), ("PARSE_APP_ID", "app_id")])
def test_a_missing_setting_is_named_with_its_variable(missing: str, setting: str) -> None:
    environ = {name: value for name, value in ENV.items() if name != missing}

    with pytest.raises(NotConnected, match=f"{setting} is missing.*{missing}"):
        read(environ=environ)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a.example/parse",
        "a.example/parse",
        "http://",
        "https://u:pw@a.example/parse",
        "https://a.example/parse?x=1",
        "https://a.example/parse#x",
        "https://a.example/pa rse",
        "https://a.example/\r\nX: 1",
        "https://a.example:99999/parse",
        "https://a.example:0/parse",
        "https://[::1/parse",
        "https://ä.example/parse",
    ],
)
def test_an_unusable_url_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(url)

    assert "pw" not in str(caught.value)


@pytest.mark.parametrize("name", ["app_id", "rest_key", "master_key"])
@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "snow☃man", " padded ", 7])
def test_a_key_that_no_header_can_carry_is_refused_by_name(name: str, value: object) -> None:
    with pytest.raises(ConfigurationError, match=name):
        read(**{name: value})


@pytest.mark.parametrize("name", ["rest_key", "master_key"])
def test_a_blank_key_is_refused_by_name(name: str) -> None:
    with pytest.raises(ConfigurationError, match=name):
        read(**{name: ""})


def test_a_wrong_type_of_url_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="server_url is a str"):
        read(7)


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), float("inf"), True, "30", None])
def test_a_timeout_that_is_no_time_is_refused(timeout: object) -> None:
    with pytest.raises(ConfigurationError, match="timeout"):
        read(timeout=timeout)


def test_plain_http_with_a_master_key_warns() -> None:
    with pytest.warns(ParseOrmWarning, match=r"unencrypted to a\.example"):
        read("http://a.example/parse")


@pytest.mark.parametrize(
    "url", ["http://localhost/p", "http://app.localhost/p", "http://127.0.0.9/p", "http://[::1]:1337/p"]
)
def test_plain_http_to_this_machine_is_fine(url: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert read(url, require_https=True).server_url == url


def test_plain_http_without_a_master_key_is_quiet() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read("http://a.example/parse", master_key=None)


def test_https_can_be_required() -> None:
    with pytest.raises(ConfigurationError, match="https is required"):
        read("http://a.example/parse", require_https=True)
    with pytest.raises(ConfigurationError, match="https is required"):
        read("http://a.example/parse", environ={**ENV, "PARSE_REQUIRE_HTTPS": "1"})


def test_an_unclear_switch_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="PARSE_REQUIRE_HTTPS"):
        read(environ={**ENV, "PARSE_REQUIRE_HTTPS": "maybe"})


def test_settings_do_not_show_keys() -> None:
    settings = read()

    assert "env-master" not in repr(settings)
    assert "env-rest" not in repr(settings)
    assert settings.mount_path == "/parse"
    assert repr(UNSET) == "UNSET"
