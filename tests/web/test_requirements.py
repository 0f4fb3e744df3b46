"""The requirements of web sessions that need no Parse Server, each named by its number."""

from __future__ import annotations

import copy
import json
import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from parse_orm.errors import ConfigurationError, InvalidValue
from parse_orm.web import (
    CachingStore,
    CookieCodec,
    Expiry,
    MemoryStore,
    NotSupported,
    SessionAdmin,
    SessionBackendError,
    SessionConfig,
    SessionEncodeError,
    SessionEvent,
    SessionGone,
    SessionManager,
    SessionNotFound,
    SQLStore,
    Unauthorized,
    WebSession,
    delete_continuously,
    tokens,
)
from tests.web.browser import Browser, CountingStore, login, nothing, put, read, who

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
KEY, OLD_KEY = "k" * 32, "o" * 32


@pytest.fixture
def counting(store: MemoryStore) -> CountingStore:
    return CountingStore(store)


@pytest.fixture
def browser(counting: CountingStore) -> Browser:
    return Browser(counting)


def logged_in(store: Any, user: str = "u1", config: SessionConfig | None = None, **visitor: str) -> Browser:
    browser = Browser(store, config, **visitor)
    browser.request(login(user))
    return browser


# -- identity and secrets ------------------------------------------------------------------


