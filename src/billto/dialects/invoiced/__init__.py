"""The Invoiced API."""

from billto.dialects.credentials import basic_user
from billto.dialects.dialect import Dialect
from billto.dialects.invoiced import answers, query
from billto.dialects.invoiced.losses import LOSES
from billto.dialects.invoiced.reading import read_id
from billto.dialects.invoiced.routes import ROUTES
from billto.dialects.invoiced.urls import PREFIX

DIALECT = Dialect(
    name="invoiced",
    title="Billto (Invoiced)",
    prefix=PREFIX,
    routes=ROUTES,
    params=query.params_of,
    asked=query.read,
    listing=answers.listing,
    failure=answers.failure,
    token=basic_user,
    read_id=read_id,
    entity_headers=("x-entity-id",),
    takes_forms=True,
    loses=LOSES,
)
