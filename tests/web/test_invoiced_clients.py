"""The vendor's own clients, as they are, against a real server; and what others of them need on the wire."""

import importlib
import json
import socket
import subprocess
from base64 import b64encode
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from tests.drills.serving import Billto
from tests.drills.wire import HOST
from tests.ports import until
from tests.web.house import Cast

invoiced: Any = importlib.import_module("invoiced")

Served = tuple[Billto, Cast]
# `make tests` puts tap-invoiced into an environment of its own: it does not bear what else the tests need.
TAP = Path(__file__).parents[2] / ".tap" / "bin" / "python"


def url(served: Served) -> str:
    return f"http://{HOST}:{served[0].port}/invoiced"


@pytest.fixture
def client(served: Served) -> Any:
    return at(served, served[1].shop_key)


def at(served: Served, key: str) -> Any:
    made = invoiced.Client(key)
    made.api_url = url(served)
    return made


def test_a_customer_from_its_beginning_to_its_end(client: Any) -> None:
    made = client.Customer.create(name="Acme", payment_terms="NET 30", metadata={"rep": "Jan"}, chase=False)
    assert (made.name, made.payment_terms, made.metadata, made.chase) == (
        "Acme",
        "NET 30",
        {"rep": "Jan"},
        False,
    )
    assert type(made.id) is type(made.created_at) is int
    found = client.Customer.retrieve(made.id)
    assert dict(found) == dict(made)
    found.payment_terms, found.phone = "NET 14", "(820) 297-2983"
    assert found.save()
    found.phone = None
    assert found.save(city="Hill Valley")
    again = client.Customer.retrieve(made.id)
    kept = (again.payment_terms, again.phone, again.city, again.name)
    assert kept == ("NET 14", None, "Hill Valley", "Acme")
    assert again.delete()
    with pytest.raises(
        invoiced.errors.InvalidRequestError, match=f"Customer was not found: {made.id}"
    ) as gone:
        client.Customer.retrieve(made.id)
    assert gone.value.status_code == 404


def test_lists_go_on_as_long_as_there_is_a_next_page(served: Served) -> None:
    client = at(served, served[1].sandbox)
    names = [f"Page, {number}" for number in range(7)]
    for name in names:
        client.Customer.create(name=name, metadata={"of": "p,a;g"})
    seen, page = [], 1
    while True:
        found, metadata = client.Customer.list(
            per_page=3, page=page, metadata={"of": "p,a;g"}, filter={"chase": True}, sort="name asc"
        )
        seen += [one.name for one in found]
        assert int(metadata.total_count) == 7
        if "next" not in metadata.links:
            break
        page += 1
    assert (seen, page) == (names, 3)
    assert set(metadata.links) == {"self", "first", "previous", "last"}
    none, metadata = client.Customer.list(filter={"name": "Nobody"}, open_balance=True)
    assert (none, int(metadata.total_count)) == ([], 0)


@pytest.mark.parametrize("kind", ["contacts", "list_notes", "line_items"])
def test_what_hangs_on_a_customer(client: Any, kind: str) -> None:
    field = "notes" if kind == "list_notes" else "name"
    of = getattr(client.Customer.create(name="Acme"), kind)
    made, other = of().create(**{field: "One"}), of().create(**{field: "Two"})
    read = of().retrieve(made.id)
    assert dict(read) == dict(made)
    setattr(read, field, "Uno")
    assert read.save()
    found, metadata = of().list(per_page=1)
    assert (found[0][field], int(metadata.total_count), "next" in metadata.links) == ("Uno", 2, True)
    assert read.delete()
    assert [one.id for one in of().list()[0]] == [other.id]
    with pytest.raises(invoiced.errors.InvalidRequestError):
        of().retrieve(made.id)


def test_notes_by_their_own_address(client: Any) -> None:
    of = client.Customer.create(name="Acme")
    made = client.Note.create(customer_id=of.id, notes="Called")
    assert [one.id for one in client.Note.list(filter={"customer": of.id})[0]] == [made.id]
    made.notes = "Called twice"
    assert made.save()
    assert client.Note.retrieve(made.id).notes == "Called twice"
    assert made.delete()


