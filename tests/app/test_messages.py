"""Queuing messages: to whom they go, what they say, and that none is queued twice."""

from datetime import timedelta
from typing import Any

import pytest

from billto.app import messages
from billto.app.parts import Request
from billto.domain.customer import Customer
from billto.domain.message import Message
from tests.app.shop import Shop


def queued(shop: Shop, **values: Any) -> Message:
    return shop.do(lambda tx: messages.queue(tx, shop.asked, values))


def addresses(message: Message) -> list[str]:
    return [one["address"] for one in message.recipients]


PEOPLE = [
    {"name": "Ana", "email": "ana@acme.example", "is_primary": True},
    {"name": "Boris", "email": "boris@acme.example", "is_sms_enabled": True, "phone": "+38640111222"},
    {"name": "Cene", "email": "INFO@acme.example", "is_primary": True},
    {"name": "Dana", "email": "no address", "is_primary": True},
]


def test_without_recipients_it_goes_to_the_customer_and_its_primary_contacts(shop: Shop) -> None:
    acme = shop.customer(email="info@acme.example", contacts=PEOPLE)
    said = queued(shop, customer_id=acme.id, subject="Hi")
    assert addresses(said) == ["info@acme.example", "ana@acme.example"]
    assert (said.customer_id, said.customer, said.state) == (acme.id, acme.serial, "queued")
    assert shop.now(said) == said


def test_what_every_worker_died_of_is_said_to_have_failed(shop: Shop) -> None:
    said = queued(shop, recipients=[{"address": "a@b.example"}])
    for tries in (1, 0):
        taken = shop.do(lambda tx: messages.taken(tx, ["email"], 10, timedelta(minutes=1), 1))
        assert len(taken) == tries
        shop.days_pass(1)
    lost = shop.now(said)
    assert (lost.state, lost.attempts) == ("failed", 1)
    assert lost.last_error == "every worker ended while it delivered this"
    kinds = [kind for (kind,) in shop.rows("SELECT kind FROM event WHERE entity_id = {} ORDER BY id")]
    assert kinds[-2:] == ["message.queued", "message.failed"]


def test_who_is_named_wins_over_who_is_on_file(shop: Shop) -> None:
    acme = shop.customer(email="info@acme.example", contacts=PEOPLE)
    said = queued(shop, customer=acme.serial, recipients=[{"address": "cfo@acme.example"}])
    assert addresses(said) == ["cfo@acme.example"]


def test_it_comes_from_the_entity_unless_it_says_otherwise(shop: Shop) -> None:
    shop.settle(email="office@alice.example")
    to = [{"address": "a@b.example"}]
    plain = queued(shop, recipients=to)
    assert (plain.sender_name, plain.reply_to) == ("Alice d.o.o.", "office@alice.example")
    assert plain.message_id == f"<{plain.id}@alice.example>"
    other = queued(shop, recipients=to, sender_name="Ana", reply_to="ana@alice.example")
    assert (other.sender_name, other.reply_to) == ("Ana", "ana@alice.example")


def test_nobody_to_write_to_is_said_at_once(shop: Shop) -> None:
    with shop.refuses("no_recipient"):
        queued(shop)
    silent = shop.customer(email="not an address")
    with shop.refuses("no_recipient"):
        queued(shop, customer_id=silent.id)


@pytest.mark.parametrize("name", ["recipients", "cc", "bcc"])
def test_what_is_no_address_is_refused(shop: Shop, name: str) -> None:
    to = {"recipients": [{"address": "a@b.example"}]}
    for wrong in ("ana", "a@b.example\r\nBcc: evil@evil.example", "a@b.example, c@d.example"):
        with shop.refuses("invalid_format"):
            queued(shop, **{**to, name: [{"address": wrong}]})
    with shop.refuses("required"):
        queued(shop, **{**to, name: [{"name": "Ana"}]})
    with shop.refuses("wrong_type"):
        queued(shop, **{**to, name: "a@b.example"})
    with shop.refuses("too_many"):
        queued(shop, **{**to, name: [{"address": f"a{at}@b.example"} for at in range(101)]})
    with shop.refuses("invalid_format"):
        queued(shop, **to, reply_to="ana")


def test_a_channel_that_is_not_connected_is_an_honest_error(shop: Shop) -> None:
    acme = shop.customer(email="info@acme.example", contacts=PEOPLE)
    with shop.refuses("no_channel"):
        queued(shop, customer_id=acme.id, channel="sms")
    nowhere = Request(shop.scope, channels=frozenset())
    with shop.refuses("no_channel"):
        shop.do(lambda tx: messages.queue(tx, nowhere, {"customer_id": acme.id}))