def test_r1_ids_have_128_random_bits_and_secrets_256_and_none_repeats() -> None:
    ids, secrets = {tokens.new_id() for _ in range(10_000)}, {tokens.new_secret() for _ in range(10_000)}
    assert (len(ids), len(secrets)) == (10_000, 10_000)
    assert {len(id) * 6 // 8 for id in ids} == {16}
    assert {len(secret) * 6 // 8 for secret in secrets} == {32}


def test_r2_nothing_that_is_stored_or_shown_makes_a_cookie(browser: Browser, store: MemoryStore, caplog: Any) -> None:
    caplog.set_level(logging.DEBUG)
    browser.request(login("u1"))
    assert browser.cookie is not None
    id, _, secret = browser.cookie.partition(".")
    record = store.read(id)
    assert record is not None
    assert record.token_hash is not None
    manager = SessionManager(store, cookie_header=f"id={browser.cookie}")
    assert manager.user_id == "u1"
    manager.rotate()
    shown = [repr(x) for x in (manager, manager.session, manager.presented, record, browser.last)]
    dump = json.dumps(record.to_public_dict()) + " ".join(shown) + caplog.text
    assert secret not in dump
    assert record.token_hash not in dump
    stolen = Browser(store)
    stolen.cookie = f"{id}.{record.token_hash[:43]}"
    assert stolen.request(who) is None


def test_r3_a_wrong_secret_is_an_unknown_id_and_comparison_is_constant_time(browser: Browser, monkeypatch: Any) -> None:
    browser.request(login("u1"))
    true_cookie, compared = browser.cookie, []
    assert true_cookie is not None
    real = tokens.hmac.compare_digest
    monkeypatch.setattr(tokens.hmac, "compare_digest", lambda a, b: compared.append(1) or real(a, b))
    browser.cookie = true_cookie.partition(".")[0] + "." + tokens.new_secret()
    assert browser.request(who) is None
    assert browser.cookie is None
    assert compared == [1]
    browser.cookie = true_cookie
    assert browser.request(who) == "u1"


def test_r4_an_unknown_id_is_never_adopted(browser: Browser) -> None:
    chosen = f"{tokens.new_id()}.{tokens.new_secret()}"
    browser.cookie = chosen
    browser.request(put("a", 1))
    assert browser.cookie is not None
    assert browser.cookie.partition(".")[0] != chosen.partition(".")[0]
    assert browser.cookie.partition(".")[2] != chosen.partition(".")[2]


def test_r5_ids_come_from_the_cookie_alone(store: MemoryStore) -> None:
    browser = logged_in(store)
    import flask

    from parse_orm.contrib.flask import ParseSessions, current_sessions

    app = flask.Flask(__name__)
    ParseSessions(app, store=store)
    app.add_url_rule("/", view_func=lambda: str(current_sessions.user_id), methods=["GET", "POST"])
    client = app.test_client()
    tries: list[dict[str, Any]] = [
        {"query_string": {"id": browser.cookie}},
        {"data": {"id": browser.cookie}},
        {"headers": {"Authorization": f"Bearer {browser.cookie}", "X-Session-Id": str(browser.cookie)}},
    ]
    assert [client.post("/", **each).text for each in tries] == ["None"] * 3


# -- fixation and rotation -------------------------------------------------------------------


def test_r6_the_cookie_from_before_the_login_is_dead(browser: Browser) -> None:
    browser.request(put("cart", 1))
    before = browser.cookie
    browser.request(login("u1"))
    assert browser.request(who) == "u1"
    browser.cookie = before
    assert browser.request(lambda m: (m.user_id, m.session.get("cart"))) == (None, None)


def test_r6_a_login_fails_when_the_old_record_cannot_be_ended(browser: Browser, counting: CountingStore) -> None:
    browser.request(put("cart", 1))
    counting.fail["destroy"] = SessionBackendError("down")
    counting.calls.clear()
    with pytest.raises(SessionBackendError):
        browser.request(login("u1"))
    assert counting.calls["create"] == 0
    counting.fail.clear()
    assert browser.request(lambda m: (m.user_id, m.session.get("cart"))) == (None, 1)


def test_r7_rotate_changes_the_secret_alone(browser: Browser, store: MemoryStore, moment: Any) -> None:
    browser.request(lambda m: m.authenticate_with("u1", {"a": 1}))
    before = browser.cookie
    assert before is not None
    old = store.read(before.partition(".")[0])
    moment.pass_by(MINUTE)
    browser.request(lambda m: m.rotate())
    assert browser.cookie not in (None, before)
    new = store.read(str(browser.cookie).partition(".")[0])
    assert old is not None
    assert new is not None
    assert (new.id, new.data, new.created_at) == (old.id, old.data, old.created_at)
    assert browser.request(read("a")) == 1
    browser.cookie = before
    assert browser.request(who) is None


def test_r8_cycle_id_changes_id_and_cookie_and_keeps_the_data(browser: Browser, counting: CountingStore) -> None:
    browser.request(put("a", 1))
    before = browser.cookie
    browser.request(lambda m: m.session.cycle_id())
    assert str(browser.cookie).partition(".")[0] != str(before).partition(".")[0]
    assert browser.request(read("a")) == 1
    browser.cookie = before
    assert browser.request(read("a")) is None


def test_r8_the_old_record_lives_until_the_new_one_exists(browser: Browser, counting: CountingStore) -> None:
    browser.request(put("a", 1))
    for broken in ("create", "destroy"):
        counting.fail = {broken: SessionBackendError("down")}
        with pytest.raises(SessionBackendError):
            browser.request(lambda m: m.session.cycle_id())
        counting.fail = {}
        assert browser.request(read("a")) == 1


def test_r9_another_user_does_not_inherit_data(browser: Browser) -> None:
    browser.request(lambda m: m.authenticate_with("u1", {"address": "x"}))
    browser.request(lambda m: m.authenticate("u2", keep_data=True))
    assert browser.request(read("address")) is None


def test_r9_a_visitor_who_logs_in_may_keep_the_cart(browser: Browser) -> None:
    browser.request(put("cart", ["apple"]))
    browser.request(lambda m: m.authenticate("u1", keep_data=True))
    assert browser.request(read("cart")) == ["apple"]


@pytest.mark.parametrize(("user", "keeps"), [("u1", True), ("u2", False)])
def test_r9_an_expiry_set_before_the_login_is_kept_with_the_data(browser: Browser, user: str, keeps: bool) -> None:
    browser.request(login("u1"))
    browser.request(lambda m: m.session.set_expiry(HOUR))
    browser.request(lambda m: m.authenticate(user, keep_data=True))
    assert ("Max-Age=3600" in str(browser.set_cookie)) is keeps
    assert browser.request(lambda m: m.user_id and m.session.max_age) == (3600 if keeps else None)


# -- expiry ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expiry", "max_age", "lives"),
    [
        (Expiry.on_session_end(), None, 14 * DAY),
        (Expiry.on_inactivity(HOUR), 3600, HOUR),
        (Expiry.on_inactivity(30 * DAY), 14 * 86400, 14 * DAY),
        (Expiry.at(datetime(2000, 1, 1, tzinfo=UTC)), 0, timedelta()),
    ],
)
def test_r10_three_policies(store: MemoryStore, moment: Any, expiry: Expiry, max_age: Any, lives: Any) -> None:
    browser = Browser(store, SessionConfig(expiry=expiry))
    browser.request(put("a", 1))
    assert browser.last is not None
    assert browser.last.cookie is not None
    assert browser.last.cookie.max_age == max_age
    cookie = browser.last.cookie.value
    for passed, there in ((lives - timedelta(seconds=1), lives > timedelta()), (lives, False)):
        moment.now += passed
        assert (store.read(cookie.partition(".")[0]) is not None) is there
        moment.now -= passed


def test_r10_a_date_is_a_policy(store: MemoryStore, moment: Any) -> None:
    browser = Browser(store, SessionConfig(expiry=Expiry.at(moment.now + HOUR)))
    browser.request(put("a", 1))
    assert "Max-Age=3600" in str(browser.set_cookie)
    moment.pass_by(HOUR / 2)
    browser.request(put("a", 2))
    assert "Max-Age=1800" in str(browser.set_cookie)


def test_r11_idle_and_absolute_limits_hold_whatever_the_store_says(store: MemoryStore, moment: Any) -> None:
    lax = SessionConfig(idle_timeout=None, absolute_timeout=None, expiry=Expiry.on_inactivity(365 * DAY))
    browser = logged_in(store, config=lax)
    moment.pass_by(2 * HOUR)
    true_cookie = browser.cookie
    for stricter in (SessionConfig(idle_timeout=HOUR), SessionConfig(absolute_timeout=HOUR)):
        browser.config = stricter
        assert browser.raw(f"id={true_cookie}", who) is None
    browser.config = lax
    assert browser.raw(f"id={true_cookie}", who) == "u1"


def test_r11_the_absolute_limit_does_not_move(store: MemoryStore, moment: Any) -> None:
    browser = logged_in(store, config=SessionConfig(absolute_timeout=HOUR))
    for _ in range(5):
        moment.pass_by(10 * MINUTE)
        assert browser.request(who) == "u1"
    moment.pass_by(10 * MINUTE)
    assert browser.request(who) is None


def test_r12_reads_count_as_use_once_per_interval_and_resend_the_cookie_then(
    browser: Browser, counting: CountingStore, moment: Any
) -> None:
    browser.config = SessionConfig(expiry=Expiry.on_inactivity(HOUR), touch_interval=5 * MINUTE)
    browser.request(put("a", 1))
    resent = []
    for _ in range(10):
        moment.pass_by(MINUTE)
        browser.request(read("a"))
        resent.append(browser.set_cookie is not None)
    assert resent == [False, False, False, False, True] * 2
    assert counting.calls["touch"] == 2
    moment.pass_by(55 * MINUTE)
    assert browser.request(read("a")) == 1


def test_r13_naive_dates_are_refused(store: MemoryStore) -> None:
    naive = datetime(2030, 1, 1)
    with pytest.raises(InvalidValue):
        Expiry.at(naive)
    with pytest.raises(InvalidValue):
        WebSession(store=store).set_expiry(naive)
    session = WebSession(store=store)
    session.save()
    assert session.record is not None
    assert session.record.created_at.utcoffset() == timedelta()


def test_r14_set_expiry_changes_record_and_cookie_in_both_directions(browser: Browser, store: MemoryStore) -> None:
    browser.request(put("a", 1))
    assert "Max-Age" not in str(browser.set_cookie)
    browser.request(lambda m: m.session.set_expiry(HOUR))
    assert "Max-Age=3600" in str(browser.set_cookie)
    record = store.read(str(browser.cookie).partition(".")[0])
    assert record is not None
    assert record.expires_at == store.clock() + HOUR
    browser.request(lambda m: m.session.set_expiry(None))
    assert "Max-Age" not in str(browser.set_cookie)


# -- laziness and writes -----------------------------------------------------------------------


def test_r15_an_untouched_session_costs_nothing(browser: Browser, counting: CountingStore) -> None:
    browser.request(put("a", 1))
    counting.calls.clear()
    for cookie in (browser.cookie, None, f"{tokens.new_id()}.{tokens.new_secret()}"):
        browser.cookie = cookie
        browser.request(nothing)
        assert browser.last is not None
        assert (browser.last.cookie, browser.last.vary) == (None, ())
    assert not counting.calls


def test_r16_a_read_is_one_read(browser: Browser, counting: CountingStore) -> None:
    browser.request(put("a", 1))
    counting.calls.clear()
    browser.request(lambda m: (m.session.get("a"), m.session["a"], len(m.session), m.user_id))
    assert counting.calls == {"read": 1}
    assert browser.last is not None
    assert (browser.last.cookie, browser.last.vary) == (None, ("Cookie",))


def test_r17_an_equal_value_is_no_change(browser: Browser, counting: CountingStore) -> None:
    browser.request(put("a", {"x": [1]}))
    counting.calls.clear()
    browser.request(put("a", {"x": [1]}))
    browser.request(lambda m: m.session.insert("a", {"x": [1]}))
    browser.request(lambda m: m.session.pop("absent", None))
    assert set(counting.calls) == {"read"}
    assert browser.set_cookie is None


def test_r17_true_is_not_one(browser: Browser) -> None:
    browser.request(put("a", 1))
    browser.request(put("a", True))
    assert browser.request(read("a")) is True


def test_r18_a_change_deep_inside_is_found(browser: Browser) -> None:
    browser.request(put("cart", {"items": []}))
    browser.request(lambda m: m.session["cart"]["items"].append("apple"))
    assert browser.request(read("cart")) == {"items": ["apple"]}


def test_r19_a_failed_request_stores_no_data_but_who_logged_in_is_in(browser: Browser) -> None:
    browser.request(put("a", 1), status=503)
    assert browser.cookie is None
    browser.request(login("u1"), status=500)
    assert browser.request(who) == "u1"
    browser.request(put("a", 2), status=500)
    assert browser.request(read("a")) is None
    browser.request(lambda m: m.logout(), status=500)
    assert browser.cookie is None


def test_r20_an_emptied_session_is_deleted_and_its_cookie_cleared(store: MemoryStore) -> None:
    config = SessionConfig(path="/shop", domain="example.org", same_site="Strict")
    browser = Browser(store, config)
    browser.request(put("a", 1))
    browser.request(lambda m: m.session.clear())
    assert browser.set_cookie == (
        "id=; Path=/shop; Domain=example.org; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; "
        "Secure; HttpOnly; SameSite=Strict"
    )
    assert len(store) == 0


def test_r20_a_login_without_data_is_not_deleted(browser: Browser) -> None:
    browser.request(lambda m: m.authenticate_with("u1", {"a": 1}))
    browser.request(lambda m: m.session.clear())
    assert browser.request(lambda m: (m.user_id, dict(m.session))) == ("u1", {})


# -- concurrency -----------------------------------------------------------------------------


def test_r21_requests_that_change_different_keys_both_count(browser: Browser) -> None:
    browser.request(put("start", 1))
    other = copy.copy(browser)
    browser.request(lambda m: (m.session.update(a=1), other.request(put("b", 2))))
    assert browser.request(lambda m: dict(m.session)) == {"start": 1, "a": 1, "b": 2}
    browser.request(lambda m: (m.session.update(a="first"), other.request(put("a", "second"))))
    assert browser.request(read("a")) == "first"


def test_r22_a_session_that_ended_meanwhile_stays_ended(browser: Browser, store: MemoryStore, caplog: Any) -> None:
    browser.request(login("u1"))
    other = copy.copy(browser)
    browser.request(lambda m: (m.session.update(a=1), other.request(lambda n: n.logout())))
    assert browser.last is not None
    assert browser.last.interrupted
    assert browser.cookie is None
    assert len(store) == 0
    assert "dropped" in caplog.text


def test_r22_nor_does_a_touch_bring_it_back(browser: Browser, store: MemoryStore, moment: Any) -> None:
    browser.request(login("u1"))
    other = copy.copy(browser)
    moment.pass_by(HOUR)
    browser.request(lambda m: (m.user_id, other.request(lambda n: n.logout())))
    assert (browser.cookie, len(store)) == (None, 0)


@pytest.mark.parametrize("make", [MemoryStore, lambda: SQLStore("sqlite://")])
def test_r23_of_many_logins_at_a_time_the_cap_remains_and_the_newest_among_them(make: Any) -> None:
    store, config = make(), SessionConfig(max_sessions_per_user=3)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: logged_in(store, config=config), range(24)))
    assert len(store.list_for_user("u1")) == 3
    newest = logged_in(store, config=config)
    assert newest.request(who) == "u1"


