"""What one model declares about access, checked and frozen when the class is made."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import ConfigurationError, DeclarationError
from ..meta.schema import ModelSchema
from ..types.policy import Policy, policy_named
from .class_level import ClassPermissions, user_field
from .guards import read_guards
from .protected import read_protected


@dataclass(frozen=True, slots=True)
class Declared:
    """The class keywords as they were written; None where a keyword was left out.

    Args:
        acl: the name of a policy.
        acl_owner: the attribute that points to the owner.
        permissions: what ``permissions(...)`` gave.
        protected: who to the attributes hidden from them.
        guards: attribute to mode.
    """

    acl: str | None = None
    acl_owner: str | None = None
    permissions: ClassPermissions | None = None
    protected: Mapping[Any, Iterable[str]] | None = None
    guards: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """The access rules of one model.

    Args:
        policy: what the ACL of a new row starts as; None sends none, or what the client has as default.
        owner: the attribute that points to the user who owns a row.
        permissions: the class-level permissions, None when none are declared.
        protected: wire pattern to the wire names hidden from those who match it.
        guards: attribute to mode.
    """

    policy: Policy | None = None
    owner: str | None = None
    permissions: ClassPermissions | None = None
    protected: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    guards: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, schema: ModelSchema, declared: Declared, inherited: "Rules") -> "Rules":
        """Check the declaration of a class and lay it over what it inherits.

        Raises:
            DeclarationError: it names a field, a policy, a mode or somebody that means nothing.
        """
        rules = cls(
            _policy(schema, declared.acl) or inherited.policy,
            _owner(schema, declared.acl_owner) or inherited.owner,
            declared.permissions or inherited.permissions,
            {**inherited.protected, **read_protected(schema, declared.protected or {})},
            {**inherited.guards, **read_guards(schema, declared.guards or {})},
        )
        if rules.permissions is not None:
            rules.permissions.check(schema)
        if rules.policy is not None and rules.policy.owned and rules.owner is None:
            raise DeclarationError(
                f"{schema.name}: the policy {rules.policy.name!r} needs to know the owner: name the belongs_to(User) "
                "with acl_owner="
            )
        return rules


def _policy(schema: ModelSchema, name: str | None) -> Policy | None:
    try:
        return None if name is None else policy_named(name)
    except ConfigurationError as error:
        raise DeclarationError(f"{schema.name}: {error}") from None


def _owner(schema: ModelSchema, name: str | None) -> str | None:
    if name is None:
        return None
    if user_field(schema, name).shape != "Pointer":
        raise DeclarationError(f"{schema.name}: acl_owner={name!r} must be a belongs_to(User), not an array")
    return name
