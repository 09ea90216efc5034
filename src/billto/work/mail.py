"""E-mail: to a mail server by SMTP, or into a folder where there is none."""

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable, Mapping
from email.errors import MessageError
from pathlib import Path
from typing import NamedTuple

import aiosmtplib
from aiosmtplib import (
    SMTPDataError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
)

from billto.domain.mailbox import one_line
from billto.work import folders, mime
from billto.work.dkim import Signer
from billto.work.mime import envelope, needs_utf8
from billto.work.parcel import Parcel, Receipt, Undelivered

# Codes from here on are final, of a recipient or of the message itself.
_FINAL = 500
_LEAVE_SECONDS = 1


class Server(NamedTuple):
    """A mail server, and who we are to it."""

    host: str
    port: int
    tls: str  # starttls, on or off
    user: str | None = None
    password: str | None = None


Connect = Callable[[str, int], Awaitable[socket.socket]]


class SmtpMail:
    """Hands mail over to a server. What it has acknowledged is sent."""

    def __init__(
        self,
        server: Server,
        sender: str,
        signer: Signer | None,
        seconds: float,
        connect: Connect | None = None,  # to a server that is not to be trusted to be one
    ) -> None:
        self._connect = connect
        self._server = server
        self._sender = sender
        self._signer = signer
        self._seconds = seconds

    async def deliver(self, parcel: Parcel) -> Receipt:
        content = await asyncio.to_thread(written, parcel, self._sender, self._signer)
        utf8 = needs_utf8(parcel, self._sender)
        addresses = envelope(parcel)
        client = await self._client()
        try:
            await client.connect()
            if utf8:
                await client.ehlo()
            if utf8 and not client.supports_extension("smtputf8"):
                raise Undelivered("the mail server takes only addresses of ASCII letters", is_final=True)
            options = ["SMTPUTF8", "BODY=8BITMIME"] if utf8 else []
            refused, said = await client.sendmail(self._sender, addresses, content, mail_options=options)
            await _leave(client)
        except SMTPRecipientsRefused as refusal:
            return _divided({one.recipient: (one.code, one.message) for one in refusal.recipients}, ())
        except (SMTPException, OSError, ValueError) as fault:
            raise undelivered(fault) from fault
        finally:
            client.close()
        faults = {address: (answer.code, answer.message) for address, answer in refused.items()}
        reached = tuple(address for address in addresses if address not in faults)
        return _divided(faults, reached)._replace(provider_id=one_line(said)[:500] or None)

    async def _client(self) -> aiosmtplib.SMTP:
        server = self._server
        sock = await self._connect(server.host, server.port) if self._connect else None
        return aiosmtplib.SMTP(
            hostname=server.host, port=None if sock else server.port, sock=sock,
            username=server.user, password=server.password, use_tls=server.tls == "on",
            start_tls=server.tls == "starttls", timeout=self._seconds,
            local_hostname=socket.gethostname(),  # to ask the DNS for its full name would hold up the loop
        )  # fmt: skip


class FileMail:
    """Puts mail into a folder, each message once: `.eml` files, which every mail program opens."""

    def __init__(self, folder: Path, sender: str) -> None:
        self._folder = folder
        self._sender = sender

    async def deliver(self, parcel: Parcel) -> Receipt:
        content = await asyncio.to_thread(written, parcel, self._sender, None, shows_bcc=True)
        name = await folders.put(self._folder, parcel.message, ".eml", content)
        return Receipt(name, tuple(envelope(parcel)))


def written(parcel: Parcel, sender: str, signer: Signer | None, *, shows_bcc: bool = False) -> bytes:
    """The message's bytes; raises Undelivered for what cannot be written as mail."""
    try:
        content = mime.written(parcel, sender, shows_bcc=shows_bcc)
    except (MessageError, ValueError) as fault:
        raise Undelivered(f"cannot be written as mail: {fault}", is_final=True) from fault
    return signer.signed(content) if signer else content


def undelivered(fault: Exception) -> Undelivered:
    """What a fault means. Only a word of the server on the message itself is final: what is wrong with the
    server, with us or between us heals, or is mended by whoever runs it."""
    if isinstance(fault, SMTPResponseException):
        is_final = isinstance(fault, SMTPDataError) and fault.code >= _FINAL
        return Undelivered(f"{fault.code} {fault.message}", is_final=is_final)
    # A certificate that cannot be trusted is a ValueError to Python, and an OSError as well.
    is_final = isinstance(fault, ValueError) and not isinstance(fault, OSError)
    return Undelivered(str(fault) or type(fault).__name__, is_final=is_final)


def _divided(faults: Mapping[str, tuple[int, str]], reached: tuple[str, ...]) -> Receipt:
    """Who was reached, who never will be, and who may be."""
    reasons = {address: one_line(f"{code} {reason}")[:500] for address, (code, reason) in faults.items()}
    final = {address for address, (code, _) in faults.items() if code >= _FINAL}
    return Receipt(
        None,
        reached,
        {address: reason for address, reason in reasons.items() if address in final},
        {address: reason for address, reason in reasons.items() if address not in final},
    )


async def _leave(client: aiosmtplib.SMTP) -> None:
    """Whatever the server says to our leaving, or whether it says anything, changes nothing of what it has
    taken."""
    with contextlib.suppress(SMTPException, OSError, TimeoutError):
        async with asyncio.timeout(_LEAVE_SECONDS):
            await client.quit()
