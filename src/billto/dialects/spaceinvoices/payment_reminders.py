"""Space Invoices: reminders of what a customer is late with, when somebody asks for one."""

from collections.abc import Mapping

from billto.app import overdue
from billto.app.parts import Request, Tx
from billto.dialects.dialect import Said, Told
from billto.dialects.spaceinvoices.sending import LANGUAGE_MAX, WORDS, id_of, ordered, read, values_of
from billto.domain.nodes import Node, Text

REMINDER: Mapping[str, Node] = {
    **WORDS,
    "payment_instructions": Text(most=5_000),
    "language": Text(most=LANGUAGE_MAX),
}


async def send(tx: Tx, asked: Request, told: Told) -> Said:
    """A message with all that is overdue, by the words that are said or else the entity's own."""
    given = read(told.body, REMINDER)
    own = {name: given[name] for name in ("payment_instructions", "language") if given.get(name)}
    message = await overdue.remind(tx, asked, id_of(told, "Customer"), {**values_of(given), **own})
    return await ordered(tx, asked, given, message)
