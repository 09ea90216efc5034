"""What can be done with many customers at once: rows of a file, taken in one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

from billto.app import assigning, records
from billto.app.parts import Request, Tx
from billto.domain.customer import Customer
from billto.domain.event import Event
from billto.domain.importing import SETTABLE, Columns, Fault, Key, Mode, Row, changed, made
from billto.domain.importing.people import PEOPLE
from billto.domain.problems import Problem, Refused


class How(NamedTuple):
    """What is done with the rows of a file."""

    language: str | None = None  # None: whichever the header speaks
    mode: Mode = Mode.CREATE
    key: Key | None = None


class Rejected(NamedTuple):
    """A row that could not be taken, and everything that is wrong with it."""

    row: Row
    faults: tuple[Fault, ...]


class Taken(NamedTuple):
    """What came of some rows."""

    made: Sequence[Customer] = ()
    changed: int = 0
    unchanged: int = 0
    rejected: Sequence[Rejected] = ()


async def take(
    tx: Tx, asked: Request, columns: Columns, rows: Sequence[Row], how: How, *, dry: bool = False
) -> Taken:
    """Makes and changes customers as rows say; `dry` only tells what would come of it."""
    work = _Chunk(tx, asked, columns, how)
    await work.look([row for row in rows if not row.faults])
    for row in rows:
        work.one(row)
    if not dry:
        await work.write()
    return Taken(tuple(work.made.values()), work.changed, work.unchanged, work.rejected)


# No two live customers of an entity share one.
_UNIQUE = ("number", "external_id")
# By what customers without them are looked up, the first that there is; and what must be the same besides.
_TOLD_BY = ("email", "tax_number", "name")
_TOLD_APART = (*_TOLD_BY, "address", "post_code", "city", "phone")
# Where a customer stands in chasing is no part of who it is: that moves by itself.
_content = attrgetter(*(name for name in SETTABLE if name not in (*PEOPLE, *assigning.NAMES)))


def _same(one: Customer, other: Customer) -> bool:
    """Whether two customers are the same in all that an import can say, but for ids that were given here."""
    return _content(one) == _content(other) and all(
        _nameless(getattr(one, name)) == _nameless(getattr(other, name)) for name in PEOPLE
    )


def _nameless(people: Iterable[Mapping[str, Any]] | None) -> list[dict[str, Any]]:
    return [
        {key: one for key, one in person.items() if key not in ("id", "serial")} for person in people or ()
    ]


class _Chunk:
    """Rows that are taken together: what is looked up once for all of them, and what each of them does."""

    def __init__(self, tx: Tx, asked: Request, columns: Columns, how: How) -> None:
        self._tx = tx
        self._asked = asked
        self._columns = columns
        self._how = how
        self._by_key: dict[str, list[Customer]] = {}
        self._owners: dict[str, dict[str, Customer]] = {name: {} for name in _UNIQUE}
        self._told: dict[tuple[Any, ...], list[Customer]] = {}
        self._drafts: dict[int, Customer | Refused] = {}  # by the number of the row
        self._events: list[Event] = []
        self._courses = assigning.Courses({})
        self.made: dict[str, Customer] = {}
        self.changes: dict[str, tuple[Customer, Customer]] = {}  # by id: before and after
        self.changed = 0
        self.unchanged = 0
        self.rejected: list[Rejected] = []

    # Looking up

    async def look(self, rows: Sequence[Row]) -> None:
        how, wanted = self._how, rows
        self._courses = await assigning.all_courses(self._tx, self._asked)
        if how.key is not None:
            attr = how.key.attr
            given = list(dict.fromkeys(row.values[attr] for row in rows if row.values.get(attr)))
            locked = how.mode is not Mode.CREATE
            for at, found in await self._found((attr,), [(one,) for one in given], locked=locked):
                self._by_key.setdefault(given[at], []).append(found)
            await self._follow(attr, [one for one in given if one not in self._by_key], locked=locked)
            wanted = [row for row in rows if row.values.get(attr) not in self._by_key]
        if how.mode is not Mode.UPDATE:
            for row in wanted:
                self._drafts[row.number] = self._draft(row)
        for name in _UNIQUE:
            given = list(dict.fromkeys(row.values[name] for row in rows if row.values.get(name) is not None))
            for at, found in await self._found((name,), [(one,) for one in given]):
                self._owners[name][given[at]] = found
        if how.key is None:
            await self._look_for_likes()

    async def _follow(self, attr: str, values: Sequence[str], *, locked: bool) -> None:
        """Finds those that were called so before they became part of others."""
        if attr not in _UNIQUE:
            return
        look = self._tx.lock if locked else self._tx.get
        for value, into in (await self._tx.merged(self._asked.scope, attr, values)).items():
            found = await look(Customer, self._asked.scope, into.id)
            if found is not None and found.deleted_at is None:
                self._by_key[value] = [found]

    async def _found(
        self, by: Sequence[str], values: Sequence[Sequence[Any]], *, locked: bool = False
    ) -> Sequence[tuple[int, Customer]]:
        if not values:
            return ()
        return await self._tx.alike(Customer, self._asked.scope, by, values, locked=locked)

    def _draft(self, row: Row) -> Customer | Refused:
        tx = self._tx
        try:
            return made(
                assigning.settled(row.values, self._courses),
                entity_id=self._asked.scope.entity, id=tx.new_id(), now=tx.now, new_id=tx.new_id,
            )  # fmt: skip
        except Refused as refused:
            return refused

    async def _look_for_likes(self) -> None:
        """Customers that are perhaps the same as one of the drafts that have no number of their own."""
        told = dict.fromkeys(
            _told(draft)
            for draft in self._drafts.values()
            if isinstance(draft, Customer) and not _named(draft)
        )
        for first in range(len(_TOLD_BY)):
            some = [one for one in told if one[0] == first]
            order = [first, *(at for at in range(len(_TOLD_APART)) if at != first)]
            values = [[one[1 + at] for at in order] for one in some]
            for at, found in await self._found([_TOLD_APART[at] for at in order], values):
                self._told.setdefault(some[at], []).append(found)

    # One row after the other

    def one(self, row: Row) -> None:
        try:
            if row.faults:
                self.rejected.append(Rejected(row, row.faults))
            elif self._how.key is None:
                self._make_unless_same(row)
            else:
                self._by(row, self._how.key)
        except Refused as refused:
            self.rejected.append(Rejected(row, self._columns.faults_of(row, refused)))

    def _make_unless_same(self, row: Row) -> None:
        draft = self._drafted(row)
        for name in _UNIQUE:
            value = getattr(draft, name)
            if value is not None and (owner := self._owners[name].get(value)) and _same(owner, draft):
                self.unchanged += 1
                return
        likes = () if _named(draft) else self._told.get(_told(draft), ())
        if any(_same(one, draft) for one in likes):
            self.unchanged += 1
            return
        self._make(draft)

    def _by(self, row: Row, key: Key) -> None:
        value, mode = row.values.get(key.attr), self._how.mode
        if not value:
            if mode is Mode.CREATE:
                self._make(self._drafted(row))
                return
            raise Refused(Problem("required", (key.attr,)))
        found = self._by_key.get(value, ())
        if not found:
            if mode is Mode.UPDATE:
                raise Refused(Problem("unmatched", (key.attr,)))
            self._by_key[value] = [self._make(self._drafted(row))]
        elif mode is Mode.CREATE:
            self.unchanged += 1
        elif len(found) > 1:
            raise Refused(Problem("ambiguous", (key.attr,)))
        else:
            self._by_key[value] = [self._change(found[0], row, key)]

    def _drafted(self, row: Row) -> Customer:
        draft = self._drafts.get(row.number) or self._draft(row)
        if isinstance(draft, Refused):
            raise draft
        return draft

    def _make(self, draft: Customer) -> Customer:
        self._own(draft)
        self.made[draft.id] = draft
        if not _named(draft):
            self._told.setdefault(_told(draft), []).append(draft)
        self._note("customer.created", draft)
        return draft

    def _change(self, old: Customer, row: Row, key: Key) -> Customer:
        # By what it is found it is called already, or one was that has become part of it.
        values = {name: value for name, value in row.values.items() if name != key.attr}
        if assigning.is_asked(values):
            values = assigning.settled(values, self._courses, old)
        new = changed(old, values, self._tx.now, self._tx.new_id)
        if new is old:
            self.unchanged += 1
            return old
        self._own(new, old)
        if old.id in self.made:
            self.made[old.id] = new
        else:
            self.changes[old.id] = (self.changes.get(old.id, (old,))[0], new)
        self._note("customer.updated", new, old)
        self.changed += 1
        return new

    def _own(self, new: Customer, old: Customer | None = None) -> None:
        """Takes the customer's numbers; raises Refused when another one has or had one of them."""
        for name in _UNIQUE:
            value = getattr(new, name)
            if value is None or (old is not None and getattr(old, name) == value):
                continue
            owner = self._owners[name].get(value)
            if owner is not None and owner.id != new.id:
                raise Refused(Problem("taken", (name,)))
        for name in _UNIQUE:
            if (value := getattr(new, name)) is not None:
                self._owners[name][value] = new

    def _note(self, kind: str, record: Customer, old: Customer | None = None) -> None:
        self._events.append(records.event(self._tx, self._asked, kind, record, old))

    async def write(self) -> None:
        await self._tx.insert_many(tuple(self.made.values()))
        await self._tx.update_many(tuple(self.changes.values()))
        await self._tx.note_many(self._events)


def _named(customer: Customer) -> bool:
    return customer.number is not None or customer.external_id is not None


_apart = attrgetter(*_TOLD_APART)


def _told(customer: Customer) -> tuple[Any, ...]:
    """By which attribute a customer is looked up, and all that must be the same."""
    values = _apart(customer)
    return next(at for at, one in enumerate(values) if one), *values
