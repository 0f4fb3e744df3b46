"""Deleting the row of an object."""

from typing import Any

from ..client.batch import BatchOperation
from ..client.deletes import Doomed, pointed_id, refuse_if_there
from ..client.interrupts import DeferredInterrupt
from ..errors import ObjectNotFound
from ..types.secret import hidden
from . import callbacks as moments
from .receiver import on_own_objects
from .validity import Validity


class Destroying(Validity):
    """An object that can delete its row."""

    __slots__ = ()

    @on_own_objects("use where(id=...).delete_all() to delete by id")
    def destroy(self, *, session: Any = None, master: bool | None = None, callbacks: bool = True) -> bool:
        """Delete the row.

        Args:
            session: act with the token of this user.
            master: True acts with the master key.
            callbacks: False skips the callbacks.

        Returns:
            True when this call deleted it; False when it was never saved or is known to be gone: the master key
            asks, this object has deleted it before, or it is a session of the user who asks.

        Raises:
            RecordNotSaved: a callback stopped it.
            OperationForbidden: the row is still there, and this credential may not delete it.
            ObjectNotFound: the row is gone, or this credential may not see it.
            ParseError: the server refused.
        """
        session = hidden(session)
        if self.is_new:
            return False

        missing: list[ObjectNotFound] = []

        def send() -> None:
            client, credential = self._asking(session, master)
            with DeferredInterrupt():
                try:
                    client.request("DELETE", self._path(), credential=credential, doing=f"destroying {self._title()}")
                except ObjectNotFound as error:
                    missing.append(error)
                else:
                    self._mark_gone()
                    return
            refuse_if_there(client, credential, self._doomed(), missing[0])
            raise missing[0]  # so that no callback runs after what was not done

        try:
            if callbacks:
                moments.run(self, ("destroy",), send)
            else:
                send()
        except ObjectNotFound as error:
            if error not in missing:  # another one: whether the row is gone is not known, or a callback failed
                raise
            return False
        return True

    def _deletion(self) -> BatchOperation:
        """The delete as one item of a batch."""
        return BatchOperation("DELETE", self._path())

    def _doomed(self) -> Doomed:
        """What is known of the row before its delete."""
        owner = pointed_id(self._wire.get("user")) if self.schema.class_name == "_Session" else None
        return Doomed(self.schema.class_name, self._wire["objectId"], owner, self.is_destroyed)

    def _mark_gone(self) -> None:
        self._open_book().gone = True
