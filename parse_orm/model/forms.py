"""Other forms of one object: plain Python data, Parse's JSON, and its name as text. None of them asks the server."""

from collections.abc import Iterable, Mapping
from typing import Any, Self

from ..codec import json
from ..codec.encode import encode_file
from ..codec.reference import format_reference, parse_reference
from ..errors import InvalidValue, UnsavedReference
from ..fields.origin import HERE, Origin
from ..fields.record import own_copy
from ..fields.servers import PLAIN
from ..meta.registry import registry
from ..names import SERVER_OWNED
from ..types.acl import ACL
from ..types.depth import DEEPEST_COPY, TooDeep
from ..types.file import File
from ..types.lists import several
from ..types.pointer import Pointer
from .copying import SECRET, without_secrets
from .row import Row

#: What a JSON text may say about its row although only the server sets it.
_OF_THE_ROW = frozenset({"objectId", "createdAt", "updatedAt"})


class Forms(Row):
    """An object in other words."""

    __slots__ = ()

    def to_dict(self, *, only: Iterable[str] = (), exclude: Iterable[str] = ()) -> dict[str, Any]:
        """The known fields as plain data by attribute name; no request.

        Objects that it refers to are dicts of their own when they are loaded, else ``{"id": ...}``; one that stands
        inside itself is cut to its id. Hidden fields are left out unless ``only`` names them, and so are relations.

        >>> import parse_orm as orm
        >>> class Ship(orm.ParseObject):
        ...     name = orm.property(str)
        >>> Ship(name="Argo").to_dict(only=["name"])
        {'name': 'Argo'}

        Args:
            only: these fields alone.
            exclude: all but these.

        Raises:
            UnknownField: a name that the model does not have.
            InvalidValue: a value is nested deeper than Python can follow, or in a circle.
        """
        wanted, unwanted = self._named(only), self._named(exclude)
        return self._as_dict(wanted, unwanted, ())

    def to_json(self) -> str:
        """The row in Parse's own JSON, changes included, as ``from_json`` and the JS SDK read it; no request.

        A known column without a value is null; one that was never fetched is left out. Secrets are never in it.

        Raises:
            UnsavedReference: it refers to an object that was never saved.
        """
        row: dict[str, Any] = {"className": self.schema.class_name}
        for path, field in self.schema.columns.items():
            if path not in SECRET and field.shape != "Relation" and self._is_known(path):
                row[path] = self._wire_now(path)
        undeclared = {
            path: self._wire[path] for path in self._wire if path not in self.schema.columns and path not in SECRET
        }
        if self.is_new:
            row = {path: value for path, value in row.items() if value is not None}
        return json.dumps(without_secrets({**row, **undeclared})).decode()

    @classmethod
    def from_json(cls, text: str | bytes | Mapping[str, Any]) -> Self:
        """The object that ``to_json`` wrote. It is for data of your own: it takes ids, times and ACLs as they stand.

        Data that comes from outside goes through ``from_params``, which takes what you name and nothing else.

        >>> import parse_orm as orm
        >>> class Boat(orm.ParseObject):
        ...     name = orm.property(str)
        >>> Boat.from_json('{"className": "Boat", "objectId": "xWMyZ4YEGZ", "name": "Argo"}')
        <Boat xWMyZ4YEGZ name='Argo'>

        Args:
            text: the JSON, or what it decodes to.

        Returns:
            A loaded object when the row has an id, and a new one with everything to be saved when it has none. On
            ``ParseObject`` itself, an object of the model that the JSON names.

        Raises:
            InvalidValue: it is no JSON object, or a row of another class.
            UnsavedReference: it names a file without the address that every file of the server has.
        """
        row = _decoded(text)
        _check_files(row)
        model = cls._model_of(row.pop("className", cls.schema.class_name))
        row.pop("__type", None)
        row = {path: value for path, value in row.items() if path in _OF_THE_ROW or path not in SERVER_OWNED}
        known = tuple(row)
        values = {path: value for path, value in row.items() if value is not None}
        if "objectId" in values:
            model.check_id(values["objectId"])
            return model._hydrate([values], Origin(None, known))[0]
        made = model.__new__(model)
        made._begin({}, HERE)
        for path, value in values.items():
            made._write_native(path, value)
        return made

    def to_pointer(self) -> Pointer:
        """Class name and id as plain data.

        Raises:
            UnsavedReference: the object was never saved.
        """
        if self.is_new:
            raise UnsavedReference(f"{self!r} was never saved, so nothing can point to it")
        return Pointer(self.schema.class_name, self._wire["objectId"])

    def to_reference(self) -> str:
        """Class name and id as one text, ``Song$xWMyZ4YEGZ``, as parse-stack writes them.

        Raises:
            UnsavedReference: the object was never saved.
        """
        return format_reference(self.to_pointer())

    @classmethod
    def from_reference(cls, text: str) -> Self:
        """An object of which only the id is known, of a text that ``to_reference`` wrote; no request.

        Args:
            text: ``Song$xWMyZ4YEGZ``. On ``ParseObject`` itself the class comes from the text.

        Raises:
            InvalidValue: the text is no reference, or one to another class.
            UnknownModel: no model is declared for the class.
        """
        pointer = parse_reference(text)
        return cls._model_of(pointer.class_name).pointer(pointer.id)

    # -- helpers -------------------------------------------------------------------------------

    @classmethod
    def _model_of(cls, class_name: str) -> type[Self]:
        if cls.schema.class_name:
            if class_name != cls.schema.class_name:
                raise InvalidValue(f"this is a row of {class_name!r:.60}, not of {cls.schema.class_name!r}")
            return cls
        return registry.for_class(class_name) or registry.find(class_name)

    def _named(self, names: Iterable[str]) -> frozenset[str]:
        return frozenset(self.schema.field(name).name for name in several(names, "only and exclude"))

    def _as_dict(self, only: frozenset[str], exclude: frozenset[str], outer: tuple[Any, ...]) -> dict[str, Any]:
        within = (*outer, self)
        return {
            name: _plain(self._peek(field), within)
            for name, field in self.schema.fields.items()
            if (name in only if only else not field.hidden)
            and name not in exclude
            and field.path not in SECRET
            and field.shape != "Relation"
            and self._is_known(field.path)
        }


