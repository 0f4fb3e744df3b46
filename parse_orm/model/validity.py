"""Whether an object may be saved as it is, judged without a request."""

from typing import Any, ClassVar, Self

from . import callbacks as moments
from . import validation
from .changes import Changes


class Validity(Changes):
    """An object with its complaints."""

    __slots__ = ()

    callbacks: ClassVar[moments.Callbacks] = {}
    validators: ClassVar[tuple[validation.Validator, ...]] = ()

    @property
    def errors(self) -> validation.Errors:
        """What the last validation complained about."""
        book = self._open_book()
        if book.errors is None:
            book.errors = validation.Errors()
        found: validation.Errors = book.errors
        return found

    def is_valid(self) -> bool:
        """Whether a save would pass the validations; no request. ``errors`` says what is wrong."""
        return not self._judge()

    def validate(self) -> Self:
        """Check the object without a request.

        Raises:
            RecordInvalid: something is wrong; its ``errors`` say what.
        """
        if self.schema.judged or self.validators:
            validation.require_valid(self, self._judge())
        elif self._book is not None:
            self._book.errors = None
        return self

    def _judge(self) -> validation.Errors:
        errors = self._open_book().errors = validation.check(self)
        return errors

    def _validate(self, callbacks: bool) -> Any:
        return moments.run(self, ("validation",), self.validate) if callbacks and self.callbacks else self.validate()
