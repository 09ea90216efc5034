"""Statements, invoices, credit notes and estimates by e-mail at the door that speaks Invoiced."""

from string import hexdigits
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billto.dialects.invoiced.variables import substitute
from billto.domain.message import Message
from billto.domain.paging import unambiguous
from billto.domain.query import All, Query
from billto.domain.scope import Scope
from tests.papers.reading import text
from tests.web.conftest import OpenHouse
from tests.web.house import House
from tests.web.invoiced import DAY, MAY, Books, items, refused

ANA = {"name": "Ana", "email": "ana@acme.example", "primary": True}


@pytest.fixture
def shop(house: House) -> Books:
    return Books(house, name="Acme", email="billing@acme.example", number="C-7", currency="usd")


def queued(house: House) -> list[Message]:
    """What waits to be sent, the oldest first."""
    cast = house.cast
    scope = Scope(
        cast.alice_account.partition("_")[2], "live", key_id="", entity_id=cast.shop.partition("_")[2]
    )
    query = Query(All(()), unambiguous(()), 100)
    page = house.run(house.server._store.reader.page(Message, scope, query))
    return sorted(page.records, key=lambda one: one.serial)


def papers(message: Message) -> list[dict[str, Any]]:
    return message.attachments or []


def mailed(shop: Books, path: str, body: Any = None) -> Any:
    answer = shop.post(path, b"null" if body is None else body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_statement_goes_to_whom_it_is_said(house: House, shop: Books) -> None:
    (said,) = mailed(shop, f"/customers/{shop.of}/emails", {
        "to": [{"name": "Client", "email": "client@example.com"}], "bcc": "a@b.example, c@d.example",
        "subject": "Statement from Dunder Mifflin, Inc.", "message": "Dear Client", "type": "balance_forward",
        "start": MAY - 30 * DAY, "end": MAY - DAY,
    })  # fmt: skip
    assert len(said["id"]) == 32
    assert set(said["id"]) <= set(hexdigits)
    at = said["created_at"]
    assert said == {
        "id": said["id"], "object": "email", "state": "sent", "reject_reason": None,
        "email": "client@example.com", "template": "statement_email",
        "subject": "Statement from Dunder Mifflin, Inc.", "message": "Dear Client", "opens": 0,
        "opens_detail": [], "created_at": at, "updated_at": at,
    }  # fmt: skip
    (message,) = queued(house)
    assert message.recipients == [{"name": "Client", "address": "client@example.com"}]
    assert [one["address"] for one in message.bcc or ()] == ["a@b.example", "c@d.example"]
    (paper,) = papers(message)
    assert (paper["start"], paper["end"]) == ("2026-04-01", "2026-04-30")
    assert (message.kind, paper["paper"], paper["is_balance_forward"]) == ("statement", "statement", True)


def test_without_recipients_it_goes_to_the_customer_and_its_primary_contacts(shop: Books) -> None:
    for one in (ANA, {"name": "Boris", "email": "boris@acme.example", "primary": False}):
        shop.made(f"/customers/{shop.of}/contacts", one)
    bodies: list[Any] = [None, b"[]", b"{}", b"", {"to": []}, {"type": "open_item", "items": "past_due"}]
    for body in bodies:
        said = mailed(shop, f"/customers/{shop.of}/emails", body)
        assert [one["email"] for one in said] == ["billing@acme.example", "ana@acme.example"]
        assert len({one["id"] for one in said}) == 2
        assert said[0]["subject"] == "Statement of account from Wonder Shop"


def test_a_form_says_it_as_well(house: House, shop: Books) -> None:
    form = {"to[0][name]": "Bob", "to[0][email]": "bob@x.example", "type": "open_item", "items": "past_due"}
    answer = shop.ask("POST", f"/customers/{shop.of}/emails", form=form)
    assert [one["email"] for one in answer.json()] == ["bob@x.example"]
    (paper,) = papers(queued(house)[0])
    assert (paper["is_balance_forward"], paper["past_due_only"]) == (False, True)


def test_variables_are_put_in_once(shop: Books) -> None:
    shop.patch(f"/customers/{shop.of}", {"name": "{{company_name}} {iban} <b>", "payment_terms": "NET 7"})
    one = shop.invoice(40, date=MAY - 30 * DAY)
    other = shop.invoice(60.5)
    (said,) = mailed(shop, f"/customers/{shop.of}/emails", {
        "subject": "{{ customer_name }} {customer_name}", "type": "open_item",
        "message": "{{{customer_number}}}: {{account_balance}} for {{invoice_numbers}} {{nothing}}{{#a}}x",
    })  # fmt: skip
    assert said["subject"] == "{{company_name}} {iban} <b> {customer_name}"
    assert said["message"] == f"C-7: $100.50 for {one['number']}, {other['number']} {{{{#a}}}}x"
    (late,) = mailed(
        shop, f"/customers/{shop.of}/emails",
        {"message": "{{invoice_numbers}} {{invoice_due_dates}}", "type": "open_item", "items": "past_due"},
    )  # fmt: skip
    assert late["message"] == f"{one['number']} Apr 8, 2026"


@given(st.text(), st.dictionaries(st.sampled_from("ab"), st.text()))
def test_what_is_no_variable_stays(text: str, values: dict[str, str | None]) -> None:
    plain = text.replace("{{", "")
    assert substitute(plain, values) == plain
    assert substitute("{{a}}" + plain, values) == (values.get("a") or "") + plain


@pytest.mark.parametrize(
    ("path", "template", "word"),
    [
        ("/invoices", "new_invoice_email", "Invoice"),
        ("/credit_notes", "credit_note_email", "Credit note"),
        ("/estimates", "estimate_email", "Estimate"),
    ],
)
def test_a_document_goes_out_as_its_paper(
    house: House, shop: Books, path: str, template: str, word: str
) -> None:
    made = shop.made(path, {"customer": shop.of, "items": items(("Tea", 1, 20))})
    one = f"{path}/{made['id']}/emails"
    (said,) = mailed(shop, one)
    assert (said["object"], said["template"], said["email"]) == ("email", template, "billing@acme.example")
    assert said["subject"] == f"{word} {made['number']} from Wonder Shop"
    (said,) = mailed(shop, one, {
        "to": [{"email": "x@y.example"}], "subject": "{{number}}", "template": template,
        "message": "{{total}} of {{customer_name}} {{{url}}}",
    })  # fmt: skip
    assert (said["email"], said["subject"]) == ("x@y.example", made["number"])
    words, _, url = said["message"].rpartition(" ")
    assert words == "$20.00 of Acme"
    paper = house.caller(None).get(url.removeprefix("http://billto"))
    assert made["number"] in text(paper.content)
    first, second = queued(house)
    assert (first.kind, first.document_id) == ("document", second.document_id)
    assert [one["paper"] for one in papers(first)] == ["document"]


def test_what_cannot_be_sent_is_refused_and_leaves_nothing(house: House, shop: Books) -> None:
    bare = shop.customer("Bare")["id"]
    invoice = shop.made("/invoices", {"customer": bare, "items": items(("Tea", 1, 20))})
    before = house.dump()
    for path in (f"/customers/{bare}/emails", f"/invoices/{invoice['id']}/emails"):
        status, message, param = refused(shop.post(path, b"null"))
        assert (status, param) == (400, None)
        assert message.startswith("Nobody to send it to")
        wrongs: tuple[tuple[Any, str], ...] = (
            ({"to": "a@b.example"}, "to"),
            ({"to": [{"name": "x"}]}, "to"),
            ({"to": [{"email": "a@b.example\r\nBcc: c@d.example"}]}, "to"),
            ({"to": [{"email": f"a{at}@b.example"} for at in range(101)]}, "to"),
            ({"to": [{"email": "a@b.example", "name": {"a": 1}}]}, "to"),
            ({"to": [{"email": "a@b.example", "name": "x" * 501}]}, "to"),
            ({"to": [{"email": "a@b.example"}], "bcc": "x@y.example,no"}, "bcc"),
            ({"to": [{"email": "a@b.example"}], "subject": "x" * 1_001}, "subject"),
            ({"to": [{"email": "a@b.example"}], "message": ["x"]}, "message"),
            ({"to": [{"email": "a@b.example"}], "template": "mine"}, "template"),
        )
        for wrong, param in wrongs:
            assert refused(shop.post(path, wrong))[::2] == (400, param), wrong
    for wrong, param in (
        ({"type": "other"}, "type"),
        ({"start": MAY, "end": MAY - DAY}, "start"),
        ({"start": "soon"}, "start"),
        ({"start": MAY + 9 * DAY}, "start"),
        ({"items": "all"}, "items"),
    ):
        assert refused(shop.post(f"/customers/{shop.of}/emails", wrong))[::2] == (400, param), wrong
    assert refused(shop.post("/invoices/999999/emails", b"null"))[0] == 404
    assert refused(shop.post(f"/estimates/{invoice['id']}/emails", b"null"))[0] == 404
    assert house.dump() == before


def test_words_of_ones_own_may_have_a_template_of_ones_own(shop: Books) -> None:
    body = {"template": "mine", "subject": "Hi", "message": "Hello"}
    assert mailed(shop, f"/customers/{shop.of}/emails", body)[0]["template"] == "mine"


def test_without_a_channel_nothing_is_said_to_be_sent(open_house: OpenHouse) -> None:
    house = open_house(mail="off")
    shop = Books(house, email="a@b.example")
    one = f"/invoices/{shop.invoice()['id']}/emails"
    none = "No e-mail channel is connected, so nothing was sent"
    assert refused(shop.post(one, b"null")) == (400, none, None)
    assert queued(house) == []


def test_a_repeat_sends_nothing(house: House, shop: Books) -> None:
    path = f"/customers/{shop.of}/emails"
    first, second = (shop.post(path, {}, **{"Idempotency-Key": "once"}) for _ in range(2))
    assert first.json() == second.json()
    assert len(queued(house)) == 1
