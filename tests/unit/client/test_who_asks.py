"""Which credential goes out: the precedence, the blocks, the headers."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import pickle
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from parse_orm.client import context
from parse_orm.client.client import BaseClient
from parse_orm.client.context import (
    as_anonymous,
    as_master,
    as_user,
    current_client,
    current_credential,
    in_context,
    set_default_client,
    using,
)
from parse_orm.client.credentials import ANONYMOUS, MASTER, Credential, token_of
from parse_orm.errors import InvalidValue, MasterKeyRequired, NotConnected, SessionTokenMissing
from parse_orm.transport.memory import MemoryTransport
from parse_orm.transport.messages import Response

TOKEN = "r:0123456789abcdef0123456789abcdef"
OTHER = "r:fedcba9876543210fedcba9876543210"


@dataclass
class Person:
    session_token: str | None = None


def make(**options: object) -> BaseClient:
    settings: dict[str, object] = {"rest_key": "rest-key", "master_key": "master-key", **options}
    transport = MemoryTransport(lambda request: Response(200, body=b"{}"))
    return BaseClient("http://localhost/parse", "app", transport=transport, **settings)  # type: ignore[arg-type]


def sent(client: BaseClient) -> dict[str, str]:
    transport = client._transport
    assert isinstance(transport, MemoryTransport)
    return transport.requests[-1].plain_headers()


@pytest.fixture(autouse=True)
def no_default() -> Iterator[None]:
    before = context._Default.client
    set_default_client(None)
    yield
    set_default_client(before)


def session(token: str) -> Credential:
    return Credential("session", token)


def test_an_explicit_session_wins_over_everything() -> None:
    client = make(session_token=OTHER)
    with as_master():
        assert client.credential(session=TOKEN, master=True) == session(TOKEN)


def test_an_explicit_master_wins_over_the_block() -> None:
    with as_user(TOKEN):
        assert make().credential(master=True) == MASTER


def test_the_block_wins_over_the_bound_token() -> None:
    client = make(session_token=OTHER)
    with as_user(TOKEN):
        assert client.credential() == session(TOKEN)
    with as_anonymous():
        assert client.credential() == ANONYMOUS


def test_the_bound_token_wins_over_the_master_key() -> None:
    assert make(session_token=TOKEN).credential() == session(TOKEN)


def test_a_client_with_a_master_key_asks_as_master_and_one_without_as_nobody() -> None:
    assert make().credential() == MASTER
    assert make(master_key=None).credential() == ANONYMOUS


def test_master_false_is_never_master() -> None:
    assert make().credential(master=False) == ANONYMOUS
    assert make(session_token=TOKEN).credential(master=False) == session(TOKEN)
    with as_master():
        assert make().credential(master=False) == ANONYMOUS
    with as_user(TOKEN):
        assert make().credential(master=False) == session(TOKEN)


def test_master_without_a_key_is_refused_before_any_request() -> None:
    client = make(master_key=None)

    with pytest.raises(MasterKeyRequired):
        client.credential(master=True)
    with as_master(), pytest.raises(MasterKeyRequired):
        client.request("GET", "/classes/Song")
    with pytest.raises(MasterKeyRequired):
        client.request("GET", "/classes/Song", credential=MASTER)
    with pytest.raises(MasterKeyRequired):
        client.server_info()
    assert client._transport.requests == []  # type: ignore[attr-defined]


@pytest.mark.parametrize("blank", ["", " ", "\t", "r:a\r\nX-Parse-Master-Key: x", "r:☃", "r:a\x00"])
def test_a_blank_or_hostile_token_is_refused_and_never_means_master(blank: str) -> None:
    client = make()
    for attempt in (
        lambda: client.credential(session=blank),
        lambda: as_user(blank),
        lambda: make(session_token=blank),
        lambda: token_of(Person(blank)),
    ):
        with pytest.raises(ValueError, match="session token"):
            attempt()


@pytest.mark.parametrize("who", [Person(), object(), 0, False, {}])
def test_somebody_without_a_token_is_refused(who: object) -> None:
    with pytest.raises(SessionTokenMissing):
        make().credential(session=who)


def test_a_token_of_another_type_is_refused() -> None:
    with pytest.raises(InvalidValue, match="is a str"):
        token_of(Person(7))  # type: ignore[arg-type]


def test_a_session_goes_out_without_the_master_key() -> None:
    client = make()
    client.request("GET", "/classes/Song", credential=client.credential(session=Person(TOKEN)))

    headers = sent(client)
    assert headers["X-Parse-Session-Token"] == TOKEN
    assert headers["X-Parse-REST-API-Key"] == "rest-key"
    assert "X-Parse-Master-Key" not in headers


def test_the_master_key_goes_out_without_a_token_and_without_the_rest_key() -> None:
    client = make()
    client.request("GET", "/classes/Song")

    headers = sent(client)
    assert headers["X-Parse-Master-Key"] == "master-key"
    assert "X-Parse-Session-Token" not in headers
    assert "X-Parse-REST-API-Key" not in headers


def test_nobody_goes_out_with_the_application_s_keys_alone() -> None:
    client = make()
    with as_anonymous():
        client.request("GET", "/classes/Song")

    assert "X-Parse-Master-Key" not in sent(client)
    assert sent(client)["X-Parse-Application-Id"] == "app"


def test_blocks_nest_and_come_back_after_an_error() -> None:
    client = make()
    with as_user(TOKEN):
        with contextlib.suppress(RuntimeError), as_user(OTHER):
            assert client.credential() == session(OTHER)
            raise RuntimeError
        assert client.credential() == session(TOKEN)
    assert client.credential() == MASTER


def test_a_block_works_as_a_decorator() -> None:
    client = make()

    @as_user(TOKEN)
    def ask() -> Credential:
        return client.credential()

    assert ask() == session(TOKEN)
    assert client.credential() == MASTER


def test_without_any_client_the_cure_is_named() -> None:
    with pytest.raises(NotConnected, match="connect"):
        current_client()


def test_using_wins_over_the_default_client() -> None:
    first, second = make(), make()
    set_default_client(first)
    with using(second) as client:
        assert client is second
        assert current_client() is second
    assert current_client() is first
    assert current_credential() == MASTER


def test_sibling_threads_never_see_each_other_s_block() -> None:
    client = make()
    seen: list[Credential] = []
    with as_user(TOKEN):
        thread = threading.Thread(target=lambda: seen.append(client.credential()))
        thread.start()
        thread.join()

    assert seen == [MASTER]


def test_a_thread_of_the_library_inherits_the_block() -> None:
    client = make()
    seen: list[Credential] = []
    barrier = threading.Barrier(2)

    def work() -> None:
        barrier.wait(timeout=5)
        seen.append(client.credential())

    with as_user(TOKEN):
        bound: Callable[[], None] = in_context(work)
    threads = [threading.Thread(target=bound) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert seen == [session(TOKEN)] * 2


def test_asyncio_tasks_inherit_and_do_not_leak() -> None:
    client = make()

    async def ask(token: str) -> Credential:
        with as_user(token):
            await asyncio.sleep(0)
            return client.credential()

    async def both() -> list[Credential]:
        return await asyncio.gather(ask(TOKEN), ask(OTHER))

    assert asyncio.run(both()) == [session(TOKEN), session(OTHER)]


def test_no_repr_shows_a_token_or_a_key() -> None:
    client = make(session_token=TOKEN)

    shown = repr(client) + repr(client.credential()) + repr(Credential("session", "odd-token"))
    assert TOKEN not in shown
    assert "master-key" not in shown
    assert "odd-token" not in shown
    assert repr(client.credential()) == "<Credential session r:...>"


def test_credentials_and_clients_are_shared_by_copies_and_never_pickled() -> None:
    client = make()
    for secret in (client, session(TOKEN)):
        assert copy.copy(secret) is secret
        assert copy.deepcopy([secret])[0] is secret
        with pytest.raises(TypeError, match="not pickled"):
            pickle.dumps(secret)


def test_a_token_belongs_to_a_session_alone() -> None:
    with pytest.raises(InvalidValue):
        Credential("master", TOKEN)


def test_one_decorator_serves_many_threads_at_a_time() -> None:
    client = make()
    barrier = threading.Barrier(3)
    seen: list[Credential] = []
    trouble: list[Exception] = []

    @as_user(TOKEN)
    def ask() -> None:
        barrier.wait(timeout=5)
        seen.append(client.credential())

    def work() -> None:
        try:
            ask()
        except ValueError as error:
            trouble.append(error)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert seen == [session(TOKEN)] * 3
    assert trouble == []
