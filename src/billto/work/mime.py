"""E-mail as it goes over the wire. Whatever the texts of a message are, its head has these lines only."""

import html
import re
from collections.abc import Mapping, Sequence
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any

from billto.domain.mailbox import is_address, one_line, to_ascii
from billto.domain.message import Message
from billto.work.parcel import File, Parcel

# Not 8 bit: there are still servers that do not take it.
_POLICY = SMTP.clone(cte_type="7bit")
_NAME_MAX = 100
_LINE_MAX = 76
_UNFIT = re.compile(r"[\\/:*?\"<>|]+")


def written(parcel: Parcel, sender: str, *, shows_bcc: bool = False) -> bytes:
    """The message as plain text and as HTML, with its papers.

    `shows_bcc` is for copies that are kept, not for those that are sent.
    """
    message = parcel.message
    lines = [
        ("Message-ID", message.message_id or ""),
        ("Date", format_datetime(parcel.now)),
        ("From", mailbox(sender, message.sender_name)),
        ("Reply-To", mailboxes(_answers(message))),
        ("To", mailboxes(message.recipients)),
        ("Cc", mailboxes(message.cc or ())),
        ("Bcc", mailboxes(message.bcc or ()) if shows_bcc else ""),
        ("Subject", in_head(message.subject or "")),
    ]
    head = "".join(f"{name}: {value}\r\n" for name, value in lines if value)
    return head.encode() + _content(parcel).as_bytes()


def _content(parcel: Parcel) -> EmailMessage:
    content = EmailMessage(_POLICY)
    body = "\n".join((parcel.message.body or "").splitlines())
    content.set_content(f"{body}\n", cte="quoted-printable")
    content.add_alternative(as_html(body), subtype="html", cte="quoted-printable")
    for file in parcel.files:
        content.add_attachment(file.content, maintype="application", subtype="pdf", filename=file_name(file))
    return content


def envelope(parcel: Parcel) -> list[str]:
    """The addresses that are still to be reached, each once."""
    return parcel.left(_ascii(one["address"]) for one in _whole(parcel.message))


def needs_utf8(parcel: Parcel, sender: str) -> bool:
    """Whether an address has other letters before its @ than ASCII has, which not every server takes."""
    return not all(address.isascii() for address in (_ascii(sender), *_everybody(parcel)))


def in_head(text: str, already: int = 10) -> str:
    """A text as one field of a head: what is not plain ASCII is encoded (RFC 2047), and lines stay short."""
    line = one_line(text)
    if line.isascii() and "=?" not in line and len(line) + already <= _LINE_MAX:
        return line
    return Header(line, "utf-8", maxlinelen=_LINE_MAX, header_name="x" * already).encode(linesep="\r\n")


def mailbox(address: str, name: str | None = None) -> str:
    """`"Acme, Inc." <info@acme.example>`; the name cannot say another address."""
    reached = _ascii(address)
    if not (shown := in_head(name or "")):
        return reached
    if shown == one_line(name or ""):
        escaped = shown.replace("\\", r"\\").replace('"', r"\"")
        shown = f'"{escaped}"'
    return f"{shown} <{reached}>"


def mailboxes(whom: Sequence[Mapping[str, Any]]) -> str:
    return ",\r\n ".join(mailbox(one["address"], one.get("name")) for one in whom)


def as_html(body: str) -> str:
    """The same text for programs that would show plain text in a typewriter's letters."""
    return (
        '<!doctype html><html><body style="font-family: sans-serif; white-space: pre-wrap">'
        f"{html.escape(body)}</body></html>\n"
    )


def file_name(file: File) -> str:
    """A name that no system takes for a path, nor mail for another line."""
    safe = _UNFIT.sub("-", one_line(file.name)).strip(" .-")[:_NAME_MAX]
    return f"{safe or 'document'}.pdf"


def _everybody(parcel: Parcel) -> list[str]:
    message = parcel.message
    return [_ascii(one["address"]) for one in (*_whole(message), *_answers(message))]


def _whole(message: Message) -> list[dict[str, Any]]:
    return [*message.recipients, *(message.cc or ()), *(message.bcc or ())]


def _answers(message: Message) -> list[dict[str, Any]]:
    """To whom answers go: to the sender itself where that is no address."""
    return [{"address": message.reply_to}] if is_address(message.reply_to or "") else []


def _ascii(address: str) -> str:
    """The address with its domain as the network knows it."""
    local, _, domain = address.rpartition("@")
    return f"{local}@{to_ascii(domain) or domain}"
