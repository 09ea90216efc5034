"""What was queued arrives, once and as it was meant; and what cannot arrive says why."""

import time
from datetime import timedelta
from pathlib import Path

import pytest

from billto.app import messages
from billto.domain.message import Message
from billto.work.runner import Delivery
from tests.app.shop import Shop
from tests.drills.waiting import until
from tests.store.stores import Stage, on_sqlite
from tests.work.office import QUICK, SENDER, Office
from tests.work.post import Post, posted


def test_a_message_arrives_once_with_all_its_parts(stage: Stage, post: Post) -> None:
    async def story() -> None:
        async with Office(stage.url, stage.cast.live, post.url) as office:
            said = await office.write(
                recipients=[{"address": "ana@acme.example", "name": "Žiga, Ana & Co."}],
                cc=[{"address": "boss@acme.example"}], bcc=[{"address": "archive@studio.example"}],
                subject="Račun 7 → plačilo", body="Pozdravljeni,\n\n2 < 3 & 5 > 4\n.\nLep pozdrav",
                reply_to="ana@studio.example",
            )  # fmt: skip
            (sent,) = await office.settled(said.id)
            assert (sent.state, sent.attempts, sent.last_error) == ("sent", 1, None)
            assert sent.sent_at is not None
            assert sent.next_at is None
            assert sent.provider_id == "OK taken"
            assert office.seen == [Delivery("email", "sent")]
            assert await office.settled(said.id) == [sent]

    stage.run(story())
    (taken,) = post.taken()
    mail = taken.mail
    assert taken.sender == SENDER
    assert taken.to == ["ana@acme.example", "boss@acme.example", "archive@studio.example"]
    assert str(mail["To"]) == '"Žiga, Ana & Co." <ana@acme.example>'
    assert str(mail["From"]) == f'"Alice d.o.o." <{SENDER}>'
    assert (mail["Cc"], mail["Bcc"]) == ("boss@acme.example", None)
    assert (mail["Reply-To"], mail["Subject"]) == ("ana@studio.example", "Račun 7 → plačilo")
    assert b"archive@" not in taken.raw
    plain, rich = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert plain.get_content().splitlines() == ["Pozdravljeni,", "", "2 < 3 & 5 > 4", ".", "Lep pozdrav"]
    assert rich is not None
    assert "2 &lt; 3 &amp; 5 &gt; 4" in rich.get_content()


def test_documents_and_statements_are_set_when_they_are_delivered(
    stage: Stage, post: Post, shop: Shop
) -> None:
    acme = shop.customer("Acme", email="ana@acme.example", currency_code="EUR")
    invoice = shop.invoice(acme, 100)
    one = shop.do(lambda tx: messages.queue_document(tx, shop.asked, invoice, {}))
    other = shop.do(
        lambda tx: messages.queue_statement(
            tx, shop.asked, acme, {"subject": "For {customer_name}"}, {"is_balance_forward": False}
        )
    )

    async def story() -> None:
        async with Office(stage.url, stage.cast.live, post.url) as office:
            for sent in await office.settled(one.id, other.id):
                assert sent.state == "sent", sent.last_error

    stage.run(story())
    by_id = {taken.id: taken for taken in post.taken()}
    document, statement = by_id[str(one.message_id)], by_id[str(other.message_id)]
    assert document.mail["Subject"] == f"Račun {invoice.number} od Alice d.o.o."
    assert list(document.papers) == [f"{invoice.number}.pdf"]
    assert statement.mail["Subject"] == "For Acme"
    assert list(statement.papers) == ["statement.pdf"]
    assert all(paper.startswith(b"%PDF") for one in by_id.values() for paper in one.papers.values())
    assert shop.now(invoice).sent_at is not None


def test_a_server_that_is_down_is_tried_until_it_is_up(stage: Stage, post: Post) -> None:
    post.down()

    async def story() -> None:
        async with Office(stage.url, stage.cast.live, post.url) as office:
            said = await office.write()
            waits = await office.tried(said.id, times=3)
            assert waits.state == "queued"
            assert waits.next_at is not None
            assert "connect" in (waits.last_error or "").lower()
            post.up()
            (sent,) = await office.settled(said.id)
            assert sent.state == "sent"
            assert sent.attempts > 3

    stage.run(story())
    assert len(post.taken()) == 1


def test_nothing_is_sent_by_who_queues(stage: Stage, post: Post) -> None:
    async def story() -> Message:
        async with Office(stage.url, stage.cast.live, post.url) as office:
            await office.write()
            return await office.write(next_at=stage.clock() + timedelta(days=50_000))

    said = stage.run(story())
    assert said.state == "queued"
    assert post.taken() == []


