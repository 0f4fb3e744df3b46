"""The options Parse Server starts with: ours, the caller's over them, and keys that stay hidden."""

from __future__ import annotations

from parse_orm.devserver.options import Keys, server_options


def test_two_servers_never_share_keys() -> None:
    assert set(Keys().secret()).isdisjoint(Keys().secret())


def test_keys_are_in_no_repr() -> None:
    keys = Keys()

    assert not [key for key in keys.secret() if key in repr(keys)]


def test_the_callers_options_win_and_leave_their_neighbours() -> None:
    made = server_options(Keys(), ["Song"], {"auth": {"google": {"clientId": "x"}}, "sessionLength": 60})

    assert made["auth"].keys() == {"mfa", "google"}
    assert made["sessionLength"] == 60
    assert made["allowClientClassCreation"] is True


def test_none_takes_an_option_away() -> None:
    assert "auth" not in server_options(Keys(), [], {"auth": None})


def test_the_master_key_is_taken_from_loopback_only() -> None:
    assert server_options(Keys(), [], {})["masterKeyIps"] == ["127.0.0.1", "::1"]


def test_live_query_knows_the_master_key_and_the_classes() -> None:
    keys = Keys()
    made = server_options(keys, ["Song", "Log*"], {})

    assert made["liveQuery"] == {"classNames": ["Song", "Log.*"]}
    assert made["liveQueryServerOptions"]["keyPairs"]["masterKey"] == keys.master


def test_building_options_leaves_the_defaults_alone() -> None:
    server_options(Keys(), [], {"auth": {"mfa": None}, "requestComplexity": {"queryDepth": 3}})

    fresh = server_options(Keys(), [], {})
    assert fresh["requestComplexity"]["queryDepth"] == -1
    assert "mfa" in fresh["auth"]