def test_r24_a_taken_id_is_never_overwritten(store: MemoryStore, monkeypatch: Any) -> None:
    ids = iter(["same", "same", "other"])
    monkeypatch.setattr("parse_orm.web.session.new_id", lambda: next(ids))
    monkeypatch.setattr("parse_orm.web.store.new_id", lambda: next(ids))
    first, second = WebSession(store=store), WebSession(store=store)
    first["whose"], second["whose"] = "first", "second"
    first.save()
    second.save()
    assert (first.id, second.id) == ("same", "other")
    assert WebSession("same", store)["whose"] == "first"


# -- control by users ------------------------------------------------------------------------


def test_r25_the_list_shows_live_sessions_newest_use_first_and_marks_one(store: MemoryStore, moment: Any) -> None:
    config = SessionConfig(idle_timeout=HOUR)
    logged_in(store, config=config)
    moment.pass_by(2 * HOUR)
    phone = logged_in(store, config=config, user_agent="Mozilla/5.0 (iPhone) Version/17 Mobile Safari/604")
    moment.pass_by(MINUTE)
    logged_in(store, "u2", config)
    mac = logged_in(store, config=config, user_agent="Mozilla/5.0 (Macintosh) Chrome/126 Safari/537")
    infos = phone.request(lambda m: m.list_my_sessions())
    assert [(i.device_name, i.device_type, i.is_current) for i in infos] == [
        ("Chrome on macOS", "desktop", False),
        ("Safari on iPhone", "mobile", True),
    ]
    assert "hash" not in repr(infos)
    assert str(mac.cookie).partition(".")[2] not in repr(infos)


