"""The verbs that do one thing, or a few things of a kind: accounts, logins, files, functions, settings."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import parse_orm as orm
from parse_orm.classes import totp
from parse_orm.types.date import parse_date
from tests.refusals.stage import PASSWORD, RefusalRow, Stage

#: Makes the server refuse; what it gives is left when the verb has answered.
Refuse = Callable[[Stage], Any]

NEW_PASSWORD = "another horse battery"


@dataclass(frozen=True)
class Deed:
    """One verb that does one thing, or does it to several rows and tells how many.

    Args:
        names: The public names that it calls.
        label: Names it in the id of a cell.
        prepare: What has to be there before.
        act: Does it.
        done: Whether the server did it; for a verb that counts, how many times.
        ways: The ways of refusing it, by name.
        told: What the value says, where it is not just that no error was raised: False for "not by this call".
        wants: What is done when nobody refuses.
        left: What is done all the same when it is refused: the first half of a verb in two parts.
    """

    names: tuple[str, ...]
    label: str
    prepare: Callable[[Stage], object]
    act: Callable[[Stage], Any]
    done: Callable[[Stage], Any]
    ways: Mapping[str, Refuse]
    told: Callable[[Any], Any] = lambda value: value is not False
    wants: Any = True
    left: Any = False


@dataclass(frozen=True)
class DeedCell:
    """One verb, and one way of refusing it; None when nobody refuses."""

    deed: Deed
    way: str | None

    @property
    def id(self) -> str:
        """Names the test."""
        return f"{self.deed.label}-{self.way or 'fulfilled'}"


def deed_cells() -> list[DeedCell]:
    """Every verb with every way of refusing it, and without any."""
    return [DeedCell(deed, way) for deed in DEEDS for way in (None, *deed.ways)]


# -- running a cell -----------------------------------------------------------------------------


def run_deed(cell: DeedCell, stage: Stage) -> list[str]:
    """Run one cell, and give what is wrong."""
    deed = cell.deed
    deed.prepare(stage)
    stage.kept["by others"] = 0
    error: Exception | None = None
    value = None
    with ExitStack() as refusing:
        if cell.way is not None:
            manager = deed.ways[cell.way](stage)
            if hasattr(manager, "__enter__"):
                refusing.enter_context(manager)
        before = [_state(record) for record in stage.objects]
        try:
            value = deed.act(stage)
            told = deed.told(value)
        except orm.BatchError as raised:
            error, told = raised, raised.result
        except orm.ParseOrmError as raised:
            error, told = raised, False
    done = deed.done(stage)
    wrong = _compared(cell, told, done, error)
    for record, was in zip(stage.objects, before, strict=True):
        wrong += _object(stage, record, was, done=bool(told) and error is None)
    return wrong


def _compared(cell: DeedCell, told: Any, done: Any, error: Exception | None) -> list[str]:
    deed, wrong = cell.deed, []
    wanted = deed.wants if cell.way is None else deed.left
    if done != wanted:
        wrong.append(f"the cell is worth nothing: {done} is done where {wanted} was meant; told {told}, {error!r}")
    if type(deed.wants) is bool:
        if bool(told) != done:
            wrong.append(f"told {told}, and done is {done}; {error!r}")
    elif told != done:
        wrong.append(f"told {told}, and {done} are done; {error!r}")
    if cell.way is None and error is not None:
        wrong.append(f"nobody refused, and it raised {error!r}")
    if isinstance(error, orm.BatchError) and error.unknown:
        wrong.append(f"the server refused, and it is told that nobody knows: {error.unknown}")
    return wrong


def _state(record: Any) -> dict[str, Any]:
    return {
        "is_new": record.is_new,
        "id": record.id,
        "is_destroyed": record.is_destroyed,
        "may_exist": record.may_exist,
        "changed": record.changed,
        "updated_at": record.updated_at,
        "token": record._wire.get("sessionToken") and record._wire["sessionToken"].reveal(),
        "linked": sorted((record._wire.get("authData") or {}) if record.schema.class_name == "_User" else ()),
    }


def _object(stage: Stage, record: Any, was: dict[str, Any], done: bool) -> list[str]:
    """What is wrong with an object: it knows what was done, or is as it was."""
    now = _state(record)
    row = stage.truth.row(record.schema.class_name, record.id) if record.id else None
    if not done and row is not None and record.updated_at == parse_date(row["updatedAt"]):
        now["updated_at"] = was["updated_at"]  # the first part of two was done
    # What a verb set before it was refused stays to be saved, as everything that is pending does.
    kept = {**now, "changed": was["changed"]} if set(now["changed"]) >= set(was["changed"]) else now
    if not done:
        return [] if kept == was else [f"it was refused, and the object is another: {was} {now}"]
    if record.is_destroyed or stage.kept.get("only told"):
        return []
    wrong = [f"it is done, and the object has changes: {now['changed']}"] if now["changed"] else []
    if row is None:
        return [*wrong, f"it is done, and there is no row {record.id}"]
    held = {key: value for key, value in record._wire.items() if type(value) in (str, int, bool)}
    held.pop("sessionToken", None)
    wrong += [
        f"the object has {key}={value!r}, the row {row.get(key)!r}"
        for key, value in held.items()
        if row.get(key) != value
    ]
    token = now["token"]
    if token and token not in {one["sessionToken"] for one in stage.truth.sessions(record.id)}:
        wrong.append("it is done, and the token of the object is dead")
    return wrong


# -- ways of refusing ---------------------------------------------------------------------------


@contextmanager
def refusing(stage: Stage) -> Iterator[None]:
    """Every trigger refuses."""
    stage.truth.ask("POST", "/functions/refusalMode", {"mode": "yes"})
    try:
        yield
    finally:
        stage.truth.ask("POST", "/functions/refusalMode", {"mode": ""})


@contextmanager
def wrong_master_key(stage: Stage) -> Iterator[None]:
    """The key of who asks is not the one of the server."""
    stage.kept["client"] = stage.ground.stranger
    with orm.using(stage.ground.stranger):
        yield


@contextmanager
def sessions_closed(stage: Stage) -> Iterator[None]:
    """Nobody but the master may delete sessions."""
    before = stage.truth.ask("GET", "/schemas/_Session")["classLevelPermissions"]
    closed = {**before, "delete": {}}
    stage.truth.ask("PUT", "/schemas/_Session", {"classLevelPermissions": closed})
    try:
        yield
    finally:
        stage.truth.ask("PUT", "/schemas/_Session", {"classLevelPermissions": {**before, "delete": {"*": True}}})


TRIGGER = {"refused_by_a_trigger": refusing}
NO_KEY = {"wrong_master_key": wrong_master_key}


# -- accounts -----------------------------------------------------------------------------------


def _mail(stage: Stage, who: str = "new") -> str:
    return f"{stage.marker}-{who}@example.com"


def _nothing(stage: Stage) -> None:
    stage.kept["id"] = ""


def _account(stage: Stage) -> None:
    """An account with three logins, of which the last one is ours."""
    made = stage.truth.ask("POST", "/users", {"username": stage.marker, "password": PASSWORD})
    for _ in range(2):
        stage.truth.ask("POST", "/loginAs", {"userId": made["objectId"]})
    user = orm.User.login_as(made["objectId"])
    stage.kept["user"], stage.kept["id"] = user, user.id
    stage.objects = [user]
    _note_sessions(stage)


def _only_account(stage: Stage) -> None:
    """The same, where the object of the user is not looked at."""
    _account(stage)
    stage.objects = []


def _note_sessions(stage: Stage) -> None:
    stage.kept["sessions"] = {row["objectId"]: row["sessionToken"] for row in stage.truth.sessions(stage.kept["id"])}


def _anonymous(stage: Stage) -> None:
    told = stage.truth.ask("POST", "/users", {"authData": {"anonymous": {"id": stage.marker}}})
    user = orm.User.login_with("anonymous", {"id": stage.marker})
    stage.kept["user"], stage.kept["id"] = user, told["objectId"]
    stage.objects = [user]
    _note_sessions(stage)


def _with_mfa(stage: Stage) -> None:
    _account(stage)
    stage.kept["secret"] = secret = orm.User.new_mfa_secret()
    stage.kept["user"].enable_mfa(secret, totp.code(secret))


def _take_name(stage: Stage) -> None:
    stage.truth.ask("POST", "/users", {"username": _name(stage), "password": PASSWORD})


def _take_mail(stage: Stage) -> None:
    body = {"username": f"{stage.marker}-other", "password": PASSWORD, "email": _mail(stage)}
    stage.truth.ask("POST", "/users", body)


def _name(stage: Stage) -> str:
    return f"{stage.marker}-new"


def _signed_up(stage: Stage) -> bool:
    return bool(stage.truth.rows("_User", username=_name(stage), email=_mail(stage)))


def _sessions_ended(stage: Stage) -> int:
    there = {row["objectId"] for row in stage.truth.sessions(stage.kept["id"])}
    return len(set(stage.kept["sessions"]) - there) - int(stage.kept["by others"])


def _own_ended(stage: Stage) -> bool:
    if stage.kept.get("dead"):
        return False  # somebody else did it
    tokens = {row["sessionToken"] for row in stage.truth.sessions(stage.kept["id"])}
    return stage.kept["token"] not in tokens


def _logins(stage: Stage) -> bool:
    return len(stage.truth.sessions(stage.kept["id"])) > len(stage.kept["sessions"])


def _with_token(stage: Stage) -> None:
    _account(stage)
    stage.kept["token"] = stage.kept["user"].session_token


def _only_token(stage: Stage) -> None:
    _with_token(stage)
    stage.objects = []


def _kill_own(stage: Stage) -> None:
    stage.kept["dead"] = True
    own = stage.kept["user"].session_token
    (id,) = (id for id, token in stage.kept["sessions"].items() if token == own)
    stage.delete("_Session", id)


def _gone_account(stage: Stage) -> None:
    stage.delete("_User", stage.kept["id"])


def _half_end_meanwhile(stage: Stage) -> None:
    """Somebody else ends a session just before ours are ended."""

    def end() -> None:
        own = stage.kept["user"].session_token
        stage.delete("_Session", min(id for id, token in stage.kept["sessions"].items() if token != own))
        stage.kept["by others"] += 1

    stage.meanwhile("POST", "/batch", end)


def _own_ends_meanwhile(stage: Stage) -> None:
    """The session that asks, which goes last, is ended by somebody else before its turn."""

    def end() -> None:
        _kill_own(stage)
        stage.kept["by others"] += 1

    stage.meanwhile("POST", "/batch", lambda: stage.meanwhile("POST", "/batch", end))


def _expired(stage: Stage) -> None:
    _only_account(stage)
    past = {"__type": "Date", "iso": "2001-02-03T04:05:06.000Z"}
    for id in stage.kept["sessions"]:
        stage.change("_Session", id, expiresAt=past)


def _can_log_in(stage: Stage, name: str, password: str, **more: object) -> bool:
    try:
        return stage.truth.ask("POST", "/login", {"username": name, "password": password, **more}) is not None
    except AssertionError:
        return False


def _has_provider(name: str) -> Callable[[Stage], bool]:
    return lambda stage: bool(((stage.truth.row("_User", stage.kept["id"]) or {}).get("authData") or {}).get(name))


def _has_mfa(stage: Stage) -> bool:
    """Whether a password alone is not enough."""
    return not _can_log_in(stage, stage.marker, PASSWORD)


def _session_object(stage: Stage) -> None:
    _with_token(stage)
    found = orm.Session.for_token(stage.kept["token"], strict=True)
    assert found is not None
    stage.objects = [found]


def _as_user(act: Callable[[Stage], Any]) -> Callable[[Stage], Any]:
    def asked(stage: Stage) -> Any:
        with orm.as_user(stage.kept["user"].session_token):
            return act(stage)

    return asked


def _taken_elsewhere(stage: Stage) -> None:
    stage.truth.ask("POST", "/users", {"authData": {"anonymous": {"id": f"{stage.marker}-linked"}}})


def _unknown_provider(stage: Stage) -> None:
    stage.kept["provider"] = "nowhere"


def _session_row(stage: Stage) -> str:
    return min(stage.kept["sessions"])


def _session_gone(stage: Stage) -> None:
    stage.kept["dead"] = True
    stage.delete("_Session", _session_row(stage))


def _row_ended(stage: Stage) -> bool:
    return not stage.kept.get("dead") and stage.truth.row("_Session", _session_row(stage)) is None


def _moved(stage: Stage) -> bool:
    row = stage.truth.row("_Session", _session_row(stage))
    return row is not None and row["expiresAt"]["iso"] == "2031-01-01T00:00:00.000Z"


FAR = {"__type": "Date", "iso": "2031-01-01T00:00:00.000Z"}

ACCOUNTS = (
    Deed(
        ("User.signup",),
        "signup",
        _nothing,
        lambda stage: orm.User.signup(_name(stage), PASSWORD, _mail(stage)),
        _signed_up,
        {**TRIGGER, "name_taken": _take_name, "mail_taken": _take_mail},
    ),
    Deed(
        ("User.login",),
        "login",
        _account,
        lambda stage: orm.User.login(stage.marker, stage.kept.get("wrong", PASSWORD)),
        _logins,
        {**TRIGGER, "wrong_password": lambda stage: stage.kept.update(wrong="wrong")},
    ),
    Deed(
        ("User.login_as",),
        "login_as",
        _account,
        lambda stage: orm.User.login_as(stage.kept["id"]),
        _logins,
        {**NO_KEY, "gone": _gone_account},
    ),
    Deed(
        ("User.login_with",),
        "login_with",
        _anonymous,
        lambda stage: orm.User.login_with(stage.kept.get("provider", "anonymous"), {"id": stage.marker}),
        _logins,
        {"unknown_provider": _unknown_provider},
    ),
    Deed(
        ("User.anonymous",),
        "anonymous",
        lambda stage: stage.kept.update(users=len(stage.truth.rows("_User"))),
        lambda stage: orm.User.anonymous(),
        lambda stage: len(stage.truth.rows("_User")) > stage.kept["users"],
        TRIGGER,
    ),
    Deed(
        ("User.logout",),
        "logout",
        _only_token,
        lambda stage: stage.kept["user"].logout(),
        _own_ended,
        {"dead_session": _kill_own},
    ),
    Deed(
        ("User.change_password",),
        "change_password",
        _with_token,
        lambda stage: stage.kept["user"].change_password(NEW_PASSWORD),
        lambda stage: _can_log_in(stage, stage.marker, NEW_PASSWORD) and not _can_log_in(stage, stage.marker, PASSWORD),
        {**TRIGGER, "dead_session": _kill_own},
    ),
    Deed(
        ("User.link",),
        "link",
        _account,
        lambda stage: stage.kept["user"].link(
            stage.kept.get("provider", "anonymous"), {"id": f"{stage.marker}-linked"}
        ),
        _has_provider("anonymous"),
        {"linked_elsewhere": _taken_elsewhere, "unknown_provider": _unknown_provider, "dead_session": _kill_own},
    ),
    Deed(
        ("User.unlink",),
        "unlink",
        _anonymous,
        lambda stage: stage.kept["user"].unlink("anonymous"),
        lambda stage: not _has_provider("anonymous")(stage),
        {**TRIGGER, "dead_session": _kill_own},
    ),
    Deed(
        ("User.claim",),
        "claim",
        _anonymous,
        lambda stage: stage.kept["user"].claim(_name(stage), PASSWORD, _mail(stage)),
        lambda stage: _signed_up(stage) and not _has_provider("anonymous")(stage),
        {**TRIGGER, "name_taken": _take_name, "mail_taken": _take_mail, "dead_session": _kill_own},
    ),
    Deed(
        ("User.enable_mfa",),
        "enable_mfa",
        _account,
        lambda stage: stage.kept["user"].enable_mfa(
            "JBSWY3DPEHPK3PXPJBSW", stage.kept.get("code") or totp.code("JBSWY3DPEHPK3PXPJBSW")
        ),
        _has_mfa,
        {**TRIGGER, "wrong_code": lambda stage: stage.kept.update(code="000000"), "dead_session": _kill_own},
    ),
    Deed(
        ("User.disable_mfa",),
        "disable_mfa",
        _with_mfa,
        lambda stage: stage.kept["user"].disable_mfa(stage.kept.get("code") or totp.code(stage.kept["secret"])),
        lambda stage: not _has_mfa(stage),
        {
            **TRIGGER,
            "wrong_code": lambda stage: stage.kept.update(code="000000"),
            "second_part_refused": lambda stage: stage.change("_User", stage.kept["id"], keepMfa=True),
        },
    ),
    # -- sessions
    Deed(
        ("User.logout_all",),
        "logout_all",
        _only_account,
        lambda stage: stage.kept["user"].logout_all(),
        _sessions_ended,
        {"half_gone_meanwhile": _half_end_meanwhile},
        told=lambda value: value,
        wants=3,
        left=2,
    ),
    Deed(
        ("User.logout_all",),
        "logout_all_as_user",
        _only_account,
        lambda stage: stage.kept["user"].logout_all(),
        _sessions_ended,
        {"class_closed": sessions_closed},
        told=lambda value: value,
        wants=3,
        left=0,
    ),
    Deed(
        ("Session.revoke",),
        "session.revoke",
        _session_object,
        lambda stage: stage.objects[0].revoke(),
        _own_ended,
        {"gone": _kill_own},
    ),
    Deed(
        ("Session.revoke",),
        "session.revoke_as_user",
        _session_object,
        _as_user(lambda stage: stage.objects[0].revoke()),
        _own_ended,
        {"class_closed": sessions_closed, "gone": _kill_own},
    ),
    Deed(
        ("Session.revoke_all_for_user",),
        "session.revoke_all_for_user",
        _only_account,
        lambda stage: orm.Session.revoke_all_for_user(stage.kept["id"]),
        _sessions_ended,
        {"half_gone_meanwhile": _half_end_meanwhile},
        told=lambda value: value,
        wants=3,
        left=2,
    ),
    Deed(
        ("Session.revoke_all_for_user",),
        "session.revoke_all_for_user_as_user",
        _only_account,
        _as_user(lambda stage: orm.Session.revoke_all_for_user(stage.kept["id"])),
        _sessions_ended,
        {"own_gone_meanwhile": _own_ends_meanwhile},
        told=lambda value: value,
        wants=3,
        left=2,
    ),
    Deed(
        ("Session.purge_expired",),
        "session.purge_expired",
        _expired,
        lambda stage: orm.Session.purge_expired(),
        _sessions_ended,
        {"half_gone_meanwhile": _half_end_meanwhile},
        told=lambda value: value,
        wants=3,
        left=2,
    ),
    Deed(
        ("Sessions.delete",),
        "sessions.delete",
        _only_account,
        lambda stage: stage.kept.get("client", stage.ground.client).sessions.delete(_session_row(stage)),
        _row_ended,
        {**NO_KEY, "gone": _session_gone},
    ),
    Deed(
        ("Sessions.update",),
        "sessions.update",
        _only_account,
        lambda stage: stage.kept.get("client", stage.ground.client).sessions.update(
            _session_row(stage), {"expiresAt": FAR}
        ),
        _moved,
        {**NO_KEY, "gone": _session_gone},
    ),
)


# -- roles, devices, runs -----------------------------------------------------------------------


def _role(stage: Stage) -> None:
    _account(stage)
    stage.objects = [orm.Role(name=stage.marker).save()]
    stage.kept["other role"] = orm.Role(name=f"{stage.marker}-other").save()


def _full_role(stage: Stage) -> None:
    _role(stage)
    stage.objects[0].add_users(stage.kept["user"]).add_roles(stage.kept["other role"]).save()


def _members(relation: str, class_name: str, there: bool) -> Callable[[Stage], bool]:
    def found(stage: Stage) -> bool:
        owner = {"__type": "Pointer", "className": "_Role", "objectId": stage.objects[0].id}
        return bool(stage.truth.rows(class_name, **{"$relatedTo": {"object": owner, "key": relation}})) is there

    return found


def _device(stage: Stage) -> None:
    stage.kept["id"] = stage.truth.ask(
        "POST",
        "/installations",
        {"deviceType": "ios", "installationId": stage.marker, "channels": ["old"], "badge": 7},
    )["objectId"]
    stage.objects = [orm.Installation.get(stage.kept["id"])]


def _device_has(test: Callable[[dict[str, Any]], bool]) -> Callable[[Stage], bool]:
    def done(stage: Stage) -> bool:
        row = stage.truth.row("_Installation", stage.kept["id"])
        return row is not None and test(row)

    return done


def _device_gone(stage: Stage) -> None:
    stage.delete("_Installation", stage.kept["id"])


def _stale_devices(stage: Stage) -> None:
    """Four devices, and none besides: they are cleared whoever they belong to."""
    stage.truth.ask("DELETE", "/purge/_Installation")
    for number in range(4):
        body = {"deviceType": "ios", "installationId": f"{stage.marker}{number}", "appName": stage.marker}
        stage.truth.ask("POST", "/installations", body)


def _devices_cleared(stage: Stage) -> int:
    return 4 - len(stage.truth.rows("_Installation", appName=stage.marker)) - int(stage.kept["by others"])


def _lock_devices(lock: str) -> Refuse:
    @contextmanager
    def refuse(stage: Stage) -> Iterator[None]:
        ids = [row["objectId"] for row in stage.truth.rows("_Installation", appName=stage.marker)][:2]
        for id in ids:
            stage.change("_Installation", id, lock=lock)
        yield

    return refuse


def _rows_go_meanwhile(class_name: str, **where: object) -> Refuse:
    def refuse(stage: Stage) -> None:
        def go() -> None:
            conditions = {key: stage.marker if value is ... else value for key, value in where.items()}
            for row in stage.truth.rows(class_name, **conditions)[:2]:
                stage.delete(class_name, row["objectId"])
                stage.kept["by others"] += 1

        stage.meanwhile("POST", "/batch", go)

    return refuse


def _runs(stage: Stage) -> None:
    stage.truth.ask("DELETE", "/purge/_JobStatus")
    for _ in range(4):
        stage.truth.ask("POST", "/classes/_JobStatus", {"jobName": stage.marker, "status": "succeeded"})


def _runs_cleared(stage: Stage) -> int:
    return 4 - len(stage.truth.rows("_JobStatus", jobName=stage.marker)) - int(stage.kept["by others"])


ROLES_AND_DEVICES = (
    Deed(
        ("Role.find_or_create",),
        "role.find_or_create",
        _nothing,
        lambda stage: orm.Role.find_or_create(stage.marker),
        lambda stage: bool(stage.truth.rows("_Role", name=stage.marker)),
        TRIGGER,
    ),
    *(
        Deed(
            (f"Role.{verb}_{what}", "ParseObject.save"),
            f"role.{verb}_{what}",
            _role if verb == "add" else _full_role,
            lambda stage, verb=verb, what=what: getattr(stage.objects[0], f"{verb}_{what}")(
                stage.kept["user" if what == "users" else "other role"]
            ).save(),
            _members(what, "_User" if what == "users" else "_Role", there=verb == "add"),
            TRIGGER,
        )
        for verb in ("add", "remove")
        for what in ("users", "roles")
    ),
    Deed(
        ("Installation.subscribe",),
        "installation.subscribe",
        _device,
        lambda stage: stage.objects[0].subscribe("new"),
        _device_has(lambda row: sorted(row["channels"]) == ["new", "old"]),
        {**TRIGGER, "gone": _device_gone},
    ),
    Deed(
        ("Installation.unsubscribe",),
        "installation.unsubscribe",
        _device,
        lambda stage: stage.objects[0].unsubscribe("old"),
        _device_has(lambda row: row["channels"] == []),
        {**TRIGGER, "gone": _device_gone},
    ),
    Deed(
        ("Installation.reset_badge",),
        "installation.reset_badge",
        _device,
        lambda stage: stage.objects[0].reset_badge(),
        _device_has(lambda row: row["badge"] == 0),
        {**TRIGGER, "gone": _device_gone},
    ),
    Deed(
        ("Installation.clear_stale",),
        "installation.clear_stale",
        _stale_devices,
        lambda stage: orm.Installation.clear_stale(days=-1),
        _devices_cleared,
        {
            "half_locked": _lock_devices("yes"),
            "half_refused_by_a_trigger_that_finds_no_row": _lock_devices("lost"),
            "half_gone_meanwhile": _rows_go_meanwhile("_Installation", appName=...),
        },
        told=lambda value: value,
        wants=4,
        left=2,
    ),
    Deed(
        ("JobStatus.clear",),
        "job_status.clear",
        _runs,
        lambda stage: orm.JobStatus.clear(days=-1),
        _runs_cleared,
        {"half_gone_meanwhile": _rows_go_meanwhile("_JobStatus", jobName=...)},
        told=lambda value: value,
        wants=4,
        left=2,
    ),
)


# -- functions, files, settings -----------------------------------------------------------------


def _client(stage: Stage) -> orm.Client:
    client: orm.Client = stage.kept.get("client", stage.ground.client)
    return client


def _noted(stage: Stage) -> bool:
    return bool(stage.truth.rows("RefusalTrace", marker=stage.marker))


def _unknown(stage: Stage) -> None:
    stage.kept["name"] = "refusalNowhere"


def _count_jobs(stage: Stage) -> None:
    stage.kept["jobs"] = len(stage.truth.rows("_JobStatus", jobName="refusalJob"))


def _job_began(stage: Stage) -> bool:
    return len(stage.truth.rows("_JobStatus", jobName="refusalJob")) > int(stage.kept["jobs"])


def _pushed(stage: Stage) -> bool:
    return any(stage.marker in row.get("payload", "") for row in stage.truth.rows("_PushStatus"))


def _file(stage: Stage) -> None:
    stage.kept["file"] = orm.File(f"{stage.marker}.txt", stage.marker.encode())


def _stored_file(stage: Stage) -> None:
    _file(stage)
    stage.kept["file"].save(master=True)
    stage.kept["url"] = stage.kept["file"].url


def _served(url: str | None) -> bool:
    if url is None:
        return False
    try:
        with urllib.request.urlopen(url) as answer:
            return bool(answer.read())
    except urllib.error.HTTPError:
        return False


def _file_gone(stage: Stage) -> None:
    stage.kept["dead"] = True
    with suppress(ValueError):  # the answer has no body
        stage.truth.ask("DELETE", f"/files/{stage.kept['file'].name}")


def _configured(stage: Stage) -> bool:
    return stage.truth.ask("GET", "/config")["params"].get(stage.marker) == "new"


URL = "https://hooks.example.com/x"


def _function_hook(stage: Stage) -> None:
    stage.truth.ask("POST", "/hooks/functions", {"functionName": stage.marker, "url": URL})


def _trigger_hook(stage: Stage) -> None:
    hook = {"className": f"Hooked{stage.marker}", "triggerName": "beforeSave", "url": URL}
    stage.truth.ask("POST", "/hooks/triggers", hook)


def _hooked(kind: str, name: str) -> Callable[[Stage], bool]:
    return lambda stage: any(stage.marker in row.get(name, "") for row in stage.truth.ask("GET", f"/hooks/{kind}"))


def _unhooked(kind: str, name: str) -> Callable[[Stage], bool]:
    there = _hooked(kind, name)
    return lambda stage: not stage.kept.get("dead") and not there(stage)


def _hook_gone(path: Callable[[Stage], str]) -> Refuse:
    def refuse(stage: Stage) -> None:
        stage.kept["dead"] = True
        stage.truth.ask("PUT", f"/hooks/{path(stage)}", {"__op": "Delete"})

    return refuse


def _class(stage: Stage) -> str:
    return f"Made{stage.marker}"


def _make_class(stage: Stage, **fields: object) -> None:
    stage.truth.ask("POST", f"/schemas/{_class(stage)}", {"className": _class(stage), "fields": fields})


def _with_column(stage: Stage) -> None:
    _make_class(stage, seat={"type": "String"})


def _with_row(stage: Stage) -> None:
    stage.put(_class(stage), seat="1")


def _with_rows(stage: Stage) -> None:
    _make_class(stage)
    _with_row(stage)


def _schema(stage: Stage) -> Any:
    try:
        return stage.truth.ask("GET", f"/schemas/{_class(stage)}")
    except AssertionError:
        return {}


def _other_type(stage: Stage) -> None:
    stage.kept["fields"] = {"seat": {"type": "Number"}, "row": {"type": "Number"}}


class RefusalGuarded(
    orm.ParseObject, class_name="RefusalGuarded", permissions=orm.permissions(find="public", update="field:owner")
):
    """A class whose permissions name a column that the server does not have yet."""

    owner = orm.belongs_to("User")


def _forget_guarded(stage: Stage) -> None:
    stage.truth.ask("DELETE", "/schemas/RefusalGuarded")


def _guarded(stage: Stage) -> bool:
    try:
        permissions = stage.truth.ask("GET", "/schemas/RefusalGuarded")["classLevelPermissions"]
    except AssertionError:
        return False
    return bool(permissions["update"].get("pointerFields") == ["owner"])


def _owner_of_another_type(stage: Stage) -> None:
    """The column is there already, and no permission can name it."""
    fields = {"owner": {"type": "String"}}
    stage.truth.ask("POST", "/schemas/RefusalGuarded", {"className": "RefusalGuarded", "fields": fields})


HOOK = ("functions", "functionName")
TRIGGERED = ("triggers", "className")

SETTINGS = (
    *(
        Deed(
            names,
            label,
            _nothing,
            act,
            _noted,
            {**TRIGGER, "unknown": _unknown},
        )
        for names, label, act in (
            (
                ("call",),
                "call",
                lambda stage: orm.call(stage.kept.get("name", "refusalNote"), {"marker": stage.marker}),
            ),
            (
                ("Client.call",),
                "client.call",
                lambda stage: _client(stage).call(stage.kept.get("name", "refusalNote"), {"marker": stage.marker}),
            ),
        )
    ),
    *(
        Deed(names, label, _count_jobs, act, _job_began, {**NO_KEY, "unknown": _unknown})
        for names, label, act in (
            (
                ("start_job",),
                "start_job",
                lambda stage: orm.start_job(stage.kept.get("name", "refusalJob"), {"marker": stage.marker}),
            ),
            (
                ("Client.start_job",),
                "client.start_job",
                lambda stage: _client(stage).start_job(stage.kept.get("name", "refusalJob"), {"marker": stage.marker}),
            ),
        )
    ),
    Deed(("push",), "push", _nothing, lambda stage: orm.push(stage.marker, broadcast=True), _pushed, NO_KEY),
    Deed(
        ("Client.push",),
        "client.push",
        _nothing,
        lambda stage: _client(stage).push(stage.marker, broadcast=True),
        _pushed,
        NO_KEY,
    ),
    Deed(
        ("File.save",),
        "file.save",
        _file,
        lambda stage: stage.kept["file"].save(master=True),
        lambda stage: not stage.kept["file"].is_new and _served(stage.kept["file"].url),
        {**TRIGGER, **NO_KEY},
    ),
    Deed(
        ("File.destroy",),
        "file.destroy",
        _stored_file,
        lambda stage: stage.kept["file"].destroy(),
        lambda stage: not stage.kept.get("dead") and not _served(stage.kept["url"]),
        {**TRIGGER, **NO_KEY, "gone": _file_gone},
    ),
    Deed(
        ("Config.update",),
        "config.update",
        _nothing,
        lambda stage: orm.config.update({stage.marker: "new"}),
        _configured,
        {**TRIGGER, **NO_KEY},
    ),
    Deed(
        ("HookRegistry.set_function",),
        "hooks.set_function",
        _nothing,
        lambda stage: orm.hooks.set_function(stage.marker, URL),
        _hooked(*HOOK),
        NO_KEY,
    ),
    Deed(
        ("HookRegistry.set_trigger",),
        "hooks.set_trigger",
        _nothing,
        lambda stage: orm.hooks.set_trigger(f"Hooked{stage.marker}", "beforeSave", URL),
        _hooked(*TRIGGERED),
        NO_KEY,
    ),
    Deed(
        ("HookRegistry.remove_function",),
        "hooks.remove_function",
        _function_hook,
        lambda stage: orm.hooks.remove_function(stage.marker),
        _unhooked(*HOOK),
        {**NO_KEY, "gone": _hook_gone(lambda stage: f"functions/{stage.marker}")},
    ),
    Deed(
        ("HookRegistry.remove_trigger",),
        "hooks.remove_trigger",
        _trigger_hook,
        lambda stage: orm.hooks.remove_trigger(f"Hooked{stage.marker}", "beforeSave"),
        _unhooked(*TRIGGERED),
        {**NO_KEY, "gone": _hook_gone(lambda stage: f"triggers/Hooked{stage.marker}/beforeSave")},
    ),
    Deed(
        ("Schemas.create",),
        "schemas.create",
        _nothing,
        lambda stage: orm.schemas.create(_class(stage), {"fields": {"made": {"type": "String"}}}),
        lambda stage: "made" in _schema(stage).get("fields", {}),
        {**NO_KEY, "taken": _make_class},
    ),
    Deed(
        ("Schemas.update",),
        "schemas.update",
        _with_column,
        lambda stage: orm.schemas.update(
            _class(stage), {"fields": stage.kept.get("fields", {"row": {"type": "Number"}})}
        ),
        lambda stage: "row" in _schema(stage)["fields"],
        {**NO_KEY, "half_of_another_type": _other_type},
    ),
    Deed(
        ("Schemas.delete",),
        "schemas.delete",
        _with_column,
        lambda stage: orm.schemas.delete(_class(stage)),
        lambda stage: not _schema(stage),
        {**NO_KEY, "has_rows": _with_row},
    ),
    Deed(
        ("Schemas.purge",),
        "schemas.purge",
        _with_rows,
        lambda stage: orm.schemas.purge(_class(stage)),
        lambda stage: not stage.truth.rows(_class(stage)),
        NO_KEY,
    ),
    Deed(
        ("Schemas.apply_permissions",),
        "schemas.apply_permissions",
        _forget_guarded,
        lambda stage: orm.schemas.apply_permissions(RefusalGuarded),
        _guarded,
        {**NO_KEY, "column_of_another_type": _owner_of_another_type},
    ),
    Deed(
        ("Client.create",),
        "client.create",
        _nothing,
        lambda stage: stage.ground.client.create("RefusalRow", {"marker": stage.marker}),
        lambda stage: bool(stage.rows()),
        TRIGGER,
    ),
    Deed(
        ("Client.request",),
        "client.request",
        _nothing,
        lambda stage: stage.ground.client.request("POST", "/classes/RefusalRow", {"marker": stage.marker}),
        lambda stage: bool(stage.rows()),
        TRIGGER,
    ),
    Deed(
        ("Client.send_raw",),
        "client.send_raw",
        _nothing,
        lambda stage: stage.ground.client.send_raw(
            "POST",
            "/classes/RefusalRow",
            b'{"marker": "%s"}' % stage.marker.encode(),
            content_type="application/json",
        ),
        lambda stage: bool(stage.rows()),
        TRIGGER,
    ),
)


# -- an object and what it refers to ------------------------------------------------------------


def _family(stage: Stage) -> None:
    """An unsaved object that refers to another one."""
    child = RefusalRow(marker=stage.marker, place=1)
    stage.kept["parent"] = RefusalRow(marker=stage.marker, place=0, friend=child)
    stage.kept["child"] = child


def _lock_member(who: str) -> Refuse:
    def refuse(stage: Stage) -> None:
        stage.kept[who].lock = "yes"

    return refuse


def _members_saved(stage: Stage) -> list[int]:
    """The places of the rows, in which what the objects say has to agree."""
    for who in ("parent", "child"):
        record = stage.kept[who]
        row = stage.truth.row("RefusalRow", record.id) if record.id else None
        assert record.is_new == (row is None), f"{who} is_new={record.is_new}, its row is {row}"
        assert record.is_new == bool(record.changes), f"{who} is_new={record.is_new} with {record.changes}"
    return sorted(row["place"] for row in stage.rows())


def _told_members(stage: Stage, act: Callable[[Stage], object]) -> list[int]:
    try:
        act(stage)
    except orm.ParseOrmError as error:
        stage.kept["error"] = error
    return sorted(one.place for one in (stage.kept["parent"], stage.kept["child"]) if not one.is_new)


FAMILIES = tuple(
    Deed(
        (name,),
        f"{label}_{refused}",
        _family,
        lambda stage, act=act: _told_members(stage, act),
        _members_saved,
        {"locked": _lock_member(refused)},
        told=lambda value: value,
        wants=[0, 1],
        left=left,
    )
    for name, label, act in (
        ("ParseObject.save", "save_cascade", lambda stage: stage.kept["parent"].save(cascade=True)),
        ("save_all", "save_all_cascade", lambda stage: orm.save_all([stage.kept["parent"]])),
    )
    for refused, left in (("parent", [1]), ("child", []))
)

DEEDS: tuple[Deed, ...] = (*ACCOUNTS, *ROLES_AND_DEVICES, *SETTINGS, *FAMILIES)
