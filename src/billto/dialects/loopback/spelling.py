"""v1: what the core found wrong with a document or a payment, under the names that v1 has for it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from billto.dialects.loopback import lines, parties
from billto.domain.problems import Path, Problem, Refused

_PLACES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "lines": ("_documentItems", lines.NAMES),
    "customer": ("_documentClient", parties.NAMES),
    "buyer": ("_documentClient", parties.NAMES),
    "issuer": ("_documentIssuer", parties.NAMES),
    "expected_total": ("expectedTotalWithTax", {}),
    "linked_ids": ("documentIds", {}),
}
_APPLIED = {"document": "documentId"}


@contextmanager
def spelt() -> Iterator[None]:
    try:
        yield
    except Refused as refused:
        problems = (replace(one, path=_path(one.path)) for one in refused.problems)
        raise Refused(*problems, retry_seconds=refused.retry_seconds) from None


def _path(path: Path) -> Path:
    match path:
        case ("applications", int(), str() as name, *_):
            return (_APPLIED.get(name, name),)
        case ("applications", *_):
            return ()
        case (str() as first, *rest) if first in _PLACES:
            outer, names = _PLACES[first]
            return (outer, *(names.get(str(one), one) for one in rest))
        case _:
            return path


def within(problem: Problem, *outer: str | int) -> Refused:
    return Refused(problem.within(*outer))
