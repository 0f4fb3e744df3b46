"""A role is a named group of users, and of other roles whose members belong to it as well."""

from collections.abc import Callable, Iterable
from functools import reduce
from operator import or_
from typing import Any, Self

from ..associations.has_many import has_many
from ..errors import InvalidValue
from ..fields.property import property as column
from ..model import ParseObject
from ..model.receiver import on_own_objects
from ..types.acl import ACL


class Role(ParseObject, class_name="_Role", acl="private"):
    """A group that access lists can name (``_Role``).

    Role X with role Y among its ``roles`` lets the members of Y do what X may: Y inherits from X.

    >>> import parse_orm as orm
    >>> ann = orm.User.signup("ann", "pw")
    >>> staff = orm.Role(name="Staff").save()
    >>> admins = orm.Role(name="Admin").add_users(ann).save()
    >>> staff = staff.add_roles(admins).save()
    >>> sorted(orm.Role.names_for(ann))
    ['Admin', 'Staff']

    The server wants an ACL for every role. Left alone it is empty, so only the master key sees and changes the role;
    the role works all the same.

    Attributes:
        name: unique; the server changes it only for the master key (9.10).
        users: the members themselves.
        roles: the roles whose members belong to this one as well.
    """

    name = column(str, required=True)
    users = has_many("User", through="relation")
    roles = has_many("Role", through="relation")

    # -- finding ---------------------------------------------------------------------------

    @classmethod
    def find_by_name(cls, name: str) -> Self | None:
        """The role of that name, or None."""
        return cls.query().where(cls.name == name).first()

    @classmethod
    def find_or_create(cls, name: str, acl: ACL | None = None) -> Self:
        """The role of that name, made when there is none.

        Args:
            name: the role's name.
            acl: who may see and change a role that is made; None means the master key alone.

        Raises:
            DuplicateValue: somebody else made it at the same moment; ask again.
        """
        found = cls.find_by_name(name)
        if found is not None:
            return found
        return cls.create(name=name, acl=acl) if acl is not None else cls.create(name=name)

    @classmethod
    def for_user(cls, user: Any) -> list[Self]:
        """Every role of a user, the inherited ones included; one request for each level.

        Roles that this credential may not see are left out, so this is asked with the master key as a rule.

        Raises:
            UnsavedReference: the user was never saved.
        """
        own = cls.query().where(users=user).all()
        return _closure(own, cls._holding)

    @classmethod
    def names_for(cls, user: Any) -> set[str]:
        """The names of every role of a user, as ``orm.can_read(user, obj, roles=...)`` takes them."""
        return {role.name for role in cls.for_user(user)}

    # -- the hierarchy ---------------------------------------------------------------------

    @on_own_objects()
    def ancestors(self) -> list[Self]:
        """Every role that this one inherits from, however far up; one request for each level."""
        return _without(self, _closure(self._holding([self]), self._holding))

    @on_own_objects()
    def descendants(self) -> list[Self]:
        """Every role that inherits from this one, however far down; one request for each role."""
        return _without(self, _closure(self._held([self]), self._held))

    @on_own_objects()
    def all_users(self) -> list[Any]:
        """The members, and those of every descendant, each once."""
        found: dict[str, Any] = {}
        for role in (self, *self.descendants()):
            for user in role.users:
                found.setdefault(user.id, user)
        return list(found.values())

    @on_own_objects()
    def has_user(self, user: Any) -> bool:
        """Whether a user is a member of the role itself; one request."""
        return self.users.has(user)

    @on_own_objects()
    def has_role(self, role: Any) -> bool:
        """Whether a role is among ``roles`` itself; one request."""
        return self.roles.has(role)

    # -- changing --------------------------------------------------------------------------

    @on_own_objects()
    def add_users(self, *users: Any) -> Self:
        """Make users members at the next save."""
        self.users.add(*users)
        return self

    @on_own_objects()
    def remove_users(self, *users: Any) -> Self:
        """Let users be members no longer at the next save."""
        self.users.remove(*users)
        return self

    @on_own_objects()
    def add_roles(self, *roles: Any) -> Self:
        """Let the members of other roles do what this one may, from the next save on.

        Raises:
            InvalidValue: the role itself is among them.
        """
        if any(role is self or role == self for role in roles):
            raise InvalidValue(f"the role {self.name!r} cannot hold itself")
        self.roles.add(*roles)
        return self

    @on_own_objects()
    def remove_roles(self, *roles: Any) -> Self:
        """Take other roles out at the next save."""
        self.roles.remove(*roles)
        return self

    @property
    def acl_key(self) -> str:
        """How an ACL names this role.

        Raises:
            InvalidValue: the role has no name.
        """
        name = self.name
        if not name:
            raise InvalidValue("a role without a name cannot stand in an ACL")
        return f"role:{name}"

    @classmethod
    def _holding(cls, roles: Iterable[Self]) -> list[Self]:
        """The roles that have one of these among their ``roles``."""
        holds = [cls.query().where(roles=role) for role in roles]
        return reduce(or_, holds).all() if holds else []

    @classmethod
    def _held(cls, roles: Iterable[Self]) -> list[Self]:
        """The roles that these have among their ``roles``."""
        return [held for role in roles for held in role.roles]


def _closure(begin: list[Any], step: Callable[[list[Any]], list[Any]]) -> list[Any]:
    """All that can be reached, each once: a circle of roles ends where it began."""
    found = {role.id: role for role in begin}
    fresh = list(found.values())
    while fresh:
        fresh = list({role.id: role for role in step(fresh) if role.id not in found}.values())
        found.update((role.id, role) for role in fresh)
    return list(found.values())


def _without(role: Any, roles: list[Any]) -> list[Any]:
    return [one for one in roles if one != role]
