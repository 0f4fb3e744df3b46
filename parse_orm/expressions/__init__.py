"""Questions about columns: expressions, the operators they know, and the criteria they make."""

from .criteria import And, Condition, Criterion, Not, Or, Through
from .expression import Expression, Nameable, Ordering
from .operators import OPERATORS, Operator

__all__ = [
    "OPERATORS",
    "And",
    "Condition",
    "Criterion",
    "Expression",
    "Nameable",
    "Not",
    "Operator",
    "Or",
    "Ordering",
    "Through",
]
