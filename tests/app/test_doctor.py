"""The doctor finds sound books sound, and every fault that is planted in them."""

import asyncio
from decimal import Decimal

import pytest

from billto.app import documents, messages
from tests.app.shop import Shop, credit_of, to
from tests.drills.databases import faults

# Each breaks one sentence of the doctor, and the doctor says which; others may break with it.
BREAKS = (
    ("UPDATE standing SET outstanding = outstanding + 1", "how customers stand is the sum of their entries"),
    ("DELETE FROM standing", "how customers stand is the sum of their entries"),
    ("UPDATE entry SET amount = amount + 1 WHERE account = 'invoice'", "how customers stand is the sum"),
    ("UPDATE document SET balance = balance + 1", "what is open of a document is the sum of its entries"),
    ("DELETE FROM entry WHERE kind = 'issued'", "what is open of a document is the sum of its entries"),
    ("UPDATE payment SET balance = amount", "what is left of a payment is the sum of its entries"),
    ("UPDATE document SET voided_at = issued_at", "only what is issued and not voided is open"),
    (
        "UPDATE payment SET balance = amount, voided_at = created_at",
        "what is voided of payments has nothing left",
    ),
    ("UPDATE entry SET item_id = posting_id WHERE account = 'invoice'", "entries are about what there is"),
    ("UPDATE entry SET kind = 'unapplied' WHERE account = 'credit'", "what is applied is taken from"),
    (
        "UPDATE entry SET amount = -amount WHERE account = 'credit'",
        "no credit balance was below nothing on any day",
    ),
    ("UPDATE customer SET owes = NOT owes", "who owes something is marked, and nobody else"),
    ("UPDATE message SET state = 'sent', next_at = NULL", "a message that was sent says when"),
    ("UPDATE message SET next_at = NULL", "a message waits for a moment as long as it waits"),
    ("UPDATE message SET recipients = '[]'", "a message has somebody to go to and its own name"),
    ("UPDATE document SET number = NULL", "what is issued has a number"),
    ("UPDATE document SET customer = customer + 1", "documents belong to a customer that there is"),
    ("UPDATE payment SET customer = customer + 1", "payments belong to a customer that there is"),
    *(
        (
            f"DELETE FROM event WHERE subject_id IN (SELECT id FROM {name})",
            f"what happened to every {name} is written down",
        )
        for name in ("document", "payment", "adjustment")
    ),
)


def busy(shop: Shop) -> None:
    """Some history of every kind."""
    acme = shop.customer()
    shop.credit(acme, 20)
    bill = shop.invoice(acme, 100)
    shop.pay(60, to(bill, 30), credit_of(10), of=acme)
    shop.draft(acme, 5)
    to_acme = {"customer_id": acme.id, "recipients": [{"address": "ana@acme.example"}]}
    shop.do(lambda tx: messages.queue(tx, shop.asked, to_acme))
    shop.do(lambda tx: documents.open_balance(tx, shop.asked, acme.id, Decimal(7), {}))


def test_sound_books_are_found_sound(shop: Shop) -> None:
    busy(shop)
    assert shop.stage.run(asyncio.to_thread(faults, shop.stage.url)) == []


@pytest.mark.parametrize(("statement", "sentence"), BREAKS, ids=[one[:50] for one, _ in BREAKS])
def test_every_planted_fault_is_found(unheld_shop: Shop, statement: str, sentence: str) -> None:
    busy(unheld_shop)
    unheld_shop.do(lambda tx: tx.run(statement, []))
    found = unheld_shop.stage.run(asyncio.to_thread(faults, unheld_shop.stage.url))
    assert any(fault.startswith(sentence) for fault in found), found
