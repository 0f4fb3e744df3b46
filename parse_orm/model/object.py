"""ParseObject: the base of every model. Declaring a subclass declares a Parse class."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar, Self, TypeVar

from ..associations.association import Association
from ..client import requests as paths
from ..codec.decode import decode
from ..codec.encode import encode_pointer, encodes
from ..codec.kinds import kind_of
from ..errors import DeclarationError, InvalidFieldName, InvalidValue
from ..fields.acl import AclField
from ..fields.field import DecodedField, Field, NativeField
from ..fields.origin import HERE
from ..fields.record import Record
from ..meta.registry import registry
from ..meta.schema import ModelSchema
from ..names import BASE_COLUMNS, SERVER_OWNED, SYSTEM_CLASSES, VERB_KEYWORDS
from ..query.query import Query
from ..query.scope import query_class, scope
from ..types.acl import ACL
from ..types.depth import short_repr
from ..types.lists import several
from ..types.secret import hidden_in, hide
from . import callbacks, validation
from .guarded import Guarded
from .representation import shown

M = TypeVar("M", bound="ParseObject")


class ParseObject(Guarded):
    """One row of a Parse class.

    >>> import parse_orm as orm
    >>> class Song(orm.ParseObject):
    ...     title = orm.property(str, required=True)
    ...     plays = orm.property(int, default=0)
    >>> song = Song(title="Hey")
    >>> song
    <Song new *title='Hey' *plays=0>
    >>> Song.where(Song.plays > 10)
    <SongQuery where Song.plays > 10>

    Class keywords:
        class_name: the Parse class, when it is not the Python name; a model that derives from another has to say it.
        abstract: True for a base that has no class and no rows, and hands its fields and methods on.
        strict_loading: reading what was not fetched raises NotLoaded instead of fetching.
        acl, acl_owner, permissions, protected, guards: who may do what; see ``Guarded``.

    Attributes:
        id: the objectId, None until the first save.
        created_at: when the row was made, aware and in UTC.
        updated_at: when it was last saved.
        acl: who may read and write the row.
    """

    __slots__ = ()

    id: Field[str, str] = NativeField(kind_of(str), field="objectId", readonly=True)
    created_at: Field[datetime, datetime] = DecodedField(kind_of(datetime), field="createdAt", readonly=True)
    updated_at: Field[datetime, datetime] = DecodedField(kind_of(datetime), field="updatedAt", readonly=True)
    acl: Field[ACL, ACL] = AclField()

    _strict: ClassVar[bool] = False

    def __init_subclass__(
        cls,
        *,
        class_name: str | None = None,
        abstract: bool = False,
        strict_loading: bool | None = None,
        **options: Any,
    ) -> None:
        super().__init_subclass__(**options)
        _refuse_clashes(cls)
        _inherit_columns(cls)
        inherited = getattr(cls, "schema", None)
        cls.schema = ModelSchema.of(
            cls.__name__,
            _no_class(cls, class_name) if abstract else paths.check_class_name(_class_name(cls, class_name)),
            _members(cls, Field, inherited.fields if inherited else {}),
            _members(cls, Association, inherited.associations if inherited else {}),
        )
        _refuse_shared_columns(cls)
        cls._compile_rules()
        if strict_loading is not None:
            cls._strict = strict_loading
        scopes = {name: member for name, member in vars(cls).items() if isinstance(member, scope)}
        cls._query_class = query_class(cls.__name__, cls._query_class, scopes)
        cls.callbacks = callbacks.collect(cls)
        cls.validators = validation.collect(cls)
        if not abstract:
            registry.add(cls, cls.schema.class_name)

    def __init__(self, **values: Any) -> None:
        schema = self.schema
        if not schema.class_name:
            raise self._no_rows()
        if schema.secret:
            hide(values, schema.secret)
        self._begin({}, HERE)
        for field in schema.defaulted:
            if field.name not in values:
                field.assign(self, field.make_default())
        self._assign(values)

    @classmethod
    def from_params(cls, params: Mapping[str, Any], *, only: Iterable[str]) -> Self:
        """Make an object of data that came from outside, taking the named fields and nothing else.

        >>> import parse_orm as orm
        >>> class Comment(orm.ParseObject):
        ...     text = orm.property(str)
        >>> Comment.from_params({"text": "hi", "acl": {}, "is_admin": True}, only=["text"])
        <Comment new *text='hi'>

        Args:
            params: a form or a decoded JSON body.
            only: the attribute names that may come from it.

        Raises:
            UnknownField: ``only`` names a field that the model does not have.
            ReadOnlyField: ``only`` names a column of the server's.
            InvalidValue: a value does not fit its field.
        """
        if not isinstance(params, Mapping):
            raise InvalidValue(f"from_params takes a mapping, such as a form, not {type(params).__name__}")
        params = hidden_in(params, cls.schema.secret)
        allowed = several(only, "only")
        blank = cls()
        for name in allowed:
            if name in SERVER_OWNED:
                raise cls.schema.unknown(name)
            blank._settable(name)
        return cls(**{name: params[name] for name in allowed if name in params})

    @classmethod
    def fields(cls) -> Mapping[str, Field[Any, Any]]:
        """The declared columns by attribute name, the inherited ones included."""
        return cls.schema.fields

    @classmethod
    def strict_by_default(cls) -> bool:
        return cls._strict

    # -- one object ------------------------------------------------------------------------

    def __getitem__(self, name: str) -> Any:
        """A value by attribute name, or by wire name for a column that the model does not declare.

        Raises:
            KeyError: the row has no such value.
            InvalidValue: the name is no text.
        """
        if not isinstance(name, str):
            raise InvalidValue(f"a value is read by the name of its field, such as 'title', not by {short_repr(name)}")
        if name in self.schema.fields:
            return getattr(self, name)
        if name in self._wire:
            return decode(self._wire[name])
        raise KeyError(name)

    #: Without it Python would read an object by the numbers 0, 1, 2, ... in ``list(song)`` and ``"title" in song``.
    __iter__: ClassVar[None] = None

    def __setitem__(self, name: str, value: Any) -> None:
        """Set a field by attribute name.

        Raises:
            UnknownField: the model has no such field.
            ReadOnlyField: the server sets it.
        """
        self._assign({name: value})

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, ParseObject) or self.is_new or other.is_new:
            return False
        return self.schema.class_name == other.schema.class_name and self._wire["objectId"] == other._wire["objectId"]

    def __hash__(self) -> int:
        """By class and id, which never change once a row has them.

        Raises:
            TypeError: the object was never saved, so its save would change the hash, and sets and dicts would lose it.
        """
        id = self._wire.get("objectId")
        if id is None:
            raise TypeError(
                f"a {self.schema.name} that was never saved has no hash, because it has no id yet: save it before it "
                "goes into a set or becomes the key of a dict, or use id(object) as the key"
            )
        return hash((self.schema.class_name, id))

    def __repr__(self) -> str:
        return shown(self)

    def _shown(self, name: str) -> Any:
        """A field for a table: no request, and nothing hidden."""
        field = self.schema.fields[name]
        return "[hidden]" if field.hidden else self._peek(field)


def _class_name(model: type[ParseObject], given: str | None) -> str:
    """The Parse class of a model: the one that it names, that of its base among the server's own, or its name."""
    base = _concrete_base(model)
    if isinstance(given, str) and given.startswith("_Join:"):
        raise DeclarationError(
            f"{model.__name__}: {given!r:.80} is a table of a relation: its rows are changed by add() and remove() of "
            "the relation alone"
        )
    if given is not None:
        return given
    if base is None and model.__name__ in SYSTEM_CLASSES:
        raise DeclarationError(
            f"{model.__name__} is the name of a class of Parse Server's: extend orm.{model.__name__}, class "
            f"{model.__name__}(orm.{model.__name__}), or say class_name= for a class of your own, and best give the "
            "model another name, too"
        )
    if base is None:
        return model.__name__
    shared = base.schema.class_name
    if shared in _SERVERS_OWN:
        return shared
    raise DeclarationError(
        f"{model.__name__} derives from {base.__name__}, whose rows are those of the class {shared!r}: say "
        f"class_name={model.__name__!r} for a class of its own, or class_name={shared!r} to stand in for "
        f"{base.__name__}. Or give {base.__name__} abstract=True, if it is a base without rows"
    )


