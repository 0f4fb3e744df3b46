"""The target of an association, looked up when it is first needed, so that models may be declared in any order."""

import importlib
from collections.abc import Callable
from typing import Any
from weakref import ref

from ..errors import DeclarationError, UnknownModel
from ..meta.registry import registry
from ..meta.schema import ModelSchema

Target = type[Any] | str | Callable[[], type[Any]]


def _nobody() -> None:
    """What was found before the first look."""


class Reference:
    """A model given as a class, a name, a dotted path or a function that returns it.

    Args:
        target: ``Artist``, ``"Artist"``, ``"music.models.Artist"`` or ``lambda: Artist``.
    """

    def __init__(self, target: Target) -> None:
        if not isinstance(target, (str, type)) and not callable(target):
            raise DeclarationError(f"an association needs a model, its name or a function, not {target!r:.60}")
        if isinstance(target, type) and not isinstance(getattr(target, "schema", None), ModelSchema):
            raise DeclarationError(f"an association needs a model, and {target.__name__} is none")
        self.target = target
        self.module = ""
        self._found: type[Any] | None = None
        self._version = -1
        self._newest: Callable[[], type[Any] | None] = _nobody

    @property
    def name(self) -> str:
        """How messages name the target."""
        if isinstance(self.target, str):
            return self.target
        return self.target.__name__

    def resolve(self) -> type[Any]:
        """The model, or the application's own class that took its place.

        Raises:
            UnknownModel: no model of that name, or several.
        """
        # A pointer is resolved for each row that is read: looking again each time took a tenth of reading all fields.
        model = self._newest() if self._version == registry.version else None
        if model is None:
            version = registry.version
            model = self._look()
            self._newest, self._version = ref(model), version  # in this order, for threads that look meanwhile
        return model

    def _look(self) -> type[Any]:
        declared = self._found = self._found or self._find()
        newest = registry.for_class(declared.schema.class_name)
        return newest if newest is not None and issubclass(newest, declared) else declared

    def _find(self) -> type[Any]:
        if isinstance(self.target, type):
            return self.target
        if not isinstance(self.target, str):
            return self.target()
        module, _, name = self.target.rpartition(".")
        if not module:
            return registry.find(name, self.module)
        try:
            found: type[Any] = getattr(importlib.import_module(module), name)
        except (ImportError, AttributeError) as error:
            raise UnknownModel(f"no model at {self.target!r}: {error}") from None
        return found

    def schema(self) -> ModelSchema:
        """The tables of the model."""
        schema: ModelSchema = self.resolve().schema
        return schema
