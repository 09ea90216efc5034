"""v1: documents and reminders by e-mail, delivered by the worker."""

from collections.abc import Sequence
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from billto.domain.message import Message
from billto.domain.paging import unambiguous
from billto.domain.query import All, Query
from billto.domain.scope import Scope
from tests.drills.waiting import until
from tests.papers.reading import text
from tests.web.conftest import OpenHouse
from tests.web.house import House, answered
from tests.web.loopback import V1, absent, alice, bare, error, said

LATE: dict[str, Any] = {"date": "2026-03-01", "dateDue": "2026-04-01"}


def queued(house: House) -> Sequence[Message]:
    """What waits to be sent, the oldest first."""
    cast = house.cast
    scope = Scope(
        cast.alice_account.partition("_")[2], "live", key_id="", entity_id=cast.studio.partition("_")[2]
    )
    page = house.run(house.server._store.reader.page(Message, scope, Query(All(()), unambiguous(()), 100)))
    return sorted(page.records, key=lambda one: one.serial)


def made(v1: V1, client: Any, price: float = 10, **more: Any) -> Any:
    body = {"clientId": client["id"], "_documentItems": [{"name": "Tea", "price": price}], **more}
    return said(v1.ask("POST", f"/organizations/{v1.organization}/documents", body))


def settled(house: House, **settings: Any) -> None:
    answered(house.alice.patch(f"/entities/{house.cast.studio}", {"settings": settings}))


def test_a_reminder_names_what_is_overdue(house: House) -> None:
    v1 = alice(house)
    ana = v1.client("Ana {iban}", email="ana@acme.example")
    first, second = made(v1, ana, 10.5, **LATE), made(v1, ana, 20, **LATE, currencyId="USD")
    later = made(v1, ana, 99)
    path = f"/clients/{ana['id']}/send-reminder"
    assert said(v1.ask("POST", path)) == {"success": True}
    (message,) = queued(house)
    assert (message.kind, message.state) == ("reminder", "queued")
    assert [one["address"] for one in message.recipients] == ["ana@acme.example"]
    body = message.body or ""
    assert f"{first['number']} (1. apr. 2026): 10,50 €" in body
    assert f"{second['number']} (1. apr. 2026): 20,00 $" in body
    assert later["number"] not in body
    papers = message.attachments or ()
    assert [(one["currency_code"], one["past_due_only"], one["is_balance_forward"]) for one in papers] == [
        ("EUR", True, False), ("USD", True, False),
    ]  # fmt: skip


def test_a_reminder_speaks_the_language_that_is_asked_for(house: House) -> None:
    v1 = alice(house)
    ana = v1.client("Ana", email="ana@acme.example")
    made(v1, ana, **LATE)
    path = f"/clients/{ana['id']}/send-reminder"
    for ask in (
        {"query": {"l": "de"}},
        {"body": {"l": "de"}},
        {"body": {"l": "de-AT", "email": "x@y.example"}},
    ):
        assert said(v1.ask("POST", path, ask.get("body", {}), params=ask.get("query")))
    assert said(v1.ask("POST", path))
    subjects = [one.subject for one in queued(house)]
    assert subjects == ["Zahlungserinnerung von Wonder Studio"] * 3 + ["Opomin za plačilo od Wonder Studio"]
    assert [(one.attachments or [{}])[0]["language"] for one in queued(house)] == ["de", "de", "de-AT", None]
    assert queued(house)[2].recipients == [{"address": "x@y.example"}]


def test_a_reminder_has_the_words_of_the_organization(house: House) -> None:
    v1 = alice(house)
    words = {
        "email_subject": "{overdue_count} of {customer_name}",
        "email_body": "{total_amount}. {payment_instructions}",
        "payment_instructions": "To {entity_name}, {overdue_count}",
    }
    settled(house, payment_reminders=words)
    ana = v1.client("{entity_name}", email="ana@acme.example")
    made(v1, ana, **LATE)
    assert said(v1.ask("POST", f"/clients/{ana['id']}/send-reminder", {"l": "de"}))
    (message,) = queued(house)
    assert (message.subject, message.body) == ("1 of {entity_name}", "10,00 €. To Wonder Studio, ")


def test_who_is_not_late_is_not_reminded(house: House) -> None:
    v1 = alice(house)
    ana = v1.client("Ana", email="ana@acme.example")
    made(v1, ana)
    estimate, paid = made(v1, ana, type="estimate", **LATE), made(v1, ana, **LATE)
    assert estimate
    assert said(v1.ask("POST", f"/documents/{paid['id']}/payments", {}))
    path = f"/clients/{ana['id']}/send-reminder"
    refusal = error(v1.ask("POST", path))
    assert (refusal.status, refusal.message) == (400, "nothing of this customer is overdue")
    assert absent(v1.ask("POST", f"/clients/{'0' * 24}/send-reminder", {}))
    assert queued(house) == []


