"""Criteria: what a row must meet, as an immutable tree without a truth value."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NoReturn

from ..errors import BadQuery
from ..types.depth import short_repr
from .absent import NOTHING_ABSENT, Absent
from .clauses import in_query, not_in_query
from .where import Where, both, either, neither

if TYPE_CHECKING:
    from .expression import Expression
    from .operators import Operator


class Criterion:
    """Something a row may or may not meet; combine with ``&``, ``|`` and ``~``.

    Attributes:
        nests: whether a query stands inside, see ``queries``; decided when the criterion is made.
    """

    __slots__ = ()
    nests = False

    def __and__(self, other: "Criterion") -> "Criterion":
        return _joined(And, self, other)  # type: ignore[no-any-return]

    def __or__(self, other: "Criterion") -> "Criterion":
        return _joined(Or, self, other)  # type: ignore[no-any-return]

    def __invert__(self) -> "Criterion":
        return Not(self)

    def __bool__(self) -> NoReturn:
        raise TypeError(
            f"{self!r} is a question for the server, it is neither true nor false here: "
            "give it to where(...), combine criteria with & and |, and negate with ~"
        )

    def compile(self, negated: bool = False, absent: Absent = NOTHING_ABSENT) -> Where:
        """The where clause.

        Args:
            negated: give the clause for the rows that do not meet the criterion.
            absent: columns that the server does not have.
        """
        raise NotImplementedError

    def met_by_null(self) -> bool:
        """Whether a row without any value meets it."""
        return False

    def conditions(self) -> "Iterator[Condition]":
        """Every single condition on a column of this class."""
        return iter(())

    def columns(self, class_name: str) -> Iterator[tuple[str, str]]:
        """Class and wire column of everything that is asked about, subqueries included."""
        return iter(())

    def roots(self) -> "Iterator[Expression[Any]]":
        """The declared columns of the class itself that are asked about."""
        return iter(())

    def queries(self) -> "Iterator[Any]":
        """The queries inside, as ``matches`` and ``matches_key`` take them."""
        return iter(())


class Condition(Criterion):
    """One operator on one column."""

    __slots__ = ("column", "nests", "operator", "value")

    def __init__(self, column: "Expression[Any]", operator: "Operator", value: Any) -> None:
        value = operator.operand.taken(value)
        operator.check(column, value)
        self.column = column
        self.operator = operator
        self.value = _own(value)
        self.nests = operator.operand.query is not None

    def compile(self, negated: bool = False, absent: Absent = NOTHING_ABSENT) -> Where:
        if self.column.path in absent:
            return {} if self.met_by_null() is not negated else None
        value = self.operator.operand.to_wire(self.column, self.value, absent)
        spell = self.operator.spell_negated if negated else self.operator.spell
        return spell(self.column, value)

    def met_by_null(self) -> bool:
        return self.operator.met_by_null(self.value)

    def conditions(self) -> "Iterator[Condition]":
        yield self

    def columns(self, class_name: str) -> Iterator[tuple[str, str]]:
        if self.column.shape not in {"Relation", "ACL"}:  # these are no columns of the table
            yield class_name, self.column.path.partition(".")[0]
        yield from self.operator.operand.columns(self.value)

    def roots(self) -> "Iterator[Expression[Any]]":
        yield self.column.root

    def queries(self) -> "Iterator[Any]":
        if self.operator.operand.query is not None:
            yield self.operator.operand.query(self.value)

    def __repr__(self) -> str:
        shown = "[hidden]" if self.column.hidden else _short(self.value)
        return f"{self.column.label} {self.operator.symbol} {shown}"


class _Combined(Criterion):
    """Several criteria joined by one word."""

    __slots__ = ("nests", "parts")
    word = ""
    join: "Callable[..., Where]"
    join_negated: "Callable[..., Where]"

    def __init__(self, *parts: Criterion) -> None:
        self.parts = tuple(parts)
        self.nests = any(part.nests for part in parts)

    def compile(self, negated: bool = False, absent: Absent = NOTHING_ABSENT) -> Where:
        join = type(self).join_negated if negated else type(self).join
        return join(*(part.compile(negated, absent) for part in self.parts))

    def conditions(self) -> "Iterator[Condition]":
        for part in self.parts:
            yield from part.conditions()

    def columns(self, class_name: str) -> Iterator[tuple[str, str]]:
        for part in self.parts:
            yield from part.columns(class_name)

    def roots(self) -> "Iterator[Expression[Any]]":
        for part in self.parts:
            yield from part.roots()

    def queries(self) -> "Iterator[Any]":
        for part in self.parts:
            yield from part.queries()

    def __repr__(self) -> str:
        return "(" + f" {self.word} ".join(map(repr, self.parts)) + ")"


class And(_Combined):
    """All of them hold."""

    __slots__ = ()
    word = "and"
    join = both
    join_negated = either

    def met_by_null(self) -> bool:
        return all(part.met_by_null() for part in self.parts)


class Or(_Combined):
    """At least one of them holds."""

    __slots__ = ()
    word = "or"
    join = either
    join_negated = both

    def __init__(self, *parts: Criterion) -> None:
        super().__init__(*parts)
        _refuse_sorting(self)

    def met_by_null(self) -> bool:
        return any(part.met_by_null() for part in self.parts)


class Not(Criterion):
    """It does not hold. Rows without a value count as not meeting it, as Python's ``!=`` would say."""

    __slots__ = ("nests", "part")

    def __init__(self, part: Criterion) -> None:
        self.part = part
        self.nests = part.nests
        _refuse_sorting(part)

    def compile(self, negated: bool = False, absent: Absent = NOTHING_ABSENT) -> Where:
        return self.part.compile(not negated, absent)

    def met_by_null(self) -> bool:
        return not self.part.met_by_null()

    def conditions(self) -> "Iterator[Condition]":
        yield from self.part.conditions()

    def columns(self, class_name: str) -> Iterator[tuple[str, str]]:
        yield from self.part.columns(class_name)

    def roots(self) -> "Iterator[Expression[Any]]":
        yield from self.part.roots()

    def queries(self) -> "Iterator[Any]":
        yield from self.part.queries()

    def __repr__(self) -> str:
        return f"not {self.part!r}"