def test_text_messages_and_letters_go_to_those_who_take_them(shop: Shop) -> None:
    acme = shop.customer(contacts=PEOPLE, address="Main 1", post_code="1000", city="Ljubljana")
    asked = Request(shop.scope, channels=frozenset({"sms", "letter"}))

    def ordered(of: Customer, channel: str) -> Message:
        return shop.do(
            lambda tx: messages.queue(tx, asked, {"customer_id": of.id, "channel": channel, "body": "Hello"})
        )

    said = [ordered(acme, channel) for channel in ("sms", "letter")]
    assert addresses(said[0]) == ["+38640111222"]
    assert addresses(said[1]) == ["Main 1\n1000 Ljubljana"]
    other = shop.customer("Other")
    for channel in ("sms", "letter"):
        with shop.refuses("no_recipient"):
            ordered(other, channel)


def test_what_is_to_be_sent_once_is_queued_once(shop: Shop) -> None:
    acme = shop.customer(email="info@acme.example")
    first = queued(shop, customer_id=acme.id, once="overdue/7/inv_1")
    assert queued(shop, customer_id=acme.id, once="overdue/7/inv_1", subject="Again") == first
    assert queued(shop, customer_id=acme.id, once="overdue/14/inv_1").id != first.id
    assert len(shop.rows("SELECT id FROM message WHERE entity_id = {}")) == 2


def test_a_document_is_told_in_the_words_of_the_entity(shop: Shop) -> None:
    acme = shop.customer("{iban} & Co.", email="info@acme.example")
    shop.settle(
        settings={
            "email_defaults": {"invoice_subject": "{document_number}: {customer_name} {document_total}"}
        }
    )
    invoice = shop.invoice(acme, 100)
    said = shop.do(lambda tx: messages.queue_document(tx, shop.asked, invoice, {}))
    assert said.subject == f"{invoice.number}: {{iban}} & Co. 100,00 €"
    assert said.attachments == [{"paper": "document", "document_id": invoice.id}]
    assert (said.kind, said.document_id, said.customer_id) == ("document", invoice.id, acme.id)
    other = {
        "subject": "{entity_name.__class__} {customer_email:>9} {document_number!r}",
        "body": "{entity_name}",
    }
    own = shop.do(lambda tx: messages.queue_document(tx, shop.asked, invoice, other))
    assert own.subject == "{entity_name.__class__} {customer_email:>9} {document_number!r}"
    assert own.body == "Alice d.o.o."


def test_a_statement_speaks_the_language_of_its_customer(shop: Shop) -> None:
    acme = shop.customer(email="info@acme.example", language="de")
    paper = {"is_balance_forward": True, "start": "2026-01-01"}
    said = shop.do(lambda tx: messages.queue_statement(tx, shop.asked, acme, {}, paper))
    assert said.subject == "Kontoauszug von Alice d.o.o."
    assert said.attachments == [{**paper, "paper": "statement", "customer_id": acme.id}]
    with shop.refuses("unknown_choice"):
        queued(shop, customer_id=acme.id, attachments=[{"paper": "poster"}])


def test_what_waits_can_be_canceled_and_tried_anew(shop: Shop) -> None:
    said = queued(shop, customer_id=shop.customer(email="info@acme.example").id)
    gone = shop.do(lambda tx: messages.cancel(tx, shop.asked, said.id))
    assert (gone.state, gone.next_at) == ("canceled", None)
    again = shop.do(lambda tx: messages.retry(tx, shop.asked, said.id))
    assert again.state == "queued"
    stranger = Request(shop.stage.cast.charlie)
    with shop.refuses("not_found"):
        shop.do(lambda tx: messages.cancel(tx, stranger, said.id))
    with shop.refuses("not_found"):
        shop.do(lambda tx: messages.retry(tx, stranger, said.id))
    kinds = [
        row[0] for row in shop.rows("SELECT kind FROM event WHERE entity_id = {} AND kind LIKE 'message%'")
    ]
    assert sorted(kinds) == ["message.canceled", "message.queued", "message.retried"]


def test_messages_go_with_their_customer(shop: Shop) -> None:
    acme, other = shop.customer(email="info@acme.example"), shop.customer("Other")
    said = queued(shop, customer_id=acme.id)
    shop.merge(acme, other)
    assert shop.now(said).customer_id == other.id
    shop.erase(shop.trash(other))
    assert shop.rows("SELECT id FROM message WHERE entity_id = {}") == []