def _no_class(model: type[ParseObject], given: str | None) -> str:
    """The class name of an abstract model."""
    base = _concrete_base(model)
    if given is not None or base is not None:
        other = f"class_name={given!r:.60}" if base is None else f"the base {base.__name__}, which has a class"
        raise DeclarationError(
            f"{model.__name__}: abstract=True is for a base without a class, so it goes without {other}"
        )
    return ""


def _concrete_base(model: type[ParseObject]) -> type[ParseObject] | None:
    """The nearest base that has rows."""
    return next(
        (base for base in model.__mro__[1:] if "schema" in vars(base) and vars(base)["schema"].class_name), None
    )


#: ``class User(orm.User)`` is still _User: there is no other way to extend a class of the server's.
_SERVERS_OWN = frozenset(SYSTEM_CLASSES.values())


def _members(model: type[ParseObject], kind: Any, inherited: Mapping[str, Any]) -> dict[str, Any]:
    """The declared members of one kind, in the order of declaration, the inherited and the mixed-in first."""
    found = dict(inherited)
    for base in reversed(model.__mro__):
        for name, member in vars(base).items():
            if isinstance(member, kind):
                found[name] = member
    return {name: member for name, member in found.items() if _final(model, name) is member}


def _final(model: type[ParseObject], name: str) -> Any:
    return next((vars(base)[name] for base in model.__mro__ if name in vars(base)), None)