def test_a_balance_is_plain_and_the_payment_sources_are_none(client: Any) -> None:
    of = client.Customer.create(name="Acme", currency="eur")
    assert of.balance() == {
        "available_credits": 0, "currency": "eur", "due_now": 0, "history": [], "open_credit_notes": 0,
        "past_due": False, "total_outstanding": 0,
    }  # fmt: skip
    assert of.payment_sources().list()[0] == []


def test_the_documented_balance_comes_about_by_the_client(client: Any) -> None:
    of = client.Customer.create(name="Acme", payment_terms="NET 30")
    line = {"name": "Copy paper, Case", "quantity": 52, "unit_cost": 10}
    invoice = client.Invoice.create(customer=of.id, items=[line])
    client.CreditBalanceAdjustment.create(customer=of.id, amount=100)
    client.Payment.create(
        customer=of.id, amount=0, applied_to=[{"type": "applied_credit", "invoice": invoice.id, "amount": 50}]
    )
    shown = of.balance()
    assert [one["balance"] for one in shown["history"]] == [50, 100]
    assert {name: one for name, one in shown.items() if name != "history"} == {
        "available_credits": 50, "currency": "usd", "due_now": 0, "open_credit_notes": 0, "past_due": False,
        "total_outstanding": 470,
    }  # fmt: skip


def test_an_invoice_from_its_beginning_to_its_end(client: Any) -> None:
    of = client.Customer.create(name="Acme", payment_terms="NET 14", consolidated=True)
    client.TaxRate.create(id="gst", name="GST", value=7)
    client.Item.create(id="paper", name="Paper", unit_cost=45)
    line = {"catalog_item": "paper", "quantity": 1, "taxes": ["gst"]}
    invoice = client.Invoice.create(customer=of.id, items=[line], draft=True)
    assert (invoice.status, invoice.total, invoice.due_date) == ("draft", 48.15, invoice.date + 14 * 86_400)
    invoice.draft, invoice.sent = False, True
    assert invoice.save()
    assert (invoice.status, invoice.balance) == ("sent", 48.15)
    assert invoice.attachments()[0] == []
    with pytest.raises(invoiced.errors.InvalidRequestError, match="No payment gateway is connected"):
        invoice.pay()
    payment = client.Payment.create(
        customer=of.id, amount=50, applied_to=[{"type": "invoice", "invoice": invoice.id, "amount": 48.15}]
    )
    assert (payment.balance, client.Invoice.retrieve(invoice.id).status) == (1.85, "paid")
    payment.notes = "by check"
    assert payment.save()
    assert payment.delete()
    assert (payment.voided, client.Invoice.retrieve(invoice.id).balance) == (True, 48.15)
    note = client.CreditNote.create(
        customer=of.id, invoice=invoice.id, items=[{"unit_cost": 8.15, "quantity": 1}]
    )
    assert (note.status, client.Invoice.retrieve(invoice.id).balance) == ("paid", 40)
    of.line_items().create(name="Hours", quantity=2, unit_cost=30)
    assert of.invoice().total == 60
    merged = of.consolidate_invoices()
    assert (merged.name, merged.balance) == ("Consolidated Invoice", 100)
    found, metadata = client.Invoice.list(filter={"customer": of.id, "paid": False}, expand="customer")
    open_ = [one for one in found if one.status != "voided"]
    assert ([one.id for one in open_], int(metadata.total_count)) == ([merged.id], 3)
    assert open_[0].customer["name"] == "Acme"
    assert merged.void()
    assert (merged.status, of.balance()["total_outstanding"]) == ("voided", 0)
    with pytest.raises(invoiced.errors.InvalidRequestError, match="Is issued and stays as it is"):
        merged.delete()


