"""Text messages: by Twilio's API, or into a folder where there is none."""

from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from billto.domain.mailbox import one_line
from billto.work import folders
from billto.work.http import Answer, posted
from billto.work.parcel import Parcel, Receipt, Undelivered

TWILIO = "https://api.twilio.com"
_NOWHERE = "folder"  # from whom a text message is that only goes into one

# Of the codes that Twilio has for 400 these are about the recipient: no other attempt reaches it. Others, and
# those that Twilio has not named yet, are about the sender's number, account or country, and may be mended.
_NEVER = frozenset({21211, 21214, 21217, 21610, 21614, 21635, 30006})
# … and these about the words.
_UNSENDABLE = frozenset({21602, 21605, 21617, 21619, 30007})


class Account(NamedTuple):
    """Who we are at Twilio, and from which number or service text messages come."""

    sid: str
    token: str
    sender: str | None = None
    service: str | None = None
    url: str = TWILIO


class Twilio:
    """Hands text messages over, one request for each recipient. What Twilio has answered 201 is sent."""

    def __init__(self, account: Account, seconds: float) -> None:
        self._account = account
        self._seconds = seconds
        self._url = f"{account.url}/2010-04-01/Accounts/{quote(account.sid, safe='')}/Messages.json"

    async def deliver(self, parcel: Parcel) -> Receipt:
        reached: dict[str, str] = {}
        refused: dict[str, str] = {}
        later: dict[str, str] = {}
        wait, left = 0.0, numbers(parcel)
        for at, number in enumerate(left):
            try:
                reached[number] = await self._told(number, parcel)
            except Undelivered as fault:
                code = fault.said.get("code") if isinstance(fault, Answer) else None
                if code in _NEVER:
                    refused[number] = str(fault)
                elif len(left) == 1 or code in _UNSENDABLE:
                    raise
                elif isinstance(fault, Answer) and fault.is_of_request:
                    later[number] = str(fault)
                else:
                    # What kept this one away keeps the others away as well, for now.
                    later |= dict.fromkeys(left[at:], str(fault))
                    wait = fault.wait_seconds
                    break
            else:
                if at + 1 < len(left):
                    await parcel.reached(number)
        return _receipt(reached, refused)._replace(later=later, wait_seconds=wait)

    async def _told(self, number: str, parcel: Parcel) -> str:
        account = self._account
        sender = (
            {"MessagingServiceSid": account.service} if account.service else {"From": account.sender or ""}
        )
        try:
            said = await posted(
                self._url, who=(account.sid, account.token), seconds=self._seconds, now=parcel.now,
                data={"To": number, "Body": parcel.message.body or "", **sender},
            )  # fmt: skip
        except Answer as fault:
            fault.is_final = fault.is_of_request and fault.said.get("code") in _UNSENDABLE
            raise
        return one_line(str(said.get("sid") or ""))[:100]


class FileSms:
    """Puts text messages into a folder, each once, as text with whom it is for."""

    def __init__(self, folder: Path, sender: str | None = None) -> None:
        self._folder = folder
        self._sender = sender or _NOWHERE

    async def deliver(self, parcel: Parcel) -> Receipt:
        to = numbers(parcel)
        head = f"To: {', '.join(to)}\nFrom: {one_line(parcel.message.sender_name or self._sender)}\n\n"
        content = f"{head}{parcel.message.body or ''}\n".encode()
        return Receipt(await folders.put(self._folder, parcel.message, ".txt", content), tuple(to))


def numbers(parcel: Parcel) -> list[str]:
    """The numbers that are still to be reached, each once."""
    return parcel.left(one["address"] for one in parcel.message.recipients)


def _receipt(reached: dict[str, str], refused: dict[str, str]) -> Receipt:
    ids = ", ".join(filter(None, reached.values()))
    return Receipt(ids[:500] or None, tuple(reached), refused)
