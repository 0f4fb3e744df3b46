"""What the access list of a new row starts as: six policies by name."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..errors import ConfigurationError, did_you_mean
from .acl import PUBLIC

Rights = Mapping[str, bool]

_NOTHING: Rights = {}
_READ: Rights = {"read": True}
_ALL: Rights = {"read": True, "write": True}


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy.

    Args:
        name: how models and ``connect(default_acl=...)`` name it.
        beside_owner: what the public may do when the row has an owner.
        alone: what the public may do when it has none.
        owned: whether an owner gets every right.
    """

    name: str
    beside_owner: Rights
    alone: Rights
    owned: bool = False

    def entries(self, owner: str | None = None) -> dict[str, dict[str, bool]]:
        """The access list of a new row, as Parse writes it; an empty one means master key only.

        >>> POLICIES["owner_but_public_read"].entries("xWMyZ4YEGZ")
        {'*': {'read': True}, 'xWMyZ4YEGZ': {'read': True, 'write': True}}

        Args:
            owner: the id of the user who owns the row, if anybody does.
        """
        has_owner = self.owned and owner is not None
        rights = {PUBLIC: self.beside_owner if has_owner else self.alone}
        if has_owner and owner is not None:
            rights[owner] = _ALL
        return {who: dict(given) for who, given in rights.items() if given}


#: Every policy by its name.
POLICIES: Mapping[str, Policy] = {
    policy.name: policy
    for policy in (
        Policy("public", _ALL, _ALL),
        Policy("public_read", _READ, _READ),
        Policy("private", _NOTHING, _NOTHING),
        Policy("owner_else_public", _NOTHING, _ALL, owned=True),
        Policy("owner_else_private", _NOTHING, _NOTHING, owned=True),
        Policy("owner_but_public_read", _READ, _READ, owned=True),
    )
}


def policy_named(name: str) -> Policy:
    """The policy of that name.

    Raises:
        ConfigurationError: there is none; the message suggests the nearest.
    """
    policy = POLICIES.get(str(name))
    if policy is None:
        near = did_you_mean(str(name), POLICIES)
        hint = f"; did you mean {near!r}?" if near else ""
        raise ConfigurationError(f"{name!r:.60} is no ACL policy{hint} Choose from {', '.join(POLICIES)}")
    return policy
