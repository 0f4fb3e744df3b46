"""What an object can do with its row: save, change, read again and delete it."""

from collections.abc import Mapping
from typing import Any

from .atomic import Atomic
from .batches import save_all
from .copying import Copying
from .destroying import Destroying
from .fetching import Fetching
from .forms import Forms
from .references import refuse_saving_elsewhere, unsaved_references
from .uniqueness import Uniqueness


class Persistence(Atomic, Uniqueness, Fetching, Destroying, Copying, Forms):
    """All of it."""

    __slots__ = ()

    def _save_references(
        self, session: Any, master: bool | None, context: Mapping[str, Any] | None, callbacks: bool, validate: bool
    ) -> None:
        references = unsaved_references(self)
        for path, record in references:
            refuse_saving_elsewhere(self, path, record)
        needed = [record for _, record in references]
        if needed:
            save_all(needed, session=session, master=master, context=context, callbacks=callbacks, validate=validate)
