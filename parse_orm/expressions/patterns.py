"""Text looked for in text: patterns that POSIX (Postgres) and PCRE (MongoDB) read alike, and full-text search."""

import re
import warnings
from typing import TYPE_CHECKING, Any

from ..errors import BadQuery
from ..types.depth import short_repr
from .clauses import Build, has_value
from .where import Where

if TYPE_CHECKING:
    from .expression import Expression

_SPECIAL = frozenset(r"^$.|?*+()[]{}")

#: An apostrophe in octal: Parse Server 9.10 pastes patterns into SQL and loses one of two that stand together.
_APOSTROPHE = r"\047"

#: Characters that need their own spelling. A backslash in brackets, or \Q in a text would be taken for a quotation.
_SPELLED = {"'": _APOSTROPHE, "\\": r"[\\]"}

#: The end of the text. PCRE's $ also stands before a last line break, POSIX's does not.
_END = r"$(?!\n)"


def matching(options: str = "") -> Build:
    """A regular expression of the user's."""

    def build(column: "Expression[Any]", pattern: str) -> Where:
        return _regex(column, _without_apostrophes(pattern), options) if pattern else has_value(column)

    return build


#: What Python calls the faults that no dialect accepts; those that it alone finds are for the database to judge.
_BROKEN = ("missing )", "unbalanced parenthesis", "unterminated character set", "bad escape (end", "nothing to repeat")
_UPSIDE_DOWN = ("bad character range", "min repeat greater than max repeat")


def refuse_broken(pattern: str) -> None:
    """Refuse a pattern that is none in any dialect: Parse Server answers 500 to it, without a reason (9.10).

    Raises:
        BadQuery: says what is wrong, and where.
    """
    if r"\Q" in pattern or pattern.startswith("***"):  # literal text to PCRE, and to Postgres
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(re.sub(r"\[([:.=])[^\]]*\1\]", "a", pattern))  # Python has no [:alpha:]
    except re.error as error:
        if error.msg.startswith((*_BROKEN, *_UPSIDE_DOWN)):
            raise BadQuery(f"{short_repr(pattern)} is not a valid pattern: {error.msg}") from None
    except (OverflowError, RecursionError):
        return


def quoted(form: str, options: str = "") -> Build:
    """Literal text inside a pattern: ``form`` is ``^{}``, ``{}$`` or ``{}``."""
    form = form.replace("$", _END)

    def build(column: "Expression[Any]", text: str) -> Where:
        return _regex(column, form.replace("{}", quote(text), 1), options) if text else has_value(column)

    return build


def quote(text: str) -> str:
    """A pattern that matches this text and no other."""
    return "".join(_SPELLED.get(char) or (f"\\{char}" if char in _SPECIAL else char) for char in text)


def _regex(column: "Expression[Any]", pattern: str, options: str) -> Where:
    return {column.path: {"$regex": pattern, **({"$options": options} if options else {})}}


def _without_apostrophes(pattern: str) -> str:
    """The same pattern with its apostrophes in octal; the server looks after those between \\Q and \\E itself."""
    if r"\Q" in pattern:
        return pattern
    return re.sub(r"\\?'|\\.", lambda found: _APOSTROPHE if found[0].endswith("'") else found[0], pattern, flags=re.S)


def search(column: "Expression[Any]", words: str) -> Where:
    """Full text: every word, joined as both databases understand it. A space alone is a 500 on Postgres."""
    terms = re.findall(r"\w+", words)
    if not terms:
        raise BadQuery("search needs at least one word")
    return {column.path: {"$text": {"$search": {"$term": " & ".join(_term(terms))}}}}


def _term(terms: list[str]) -> list[str]:
    """Quotation marks make MongoDB look for all the words and not for any; Postgres skips them."""
    return terms if len(terms) == 1 else [f'"{term}"' for term in terms]
