"""Patterns from outside: the plain ones are taken, and those that could take a database minutes are refused."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from parse_orm.errors import BadQuery
from parse_orm.expressions.pattern_cost import refuse_slow

SLOW = [
    # a repetition of what has several ways to match
    *("(a+)+$", "((a)|a)*b", "((a)|(a))*$", "(a|a)*b", "(a?b?)*c", "((a?))*c", "(a{1,2})*c", "(a|b|ab)*c", "(a*){9}c"),
    *("(a?){0,99}c", "((a{1,9})?)+", "(a*)*", "(a+b?)+$", "(.|a)*c", "((ab?)(ba?))*c", "(a{2,}){2,}"),
    # many repetitions in a row
    *(
        "a*b?" * 24 + "c",
        "a*a*c",
        "a*.*c",
        ".*.*c",
        "a.*b.*c",
        r"\w+\d+x",
        r"\s*\s+x",
        "a+a+",
        "a{2,}a{2,}x",
        "a*a?a*c",
    ),
    *(
        "(a*)(a*)c",
        "(a*|b)(a*|c)d",
        "a*b*c",
        "a{,}a{,}c",
        "[^a]*[^b]*c",
        "(ab)*(ab)*c",
        "a*?a*?c",
        "a{2,}a{2,}x",
        r"\w+[\xe9]+x",
    ),
    *(
        "[\u0430-\u044f]+[\u0431-\u044e]+x",
        r"[\xe0-\xe3]+[\xe2-\xe5]+x",
        "[\u0430-\u044f]+[\u0410-\u042f]+x",
        "k+\u212a+x",
    ),
    # many choices in a row
    *("(a|a)" * 19, "a?" * 40 + "a" * 20, "a{0,9}" * 9, "(a{1,99}){1,99}", "(((a{1,99})b?){1,99}b?){1,99}"),
    *("(a|b){9,99}", "a{1,99}a*", "(a?b?){7}", "(a|aa){20}"),
    # what is long when it is written out
    *("a{100}", "a{1,999}", "a{100,}", "((a{99}){99}){99}", "(abc{99}){99}"),
    # what databases read in their own ways
    *("(?=a)b", "(?:a)", "(?i)a", r"(a)\1", r"\Ga", "[[:alpha:]]*[[:alpha:]]*x", "[[.a.]]", "[[=a=]]"),
    # what matches nothing, again and again
    *("()*a", "(())+a", "(^)*a"),
]

PLAIN = [
    *("", "^foo", "foo$", "foo.*bar", "^.*foo", "(foo|bar)", "foo|bar|baz", "[a-z]+", "a{1,3}", r"\d{4}-\d{2}", "a.c"),
    *("colou?r", r"https?://.*\.(jpe?g|png)", r"^\d{1,3}(\.\d{1,3}){3}$", r"^[A-Z]+[0-9]+$", r"\w+@\w+\.com"),
    *(r"^\w+ \w+ \w+$", r"a\.b\*c", "[]a]+[^]a]", r"[\]x]+", "x{2}", "a{", "{", "a{,3}", "a{}", "(foo|bar){2}"),
    *(r"\bfoo\b", r"\x41", "^(Mr|Mrs|Ms) ", "a*?b", "(a*)b", "é+ü+", "[\u0430-\u044f]+ [\u0430-\u044f]+"),
    *("(foo.*)?", "(a)(b)", "(ab)+", "a{2,}b", "a*(b)a*c"),
]


@pytest.mark.parametrize("pattern", SLOW)
def test_a_pattern_that_could_take_minutes_is_refused(pattern: str) -> None:
    with pytest.raises(BadQuery, match="could take the database for ever: "):
        refuse_slow(pattern)


@pytest.mark.parametrize("pattern", PLAIN)
def test_a_plain_pattern_is_taken(pattern: str) -> None:
    re.compile(pattern)

    refuse_slow(pattern)


def patterns() -> st.SearchStrategy[str]:
    atoms = st.sampled_from(["a", "b", "ab", "[ab]", "[^a]", ".", r"\w", r"\W", "-", "^", "$", r"\b", "aa"])
    signs = st.sampled_from(["*", "+", "?", "{2}", "{1,3}", "{2,}", "{0,9}", "*?", "+?", "{,4}", "{,}", "{1,99}"])

    def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return (
            st.builds("({}){}".format, inner, signs | st.just(""))
            | st.builds("{}|{}".format, inner, inner)
            | st.builds("({}|{})".format, inner, inner)
            | st.lists(inner, min_size=2, max_size=5).map("".join)
        )

    single = st.sampled_from(["a", "b", "[ab]", "[^a]", ".", r"\w", "-"])
    return st.recursive(atoms | st.builds("{}{}".format, single, signs), larger, max_leaves=12)


class TooLong(Exception):
    """A search did not end in time."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """End what is done by an error when it takes longer; Python's ``re`` looks for signals as it searches."""

    def ring(*given: Any) -> None:
        raise TooLong

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


#: Texts that make a search go back: nearly a match, again and again.
TEXTS: list[Callable[[int], str]] = [
    lambda n: "a" * n,
    lambda n: "a" * n + "!",
    lambda n: "ab" * (n // 2) + "!",
    lambda n: "aab" * (n // 3) + "-",
    lambda n: "b" * n + "-",
    lambda n: "a-" * (n // 2),
    lambda n: "a" * (n // 2) + "b" * (n // 2) + "!",
]


@settings(deadline=None, max_examples=400, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(patterns())
@example("(a{1,3}|b{1,3})a{1,3}a{1,9}")
@example("a?a?a?a?a*")
@example("a*-a*-a*-a*-a*-a*-b")
@example(r"\w+-\w+-\w+-c")
def test_whatever_is_taken_ends_soon(pattern: str) -> None:
    """Within the square of the length of the text: a repetition more would be 300 times as much."""
    assume(len(pattern) <= 100)
    try:
        compiled = re.compile(pattern + "(?!)")  # it never matches, so that every way is tried
        refuse_slow(pattern)
    except (re.error, BadQuery):
        assume(False)
    begin = time.process_time()
    for text in TEXTS:
        with at_most(5):
            compiled.search(text(300))
    assert time.process_time() - begin < 5