def test_r26_only_ones_own_sessions_are_revoked(store: MemoryStore) -> None:
    mine, also_mine, theirs = logged_in(store), logged_in(store), logged_in(store, "u2")
    messages = []
    for id in (str(theirs.cookie).partition(".")[0], "absent"):
        with pytest.raises(SessionNotFound) as caught:
            mine.request(lambda m, id=id: m.revoke(id))
        messages.append(str(caught.value).replace(id, "X"))
    assert messages[0] == messages[1]
    mine.request(lambda m: m.revoke(str(also_mine.cookie).partition(".")[0]))
    assert also_mine.request(who) is None
    assert theirs.request(who) == "u2"
    with pytest.raises(Unauthorized):
        Browser(store).request(lambda m: m.revoke("x"))


def test_r26_revoking_the_current_one_is_a_logout(store: MemoryStore) -> None:
    mine = logged_in(store)
    mine.request(lambda m: m.revoke(m.current.id))
    assert (mine.cookie, len(store)) == (None, 0)


def test_r27_logging_others_out_keeps_this_one_and_counts(store: MemoryStore) -> None:
    mine, *others = (logged_in(store) for _ in range(4))
    assert mine.request(lambda m: m.logout_other()) == 3
    assert [other.request(who) for other in others] == [None] * 3
    assert mine.request(who) == "u1"
    logged_in(store)
    assert mine.request(lambda m: m.logout_all()) == 2
    assert (mine.cookie, len(store)) == (None, 0)
    assert Browser(store).request(lambda m: m.logout_all()) == 0
    with pytest.raises(Unauthorized):
        Browser(store).request(lambda m: m.logout_other())


