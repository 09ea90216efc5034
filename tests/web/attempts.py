"""Every native route, what is tried at it, and what the right caller is answered."""

from typing import Any, NamedTuple

from tests.web.documents import PATHS as DOCUMENTS
from tests.web.documents import WORK
from tests.web.files import upload
from tests.web.house import House, answered

KINDS = ("new entity", "entities", "entity", "new customer", "customers", "customer", "named customer")
RENAME = {"name": "Renamed"}
SEND = {"to": "hat@wonder.example", "subject": "Wonder news"}
ROUNDS = "/statement-runs/rounds"  # of which two ids stand in the address, here with a stroke between them
NAMED = "wonder-rabbit"  # what another system of Alice's calls the White Rabbit


class Attempt(NamedTuple):
    """What is tried at a route, and what it is answered when it is right."""

    kind: str
    body: Any = b""
    status: int = 200
    trashed: bool = False  # the right caller needs a customer in the trash
    path: str = "/customers"  # where the record is made and listed, whose id stands in the address


# A route that is not in here fails the tests until somebody has said who may not use it.
ATTEMPTS = {
    ("POST", "/entities"): Attempt("new entity", {"name": "New", "country": "SI"}, 201),
    ("GET", "/entities"): Attempt("entities"),
    ("GET", "/entities/{id}"): Attempt("entity"),
    ("PUT", "/entities/{id}"): Attempt("entity", RENAME),
    ("PATCH", "/entities/{id}"): Attempt("entity", RENAME),
    ("POST", "/entities/{id}/disable"): Attempt("entity"),
    ("POST", "/entities/{id}/enable"): Attempt("entity"),
    ("GET", "/entities/{id}/connections"): Attempt("entity"),
    ("PUT", "/entities/{id}/connections/email"): Attempt(
        "entity", {"host": "a.example", "from": "a@b.example"}
    ),
    ("PUT", "/entities/{id}/connections/sms"): Attempt(
        "entity", {"account_sid": "AC1", "auth_token": "t", "from": "+15005550006"}
    ),
    ("PUT", "/entities/{id}/connections/letter"): Attempt("entity", {"api_key": "k"}),
    **{
        ("DELETE", f"/entities/{{id}}/connections/{channel}"): Attempt("entity", status=204)
        for channel in ("email", "sms", "letter")
    },
    ("POST", "/customers"): Attempt("new customer", {"name": "New"}, 201),
    ("GET", "/customers"): Attempt("customers"),
    ("GET", "/customers/erased"): Attempt("customers"),
    ("GET", "/customers/external/{external_id}"): Attempt("named customer"),
    ("PUT", "/customers/external/{external_id}"): Attempt("new customer", RENAME),
    ("GET", "/customers/{id}"): Attempt("customer"),
    ("PATCH", "/customers/{id}"): Attempt("customer", RENAME),
    ("DELETE", "/customers/{id}"): Attempt("customer", status=204),
    ("DELETE", "/customers/{id}/permanent"): Attempt("customer", status=204, trashed=True),
    ("POST", "/customers/{id}/restore"): Attempt("customer", trashed=True),
    # Into whom is not said, which only the right caller is told of.
    ("GET", "/customers/{id}/merge"): Attempt("customer", status=400),
    ("POST", "/customers/{id}/merge"): Attempt("customer", {}, 422),
    ("GET", "/customers/{id}/balance"): Attempt("customer"),
    ("GET", "/customers/{id}/ledger"): Attempt("customer"),
    ("GET", "/customers/{id}/dunning"): Attempt("customer"),
    ("GET", "/customers/{id}/statement"): Attempt("customer"),
    ("POST", "/payments/{id}/restore"): Attempt("customer", path="/payments"),
    ("DELETE", "/payments/{id}/permanent"): Attempt("customer", status=409, path="/payments"),
    ("POST", "/payments/{id}/refund"): Attempt("customer", {"amount": 1}, 201, path="/payments"),
    ("POST", "/refunds"): Attempt("new customer", status=201, path="/refunds"),
    ("PUT", "/taxes/{id}"): Attempt("customer", {"tax_rates": [{"rate": 5}]}, path="/taxes"),
}

# What a studio has beside customers, and a change of it. The customer of a new one is the White Rabbit.
HAS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "/payments": ({"customer_id": "", "amount": 5, "reference": "Wonder money"}, {"note": "Renamed"}),
    "/credit-adjustments": ({"customer_id": "", "amount": 5, "note": "Wonder credit"}, {"note": "Renamed"}),
    "/items": ({"name": "Wonder Tea", "price": 5}, RENAME),
    "/statement-runs": ({"name": "Wonder statements", "frequency": "monthly", "day": 1}, RENAME),
    "/taxes": ({"name": "Wonder Tax", "tax_rates": [{"rate": 5}]}, RENAME),
    **{
        path: ({"customer_id": "", "items": [WORK], "is_draft": True}, {"note": "Renamed"})
        for path in DOCUMENTS
    },
}
for path, (_, change) in HAS.items():
    ATTEMPTS |= {
        ("POST", path): Attempt("new customer", status=201, path=path),
        ("GET", path): Attempt("customers", path=path),
        ("GET", f"{path}/{{id}}"): Attempt("customer", path=path),
        ("PATCH", f"{path}/{{id}}"): Attempt("customer", change, path=path),
        ("DELETE", f"{path}/{{id}}"): Attempt("customer", status=204, path=path),
    }


