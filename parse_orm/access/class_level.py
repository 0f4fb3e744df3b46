"""Class-level permissions: who may do what to a whole class, whatever the access lists of its rows say."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import DeclarationError
from ..meta.schema import ModelSchema
from .grants import Given, Grants, read_grants

#: Operations by our names, and how the server spells them.
OPERATIONS: Mapping[str, str] = {
    "find": "find",
    "get": "get",
    "count": "count",
    "create": "create",
    "update": "update",
    "delete": "delete",
    "add_field": "addField",
}


@dataclass(frozen=True, slots=True)
class ClassPermissions:
    """What ``permissions(...)`` declares.

    Args:
        operations: the grants of each of the seven operations.
        read_user_fields: pointers to users who may read the rows that name them.
        write_user_fields: pointers to users who may change the rows that name them.
    """

    operations: Mapping[str, Grants]
    read_user_fields: tuple[str, ...] = ()
    write_user_fields: tuple[str, ...] = ()

    def check(self, schema: ModelSchema) -> None:
        """See that every field that is named can name a user.

        Raises:
            DeclarationError: no such field, or one that holds no pointer and no array.
        """
        named = [name for grants in self.operations.values() for name in grants.fields]
        for name in (*named, *self.read_user_fields, *self.write_user_fields):
            user_field(schema, name)

    def to_wire(self, schema: ModelSchema) -> dict[str, Any]:
        """The permissions as ``/schemas`` takes them, every operation spelled out.

        Args:
            schema: the tables of the model, for the wire names of fields.
        """
        columns = {name: field.path for name, field in schema.fields.items()}
        wire: dict[str, Any] = {OPERATIONS[name]: grants.to_wire(columns) for name, grants in self.operations.items()}
        for key, names in (("readUserFields", self.read_user_fields), ("writeUserFields", self.write_user_fields)):
            if names:
                wire[key] = [columns[name] for name in names]
        return wire


def user_field(schema: ModelSchema, name: str) -> Any:
    """A field that may point to users.

    Raises:
        DeclarationError: no such field, or one that holds no pointer and no array.
    """
    field = schema.fields.get(name)
    if field is None:
        raise DeclarationError(f"{schema.name}: {schema.unknown(name)}")
    if field.shape not in {"Pointer", "Array"}:
        raise DeclarationError(f"{field.label} holds no users: name a belongs_to(User) or an array of them")
    return field


def permissions(
    *,
    find: Given = None,
    get: Given = None,
    count: Given = None,
    create: Given = None,
    update: Given = None,
    delete: Given = None,
    add_field: Given = None,
    default: Given = "public",
    read_user_fields: Iterable[str] = (),
    write_user_fields: Iterable[str] = (),
) -> ClassPermissions:
    """Declare who may do what to a class; the ACL of a row can only narrow it.

    >>> import parse_orm as orm
    >>> class Notice(orm.ParseObject, permissions=orm.permissions(create="authenticated", delete="master")):
    ...     text = orm.property(str)
    >>> Notice.class_permissions()["create"]
    {'requiresAuthentication': True}

    Declaring sends nothing: ``client.schemas.apply_permissions(Notice)`` or ``parse-orm schema apply`` does.

    Args:
        find: who may query: "public", "authenticated", "master", "role:Name", "user:id", "field:attribute" (the user
            to whom that pointer leads), a User, a Role, or a list of them.
        get: who may read one row by its id.
        count: who may count.
        create: who may make rows.
        update: who may change rows.
        delete: who may delete rows.
        add_field: who may make columns by writing to them.
        default: who may do what is not named here; the server's own default is everybody.
        read_user_fields: attributes that point to users who may read the rows that name them.
        write_user_fields: attributes that point to users who may change the rows that name them.

    Returns:
        The declaration, for the class keyword ``permissions=``.

    Raises:
        DeclarationError: a grant that means nothing.
    """
    given = (find, get, count, create, update, delete, add_field)
    grants = (read_grants(default if one is None else one) for one in given)
    return ClassPermissions(
        dict(zip(OPERATIONS, grants, strict=True)), tuple(read_user_fields), tuple(write_user_fields)
    )
