"""The frozen tables of one model, made once when the class is made and only read afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from ..codec.encode import Column
from ..errors import InvalidValue, UnknownField, did_you_mean


@dataclass(frozen=True, slots=True)
class ModelSchema:
    """What a model declares.

    Attributes:
        name: the Python class name, for messages.
        class_name: the Parse class.
        fields: every column-backed field by its attribute name, the inherited ones included.
        columns: the same fields by wire name.
        compared: how the columns are encoded whose values may change in place.
        writable: the names of the fields that may be set.
        defaulted: the fields that a new object has a value of; often few of many.
        judged: the fields whose values have to meet a rule before a save; often few of many.
        referring: the wire names of the columns whose values may be, or hold, objects.
        secret: the names and the wire names of the columns whose values are kept as ``Secret``; mostly none.
        associations: what is answered by a query rather than by a column (has_one, has_many).
    """

    name: str
    class_name: str
    fields: Mapping[str, Any]
    columns: Mapping[str, Any]
    compared: tuple[Column, ...]
    writable: frozenset[str]
    defaulted: tuple[Any, ...]
    judged: tuple[Any, ...]
    referring: tuple[str, ...]
    secret: frozenset[str]
    associations: Mapping[str, Any]

    @classmethod
    def of(
        cls, name: str, class_name: str, fields: Mapping[str, Any], associations: Mapping[str, Any]
    ) -> "ModelSchema":
        """Freeze the tables of one class."""
        columns = {field.path: field for field in fields.values()}
        return cls(
            name,
            class_name,
            MappingProxyType(dict(fields)),
            MappingProxyType(columns),
            tuple(
                Column(path, field.kind.encode, field.blank, field.kind.copies)
                for path, field in columns.items()
                if field.compared
            ),
            frozenset(name for name, field in fields.items() if not field.readonly),
            tuple(field for field in fields.values() if field.is_defaulted),
            tuple(field for field in fields.values() if field.is_judged),
            tuple(field.path for field in fields.values() if field.refers),
            frozenset(text for name, field in fields.items() if field.secret for text in (name, field.path)),
            MappingProxyType(dict(associations)),
        )

    def field(self, name: str) -> Any:
        """The field of that attribute name.

        Raises:
            UnknownField: there is none; the message suggests the nearest.
            InvalidValue: the name is no text.
        """
        found = self.fields.get(name)
        if found is None:
            if not isinstance(name, str):
                near = getattr(name, "name", "")
                said = repr(near) if near in self.fields else f"such as {next(iter(self.fields), 'id')!r}"
                raise InvalidValue(f"a field of {self.name} is named by its attribute as text, {said}")
            raise self.unknown(name)
        return found

    def unknown(self, name: str) -> UnknownField:
        """The error for a name that this model does not have as a column."""
        association, column = self.associations.get(name), self.columns.get(name)
        if association is not None:
            target = association.reference.name
            cure = f"it is a {association.word}: load its rows with preload({name!r}), or ask {target}.where(...)"
            return UnknownField(name, self.name, what="column", hint=cure)
        if column is not None:  # the wire name
            return UnknownField(name, self.name, column.name)
        if name in {"object_id", "pk", "_id"}:
            return UnknownField(name, self.name, "id")
        return UnknownField(name, self.name, did_you_mean(name, [*self.fields, *self.associations]))
