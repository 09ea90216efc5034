"""What customers are told: papers as PDF, e-mails that are ordered here and delivered by the worker."""

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx
import pytest

from billto.app import balances
from billto.dialects.spaceinvoices.document_routes import PATHS
from tests.drills.waiting import until
from tests.papers.reading import text
from tests.web.conftest import OpenHouse
from tests.web.documents import document, draft
from tests.web.house import Caller, House, answered, refused

SECONDS_MAX = 30
EMAIL = "ana@acme.example"


@pytest.fixture
def outbox(tmp_path: Path) -> Path:
    return tmp_path / "outbox"


@pytest.fixture
def office(open_house: OpenHouse, outbox: Path) -> Iterator[House]:
    """A house with a worker in it, as `billto serve` has one."""
    return open_house(worker="on", mail=f"file:{outbox}")  # type: ignore[return-value]


def pdf(answer: httpx.Response, name: str) -> str:
    """What a PDF says that was answered under a name."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == f'inline; filename="{name}.pdf"'
    assert answer.headers["cache-control"] == "private, no-cache"
    assert int(answer.headers["content-length"]) == len(answer.content)
    return text(answer.content)


def sent(caller: Caller, path: str, /, **body: Any) -> Any:
    return answered(caller.post(f"{path}/send", body), 202)


def delivered(house: House, id: str) -> Any:
    """The message once the worker is done with it."""

    async def settled() -> Any:
        one = (await house.alice.asking("GET", f"/messages/{id}")).json()
        return None if one["state"] == "queued" else one

    return house.run(until(settled, SECONDS_MAX, "delivered"))


def mail(outbox: Path) -> EmailMessage:
    """The one e-mail that lies in the folder."""
    (path,) = outbox.glob("*.eml")
    found = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def attached(message: EmailMessage) -> dict[str | None, str]:
    return {one.get_filename(): text(one.get_content()) for one in message.iter_attachments()}


# Papers


def test_an_issued_invoice_is_a_pdf_under_its_number_at_both_addresses(house: House) -> None:
    one = document(house.alice, customer_id=house.alice.customer("Acme Ltd")["id"])
    for path in ("/invoices", "/documents"):
        said = pdf(house.alice.get(f"{path}/{one['id']}/pdf"), one["number"])
        assert one["number"] in said
        assert "Acme Ltd" in said
        assert "122,00" in said


@pytest.mark.parametrize("kind", PATHS)
def test_every_type_is_a_pdf_at_its_own_address_and_only_there(house: House, kind: str) -> None:
    one = draft(house.alice, PATHS[kind])
    assert "Work" in pdf(house.alice.get(f"{PATHS[kind]}/{one['id']}/pdf"), kind.replace("_", "-"))
    others = [path for path in PATHS.values() if path != PATHS[kind]]
    assert refused(house.alice.get(f"{others[0]}/{one['id']}/pdf")) == (404, {})


def test_a_paper_speaks_the_language_that_is_asked_for(house: House) -> None:
    one = document(house.alice)
    said = {
        language: pdf(house.alice.get(f"/invoices/{one['id']}/pdf", language=language), one["number"])
        for language in ("en", "de", "sl-SI")
    }
    assert all(word in said[language] for language, word in (("en", "Invoice"), ("de", "Rechnung")))
    assert len(set(said.values())) == 3
    wrong = house.alice.get(f"/invoices/{one['id']}/pdf", language="x" * 21)
    assert refused(wrong) == (400, {"language": "bad_parameter"})


def test_a_number_of_any_letters_is_a_name_for_every_system(house: House) -> None:
    settings = {"number_formats": {"invoice": "Č/{yyyy}-{nnn}"}}
    answered(house.live.patch(f"/entities/{house.cast.studio}", {"settings": settings}))
    one = document(house.alice)
    answer = house.alice.get(f"/invoices/{one['id']}/pdf")
    assert one["number"] == "Č/2026-001"
    assert answer.headers["content-disposition"] == (
        "inline; filename=\"_-2026-001.pdf\"; filename*=UTF-8''%C4%8C-2026-001.pdf"
    )


def test_a_statement_is_a_pdf_with_the_parameters_of_the_statement(house: House) -> None:
    acme = house.alice.customer("Acme Ltd")
    one = document(house.alice, customer_id=acme["id"])
    path = f"/customers/{acme['id']}/statement/pdf"
    for kind in ("balance_forward", "open_item"):
        said = pdf(house.alice.get(path, type=kind, language="en"), "statement 2026-05-01")
        assert one["number"] in said
        assert "122.00" in said
    early = pdf(house.alice.get(path, start="2026-03-01", end="2026-03-31"), "statement 2026-03-31")
    assert one["number"] not in early
    wrong = house.alice.get(path, start="2026-04-01", end="2026-03-31", type="open_item")
    assert refused(wrong) == (400, {"start": "bad_parameter"})


def test_a_statement_that_would_fill_a_book_is_refused_and_not_sent(
    office: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    acme = office.alice.customer("Acme Ltd", email=EMAIL)
    for _ in range(3):
        document(office.alice, customer_id=acme["id"])
    monkeypatch.setattr(balances, "PRINTED_MAX", 2)
    path = f"/customers/{acme['id']}/statement"
    for kind in ("balance_forward", "open_item"):
        assert office.alice.get(f"{path}/pdf", type=kind).status_code == 422
        message = delivered(office, sent(office.alice, path, type=kind)["message_id"])
        assert (message["state"], message["attempts"]) == ("failed", 1)
        assert "has more than 2 entries in the ledger" in message["last_error"]


# E-mails


def test_an_invoice_goes_to_its_customer_with_its_pdf(office: House, outbox: Path) -> None:
    acme = office.alice.customer("Acme Ltd", email=EMAIL)
    one = document(office.alice, customer_id=acme["id"])
    ordered = sent(office.alice, f"/documents/{one['id']}", body_text="Dear {customer_name}")
    assert ordered == {
        "message_id": ordered["message_id"],
        "status": "queued",
        "to": EMAIL,
        "subject": ordered["subject"],
        "shareable_link": ordered["shareable_link"],
    }
    assert one["number"] in ordered["subject"]
    message = delivered(office, ordered["message_id"])
    assert (message["state"], message["attempts"], message["last_error"]) == ("sent", 1, None)
    found = mail(outbox)
    assert (found["To"], found["Subject"]) == (f"Acme Ltd <{EMAIL}>", ordered["subject"])
    body = found.get_body(("plain",))
    assert body is not None
    assert body.get_content().strip() == "Dear Acme Ltd"
    assert one["number"] in attached(found)[f"{one['number']}.pdf"]
    assert answered(office.alice.get(f"/invoices/{one['id']}"))["sent_at"] == message["sent_at"]


def test_a_statement_goes_to_whom_it_is_sent(office: House, outbox: Path) -> None:
    acme = office.alice.customer("Acme Ltd", email=EMAIL)
    one = document(office.alice, customer_id=acme["id"])
    ordered = sent(
        office.alice, f"/customers/{acme['id']}/statement",
        type="open_item", to="bo@acme.example, cy@acme.example", subject="What is open", language="en",
    )  # fmt: skip
    assert ordered["to"] == "bo@acme.example, cy@acme.example"
    message = delivered(office, ordered["message_id"])
    assert message["attachments"] == [
        {
            "type": "open_item", "customer_id": acme["id"], "start": None, "end": None,
            "currency_code": None, "language": "en", "items": "all", "include_children": True,
        }
    ]  # fmt: skip
    found = mail(outbox)
    assert found["Subject"] == "What is open"
    assert one["number"] in attached(found)["statement.pdf"]


def test_a_reminder_names_what_is_late_and_how_to_pay_it(office: House, outbox: Path) -> None:
    acme = office.alice.customer("Acme", email=EMAIL)["id"]
    late = document(office.alice, customer_id=acme, date="2026-01-01", date_due="2026-02-01")
    document(office.alice, customer_id=acme)
    said = sent(
        office.alice, f"/customers/{acme}/payment-reminder", subject="Late, {customer_name}",
        body_text="{invoice_list}\n{payment_instructions}", payment_instructions="To {entity_name}, please.",
    )  # fmt: skip
    assert (said["subject"], said["to"]) == ("Late, Acme", EMAIL)
    assert delivered(office, said["message_id"])["state"] == "sent"
    body = mail(outbox).get_body(("plain",))
    assert body is not None
    assert body.get_content().splitlines() == [
        f"{late['number']} (1. feb. 2026): 122,00 €", "To Wonder Studio, please.",
    ]  # fmt: skip
    assert list(attached(mail(outbox))) == ["overdue-EUR.pdf"]


def test_who_is_not_late_is_not_reminded(house: House) -> None:
    acme = house.alice.customer("Acme", email=EMAIL)["id"]
    said = refused(house.alice.post(f"/customers/{acme}/payment-reminder/send", {}))
    assert said == (400, {})


def test_an_email_may_go_without_its_pdf(office: House, outbox: Path) -> None:
    """It says then where the document is."""
    one = document(office.alice, customer_id=office.cast.white_rabbit)
    ordered = sent(office.alice, f"/documents/{one['id']}", to=EMAIL, attach_pdf=False, body_text="Hello")
    delivered(office, ordered["message_id"])
    assert attached(mail(outbox)) == {}
    body = mail(outbox).get_body(("plain",))
    assert body is not None
    assert body.get_content().split() == ["Hello", ordered["shareable_link"]]
    words = "See {invoice_link} please"
    again = sent(office.alice, f"/documents/{one['id']}", to=EMAIL, attach_pdf=False, body_text=words)
    said = office.alice.get(f"/messages/{again['message_id']}").json()["body_text"]
    assert said == f"See {again['shareable_link']} please"


def test_a_document_may_be_named_in_the_body(house: House) -> None:
    one = document(house.alice, customer_id=house.cast.white_rabbit)
    said = sent(house.alice, "/email", document_id=one["id"], to=EMAIL, locale="de")
    (found,) = house.alice.listed("/messages")["data"]
    assert (found["id"], found["document_id"]) == (said["message_id"], one["id"])
    assert found["attachments"][0]["language"] == "de"
    other = document(house.charlie)["id"]
    for id in (other, "inv_" + "0" * 24, "nothing"):
        assert refused(house.alice.post("/email/send", {"document_id": id})) == (
            422, {"document_id": "unknown_reference"},
        )  # fmt: skip


def test_the_same_request_twice_sends_once(office: House, outbox: Path) -> None:
    path = f"/documents/{document(office.alice)['id']}/send"
    key = {"Idempotency-Key": "once"}
    first, second = (office.alice.post(path, {"to": EMAIL}, key) for _ in range(2))
    assert answered(first, 202) == answered(second, 202)
    assert second.headers["idempotent-replayed"] == "true"
    delivered(office, first.json()["message_id"])
    assert mail(outbox)["To"] == EMAIL
    assert office.alice.listed("/messages")["pagination"]["total"] == 1


def test_nobody_to_send_to_is_said_at_once(house: House) -> None:
    acme = house.alice.customer("Acme Ltd")
    one = document(house.alice, customer_id=acme["id"])
    for path in (f"/documents/{one['id']}", f"/customers/{acme['id']}/statement"):
        assert refused(house.alice.post(f"{path}/send")) == (400, {})
        assert refused(house.alice.post(f"{path}/send", {"to": " "})) == (400, {})
    assert house.alice.listed("/messages")["data"] == []


def test_a_draft_is_not_sent(house: House) -> None:
    one = draft(house.alice)
    assert refused(house.alice.post(f"/documents/{one['id']}/send", {"to": EMAIL})) == (409, {})


@pytest.mark.parametrize(
    ("body", "problems"),
    [
        ({"to": "a@x.example,b@x.example,c@x.example,d@x.example,e@x.example"}, {"to": "too_many"}),
        ({"to": "nobody"}, {"to": "invalid_format"}),
        ({"to": "a@x.example,"}, {"to": "invalid_format"}),
        ({"to": "Ana <a@x.example>"}, {"to": "invalid_format"}),
        ({"to": "a@x.example\r\nBcc: b@x.example"}, {"to": "invalid_format"}),
        ({"to": ["a@x.example"]}, {"to": "wrong_type"}),
        ({"to": EMAIL, "subject": "x" * 256}, {"subject": "too_long"}),
        ({"subject": 1, "attach_pdf": ""}, {"subject": "wrong_type", "attach_pdf": "wrong_type"}),
        ({"to": EMAIL, "body_text": "{entity_name}" * 1_500 + "{document_number}"}, None),
        ({"to": EMAIL, "attach_eslog": True}, {"attach_eslog": "not_offered"}),
    ],
)  # fmt: skip
def test_what_cannot_be_sent_is_refused(
    house: House, body: dict[str, Any], problems: dict[str, str] | None
) -> None:
    answer = house.alice.post(f"/documents/{document(house.alice)['id']}/send", body)
    if problems is None:
        answered(answer, 202)
    else:
        assert refused(answer)[1] == problems


@pytest.mark.parametrize(
    ("body", "problems"),
    [
        ({"type": "all"}, {"type": "unknown_choice"}),
        ({"start": "2026-05-02"}, {"start": "out_of_range"}),
        ({"start": "2026-04-02", "end": "2026-04-01"}, {"start": "out_of_range"}),
        ({"start": 5, "items": "few"}, {"start": "wrong_type", "items": "unknown_choice"}),
        ({"currency_code": "EURO"}, {"currency_code": "invalid_format"}),
        ({"include_children": "no"}, {"include_children": "wrong_type"}),
    ],
)
def test_a_statement_that_could_never_be_printed_is_refused(
    house: House, body: dict[str, Any], problems: dict[str, str]
) -> None:
    path = f"/customers/{house.cast.white_rabbit}/statement/send"
    assert refused(house.alice.post(path, {"to": EMAIL, **body})) == (422, problems)


def test_where_no_mail_goes_nothing_is_taken(open_house: OpenHouse) -> None:
    house = open_house(mail="off")
    answer = house.alice.post(f"/documents/{document(house.alice)['id']}/send", {"to": EMAIL})
    assert answer.status_code == 503


def test_in_the_sandbox_a_message_may_be_for_nobody(house: House) -> None:
    trial = house.sandbox.about(house.cast.trial)
    tried = sent(trial, f"/documents/{document(trial)['id']}", to=EMAIL, sandbox_skip_delivery=True)
    assert tried["status"] == "canceled"
    live = document(house.alice)
    ordered = sent(house.alice, f"/documents/{live['id']}", to=EMAIL, sandbox_skip_delivery=True)
    assert ordered["status"] == "queued"


# Messages


def test_messages_are_found_by_what_they_are_about(house: House) -> None:
    acme = house.alice.customer("Acme Ltd", email=EMAIL)
    one = document(house.alice, customer_id=acme["id"])
    invoice = sent(house.alice, f"/documents/{one['id']}", metadata={"run": "7"})["message_id"]
    statement = sent(house.alice, f"/customers/{acme['id']}/statement")["message_id"]
    answered(house.alice.post(f"/messages/{statement}/cancel"))

    def found(**query: Any) -> list[str]:
        return [each["id"] for each in house.alice.listed("/messages", query=query, order_by="id")["data"]]

    assert found() == [invoice, statement]
    assert found(customer_id=acme["id"]) == [invoice, statement]
    assert found(document_id=one["id"]) == found(kind="document") == found(state="queued") == [invoice]
    assert found(state="canceled") == [statement]
    assert found(metadata={"run": "7"}) == [invoice]
    assert found(created_at={"gt": "2026-05-02"}) == []
    shown = answered(house.alice.get(f"/messages/{invoice}"))
    assert (shown["document_id"], shown["attachments"][0]["document_id"]) == (one["id"], one["id"])
    assert shown["recipients"] == [{"name": "Acme Ltd", "address": EMAIL}]


def test_a_message_can_be_canceled_and_tried_again_until_it_is_sent(office: House) -> None:
    house = office
    one = document(house.alice)
    id = sent(house.alice, f"/documents/{one['id']}", to=EMAIL)["message_id"]
    delivered(house, id)
    for verb in ("cancel", "retry"):
        assert refused(house.alice.post(f"/messages/{id}/{verb}")) == (409, {})


def test_a_canceled_message_waits_again_once_it_is_retried(house: House) -> None:
    id = sent(house.alice, f"/documents/{document(house.alice)['id']}", to=EMAIL)["message_id"]
    canceled = answered(house.alice.post(f"/messages/{id}/cancel"))
    assert (canceled["state"], canceled["next_attempt_at"]) == ("canceled", None)
    retried = house.alice.post(f"/messages/{id}/retry")
    assert answered(retried)["state"] == "queued"
    assert answered(house.alice.get(f"/messages/{id}")) == retried.json()
    stale = house.alice.post(f"/messages/{id}/cancel", headers={"If-Match": '"1"'})
    assert stale.status_code == 412
