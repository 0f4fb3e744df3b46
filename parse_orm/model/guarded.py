"""The access rules of a model at work: the ACL that a new row gets, and what ``describe()`` tells."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar

from ..access import ClassPermissions, Declared, Rules
from ..associations import PointerArray, RelationField, belongs_to
from ..client.context import current_client
from ..errors import NotConnected
from ..fields.acl import OPEN, StartingACL
from ..names import SYSTEM_CLASSES
from ..types.policy import Policy, policy_named
from .persistence import Persistence


class Guarded(Persistence):
    """Objects of a class that may say who may do what.

    Class keywords:
        acl: the policy of new rows: "public", "public_read", "private", "owner_else_public", "owner_else_private" or
            "owner_but_public_read".
        acl_owner: the attribute that points to the user who owns a row.
        permissions: what ``orm.permissions(...)`` gives.
        protected: who to the attributes that the server hides from them.
        guards: attribute to "master_only", "immutable", "always_immutable" or "set_once".
    """

    __slots__ = ()

    _declared: ClassVar[Declared] = Declared()
    _rules: ClassVar[Rules] = Rules()

    def __init_subclass__(
        cls,
        *,
        acl: str | None = None,
        acl_owner: str | None = None,
        permissions: ClassPermissions | None = None,
        protected: Mapping[Any, Iterable[str]] | None = None,
        guards: Mapping[str, str] | None = None,
        **options: Any,
    ) -> None:
        super().__init_subclass__(**options)
        cls._declared = Declared(acl, acl_owner, permissions, protected, guards)

    @classmethod
    def _compile_rules(cls) -> None:
        """Check what was declared, once the fields of the class are known."""
        cls._rules = Rules.of(cls.schema, cls._declared, cls._rules)

    # -- what is declared ------------------------------------------------------------------

    @classmethod
    def class_permissions(cls) -> dict[str, Any] | None:
        """The class-level permissions and protected fields as ``/schemas`` takes them; None when none are declared."""
        rules = cls._rules
        if rules.permissions is None and not rules.protected:
            return None
        wire = {} if rules.permissions is None else rules.permissions.to_wire(cls.schema)
        if rules.protected:
            wire["protectedFields"] = {who: list(columns) for who, columns in rules.protected.items()}
        return wire

    @classmethod
    def describe(cls) -> dict[str, Any]:
        """What the class declares, as plain data and without a request.

        Returns:
            ``class_name``, ``fields`` and ``associations`` by attribute, and ``access`` as ``describe_access`` gives
            it.
        """
        schema = cls.schema
        return {
            "name": schema.name,
            "class_name": schema.class_name,
            "doc": (cls.__doc__ or "").strip().partition("\n")[0],
            "fields": {name: _described(field) for name, field in schema.fields.items()},
            "associations": {name: repr(association) for name, association in schema.associations.items()},
            "access": cls.describe_access(),
        }

    @classmethod
    def describe_access(cls) -> dict[str, Any]:
        """Who may do what, as the class declares it and without a request.

        Returns:
            ``acl_policy``, ``acl_owner``, ``operations`` (None when the class declares no permissions),
            ``read_user_fields``, ``write_user_fields`` and ``fields``: attribute to ``write`` (a guard or "open") and
            ``hidden_from``.
        """
        rules, granted = cls._rules, cls._rules.permissions
        return {
            "acl_policy": rules.policy.name if rules.policy else None,
            "acl_owner": rules.owner,
            "operations": granted and {name: grants.words() for name, grants in granted.operations.items()},
            "read_user_fields": list(granted.read_user_fields) if granted else [],
            "write_user_fields": list(granted.write_user_fields) if granted else [],
            "fields": {
                name: {
                    "write": rules.guards.get(name, "server_only" if field.readonly else "open"),
                    "hidden_from": [who for who, columns in rules.protected.items() if field.path in columns],
                }
                for name, field in cls.schema.fields.items()
            },
        }

    # -- the ACL of a new row ----------------------------------------------------------------

    def _creating(self, sent: dict[str, Any]) -> dict[str, Any]:
        acl = self._first_acl()
        return sent if acl is None else {**sent, "ACL": acl}

    def _first_acl(self) -> Mapping[str, Mapping[str, bool]] | None:
        """The ACL that this create gets: the one that somebody chose, or that of the policy; None when there is none.

        A public one that was chosen is sent, too: without one the server takes the default of the class.
        """
        chosen = (self._seen or {}).get("ACL")
        if chosen is not None and not (isinstance(chosen, StartingACL) and chosen.unchanged):
            entries: Mapping[str, Mapping[str, bool]] = chosen.to_wire()
            return entries
        policy = self._policy()
        return None if policy is None else policy.entries(self._owner_id() if policy.owned else None)

    def _policy(self) -> Policy | None:
        """The policy of the class, or the client's for classes that the server does not own."""
        if self._rules.policy is not None or self.schema.class_name in _SERVERS_OWN:
            return self._rules.policy
        try:
            default = (self._origin.client or current_client()).default_acl
        except NotConnected:
            return None
        return None if default is None else policy_named(default)

    def _owner_id(self) -> str | None:
        """The user that the owner field points to; a pointer to anything else owns nothing."""
        name = self._rules.owner
        if name is None:
            return None
        wire = self.schema.fields[name].encode(owner) if (owner := getattr(self, name)) is not None else None
        return wire["objectId"] if wire and wire["className"] == "_User" else None

    def _starting_acl(self) -> dict[str, dict[str, bool]]:
        policy = self._policy() if self.is_new else None
        if policy is None:
            return OPEN
        return policy.entries(self._owner_id() if policy.owned else None)


_SERVERS_OWN = frozenset(SYSTEM_CLASSES.values())


def _described(field: Any) -> dict[str, Any]:
    facts = {name: read(field) for name, read in _FACTS.items()}
    return {name: value for name, value in facts.items() if value not in (None, False, "")}


def _default(field: Any) -> Any:
    default = field.default
    return getattr(default, "__name__", repr(default)) if callable(default) else field.make_default()


#: Columns that name rows of another class.
_REFERRING = (belongs_to, PointerArray, RelationField)

#: What is told about a column; a fact that is None, False or empty is left out.
_FACTS: dict[str, Callable[[Any], Any]] = {
    "column": lambda field: field.path,
    "type": lambda field: field.shape,
    "kind": lambda field: field.kind.name,
    "target": lambda field: field.reference.name if isinstance(field, _REFERRING) else None,
    "required": lambda field: field.required,
    "readonly": lambda field: field.readonly,
    "hidden": lambda field: field.hidden,
    "default": _default,
    "choices": lambda field: list(field.choices) if field.choices else None,
    "doc": lambda field: field.doc,
}