def test_r28_the_cap_evicts_the_least_recently_used(store: MemoryStore, moment: Any) -> None:
    told: list[SessionEvent] = []
    config = SessionConfig(max_sessions_per_user=2, on_event=told.append, touch_interval=timedelta())
    first = logged_in(store, config=config)
    moment.pass_by(MINUTE)
    second = logged_in(store, config=config)
    moment.pass_by(MINUTE)
    first.request(who)
    moment.pass_by(MINUTE)
    third = logged_in(store, config=config)
    assert [b.request(who) for b in (first, second, third)] == ["u1", None, "u1"]
    assert [event.name for event in told].count("evicted_by_limit") == 1
    with pytest.raises(ConfigurationError, match="max_sessions_per_user"):
        SessionConfig(max_sessions_per_user=0)


def test_r31_an_administrator_ends_the_sessions_of_one_user_and_of_all(store: MemoryStore) -> None:
    one, other = logged_in(store, "u1"), logged_in(store, "u2")
    admin = SessionAdmin(store, parse=False)
    assert [info.id for info in admin.list_for_user("u1")] == [str(one.cookie).partition(".")[0]]
    assert admin.end_for_user("u1") == 1
    assert (one.request(who), other.request(who)) == (None, "u2")
    assert admin.end_all() == 1
    assert other.request(who) is None


