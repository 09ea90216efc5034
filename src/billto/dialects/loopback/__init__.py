"""Space Invoices v1, which is a LoopBack 3 service: the API before the modern one."""

from billto.dialects.dialect import Dialect
from billto.dialects.loopback import answers, filters
from billto.dialects.loopback.credentials import token
from billto.dialects.loopback.losses import LOSES
from billto.dialects.loopback.routes import ROUTES
from billto.domain.ids import read_id

DIALECT = Dialect(
    name="loopback",
    title="Space Invoices v1",
    prefix=answers.PREFIX,
    routes=ROUTES,
    params=filters.params_of,
    asked=filters.read,
    listing=answers.listing,
    failure=answers.failure,
    token=token,
    read_id=read_id,
    key_in_query=True,
    takes_forms=True,
    asks_with_body=True,
    minds_case=False,
    loses=LOSES,
)
