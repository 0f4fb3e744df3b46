"""Validation: what must be true of an object before it is sent."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, TypeVar

from ..errors import DeclarationError, RecordInvalid

F = TypeVar("F", bound=Callable[..., Any])

Event = Literal["create", "update"]

_MARK = "_parse_orm_validates"


class Errors:
    """What is wrong with an object, field by field.

    >>> errors = Errors()
    >>> errors.add("title", "is required")
    >>> errors["title"], errors.full_messages()
    (['is required'], ['title is required'])
    """

    __slots__ = ("_messages",)

    def __init__(self) -> None:
        self._messages: dict[str, list[str]] = {}

    def add(self, field: str, message: str) -> None:
        """Note one complaint about one field; ``"base"`` stands for the object as a whole."""
        self._messages.setdefault(field, []).append(message)

    def __getitem__(self, field: str) -> list[str]:
        return self._messages.get(field, [])

    def __iter__(self) -> Iterator[str]:
        return iter(self._messages)

    def __len__(self) -> int:
        return sum(map(len, self._messages.values()))

    def __bool__(self) -> bool:
        return bool(self._messages)

    def full_messages(self) -> list[str]:
        """Every complaint as a sentence."""
        return [
            message if field == "base" else f"{field} {message}"
            for field, messages in self._messages.items()
            for message in messages
        ]

    def to_dict(self) -> dict[str, list[str]]:
        """The complaints by field, in a new dict."""
        return {field: list(messages) for field, messages in self._messages.items()}

    def __repr__(self) -> str:
        return f"<Errors {self.full_messages()}>"


@dataclass(frozen=True, slots=True)
class Validator:
    """A method that judges fields.

    Attributes:
        method: its name.
        fields: the attribute names of the fields.
        on: "create" or "update" for that alone, None for both.
    """

    method: str
    fields: tuple[str, ...]
    on: Event | None = None


def validates(*fields: str, on: Event | None = None) -> Callable[[F], F]:
    """Check fields with a method of the model: it gets the value and returns a complaint, or None.

    >>> import parse_orm as orm
    >>> class Ticket(orm.ParseObject):
    ...     seat = orm.property(int)
    ...     @orm.validates("seat")
    ...     def on_the_plan(self, seat: int | None) -> str | None:
    ...         return "is not on the plan" if seat and seat > 500 else None
    >>> Ticket(seat=501).is_valid()
    False

    Args:
        fields: attribute names of the model.
        on: "create" checks new objects alone, "update" the others alone.

    Raises:
        DeclarationError: ``on`` is something else.
    """
    if on not in (None, "create", "update"):
        raise DeclarationError(f"validates checks on 'create' or on 'update', not on {on!r:.60}")

    def mark(method: F) -> F:
        setattr(method, _MARK, (*getattr(method, _MARK, ()), (fields, on)))
        return method

    return mark


def collect(model: type[Any]) -> tuple[Validator, ...]:
    """The validating methods of a model, those of its bases first.

    Raises:
        UnknownField: a field that the model does not have.
    """
    found: dict[str, tuple[Validator, ...]] = {}
    for base in reversed(model.__mro__):
        for name, member in vars(base).items():
            if marks := getattr(member, _MARK, ()):
                found[name] = tuple(Validator(name, fields, on) for fields, on in marks)
    validators = tuple(validator for declared in found.values() for validator in declared)
    for validator in validators:
        for field in validator.fields:
            model.schema.field(field)
    return validators


def check(record: Any) -> Errors:
    """Everything that is wrong with an object, judged without a request."""
    errors = Errors()
    for field in record.schema.judged:
        if record._is_known(field.path):
            for complaint in _complaints(field, record._peek(field)):
                errors.add(field.name, complaint)
    event = "create" if record.is_new else "update"
    for validator in record.validators:
        for name in validator.fields if validator.on in (None, event) else ():
            if record._is_known(record.schema.fields[name].path):
                _add(errors, name, partial(getattr(record, validator.method), getattr(record, name)))
    return errors


def require_valid(record: Any, errors: Errors) -> None:
    """Raise when there are complaints.

    Raises:
        RecordInvalid: the object as it is may not be saved.
    """
    if errors:
        raise RecordInvalid(
            f"{type(record).__name__} is not valid: {'; '.join(errors.full_messages())}",
            object=record,
            errors=errors,
        )


def _complaints(field: Any, value: Any) -> Iterator[str]:
    if is_blank(value):
        if field.required:
            yield "is required"
        return
    if field.choices is not None and value not in field.choices:
        yield f"must be one of {', '.join(map(repr, field.choices))}"
    if field.validate is not None:
        errors = Errors()
        _add(errors, field.name, lambda: field.validate(value))
        yield from errors[field.name]


def _add(errors: Errors, name: str, judge: Callable[[], Any]) -> None:
    """A judge returns a message, False, or nothing; raising ValueError is a message too."""
    try:
        verdict = judge()
    except ValueError as error:
        verdict = str(error) or False
    if verdict is False:
        errors.add(name, "is not valid")
    elif isinstance(verdict, str):
        errors.add(name, verdict)


def is_blank(value: Any) -> bool:
    """Whether a required field would call the value missing."""
    return value is None or (
        isinstance(value, (str, list)) and not (value.strip() if isinstance(value, str) else value)
    )
