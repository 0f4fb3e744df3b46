"""Config: a few values that a server keeps for its applications, some for the master key alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from parse_orm.client.answers import part
from parse_orm.client.endpoint import Endpoint
from parse_orm.client.requests import CONFIG, check_field_name
from parse_orm.codec.decode import decode
from parse_orm.codec.encode import encode
from parse_orm.errors import InvalidValue
from parse_orm.types.operations import DELETE
from parse_orm.types.secret import hidden


class Config(Endpoint):
    """The config of one application.

    Example:
        >>> import parse_orm as orm
        >>> orm.config.update({"welcome": "Hello", "limit": 3}, master_only=["limit"])
        >>> orm.config.get() == {"welcome": "Hello", "limit": 3}
        True
        >>> with orm.as_anonymous():
        ...     orm.config.get()
        {'welcome': 'Hello'}
    """

    def get(self, *, session: Any = None, master: bool | None = None) -> dict[str, Any]:
        """Read every value that this credential may see; never cached.

        Args:
            session: ask with the token of this user.
            master: True asks with the master key, which also sees what is for the master key alone.

        Returns:
            Name to Python value.
        """
        session = hidden(session)
        client = self._client
        answer = client.request(
            "GET", CONFIG, credential=client.credential(session, master), doing="reading the config"
        )
        params: dict[str, Any] = part(answer, "params", dict, "reading the config")
        return {name: decode(value) for name, value in params.items()}

    def master_only(self) -> list[str]:
        """List the names that are for the master key alone.

        Returns:
            The names.

        Raises:
            MasterKeyRequired: the client has no master key; nothing was sent.
        """
        client, master = self._master()
        answer = client.request("GET", CONFIG, credential=master, doing="reading the config")
        # A server without any such value leaves it out (9.10).
        hidden: dict[str, Any] = part({"masterKeyOnly": {}, **answer}, "masterKeyOnly", dict, "reading the config")
        return [name for name, is_hidden in hidden.items() if is_hidden]

    def update(self, values: Mapping[str, Any], *, master_only: Iterable[str] = ()) -> None:
        """Change values; the others stay. Needs the master key.

        Args:
            values: name to value; None removes the value.
            master_only: the names of those values that are for the master key alone.

        Raises:
            MasterKeyRequired: the client has no master key; nothing was sent.
            InvalidFieldName: no value can be called so.
            InvalidValue: a value cannot be stored, or `master_only` names none of them.
        """
        client, master = self._master()
        hidden = set(master_only)
        strange = sorted(hidden.difference(values))
        if strange:
            raise InvalidValue(f"master_only names {strange[0]!r}, which is not among the values")
        params = {check_field_name(name): DELETE if value is None else encode(value) for name, value in values.items()}
        body = {"params": params, "masterKeyOnly": {name: name in hidden for name in params}}
        client.request("PUT", CONFIG, body, credential=master, doing="updating the config")


config = Config()
"""The config of the client in use."""