@pytest.mark.parametrize(
    "to", ["x@y.example, z@y.example", "x@y.example;z@y.example", ["x@y.example", "z@y.example"]]
)
def test_a_document_goes_to_whom_it_is_said(house: House, to: Any) -> None:
    v1 = alice(house)
    document = made(v1, v1.client("Ana", email="ana@acme.example"))
    body = {"recipients": to, "message": "Hello {customer_name}", "subject": "Yours: {document_number}"}
    assert said(v1.ask("POST", f"/documents/{document['id']}/send", body)) == {"success": True}
    (message,) = queued(house)
    assert [one["address"] for one in message.recipients] == ["x@y.example", "z@y.example"]
    assert (message.subject, message.body) == (f"Yours: {document['number']}", "Hello Ana")
    assert [one["paper"] for one in message.attachments or ()] == ["document"]


def test_a_document_is_told_in_the_language_that_is_asked_for(house: House) -> None:
    v1 = alice(house)
    document = made(v1, v1.client("Ana", email="ana@acme.example"))
    path = f"/documents/{document['id']}/send"
    assert said(v1.ask("POST", f"{path}?l=en"))
    assert said(v1.ask("POST", path, {}))
    settled(house, email_defaults={"invoice_subject": "Moj račun"})
    assert said(v1.ask("POST", f"{path}?l=en"))
    number = document["number"]
    assert [one.subject for one in queued(house)] == [
        f"Invoice {number} from Wonder Studio", f"Račun {number} od Wonder Studio", "Moj račun",
    ]  # fmt: skip
    assert [(one.attachments or [{}])[0].get("language") for one in queued(house)] == ["en", None, "en"]


def test_what_cannot_be_sent_is_refused_and_leaves_nothing(house: House) -> None:
    v1 = alice(house)
    bare_client = v1.client("Bare")
    document = made(v1, bare_client, **LATE)
    before = house.dump()
    for path, name in ((f"/documents/{document['id']}/send", "recipients"),
                       (f"/clients/{bare_client['id']}/send-reminder", "email")):  # fmt: skip
        assert error(v1.ask("POST", path, {})).status == 400
        for wrong in (
            "x",
            "a@b.example\r\nBcc: c@d.example",
            5,
            {"a": 1},
            [["a@b.example"]],
            ["a@b.example", "x"],
        ):
            assert error(v1.ask("POST", path, {name: wrong})).status == 422, wrong
        many = [f"a{at}@b.example" for at in range(101)]
        assert error(v1.ask("POST", path, {name: many})).status == 422
        assert error(v1.ask("POST", path, {name: "a@b.example", "l": "x" * 50})).status == 400
        assert error(v1.ask("POST", path, [1])).status == 400
    path = f"/documents/{document['id']}/send"
    for name, most in (("subject", 1_000), ("message", 50_000)):
        for words in ("x" * (most + 1), 5, [1]):
            said_ = error(v1.ask("POST", path, {"recipients": "a@b.example", name: words}))
            assert (said_.status, list(said_.details["codes"])) == (422, [name])
    assert absent(v1.ask("POST", f"/documents/{'0' * 24}/send", {}))
    assert house.dump() == before


def test_what_is_sent_arrives_once_with_its_papers(open_house: OpenHouse, tmp_path: Path) -> None:
    house = open_house(worker="on", mail=f"file:{tmp_path / 'mail'}")
    v1 = alice(house)
    ana = v1.client("Ana", email="ana@acme.example")
    document = made(v1, ana, 12.5, **LATE)
    made(v1, ana, 20, **LATE, currencyId="USD")
    assert said(v1.ask("POST", f"/clients/{ana['id']}/send-reminder?l=de"))
    assert said(v1.ask("POST", f"/documents/{document['id']}/send?l=en", {"subject": "Yours"}))

    async def settled() -> bool:
        return len(list((tmp_path / "mail").glob("*.eml"))) >= 2

    house.run(until(settled, 60, "two mails"))
    found: list[Any] = [
        message_from_bytes(one.read_bytes(), policy=default) for one in (tmp_path / "mail").glob("*.eml")
    ]
    papers = {str(one["subject"]): [read(part) for part in one.iter_attachments()] for one in found}
    reminder, (invoice,) = papers.pop("Zahlungserinnerung von Wonder Studio"), papers.pop("Yours")
    assert papers == {}
    assert [name for name, _ in reminder] == ["overdue-EUR.pdf", "overdue-USD.pdf"]
    assert "12,50" in reminder[0][1]
    assert document["number"] in reminder[0][1]
    assert document["number"] not in reminder[1][1]
    assert invoice[0] == f"{document['number']}.pdf"
    assert "Invoice" in invoice[1]


def read(part: Any) -> tuple[str, str]:
    """The name of a paper, and what it says."""
    return part.get_filename(), text(part.get_content())


def test_without_a_channel_nothing_is_said_to_be_sent(open_house: OpenHouse) -> None:
    house = open_house(mail="off")
    v1 = alice(house)
    document = made(v1, v1.client("Ana", email="ana@acme.example"), **LATE)
    for path in (f"/documents/{document['id']}/send", f"/clients/{document['clientId']}/send-reminder"):
        refusal = error(v1.ask("POST", path, {}))
        assert (refusal.status, refusal.code) == (503, "NO_CHANNEL")
    assert queued(house) == []
    assert bare(house.cast.studio) == v1.organization
