"""Letters: by Lob's API, or as PDF into a folder where there is none."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from billto.domain.entity import Entity
from billto.domain.mailbox import one_line
from billto.work import folders
from billto.work.http import posted
from billto.work.parcel import File, Parcel, Receipt, Undelivered

LOB = "https://api.lob.com"
_NAME_MAX = 40
_LINE_MAX = 64


class Account(NamedTuple):
    """Who we are at Lob, and how letters are printed."""

    key: str
    color: bool = False
    use_type: str = "operational"
    url: str = LOB


class Lob:
    """Orders letters, one for each paper. The id of the message, with the paper's place where there are
    several, is the key by which Lob knows a repeat, for 24 hours."""

    def __init__(self, account: Account, seconds: float) -> None:
        self._account = account
        self._seconds = seconds

    async def deliver(self, parcel: Parcel) -> Receipt:
        message, entity = parcel.message, parcel.entity
        if not parcel.files:
            raise Undelivered("there is no paper to be sent", is_final=True)
        if len(message.recipients) > 1:
            raise Undelivered("a letter goes to one address", is_final=True)
        if entity is None or not _sender(entity).get("address_line1"):
            raise Undelivered("a letter needs the sender's postal address, and the entity has none")
        files, ids, told = _keyed(parcel), list[str](), dict[str, Any]()
        left = parcel.left(files)
        for at, key in enumerate(left):
            said = await self._ordered(key, files[key], parcel, entity)
            ids.append(one_line(str(said.get("id") or ""))[:100])
            told = {
                name: said[name] for name in ("expected_delivery_date", "url") if _is_short(said.get(name))
            }
            if at + 1 < len(left):
                await parcel.reached(key)
        (to,) = message.recipients
        return Receipt(", ".join(filter(None, ids))[:500] or None, (to["address"],), details=told)

    async def _ordered(self, key: str, paper: File, parcel: Parcel, entity: Entity) -> Mapping[str, Any]:
        message = parcel.message
        (to,) = message.recipients
        fields = {
            **{f"to[{name}]": value for name, value in _addressee(to).items()},
            **{f"from[{name}]": value for name, value in _sender(entity).items()},
            "description": message.id,
            "color": "true" if self._account.color else "false",
            "use_type": self._account.use_type,
            # The address goes onto a sheet of its own, so that it covers nothing of the paper.
            "address_placement": "insert_blank_page",
            "metadata[message_id]": message.id,
        }
        return await posted(
            f"{self._account.url}/v1/letters", who=(self._account.key, ""), seconds=self._seconds,
            now=parcel.now, headers={"Idempotency-Key": key}, data=fields,
            files={"file": ("letter.pdf", paper.content, "application/pdf")},
        )  # fmt: skip


class FileLetters:
    """Puts letters into a folder: each paper as it is, with the address that stands on it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def deliver(self, parcel: Parcel) -> Receipt:
        names = []
        for at, paper in enumerate(parcel.files):
            ending = ".pdf" if len(parcel.files) == 1 else f"-{at + 1}.pdf"
            names.append(await folders.put(self._folder, parcel.message, ending, paper.content))
        if not names:
            raise Undelivered("there is no paper to be sent", is_final=True)
        return Receipt(", ".join(names), tuple(one["address"] for one in parcel.message.recipients))


def _keyed(parcel: Parcel) -> dict[str, File]:
    """The papers by the keys under which they are ordered, and kept as what was."""
    id, files = parcel.message.id, parcel.files
    return {id if len(files) == 1 else f"{id}-{at}": file for at, file in enumerate(files, 1)}


def _addressee(to: Mapping[str, Any]) -> dict[str, str]:
    place = to.get("place") or {"line_1": one_line(to["address"])}
    return _address(to.get("name"), place)


def _sender(entity: Entity) -> dict[str, str]:
    return _address(entity.name, {
        "line_1": entity.address, "line_2": entity.address_2, "city": entity.city, "state": entity.state,
        "post_code": entity.post_code, "country_code": entity.country_code,
    })  # fmt: skip


def _address(name: str | None, place: Mapping[str, str | None]) -> dict[str, str]:
    parts = {
        "name": (name, _NAME_MAX),
        "address_line1": (place.get("line_1"), _LINE_MAX),
        "address_line2": (place.get("line_2"), _LINE_MAX),
        "address_city": (place.get("city"), 200),
        "address_state": (place.get("state"), 50),
        "address_zip": (place.get("post_code"), 40),
        "address_country": ((place.get("country_code") or "").upper(), 2),
    }
    return {key: one_line(value)[:most] for key, (value, most) in parts.items() if value}


def _is_short(value: Any) -> bool:
    return isinstance(value, str) and len(value) < 2_000
