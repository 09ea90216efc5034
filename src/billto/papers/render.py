"""Sets papers: what is on them goes to a template as JSON and comes back as PDF, the same for the same."""

import json
from collections import deque
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
# How many lines the first page of each paper has room for, beside all else that stands on it, and the others.
DOCUMENT, FORWARD, OPEN = "document", "balance_forward", "open_item"
_FIRST = {DOCUMENT: 13, FORWARD: 14, OPEN: 17}
_NEXT = 44
_TEMPLATES = _HERE / "templates"
_PLAIN = Art()
# The compiler keeps what it made of the last papers, until it has set this many others.
_KEPT = 10
# How much data those may have been of: a statement of 500 lines has 60 kB, and 50 MB are kept of it.
_KEPT_DATA_MAX = 150_000

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


def reckoned(paper: str, lines: int) -> int:
    """About how many pages a paper of so many lines will have: to set it only to count them would keep others
    waiting."""
    return 1 + max(0, -(-(lines - _FIRST[paper]) // _NEXT))


def pages(name: str, data: Any, to: Format = "pdf", ppi: float | None = None) -> list[bytes]:
    """What a template makes of some data: one PDF, or a picture of each page."""
    return _press().made(_TEMPLATES / f"{name}.typ", json.dumps(data), to, ppi)


class _Press:
    """A warm compiler with our font; fonts of the system are asked only for letters that it has not.

    One paper at a time: setting a page takes all of a core.
    """

    def __init__(self) -> None:
        self._compiler = typst.Compiler(root=_TEMPLATES, font_paths=[_HERE / "fonts"])
        self._lock = Lock()
        self._kept: deque[int] = deque(maxlen=_KEPT)

    def made(self, template: Path, data: str, to: Format, ppi: float | None) -> list[bytes]:
        with self._lock:
            try:
                made = self._compiler.compile(input=template, format=to, ppi=ppi, sys_inputs={"data": data})
            finally:
                self._remember(len(data))
        assert made is not None
        return made if isinstance(made, list) else [made]

    def _remember(self, size: int) -> None:
        """Makes the compiler forget large papers: it does once it has set ten others, be they empty."""
        self._kept.append(size)
        if sum(self._kept) > _KEPT_DATA_MAX:
            self._kept.clear()
            for _ in range(_KEPT + 1):
                self._compiler.compile(input=b"", format="pdf", sys_inputs={})


@cache
def _press() -> _Press:
    return _Press()