def test_what_the_client_sends_is_delivered_once(client: Any, served: Served) -> None:
    of = client.Customer.create(name="Acme", email="billing@acme.example", number="C-7")
    line = {"name": "Copy paper, Case", "quantity": 1, "unit_cost": 45}
    invoice = client.Invoice.create(customer=of.id, items=[line])
    said = {
        "to": [{"name": "Client", "email": "client@example.com"}],
        "subject": "Statement from {{company_name}}",
        "message": "Dear {{customer_name}}, we have attached your latest account statement.",
        "type": "open_item",
        "idempotency_key": "statement of May",
    }
    (statement,) = of.send_statement(**said)
    assert (statement.object, statement.state, statement.email, statement.template, statement.opens) == (
        "email", "sent", "client@example.com", "statement_email", 0,
    )  # fmt: skip
    assert (statement.subject, len(statement.id)) == ("Statement from Wonder Shop", 32)
    assert [one.id for one in of.send_statement(**said)] == [statement.id]
    (mail,) = invoice.send()
    assert (mail.template, mail.email) == ("new_invoice_email", "billing@acme.example")
    note = client.CreditNote.create(customer=of.id, items=[line])
    estimate = client.Estimate.create(customer=of.id, items=[line])
    assert [one.send()[0].template for one in (note, estimate)] == ["credit_note_email", "estimate_email"]

    until(lambda: client.Invoice.retrieve(invoice.id).status == "sent")
    until(lambda: len(posted(served)) >= 4)
    texts = {name: text for text, papers in posted(served) for name in papers}
    assert sorted(texts) == sorted(
        ["statement.pdf", *(f"{one.number}.pdf" for one in (invoice, note, estimate))]
    )
    assert len(posted(served)) == 4
    assert "Dear Acme, we have attached your latest account statement." in texts["statement.pdf"]


def posted(served: Served) -> list[tuple[str, list[str]]]:
    """All mail that went out: its text, and the names of its papers."""
    found = []
    for one in (served[0].home / "mail").glob("*.eml"):
        mail: Any = message_from_bytes(one.read_bytes(), policy=default)
        papers = [part.get_filename() for part in mail.iter_attachments()]
        assert all(part.get_content().startswith(b"%PDF-") for part in mail.iter_attachments())
        found.append((mail.get_body(("plain",)).get_content(), papers))
    return found


def test_text_messages_and_letters_are_sent_by_the_client(served: Served, client: Any) -> None:
    address = {"address1": "5301 Southwest Pkwy", "city": "Austin", "state": "TX", "postal_code": "78735"}
    of = client.Customer.create(name="Acme", country="US", **address)
    of.contacts().create(name="Bob Loblaw", phone="(512) 555-1212", sms_enabled=True)
    (text,) = of.send_statement_sms(
        type="open_item",
        to=[{"phone": "15125551212", "name": "Bob Loblaw"}],
        message="{{company_name}}: You have a new statement {{url}}",
    )
    assert (text.to, text.state, len(text.id)) == ("+15125551212", "sent", 32)
    (letter,) = of.send_statement_letter(type="open_item")
    assert (letter.state, letter.num_pages, letter.to) == (
        "queued",
        1,
        "Acme\n5301 Southwest Pkwy\nAustin, TX 78735",
    )
    for name, ending, words in (("sms", ".txt", text.message.encode()), ("letters", ".pdf", b"%PDF")):
        folder = served[0].home / name
        until(lambda folder=folder, ending=ending: any(folder.glob(f"*{ending}")))  # type: ignore[misc]
        (file,) = folder.iterdir()
        assert words in file.read_bytes()


