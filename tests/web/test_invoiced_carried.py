"""Text messages and letters at the door that speaks Invoiced."""

from typing import Any

import pytest

from tests.web.house import House
from tests.web.invoiced import DAY, MAY, Books, items, refused
from tests.web.test_invoiced_sending import papers, queued

BOB = {"name": "Bob", "phone": "(512) 555-1212", "sms_enabled": True}
EVE = {"name": "Eve", "phone": "+386 40 111 222", "country": "SI", "sms_enabled": True}
MUTE = {"name": "Mute", "phone": "+38640999888", "sms_enabled": False}
ADDRESS = {"address1": "5301 Southwest Pkwy", "city": "Austin", "state": "TX", "postal_code": "78735"}


@pytest.fixture
def shop(house: House) -> Books:
    shop = Books(house, name="Acme", country="US", **ADDRESS)
    for one in (BOB, EVE, MUTE):
        shop.made(f"/customers/{shop.of}/contacts", one)
    return shop


def sent(shop: Books, path: str, body: Any = None, **headers: str) -> Any:
    answer = shop.post(path, b"null" if body is None else body, **headers)
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_statement_is_texted_to_whom_it_is_said(house: House, shop: Books) -> None:
    body = {
        "to": [{"phone": "15125551212", "name": "Bob Loblaw"}], "type": "open_item", "items": "past_due",
        "message": "{{company_name}}: You have a new statement {{url}}",
    }  # fmt: skip
    (said,) = sent(shop, f"/customers/{shop.of}/text_messages", body)
    at, id, message = said["created_at"], said["id"], said["message"]
    assert said == {
        "created_at": at, "id": id, "message": message, "state": "sent", "to": "+15125551212",
        "updated_at": at,
    }  # fmt: skip
    assert len(id) == 32
    url = shop.ask("GET", f"/customers/{shop.of}").json()["statement_pdf_url"]
    assert message == f"Wonder Shop: You have a new statement {url.removesuffix('/pdf')}"
    (kept,) = queued(house)
    assert (kept.channel, kept.kind, kept.attachments, kept.subject) == ("sms", "statement", None, None)
    assert kept.recipients == [{"name": "Bob", "address": "+15125551212"}]


def test_without_anybody_named_all_who_take_some_are_told(shop: Books) -> None:
    bodies: list[Any] = [
        None,
        b"[]",
        {},
        {"to": []},
        {"type": "balance_forward", "start": MAY - DAY, "end": MAY},
    ]
    for body in bodies:
        said = sent(shop, f"/customers/{shop.of}/text_messages", body)
        assert [one["to"] for one in said] == ["+15125551212", "+38640111222"]
        assert said[0]["message"].startswith("Wonder Shop: your statement of account is ready. http")
        assert len({one["id"] for one in said}) == 2


@pytest.mark.parametrize("phone", ["+38640111222", "00386 40 111 222", "040 111 222", "(0)40/111-222"])
def test_a_number_is_a_contacts_as_its_own_country_writes_it(shop: Books, phone: str) -> None:
    (said,) = sent(shop, f"/customers/{shop.of}/text_messages", {"to": [{"phone": phone}]})
    assert said["to"] == "+38640111222"


@pytest.mark.parametrize("phone", ["+38640999888", "15125551213", "+1 512 555 1213"])
def test_nobody_is_texted_who_did_not_say_so(house: House, shop: Books, phone: str) -> None:
    before = house.dump()
    to = [{"phone": "15125551212"}, {"phone": phone}]
    for path in (f"/customers/{shop.of}/text_messages", f"/invoices/{shop.invoice()['id']}/text_messages"):
        status, message, param = refused(shop.post(path, {"to": to}))
        assert (status, param) == (400, "to")
        assert "marked as sms_enabled" in message
    del before
    assert queued(house) == []


