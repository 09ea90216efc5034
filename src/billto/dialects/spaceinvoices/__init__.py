"""The modern Space Invoices API, which is Billto's own."""

from billto.dialects.credentials import bearer
from billto.dialects.dialect import Dialect
from billto.dialects.spaceinvoices import answers, query
from billto.dialects.spaceinvoices.losses import LOSES
from billto.dialects.spaceinvoices.routes import ROUTES
from billto.domain.ids import read_id

DIALECT = Dialect(
    name="spaceinvoices",
    title="Billto (Space Invoices)",
    prefix="",
    routes=ROUTES,
    params=query.params_of,
    asked=query.read,
    listing=answers.listing,
    failure=answers.failure,
    token=bearer,
    read_id=read_id,
    # The API's pages name the headers in two ways, its examples in the first.
    entity_headers=("x-entity-id", "entity_id"),
    account_headers=("x-account-id", "account_id"),
    # `Idempotency-Key` wins: proxies put an `X-Request-Id` of their own on each hop.
    request_id_headers=("idempotency-key", "x-request-id"),
    pages_by_cursor=True,
    loses=LOSES,
)
