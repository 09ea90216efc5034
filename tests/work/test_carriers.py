"""Text messages by Twilio, letters by Lob: what they say leaves a true state, and heals when they do."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from billto.app import entities, messages
from billto.app.parts import Request
from billto.domain.message import Message
from tests.app.shop import Shop
from tests.store.stores import Stage
from tests.work.office import QUICK, Office, files
from tests.work.providers import (
    BAD_NUMBER,
    BROKEN,
    DIES,
    HANGS,
    HTML,
    KEY,
    LOST,
    SID,
    TOKEN,
    TOO_MANY,
    UNSUBSCRIBED,
    Fault,
    Provider,
    provided,
)

ANA, BORIS, CENE = "+38640111222", "+38640333444", "+38640555666"
PLACE = {"address": "Main 1", "address_2": "Door 7", "post_code": "1000", "city": "Ljubljana"}


@pytest.fixture
def provider() -> Iterator[Provider]:
    with provided() as one:
        yield one


class Carried(Office):
    """An office whose text messages and letters go to the provider of the test."""

    def __init__(self, stage: Stage, provider: Provider, **settings: str) -> None:
        sms = f"twilio://{SID}:{quote(TOKEN, safe='')}@+15005550006?url={provider.url}"
        letters = f"lob://{KEY}@?url={provider.url}"
        said = {"sms": sms, "letters": letters, **settings}
        super().__init__(stage.url, stage.cast.live, "off", QUICK._replace(seconds=1), **said)
        self.asked = Request(stage.cast.live, channels=frozenset({"sms", "letter"}))

    async def text(self, *to: str) -> Message:
        return await self.write(channel="sms", recipients=[{"address": one} for one in to], subject=None)


def letter(shop: Shop, **customer: str) -> Message:
    """A statement that is to be posted, of a sender who has an address."""
    asked = Request(shop.scope, channels=frozenset({"letter"}))
    sender = {"address": "Sender Street 5", "city": "Maribor", "post_code": "2000"}
    shop.do(lambda tx: entities.change(tx, shop.asked, shop.scope.entity, sender))
    acme = shop.customer("Acme", **{**PLACE, "country": "Slovenia", **customer})
    return shop.do(lambda tx: messages.queue_statement(tx, asked, acme, {"channel": "letter"}, {}))


def test_a_text_message_reaches_each_of_its_recipients_once(stage: Stage, provider: Provider) -> None:
    async def story() -> None:
        async with Carried(stage, provider) as office:
            (sent,) = await office.settled((await office.text("040 111 222", BORIS)).id)
            assert (sent.state, sent.attempts, sent.last_error) == ("sent", 1, None)
            assert sent.details == {"reached": [ANA, BORIS]}
            assert sent.provider_id == f"SM{1:032x}, SM{2:032x}"

    stage.run(story())
    assert provider.texts == [{"To": to, "From": "+15005550006", "Body": "Text"} for to in (ANA, BORIS)]


def test_a_messaging_service_chooses_the_number(stage: Stage, provider: Provider) -> None:
    service = f"MG{7:032x}"

    async def story() -> None:
        sms = f"twilio://{SID}:{quote(TOKEN, safe='')}@{service}?url={provider.url}"
        async with Carried(stage, provider, sms=sms) as office:
            await office.settled((await office.text(ANA)).id)

    stage.run(story())
    assert provider.texts == [{"To": ANA, "MessagingServiceSid": service, "Body": "Text"}]


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (TOO_MANY, "429 20429 Too Many Requests"),
        (BROKEN, "500"),
        (HTML, "502 Bad Gateway"),
        (DIES, "127.0.0.1: "),
        (HANGS, "took longer than 1 seconds"),
        (Fault(302, (("Location", "http://127.0.0.1:1/"),), {}), "302 Found"),
        (Fault(201, (), "no JSON"), "201 Created"),
        (Fault(400, (), {"code": 21606, "message": "not your number"}), "400 21606 not your number"),
    ],
    ids=["429", "500", "502", "dies", "hangs", "redirect", "nonsense", "sender"],
)
def test_what_may_heal_is_said_and_heals(stage: Stage, provider: Provider, fault: Fault, words: str) -> None:
    provider.faults = [fault, fault]

    async def story() -> None:
        async with Carried(stage, provider) as office:
            said = await office.text(ANA)
            waits = await office.tried(said.id)
            assert waits.state == "queued"
            assert waits.next_at is not None
            assert words in (waits.last_error or "")
            (sent,) = await office.settled(said.id)
            assert (sent.state, sent.attempts, sent.last_error) == ("sent", 3, None)

    stage.run(story())
    assert [one["To"] for one in provider.texts] == [ANA]


def test_who_wants_to_be_left_alone_is_left_alone(stage: Stage, provider: Provider) -> None:
    provider.faults = [TOO_MANY._replace(headers=(("Retry-After", "3600"),))]

    async def story() -> None:
        async with Carried(stage, provider) as office:
            waits = await office.tried((await office.text(ANA)).id)
            assert waits.next_at is not None
            assert waits.next_at - waits.updated_at >= timedelta(minutes=59)

    stage.run(story())


def test_a_wrong_password_is_not_the_end(stage: Stage, provider: Provider, shop: Shop) -> None:
    provider.token = provider.key = "another"
    posted = letter(shop)

    async def story() -> None:
        async with Carried(stage, provider) as office:
            text = await office.text(ANA)
            for id, words in ((text.id, "401 20003 Authenticate"), (posted.id, "Your API key is not valid")):
                waits = await office.tried(id, times=2)
                assert waits.state == "queued"
                assert words in (waits.last_error or "")
                assert TOKEN not in (waits.last_error or "")
                assert KEY not in (waits.last_error or "")
            provider.token, provider.key = TOKEN, KEY
            assert {one.state for one in await office.settled(text.id, posted.id)} == {"sent"}

    stage.run(story())


def test_numbers_that_nobody_reaches_are_given_up_and_the_others_are_told(
    stage: Stage, provider: Provider
) -> None:
    async def story() -> None:
        async with Carried(stage, provider) as office:
            some, none = await office.text(BAD_NUMBER, ANA, UNSUBSCRIBED), await office.text(BAD_NUMBER)
            sent, lost = await office.settled(some.id, none.id)
            assert (sent.state, lost.state, lost.attempts) == ("sent", "failed", 1)
            assert sent.details is not None
            assert sent.details["reached"] == [ANA]
            assert list(sent.details["refused"]) == [BAD_NUMBER, UNSUBSCRIBED]
            assert lost.last_error == f"{BAD_NUMBER}: 400 21211 Invalid 'To' Phone Number"

    stage.run(story())
    assert [one["To"] for one in provider.texts] == [ANA]


@pytest.mark.parametrize("fault", [TOO_MANY, HANGS, DIES], ids=["429", "hangs", "dies"])
def test_who_was_told_is_not_told_again_when_the_rest_is(
    stage: Stage, provider: Provider, fault: Fault
) -> None:
    class Later(list[Fault]):
        """Faults that come with the second request."""

        def pop(self, _at: object = 0) -> Fault:
            number = len(provider.paths)
            return super().pop(0) if number == 2 else Fault(way="none")

    provider.faults = Later([fault, fault])

    async def story() -> None:
        async with Carried(stage, provider) as office:
            said = await office.text(ANA, BORIS, CENE)
            waits = await office.tried(said.id)
            assert waits.details == {"reached": [ANA]}
            (sent,) = await office.settled(said.id)
            assert (sent.state, sent.attempts) == ("sent", 2)
            assert sent.details == {"reached": [ANA, BORIS, CENE]}

    stage.run(story())
    assert [one["To"] for one in provider.texts] == [ANA, BORIS, CENE]


def test_a_letter_is_the_paper_with_both_addresses(stage: Stage, provider: Provider, shop: Shop) -> None:
    said = letter(shop)

    async def story() -> None:
        async with Carried(stage, provider) as office:
            (sent,) = await office.settled(said.id)
            assert sent.state == "sent", sent.last_error
            assert sent.provider_id == f"ltr_{said.id[:16]}"
            assert sent.details is not None
            assert sent.details["expected_delivery_date"] == "2026-06-08"

    stage.run(story())
    (order,) = provider.letters.values()
    assert order.pop("file").startswith(b"%PDF")
    assert order == {
        "to[name]": "Acme", "to[address_line1]": "Main 1", "to[address_line2]": "Door 7",
        "to[address_city]": "Ljubljana", "to[address_zip]": "1000", "to[address_country]": "SI",
        "from[name]": "Alice d.o.o.", "from[address_line1]": "Sender Street 5",
        "from[address_city]": "Maribor",
        "from[address_zip]": "2000", "from[address_country]": "SI", "description": said.id, "color": "false",
        "use_type": "operational", "address_placement": "insert_blank_page", "metadata[message_id]": said.id,
    }  # fmt: skip


@pytest.mark.parametrize(
    "fault", [BROKEN, TOO_MANY, HANGS, DIES, LOST], ids=["500", "429", "hangs", "dies", "lost"]
)
def test_a_letter_is_printed_once_however_often_it_is_ordered(
    stage: Stage, provider: Provider, shop: Shop, fault: Fault
) -> None:
    provider.faults = [fault, fault]
    said = letter(shop)

    async def story() -> None:
        async with Carried(stage, provider) as office:
            assert (await office.tried(said.id)).state == "queued"
            (sent,) = await office.settled(said.id)
            assert (sent.state, sent.attempts) == ("sent", 3)

    stage.run(story())
    assert list(provider.letters) == [said.id]
    assert len(provider.orders) == (3 if fault == LOST else 1)


def test_each_paper_is_a_letter_of_its_own_and_printed_once(
    stage: Stage, provider: Provider, shop: Shop
) -> None:
    first = letter(shop)
    papers = [
        {"paper": "statement", "customer_id": first.customer_id, "currency_code": code, "name": code}
        for code in ("EUR", "USD")
    ]
    values = {"channel": "letter", "customer_id": first.customer_id, "attachments": papers}
    asked = Request(shop.scope, channels=frozenset({"letter"}))
    shop.do(lambda tx: messages.cancel(tx, asked, first.id))
    said = shop.do(lambda tx: messages.queue(tx, asked, values))
    provider.faults = [Fault(way="none"), BROKEN, BROKEN]

    async def story() -> None:
        async with Carried(stage, provider) as office:
            (sent,) = await office.settled(said.id)
            assert (sent.state, sent.attempts) == ("sent", 3), sent.last_error

    stage.run(story())
    assert provider.orders == [f"{said.id}-1", f"{said.id}-2"]


def test_who_was_given_up_is_told_where_somebody_tries_anew(stage: Stage, provider: Provider) -> None:
    unsubscribed = Fault(400, (), {"code": 21610, "message": "unsubscribed"})
    provider.faults = [unsubscribed]

    async def story() -> None:
        async with Carried(stage, provider) as office:
            said = await office.text(ANA)
            (lost,) = await office.settled(said.id)
            assert (lost.state, lost.details) == (
                "failed", {"reached": [], "refused": {ANA: "400 21610 unsubscribed"}},
            )  # fmt: skip
            await office.store.write(lambda tx: messages.retry(tx, office.asked, said.id))
            (sent,) = await office.settled(said.id)
            assert (sent.state, sent.details) == ("sent", {"reached": [ANA]})

    stage.run(story())
    assert [one["To"] for one in provider.texts] == [ANA]


def test_an_address_that_nobody_delivers_to_is_final(stage: Stage, provider: Provider, shop: Shop) -> None:
    said = letter(shop, city="Nowhere")

    async def story() -> None:
        async with Carried(stage, provider) as office:
            (lost,) = await office.settled(said.id)
            assert (lost.state, lost.attempts) == ("failed", 1)
            assert lost.last_error == "422 invalid to.address_city is not deliverable"

    stage.run(story())


def test_a_sender_without_an_address_may_still_get_one(stage: Stage, provider: Provider, shop: Shop) -> None:
    said = letter(shop)

    def moves(address: str | None) -> None:
        shop.do(lambda tx: entities.change(tx, shop.asked, shop.scope.entity, {"address": address}))

    async def tried() -> str | None:
        async with Carried(stage, provider) as office:
            return (await office.tried(said.id)).last_error

    async def settled() -> str:
        async with Carried(stage, provider) as office:
            (one,) = await office.settled(said.id)
            return one.state

    moves(None)
    assert "the entity has none" in (stage.run(tried()) or "")
    moves("Here 1")
    assert stage.run(settled()) == "sent"


def test_without_an_account_they_lie_in_folders(stage: Stage, shop: Shop, tmp_path: Path) -> None:
    said = letter(shop)
    folders = {name: tmp_path / name for name in ("sms", "letters")}

    async def story() -> Message:
        sms, letters = (f"file:{folder}" for folder in folders.values())
        async with Office(stage.url, stage.cast.live, "off", sms=sms, letters=letters) as office:
            office.asked = Request(stage.cast.live, channels=frozenset({"sms"}))
            text = await office.write(channel="sms", recipients=[{"address": ANA}], body="Živjo\nAna")
            assert {one.state for one in await office.settled(text.id, said.id)} == {"sent"}
            return text

    text = stage.run(story())
    (note,), (paper,) = files(folders["sms"]), files(folders["letters"])
    assert note.read_text() == f"To: {ANA}\nFrom: Alice d.o.o.\n\nŽivjo\nAna\n"
    assert note.name.endswith(f"{text.id}.txt")
    assert paper.name.endswith(f"{said.id}.pdf")
    assert paper.read_bytes().startswith(b"%PDF")


def test_a_fault_of_one_request_keeps_no_other_recipient_waiting(stage: Stage, provider: Provider) -> None:
    provider.faults = [Fault(400, (), {"code": 21408, "message": "not to this country"})]

    async def story() -> None:
        async with Carried(stage, provider) as office:
            said = await office.text(ANA, BORIS)
            waits = await office.tried(said.id)
            assert waits.details == {"reached": [BORIS]}
            assert waits.last_error == f"{ANA}: 400 21408 not to this country"
            assert [one.state for one in await office.settled(said.id)] == ["sent"]

    stage.run(story())
    assert [one["To"] for one in provider.texts] == [BORIS, ANA]


def test_words_that_nobody_takes_are_final(stage: Stage, provider: Provider) -> None:
    provider.faults = [Fault(400, (), {"code": 21617, "message": "too long"})] * 9

    async def story() -> None:
        async with Carried(stage, provider) as office:
            (lost,) = await office.settled((await office.text(ANA, BORIS)).id)
            assert (lost.state, lost.last_error) == ("failed", "400 21617 too long")

    stage.run(story())
