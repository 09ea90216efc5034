"""What customers owe: the sums that are kept beside the ledger, and those that SQL adds up."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from billto.domain.alias import Alias
from billto.domain.attrs import catalogue
from billto.domain.ledger import Due, Entry, FallingDue, Standing
from billto.domain.scope import Scope
from billto.store import statements
from billto.store.engine import Engine, money
from billto.store.layout import columns

_MONEY = catalogue(Entry)["amount"]
_DAY = catalogue(Entry)["date"]
# What outlives a customer, or could not be understood without it.
_USES = ("document", "payment", "adjustment", "entry")
AT_ONCE = 500  # rows of one statement: neither database takes more than 32,766 values in one
SUMS = ("outstanding", "open_credit_notes", "unapplied", "credit")


@dataclass(slots=True)
class Marks:
    """The values of a statement, each with its mark."""

    engine: Engine
    values: list[Any] = field(default_factory=list)

    def __call__(self, value: Any) -> str:
        self.values.append(value)
        return self.engine.mark(len(self.values))

    def among(self, column: str, values: Sequence[Any]) -> str:
        return self.engine.among(column, values, self)


class Sums:
    """Questions about what is owed, each one statement."""

    engine: Engine

    async def rows(self, sql: str, values: Sequence[Any]) -> Sequence[Any]:
        raise NotImplementedError

    async def many_rows(self, scope: Scope, sql: str, values: Sequence[Any]) -> Sequence[Any]:
        """Rows of which there may be so many that nobody else should wait for them."""
        return await self.rows(sql, values)

    async def standings(self, scope: Scope, customer_ids: Sequence[str]) -> Sequence[Standing]:
        """How customers stand, in every currency in which there ever was something."""
        hold = Marks(self.engine)
        sql = (
            f"SELECT {', '.join(('customer_id', 'currency_code', *SUMS))} FROM standing"
            f" WHERE entity_id = {hold(scope.entity)} AND {hold.among('customer_id', customer_ids)}"
            " ORDER BY customer_id, currency_code"
        )
        return [Standing(row[0], row[1], *map(money, row[2:6])) for row in await self.rows(sql, hold.values)]

    async def dues(self, scope: Scope, customer_ids: Sequence[str], today: date) -> Sequence[Due]:
        """What of their open invoices is due on a day: those without a due date are due at once."""
        hold = Marks(self.engine)
        day = hold(self.engine.stored(_DAY, today))
        sql = (
            "SELECT currency_code, CAST(SUM(balance) AS BIGINT),"
            f" SUM(CASE WHEN due_date < {day} THEN 1 ELSE 0 END) FROM document"
            f" WHERE entity_id = {hold(scope.entity)} AND {hold.among('customer_id', customer_ids)}"
            " AND balance > 0 AND type <> 'credit_note'"
            f" AND (due_date IS NULL OR due_date <= {day}) GROUP BY currency_code"
        )
        return [Due(row[0], money(int(row[1])), row[2] > 0) for row in await self.rows(sql, hold.values)]

    async def falling_due(self, scope: Scope, customer_ids: Sequence[str]) -> Sequence[FallingDue]:
        """What of their open invoices has to be paid on which day; not one row for each of them."""
        hold = Marks(self.engine)
        sql = (
            "SELECT currency_code, COALESCE(due_date, date) AS falls_due, CAST(SUM(balance) AS BIGINT)"
            f" FROM document WHERE entity_id = {hold(scope.entity)}"
            f" AND {hold.among('customer_id', customer_ids)} AND balance > 0 AND type <> 'credit_note'"
            " GROUP BY currency_code, COALESCE(due_date, date) ORDER BY currency_code, falls_due"
        )
        read = self.engine.reads.get(_DAY.kind, lambda day: day)
        rows = await self.many_rows(scope, sql, hold.values)
        return [FallingDue(row[0], read(row[1]), money(int(row[2]))) for row in rows]

    async def uses(self, scope: Scope, customer_id: str) -> Mapping[str, int]:
        """How many records keep a customer from being deleted for good, by their kind; those that are none
        are left out."""
        hold = Marks(self.engine)
        entity, customer = hold(scope.entity), hold(customer_id)
        counts = ", ".join(
            f"(SELECT COUNT(*) FROM {table} WHERE entity_id = {entity} AND customer_id = {customer})"
            for table in _USES
        )
        ((*numbers,),) = await self.rows(f"SELECT {counts}", hold.values)
        return {table: number for table, number in zip(_USES, numbers, strict=True) if number}

    async def aliases(self, scope: Scope, customer_ids: Sequence[str]) -> Sequence[Alias]:
        """What became part of some customers."""
        hold = Marks(self.engine)
        sql = (
            f"SELECT {', '.join(columns(Alias))} FROM alias WHERE entity_id = {hold(scope.entity)}"
            f" AND {hold.among('customer_id', customer_ids)} ORDER BY merged_at, id"
        )
        load = self.engine.loader(Alias, columns(Alias))
        return list(map(load, await self.rows(sql, hold.values)))

    async def entries(
        self, scope: Scope, customer_ids: Sequence[str], currency: str, until: date | None, most: int
    ) -> Sequence[Entry]:
        """The ledger of some customers in one currency, up to and with a day, the oldest first."""
        customer_ids = await self._ever(scope, customer_ids)
        hold = Marks(self.engine)
        sql = (
            f"SELECT {', '.join(columns(Entry))} FROM entry WHERE entity_id = {hold(scope.entity)}"
            f" AND {hold.among('customer_id', customer_ids)} AND currency_code = {hold(currency)}"
        )
        if until is not None:
            sql += f" AND date <= {hold(self.engine.stored(_DAY, until))}"
        sql += f" ORDER BY date, serial LIMIT {most}"
        return list(map(self._entry, await self.many_rows(scope, sql, hold.values)))

    async def causes(self, scope: Scope, item_ids: Sequence[str]) -> Sequence[str]:
        """The payments that ever touched some documents."""
        hold = Marks(self.engine)
        sql = (
            f"SELECT cause_id FROM entry WHERE entity_id = {hold(scope.entity)}"
            f" AND {hold.among('item_id', item_ids)} AND cause = 'payment'"
        )
        return sorted({str(row[0]) for row in await self.rows(sql, hold.values)})

    async def credits(
        self, scope: Scope, customer_ids: Sequence[str], currency: str, most: int
    ) -> Sequence[Entry]:
        """The last changes of the credit balance, the newest first."""
        customer_ids = await self._ever(scope, customer_ids)
        hold = Marks(self.engine)
        sql = (
            f"SELECT {', '.join(columns(Entry))} FROM entry WHERE entity_id = {hold(scope.entity)}"
            f" AND {hold.among('customer_id', customer_ids)} AND currency_code = {hold(currency)}"
            f" AND account = 'credit' ORDER BY serial DESC LIMIT {most}"
        )
        return list(map(self._entry, await self.rows(sql, hold.values)))

    async def credits_after(
        self, scope: Scope, customer_ids: Sequence[str], currency: str, day: date
    ) -> Sequence[tuple[date, Decimal]]:
        """By how much the credit balance grew on each later day, the latest first."""
        customer_ids = await self._ever(scope, customer_ids)
        hold = Marks(self.engine)
        sql = (
            "SELECT date, CAST(-SUM(amount) AS BIGINT) FROM entry"
            f" WHERE entity_id = {hold(scope.entity)} AND {hold.among('customer_id', customer_ids)}"
            f" AND currency_code = {hold(currency)} AND account = 'credit'"
            f" AND date > {hold(self.engine.stored(_DAY, day))} GROUP BY date ORDER BY date DESC"
        )
        read = self.engine.reads.get(_DAY.kind, lambda day: day)
        return [(read(row[0]), money(int(row[1]))) for row in await self.rows(sql, hold.values)]

    async def _ever(self, scope: Scope, customer_ids: Sequence[str]) -> Sequence[str]:
        """The customers and what became part of them: entries keep the id under which they were made."""
        return [*customer_ids, *(one.id for one in await self.aliases(scope, customer_ids))]

    @property
    def _entry(self) -> Callable[[Any], Any]:
        return self.engine.loader(Entry, columns(Entry))


def stand(engine: Engine, entity_id: str, standing: Standing) -> statements.Statement:
    """Keeps how a customer stands."""
    hold = Marks(engine)
    kept = [entity_id, standing.customer_id, standing.currency_code]
    kept += [engine.stored(_MONEY, getattr(standing, name)) for name in SUMS]
    marks = ", ".join(map(hold, kept))
    sets = ", ".join(f"{name} = excluded.{name}" for name in SUMS)
    return statements.Statement(
        f"INSERT INTO standing (entity_id, customer_id, currency_code, {', '.join(SUMS)}) VALUES ({marks})"
        f" ON CONFLICT (entity_id, customer_id, currency_code) DO UPDATE SET {sets}",
        hold.values,
    )


def owe(engine: Engine, entity_id: str, customer_id: str) -> statements.Statement:
    """Says of a customer whether some invoice is open; no version of the customer is made for it."""
    hold = Marks(engine)
    entity, customer = hold(entity_id), hold(customer_id)
    open_ = (
        f"EXISTS (SELECT 1 FROM standing WHERE entity_id = {entity} AND customer_id = {customer}"
        " AND outstanding > 0)"
    )
    return statements.Statement(
        # Who has paid everything begins anew when it owes something again.
        f"UPDATE customer SET owes = {open_},"
        f" next_chase_step = CASE WHEN {open_} THEN next_chase_step ELSE NULL END,"
        f" is_chase_finished = (is_chase_finished AND {open_})"
        f" WHERE entity_id = {entity} AND id = {customer}"
        f" AND owes <> {open_}",
        hold.values,
    )


def insert_entries(engine: Engine, entries: Sequence[Entry]) -> statements.Statement:
    """All entries of a posting at once, in their order."""
    hold = Marks(engine)
    names = [name for name in columns(Entry) if name != "serial"]
    at = columns(Entry).index("serial")
    rows = []
    for entry in entries:
        values = engine.values(entry)
        del values[at]
        rows.append(f"({', '.join(map(hold, values))})")
    return statements.Statement(
        f"INSERT INTO entry ({', '.join(names)}) VALUES {', '.join(rows)}", hold.values
    )
