"""Faults that the library once had, each put back for the length of a block; the machine must find them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import MethodType
from typing import Any
from unittest.mock import patch

import parse_orm.classes.user
import parse_orm.client.client
import parse_orm.expressions.criteria
import parse_orm.expressions.operators
import parse_orm.expressions.where
import parse_orm.model.batches
import parse_orm.model.destroying
import parse_orm.model.object
import parse_orm.query.paging
import parse_orm.query.query
import parse_orm.query.writes
import parse_orm.types.acl
from parse_orm import ParseObject, errors
from parse_orm.fields.containers import ContainerField
from parse_orm.fields.field import DecodedField
from parse_orm.fields.record import Record
from parse_orm.model.guarded import Guarded
from parse_orm.model.receiver import _Checked
from parse_orm.model.write import Write
from tests.model_based.models import MbArtist, MbSong
from tests.model_based.truth import OPEN

#: The faults by name; each value opens a block in which the library has it.
FAULTS: dict[str, Callable[[], Any]] = {}


def _fault(name: str) -> Callable[[Callable[[ExitStack], None]], Callable[[ExitStack], None]]:
    """Register a function that enters the patches of one fault."""

    def register(install: Callable[[ExitStack], None]) -> Callable[[ExitStack], None]:
        @contextmanager
        def block() -> Iterator[None]:
            with ExitStack() as stack:
                install(stack)
                yield

        FAULTS[name] = block
        return install

    return register


def _put(stack: ExitStack, owner: Any, name: str, value: Any) -> None:
    stack.enter_context(patch.object(owner, name, value))


@_fault("a criterion of another class is accepted")
def _foreign_criterion(stack: ExitStack) -> None:
    _put(stack, parse_orm.query.query, "refuse_foreign", lambda model, column: None)


@_fault("an iterator is used up before it is sent")
def _used_up(stack: ExitStack) -> None:
    def taken(operand: Any, value: Any) -> Any:
        if operand.many and not isinstance(value, (list, tuple, set)):
            list(value)  # what a check did
            return list(value)
        return value

    _put(stack, parse_orm.expressions.operators.Operand, "taken", taken)


@_fault("a delete that is refused counts as done in batches")
def _refused_deletes(stack: ExitStack) -> None:
    for module in (parse_orm.model.batches, parse_orm.query.writes):
        _put(stack, module, "check_deletes", lambda client, credential, rows, outcomes: list(outcomes))


@_fault("a delete that is refused counts as gone already")
def _refused_delete(stack: ExitStack) -> None:
    _put(stack, parse_orm.model.destroying, "refuse_if_there", lambda *args: None)


@_fault("Session.revoke(user) deletes the account")
def _wrong_receiver(stack: ExitStack) -> None:
    def get(self: Any, record: Any, owner: Any) -> Any:
        return self.method if record is None else MethodType(self.method, record)

    _put(stack, _Checked, "__get__", get)


@_fault("what a trigger unset is taken for a value")
def _operations_as_values(stack: ExitStack) -> None:
    _put(stack, Record, "_told", lambda self, path, value, answer, late: (path, value))


@_fault("a dict that looks like an operation is sent")
def _operations_of_users(stack: ExitStack) -> None:
    encode = ContainerField.encode

    def lenient(self: Any, value: Any) -> Any:
        try:
            return encode(self, value)
        except errors.InvalidValue:
            return value

    _put(stack, ContainerField, "encode", lenient)


@_fault("an attribute that is misspelt is lost in silence")
def _misspelt(stack: ExitStack) -> None:
    _put(stack, ParseObject, "_refuse_attribute", lambda self, name: None)
    set_item = ParseObject.__setitem__

    def lenient(self: Any, name: str, value: Any) -> None:
        if name in self.schema.fields:
            set_item(self, name, value)

    _put(stack, ParseObject, "__setitem__", lenient)


@_fault("models of one abstract base share its class")
def _shared_class(stack: ExitStack) -> None:
    for model in (MbSong, MbArtist):
        was = model.schema.class_name
        object.__setattr__(model.schema, "class_name", "MbNamed")
        stack.callback(object.__setattr__, model.schema, "class_name", was)


@_fault("first_or_create ignores the conditions of its query")
def _ignored_conditions(stack: ExitStack) -> None:
    _put(stack, parse_orm.query.writes, "implied_values", lambda plan, schema, given: {})


@_fault("a new password leaves the block with a dead token")
def _dead_block(stack: ExitStack) -> None:
    _put(stack, parse_orm.classes.user, "follow_token", lambda old, new: None)


@_fault("a public access list of a new row is not sent")
def _public_unsent(stack: ExitStack) -> None:
    first_acl = Guarded._first_acl

    def unsent(self: Any) -> Any:
        chosen = first_acl(self)
        return None if chosen == OPEN else chosen

    _put(stack, Guarded, "_first_acl", unsent)


@_fault("a relation is asked in an order, or with alternatives, and raises")
def _relation_beside(stack: ExitStack) -> None:
    def beside(merged: dict[str, Any], apart: list[Any]) -> dict[str, Any]:
        return {"$and": [merged, *apart]} if apart else merged

    _put(stack, parse_orm.expressions.where, "_beside_relation", beside)


@_fault("columns may be called like keywords of the verbs")
def _keywords(stack: ExitStack) -> None:
    _put(stack, parse_orm.model.object, "VERB_KEYWORDS", frozenset())


@_fault("a model called Product is one of the server's classes in silence")
def _silent_product(stack: ExitStack) -> None:
    _put(stack, parse_orm.model.object, "SYSTEM_CLASSES", {})


@_fault("a text as master= acts with the master key")
def _text_as_master(stack: ExitStack) -> None:
    _put(stack, parse_orm.client.client, "check_master", lambda master: master)


@_fault("rights that are none are kept in an access list")
def _odd_rights(stack: ExitStack) -> None:
    rights = ("read", "write")
    _put(
        stack, parse_orm.types.acl, "_rights", lambda key, given: {right: True for right in rights if given.get(right)}
    )


@_fault("what a trigger refuses counts as saved in batches")
def _refused_saves(stack: ExitStack) -> None:
    receive = Write.receive

    def lenient(self: Any, client: Any, credential: Any, outcome: Any) -> None:
        if not isinstance(outcome.error, errors.ValidationFailed):
            receive(self, client, credential, outcome)

    _put(stack, Write, "receive", lenient)


@_fault("a value that a save sent is sent again by the next one")
def _kept_changes(stack: ExitStack) -> None:
    settle = Record._settle

    def forgetful(self: Any, sent: dict[str, Any], answer: dict[str, Any], operated: Any = ()) -> None:
        kept = dict(self._book.was) if self._book is not None else {}
        settle(self, sent, answer, operated)
        self._open_book().was.update(kept)

    _put(stack, Record, "_settle", forgetful)


@_fault("lists and dicts stay those of whoever gave them")
def _shared_values(stack: ExitStack) -> None:
    def own(self: Any, value: Any) -> Any:
        self._check(value)
        return value

    _put(stack, DecodedField, "_own", own)


@_fault("a row without a value reads as the default")
def _default_read(stack: ExitStack) -> None:
    field = MbSong.__dict__["mood"]

    class Defaulted:
        def __get__(self, record: Any, owner: Any) -> Any:
            value = field.__get__(record, owner)
            return "calm" if record is not None and value is None else value

        def __set__(self, record: Any, value: Any) -> None:
            field.__set__(record, value)

    _put(stack, MbSong, "mood", Defaulted())


@_fault("the hash of an object changes with its first save")
def _moving_hash(stack: ExitStack) -> None:
    _put(stack, ParseObject, "__hash__", lambda self: hash(self.id) if self.id else id(self))


@_fault("a loop that changes the order it reads by gives rows twice")
def _endless_loop(stack: ExitStack) -> None:
    _put(stack, parse_orm.query.paging, "FIXED", frozenset({"objectId", "createdAt", "plays"}))


@_fault("a change that waits is lost when a trigger sets the same column")
def _lost_wait(stack: ExitStack) -> None:
    take = Record._take
    _put(stack, Record, "_take", lambda self, path, value, late: take(self, path, value, ()))
