"""Papers as answers: documents and statements as PDF, for every dialect."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor

from billto.app import balances, files, records
from billto.app.balances import Statement
from billto.app.parts import Reader, Request
from billto.dialects.dialect import File
from billto.domain.document import Document
from billto.domain.mailbox import one_line
from billto.papers import Art, document_pdf, statement_pdf

# A thread of its own: papers are set one at a time, and whoever waits for one keeps no other work waiting.
_PRESS = ThreadPoolExecutor(max_workers=1, thread_name_prefix="papers")

_NAME_MAX = 100
# What some system takes for more than a letter of a name.
_UNFIT = re.compile(r'[/\\:*?"<>|]')


async def document(reader: Reader, asked: Request, of: Document, language: str | None = None) -> File:
    """A document as it is now; a draft with the texts that it would be issued with."""
    entity = await records.seller(reader, asked)
    art = Art(**await files.pictures(reader, entity))
    content = await asyncio.get_running_loop().run_in_executor(
        _PRESS, document_pdf, of, entity, language, art
    )
    return File(_named(of.number or of.type.replace("_", "-")), content)


async def statement(reader: Reader, asked: Request, of: Statement, language: str | None = None) -> File:
    """Raises Refused for one that is too long."""
    balances.check_printable(of)
    entity = await records.seller(reader, asked)
    art = Art(**await files.pictures(reader, entity))
    content = await asyncio.get_running_loop().run_in_executor(
        _PRESS, statement_pdf, of, entity, of.customer, language, art
    )
    return File(_named(f"statement {of.open.as_of.isoformat()}"), content)


def _named(text: str) -> str:
    """A name that no system takes for a path."""
    return (_UNFIT.sub("-", one_line(text)).strip(" .-")[:_NAME_MAX] or "paper") + ".pdf"
