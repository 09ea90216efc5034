"""Who writes money at the same time as others on PostgreSQL: one after the other, and nobody in a circle."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from decimal import Decimal
from typing import Any

from billto.app import belongings, billing, documents, files, ledger, payments
from billto.app.documents import Wish
from billto.app.files import Picture
from billto.domain.document import Document
from billto.domain.payment import Payment
from billto.domain.problems import Refused
from tests.app.desk import code
from tests.app.shop import Shop, advanced
from tests.store.stores import on_postgresql
from tests.web.files import png

DRAFT = Wish(is_draft=True)
# PostgreSQL looks for circles only after a second.
QUICK = 0.9


def at_once(shop: Shop, *works: Callable[[Any], Coroutine[Any, Any, Any]]) -> list[Any]:
    """What each comes to, the next begun a tenth of a second after the one before."""

    async def later(at: int) -> Any:
        await asyncio.sleep(at / 10)
        return await shop.stage.store.write(works[at])

    async def all_of_them() -> list[Any]:
        return await asyncio.gather(*map(later, range(len(works))), return_exceptions=True)

    return shop.stage.run(all_of_them())


def refusal(outcome: Any) -> str:
    assert isinstance(outcome, Refused), outcome

    def again() -> None:
        raise outcome

    return code(again)


@on_postgresql
def test_who_changes_and_issues_a_draft_waits_for_the_customer_first(shop: Shop) -> None:
    acme = shop.customer()
    draft = shop.draft(acme, 10)

    async def holds(tx: Any) -> Any:
        await ledger.alone(tx, shop.asked, (acme.id,))
        await asyncio.sleep(0.3)
        return await tx.lock(Document, shop.scope, draft.id)

    began = time.monotonic()
    _, issued = at_once(
        shop, holds, lambda tx: documents.change(tx, shop.asked, draft.id, {"note": "x"}, Wish())
    )
    assert issued.number == "2026-00001"
    assert time.monotonic() - began < QUICK


@on_postgresql
def test_who_holds_a_payment_waits_for_its_customer_first(shop: Shop) -> None:
    acme = shop.customer()
    paid = shop.pay(10, shop.invoice(acme, 10))

    async def holds(tx: Any) -> Any:
        await ledger.alone(tx, shop.asked, (acme.id,))
        await asyncio.sleep(0.3)
        return await tx.lock(Payment, shop.scope, paid.id)

    async def change(tx: Any) -> Payment:
        seen = await payments.held(tx, shop.asked, paid.id)
        return await payments.change(tx, shop.asked, seen.id, {"note": "x"})

    began = time.monotonic()
    assert at_once(shop, holds, change)[1].note == "x"
    assert time.monotonic() - began < QUICK


@on_postgresql
def test_a_draft_that_changes_hands_counts_towards_the_limit_of_who_gets_it(shop: Shop) -> None:
    acme, other = shop.customer(), shop.customer("Other", credit_limit=Decimal(100))
    draft = shop.draft(acme, 80)

    async def hand_over(tx: Any) -> None:
        await documents.change(tx, shop.asked, draft.id, {"customer_id": other.id}, DRAFT)
        await asyncio.sleep(0.3)

    async def bill(tx: Any) -> None:
        lines = [{"name": "Work", "price": Decimal(80)}]
        await documents.create(tx, shop.asked, "invoice", {"customer_id": other.id, "lines": lines})
        await asyncio.sleep(0.3)

    _, issued, _ = at_once(shop, hand_over, lambda tx: documents.issue(tx, shop.asked, draft.id), bill)
    assert refusal(issued) == "over_credit_limit"
    assert shop.standing(other).outstanding == 80


@on_postgresql
def test_pending_items_are_billed_once(shop: Shop) -> None:
    acme = shop.customer()
    item = {"name": "Hour", "quantity": Decimal(1), "unit_cost": Decimal(5)}
    shop.do(lambda tx: belongings.create(belongings.LINE_ITEMS, tx, shop.asked, acme, item))

    async def bill(tx: Any) -> None:
        await billing.bill_pending(tx, shop.asked, acme, {"customer_id": acme.id}, Wish())
        await asyncio.sleep(0.3)

    _, second = at_once(shop, bill, bill)
    assert refusal(second) == "nothing_to_invoice"
    assert shop.standing(acme).outstanding == 5


@on_postgresql
def test_nothing_is_taken_out_of_an_advance_that_is_voided_meanwhile(shop: Shop) -> None:
    acme = shop.customer()
    advance, bill, paid = shop.advance(acme, 100), shop.invoice(acme, 100), shop.pay(10, of=acme)

    async def void(tx: Any) -> None:
        await documents.void(tx, shop.asked, advance.id)
        await asyncio.sleep(0.3)

    parts = [advanced(50, advance, bill)]
    _, changed = at_once(shop, void, lambda tx: payments.change(tx, shop.asked, paid.id, {}, parts))
    assert refusal(changed) == "voided"


@on_postgresql
def test_a_logo_that_is_sent_while_another_goes_is_on_the_papers(shop: Shop) -> None:
    async def sent(tx: Any) -> Any:
        made = await files.create(tx, shop.asked, Picture("logo", "logo.png", png()))
        await asyncio.sleep(0.3)
        return made

    old = shop.do(sent)
    for outcome in at_once(shop, sent, lambda tx: files.drop(tx, shop.asked, old.id)):
        assert not isinstance(outcome, Exception), outcome
    entity = shop.stage.run(shop.stage.store.reader.owned(shop.scope.entity))
    assert entity is not None
    assert entity.settings["has_logo"] is True
