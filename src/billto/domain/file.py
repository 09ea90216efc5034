"""A file of an entity: the logo and signature on its papers, or a picture to be kept."""

from datetime import datetime
from typing import Annotated, NamedTuple

from billto.domain.attrs import BLOB, ID, MOMENT, NUMBER, TAGS, text

LOGO, SIGNATURE, ATTACHMENT = CATEGORIES = ("logo", "signature", "attachment")
# What stands on papers: of several the newest.
SHOWN = (LOGO, SIGNATURE)
# By how pictures are packed: the type of a file, in the words of the Internet.
TYPES = {"png": "image/png", "jpg": "image/jpeg"}
FILES_MAX = 1_000  # of an entity


class File(NamedTuple):
    """What is known of a file; its content is kept beside it, for lists that do not show it."""

    entity_id: Annotated[str, ID]
    id: Annotated[str, ID]
    serial: Annotated[int, NUMBER]  # the store allots it
    version: Annotated[int, NUMBER]
    created_at: Annotated[datetime, MOMENT]
    updated_at: Annotated[datetime, MOMENT]
    category: Annotated[str, text(20, among=CATEGORIES, searched=False)]
    filename: Annotated[str, text(255, searched=False)]
    format: Annotated[str, text(10, among=tuple(TYPES), searched=False)]
    width: Annotated[int, NUMBER]
    height: Annotated[int, NUMBER]
    bytes: Annotated[int, NUMBER]
    digest: Annotated[str, text(64, searched=False)]  # SHA-256 of the content
    metadata: Annotated[dict[str, str], TAGS] = {}  # noqa: RUF012 (every file is made with its own)


class FileContent(NamedTuple):
    """The bytes of a file, under its id."""

    entity_id: Annotated[str, ID]
    id: Annotated[str, ID]
    content: Annotated[bytes, BLOB]
