"""Space Invoices shares single documents; ours is one signed link to all that a customer may see."""

from billto.app import customers, links
from billto.app.parts import Reader, Request, Tx
from billto.dialects.dialect import Said, Told
from billto.dialects.spaceinvoices.values import id_of
from billto.domain.customer import Customer


async def get(reader: Reader, asked: Request, told: Told) -> Said:
    """A link that leads nowhere is not given out: a customer in the trash has none."""
    return await _said(reader, asked, await customers.live(reader, asked, id_of(told, "id", "Customer")))


async def rotate(tx: Tx, asked: Request, told: Told) -> Said:
    found = await customers.hold(tx, asked, id_of(told, "id", "Customer"))
    return await _said(tx, asked, await links.replaced(tx, asked, found.id))


async def _said(reader: Reader, asked: Request, customer: Customer) -> Said:
    return Said({"url": await links.url(reader, asked, customer)}, shows=customer.id)
