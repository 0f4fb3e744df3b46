"""The model class: a row of a Parse class as a Python object."""

from .batches import destroy_all, fetch_all, save_all
from .callbacks import (
    after_create,
    after_destroy,
    after_save,
    after_update,
    after_validation,
    around_create,
    around_destroy,
    around_save,
    around_update,
    around_validation,
    before_create,
    before_destroy,
    before_save,
    before_update,
    before_validation,
)
from .loading import strict_loading
from .object import ParseObject
from .outcomes import BatchResult
from .transaction import Transaction, transaction
from .validation import Errors, validates

__all__ = [
    "BatchResult",
    "Errors",
    "ParseObject",
    "Transaction",
    "after_create",
    "after_destroy",
    "after_save",
    "after_update",
    "after_validation",
    "around_create",
    "around_destroy",
    "around_save",
    "around_update",
    "around_validation",
    "before_create",
    "before_destroy",
    "before_save",
    "before_update",
    "before_validation",
    "destroy_all",
    "fetch_all",
    "save_all",
    "strict_loading",
    "transaction",
    "validates",
]
