"""The pictures of an entity: one question, out of an index, for the newest of each kind."""

import hashlib

from billto.domain.file import File, FileContent
from billto.domain.scope import Scope
from billto.store.statements import Statement
from billto.store.tx import Tx
from tests.store.stores import Stage, entity_of
from tests.store.test_plans import plan, reads_all

MANY = 400


def file(tx: Tx, scope: Scope, category: str, content: bytes) -> File:
    return File(
        scope.entity, tx.new_id(), 0, 1, tx.now, tx.now, category, "a.png", "png", 1, 1, len(content),
        hashlib.sha256(content).hexdigest(), {},
    )  # fmt: skip


async def kept(tx: Tx, scope: Scope, category: str, content: bytes) -> None:
    made = await tx.insert(file(tx, scope, category, content))
    await tx.insert(FileContent(made.entity_id, made.id, content))


async def crowd(tx: Tx, live: Scope) -> None:
    """Many files of several entities."""
    account = await tx.account(live.account_id)
    assert account
    scopes = [live, *[await entity_of(tx, account) for _ in range(9)]]
    for number in range(MANY):
        category = ("logo", "signature", "attachment")[number % 3]
        await kept(tx, scopes[number % 10], category, b"%d" % number)


def test_the_newest_of_each_kind_is_found_out_of_an_index(stage: Stage) -> None:
    live, asked = stage.cast.live, list[Statement]()

    async def work(tx: Tx) -> None:
        await crowd(tx, live)
        await kept(tx, live, "logo", b"the newest logo")
        rows = tx.rows

        async def noted(sql: str, values: object) -> object:
            asked.append(Statement(sql, values))  # type: ignore[arg-type]
            return await rows(sql, values)  # type: ignore[arg-type]

        tx.rows = noted  # type: ignore[method-assign, assignment]
        found = await tx.pictures(live.entity, ("logo", "signature"))
        assert found == {"logo": b"the newest logo", "signature": b"370"}
        assert await tx.pictures(live.entity, ("signature",)) == {"signature": b"370"}
        assert await tx.pictures("0" * 24, ("logo", "signature")) == {}

    stage.run(stage.store.write(work))
    steps = stage.run(plan(stage, asked[0]))
    if stage.engine == "sqlite":
        assert any("file_category" in step for step in steps), steps
        assert not any(reads_all(step, "file") or reads_all(step, "file_content") for step in steps), steps
