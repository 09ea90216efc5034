"""Where the ids of customers lead that became part of others."""

from collections.abc import Mapping, Sequence
from typing import Any

from billto.domain.alias import Alias, Into
from billto.domain.scope import Scope
from billto.store import statements
from billto.store.sums import Marks, Sums


class Merged(Sums):
    """Questions about customers that are others now, each one statement."""

    async def merged(self, scope: Scope, by: str, values: Sequence[Any]) -> Mapping[Any, Into]:
        """The customers of which those have become part that were called so, by what they were called."""
        if not values:
            return {}
        hold = Marks(self.engine)
        sql = (
            f"SELECT alias.{by}, customer.id, customer.serial FROM alias JOIN customer"
            " ON customer.entity_id = alias.entity_id AND customer.id = alias.customer_id"
            f" WHERE alias.entity_id = {hold(scope.entity)} AND {hold.among(f'alias.{by}', values)}"
            " ORDER BY alias.merged_at, alias.id"
        )
        # Of several that had a number one after the other, the last is meant.
        return {row[0]: Into(row[1], row[2]) for row in await self.rows(sql, hold.values)}

    async def led(self, whose: Mapping[str, Any], by: str, value: Any) -> str | None:
        """The id of the customer of which one has become part that had this id or serial."""
        sql = statements.select(self.engine, Alias, (*whose, by), shows=_LEADS)
        rows = await self.rows(sql, [*whose.values(), value])
        return str(rows[0][0]) if rows else None


_LEADS = frozenset({"customer_id"})