def _inherit_columns(model: type[ParseObject]) -> None:
    """Give a class columns of its own for those that it inherits: ``Review.id`` must not pass for ``Song.id``."""
    members: dict[str, Any] = {}
    for base in reversed(model.__mro__[1:]):
        # What a base inherits itself does not hide what stands behind that base.
        declared = {
            name: member for name, member in vars(base).items() if not (isinstance(member, Field) and member.inherited)
        }
        members.update(declared)
    for name, member in members.items():
        if isinstance(member, Field) and name not in vars(model):
            setattr(model, name, member.inherited_by(model))


def _refuse_clashes(model: type[ParseObject]) -> None:
    """A field or scope that hides a member of the library would break it from within."""
    mixins = [
        base for base in model.__mro__[1:] if base not in ParseObject.__mro__ and not issubclass(base, ParseObject)
    ]
    for name, member in [pair for base in (*mixins, model) for pair in vars(base).items()]:
        if isinstance(member, (Field, Association)):
            rival = _library_member(name)
            if rival is not None and not (isinstance(rival, AclField) and isinstance(member, AclField)):
                raise DeclarationError(
                    f"{model.__name__}.{name} would hide ParseObject.{name}: choose another attribute name"
                    + _keeping(name, member)
                )
            if "__" in name:
                raise DeclarationError(
                    f"{model.__name__}.{name} would be taken for a lookup: where({name}=...) asks "
                    f"{name.partition('__')[0]!r}. Choose another attribute name" + _keeping(name, member)
                )
            if name in VERB_KEYWORDS:
                raise DeclarationError(
                    f"{model.__name__}.{name} would be taken for the parameter {name}= of create(), update() and their "
                    "kin: choose another attribute name" + _keeping(name, member)
                )
            _check_column(member)
        if isinstance(member, scope) and hasattr(Query, name):
            raise DeclarationError(f"the scope {model.__name__}.{name} would hide Query.{name}: choose another name")


def _keeping(name: str, member: Any) -> str:
    """What keeps the column of an attribute that gets another name; those of the server's have one already."""
    return "" if name in BASE_COLUMNS else f" and keep the column with field={getattr(member, 'path', '') or name!r}"


def _check_column(member: Any) -> None:
    path = getattr(member, "path", None)
    if path is not None and path not in {"objectId", "createdAt", "updatedAt", "ACL"}:
        try:
            paths.check_field_name(path)
        except InvalidFieldName as error:
            raise DeclarationError(f"{member.label}: {error}") from None


def _library_member(name: str) -> Any:
    for base in ParseObject.__mro__:
        if name in vars(base) and base is not object:
            return vars(base)[name]
    return None


def _refuse_shared_columns(model: type[ParseObject]) -> None:
    if len(model.schema.columns) == len(model.schema.fields):
        return
    seen: dict[str, str] = {}
    for name, field in model.schema.fields.items():
        if field.path in seen:
            raise DeclarationError(
                f"{model.__name__}.{seen[field.path]} and .{name} are both the column {field.path!r}"
            )
        seen[field.path] = name


def _encode_object(record: Record) -> dict[str, Any]:
    assert isinstance(record, ParseObject)
    return encode_pointer(record.to_pointer())


encodes(ParseObject, _encode_object)

ParseObject.schema = ModelSchema.of(
    "ParseObject",
    "",
    {name: vars(ParseObject)[name] for name in ("id", "created_at", "updated_at", "acl")},
    {},
)
