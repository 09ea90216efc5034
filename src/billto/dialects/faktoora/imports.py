"""faktoora: customers out of a CSV file that is sent first and imported afterwards, all of it or nothing."""

import io
import uuid
from collections.abc import Sequence
from itertools import islice
from typing import Any, BinaryIO
from urllib.parse import quote

from billto.app import sheets
from billto.app.imports import How, Rejected, take
from billto.app.parts import Request, Tx
from billto.app.running import columns, row
from billto.app.sheets import Sheet
from billto.dialects.dialect import Does, Route, Said, Sent, Told
from billto.dialects.wire import Table
from billto.domain.customer import Customer
from billto.domain.jobs import UPLOAD_BYTES_MAX, UPLOAD_LIFE, UPLOADS_MAX, Upload
from billto.domain.problems import Problem, Refused
from billto.domain.query import Compare, Op, Order, Query

# Nobody else is answered by SQLite's event loop while they are taken: a quarter of a second on a busy
# machine.
ROWS_MAX = 1_000
CELLS_MAX = 50_000
UNPACKED_MAX = 100_000_000  # of an XLSX file
PROBLEMS_MAX = 100
_HOW = How(language="faktoora")
_PAGE = 500


async def upload(tx: Tx, asked: Request, told: Told) -> Said:
    """Keeps a file for an import; one that cannot be imported at all is refused here already."""
    sent: Sent = told.body
    file = io.BytesIO(sent.content)
    columns(file, _inspected(file), _HOW)
    scope = asked.scope
    await tx.forget_uploads(scope.entity, told.now - UPLOAD_LIFE, UPLOADS_MAX - 1)
    kept = Upload(scope.entity, str(uuid.uuid4()), _name(sent), sent.content, tx.now)
    await tx.insert(kept)
    return Said({"id": kept.id})


def _inspected(file: BinaryIO) -> Sheet:
    return sheets.inspected(file, unpacked_max=UNPACKED_MAX)


def _name(sent: Sent) -> str:
    return "".join(char for char in sent.name if char.isprintable())[-255:]


def importing(table: Table) -> Any:
    """The verb that imports a file which was sent before, and shows its customers by a table."""

    async def verb(tx: Tx, asked: Request, told: Told) -> Said:
        content = await _content(tx, asked, told)
        file = io.BytesIO(content)
        sheet = _inspected(file)
        head = columns(file, sheet, _HOW)
        most = min(ROWS_MAX, CELLS_MAX // len(head.headers))
        rows = [row(head, one) for one in islice(sheets.lines(file, sheet), 1, most + 2)]
        if len(rows) > most:
            detail = f"has more than {most} rows; the command billto import takes any number"
            raise Refused(Problem("malformed", ("file",), detail))
        taken = await take(tx, asked, head, rows, _HOW)
        if taken.rejected:
            raise Refused(*_problems(taken.rejected)[:PROBLEMS_MAX])
        made = await _as_stored(tx, asked, [one.id for one in taken.made])
        unknown = ", ".join(quote(one[:100], safe=" ") for one in head.unknown)
        headers = {"X-Unknown-Columns": unknown[:2000]} if unknown else {}
        shown = list(map(table.encode, made))
        # A kept answer is emptied when the one customer that it shows is erased; this one shows many.
        return Said(shown, headers=headers, kept=[{"id": one["id"]} for one in shown])

    return verb


async def _content(tx: Tx, asked: Request, told: Told) -> bytes:
    body = told.body
    if not isinstance(body, dict):
        raise Refused(Problem("wrong_type", detail="an object"))
    given = body.get("fileId")
    if given is None:
        raise Refused(Problem("required", ("fileId",)))
    if not isinstance(given, str):
        raise Refused(Problem("wrong_type", ("fileId",), "text"))
    try:
        found = await tx.get(Upload, asked.scope, str(uuid.UUID(given)))
    except ValueError:
        found = None
    if found is None or found.created_at < told.now - UPLOAD_LIFE:
        raise Refused(Problem("not_found", ("fileId",), "File"))
    return found.content


def _problems(rejected: Sequence[Rejected]) -> list[Problem]:
    """Every bad cell with its row, its column, its value and the reason."""
    return [
        Problem("bad_cell", detail=f"row {fault.row}: {fault.reason}")
        for one in rejected
        for fault in one.faults
    ]


async def _as_stored(tx: Tx, asked: Request, ids: Sequence[str]) -> list[Customer]:
    """The customers with the numbers that they were allotted, in the order of the file."""
    found: dict[str, Customer] = {}
    for start in range(0, len(ids), _PAGE):
        some = tuple(ids[start : start + _PAGE])
        query = Query(Compare("id", Op.IN, some), (Order("id"),), limit=_PAGE, counted=False)
        found |= {one.id: one for one in (await tx.page(Customer, asked.scope, query)).records}
    return [found[one] for one in ids]


def import_routes(table: Table) -> tuple[Route, ...]:
    """The addresses of imports, for the table by which customers are shown."""
    return (
        Route(
            "POST", "/customers/import/upload", Does.DO, upload, table, "Send a CSV file for an import",
            file_max=UPLOAD_BYTES_MAX,
        ),
        Route(
            "POST", "/customers/import", Does.DO, importing(table), table,
            "Import customers from a file that was sent before",
        ),
    )  # fmt: skip
