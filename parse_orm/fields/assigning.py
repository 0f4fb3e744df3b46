"""Setting an attribute of an object: a public name that its class does not have is refused, not lost in silence."""

from typing import TYPE_CHECKING, Any

from .._compiled import compiled


class Assigning:
    """Whatever refuses attributes that its class does not have; names with an underscore are everybody's own."""

    __slots__ = ()

    if not TYPE_CHECKING:  # type checkers know the attributes, and take this for a leave to set any

        def __setattr__(self, name: str, value: Any) -> None:
            if name[:1] != "_" and not hasattr(type(self), name):
                self._refuse_attribute(name)
            object.__setattr__(self, name, value)

    def _refuse_attribute(self, name: str) -> None:
        """Raise what is to be said of a name that the class does not have."""
        raise NotImplementedError


if not TYPE_CHECKING and (_in_c := compiled("parse_orm.fields._assigning")):
    Assigning = _in_c.Assigning