# A draft can be issued, and neither voided nor written off.
for path in DOCUMENTS:
    ATTEMPTS |= {
        ("GET", f"{path}/next-number"): Attempt("customers", path=path),
        ("POST", f"{path}/{{id}}/finalize"): Attempt("customer", path=path),
        ("POST", f"{path}/{{id}}/void"): Attempt("customer", {"reason": "x"}, 409, path=path),
    }
for path in ("/invoices", "/advance-invoices"):
    ATTEMPTS[("POST", f"{path}/{{id}}/close")] = Attempt("customer", status=409, path=path)
    ATTEMPTS[("POST", f"{path}/{{id}}/reopen")] = Attempt("customer", status=409, path=path)
ATTEMPTS |= {
    ("GET", "/documents"): Attempt("customers", path="/invoices"),
    ("GET", "/documents/{id}"): Attempt("customer", path="/invoices"),
    ("POST", "/documents/{id}/finalize"): Attempt("customer", path="/invoices"),
    ("POST", "/documents/{id}/void"): Attempt("customer", {"reason": "x"}, 409, path="/invoices"),
    **{
        ("GET", f"{path}/{{id}}/pdf"): Attempt("customer", path=path.replace("documents", "invoices"))
        for path in (*DOCUMENTS, "/documents")
    },
    # A draft is not sent.
    ("POST", "/documents/{id}/send"): Attempt("customer", SEND, 409, path="/invoices"),
    # No document is named, which only the right caller is told of.
    ("POST", "/email/send"): Attempt("new customer", SEND, 422),
    ("GET", "/customers/{id}/statement/pdf"): Attempt("customer"),
    ("POST", "/customers/{id}/statement/send"): Attempt("customer", SEND, 202),
    # Nothing of hers is overdue, which only the right caller is told of.
    ("POST", "/customers/{id}/payment-reminder/send"): Attempt("customer", SEND, 400),
    ("GET", "/customers/{id}/portal-link"): Attempt("customer"),
    ("POST", "/customers/{id}/portal-link/rotate"): Attempt("customer"),
    ("GET", "/files"): Attempt("customers"),
    # A body that is no form: nobody else learns more of it than that they may not send one.
    ("POST", "/files"): Attempt("new customer", status=415),
    ("GET", "/files/{id}"): Attempt("customer", path="/files"),
    ("GET", "/files/{id}/content"): Attempt("customer", path="/files"),
    ("DELETE", "/files/{id}"): Attempt("customer", status=204, path="/files"),
    ("GET", "/messages"): Attempt("customers"),
    ("GET", "/messages/{id}"): Attempt("customer", path="/messages"),
    ("POST", "/messages/{id}/retry"): Attempt("customer", path="/messages"),
    ("POST", "/messages/{id}/cancel"): Attempt("customer", path="/messages"),
    ("GET", "/statement-runs/{id}/preview"): Attempt("customer", path="/statement-runs"),
    ("POST", "/statement-runs/{id}/start"): Attempt("customer", status=201, path="/statement-runs"),
    ("GET", "/statement-runs/{id}/rounds"): Attempt("customer", path="/statement-runs"),
    ("GET", "/statement-runs/{id}/rounds/{round}"): Attempt("customer", path=ROUNDS),
    ("POST", "/statement-runs/{id}/rounds/{round}/cancel"): Attempt("customer", path=ROUNDS),
    ("GET", "/plans"): Attempt("customers", path="/plans"),
    ("GET", "/plans/{id}"): Attempt("customer", path="/plans"),
    ("GET", "/entities/{id}/clock"): Attempt("entity"),
    ("POST", "/entities/{id}/clock"): Attempt("entity", {"days": 1}, 403),
}


# Where the studio has something whose id can be guessed, beside its customers.
FURTHER = (*HAS, "/messages", "/plans", "/files", ROUNDS)


def new(house: House, attempt: Attempt) -> Any:
    """The body of a new record, or of whatever else the route takes."""
    if attempt.path == "/refunds":
        return {"customer_id": house.cast.white_rabbit, "amount": 1}
    if attempt.kind != "new customer" or attempt.path not in HAS:
        return attempt.body
    body, _ = HAS[attempt.path]
    return body | ({"customer_id": house.cast.white_rabbit} if "customer_id" in body else {})


def made(house: House, attempt: Attempt) -> str:
    """A new record of Alice's for a route that is about one."""
    if attempt.kind != "customer":
        return house.cast.studio
    if attempt.path == "/customers":
        return str(house.alice.customer("Right")["id"])
    if attempt.path == "/messages":
        ordered = house.alice.post(f"/customers/{house.cast.white_rabbit}/statement/send", SEND)
        return str(answered(ordered, 202)["message_id"])
    if attempt.path == ROUNDS:
        run = made(house, attempt._replace(path="/statement-runs"))
        return f"{run}|{answered(house.alice.post(f'/statement-runs/{run}/start'), 201)['id']}"
    if attempt.path == "/plans":
        wanted = {"settings": {"overdue_notifications": {"enabled": True}}}
        answered(house.alice.patch(f"/entities/{house.cast.studio}", wanted))
        return str(house.alice.listed("/plans")["data"][0]["id"])
    if attempt.path == "/files":
        return str(answered(upload(house.alice), 201)["id"])
    body = new(house, attempt._replace(kind="new customer"))
    return str(answered(house.alice.post(attempt.path, body), 201)["id"])
