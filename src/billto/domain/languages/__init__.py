"""The languages Billto writes in by itself; all others begin in English."""

from typing import TypeVar

from billto.domain.languages.de import GERMAN
from billto.domain.languages.en import ENGLISH
from billto.domain.languages.fr import FRENCH
from billto.domain.languages.hr import CROATIAN
from billto.domain.languages.it import ITALIAN
from billto.domain.languages.language import Language
from billto.domain.languages.sl import SLOVENIAN

Ours = TypeVar("Ours", bound=str | None)

__all__ = ["LANGUAGES", "Language", "language", "unless_changed"]

LANGUAGES: tuple[Language, ...] = (GERMAN, ENGLISH, FRENCH, CROATIAN, ITALIAN, SLOVENIAN)

_BY_CODE = {one.code: one for one in LANGUAGES}


def language(locale: str) -> Language:
    """The language of a locale ("sl-SI", "sl_SI" or "sl"); English when it is none of ours."""
    return _BY_CODE.get(locale.replace("_", "-").partition("-")[0].lower(), ENGLISH)


def unless_changed(text: str | None, before: str | None, ours: Ours) -> str | Ours:
    """An entity's text; one that it never changed, or has none of, is ours, which is there in all languages.

    `before` is the text that it began with, in its own language.
    """
    return text if text and text != before else ours
