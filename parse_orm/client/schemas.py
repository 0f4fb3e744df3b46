"""Schemas: the classes that a server has, their columns, indexes and permissions. Everything needs the master key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from parse_orm.client import requests as paths
from parse_orm.client.answers import objects_in, part
from parse_orm.client.endpoint import Endpoint
from parse_orm.errors import ClassNameError, InvalidValue

#: The columns that the server gives every class.
DEFAULT = frozenset({"objectId", "createdAt", "updatedAt", "ACL"})

#: The types of columns that the server knows.
SHAPES = frozenset(
    {"String", "Number", "Boolean", "Date", "Object", "Array", "GeoPoint", "Polygon", "File", "Bytes"}
    | {"Pointer", "Relation"}
)


class Schemas(Endpoint):
    """The schemas of one application, in the server's own spelling.

    Example:
        >>> import parse_orm as orm
        >>> orm.schemas.create("Ticket", {"fields": {"seat": {"type": "String"}}})["className"]
        'Ticket'
        >>> orm.schemas.get("Ticket")["fields"]["seat"]
        {'type': 'String'}
        >>> orm.schemas.delete("Ticket")
    """

    def all(self) -> list[dict[str, Any]]:
        """List the schema of every class.

        Returns:
            One dict for each: className, fields, classLevelPermissions, indexes.
        """
        answer = self._ask("GET", paths.SCHEMAS, None, "listing the schemas")
        return objects_in(part(answer, "results", list, "listing the schemas"), "schemas", "listing the schemas")

    def get(self, model: Any) -> dict[str, Any] | None:
        """Read the schema of one class.

        Args:
            model: a model, or the Parse class name.

        Returns:
            className, fields, classLevelPermissions and indexes; None when the server has no such class.
        """
        name = _class_name(model)
        doing = f"reading the schema of {name}"
        try:
            schema = self._ask("GET", paths.schema(name), None, doing)
        except ClassNameError:
            return None
        part(schema, "fields", dict, doing)
        return schema

    def create(self, model: Any, schema: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Make a class; that of a model gets the columns that the model declares.

        Args:
            model: a model, or the Parse class name.
            schema: fields, classLevelPermissions, indexes; they win over what the model declares.

        Returns:
            The schema as the server has it now.

        Raises:
            ClassNameError: the class exists.
        """
        name = _class_name(model)
        given = schema or {}
        fields = {} if isinstance(model, str) else _declared_columns(model)
        body = {**given, "className": name}
        if fields:
            body["fields"] = {**fields, **given.get("fields", {})}
        return self._ask("POST", paths.schema(name), body, f"creating the class {name}")

    def update(self, model: Any, schema: Mapping[str, Any]) -> dict[str, Any]:
        """Add columns and indexes, remove them with `{"__op": "Delete"}`, or replace the permissions.

        Args:
            model: a model, or the Parse class name.
            schema: fields, classLevelPermissions, indexes.

        Returns:
            The schema as the server has it now.

        Raises:
            ClassNameError: there is no such class.
            InvalidSchemaOperation: a column would change its type.
        """
        name = _class_name(model)
        body = {**schema, "className": name}
        return self._ask("PUT", paths.schema(name), body, f"changing the schema of {name}")

    def delete(self, model: Any) -> None:
        """Drop an empty class; nothing happens when there is none.

        Args:
            model: a model, or the Parse class name.

        Raises:
            InvalidSchemaOperation: the class has rows.
        """
        name = _class_name(model)
        self._ask("DELETE", paths.schema(name), None, f"dropping the class {name}")

    def purge(self, model: Any) -> None:
        """Delete every row of a class, without callbacks and without triggers.

        Args:
            model: a model, or the Parse class name.
        """
        name = _class_name(model)
        self._ask("DELETE", paths.purge(name), None, f"purging {name}")

    def permissions(self, model: Any) -> dict[str, Any]:
        """Read the class-level permissions that the server enforces.

        Args:
            model: a model, or the Parse class name.

        Returns:
            Operation to grants, as the server spells them; empty when it has no such class.
        """
        return _permissions(self.get(model) or {})

    def apply_permissions(self, model: Any) -> bool:
        """Make the server enforce what a model declares with `permissions=` and `protected=`; one request.

        The class and the columns that are named are made where the server does not have them: it takes no permission
        about a column that is missing (9.10, code 107).

        Args:
            model: a model that declares permissions.

        Returns:
            True when the server's permissions changed.

        Raises:
            InvalidValue: the model declares none.
        """
        wanted = model.class_permissions()
        if wanted is None:
            raise InvalidValue(f"{model.__name__} declares neither permissions= nor protected=")
        present = self.get(model)
        known = present or {"fields": {}}
        changes = {"classLevelPermissions": wanted, "fields": _missing_columns(model, wanted, known["fields"])}
        if present is None:
            self.create(model, changes)
            return True
        enforced = _permissions(known)
        if {**enforced, **wanted} == enforced:
            return False
        self.update(model, changes)
        return True

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | None, doing: str) -> dict[str, Any]:
        client, master = self._master()
        answer: dict[str, Any] = client.request(method, path, body, credential=master, doing=doing)
        return answer


def _permissions(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A server that enforces none may leave them out."""
    empty: dict[str, Any] = {"classLevelPermissions": {}}
    return dict(part({**empty, **schema}, "classLevelPermissions", dict, "reading the permissions"))


def _missing_columns(model: Any, permissions: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """The declared columns that the permissions speak of and the server does not have."""
    named = {
        *permissions.get("readUserFields", ()),
        *permissions.get("writeUserFields", ()),
        *(path for grants in permissions.values() if "pointerFields" in grants for path in grants["pointerFields"]),
        *(path for columns_ in permissions.get("protectedFields", {}).values() for path in columns_),
    }
    columns = model.schema.columns
    return {path: _column(columns[path]) for path in sorted(named) if path in columns and path not in known}


def _declared_columns(model: Any) -> dict[str, Any]:
    """The columns of a model as the server takes them; it makes those of its own classes, and those of every class."""
    if model.schema.class_name.startswith("_"):
        return {}
    columns = model.schema.columns.items()
    return {path: _column(field) for path, field in columns if path not in DEFAULT and field.shape in SHAPES}


def _column(field: Any) -> dict[str, Any]:
    """A column as the server's schema describes it."""
    if field.shape in {"Pointer", "Relation"}:
        return {"type": field.shape, "targetClass": field.target_class()}
    return {"type": field.shape}


def _class_name(model: Any) -> str:
    return model if isinstance(model, str) else str(model.schema.class_name)


schemas = Schemas()
"""The schemas of the client in use."""
