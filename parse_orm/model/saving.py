"""Saving one object: one request that carries only what changed."""

from collections.abc import Collection, Mapping
from typing import Any, Self

from ..client.answers import part
from ..client.interrupts import DeferredInterrupt
from ..errors import NotLoaded, RecordNotSaved, StaleObject, UnsavedReference
from ..types.secret import hidden, hidden_in
from . import callbacks as moments
from .references import label_of, unsaved_references
from .validity import Validity
from .write import Write


class Saving(Validity):
    """What an object does to create or change its row."""

    __slots__ = ()

    def save(
        self,
        *,
        session: Any = None,
        master: bool | None = None,
        cascade: bool = False,
        context: Mapping[str, Any] | None = None,
        callbacks: bool = True,
        validate: bool = True,
        if_unchanged: bool = False,
    ) -> Self:
        """Create the row, or send what changed; nothing is sent when nothing changed.

        Args:
            session: save with the token of this user.
            master: True saves with the master key.
            cascade: first save the unsaved objects that this one refers to, in as few requests as their order takes.
            context: a JSON object for Cloud Code triggers.
            callbacks: False skips the callbacks.
            validate: False skips the validations.
            if_unchanged: first ask the server for ``updatedAt``, and refuse when somebody saved the row meanwhile.
                Parse has no conditional write, so a save that comes between the question and this one is not seen.

        Returns:
            The object itself.

        Raises:
            RecordInvalid: a validation failed; nothing was sent.
            RecordNotSaved: a callback stopped the save, or the row is known to be destroyed.
            UnsavedReference: it refers to an object that was never saved.
            StaleObject: ``if_unchanged``, and the row changed since it was loaded; nothing was written.
            BatchError: ``cascade``, and an object that this one refers to could not be saved.
            ParseError: the server refused; the object keeps its changes.
            TransportError: no answer came; the object keeps its changes. A new object may have a row all the same:
                ``may_exist`` says so.
            DuplicateRequest: an earlier save of this new object reached the server, and its answer was lost; most
                likely the row exists. Look for it. To make another row, save a ``copy()``.
        """
        session = hidden(session)
        if cascade:
            self._save_references(session, master, context, callbacks, validate)
        self._refuse_destroyed()
        if validate:
            self._validate(callbacks)

        def send() -> None:
            self._send(session, master, context, if_unchanged)

        if callbacks:
            moments.run(self, self._moments(), send)
        else:
            send()
        return self

    @classmethod
    def create(cls, *, session: Any = None, master: bool | None = None, **values: Any) -> Self:
        """Make an object and save it.

        Raises:
            UnknownField: a name that the model does not have.
            ParseError: as for ``save``.
        """
        session = hidden(session)
        values = hidden_in(values, cls.schema.secret)
        made = cls(**values)
        made.save(session=session, master=master)
        return made

    def update(self, *, session: Any = None, master: bool | None = None, **values: Any) -> Self:
        """Set fields and save.

        Raises:
            UnknownField: a name that the model does not have; nothing is set.
            ReadOnlyField: a column of the server's; nothing is set.
            ParseError: as for ``save``.
        """
        session = hidden(session)
        values = hidden_in(values, self.schema.secret)
        self._assign(values)
        return self.save(session=session, master=master)

    # -- helpers -------------------------------------------------------------------------------

    def _moments(self) -> tuple[str, str]:
        """The events of a save, the outer one first."""
        return "save", "create" if self.is_new else "update"

    def _send(self, session: Any, master: bool | None, context: Mapping[str, Any] | None, if_unchanged: bool) -> None:
        """One request with what changed now, the work of the callbacks included."""
        write = Write.of(self)
        if write is None:
            return
        client, credential = self._asking(session, master)
        if if_unchanged and not write.creates:
            self._refuse_stale(client, credential)
        with DeferredInterrupt():
            write.settle(client, credential, write.send(client, credential, context))

    def _creating(self, sent: dict[str, Any]) -> dict[str, Any]:
        """The body of a create; done where the ACL of new rows is known."""
        raise NotImplementedError

    def _row_of_nameless_answer(
        self, client: Any, credential: Any, body: Mapping[str, Any], answer: Mapping[str, Any]
    ) -> dict[str, Any] | None:
        """The row that a create led to whose answer tells no id; None when that is not known."""
        return None

    def _saved(self, client: Any, sent: dict[str, Any], answer: dict[str, Any], operated: Collection[str] = ()) -> None:
        """Take over what the server made of it. An afterSave trigger may have put anything there (9.10)."""
        if self.is_new:
            self._settle_creation(sent, answer)
        else:
            self._settle(sent, {path: value for path, value in answer.items() if path != "objectId"}, operated)
        if self._origin.client is None:
            self._origin = self._origin.on(client)

    def _save_references(
        self, session: Any, master: bool | None, context: Mapping[str, Any] | None, callbacks: bool, validate: bool
    ) -> None:
        """Save what this object refers to; done where many objects are saved."""
        raise NotImplementedError

    def _refuse_destroyed(self) -> None:
        if self.is_destroyed:
            raise RecordNotSaved(f"{self!r} was destroyed: make a new object, or copy it", object=self)

    def _refuse_unsaved_references(self) -> None:
        for path, _ in unsaved_references(self):
            raise UnsavedReference(
                f"{label_of(self, path)} refers to an object that was never saved: save it first, or save(cascade=True)"
            )

    def _refuse_stale(self, client: Any, credential: Any) -> None:
        """Compare the row's time of change with the one that this object knows."""
        known = self._wire.get("updatedAt")
        if known is None:
            raise NotLoaded(f"{self._title()} was never loaded, so there is nothing to compare the row with: fetch it")
        doing = f"checking {self._title()}"
        answer = client.request(
            "POST",
            self._path(),
            {"keys": "updatedAt", "_method": "GET"},
            credential=credential,
            doing=doing,
            idempotent=True,
        )
        now = part(answer, "updatedAt", str, doing)
        if now != known:
            raise StaleObject(
                f"{self._title()} was saved at {now}, after this object read it as of {known}: "
                "reload() it, or fetch() to keep what was changed here, and save again",
                object=self,
            )
