"""What can be done with files: taken, listed, read, thrown away; and which of them stand on papers."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from billto.app import records
from billto.app.parts import Id, Reader, Request, Tx
from billto.domain import entity as entities
from billto.domain.attrs import checked
from billto.domain.entity import Entity
from billto.domain.file import FILES_MAX, SHOWN, File, FileContent
from billto.domain.mailbox import one_line
from billto.domain.paging import unambiguous
from billto.domain.pictures import BYTES_MAX, look
from billto.domain.problems import Problem, Refused
from billto.domain.query import Compare, Op, Page, Query

_NAME_MAX = 255


class Picture(NamedTuple):
    """A file as it was sent."""

    category: str
    name: str
    content: bytes


async def create(tx: Tx, asked: Request, given: Picture) -> File:
    """A new file. A logo or signature is from now on the one on all papers of the entity.

    Raises Refused for anything but a PNG or JPEG of a size that papers can print.
    """
    if len(given.content) > BYTES_MAX:
        raise Refused(Problem("too_large", ("file",), str(BYTES_MAX)))
    found = look(given.content)
    if found is None:
        raise Refused(Problem("invalid_format", ("file",), "a PNG or JPEG of at most 12 million pixels"))
    await tx.alone(asked.scope.entity, "files")
    counted = await tx.page(File, asked.scope, Query(order=unambiguous(()), limit=1))
    if (counted.total or 0) >= FILES_MAX:
        raise Refused(Problem("too_many", (), str(FILES_MAX)))
    made = File(
        entity_id=asked.scope.entity, id=tx.new_id(), serial=0, version=1, created_at=tx.now,
        updated_at=tx.now, category=given.category,
        filename=one_line(given.name).strip()[:_NAME_MAX] or f"{given.category}.{found.format}",
        format=found.format, width=found.width, height=found.height, bytes=len(given.content),
        digest=hashlib.sha256(given.content).hexdigest(), metadata={},
    )  # fmt: skip
    stored = await tx.insert(checked(made))
    await tx.insert(FileContent(stored.entity_id, stored.id, given.content))
    await records.note(tx, asked, "file.created", stored)
    await _follow(tx, asked, stored.category, is_there=True)
    return stored


async def get(reader: Reader, asked: Request, id: Id) -> File:
    return await records.get(reader, asked, File, id)


async def page(reader: Reader, asked: Request, query: Query) -> Page:
    return await reader.page(File, asked.scope, query)


async def content(reader: Reader, asked: Request, id: Id) -> tuple[File, bytes]:
    file = await get(reader, asked._replace(shows=None), id)
    found = await reader.get(FileContent, asked.scope, file.id)
    if found is None:
        raise Refused(Problem("not_found", detail=File.__name__))
    return file, found.content


async def drop(tx: Tx, asked: Request, id: Id) -> File:
    """Takes a file out for good. Of logos and signatures the newest that is left takes its place."""
    # One that is sent at this moment is either seen here, or sees that there is none.
    await tx.alone(asked.scope.entity, "files")
    old = await records.expected(tx, asked, File, id)
    await tx.delete(old, asked.scope)
    await records.note(tx, asked, "file.deleted", old)
    where = Compare("category", Op.EQ, old.category)
    left = await tx.page(File, asked.scope, Query(where, unambiguous(()), limit=1, counted=False))
    await _follow(tx, asked, old.category, is_there=bool(left.records))
    return old


async def _follow(tx: Tx, asked: Request, category: str, *, is_there: bool) -> None:
    """Lets the entity's settings say whether it has a logo, or a signature."""
    if category not in SHOWN:
        return

    def becomes(old: Entity, now: datetime) -> Entity:
        if bool(old.settings.get(f"has_{category}")) is is_there:
            return old
        return entities.changed(old, {"settings": {f"has_{category}": is_there}}, now)

    plain = asked._replace(expected=None, shows=None)
    await records.change(tx, plain, Entity, asked.scope.entity, "entity.updated", becomes)


async def pictures(reader: Reader, entity: Entity) -> Mapping[str, bytes]:
    """The logo and signature on the papers of an entity, as far as its settings say that it has some."""
    wanted = tuple(one for one in SHOWN if entity.settings.get(f"has_{one}"))
    return await reader.pictures(entity.id, wanted) if wanted else {}
