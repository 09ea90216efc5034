"""The customer API of faktoora, and its API keys, which answer under /api/v2 as well."""

from dataclasses import replace

from billto.dialects.credentials import api_key
from billto.dialects.dialect import Dialect
from billto.dialects.faktoora import answers, query
from billto.dialects.faktoora.losses import LOSES
from billto.dialects.faktoora.routes import KEY_ROUTES, ROUTES
from billto.domain.ids import read_id

DIALECT = Dialect(
    name="faktoora",
    title="Billto (faktoora)",
    prefix="/api/v1",
    routes=ROUTES,
    params=query.params_of,
    asked=query.read,
    listing=answers.listing,
    failure=answers.failure,
    token=api_key,
    read_id=read_id,
    dropped=answers.dropped,
    entity_headers=("x-account-id", "x-entity-id"),
    loses=LOSES,
)

# The vendor's page on keys says v2 where all others say v1.
KEYS = replace(
    DIALECT, name="faktoora_keys", title="Billto (faktoora, keys)", prefix="/api/v2", routes=KEY_ROUTES
)
