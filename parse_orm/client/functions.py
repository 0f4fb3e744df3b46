"""Cloud Code functions and jobs: called by name, with values in the server's spelling."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from parse_orm.client import requests as paths
from parse_orm.client.answers import part
from parse_orm.client.client import BaseClient
from parse_orm.client.credentials import Credential
from parse_orm.client.endpoint import id_in
from parse_orm.client.headers import JSON
from parse_orm.codec import json
from parse_orm.codec.decode import Reference, decode, pointer
from parse_orm.codec.encode import encode, refuse_server_key
from parse_orm.errors import InvalidValue

#: Names that the server reads in the body of a request instead of a header or the method.
BODY_KEYS = frozenset(
    {
        "_ApplicationId",
        "_ClientVersion",
        "_ContentType",
        "_InstallationId",
        "_JavaScriptKey",
        "_MasterKey",
        "_RevocableSession",
        "_SessionToken",
        "_context",
        "_method",
        "_noBody",
    }
)


def call_function(
    client: BaseClient,
    name: str,
    params: Mapping[str, Any] | None = None,
    *,
    credential: Credential | None = None,
    context: Mapping[str, Any] | None = None,
    timeout: float | None = None,
    reference: Reference = pointer,
) -> Any:
    """Call a function and wait for its result; never sent twice by itself.

    Args:
        client: who sends it.
        name: the function's name.
        params: what it gets; objects travel as pointers.
        credential: who asks; None means whatever the client decides.
        context: a JSON object for triggers, as `request.context`.
        timeout: seconds for one try; None means the client's.
        reference: makes an object of a pointer or a whole row in the result.

    Returns:
        The decoded result, None when it has none.

    Raises:
        ScriptFailed: the function failed, or there is none of that name.
        ParseError: the function threw an error with a code of its own.
    """
    answer = client.request(
        "POST",
        paths.function(name),
        _encoded(name, params),
        credential=credential,
        context=context,
        idempotent=False,
        timeout=timeout,
        doing=f"calling the function {name!r}",
    )
    return decode(answer.get("result"), reference)


def start_job(client: BaseClient, name: str, params: Mapping[str, Any] | None = None) -> str:
    """Start a job; it goes on without us. Needs the master key.

    Args:
        client: who sends it.
        name: the job's name.
        params: what it gets.

    Returns:
        The id of its row in `_JobStatus`.

    Raises:
        MasterKeyRequired: the client has no master key; nothing was sent.
        ScriptFailed: there is no job of that name.
        AnswerCutShort: the job was started, and nothing in the answer tells its row.
    """
    doing = f"starting the job {name!r}"
    response = client.send_raw(
        "POST",
        paths.job(name),
        json.dumps(_encoded(name, params)),
        content_type=JSON,
        credential=client.credential(master=True),
        doing=doing,
    )
    return id_in(response, "X-Parse-Job-Status-Id", doing)


def job_names(client: BaseClient) -> list[str]:
    """List the jobs that the server's Cloud Code defines. Needs the master key.

    Args:
        client: who asks.

    Returns:
        Their names.

    Raises:
        MasterKeyRequired: the client has no master key; nothing was sent.
    """
    answer = client.request(
        "GET", "/cloud_code/jobs/data", credential=client.credential(master=True), doing="listing the jobs"
    )
    return list(part(answer, "jobs", list, "listing the jobs"))


def _encoded(name: str, params: Mapping[str, Any] | None) -> dict[str, Any]:
    if params is not None and not isinstance(params, Mapping):
        raise InvalidValue(f"the parameters of {name!r} are a mapping, not {type(params).__name__}")
    for key in params or ():
        refuse_server_key(key)
        if key in BODY_KEYS:
            raise InvalidValue(
                f"{key!r} cannot be a parameter of {name!r}: Parse Server takes it out of the body for itself (9.10)"
            )
    return {key: encode(value) for key, value in (params or {}).items()}
