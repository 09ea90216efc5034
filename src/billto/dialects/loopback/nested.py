"""v1: the ids of what is nested in a document, which are UUIDs there: our 24 digits, and which part it is.

They are made of the id of what they stand in and lead back to it, so that none has to be kept.
"""

import re
from uuid import NAMESPACE_OID, uuid5

from billto.domain.ids import read_id

_UUID = re.compile(
    r"([0-9a-f]{8})-([0-9a-f]{4})-8([0-9a-f]{3})-a([0-9a-f]{3})-([0-9a-f]{6})[0-9a-f]{6}", re.ASCII
)

CLIENT, ISSUER = 1, 2  # parts of a document; those of an item are its taxes, from 1


def uuid_of(id: str, part: int = 0) -> str:
    """The UUID (of version 8, which is for such) of a part of a record."""
    if read_id(id) != id:
        return str(uuid5(NAMESPACE_OID, f"{id}/{part}"))
    return f"{id[:8]}-{id[8:12]}-8{id[12:15]}-a{id[15:18]}-{id[18:]}{part:06x}"


def id_in(uuid: object) -> str | None:
    """The id in a UUID of ours, or None."""
    found = _UUID.fullmatch(uuid.lower()) if isinstance(uuid, str) else None
    return "".join(found.groups()) if found else None
