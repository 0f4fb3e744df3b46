"""Checking every declared association at once, for a test or the start of an application."""

from dataclasses import dataclass
from typing import Any

from ..errors import ParseOrmError
from ..meta.registry import registry


@dataclass(frozen=True, slots=True)
class BrokenAssociation:
    """An association that does not resolve.

    Attributes:
        model: the Python class that declares it.
        name: the attribute.
        reason: what is missing, and the next thing to try.
    """

    model: str
    name: str
    reason: str

    def __str__(self) -> str:
        return f"{self.model}.{self.name}: {self.reason}"


def validate_associations(*models: type[Any]) -> list[BrokenAssociation]:
    """Every association that does not resolve; no request.

    >>> import parse_orm as orm
    >>> class Stamp(orm.ParseObject):
    ...     album = orm.belongs_to("Albun")
    >>> [str(broken)[:49] for broken in orm.validate_associations(Stamp)]
    ["Stamp.album: no model is called 'Albun'. Register"]

    Args:
        models: the models to check; none means all that are declared.

    Returns:
        The broken ones in the order of their declaration; an empty list when all is well.
    """
    broken = []
    for model in models or registry.all():
        for name, declared in {**model.schema.fields, **model.schema.associations}.items():
            check = getattr(declared, "check", None)
            if check is None:
                continue
            try:
                check()
            except ParseOrmError as error:
                broken.append(BrokenAssociation(model.__name__, name, str(error)))
    return broken