def test_r32_a_login_counts_as_confirmed_for_a_while(store: MemoryStore, moment: Any) -> None:
    browser = logged_in(store)
    moment.pass_by(14 * MINUTE)
    assert browser.request(lambda m: m.recently_confirmed()) is True
    assert browser.request(lambda m: m.recently_confirmed(10 * MINUTE)) is False
    moment.pass_by(MINUTE)
    assert browser.request(lambda m: m.recently_confirmed()) is False
    assert Browser(store).request(lambda m: m.recently_confirmed()) is False


# -- the cookie ------------------------------------------------------------------------------


def test_r33_the_cookie_is_safe_by_default(browser: Browser) -> None:
    browser.request(put("a", 1))
    assert browser.set_cookie == f"id={browser.cookie}; Path=/; Secure; HttpOnly; SameSite=Lax"


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"cookie_name": "__Host-id", "domain": "example.org"}, "domain"),
        ({"cookie_name": "__Host-id", "path": "/x"}, "path"),
        ({"cookie_name": "__Host-id", "secure": False}, "secure"),
        ({"cookie_name": "__Secure-id", "secure": False}, "secure"),
        ({"same_site": "None", "secure": False}, "same_site"),
        ({"partitioned": True, "secure": False}, "partitioned"),
        ({"same_site": "sometimes"}, "same_site"),
        ({"cookie_name": "a b"}, "cookie_name"),
        ({"path": "/a;Domain=x"}, "path"),
        ({"domain": "x\r\nSet-Cookie: y"}, "domain"),
        ({"idle_timeout": timedelta()}, "idle_timeout"),
        ({"trusted_proxies": ("everyone",)}, "trusted_proxies"),
        ({"sign_key": "short"}, "sign_key"),
        ({"encrypt_key": ["x" * 32, "short"]}, "encrypt_key"),
    ],
)
def test_r33_what_browsers_would_drop_is_refused(settings: Any, named: str) -> None:
    with pytest.raises(ConfigurationError, match=named):
        SessionConfig(**settings)


@pytest.mark.parametrize("setting", ["sign_key", "encrypt_key"])
def test_r34_signed_and_encrypted_cookies(store: MemoryStore, setting: str) -> None:
    browser = logged_in(store, config=SessionConfig(**{setting: OLD_KEY}))
    true_cookie = str(browser.cookie)
    assert browser.request(who) == "u1"
    browser.config = SessionConfig(**{setting: [KEY, OLD_KEY]})
    assert browser.request(who) == "u1"
    for wrong in (true_cookie[:-2], true_cookie[:-1] + ("A" if true_cookie[-1] != "A" else "B") * 2, "x", "ü", "."):
        browser.cookie = wrong
        assert browser.request(who) is None
        assert browser.cookie is None
    browser.cookie = true_cookie
    browser.config = SessionConfig(**{setting: KEY})
    assert browser.request(who) is None


def test_r34_with_a_key_plain_cookies_are_refused_and_encryption_hides_the_id(store: MemoryStore) -> None:
    plain = logged_in(store)
    id = str(plain.cookie).partition(".")[0]
    for settings in ({"sign_key": KEY}, {"encrypt_key": KEY}, {"sign_key": KEY, "encrypt_key": KEY}):
        other = Browser(store, SessionConfig(**settings))
        other.cookie = plain.cookie
        assert other.request(who) is None
    assert id not in CookieCodec(SessionConfig(encrypt_key=KEY)).value(id, tokens.new_secret())


def test_r35_the_cookie_is_small_whatever_the_data(store: MemoryStore) -> None:
    browser = Browser(store, SessionConfig(sign_key=KEY, encrypt_key=KEY, domain="a.example.org"))
    browser.request(put("a", "x" * 1_000_000))
    assert len(str(browser.set_cookie)) < 512


# -- stores ------------------------------------------------------------------------------------


def test_r37_a_store_that_knows_no_users_says_so() -> None:
    from tests.web.test_stores import Plain

    browser = logged_in(Plain(MemoryStore().clock))
    with pytest.raises(NotSupported):
        browser.request(lambda m: m.logout_other())


