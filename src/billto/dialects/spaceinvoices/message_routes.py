"""Space Invoices: the addresses of papers and messages."""

from billto.app import messages as app
from billto.dialects.dialect import Does, Route, Verb
from billto.dialects.spaceinvoices import messages, payment_reminders, sending
from billto.dialects.spaceinvoices.customers import CUSTOMER
from billto.dialects.spaceinvoices.document_routes import PATHS
from billto.dialects.spaceinvoices.documents import DOCUMENT
from billto.dialects.spaceinvoices.messages import MESSAGE
from billto.domain.customer import Customer
from billto.domain.document import Document


def _message(method: str, path: str, does: Does, verb: Verb, says: str) -> Route:
    return Route(method, f"/messages{path}", does, verb, MESSAGE, says)


def _pdf(kind: str, path: str) -> Route:
    name = kind.replace("_", " ") or "document"
    says = f"Get {name} as PDF"
    return Route("GET", f"{path}/{{id}}/pdf", Does.ASK, sending.document_pdf(kind), DOCUMENT, says)


MESSAGE_ROUTES = (
    *(_pdf(kind, path) for kind, path in PATHS.items()),
    _pdf("", "/documents"),
    Route(
        "POST", "/documents/{id}/send", Does.DO, sending.send_document, MESSAGE, "Send a document",
        status=202, subject=Document,
    ),
    Route(
        "POST", "/email/send", Does.DO, sending.send_email, MESSAGE, "Send a document by an e-mail",
        status=202,
    ),
    Route(
        "GET", "/customers/{id}/statement/pdf", Does.ASK, sending.statement_pdf, CUSTOMER,
        "Get a customer's statement as PDF",
    ),
    Route(
        "POST", "/customers/{id}/statement/send", Does.DO, sending.send_statement, MESSAGE,
        "Send a customer's statement", status=202, subject=Customer,
    ),
    Route(
        "POST", "/customers/{id}/payment-reminder/send", Does.DO, payment_reminders.send, MESSAGE,
        "Send a payment reminder", status=202, subject=Customer,
    ),
    _message("GET", "", Does.PAGE, messages.page, "List all messages"),
    _message("GET", "/{id}", Does.GET, messages.get, "Get message by ID"),
    _message("POST", "/{id}/retry", Does.ACT, messages.acting(app.retry), "Try a message again"),
    _message("POST", "/{id}/cancel", Does.ACT, messages.acting(app.cancel), "Cancel a message"),
)  # fmt: skip
