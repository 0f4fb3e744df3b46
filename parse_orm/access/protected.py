"""Protected fields: columns that the server leaves out of the answers to some."""

from collections.abc import Iterable, Mapping
from typing import Any

from ..errors import DeclarationError
from ..meta.schema import ModelSchema
from ..types.acl import PUBLIC, Grantee
from .class_level import user_field

#: Our words for those who ask, and the server's.
WORDS = {"public": PUBLIC, PUBLIC: PUBLIC, "authenticated": "authenticated"}

#: How the server spells "the user to whom this pointer leads".
USER_FIELD = "userField:"


def read_protected(schema: ModelSchema, given: Mapping[Any, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """Read ``protected={"public": ["email"]}``: who asks, and the attributes hidden from them.

    Args:
        schema: the tables of the model.
        given: "public", "authenticated", "role:Name", "user:id", "field:attribute", a User or a Role, each with
            attribute names; an empty list shows everything to them.

    Returns:
        Wire pattern to wire names.

    Raises:
        DeclarationError: a pattern or a name that means nothing.
    """
    return {_pattern(schema, who): tuple(_column(schema, name) for name in names) for who, names in given.items()}


def hidden_columns(protected: Mapping[str, Iterable[str]], patterns: Iterable[str]) -> frozenset[str]:
    """The columns hidden from somebody: what every pattern that applies hides.

    >>> sorted(hidden_columns({"*": ["email", "phone"], "role:Staff": ["email"]}, ["*", "role:Staff"]))
    ['email']

    Args:
        protected: wire pattern to wire names.
        patterns: the patterns that apply to whoever asks.
    """
    lists = [frozenset(protected[pattern]) for pattern in patterns if pattern in protected]
    return frozenset.intersection(*lists) if lists else frozenset()


def _pattern(schema: ModelSchema, who: Any) -> str:
    if not isinstance(who, str) and isinstance(who, Grantee):
        return who.acl_key
    if who in WORDS:
        return WORDS[who]
    prefix, _, name = who.partition(":") if isinstance(who, str) else ("", "", "")
    if name and prefix == "role":
        return str(who)
    if name and prefix == "user":
        return str(name)
    if name and prefix == "field":
        return USER_FIELD + str(user_field(schema, name).path)
    raise DeclarationError(
        f"{schema.name}: protected= does not know {who!r:.60}. "
        "Use 'public', 'authenticated', 'role:Name', 'user:id', 'field:attribute', a User or a Role"
    )


def _column(schema: ModelSchema, name: str) -> str:
    field = schema.fields.get(name)
    if field is None:
        raise DeclarationError(f"{schema.name}: {schema.unknown(name)}")
    return str(field.path)
