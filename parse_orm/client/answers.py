"""A successful answer as decoded JSON, or the error that says why it is none."""

from __future__ import annotations

from typing import Any

from parse_orm.client.exchange import Call
from parse_orm.client.failures import HINTS
from parse_orm.codec import json
from parse_orm.errors import AnswerCutShort, EndpointNotFound
from parse_orm.transport.messages import Response


def decoded(response: Response, call: Call) -> Any:
    """Decode the body of a success.

    Args:
        response: the answer, with a status of 200-299.
        call: what was asked, for the message.

    Returns:
        The JSON value, `{}` for an empty body.

    Raises:
        EndpointNotFound: the body is a web page, so the URL leads to something else.
        AnswerCutShort: the body is not whole JSON.
    """
    # No local holds the body: a token may stand in what is half an answer.
    if not response.body.strip():
        return {}
    try:
        return json.loads(response.body)
    except ValueError:
        pass
    if response.body.lstrip()[:1] == b"<":
        raise EndpointNotFound(
            "the server answered a web page instead of JSON",
            http_status=response.status,
            request_id=call.request_id,
            doing=call.doing,
            hint=HINTS[EndpointNotFound],
        )
    raise AnswerCutShort("the answer is cut short: it is not whole JSON", doing=call.doing, request_id=call.request_id)
