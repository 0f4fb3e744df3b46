"""A successful answer as decoded JSON, or the error that says why it is none.

A server, a trigger or a proxy may answer 200 with anything. What is not proven here is not taken for done: the error
is ``AnswerCutShort``, and it says whether the change was most likely made all the same.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from operator import itemgetter
from typing import Any, TypeVar
from urllib.parse import unquote

from parse_orm.client import requests as paths
from parse_orm.client.exchange import Call
from parse_orm.client.failures import HINTS
from parse_orm.codec import json
from parse_orm.errors import AnswerCutShort, EndpointNotFound
from parse_orm.transport.messages import Response
from parse_orm.types.secret import revealed

T = TypeVar("T")

#: What an error about the answer to a write begins with.
MADE = "the change was most likely made, but "

#: First ids of pages that are remembered; a server that goes round in fewer pages is noticed.
REMEMBERED = 10_000

_KINDS: Mapping[type, str] = {
    dict: "an object",
    list: "a list",
    str: "a text",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    type(None): "null",
}

_ID = itemgetter("objectId")


def decoded(response: Response, call: Call, expect: type = dict) -> Any:
    """Decode the body of a success.

    Args:
        response: the answer, with a status of 200-299.
        call: what was asked, for the message.
        expect: what the JSON value must be: dict, list, or object for anything.

    Returns:
        The JSON value; for an empty answer to a DELETE, or one of status 204, an empty one.

    Raises:
        EndpointNotFound: the body is a web page, so the URL leads to something else.
        AnswerCutShort: the body is not whole JSON, or another JSON value than expected.
    """
    wrote = call.request_id is not None or call.request.method == "DELETE"
    return decoded_body(
        response,
        expect,
        doing=call.doing,
        wrote=wrote,
        may_be_empty=call.request.method == "DELETE",
        request_id=call.last_id,
    )


def decoded_body(
    response: Response,
    expect: type = dict,
    *,
    doing: str,
    wrote: bool,
    may_be_empty: bool = False,
    request_id: str | None = None,
) -> Any:
    """Decode the body of a success to a request that is no ``Call`` any more, such as an upload.

    Args:
        response: the answer, with a status of 200-299.
        expect: what the JSON value must be: dict, list, or object for anything.
        doing: what was being done, for the message.
        wrote: whether the request changes something.
        may_be_empty: whether an empty body is an answer: Parse Server 9.10 answers so to the DELETE of a file alone.
        request_id: the X-Parse-Request-Id of a write.

    Returns:
        The JSON value.

    Raises:
        EndpointNotFound: the body is a web page, so the URL leads to something else.
        AnswerCutShort: the body is not whole JSON, or another JSON value than expected.
    """
    # No local holds the body: a token may stand in it.
    if not response.body.strip():
        if may_be_empty or response.status == 204:
            return [] if expect is list else {}
        wrong = "the answer is empty"
    else:
        try:
            value = json.loads(response.body)
        except ValueError:
            # What is raised below has no context, which would hold the text of the answer.
            wrong = "the answer is cut short: it is not whole JSON"
        else:
            if isinstance(value, expect):
                return value
            wrong = f"the answer is {_KINDS[type(value)]}, not {_KINDS[expect]}"
            del value
    if response.body.lstrip()[:1] == b"<":
        raise _web_page(response.status, doing, wrote, request_id)
    status = f"the server answered {response.status}, so {MADE}" if wrote else ""
    raise AnswerCutShort(f"{status}{wrong}", doing=doing, request_id=request_id)


def created(response: Response, call: Call, class_name: str) -> dict[str, Any]:
    """Take the answer to a create, which always holds the id then.

    An afterSave trigger may replace the whole answer, by a list too (Parse Server 9.10). The Location header names
    the row all the same.

    Args:
        response: the answer, with a status of 200-299.
        call: what was asked.
        class_name: the Parse class of the row.

    An installation that the server has already is updated, and the answer is a 200 without an id (9.10).

    Returns:
        ``objectId``, and what else the answer holds; for such an installation ``updatedAt`` alone.

    Raises:
        EndpointNotFound: the body is a web page, so the URL leads to something else.
        AnswerCutShort: nothing in the answer tells the id.
    """
    located = _located(response.headers.get("Location"), class_name)
    try:
        answer = decoded(response, call, object)
    except AnswerCutShort:
        if not located:
            raise
        answer = {}
    made: dict[str, Any] = answer if isinstance(answer, dict) else {}
    if not is_id(made.get("objectId")):
        if class_name == "_Installation" and response.status == 200 and "updatedAt" in made and not located:
            return made
        if not located:
            raise unusable(
                answer,
                f"the server answered {response.status}, so the row was most likely made, "
                "but the answer does not tell its id",
                doing=call.doing,
                request_id=call.last_id,
            )
        made["objectId"] = located
    return made


def part(answer: Mapping[str, Any], name: str, kind: type[T], doing: str, *, wrote: bool = False) -> T:
    """Take one value out of an answer.

    Args:
        answer: the answer.
        name: the key.
        kind: what the value must be: str (not an empty one), dict, list or int (not below 0).
        doing: what was being done, for the message.
        wrote: whether the request changed something.

    Returns:
        The value.

    Raises:
        AnswerCutShort: it is missing, or something else.
    """
    value = answer.get(name)
    plain = type(revealed(value))
    if plain is kind and (kind is not str or value) and (kind is not int or value >= 0):  # type: ignore[operator]
        return value  # type: ignore[return-value]
    told = f"has {_KINDS[plain]} as {name!r}" if name in answer else f"has no {name!r}"
    del value
    raise unusable(answer, f"{MADE if wrote else ''}the answer {told}", doing=doing)


def row_in(answer: Mapping[str, Any], doing: str, id: str | None = None) -> dict[str, Any]:
    """Take an answer for one row.

    Args:
        answer: the answer.
        doing: what was being done, for the message.
        id: the id that was asked for; None when the server picks the row.

    Returns:
        The answer itself.

    Raises:
        AnswerCutShort: it has no id, or that of another row.
    """
    found = part(answer, "objectId", str, doing)
    if id is not None and found != id:
        raise unusable(answer, f"the answer is another row, {found!r:.60}", doing=doing)
    return answer  # type: ignore[return-value]


def rows_in(answer: Mapping[str, Any], doing: str) -> list[dict[str, Any]]:
    """Take the rows of a find, each of which has an id.

    Args:
        answer: the answer.
        doing: what was being done, for the message.

    Returns:
        The rows.

    Raises:
        AnswerCutShort: there is no list of them, or one of them is no row.
    """
    rows: list[dict[str, Any]] = part(answer, "results", list, doing)
    ids_of(rows, doing)
    return rows


def ids_of(rows: list[Any], doing: str) -> list[str]:
    """Give the ids of rows.

    Args:
        rows: the rows of an answer.
        doing: what was being done, for the message.

    Returns:
        One id per row.

    Raises:
        AnswerCutShort: one of them is no object, or has no id.
    """
    try:
        ids: list[str] = list(map(_ID, rows))
        "".join(ids)  # one step of C for each: it takes texts alone
    except (KeyError, TypeError, IndexError):
        ids = [""]
    if "" not in ids:
        return ids
    raise unusable(rows, "the answer has a row without an 'objectId'", doing=doing)


def objects_in(values: list[Any], name: str, doing: str) -> list[dict[str, Any]]:
    """Take a list of objects.

    Args:
        values: the list.
        name: what is in it, for the message.
        doing: what was being done, for the message.

    Returns:
        The list itself.

    Raises:
        AnswerCutShort: one of them is no object.
    """
    if {*map(type, values)} <= {dict}:
        return values
    strange = next(type(value) for value in values if type(value) is not dict)
    raise unusable(values, f"the answer has {_KINDS[strange]} among its {name}", doing=doing)


def unusable(answer: Any, message: str, *, doing: str, request_id: str | None = None) -> AnswerCutShort:
    """Make the error for an answer that proves nothing, and empty the answer.

    It may hold a token, and the frames that the error comes through hold the answer.

    Args:
        answer: a list or an object.
        message: what is wrong with it.
        doing: what was being done, for the message.
        request_id: the X-Parse-Request-Id of a write.

    Returns:
        The exception, to be raised by the caller.
    """
    if isinstance(answer, (dict, list)):
        answer.clear()
    return AnswerCutShort(message, doing=doing, request_id=request_id)


class Repeats:
    """Notices that a server gives pages again, without keeping every row.

    A page is a repeat when it begins as an earlier one began. So a server that draws its pages from a finite number
    of rows always comes to an end.
    """

    def __init__(self) -> None:
        """Begin before the first page."""
        self._firsts: set[Hashable] = set()

    def check(self, first: Hashable, doing: str) -> None:
        """Take the next page.

        Args:
            first: what tells its first row from all others.
            doing: what is being done, for the message.

        Raises:
            AnswerCutShort: it is a page that came before.
        """
        if first in self._firsts:
            raise repeated(doing)
        if len(self._firsts) >= REMEMBERED:
            self._firsts.clear()
        self._firsts.add(first)


def repeated(doing: str) -> AnswerCutShort:
    """Make the error for a page that brings nothing new.

    Args:
        doing: what was being done, for the message.

    Returns:
        The exception, to be raised by the caller.
    """
    return AnswerCutShort("the server gave the same page again, so there would be no end", doing=doing)


def is_id(value: Any) -> bool:
    """Say whether a value can be an objectId."""
    return isinstance(value, str) and bool(value)


def _located(location: str | None, class_name: str) -> str:
    """The id at the end of a URL that leads to a row of this class; empty when it does not."""
    place, _, id = (location or "").partition("?")[0].rpartition("/")
    # The server says /classes/_Role for what it serves below /roles as well (9.10).
    here = (paths.collection(class_name), f"/classes/{class_name}")
    return unquote(id) if unquote(place).endswith(here) else ""


def _web_page(status: int, doing: str, wrote: bool, request_id: str | None) -> EndpointNotFound:
    so = ": this is not Parse Server, so the change was most likely not made" if wrote else ""
    return EndpointNotFound(
        f"the server answered a web page instead of JSON{so}",
        http_status=status,
        request_id=request_id,
        doing=doing,
        hint=HINTS[EndpointNotFound],
    )
