"""What hangs on one customer, hung on another: one statement for each table."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from billto.domain.attrs import catalogue
from billto.domain.scope import Scope
from billto.store.engine import Engine
from billto.store.layout import LAYOUTS, tenancy
from billto.store.statements import Statement
from billto.store.sums import SUMS, Marks


class Moving:
    """Writes to everything of a customer at once."""

    engine: Engine
    now: datetime

    async def run(self, sql: str, values: Sequence[Any]) -> None:
        raise NotImplementedError

    async def repoint(
        self, record: type[NamedTuple], scope: Scope, old: Mapping[str, Any], new: Mapping[str, Any]
    ) -> None:
        """Gives all records that have some values others in their place, each a new version then."""
        await self.run(*repoint(self.engine, record, scope, old, new, self.now))

    async def join_standings(self, scope: Scope, gone: str, kept: str) -> None:
        """Lets a customer stand as it and another do together; who joins them holds both alone."""
        for statement in join_standings(self.engine, scope.entity, gone, kept):
            await self.run(*statement)


def repoint(
    engine: Engine,
    record: type[NamedTuple],
    scope: Scope,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    now: datetime,
) -> Statement:
    """All records with some values get others; each is a new version then. Times never go back."""
    attrs, hold = catalogue(record), Marks(engine)
    sets = [f"{name} = {hold(engine.stored(attrs[name], value))}" for name, value in new.items()]
    if "version" in attrs:
        later = engine.later("updated_at", hold(engine.stored(attrs["updated_at"], now)))
        sets += ["version = version + 1", f"updated_at = {later}"]
    where = [f"{name} = {hold(engine.stored(attrs[name], value))}" for name, value in old.items()]
    where += [f"{name} = {hold(value)}" for name, value in tenancy(record, scope).items()]
    return Statement(
        f"UPDATE {LAYOUTS[record].table} SET {', '.join(sets)} WHERE {' AND '.join(where)}", hold.values
    )


def join_standings(engine: Engine, entity_id: str, gone: str, kept: str) -> tuple[Statement, Statement]:
    """How a customer stands is added to how another does, currency by currency, and is no more."""
    hold = Marks(engine)
    added = ", ".join(f"{name} = standing.{name} + excluded.{name}" for name in SUMS)
    into = f"CAST({hold(kept)} AS TEXT)"
    sql = (
        f"INSERT INTO standing (entity_id, customer_id, currency_code, {', '.join(SUMS)})"
        f" SELECT entity_id, {into}, currency_code, {', '.join(SUMS)} FROM standing"
        f" WHERE entity_id = {hold(entity_id)} AND customer_id = {hold(gone)}"
        f" ON CONFLICT (entity_id, customer_id, currency_code) DO UPDATE SET {added}"
    )
    left = Marks(engine)
    drop = f"DELETE FROM standing WHERE entity_id = {left(entity_id)} AND customer_id = {left(gone)}"
    return Statement(sql, hold.values), Statement(drop, left.values)
