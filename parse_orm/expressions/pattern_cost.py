"""How long a database may look for a pattern: what comes from outside is measured before it is sent.

MongoDB tries a pattern by going back (PCRE): each choice that leads nowhere is tried anew with every choice before it.
So the number of choices is counted, and a pattern with many of them is refused, whatever way it is written in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from ..errors import BadQuery

#: Ways in which a pattern may match from one place of a text, when none of its repetitions is unbounded.
MOST_WAYS = 1_000

#: The same where one is: there are as many ways for each character of the text.
MOST_WAYS_UNBOUNDED = 20

#: The largest count in braces; Postgres takes 255 at most.
LARGEST_COUNT = 99

#: Characters, classes and groups, each as often as it is repeated: databases write counts out.
LARGEST_SIZE = 1_000

#: Characters that stand for all; those of the pattern are added, among them the ends of its ranges.
_SAMPLE = frozenset(map(chr, range(256))) | frozenset("\u0131\u017f\u0663\u2028\u212a\u4e2d\U0001f600")

_COUNT = re.compile(r"\{(\d*)(,?)(\d*)\}")
_ESCAPE = re.compile(r"\\(?:x[0-9a-fA-F]{2}|[dwsDWSnrtfvbBAZ]|[^0-9a-zA-Z])", re.DOTALL)
_ASSERTIONS = frozenset({"^", "$", r"\b", r"\B", r"\A", r"\Z"})


@dataclass(frozen=True, slots=True)
class Cost:
    """What a part of a pattern costs.

    Attributes:
        ways: in how many ways it may match from one place, leaving aside what is unbounded.
        degree: how many unbounded repetitions may share one stretch of text.
        size: its characters, classes and groups, each as often as it is repeated.
        least: the fewest characters that it matches.
        holds: the characters of the sample that it may match; None for any.
        varies: whether it may match longer and shorter texts, so that a database tries them all.
    """

    ways: int = 1
    degree: int = 0
    size: int = 1
    least: int = 1
    holds: frozenset[str] | None = None
    varies: bool = False


def refuse_slow(pattern: str) -> None:
    """Refuse a pattern that could take a database minutes.

    >>> refuse_slow("^foo.*bar")
    >>> refuse_slow("(a|a)*b")
    Traceback (most recent call last):
    ...
    parse_orm.errors.BadQuery: the pattern '(a|a)*b' could take the database for ever: it repeats '(a|a)' without a \
bound, and that has several ways to match

    Args:
        pattern: A regular expression that Python can compile.

    Raises:
        BadQuery: It could be slow, or has a part that is not known here, such as look-around and back references.
    """
    why = _why_slow(pattern)
    if why is not None:
        raise BadQuery(f"the pattern {pattern!r} could take the database for ever: {why}")


def _why_slow(pattern: str) -> str | None:
    try:
        cost = _Reader(pattern).whole()
    except _Slow as slow:
        return str(slow)
    if cost.degree > 1:
        return "several repetitions without a bound can share one stretch of text"
    most = MOST_WAYS_UNBOUNDED if cost.degree else MOST_WAYS
    if cost.ways > most:
        return f"there are more than {most} ways to match it from one place"
    if cost.size > LARGEST_SIZE:
        return f"with its counts written out it is longer than {LARGEST_SIZE}"
    return None


class _Slow(Exception):
    """A part of a pattern is refused; the text says why."""


class _Reader:
    """Reads one pattern from left to right; Python has compiled it, so its parentheses and brackets are right."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0
        self._sample = _SAMPLE.union(pattern)

    def whole(self) -> Cost:
        cost = self._choice()
        if self._at < len(self._pattern):
            raise _Slow(f"{self._pattern[self._at]!r} stands where nothing is known to stand")
        return cost

    def _choice(self) -> Cost:
        branches = [self._sequence()]
        while self._next("|"):
            branches.append(self._sequence())
        return branches[0] if len(branches) == 1 else _either(branches)

    def _sequence(self) -> Cost:
        parts = []
        while self._at < len(self._pattern) and self._pattern[self._at] not in "|)":
            begin = self._at
            cost = self._one()
            parts.append(self._repeated(cost, self._pattern[begin : self._at]))
        return _one_after_the_other(parts)

    def _one(self) -> Cost:
        """A character, a class, a group or an assertion."""
        if self._next("("):
            if self._next("?"):
                raise _Slow("'(?' begins a group that databases read in their own ways")
            cost = self._choice()
            self._at += 1  # the closing parenthesis
            return cost
        text = self._class() if self._pattern[self._at] == "[" else self._character()
        self._at += len(text)
        return Cost(least=0) if text in _ASSERTIONS else Cost(holds=_matching(text, self._sample))

    def _character(self) -> str:
        if self._pattern[self._at] != "\\":
            return self._pattern[self._at]
        found = _ESCAPE.match(self._pattern, self._at)
        if found is None:
            raise _Slow(f"{self._pattern[self._at : self._at + 2]!r} is not known in patterns from outside")
        return found[0]

    def _class(self) -> str:
        end = self._at + 1
        end += self._pattern.startswith("^", end)
        end += self._pattern.startswith("]", end)
        while self._pattern[end] != "]":
            end += 2 if self._pattern[end] == "\\" else 1
        text = self._pattern[self._at : end + 1]
        if any(named in text for named in ("[:", "[.", "[=")):
            raise _Slow("a class with a name, such as [:alpha:], is not known in patterns from outside")
        return text

    def _repeated(self, cost: Cost, text: str) -> Cost:
        counts = self._counts()
        if counts is None:
            return cost
        self._next("?")  # the fewest first, which makes no difference to how many there are
        if self._at < len(self._pattern) and self._pattern[self._at] in "*+?":
            raise _Slow("a repetition is repeated")
        least, most = counts
        if max(least, most or 0) > LARGEST_COUNT:
            raise _Slow(f"a count in braces is {LARGEST_COUNT} at most")
        if most is None:
            return _without_bound(cost, least, text)
        return _up_to(cost, least, most)

    def _counts(self) -> tuple[int, int | None] | None:
        """The least and the most of a repetition that stands here; None as the most for no bound."""
        for sign, counts in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self._next(sign):
                return counts
        found = _COUNT.match(self._pattern, self._at)
        if found is None or not any(found.groups()):
            return None
        self._at = found.end()
        least = int(found[1] or 0)
        return least, int(found[3]) if found[3] else None if found[2] else least

    def _next(self, sign: str) -> bool:
        found = self._pattern.startswith(sign, self._at)
        self._at += len(sign) * found
        return found


