"""Questions of chasing, each one statement: what many customers owe, and how many a cadence has."""

from collections.abc import Mapping, Sequence

from billto.domain.cadence import DEFAULT, Cadence
from billto.domain.document import PAYABLE, Document
from billto.domain.query import Page, Query
from billto.domain.scope import Scope
from billto.store import statements
from billto.store.compile import Compiler
from billto.store.layout import columns, tenancy
from billto.store.sums import Marks, Sums

# What a decision looks at; lines and texts of documents are long.
LOOKED_AT = frozenset({
    "id", "type", "issued_at", "date", "due_date", "number", "balance", "currency_code", "voided_at",
    "closed_at", "is_autopay", "is_chased", "chase_paused_until", "customer_id",
})  # fmt: skip


class Chases(Sums):
    """What a run of a cadence asks."""

    async def open_of(self, scope: Scope, customer_ids: Sequence[str]) -> Sequence[Document]:
        """What some customers have to pay, as far as a decision looks at it."""
        hold = Marks(self.engine)
        types = ", ".join(f"'{one}'" for one in PAYABLE)
        shown = columns(Document, LOOKED_AT)
        sql = (
            f"SELECT {', '.join(shown)} FROM document WHERE entity_id = {hold(scope.entity)}"
            f" AND {hold.among('customer_id', customer_ids)} AND type IN ({types}) AND balance > 0"
            " ORDER BY date, id"
        )
        rows = await self.many_rows(scope, sql, hold.values)
        return list(map(self.engine.loader(Document, shown), rows))

    async def default_cadence(self, scope: Scope) -> int | None:
        """The serial of the cadence that new customers get: asked for each of them, and so by its own index,
        which knows it by these very words."""
        mark = self.engine.mark(1)
        sql = f"SELECT serial FROM cadence WHERE entity_id = {mark} AND assignment_mode = '{DEFAULT}'"
        rows = await self.rows(sql, [scope.entity])
        return int(rows[0][0]) if rows else None

    async def cadences(self, scope: Scope, query: Query) -> tuple[Page, Mapping[int, int]]:
        """A page of cadences by number, and how many customers are assigned to each, by its serial."""
        whose = tenancy(Cadence, scope)
        inner = statements.page(self.engine, Cadence, whose, query)
        order = Compiler(Cadence, self.engine).order_by(query.order)
        sql = (
            "SELECT found.*, (SELECT COUNT(*) FROM customer AS c WHERE c.entity_id = found.entity_id"
            " AND c.chasing_cadence = found.serial AND c.deleted_at IS NULL) AS assigned"
            f" FROM ({inner.sql}) AS found ORDER BY {order}"
        )
        rows = await self.many_rows(scope, sql, inner.values)
        load = self.engine.loader(Cadence, columns(Cadence))
        found = tuple(map(load, rows[: query.limit]))
        total = None
        if query.counted:
            asked = statements.count(self.engine, Cadence, whose, query)
            total = int(rows[0][-2]) if rows else int((await self.rows(*asked))[0][0]) if query.skip else 0
        counts = {one.serial: int(row[-1]) for one, row in zip(found, rows, strict=False)}
        return Page(found, total, len(rows) > query.limit, query.skip > 0), counts