def test_r38_a_damaged_row_is_logged_and_not_overwritten(caplog: Any) -> None:
    store = SQLStore("sqlite://")
    browser = Browser(store)
    browser.request(put("a", 1))
    id = str(browser.cookie).partition(".")[0]
    with store._begin() as connection:
        connection.execute(store._table.update().values(data="not json"))
    browser.request(put("b", 2))
    assert str(browser.cookie).partition(".")[0] != id
    with store._begin() as connection:
        rows = {row.id: row.data for row in connection.execute(store._table.select())}
    assert rows[id] == "not json"
    assert "damaged" in caplog.text


def test_r39_the_background_cleanup_survives_errors_and_stops(counting: CountingStore) -> None:
    counting.fail["gc"] = RuntimeError("the table is not there yet")
    with delete_continuously(counting, timedelta(milliseconds=5)) as cleanup:
        for _ in range(200):
            if counting.calls["gc"] > 2:
                break
            cleanup._thread.join(0.01)
        assert cleanup.running
    assert counting.calls["gc"] > 2
    assert not cleanup.running


def test_r40_without_its_cache_a_store_answers_itself(moment: Any) -> None:
    cache, lasting = CountingStore(MemoryStore(clock=moment)), CountingStore(MemoryStore(clock=moment))
    browser = logged_in(CachingStore(cache, lasting))
    cache.fail = dict.fromkeys(("read", "write", "destroy", "gc"), SessionBackendError("down"))
    assert browser.request(who) == "u1"
    browser.request(put("a", 1))
    assert browser.request(read("a")) == 1
    browser.request(lambda m: m.logout())
    assert len(lasting.inner) == 0  # type: ignore[arg-type]


def test_r40_a_read_that_began_before_the_end_does_not_bring_it_back(moment: Any) -> None:
    """The reader has the record in hand when the session ends, and puts it into the cache afterwards."""
    lasting = MemoryStore(clock=moment)
    store = CachingStore(MemoryStore(clock=moment), lasting)
    session = WebSession(store=store)
    session["a"] = 1
    session.save()
    real = lasting.read

    def slow(id: str) -> Any:
        record = real(id)
        lasting.read = real  # type: ignore[method-assign]
        store.destroy(id)
        return record

    lasting.read = slow  # type: ignore[method-assign]
    store.read(str(session.id))
    assert store.read(str(session.id)) is None


def test_r40_reads_come_from_the_cache(moment: Any) -> None:
    lasting = CountingStore(MemoryStore(clock=moment))
    store = CachingStore(MemoryStore(clock=moment), lasting)
    session = WebSession(store=store)
    session.save()
    for _ in range(5):
        assert store.read(str(session.id)) is not None
    assert lasting.calls["read"] == 1


def test_r41_json_alone_and_no_pickle_anywhere(store: MemoryStore) -> None:
    import pathlib

    import parse_orm.web

    session = WebSession(store=store)
    for value in (object(), b"x", {1, 2}, float("inf"), datetime.now(UTC)):
        with pytest.raises(SessionEncodeError, match="'when'"):
            session["when"] = value
    with pytest.raises(TypeError):
        session[1] = 2  # type: ignore[index]
    folder = pathlib.Path(parse_orm.web.__file__).parent
    assert not [path for path in folder.rglob("*.py") if "import pickle" in path.read_text(encoding="utf-8")]


# -- bad input and bad luck --------------------------------------------------------------------


@pytest.mark.parametrize("value", ["", ".", "x" * 10_240, "a.b", "%00", "../x.y", "ä.ü", "=;=", '"', "a" * 22 + "."])
def test_a_cookie_that_means_nothing_is_cleared_and_asks_nothing(
    browser: Browser, counting: CountingStore, value: str
) -> None:
    browser.raw(f"id={value}", nothing)
    assert "Max-Age=0" in str(browser.set_cookie)
    assert not counting.calls


def test_a_planted_cookie_of_the_same_name_does_not_hide_the_true_one(store: MemoryStore) -> None:
    true = logged_in(store).cookie
    planted = f"{tokens.new_id()}.{tokens.new_secret()}"
    for header in (f"id={planted}; id={true}", f"id=junk; id={true}; id=x", f"id_x=1; id={true}", f' id="{true}"'):
        browser = Browser(store)
        assert browser.raw(header, who) == "u1"