class Through(Criterion):
    """A criterion on the row that a pointer leads to; the server joins nothing, so it becomes a subquery.

    A pointer that leads nowhere counts as a row without values: what ``!=`` keeps there, it keeps here.
    """

    __slots__ = ("column", "nests", "part", "target")

    def __init__(self, column: "Expression[Any]", target: Callable[[], str], part: Criterion) -> None:
        self.column = column
        self.target = target
        self.part = part
        self.nests = part.nests
        _refuse_sorting(part)

    def compile(self, negated: bool = False, absent: Absent = NOTHING_ABSENT) -> Where:
        missing = self.met_by_null()
        if self.column.path in absent:
            return {} if missing is not negated else None
        target = self.target()
        inner = self.part.compile(missing, absent.inside(target))
        build = not_in_query if missing is not negated else in_query
        return build(self.column, inner, target)

    def met_by_null(self) -> bool:
        return self.part.met_by_null()

    def columns(self, class_name: str) -> Iterator[tuple[str, str]]:
        yield class_name, self.column.path
        yield from self.part.columns(self.target())

    def roots(self) -> "Iterator[Expression[Any]]":
        yield self.column.root

    def queries(self) -> "Iterator[Any]":
        yield from self.part.queries()

    def __repr__(self) -> str:
        part = repr(self.part)
        if isinstance(self.part, (Condition, Through)):
            part = part.partition(".")[2]  # without the class name that the label of its column begins with
        return f"{self.column.label}.{part}"


class Wire(Criterion):
    """A where clause that is already in wire form, as a cursor carries it from one process to another."""

    __slots__ = ("clause",)

    def __init__(self, clause: dict[str, Any]) -> None:
        self.clause = clause

    def compile(self, negated: bool = False, absent: Absent = NOTHING_ABSENT) -> Where:
        return neither(self.clause) if negated else dict(self.clause)

    def __repr__(self) -> str:
        return _short(self.clause)


def _joined(join: type[_Combined], a: Criterion, b: object) -> Any:
    return join(a, b) if isinstance(b, Criterion) else NotImplemented


def _refuse_sorting(criterion: Criterion) -> None:
    """``near`` sorts the rows, which only the whole question can do."""
    for condition in criterion.conditions():
        if condition.operator.sorts:
            raise BadQuery(
                f"{condition.column.label}: 'near' sorts by distance, so it cannot stand inside |, ~ or a subquery: "
                "use within_km(point, distance) there"
            )


def _own(value: Any) -> Any:
    """The value in containers of its own: a criterion stays the same whatever becomes of the caller's."""
    if isinstance(value, dict):
        return {key: _own(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_own(inner) for inner in value]
    return tuple(map(_own, value)) if isinstance(value, tuple) else value


def _short(value: Any) -> str:
    text = short_repr(value, 61)
    return text if len(text) <= 60 else text[:57] + "..."
