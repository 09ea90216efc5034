"""The modern Space Invoices API, which is Billto's own."""

from billto.dialects.dialect import Dialect
from billto.dialects.spaceinvoices import answers, query
from billto.dialects.spaceinvoices.routes import ROUTES

DIALECT = Dialect(
    name="spaceinvoices",
    title="Billto (Space Invoices)",
    routes=ROUTES,
    params=query.params_of,
    asked=query.read,
    listing=answers.listing,
    failure=answers.failure,
)
