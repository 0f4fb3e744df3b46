"""ActiveRecord-style models, queries and sessions for Parse Server.

>>> import parse_orm as orm
>>> class Song(orm.ParseObject):
...     title = orm.property(str, required=True)
...     plays = orm.property(int, default=0)

Every name below is resolved at its first use, so importing the package costs next to nothing.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from parse_orm.fields.property import property as property  # noqa: A004
    from parse_orm.fields.array import array as array
    from parse_orm.associations import belongs_to as belongs_to, has_one as has_one
    from parse_orm.model import ParseObject as ParseObject, strict_loading as strict_loading
    from parse_orm.query import Query as Query, scope as scope

_HOMES = {
    "associations": ("belongs_to", "has_one"),
    "fields.array": ("array",),
    "fields.property": ("property",),
    "model": ("ParseObject", "strict_loading", "before_save", "after_save", "validates", "before_create"),
    "query": ("Query", "scope"),
}
_HOME_OF = {name: f"{__name__}.{home}" for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = globals()[name] = getattr(import_module(home), name)
    return value
