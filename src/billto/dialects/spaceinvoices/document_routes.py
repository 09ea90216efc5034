"""Space Invoices: the addresses of documents, the same for each of their types."""

from billto.dialects.dialect import Does, Route, Verb
from billto.dialects.spaceinvoices import document_verbs as verbs
from billto.dialects.spaceinvoices.documents import DOCUMENT
from billto.domain.document import PAYABLE
from billto.domain.settings.tree import DOCUMENTS

# Type → its path.
PATHS = {kind: f"/{kind.replace('_', '-')}s" for kind in DOCUMENTS}


def _called(kind: str) -> str:
    """An invoice, a credit note: as a sentence has it."""
    name = kind.replace("_", " ")
    return f"an {name}" if name[0] in "aei" else f"a {name}"


def _route(method: str, path: str, does: Does, verb: Verb, says: str, status: int = 200) -> Route:
    return Route(method, path, does, verb, DOCUMENT, says, status=status)


def _of(kind: str) -> tuple[Route, ...]:
    path, one, name = PATHS[kind], _called(kind), kind.replace("_", " ")
    by_id = f"{path}/{{id}}"
    settled = (
        _route("POST", f"{by_id}/close", Does.ACT, verbs.close(kind), f"Write off what is open of {one}"),
        _route("POST", f"{by_id}/reopen", Does.ACT, verbs.reopen(kind), f"Reopen {one}"),
    )
    return (
        _route("POST", path, Does.CREATE, verbs.create(kind), f"Create {one}", 201),
        _route("GET", path, Does.PAGE, verbs.page(kind), f"List all {name}s"),
        _route("GET", f"{path}/next-number", Does.ASK, verbs.next_number(kind), f"Number of the next {name}"),
        _route("GET", by_id, Does.GET, verbs.get(kind), f"Get {name} by ID"),
        _route("PATCH", by_id, Does.CHANGE, verbs.change(kind), f"Update {one}"),
        _route("DELETE", by_id, Does.DROP, verbs.drop(kind), f"Delete a draft of {one}", 204),
        _route("POST", f"{by_id}/finalize", Does.ACT, verbs.finalize(kind), f"Finalize a draft of {one}"),
        _route("POST", f"{by_id}/void", Does.DO, verbs.void(kind), f"Void {one}"),
        *(settled if kind in PAYABLE else ()),
    )


DOCUMENT_ROUTES = (
    *(route for kind in DOCUMENTS for route in _of(kind)),
    _route("GET", "/documents", Does.PAGE, verbs.page(), "List documents of all types"),
    _route("GET", "/documents/{id}", Does.GET, verbs.get(), "Get document by ID"),
    _route("POST", "/documents/{id}/finalize", Does.ACT, verbs.finalize(), "Finalize a draft"),
    _route("POST", "/documents/{id}/void", Does.DO, verbs.void(), "Void a document"),
)
