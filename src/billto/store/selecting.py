"""What runs of statements ask of many customers at once."""

from collections.abc import Mapping, Sequence
from datetime import date

from billto.domain.attrs import catalogue
from billto.domain.ledger import Entry
from billto.domain.scope import Scope
from billto.store.merged import Merged
from billto.store.sums import Marks

_DAY = catalogue(Entry)["date"]


class Selecting(Merged):
    """Questions about pages of customers, each one statement."""

    async def active(
        self, scope: Scope, customer_ids: Sequence[str], start: date, end: date
    ) -> frozenset[tuple[str, str]]:
        """The customers of whom something was written down on some days, each with the currency of it."""
        if not customer_ids:
            return frozenset()
        now = {one.id: one.customer_id for one in await self.aliases(scope, customer_ids)}
        hold = Marks(self.engine)
        sql = (
            f"SELECT DISTINCT customer_id, currency_code FROM entry WHERE entity_id = {hold(scope.entity)}"
            f" AND {hold.among('customer_id', [*customer_ids, *now])}"
            f" AND date >= {hold(self.engine.stored(_DAY, start))}"
            f" AND date <= {hold(self.engine.stored(_DAY, end))}"
        )
        rows = await self.many_rows(scope, sql, hold.values)
        return frozenset((now.get(row[0], row[0]), row[1]) for row in rows)

    async def oldest(self, scope: Scope, customer_ids: Sequence[str]) -> Mapping[tuple[str, str], date]:
        """The first day on which something open of a customer had to be paid, by customer and currency."""
        if not customer_ids:
            return {}
        hold = Marks(self.engine)
        sql = (
            "SELECT customer_id, currency_code, MIN(COALESCE(due_date, date)) FROM document"
            f" WHERE entity_id = {hold(scope.entity)} AND {hold.among('customer_id', customer_ids)}"
            " AND balance > 0 AND type <> 'credit_note' GROUP BY customer_id, currency_code"
        )
        read = self.engine.reads.get(_DAY.kind, lambda day: day)
        rows = await self.many_rows(scope, sql, hold.values)
        return {(row[0], row[1]): read(row[2]) for row in rows}
