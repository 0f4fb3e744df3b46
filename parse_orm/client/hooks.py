"""Webhooks: Cloud Code functions and triggers that the server finds at a URL of ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from parse_orm.client.answers import objects_in, part
from parse_orm.client.endpoint import Endpoint
from parse_orm.client.requests import HOOK_FUNCTIONS, HOOK_TRIGGERS, check_class_name
from parse_orm.errors import HookNotFound, InvalidValue, ObjectNotFound, did_you_mean

TRIGGERS = (
    "beforeSave",
    "afterSave",
    "beforeDelete",
    "afterDelete",
    "beforeFind",
    "afterFind",
    "beforeLogin",
    "afterLogin",
    "afterLogout",
)
"""The triggers that a webhook can take (Parse Server 9.10)."""

LISTING = "listing the webhooks"

_DELETE = {"__op": "Delete"}


class HookRegistry(Endpoint):
    """The webhooks of one application. Every call needs the master key.

    Example:
        >>> import parse_orm as orm
        >>> orm.hooks.set_function("hello", "https://hooks.example.com/hello")
        >>> orm.hooks.functions()
        {'hello': 'https://hooks.example.com/hello'}
        >>> orm.hooks.remove_function("hello")
        True
    """

    def functions(self) -> dict[str, str]:
        """List the functions that live at a URL.

        Returns:
            Function name to URL.

        Raises:
            MasterKeyRequired: the client has no master key; nothing was sent.
        """
        rows = self._list(HOOK_FUNCTIONS)
        return {_told(row, "functionName"): _told(row, "url") for row in rows if row.get("url")}

    def triggers(self) -> dict[tuple[str, str], str]:
        """List the triggers that live at a URL.

        Returns:
            Class name and trigger name to URL.

        Raises:
            MasterKeyRequired: the client has no master key; nothing was sent.
        """
        rows = self._list(HOOK_TRIGGERS)
        return {
            (_told(row, "className"), _told(row, "triggerName")): _told(row, "url") for row in rows if row.get("url")
        }

    def set_function(self, name: str, url: str) -> None:
        """Let a function live at a URL, whether it is registered already or not.

        Args:
            name: the function's name.
            url: where the server posts each call; http or https.

        Raises:
            MasterKeyRequired: the client has no master key; nothing was sent.
            InvalidValue: the URL is none.
        """
        self._set(HOOK_FUNCTIONS, quote(name, safe=""), {"functionName": name}, url)

    def set_trigger(self, class_name: Any, trigger: str, url: str) -> None:
        """Let a trigger live at a URL, whether it is registered already or not.

        Args:
            class_name: a model, or the Parse class name.
            trigger: "beforeSave", "afterDelete" and the like.
            url: where the server posts each call; http or https.

        Raises:
            MasterKeyRequired: the client has no master key; nothing was sent.
            InvalidValue: no such trigger, or the URL is none.
        """
        name = _class_name(class_name)
        path = f"{quote(name)}/{_check_trigger(trigger)}"
        self._set(HOOK_TRIGGERS, path, {"className": name, "triggerName": trigger}, url)

    def remove_function(self, name: str) -> bool:
        """Forget the URL of a function.

        Args:
            name: the function's name.

        Returns:
            True when this call removed it; False when there was none.
        """
        return self._remove(f"{HOOK_FUNCTIONS}/{quote(name, safe='')}")

    def remove_trigger(self, class_name: Any, trigger: str) -> bool:
        """Forget the URL of a trigger.

        Args:
            class_name: a model, or the Parse class name.
            trigger: "beforeSave", "afterDelete" and the like.

        Returns:
            True when this call removed it; False when there was none.
        """
        return self._remove(f"{HOOK_TRIGGERS}/{quote(_class_name(class_name))}/{_check_trigger(trigger)}")

    def _list(self, path: str) -> list[dict[str, Any]]:
        client, master = self._master()
        rows = client.request("GET", path, credential=master, doing=LISTING, expect=list)
        return objects_in(rows, "webhooks", LISTING)

    def _set(self, path: str, name: str, names: Mapping[str, str], url: str) -> None:
        client, master = self._master()
        address = {"url": _check_url(url)}
        doing = f"registering the webhook {name}"
        try:
            client.request("PUT", f"{path}/{name}", address, credential=master, doing=doing)
        except HookNotFound:
            client.request("POST", path, {**names, **address}, credential=master, doing=doing)

    def _remove(self, path: str) -> bool:
        client, master = self._master()
        try:
            client.request("PUT", path, _DELETE, credential=master, idempotent=True, doing="removing a webhook")
        except (HookNotFound, ObjectNotFound):
            return False
        return True


def _told(row: Mapping[str, Any], name: str) -> str:
    return part(row, name, str, LISTING)


def _class_name(given: Any) -> str:
    return check_class_name(given if isinstance(given, str) else given.schema.class_name)


def _check_trigger(trigger: str) -> str:
    if trigger not in TRIGGERS:
        near = did_you_mean(str(trigger), TRIGGERS)
        hint = f"; did you mean {near!r}?" if near else ""
        raise InvalidValue(f"{trigger!r:.60} is no trigger{hint} Choose from {', '.join(TRIGGERS)}")
    return trigger


def _check_url(url: str) -> str:
    parts = urlsplit(str(url))
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise InvalidValue(f"{url!r:.80} is no http or https URL")
    return url


hooks = HookRegistry()
"""The webhooks of the client in use."""
