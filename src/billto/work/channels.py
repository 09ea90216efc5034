"""The channels that are connected, by their settings. A channel that is not in the table is not there."""

from collections.abc import Mapping
from typing import Any

from billto.config import Config, Mail, WrongSetting
from billto.domain.message import EMAIL
from billto.work import dkim
from billto.work.mail import FileMail, Server, SmtpMail
from billto.work.parcel import Channel

# Whom mail is from that only goes into a folder, unless it is said.
_NOBODY = "billto@localhost"


def connected(settings: Config) -> frozenset[str]:
    """The names of the channels by which messages can be sent."""
    return frozenset({EMAIL} if settings.mail is not None else ())


def channels(settings: Config) -> Mapping[str, Channel]:
    """The channels by their names; raises WrongSetting for one that could never deliver anything."""
    table: dict[str, Any] = {}
    if settings.mail is not None:
        table[EMAIL] = _mail(settings.mail, settings)
    return table


def _mail(mail: Mail, settings: Config) -> Channel:
    sender = settings.mail_from or _NOBODY
    if mail.folder is not None:
        return FileMail(mail.folder, sender)
    server = Server(mail.host, mail.port, mail.tls, mail.user, mail.password)
    return SmtpMail(server, sender, _signer(sender, settings), settings.delivery_seconds)


def _signer(sender: str, settings: Config) -> dkim.Signer | None:
    if settings.mail_dkim_key is None or settings.mail_dkim_selector is None:
        return None
    domain = settings.mail_dkim_domain or sender.rpartition("@")[2]
    try:
        return dkim.Signer(settings.mail_dkim_key, settings.mail_dkim_selector, domain)
    except dkim.Unusable as fault:
        raise WrongSetting(f"BILLTO_MAIL_DKIM_KEY {fault}") from None
