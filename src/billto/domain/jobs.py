"""What an import remembers: files that were sent for one, and how far one has come."""

from datetime import datetime, timedelta
from typing import Annotated, NamedTuple

from billto.domain.attrs import BLOB, ID, MOMENT, NUMBER, text

UPLOAD_BYTES_MAX = 32 * 1024 * 1024
UPLOAD_LIFE = timedelta(days=1)
UPLOADS_MAX = 10  # of an entity


class ImportJob(NamedTuple):
    """One file on its way into an entity; written in the transaction of every chunk."""

    entity_id: Annotated[str, ID]
    id: Annotated[str, ID]  # the beginning of the digest
    digest: Annotated[str, text(64)]  # of the file and of how it is imported
    file: Annotated[str, text(255)]
    started_at: Annotated[datetime, MOMENT]
    updated_at: Annotated[datetime, MOMENT]
    finished_at: Annotated[datetime | None, MOMENT] = None
    next_row: Annotated[int, NUMBER] = 0  # rows before it are done with
    made: Annotated[int, NUMBER] = 0
    changed: Annotated[int, NUMBER] = 0
    unchanged: Annotated[int, NUMBER] = 0
    rejected: Annotated[int, NUMBER] = 0


class Upload(NamedTuple):
    """A file that waits for being imported; forgotten after a day."""

    entity_id: Annotated[str, ID]
    id: Annotated[str, text(36)]
    file: Annotated[str, text(255)]
    content: Annotated[bytes, BLOB]
    created_at: Annotated[datetime, MOMENT]