def _plain(value: Any, outer: tuple[Any, ...], level: int = 1) -> Any:
    if type(value) in PLAIN:
        return value
    if isinstance(value, Forms):
        bare = any(value is one for one in outer) or (value._wire.keys() <= {"objectId"} and not value._seen)
        return {"id": value._wire.get("objectId")} if bare else value._as_dict(frozenset(), frozenset(), outer)
    try:
        if level > DEEPEST_COPY:
            raise TooDeep.unfollowed()
        if isinstance(value, (list, tuple)):
            return [_plain(item, outer, level + 1) for item in value]
        if isinstance(value, dict):
            return {key: _plain(item, outer, level + 1) for key, item in value.items()}
    except RecursionError:
        raise TooDeep.unfollowed() from None
    return value.to_dict() if isinstance(value, ACL) else value


def _check_files(value: Any) -> None:
    """Refuse a file without an address: such a value ends the process of the server (9.10), see ``encode_file``."""
    if isinstance(value, Mapping):
        if value.get("__type") == "File":
            encode_file(File(str(value.get("name")), value.get("url")))
        value = value.values()
    elif not isinstance(value, list):
        return
    try:
        for item in value:
            if type(item) not in PLAIN:
                _check_files(item)
    except RecursionError:
        raise TooDeep.unfollowed() from None


def _decoded(text: str | bytes | Mapping[str, Any]) -> dict[str, Any]:
    try:
        row = text if isinstance(text, Mapping) else json.loads(text)
    except (ValueError, TypeError) as error:
        raise InvalidValue(f"this is no JSON: {error}") from None
    if not isinstance(row, Mapping):
        raise InvalidValue(f"a row is a JSON object, not {type(row).__name__}")
    return {path: _copied(value) for path, value in row.items()} if row is text else dict(row)


def _copied(value: Any) -> Any:
    """A copy of a value; one that is too deep stays the caller's, and is refused when it is read."""
    try:
        return own_copy(value)
    except TooDeep:
        return value
