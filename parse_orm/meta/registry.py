"""Finding a model class by name: for pointers, included rows and associations declared as text.

The registry holds classes and imports none but the built-in ones, when they are first named. It keeps them weakly, so
a class made in a function can go away.
"""

import threading
import weakref
from importlib import import_module
from typing import Any

from .._forking import PerProcess
from ..errors import UnknownModel, did_you_mean
from ..names import SYSTEM_CLASSES, to_class


class Registry:
    """Every model class by its Parse class name."""

    def __init__(self) -> None:
        self._models: dict[str, list[weakref.ref[type[Any]]]] = {}
        #: Grows with each model, so that what was looked up before may be remembered until then.
        self.version = 0
        self._lock = PerProcess(threading.Lock)

    def add(self, model: type[Any], class_name: str) -> None:
        """Register a model; it takes the place of its base class while it lives, and of its namesake for good."""
        with self._lock.value:
            kept = [
                reference
                for reference in self._models.get(class_name, [])
                if (present := reference()) is not None
                and (present.__module__, present.__name__) != (model.__module__, model.__name__)
            ]
            self._models[class_name] = [*kept, weakref.ref(model)]
            self.version += 1

    def for_class(self, class_name: str) -> type[Any] | None:
        """The model of a Parse class, the newest when there are several, or None."""
        for reference in reversed(self._models.get(class_name, ())):
            model: type[Any] | None = reference()
            if model is not None:
                return model
        return _built_in(class_name)

    def all(self) -> list[type[Any]]:
        """Every model that another one does not extend, in the order of their classes' first declaration."""
        return [model for class_name in list(self._models) for model in self._alive(class_name)]

    def find(self, name: str, module: str = "") -> type[Any]:
        """The model of that name, looked up when it is first needed.

        Args:
            name: a Python class name or a Parse class name, ``"Song"``, ``"User"`` or ``"_User"``.
            module: where it is asked for; a class of the same module wins over its namesakes.

        Raises:
            UnknownModel: there is none, or there are several.
        """
        models = self._alive(to_class(name)) or [
            model for known in list(self._models) for model in self._alive(known) if model.__name__ == name
        ]
        if not models and (built_in := _built_in(to_class(name))) is not None:
            return built_in
        near = [model for model in models if model.__module__ == module] or models
        if len(near) == 1 or (near and near is not models):
            return near[-1]
        if models:
            paths = ", ".join(f"{model.__module__}.{model.__qualname__}" for model in models)
            raise UnknownModel(f"there are several models called {name!r}: {paths}. Give the class itself")
        known_names = sorted({model.__name__ for known in list(self._models) for model in self._alive(known)})
        hint = did_you_mean(name, known_names)
        meant = f" Did you mean {hint!r}?" if hint else ""
        raise UnknownModel(
            f"no model is called {name!r}.{meant} Registered: {', '.join(known_names) or 'none'}. "
            "Is the module that defines it imported?"
        )

    def _alive(self, class_name: str) -> list[type[Any]]:
        """The models of a Parse class that are still there, without those that another one of them extends."""
        models = [model for reference in self._models.get(class_name, []) if (model := reference()) is not None]
        return [
            model for model in models if not any(other is not model and issubclass(other, model) for other in models)
        ]


def _built_in(class_name: str) -> type[Any] | None:
    """A class of the server's own, which the package loads, and so registers, when it is first named."""
    model: type[Any] | None = None
    if class_name in _BUILT_IN:
        model = getattr(import_module("parse_orm"), _BUILT_IN[class_name], None)
    return model


_BUILT_IN = {class_name: name for name, class_name in SYSTEM_CLASSES.items()}

#: The one registry of the process.
registry = Registry()