def test_a_store_that_does_not_answer_is_never_taken_for_an_anonymous_visitor(
    browser: Browser, counting: CountingStore
) -> None:
    browser.request(login("u1"))
    counting.fail["read"] = SessionBackendError("down")
    with pytest.raises(SessionBackendError):
        browser.request(put("a", 1))
    counting.fail.clear()
    assert browser.request(who) == "u1"


def test_changes_that_cannot_be_stored_are_a_failure_and_keep_the_cookie(
    browser: Browser, counting: CountingStore
) -> None:
    browser.request(put("a", 1))
    counting.fail["write"] = SessionBackendError("down")
    browser.request(put("a", 2))
    assert browser.last is not None
    assert isinstance(browser.last.failure, SessionBackendError)
    counting.fail.clear()
    assert browser.request(read("a")) == 1


def test_a_touch_that_fails_loses_nothing(browser: Browser, counting: CountingStore, moment: Any) -> None:
    browser.request(login("u1"))
    moment.pass_by(HOUR)
    counting.fail["touch"] = SessionBackendError("down")
    assert browser.request(who) == "u1"
    assert browser.last is not None
    assert browser.last.failure is None
    counting.fail.clear()
    assert browser.request(who) == "u1"


def test_clocks_that_jump_back_do_no_harm(browser: Browser, moment: Any) -> None:
    browser.request(login("u1"))
    moment.now -= 3 * DAY
    assert browser.request(who) == "u1"
    browser.request(put("a", 1))
    moment.now += 3 * DAY
    assert browser.request(read("a")) == 1


def test_a_fingerprint_that_changes_ends_the_session_when_asked_for(store: MemoryStore) -> None:
    told: list[SessionEvent] = []
    config = SessionConfig(check_fingerprint=True, on_event=told.append)
    browser = logged_in(store, config=config, user_agent="Firefox")
    assert browser.request(who) == "u1"
    thief = Browser(store, config, user_agent="curl")
    thief.cookie = browser.cookie
    assert thief.request(who) is None
    assert browser.request(who) is None
    assert told[-1].name == "fingerprint_mismatch"


def test_values_stored_at_once_need_a_login(store: MemoryStore) -> None:
    browser = logged_in(store)
    browser.request(lambda m: m.set("a", 1), status=500)
    assert browser.request(lambda m: (m.get("a"), m.get("a", type=str), m.get("b", 7))) == (1, None, 7)
    browser.request(lambda m: m.remove_key("a"), status=500)
    assert browser.request(lambda m: m.get("a")) is None
    nobody = SessionManager(store)
    assert nobody.get("a", 5) == 5
    for act in (lambda: nobody.set("a", 1), lambda: nobody.remove_key("a"), nobody.rotate):
        with pytest.raises(Unauthorized):
            act()


def test_a_flash_message_is_read_once_in_a_later_request(browser: Browser) -> None:
    def leave(manager: SessionManager) -> None:
        manager.session.flash("note", "Saved.")
        assert manager.session.get_flash("note") is None

    browser.request(leave)
    browser.request(nothing)
    assert browser.request(lambda m: (dict(m.session), m.session.get_flash("note"))) == ({}, "Saved.")
    assert browser.request(lambda m: m.session.get_flash("note", "none")) == "none"


def test_always_save_writes_each_time(store: MemoryStore) -> None:
    counting = CountingStore(store)
    browser = Browser(counting, SessionConfig(always_save=True))
    browser.request(nothing)
    assert not counting.calls
    browser.request(put("a", 1))
    browser.request(nothing)
    assert counting.calls["write"] == 1
    assert browser.set_cookie is not None


def test_a_session_saved_by_hand_gets_its_cookie_even_on_an_error(browser: Browser) -> None:
    browser.request(lambda m: (m.session.update(a=1), m.session.save()), status=500)
    assert browser.request(read("a")) == 1


def test_saving_by_hand_after_the_end_says_so(browser: Browser, store: MemoryStore) -> None:
    browser.request(login("u1"))

    def late(manager: SessionManager) -> None:
        manager.session["a"] = 1
        store.destroy_all()
        with pytest.raises(SessionGone):
            manager.session.save()

    browser.request(late)
