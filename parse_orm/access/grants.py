"""Who may do something to a class: words, users, roles and pointer fields, as the server's schema spells them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import DeclarationError, did_you_mean
from ..types.acl import PUBLIC, Grantee

#: How the server's schema spells "whoever is logged in".
LOGGED_IN = "requiresAuthentication"

#: What our words mean there; "master" grants nobody anything, and the master key needs no grant.
WORDS: Mapping[str, tuple[str, ...]] = {
    "public": (PUBLIC,),
    PUBLIC: (PUBLIC,),
    "authenticated": (LOGGED_IN,),
    "master": (),
}

#: One grant, or several.
Given = Any


@dataclass(frozen=True, slots=True)
class Grants:
    """The grants of one operation.

    Args:
        keys: wire keys: ``*``, ``requiresAuthentication``, ``role:Name`` and user ids.
        fields: attribute names of pointers to users, who may act on the rows that name them.
    """

    keys: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()

    def to_wire(self, columns: Mapping[str, str]) -> dict[str, Any]:
        """The grants as ``/schemas`` takes them.

        Args:
            columns: attribute name to wire name.
        """
        wire: dict[str, Any] = dict.fromkeys(self.keys, True)
        if self.fields:
            wire["pointerFields"] = [columns[name] for name in self.fields]
        return wire

    def words(self) -> list[str]:
        """The grants in the words of a declaration."""
        shown = [_SHOWN.get(key, key if key.startswith("role:") else f"user:{key}") for key in self.keys]
        return [*shown, *(f"field:{name}" for name in self.fields)] or ["master"]


_SHOWN = {PUBLIC: "public", LOGGED_IN: "authenticated"}


def read_grants(given: Given) -> Grants:
    """Read what a declaration grants.

    >>> read_grants(["authenticated", "role:Admin", "field:owner"])
    Grants(keys=('requiresAuthentication', 'role:Admin'), fields=('owner',))

    Args:
        given: "public", "authenticated", "master", "role:Name", "user:id", "field:attribute", a User, a Role, or
            several of them.

    Raises:
        DeclarationError: a word that means nothing; it is never taken for a user id.
    """
    items = list(given) if isinstance(given, Iterable) and not isinstance(given, (str, Grantee)) else [given]
    keys: list[str] = []
    fields: list[str] = []
    for item in items:
        text = item.acl_key if not isinstance(item, str) and isinstance(item, Grantee) else item
        if text in WORDS:
            keys.extend(WORDS[text])
        elif not isinstance(text, str) or not text:
            raise _unknown(item)
        elif text is not item:
            keys.append(text)
        else:
            _read_prefixed(text, keys, fields)
    return Grants(tuple(dict.fromkeys(keys)), tuple(dict.fromkeys(fields)))


def _read_prefixed(text: str, keys: list[str], fields: list[str]) -> None:
    prefix, colon, name = text.partition(":")
    if not colon or not name.strip():
        raise _unknown(text)
    if prefix == "role":
        keys.append(text)
    elif prefix == "user":
        keys.append(name)
    elif prefix == "field":
        fields.append(name)
    else:
        raise _unknown(text)


def _unknown(item: object) -> DeclarationError:
    near = did_you_mean(item, WORDS) if isinstance(item, str) else None
    hint = f"; did you mean {near!r}?" if near else ""
    return DeclarationError(
        f"{item!r:.60} grants nothing that we know{hint} "
        "Use 'public', 'authenticated', 'master', 'role:Name', 'user:id', 'field:attribute', a User or a Role"
    )