def test_refusals_are_the_clients_own_exceptions(served: Served, client: Any) -> None:
    errors = invoiced.errors
    of = client.Customer.create(name="Acme", number="N-1")
    refusals: tuple[tuple[Any, str], ...] = (
        (client.Customer.create, "Name is missing"),
        (
            lambda: client.Customer.create(name="B", number="N-1"),
            "The Number you chose has already been taken",
        ),
        (lambda: client.Customer.list(filter={"x": 1}), "Invalid filter parameter: x"),
        (client.Plan.list, "Request was not recognized: GET /plans"),
        (lambda: client.Invoice.retrieve(10**12), "Invoice was not found: 1000000000000"),
        (of.send_statement, "Nobody to send it to"),
        (
            lambda: of.send_statement_sms(to=[{"phone": "11234567890"}]),
            "Text messages can only be sent to contacts",
        ),
        (of.send_statement_letter, "Nobody to send it to"),
        (of.invoice, "There are no pending line items to invoice"),
        (of.consolidate_invoices, "Consolidated invoicing is not enabled"),
    )
    for call, words in refusals:
        with pytest.raises(errors.InvalidRequestError, match=words) as caught:
            call()
        assert caught.value.error["type"] == "invalid_request"
    with pytest.raises(errors.AuthenticationError, match="We could not authenticate the supplied API Key"):
        at(served, "wrong").Customer.list()
    with pytest.raises(errors.InvalidRequestError, match="Several entities can be reached with this key"):
        at(served, served[1].live).Customer.list()


def test_the_same_key_is_the_same_customer(client: Any) -> None:
    one = client.Customer.create(idempotency_key="once", name="Once")
    two = client.Customer.create(idempotency_key="once", name="Once")
    assert dict(one) == dict(two)
    assert len(client.Customer.list(filter={"name": "Once"})[0]) == 1
    with pytest.raises(invoiced.errors.InvalidRequestError, match="Idempotency-Key was used"):
        client.Customer.create(idempotency_key="once", name="Twice")
    assert client.Customer.list(filter={"name": "Twice"})[0] == []


def test_headers_of_lists_keep_their_capitals(served: Served) -> None:
    """Java's and PHP's clients look for these names and no others."""
    basic = b64encode(f"{served[1].shop_key}:".encode()).decode()
    for authorization in (f"Basic {basic}", "Basic d3Jvbmc6"):
        head = spoken(
            served,
            f"GET /invoiced/customers HTTP/1.1\r\nHost: billto.example\r\nAuthorization: {authorization}",
        )
        assert "\r\nX-Total-Count: " in head
        assert "\r\nLink: <" in head
    assert "<http://billto.example/invoiced/customers?page=1&per_page=100>; rel=\"self\"" in spoken(
        served, f"GET /invoiced/customers HTTP/1.1\r\nHost: billto.example\r\nAuthorization: Basic {basic}"
    )  # fmt: skip


def spoken(served: Served, request: str) -> str:
    """The head of an answer as it stands on the wire."""
    with socket.create_connection((HOST, served[0].port), timeout=20) as wire:
        wire.sendall(f"{request}\r\nConnection: close\r\n\r\n".encode())
        said = b"".join(iter(lambda: wire.recv(65_536), b""))
    return said.partition(b"\r\n\r\n")[0].decode()


def test_the_tap_discovers_and_syncs_customers(served: Served, tmp_path: Path) -> None:
    client = at(served, served[1].charlie)
    for number in range(102):
        client.Customer.create(name=f"Tap {number}", number=f"T-{number}", metadata={"rep": "Jan"})
    config, catalog = tmp_path / "config.json", tmp_path / "catalog.json"
    config.write_text(json.dumps({"api_key": served[1].charlie, "start_date": "2020-01-01T00:00:00Z"}))
    streams = json.loads(tapped(served, "--config", str(config), "--discover"))["streams"]
    for stream in streams:
        if stream["tap_stream_id"] == "customers":
            (root,) = (one for one in stream["metadata"] if one["breadcrumb"] == [])
            root["metadata"]["selected"] = True
    catalog.write_text(json.dumps({"streams": streams}))
    said = tapped(served, "--config", str(config), "--catalog", str(catalog)).splitlines()
    messages = [json.loads(line) for line in said]
    synced = [one["record"] for one in messages if one["type"] == "RECORD"]
    assert sorted(one["name"] for one in synced) == sorted(["Mr Bucket", *(f"Tap {n}" for n in range(102))])
    state = [one["value"] for one in messages if one["type"] == "STATE"][-1]
    newest = client.Customer.list(sort="updated_at desc", per_page=1)[0][0]
    assert state["bookmarks"]["customers"]["updated_at"] == newest.updated_at
    # The next sync begins where this one ended.
    remembered = tmp_path / "state.json"
    remembered.write_text(json.dumps(state))
    again = tapped(served, "--config", str(config), "--catalog", str(catalog), "--state", str(remembered))
    last = [json.loads(line) for line in again.splitlines()]
    assert 1 <= len([one for one in last if one["type"] == "RECORD"]) < 103


