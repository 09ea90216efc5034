"""Sets papers: what is on them goes to a template as JSON and comes back as PDF, the same for the same."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Literal

import typst

from billto.domain.customer import Customer
from billto.domain.document import Document
from billto.domain.entity import Entity
from billto.papers import accounts, documents
from billto.papers.accounts import Told
from billto.papers.art import Art

_HERE = Path(__file__).parent
_TEMPLATES = _HERE / "templates"
_PLAIN = Art()
# One at a time: setting a page takes all of a core, and a compiler keeps what it has set before.
_LOCK = Lock()

Format = Literal["pdf", "png"]


def document_pdf(document: Document, entity: Entity, language: str | None = None, art: Art = _PLAIN) -> bytes:
    """A document as PDF, in a language or in its buyer's or else the entity's."""
    return _set("document", lambda art: documents.data(document, entity, language, art), art)


def statement_pdf(
    statement: Told, entity: Entity, customer: Customer, language: str | None = None, art: Art = _PLAIN
) -> bytes:
    """A statement as PDF, in a language or in the customer's or else the entity's."""
    return _set("statement", lambda art: accounts.data(statement, entity, customer, language, art), art)


def _set(name: str, data: Callable[[Art], Any], art: Art) -> bytes:
    try:
        return pages(name, data(art))[0]
    except typst.TypstError:
        if art == _PLAIN:
            raise
        # Its head looked like a picture, the rest is none: the paper is worth more than its logo.
        return pages(name, data(_PLAIN))[0]


def pages(name: str, data: Any, to: Format = "pdf", ppi: float | None = None) -> list[bytes]:
    """What a template makes of some data: one PDF, or a picture of each page."""
    said = {"data": json.dumps(data)}
    with _LOCK:
        made = _compiler().compile(input=_TEMPLATES / f"{name}.typ", format=to, ppi=ppi, sys_inputs=said)
    assert made is not None
    return made if isinstance(made, list) else [made]


@cache
def _compiler() -> typst.Compiler:
    """Kept warm, with our font; fonts of the system are asked only for letters that it has not."""
    return typst.Compiler(root=_TEMPLATES, font_paths=[_HERE / "fonts"])
