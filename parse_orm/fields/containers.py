"""Columns that hold lists and dicts: ordinary Python values, copied at first read and compared at save."""

from typing import Any

from ..codec.decode import decode, plain_copy
from ..meta.registry import registry
from ..types.depth import TooDeep
from .field import DecodedField, Get, T
from .getters import Getter
from .reading import getters
from .record import Record, refer


class ContainerField(DecodedField[T, Get]):
    """A list or dict column; the rows that it names become objects of their models."""

    refers = True

    def _getter(self) -> Getter:
        return getters.container(self.path, self._absent, self.decode)

    def decode(self, record: Record, wire: Any) -> Any:
        copied = plain_copy(wire)
        if copied is not None:
            return copied

        def reference(wire: dict[str, Any]) -> Any:
            model = registry.for_class(wire["className"])
            if model is None:
                return decode_pointer(wire)
            return refer(record._origin.inside(self.path).lead(model), wire)

        try:
            return decode(wire, reference)
        except TooDeep as error:
            raise self.named(error) from None


def decode_pointer(wire: dict[str, Any]) -> Any:
    """A reference to a class without a model stays a plain Pointer."""
    return decode(wire)