def _either(branches: list[Cost]) -> Cost:
    return Cost(
        ways=_bounded(sum(branch.ways for branch in branches)),
        degree=max(branch.degree for branch in branches),
        size=sum(branch.size for branch in branches),
        least=min(branch.least for branch in branches),
        varies=True,
    )


def _one_after_the_other(parts: list[Cost]) -> Cost:
    """A sequence. Two repetitions do not share a stretch of text if what comes between them cannot be in the first."""
    if len(parts) == 1:
        return parts[0]
    ways, degree, highest = 1, 0, 0
    before: frozenset[str] | None = frozenset()
    for part in parts:
        if part.least and before is not None and part.holds is not None and before.isdisjoint(part.holds):
            degree, before = 0, frozenset()
        degree += part.degree
        highest = max(highest, degree)
        ways = _bounded(ways * part.ways)
        if part.varies:
            before = None if before is None or part.holds is None else before | part.holds
    size, least = sum(part.size for part in parts), sum(part.least for part in parts)
    return Cost(ways, highest, size, least, varies=any(part.varies for part in parts))


def _without_bound(cost: Cost, least: int, text: str) -> Cost:
    if cost.ways > 1 or cost.degree or cost.varies:
        raise _Slow(f"it repeats {text!r:.40} without a bound, and that has several ways to match")
    if not cost.least:
        raise _Slow(f"it repeats {text!r:.40} without a bound, and that matches nothing at all")
    return Cost(1, 1, cost.size * max(least, 1), least * cost.least, cost.holds, varies=True)


def _up_to(cost: Cost, least: int, most: int) -> Cost:
    ways = _bounded(sum(_bounded(cost.ways ** min(count, 2 * MOST_WAYS)) for count in range(least, most + 1)))
    varies = cost.varies or least != most
    return Cost(max(ways, 1), cost.degree * most, cost.size * most, least * cost.least, cost.holds, varies)


def _bounded(ways: int) -> int:
    """No more than can be told apart: the numbers would get very long."""
    return min(ways, MOST_WAYS + 1)


@lru_cache(maxsize=256)
def _matching(text: str, sample: frozenset[str]) -> frozenset[str]:
    """The characters of the sample that a character or class matches, in either case."""
    if len(text) == 1 and text != ".":
        return frozenset({text, text.lower(), text.upper()})
    one = re.compile(text, re.IGNORECASE | re.DOTALL)
    return frozenset(character for character in sample if one.fullmatch(character))