def test_cadences_tasks_and_templates(client: Any) -> None:
    client.EmailTemplate.create(id="firm", name="Firm", subject="Pay {{account_balance}}", body="Now.")
    client.SmsTemplate.create(id="short", name="Short", message="Pay.")
    steps = [
        {"name": "Ask", "action": "email", "schedule": "age:0", "email_template_id": "firm"},
        {"name": "Text", "action": "sms", "schedule": "past_due_age:3", "sms_template_id": "short"},
    ]
    made = client.CustomerChasingCadence.create(name="Gently", time_of_day=7, frequency="daily", steps=steps)
    assert type(made.next_run) is type(made.steps[0]["id"]) is int
    made.paused = True
    assert made.save()
    found, metadata = client.CustomerChasingCadence.list()
    assert made.id in [one.id for one in found]
    assert int(metadata.total_count) == len(client.InvoiceChasingCadence.list()[0])
    customer = client.Customer.create(name="Acme", chasing_cadence=made.id)
    with pytest.raises(invoiced.errors.InvalidRequestError, match="customer"):
        made.delete()
    task = client.Task.create(name="Call", action="phone", customer_id=customer.id, due_date=1_777_593_600)
    task.complete = True
    assert task.save()
    assert client.Task.retrieve(task.id).completed_date > 0
    assert [one.id for one in client.Task.list(filter={"customer_id": customer.id})[0]] == [task.id]
    customer.chasing_cadence = None
    assert customer.save()
    for one in (task, made, client.EmailTemplate.retrieve("firm"), client.SmsTemplate.retrieve("short")):
        assert one.delete()


def test_the_tap_syncs_documents(served: Served, tmp_path: Path) -> None:
    client = at(served, served[1].sandbox)
    of = client.Customer.create(name="Tapped").id
    line = {"name": "Paper", "quantity": 1, "unit_cost": 1.5, "metadata": {"a": "b"}}
    body = {"customer": of, "items": [line], "taxes": [{"amount": 0.25}], "discounts": [{"amount": 0.5}]}
    for kind in (client.Invoice, client.CreditNote, client.Estimate):
        kind.create(draft=True, **body)
        kind.create(**body)
    config, catalog = tmp_path / "config.json", tmp_path / "catalog.json"
    config.write_text(json.dumps({"api_key": served[1].sandbox, "start_date": "2020-01-01T00:00:00Z"}))
    streams = json.loads(tapped(served, "--config", str(config), "--discover"))["streams"]
    names = ("invoices", "credit_notes", "estimates")
    for stream in streams:
        (root,) = (one for one in stream["metadata"] if one["breadcrumb"] == [])
        root["metadata"]["selected"] = stream["tap_stream_id"] in names
    catalog.write_text(json.dumps({"streams": streams}))
    said = tapped(served, "--config", str(config), "--catalog", str(catalog)).splitlines()
    messages = [json.loads(line) for line in said]
    for name in names:
        synced = [one["record"] for one in messages if one["type"] == "RECORD" and one["stream"] == name]
        assert [one["total"] for one in synced] == [1.25, 1.25], name
        assert {one["customer"] for one in synced} == {of}


def tapped(served: Served, *words: str) -> str:
    """What the tap says, which is told where the server is and nothing else."""
    assert TAP.exists(), "make tests installs it"
    base = f"import invoiced; invoiced.Client.ApiBase = {url(served)!r}"
    lines = f"{base}\nimport tap_invoiced\ntap_invoiced.main()"
    done = subprocess.run([TAP, "-c", lines, *words], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout
