"""Pages show every record once, in order, whatever the order; cursors are good for nothing else."""

import base64
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billto.domain.account import Account
from billto.domain.customer import Customer
from billto.domain.entity import Entity
from billto.domain.paging import Cursors, place, unambiguous
from billto.domain.problems import Refused
from billto.domain.query import All, Node, Order, Page, Query, Start, matches
from billto.domain.scope import Scope
from billto.store.tx import Reader, Tx
from tests.store.changing import Change, befall, changes
from tests.store.records import examples, ids, orders, questions, records, texts
from tests.store.stores import START, AnyStore, Stage, code, entity_of, stored

SECRET = b"of this installation"
filters = st.just(All()) | questions(Customer)


async def kept(tx: Tx, given: Sequence[Customer]) -> tuple[Scope, list[Customer]]:
    """The records, stored for a new entity, with room between their ids."""
    scope = await entity_of(tx, await tx.insert(Account(tx.new_id(), "Alice", tx.now)))
    mine = [one._replace(entity_id=scope.entity, id=ids(16 * at)) for at, one in enumerate(given, 1)]
    return scope, [await tx.insert(one) for one in mine]


def in_order(order: tuple[Order, ...], held: Sequence[Customer]) -> list[Customer]:
    """The definition: column by column, missing values last going up and first going down."""
    right = list(held)
    for one in reversed(order):
        there = [record for record in right if getattr(record, one.attr) is not None]
        missing = [record for record in right if getattr(record, one.attr) is None]
        there.sort(key=lambda record, one=one: getattr(record, one.attr), reverse=one.descending)  # type: ignore[misc]
        right = missing + there if one.descending else there + missing
    return right


class Walk:
    """From page to page, as a client does: with the cursors of the page it has."""

    def __init__(self, reader: Reader, scope: Scope, query: Query) -> None:
        self.reader = reader
        self.scope = scope
        self.query = query
        self.cursors = Cursors(SECRET, scope.tenant_id, Customer, query.order)

    async def first(self) -> Page:
        return await self.reader.page(Customer, self.scope, self.query)

    async def after(self, page: Page) -> Page:
        return await self.go(Start(place(self.query.order, page.records[-1])))

    async def before(self, page: Page) -> Page:
        return await self.go(Start(place(self.query.order, page.records[0]), backwards=True))

    async def go(self, start: Start) -> Page:
        read = self.cursors.read(self.cursors.write(start), backwards=start.backwards)
        assert read == start
        return await self.reader.page(Customer, self.scope, replace(self.query, start=read))


async def walked(walk: Walk, right: list[Customer]) -> None:
    """There and back: each page is the next part of the whole, and knows whether there are others."""
    size = walk.query.limit
    pages = [await walk.first()]
    while pages[-1].has_next:
        pages.append(await walk.after(pages[-1]))
    parts = [tuple(right[at : at + size]) for at in range(0, len(right), size)] or [()]
    last = len(parts) - 1
    assert pages == [Page(part, len(right), at < last, at > 0) for at, part in enumerate(parts)]
    back = [pages[-1]]
    while back[-1].has_previous:
        back.append(await walk.before(back[-1]))
    assert [page.records for page in back] == [page.records for page in reversed(pages)]
    assert all(page.has_next for page in back[1:])


def test_pages_show_every_record_once_in_order(stage: Stage) -> None:
    @examples(150)
    @given(
        given=records(Customer, 2, 10),
        order=orders(Customer),
        where=filters,
        size=st.integers(1, 4),
        trashed=st.booleans(),
    )
    def holds(given: list[Customer], order: tuple[Order, ...], where: Node, size: int, trashed: bool) -> None:
        async def story() -> None:
            scope, held = await stage.store.write(lambda tx: kept(tx, given))
            query = Query(where=where, order=unambiguous(order), limit=size, trashed=trashed)
            there = [one for one in held if (one.deleted_at is not None) is trashed and matches(where, one)]
            await walked(Walk(stage.store.reader, scope, query), in_order(query.order, there))

        stage.run(story())

    holds()


def test_pages_do_not_slip_while_records_come_and_go(stage: Stage) -> None:
    @examples(100)
    @given(
        given=records(Customer, 4, 12),
        order=orders(Customer),
        size=st.integers(1, 3),
        meanwhile=st.lists(changes("create", "erase", "trash", "restore"), min_size=1, max_size=8),
        backwards=st.booleans(),
    )
    def holds(
        given: list[Customer], order: tuple[Order, ...], size: int, meanwhile: list[Change], backwards: bool
    ) -> None:
        async def story() -> None:
            scope, held = await stage.store.write(lambda tx: kept(tx, given))
            walk = Walk(stage.store.reader, scope, Query(order=unambiguous(order), limit=size))
            before = [one for one in held if one.deleted_at is None]
            shown, now = await disturbed(stage.store, walk, held, meanwhile, backwards)
            throughout = [one for one in before if one in now]
            right = in_order(walk.query.order, throughout)
            assert [one for one in shown if one in throughout] == right
            # What came or went meanwhile may be shown or not, but in order, and not twice in one place.
            # (Who is trashed and restored has another time of change, and with it another place.)
            assert shown == in_order(walk.query.order, shown)
            assert len({place(walk.query.order, one) for one in shown}) == len(shown)

        stage.run(story())

    holds()


async def disturbed(
    store: AnyStore, walk: Walk, held: list[Customer], meanwhile: list[Change], backwards: bool
) -> tuple[list[Customer], list[Customer]]:
    """What a walk sees when something happens before each of its steps, and what there is at its end."""
    happens = iter(meanwhile)
    page = await walk.first()
    if backwards:
        while page.has_next:
            page = await walk.after(page)
    shown = list(page.records)
    while page.has_previous if backwards else page.has_next:
        if (change := next(happens, None)) is not None:
            held = await store.write(partial(befall, scope=walk.scope, held=held, one=change))
        page = await (walk.before(page) if backwards else walk.after(page))
        shown = [*page.records, *shown] if backwards else [*shown, *page.records]
    return shown, held


@pytest.mark.parametrize("backwards", [False, True])
def test_a_page_whose_records_are_gone_is_empty_and_still_counts_the_others(
    stage: Stage, backwards: bool
) -> None:
    scope = stage.cast.live

    async def story() -> None:
        held = [await stored(stage.store, scope, name=name) for name in "abcd"]
        walk = Walk(stage.store.reader, scope, Query(order=unambiguous((Order("name"),)), limit=2))
        page = await walk.first()
        if backwards:
            page = await walk.after(page)
        for one in held[:2] if backwards else held[2:]:
            await stage.store.write(partial(Tx.delete, record=one, scope=scope))
        gone = await (walk.before(page) if backwards else walk.after(page))
        assert gone == Page((), 2, has_next=False, has_previous=False)

    stage.run(story())


class List(NamedTuple):
    """What a cursor is good for."""

    tenant: str = "0" * 23 + "a"
    record: type[NamedTuple] = Customer
    order: tuple[Order, ...] = unambiguous((Order("name"),))
    secret: bytes = SECRET

    @property
    def cursors(self) -> Cursors:
        return Cursors(self.secret, self.tenant, self.record, self.order)


HERE = List()
HANDED_OUT = HERE.cursors.write(Start(("Čeh & Söhne", ids(7))))
OTHERS = {
    "tenant": HERE._replace(tenant="0" * 23 + "b"),
    "record": HERE._replace(record=Entity),
    "order": HERE._replace(order=unambiguous((Order("email"),))),
    "way": HERE._replace(order=unambiguous((Order("name", descending=True),))),
    "columns": HERE._replace(order=unambiguous((Order("name"), Order("email")))),
    "tie-breaker": HERE._replace(order=(Order("name"), Order("id", descending=True))),
    "installation": HERE._replace(secret=b"of another one"),
}


def refusal(cursors: Cursors, text: str, *, backwards: bool = False) -> str:
    with pytest.raises(Refused) as refused:
        cursors.read(text, backwards=backwards)
    return code(refused.value)


def test_a_cursor_leads_back_to_its_place() -> None:
    start = Start(("Čeh & Söhne", ids(7)))
    assert HERE.cursors.read(HANDED_OUT, backwards=False) == start


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_a_cursor_is_good_for_one_list_only(other: List) -> None:
    assert refusal(other.cursors, HANDED_OUT) == "bad_cursor"


def test_a_cursor_is_good_for_one_direction_only() -> None:
    back = HERE.cursors.write(Start(("Čeh & Söhne", ids(7)), backwards=True))
    assert refusal(HERE.cursors, HANDED_OUT, backwards=True) == "bad_cursor"
    assert refusal(HERE.cursors, back) == "bad_cursor"


def spoilt(text: str) -> Iterator[str]:
    """Everything that is nearly a cursor."""
    held = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    for at in range(len(held)):
        for bit in range(8):
            flipped = held[:at] + bytes([held[at] ^ 1 << bit]) + held[at + 1 :]
            yield base64.urlsafe_b64encode(flipped).rstrip(b"=").decode()
    for at in range(len(text)):
        yield from (text[:at], text[at + 1 :], text[:at] + text[at + 1 :])
        yield from (f"{text[:at]}{char}{text[at + 1 :]}" for char in "A-_+/= \n%" if char != text[at])
        yield f"{text[:at]} {text[at:]}"
    yield from (text + text, f"{text}=", f"{text}==", f"{text}A", f"\n{text}", f"{text}\n", f"{text}.{text}")
    yield from (text.swapcase(), f"{text}č", "A" * 8_001, "0", "null", "W10")


def test_what_is_nearly_a_cursor_is_none() -> None:
    assert {refusal(HERE.cursors, text) for text in spoilt(HANDED_OUT)} == {"bad_cursor"}


@examples(500)
@given(
    text=texts | st.text("AbZ09-_=", max_size=40) | st.binary(max_size=40).map(lambda b: b.decode("latin-1"))
)
def test_whatever_is_sent_as_a_cursor_is_refused_as_one(text: str) -> None:
    assert refusal(HERE.cursors, text) == "bad_cursor"


@pytest.mark.parametrize("letter", ["a", "č", "東", "\U0001f600"])
@pytest.mark.parametrize(("column", "most"), [("name", 500), ("email", 320), ("address", 500)])
def test_a_cursor_carries_the_longest_of_texts(column: str, most: int, letter: str) -> None:
    cursors = List(order=unambiguous((Order(column), Order("city")))).cursors
    start = Start((letter * most, letter * 255, ids(1)))
    text = cursors.write(start)
    assert cursors.read(text, backwards=False) == start
    assert len(text) < 8_000  # a query string takes no more


def test_a_cursor_carries_every_kind_of_value() -> None:
    order = unambiguous(tuple(map(Order, ("deleted_at", "email", "is_tax_subject", "serial", "created_at"))))
    start = Start((None, None, True, 2**53, START, ids(1)))
    cursors = List(order=order).cursors
    assert cursors.read(cursors.write(start), backwards=False) == start


def test_an_order_ends_with_the_id_and_names_no_column_twice() -> None:
    assert unambiguous(()) == (Order("id"),)
    assert unambiguous((Order("name", True), Order("name"))) == (Order("name", True), Order("id", True))
    assert unambiguous((Order("id", True), Order("name"))) == (Order("id", True),)
    assert unambiguous((Order("name"), Order("id", True), Order("city"))) == (
        Order("name"),
        Order("id", True),
    )
