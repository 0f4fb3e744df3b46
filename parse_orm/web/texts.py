"""What pages say, in the language of who reads: the catalogue of the site comes first, then that of the package."""

import gettext as catalogues
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from pathlib import Path

DOMAIN, FOLDER = "parse_orm", Path(__file__).parent / "locale"

Gettext = Callable[[str], str]
Ngettext = Callable[[str, str, int], str]


def marked(text: str) -> str:
    """A text that is translated where it is shown; the tool that collects texts finds it by this call."""
    return text


MONTHS = (
    *(marked("January"), marked("February"), marked("March"), marked("April"), marked("May"), marked("June")),
    *(marked("July"), marked("August"), marked("September"), marked("October"), marked("November")),
    marked("December"),
)


class Texts:
    """Translates the texts of the pages.

    >>> Texts("de")("Your devices"), Texts("pt-BR")("Your devices")
    ('Ihre Geräte', 'Your devices')

    Args:
        language: such as "de" or "pt-BR"; a language that the package does not speak gives English.
        gettext: the site's own translation of a text; what it leaves as it is, the package translates.
        ngettext: the same for a text with a number, of which there are two: for one, and for many.
    """

    def __init__(self, language: str = "en", gettext: Gettext | None = None, ngettext: Ngettext | None = None) -> None:
        self.language = language.replace("_", "-")
        self._ours = _catalogue(language.replace("-", "_"))
        self._gettext = gettext
        self._ngettext = ngettext

    def __call__(self, text: str) -> str:
        """A text in the language of the reader."""
        theirs = text if self._gettext is None else self._gettext(text)
        return theirs if theirs != text else self._ours.gettext(text)

    def plural(self, one: str, many: str, n: int) -> str:
        """A text about a number, which takes the place of `{n}`."""
        english = one if n == 1 else many
        theirs = english if self._ngettext is None else self._ngettext(one, many, n)
        text = theirs if theirs != english else self._ours.ngettext(one, many, n)
        return text.format(n=n)

    def date(self, moment: datetime) -> str:
        """A day as people write it.

        >>> from datetime import UTC
        >>> Texts("de").date(datetime(2026, 5, 3, tzinfo=UTC))
        '3. Mai 2026'
        """
        return self(marked("{day} {month} {year}")).format(
            day=moment.day, month=self(MONTHS[moment.month - 1]), year=moment.year
        )


@lru_cache(maxsize=64)
def _catalogue(language: str) -> catalogues.NullTranslations:
    return catalogues.translation(DOMAIN, FOLDER, [language], fallback=True)