def test_what_cannot_be_texted_is_refused(house: House, shop: Books) -> None:
    path = f"/customers/{shop.of}/text_messages"
    bare = f"/customers/{shop.customer('Bare')['id']}/text_messages"
    assert refused(shop.post(bare, b"null"))[1].startswith("Nobody to send it to")
    for wrong, param in (
        ({"to": "15125551212"}, "to"),
        ({"to": [{"name": "Bob"}]}, "to"),
        ({"to": [{"phone": True}]}, "to"),
        ({"message": "x" * 1_601}, "message"),
        ({"message": ["x"]}, "message"),
        ({"type": "other"}, "type"),
        ({"start": MAY, "end": MAY - DAY}, "start"),
    ):
        assert refused(shop.post(path, wrong))[::2] == (400, param), wrong
    assert queued(house) == []


@pytest.mark.parametrize(
    ("agent", "is_list"),
    [
        ("Invoiced Python/3.0.0", True), ("Invoiced Ruby/3.0.0", True), ("Invoiced PHP/2.4.2", True),
        ("Invoiced Go/2.15.0", False), ("curl/8", False), ("My Invoiced Python/1", False), ("", False),
    ],
)  # fmt: skip
def test_a_statement_is_posted_to_the_billing_address(
    house: House, shop: Books, agent: str, is_list: bool
) -> None:
    said = sent(shop, f"/customers/{shop.of}/letters", {"type": "open_item"}, **{"User-Agent": agent})
    assert isinstance(said, list) is is_list
    one = said[0] if is_list else said
    at = one["created_at"]
    assert one == {
        "created_at": at, "expected_delivery_date": one["expected_delivery_date"], "id": one["id"],
        "num_pages": 1, "state": "queued", "to": one["to"], "updated_at": at,
    }  # fmt: skip
    assert one["to"].startswith("Acme\n5301 Southwest Pkwy\nAustin, TX 78735")
    assert 7 * DAY <= one["expected_delivery_date"] - at <= 14 * DAY
    assert len(one["id"]) == 32
    (kept,) = queued(house)
    assert kept.recipients[0]["place"] == {
        "line_1": "5301 Southwest Pkwy", "city": "Austin", "state": "TX", "post_code": "78735",
        "country_code": "US",
    }  # fmt: skip
    (paper,) = papers(kept)
    assert (kept.channel, paper["is_balance_forward"]) == ("letter", False)


def test_a_long_statement_has_many_pages(shop: Books) -> None:
    for _ in range(40):
        shop.invoice(1)
    assert sent(shop, f"/customers/{shop.of}/letters")["num_pages"] > 1


def test_without_an_address_nothing_is_posted(house: House, shop: Books) -> None:
    bare = shop.customer("Bare", address1="1")["id"]
    status, message, param = refused(shop.post(f"/customers/{bare}/letters", b"null"))
    assert (status, param) == (400, None)
    assert message.startswith("Nobody to send it to")
    assert queued(house) == []


@pytest.mark.parametrize("path", ["/invoices", "/credit_notes", "/estimates"])
def test_documents_are_texted_and_posted_as_well(house: House, shop: Books, path: str) -> None:
    one = shop.made(path, {"customer": shop.of, "items": items(("Tea", 1, 20))})
    (first, second) = sent(shop, f"{path}/{one['id']}/text_messages")
    assert (first["to"], second["to"]) == ("+15125551212", "+38640111222")
    assert one["number"] in first["message"]
    assert "$20.00" in first["message"]
    body = {"message": "{{number}} over {{total}}", "to": [{"phone": 15125551212}]}
    (own,) = sent(shop, f"{path}/{one['id']}/text_messages", body)
    assert own["message"] == f"{one['number']} over $20.00"
    posted = sent(shop, f"{path}/{one['id']}/letters")
    assert (posted["state"], posted["num_pages"]) == ("queued", 1)
    *texts, letter = queued(house)
    assert [one.attachments for one in texts] == [None, None]
    assert [paper["paper"] for paper in papers(letter)] == ["document"]
    assert refused(shop.post(f"{path}/999999/letters", b"null"))[0] == 404


def test_a_repeat_texts_and_posts_nothing(house: House, shop: Books) -> None:
    for path in ("text_messages", "letters"):
        one, two = (
            shop.post(f"/customers/{shop.of}/{path}", {}, **{"Idempotency-Key": path}) for _ in range(2)
        )
        assert one.json() == two.json()
    assert len(queued(house)) == 2
