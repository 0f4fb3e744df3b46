"""One row for one key: find it, or make it, though others try the same at the same moment.

Nothing on the client can keep two processes from making the same row at once; a unique index of the database can.
With one, the loser of the race gets code 137 and takes the winner's row. Without one, both rows are made.
"""

from collections.abc import Mapping
from typing import Any, Self

from ..client.credentials import check_master
from ..query.implied import defaults_of, refuse_any_row, refuse_contradictions
from ..query.writes import TAKEN
from ..types.secret import hidden, hidden_in
from .saving import Saving


class Uniqueness(Saving):
    """Class methods that find a row by its values or make it."""

    __slots__ = ()

    @classmethod
    def first_or_initialize(cls, *, defaults: Mapping[str, Any] | None = None, **values: Any) -> Self:
        """The row with these values, or a new unsaved object that has them.

        Args:
            defaults: further values of a new object.
            values: what to look for, by field name.

        Raises:
            UnknownField: a name that the model does not have; nothing was sent.
            BadQuery: a default contradicts a value that is looked for; nothing was sent.
        """
        values, defaults = hidden_in(values, cls.schema.secret), hidden_in(defaults_of(defaults), cls.schema.secret)
        refuse_contradictions(cls.schema, values, defaults)
        made = cls(**{**values, **defaults})
        return cls._found(values) or made

    @classmethod
    def first_or_create(
        cls,
        *,
        defaults: Mapping[str, Any] | None = None,
        session: Any = None,
        master: bool | None = None,
        **values: Any,
    ) -> Self:
        """The row with these values, made when there is none.

        Only a unique index of the database makes this one row when others ask for the same at the same time.

        Args:
            defaults: further values of a new row.
            session: act with the token of this user.
            master: True acts with the master key.
            values: what to look for, by field name.

        Raises:
            UnknownField: a name that the model does not have; nothing was sent.
            BadQuery: a default contradicts a value that is looked for; nothing was sent.
            DuplicateValue: another row holds a value that must be unique, and it is not the one looked for.
            DuplicateRequest: the answer of a first try was lost, and the row is not found that it must have made.
            ParseError: as for ``save``.
        """
        session = hidden(session)
        values, defaults = hidden_in(values, cls.schema.secret), hidden_in(defaults_of(defaults), cls.schema.secret)
        refuse_contradictions(cls.schema, values, defaults)
        made = cls(**{**values, **defaults})
        return cls._found(values, session, master) or cls._made_once(made, values, session, master)

    @classmethod
    def create_or_update(
        cls,
        *,
        defaults: Mapping[str, Any] | None = None,
        session: Any = None,
        master: bool | None = None,
        **values: Any,
    ) -> Self:
        """The row with these values, made or brought up to date; nothing is sent when it is up to date.

        Only a unique index of the database makes this one row when others ask for the same at the same time.

        Args:
            defaults: what the row must hold besides.
            session: act with the token of this user.
            master: True acts with the master key.
            values: what to look for, by field name.

        Raises:
            BadQuery: no values to look for: any row would be changed; nothing was sent.
            UnknownField: a name that the model does not have; nothing was sent.
            BadQuery: a default contradicts a value that is looked for; nothing was sent.
            DuplicateValue: another row holds a value that must be unique, and it is not the one looked for.
            DuplicateRequest: the answer of a first try was lost, and the row is not found that it must have made.
            ParseError: as for ``save``.
        """
        session = hidden(session)
        refuse_any_row(values)
        values, defaults = hidden_in(values, cls.schema.secret), hidden_in(defaults_of(defaults), cls.schema.secret)
        refuse_contradictions(cls.schema, values, defaults)
        made = cls(**{**values, **defaults})
        row = cls._found(values, session, master) or cls._made_once(made, values, session, master)
        return row if row is made else row.update(session=session, master=master, **defaults)

    # -- helpers -------------------------------------------------------------------------------

    @classmethod
    def _found(cls, values: Mapping[str, Any], session: Any = None, master: bool | None = None) -> Self | None:
        query = cls.query().where(**values)
        if session is not None:
            query = query.as_user(session)
        elif check_master(master):
            query = query.as_master()
        return query.first()

    @classmethod
    def _made_once(cls, made: Self, values: Mapping[str, Any], session: Any, master: bool | None) -> Self:
        """Save the new row; when it is there already, give the one that is found."""
        try:
            return made.save(session=session, master=master)
        except TAKEN:
            winner = cls._found(values, session, master)
            if winner is None:
                raise
            return winner
