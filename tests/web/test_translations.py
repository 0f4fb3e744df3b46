"""The catalogues of the pages are complete, and say what the code says.

After a text was changed::

    pybabel extract --no-default-keywords -k _ -k plural:1,2 -k marked --no-location --sort-output \
        -o parse_orm/web/locale/parse_orm.pot parse_orm/web parse_orm/contrib/flask
    pybabel update --no-fuzzy-matching -D parse_orm -i parse_orm/web/locale/parse_orm.pot -d parse_orm/web/locale
    pybabel compile -D parse_orm -d parse_orm/web/locale
"""

from __future__ import annotations

import gettext
import re
from datetime import UTC, datetime
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

import parse_orm
from parse_orm.web.texts import DOMAIN, FOLDER, MONTHS, Texts

ROOT = Path(parse_orm.__file__).parent
KEYWORDS: Any = {"_": None, "marked": None, "plural": (1, 2)}
LANGUAGES = sorted(folder.name for folder in FOLDER.iterdir() if folder.is_dir())


def texts_of_the_code() -> set[Any]:
    extract = pytest.importorskip("babel.messages.extract")
    folders = (ROOT / "web", ROOT / "contrib" / "flask")
    found = (extract.extract_from_dir(folder, keywords=KEYWORDS) for folder in folders)
    return {text for each in found for _, _, text, _, _ in each}


def catalogue(path: Path, language: str | None = None) -> Any:
    pofile = pytest.importorskip("babel.messages.pofile")
    with path.open("rb") as file:
        return pofile.read_po(file, locale=language, domain=DOMAIN)


def texts_of(path: Path) -> dict[Any, Any]:
    return {message.id: message.string for message in catalogue(path) if message.id}


def placeholders(*texts: str) -> set[str | None]:
    return {name for text in texts for _, name, _, _ in Formatter().parse(text) if name}


def several(text: Any) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def test_the_template_has_every_text_of_the_code() -> None:
    assert set(texts_of(FOLDER / "parse_orm.pot")) == texts_of_the_code()


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_text_is_translated_with_its_placeholders(language: str) -> None:
    translated = texts_of(FOLDER / language / "LC_MESSAGES" / "parse_orm.po")
    assert set(translated) == texts_of_the_code()
    for text, translation in translated.items():
        assert all(several(translation)), text
        assert placeholders(*several(translation)) == placeholders(*several(text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_compiled_is_what_is_written(language: str) -> None:
    compiled = gettext.translation(DOMAIN, FOLDER, [language])
    for text, translation in texts_of(FOLDER / language / "LC_MESSAGES" / "parse_orm.po").items():
        one, *many = several(text)
        shown = [compiled.ngettext(one, many[0], n) for n in (1, 2)] if many else [compiled.gettext(one)]
        assert tuple(shown) == several(translation)


def test_there_are_german_and_french() -> None:
    assert LANGUAGES == ["de", "fr"]


ONE, MANY = "Signed out of {n} device.", "Signed out of {n} devices."


@pytest.mark.parametrize(
    ("language", "said", "date"),
    [
        ("de", ["0 Geräte wurden", "1 Gerät wurde", "2 Geräte wurden"], "3. Mai 2026"),
        ("de-AT", ["0 Geräte wurden", "1 Gerät wurde", "2 Geräte wurden"], "3. Mai 2026"),
        ("de_DE", ["0 Geräte wurden", "1 Gerät wurde", "2 Geräte wurden"], "3. Mai 2026"),
        ("fr", [r"0 \w+ a été", r"1 \w+ a été", r"2 \w+s ont été"], "3 mai 2026"),
        ("tlh", ["Signed out of 0 devices", "Signed out of 1 device", "Signed out of 2 devices"], "3 May 2026"),
    ],
)
def test_numbers_and_dates_follow_the_language(language: str, said: list[str], date: str) -> None:
    texts = Texts(language)
    for n, beginning in enumerate(said):
        assert re.match(rf"{beginning}\b", texts.plural(ONE, MANY, n))
    assert texts.date(datetime(2026, 5, 3, tzinfo=UTC)) == date


def test_the_catalogue_of_the_site_comes_first() -> None:
    texts = Texts(
        "de",
        lambda text: {"Sign out": "Raus hier"}.get(text, text),
        lambda one, many, n: "{n} weniger." if one == ONE else one if n == 1 else many,
    )
    assert [texts("Sign out"), texts("Your devices")] == ["Raus hier", "Ihre Geräte"]
    assert texts.plural(ONE, MANY, 4) == "4 weniger."
    assert texts.plural("{n} day ago", "{n} days ago", 4).endswith("4 Tagen")


def test_every_month_has_a_name() -> None:
    assert len({Texts("fr")(month) for month in MONTHS}) == 12
