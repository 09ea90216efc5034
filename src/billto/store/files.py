"""The pictures on an entity's papers."""

from collections.abc import Mapping, Sequence
from typing import Any

from billto.store.engine import Engine
from billto.store.sums import Marks


class Files:
    """Questions about files, each one statement."""

    engine: Engine

    async def rows(self, sql: str, values: Sequence[Any]) -> Sequence[Any]:
        raise NotImplementedError

    async def pictures(self, entity_id: str, categories: Sequence[str]) -> Mapping[str, bytes]:
        """The content of an entity's newest file of each category, by category."""
        hold = Marks(self.engine)
        whose, among = hold(entity_id), hold.among("category", categories)
        newest = (
            f"SELECT category, max(id) AS id FROM file WHERE entity_id = {whose} AND {among}"
            " GROUP BY category"
        )
        sql = (
            f"SELECT newest.category, file_content.content FROM ({newest}) AS newest JOIN file_content"
            f" ON file_content.entity_id = {hold(entity_id)} AND file_content.id = newest.id"
        )
        return {str(row[0]): bytes(row[1]) for row in await self.rows(sql, hold.values)}
