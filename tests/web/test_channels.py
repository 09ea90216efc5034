"""Text messages and letters at the native door; and how many messages an entity may send on one day."""

from pathlib import Path
from typing import Any

import pytest

from tests.web.conftest import OpenHouse
from tests.web.documents import document
from tests.web.house import House, answered, refused
from tests.web.invoiced import Books
from tests.web.invoiced import refused as refused_there
from tests.web.test_connections import delivered

MOBILE, TO = "040 111 222", "+38640111222"
PLACE = {"address": "Main 1", "post_code": "1000", "city": "Ljubljana", "country": "Slovenia"}


def send(house: House, path: str, **body: Any) -> Any:
    return house.alice.post(f"{path}/send", body)


def test_a_statement_goes_by_text_message_and_by_letter(open_house: OpenHouse, tmp_path: Path) -> None:
    house = open_house(worker="on", sms=f"file:{tmp_path / 'sms'}", letters=f"file:{tmp_path / 'letters'}")
    acme = house.alice.customer("Acme", **PLACE)
    one = document(house.alice, customer_id=acme["id"])
    statement, invoice = f"/customers/{acme['id']}/statement", f"/documents/{one['id']}"
    home = "Main 1\n1000 Ljubljana\nSlovenia"
    page = answered(house.alice.get(f"/customers/{acme['id']}/portal-link"))["url"]
    ready = f"Wonder Studio: vaš izpisek stanja je pripravljen. {page}"
    text = {"channel": "sms", "to": MOBILE}
    for order, to, says in (
        (send(house, statement, **text), TO, ready),
        (send(house, invoice, **text, body_text="{document_number}"), TO, one["number"]),
        (send(house, statement, channel="letter", type="open_item"), home, None),
        (send(house, invoice, channel="letter"), home, None),
    ):
        said = answered(order, 202)
        assert said["to"] == to
        message = delivered(house, said["message_id"])
        assert (message["state"], message["body_text"]) == ("sent", says)
        assert len(message["attachments"]) == (0 if message["channel"] == "sms" else 1)
    assert len(list((tmp_path / "sms").iterdir())) == len(list((tmp_path / "letters").iterdir())) == 2
    assert answered(house.alice.get(f"/invoices/{one['id']}"))["sent_at"]


@pytest.mark.parametrize(
    ("body", "status", "problems"),
    [
        ({"channel": "fax"}, 422, {"channel": "unknown_choice"}),
        ({"channel": "sms"}, 400, {}),
        ({"channel": "letter"}, 400, {}),
        ({"channel": "sms", "to": "nobody"}, 422, {"to.0.address": "invalid_format"}),
        ({"channel": "sms", "to": "+38640111222,12"}, 422, {"to.1.address": "invalid_format"}),
        ({"channel": "sms", "to": "+38640111222", "body_text": "x" * 1_601}, 422, {"body_text": "too_long"}),
        ({"channel": "letter", "to": "Main 1"}, 400, {"to": "not_offered"}),
    ],
)
def test_what_cannot_be_texted_or_posted_is_refused(
    house: House, body: Any, status: int, problems: dict[str, str]
) -> None:
    answer = send(house, f"/customers/{house.cast.white_rabbit}/statement", **body)
    assert refused(answer) == (status, problems)
    assert house.alice.listed("/messages")["data"] == []


def test_a_reminder_is_short_as_a_text_message_and_nothing_but_its_papers_as_a_letter(
    open_house: OpenHouse, tmp_path: Path
) -> None:
    house = open_house(worker="on", sms=f"file:{tmp_path / 'sms'}", letters=f"file:{tmp_path / 'letters'}")
    acme = house.alice.customer("Acme", **PLACE)
    late = {"customer_id": acme["id"], "date": "2026-01-01", "date_due": "2026-02-01"}
    for code in ("EUR", "USD"):
        document(house.alice, **late, currency_code=code)
    reminder = f"/customers/{acme['id']}/payment-reminder"

    def reminded(**body: Any) -> Any:
        said = answered(send(house, reminder, **body), 202)
        message = delivered(house, said["message_id"])
        papers = [one["currency_code"] for one in message["attachments"]]
        return message["state"], message["subject"], message["body_text"], papers

    state, subject, body, papers = reminded(
        channel="sms", to=MOBILE, subject="No text has one", language="en"
    )
    assert (state, subject, papers) == ("sent", None, [])
    assert body.startswith("Wonder Studio: €122.00, US$122.00 is open on your account. Please arrange")
    assert "/portal/" in body
    own = reminded(channel="sms", to=MOBILE, body_text="Pay {total_amount}")
    assert own == ("sent", None, "Pay 122,00 €, 122,00 $", [])
    assert reminded(channel="letter") == ("sent", None, None, ["EUR", "USD"])
    assert len(list((tmp_path / "letters").iterdir())) == 2


def test_a_letter_without_its_paper_is_none(house: House) -> None:
    one = document(house.alice)
    answer = send(house, f"/documents/{one['id']}", channel="letter", attach_pdf=False)
    assert refused(answer) == (422, {"attach_pdf": "out_of_range"})


# Limits


def test_an_entity_sends_so_many_messages_a_day_and_tomorrow_again(open_house: OpenHouse) -> None:
    house = open_house(sms_per_day="2", mail_per_day="off")
    answered(house.live.patch(f"/entities/{house.cast.studio}", {"timezone": "Pacific/Auckland"}))
    path = f"/customers/{house.cast.white_rabbit}/statement"
    body = {"channel": "sms", "to": "+38640111222"}
    for _ in range(2):
        answered(send(house, path, **body), 202)
    over = send(house, path, **body)
    assert over.status_code == 429
    assert over.json()["code"] == "rate_limit_exceeded"
    assert "no more than 2 text messages of an entity are taken on one day" in over.json()["message"].lower()
    # It is one o'clock in the night of the second of May there.
    left = int(over.headers["retry-after"])
    assert 22 * 3600 < left <= 23 * 3600
    answered(send(house, path, to="ana@acme.example"), 202)
    shop = f"/customers/{house.cast.duchess}/statement/send"
    answered(house.shopkeeper.post(shop, body), 202)
    house.clock.forward(left - 60)
    assert send(house, path, **body).status_code == 429
    house.clock.forward(60)
    answered(send(house, path, **body), 202)


def test_nothing_at_all_may_be_sent_where_the_limit_is_nought(open_house: OpenHouse) -> None:
    house = open_house(mail_per_day="0")
    path = f"/customers/{house.cast.white_rabbit}/statement"
    assert send(house, path, to="ana@acme.example").status_code == 429


def test_the_other_doors_say_it_in_their_own_words(open_house: OpenHouse) -> None:
    house = open_house(letters_per_day="0")
    shop = Books(house, address1="1", city="Graz", country="AT")
    answer = shop.post(f"/customers/{shop.of}/letters", b"null")
    assert refused_there(answer) == (429, "No more than 0 letters of an entity are taken on one day", None)
    assert int(answer.headers["retry-after"]) > 0