def test_what_nobody_will_ever_take_is_given_up_until_somebody_says_otherwise(
    stage: Stage, post: Post
) -> None:
    async def story() -> None:
        async with Office(stage.url, stage.cast.live, post.url) as office:
            spam = await office.write(subject="spam")
            unknown = await office.write(recipients=[{"address": "nobody@acme.example"}])
            refused, lost = await office.settled(spam.id, unknown.id)
            assert (refused.state, refused.attempts) == ("failed", 1)
            assert refused.last_error == "554 5.7.1 nobody wants this"
            assert (lost.state, lost.last_error) == ("failed", "nobody@acme.example: 550 5.1.1 no such user")
            again = await office.store.write(lambda tx: messages.retry(tx, office.asked, spam.id))
            assert (again.state, again.attempts) == ("queued", 0)
            assert [one.state for one in await office.settled(spam.id)] == ["failed"]

    stage.run(story())
    assert post.taken() == []


def test_each_recipient_gets_one_copy_though_others_are_refused(stage: Stage, post: Post) -> None:
    async def story() -> None:
        async with Office(stage.url, stage.cast.live, post.url) as office:
            names = ("ana", "grey", "nobody", "boris")
            said = await office.write(recipients=[{"address": f"{name}@acme.example"} for name in names])
            (sent,) = await office.settled(said.id)
            assert (sent.state, sent.attempts) == ("sent", 2)
            assert sent.details == {
                "reached": ["ana@acme.example", "boris@acme.example", "grey@acme.example"],
                "refused": {"nobody@acme.example": "550 5.1.1 no such user"},
            }

    stage.run(story())
    first, second = post.taken()
    assert (first.to, second.to) == (["ana@acme.example", "boris@acme.example"], ["grey@acme.example"])
    assert first.id == second.id


def test_a_paper_that_is_gone_is_no_reason_to_try_for_ever(stage: Stage, post: Post, shop: Shop) -> None:
    draft = shop.draft(shop.customer(email="ana@acme.example"), 10)
    said = shop.do(lambda tx: messages.queue_document(tx, shop.asked, draft, {}))
    shop.drop(draft)

    async def story() -> None:
        async with Office(stage.url, stage.cast.live, post.url) as office:
            (lost,) = await office.settled(said.id)
            assert (lost.state, lost.last_error) == ("failed", "the document is there no longer")

    stage.run(story())


@pytest.mark.parametrize("seed", [1, 2])
def test_an_unreliable_server_gets_every_message_and_none_twice(
    stage: Stage, tmp_path: Path, seed: int
) -> None:
    faults = ("--refuse", "20", "--cut", "10", "--hang", "3", "--seed", str(seed))
    with posted(tmp_path / "post", *faults) as post:

        async def story() -> None:
            async with Office(stage.url, stage.cast.live, post.url) as office:
                ids = [(await office.write(subject=f"{number}")).id for number in range(40)]
                assert {one.state for one in await office.settled(*ids)} == {"sent"}
                assert {one.outcome for one in office.seen} == {"sent", "postponed"}

        stage.run(story())
        assert sorted(post.numbers().values()) == [1] * 40


def test_a_word_that_was_swallowed_is_the_only_reason_for_a_copy(stage: Stage, tmp_path: Path) -> None:
    """A cut after the server has taken a message leaves both sides in doubt."""
    with posted(tmp_path / "post", "--swallow", "30", "--seed", "3") as post:

        async def story() -> int:
            async with Office(stage.url, stage.cast.live, post.url) as office:
                ids = [(await office.write(subject=f"{number}")).id for number in range(10)]
                assert {one.state for one in await office.settled(*ids)} == {"sent"}
                return sum(one.outcome == "postponed" for one in office.seen)

        doubts = stage.run(story())
        assert len(post.numbers()) == 10
        assert len(post.taken()) == 10 + doubts


@on_sqlite
def test_a_worker_that_is_stopped_does_not_wait_for_ever(stage: Stage, tmp_path: Path) -> None:
    """What it has under way is another one's when the lease is over."""
    patient = QUICK._replace(seconds=30, drain_seconds=0.3)
    with posted(tmp_path / "post", "--hang", "100") as post:

        async def story() -> None:
            async with Office(stage.url, stage.cast.live, post.url, patient) as office:
                said = await office.write()
                worker = office.worker()
                await worker.start()

                async def taken() -> bool:
                    return (await office.now(said.id)).attempts == 1

                await until(taken, 10, "taken")
                begun = time.monotonic()
                await worker.stop()
                assert time.monotonic() - begun < 5
                left = await office.now(said.id)
                assert (left.state, left.next_at) == ("queued", left.leased_until)

        stage.run(story())
